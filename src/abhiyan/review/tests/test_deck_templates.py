"""The template of slides: who brings one, what is said of one that does not do, versions, and the way back."""

import io
import zipfile

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pptx import Presentation

from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.org.queries import NotYours
from abhiyan.review import refusals
from abhiyan.review.actions import deck_templates as acts
from abhiyan.review.models import DeckTemplate
from abhiyan.review.queries import deck_files as files
from abhiyan.server import asgi
from abhiyan.server.tests.test_asgi import ask, cookie_of
from abhiyan.site.tests.cast import Cast
from abhiyan.ui.slides.layouts import house
from abhiyan.ui.tests.test_slide_templates import saved

from .test_slides import file, made

pytestmark = pytest.mark.django_db
PAGE = "/review/slides/template/"


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    return Cast.make(own=12)


def named(layout: str) -> bytes:
    """A template whose layout has a name of its own."""
    deck = Presentation(io.BytesIO(house("#7a1f1f")))
    for each in deck.slide_layouts:
        each.element.cSld.set("name", f"{layout} {each.name}")
    return saved(deck)


def send(client: Client, data: bytes, name: str = "ours.pptx") -> tuple[int, str]:
    answer = client.post(PAGE, {"file": SimpleUploadedFile(name, data)})
    return answer.status_code, answer.content.decode()


def test_decks_are_made_by_the_template_that_was_brought_and_by_the_one_before_again(cast: Cast) -> None:
    client = cast.client("national_president")
    address = made(cast, "district_in_charge", "?unit=JK-SRI")

    def layouts() -> set[str]:
        slides = Presentation(io.BytesIO(file(cast, "district_in_charge", address))).slides
        return {slide.slide_layout.name for slide in slides}

    assert layouts() == {"Title Slide", "Title Only"}
    assert send(client, named("Blue"))[0] == 302
    assert layouts() == {"Blue Title Slide", "Blue Title Only"}
    assert send(client, named("Red"))[0] == 302
    assert layouts() == {"Red Title Slide", "Red Title Only"}
    with system("test"):
        blue, red = DeckTemplate.objects.order_by("number")
        sealed = bytes(blue.sealed)
    assert (blue.number, red.number, red.is_used) == (1, 2, True)
    assert b"ppt/slideLayouts/" not in sealed and sealed[:4] != b"PK\x03\x04", "nobody reads it at rest"
    client.post(f"{PAGE}use/", {"version": str(blue.pk)})
    assert layouts() == {"Blue Title Slide", "Blue Title Only"}
    client.post(f"{PAGE}use/", {})
    assert layouts() == {"Title Slide", "Title Only"}
    page = client.get(PAGE).content.decode()
    assert "Version 2" in page and "The plain template" in page
    for where in (f"{PAGE}{red.pk}/", f"{PAGE}{red.pk}/sample/", f"{PAGE}house/"):
        answer = client.get(where)
        assert answer["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer["Content-Security-Policy"]
        assert Presentation(io.BytesIO(answer.content)).slide_layouts
    with system("test"):
        assert AuditEntry.objects.filter(act__in=("review.add_template", "review.use_template")).count() >= 4


def test_the_sample_has_each_kind_of_slide_in_the_template(cast: Cast) -> None:
    client = cast.client("national_president")
    send(client, named("Blue"))
    with system("test"):
        one = DeckTemplate.objects.get()
    slides = list(Presentation(io.BytesIO(client.get(f"{PAGE}{one.pk}/sample/").content)).slides)
    assert len([1 for slide in slides for shape in slide.shapes if shape.has_chart]) >= 3
    assert len([1 for slide in slides for shape in slide.shapes if shape.has_table]) >= 2


@pytest.mark.parametrize(
    "role", ["state_president", "district_in_charge", "it_administrator", "root", "data_officer"]
)
def test_only_who_leads_the_whole_organisation_brings_one(cast: Cast, role: str) -> None:
    client = cast.client(role)
    assert client.get(PAGE).status_code == 403
    assert send(client, named("Blue"))[0] == 403
    assert client.post(f"{PAGE}use/", {}).status_code == 403
    with cast.as_(role), pytest.raises(NotYours):
        acts.add_template(name="x.pptx", data=named("Blue"), by=cast.actor(role), at=NOW)
    with system("test"):
        assert DeckTemplate.objects.count() == 0


def without_titles() -> bytes:
    deck = Presentation()
    for layout in deck.slide_layouts:
        for shape in list(layout.placeholders):
            shape.element.getparent().remove(shape.element)
    return saved(deck)


def with_macros() -> bytes:
    data = io.BytesIO(named("Blue"))
    with zipfile.ZipFile(data, "a") as parts:
        parts.writestr("ppt/vbaProject.bin", b"Sub AutoOpen()")
    return data.getvalue()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (without_titles, "No layout has a title. In the slide master, add a title placeholder"),
        (with_macros, "The file holds macros."),
        (lambda: b"", "Choose a PowerPoint file"),
        (lambda: b"%PDF-1.7 %%EOF", "This is not a whole PowerPoint file"),
        (lambda: named("Blue")[:9_000], "This is not a whole PowerPoint file"),
        (lambda: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(99), "The file has a password"),
        (lambda: named("Blue") + bytes(acts.LARGEST), "The file is larger than 20 MB."),
    ],
    ids=["no titles", "macros", "empty", "another kind", "half", "password", "too large"],
)
def test_what_does_not_do_is_refused_with_what_to_do_about_it(cast: Cast, make: object, said: str) -> None:
    assert callable(make)
    status, page = send(cast.client("national_president"), make())
    assert status == 422
    assert said in page.replace("&#x27;", "'")
    with system("test"):
        assert DeckTemplate.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_file_of_80_mb_is_turned_away_once_it_is_larger_than_a_template_may_be(cast: Cast) -> None:
    shown = cookie_of(cast.client("national_president"))
    for said in ({}, {"content_length": str(80 << 20)}):
        answer = ask(PAGE, "POST", [bytes(1 << 20)] * 80, accept_language="en", cookie=shown, **said)
        assert answer.status == 413 and b"21 MB" in answer.body
    assert asgi.body_limit(PAGE) > acts.LARGEST
    assert asgi.body_limit(PAGE) < settings.FILE_UPLOAD_MAX_MEMORY_SIZE


def test_the_very_same_file_is_refused_and_so_are_too_many(cast: Cast) -> None:
    client, data = cast.client("national_president"), named("Blue")
    assert send(client, data)[0] == 302
    status, page = send(client, data)
    assert status == 409 and "This very file is already there: version 1." in page
    with system("test"):
        (one,) = DeckTemplate.objects.all()
        layouts = one.layouts
        DeckTemplate.objects.bulk_create(
            DeckTemplate(
                id=f"00000000-0000-4000-8000-{n:012d}",
                number=n,
                name="x",
                size=1,
                digest=b"",
                layouts=layouts,
                sealed=b"",
                added_at=NOW,
            )
            for n in range(2, acts.MOST + 1)
        )
    with pytest.raises(refusals.TooManyTemplates), cast.as_("national_president"):
        acts.add_template(name="x", data=named("Red"), by=cast.actor("national_president"), at=NOW)


def test_two_offices_never_leave_two_templates_in_use(cast: Cast) -> None:
    client = cast.client("national_president")
    for layout in ("Blue", "Red", "Green"):
        send(client, named(layout))
    with system("test"):
        assert DeckTemplate.objects.filter(is_used=True).count() == 1
        assert [one.number for one in files.template_versions()] == [3, 2, 1]
