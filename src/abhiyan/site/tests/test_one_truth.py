"""One estimate and one sentence about it, wherever it is read."""

import io
import re
from datetime import timedelta
from html import unescape

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from pptx import Presentation

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.pdfs import text_of
from abhiyan.people.tests.make import body
from abhiyan.programmes.queries import truth_of
from abhiyan.verification.actions import open_page, refresh_estimates
from abhiyan.verification.models import Check, Estimate, Frame
from abhiyan.verification.queries.latest import ask_latest
from abhiyan.verification.tests.conftest import two_districts
from abhiyan.verification.tests.test_checks import drawn

from .cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    return two_districts()


def checked(cast: Cast, *, finished: int) -> Frame:
    """A frame of 90 people in two districts: of the checks in one so many are answered, a fifth of them not genuine;
    in the other none is."""
    frame = drawn(cast, 90)
    with system("test"):
        of = Check.objects.filter(frame=frame, stratum__unit__code="JK-SRI", arm=Check.Arm.RANDOM)
        for nth, check in enumerate(of.order_by("pk")[:finished]):
            found = Check.Outcome.GENUINE if nth % 5 else Check.Outcome.NOT_GENUINE
            Check.objects.filter(pk=check.pk).update(outcome=found, done_at=NOW)
    refresh_estimates(at=NOW)
    with system("test"):  # repeat calls: more were reported than entered
        Estimate.objects.filter(frame=frame, shade=Estimate.Shade.ENTERED).update(reported=131)
    open_page(programme=frame.programme, by=cast.actor("state_president"), at=NOW)
    return frame


def words(client: Client, path: str) -> str:
    """What somebody reads on a page, without its spaces: paper has none either."""
    main = body(client, path).partition("<main")[2]
    return "".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def deck(client: Client, where: str) -> tuple[str, str]:
    """The address of slides, and all that is written on them, without its spaces."""
    made = client.post(f"/review/slides/new/{where}", {"language": "en"})
    assert made.status_code == 302, made.content.decode()[:2000]
    page = str(made["Location"])
    file = Presentation(io.BytesIO(client.get(f"{page}file/pptx/").content))
    said = [shape.text_frame.text for slide in file.slides for shape in slide.shapes if shape.has_text_frame]
    return page, "".join("".join(said).split())


def everywhere(cast: Cast, frame: Frame, unit: str) -> dict[str, str]:
    """What every page, slide and sheet of paper says of a unit in a frame, without spaces."""
    client = cast.client("state_president")
    page = reverse("verification:frame", args=[frame.public_id])
    paper = client.get(reverse("review:dossier_print", args=[unit])).content
    return {
        "unit": words(client, reverse("site:unit", args=[unit])),
        "today": words(client, "/"),
        "record": words(client, reverse("programmes:record")),
        "dossier": words(client, reverse("review:dossier", args=[unit])),
        "paper": "".join(text_of(paper, n) for n in range(len(pypdfium2.PdfDocument(paper)))),
        "frame": words(client, f"{page}?unit={unit}"),
        "beside": words(client, f"{page}beside/?unit={unit}"),
        "deck": deck(client, f"?unit={unit}")[1],
        "comparison": deck(client, f"?unit={unit}&frame={frame.public_id}")[1],
        "public": words(
            cast.client("anonymous"), reverse("verification:public", args=[frame.programme.public_id])
        ),
    }


def test_every_page_slide_and_paper_says_one_sentence_about_one_estimate(cast: Cast) -> None:
    frame = checked(cast, finished=22)
    with cast.as_("state_president"), override("en"):
        found = ask_latest([frame.programme_id], [cast.world.units["JK"].pk], NOW.date())()
        (one,) = (each for (_p, measure, _u), each in found.items() if measure == frame.measure)
        truth = truth_of(one)
    assert truth.sentence == (
        "Of 90 people entered from 20 Nov 2026 to 25 Nov 2026, between 32 and 94 of 100 are real;"
        " too few checks (22)."
    )
    sentence = "".join(truth.sentence.rstrip(".").split())
    for name, text in everywhere(cast, frame, "JK").items():
        if name == "public":
            sentence = sentence.replace("(22)", "(20)")
        assert sentence in text, name
        shares = set(re.findall(r"\d+and\d+of100arereal", text))
        assert len(shares) == 1, (name, shares)
        whole = set(re.findall(r"Of(\d+)peopleenteredfrom", text))
        assert whole == {"90"}, (name, whole)


def test_without_enough_checks_every_page_slide_and_paper_gives_one_reason(cast: Cast) -> None:
    frame = checked(cast, finished=7)
    for name, text in everywhere(cast, frame, "JK").items():
        if name != "comparison":  # it has no ladder of the unit itself
            why = "notenoughchecks(7of19):12arelacking"
            assert ("notenoughchecks:fewerthan19areanswered" if name == "public" else why) in text, name
        assert not re.search(r"\d+of100arereal", text), name


def test_the_dossier_compares_in_the_frame_of_its_ladder(cast: Cast) -> None:
    first = checked(cast, finished=22)
    cast.crowd(30, "JK-B001", "70069")
    with system("test"):
        Frame.objects.filter(pk=first.pk).update(frozen_at=NOW - timedelta(days=9))
    later = drawn(cast, 20)
    refresh_estimates(at=NOW)
    assert later.number == first.number + 1
    said = words(cast.client("state_president"), reverse("review:dossier", args=["JK"]))
    beside = said.partition("Gap,atleast")[2].partition("Trend:")[0]
    assert "notenoughchecks" not in beside
    assert re.search(r"131", beside) and "Of90peopleentered" in said, "of the first frame, in both"


def test_the_public_page_speaks_the_language_of_each_reader(cast: Cast) -> None:
    frame = checked(cast, finished=22)
    page = reverse("verification:public", args=[frame.programme.public_id])
    assert "peopleentered" in words(cast.client("anonymous"), page)
    hindi = words(cast.client("anonymous", "hi"), page)
    assert "peopleentered" not in hindi and "दर्ज90लोगोंमेंहर100में" in hindi, (
        "kept for half a minute, in no language"
    )


def test_a_frame_is_rounded_for_who_does_not_see_the_people_and_exact_for_who_does(cast: Cast) -> None:
    frame = checked(cast, finished=22)
    of = Estimate.objects.filter(frame=frame, shade=Estimate.Shade.ENTERED)
    with system("test"):
        of.filter(unit__code="JK-SRI").update(items=43)
        of.filter(unit__code="JK").update(items=87)
    page = reverse("verification:frame", args=[frame.public_id])
    for path in (f"{page}?unit=JK", f"{page}beside/?unit=JK"):
        for role, whole, part in (("state_president", 87, 43), ("district_elsewhere", 90, 40)):
            client = cast.client(role)
            assert f"Of{whole}peopleentered" in words(client, path), (path, role)
            cells = re.findall(r'data-l="Entries"[^>]*>\s*(\d+)\s*<', body(client, path))
            assert str(part) in cells and (role == "state_president" or "43" not in cells), (path, role)
    every = reverse("verification:frames", args=[frame.programme.public_id])
    for role, shown in (("state_president", ["87"]), ("district_elsewhere", ["90"])):
        cells = re.findall(r'data-l="Entries"[^>]*>\s*(\d+)\s*<', body(cast.client(role), every))
        assert cells == shown, role
