"""Pictures of a filled form: drawn again in a process of their own, and sealed."""

import io
from typing import Any

import pytest
from PIL import Image

from abhiyan.core.pictures import KEPT, SMALL
from abhiyan.core.refusals import NotFound, TooMany
from abhiyan.core.scope import scoped, system
from abhiyan.forms import actions, queries
from abhiyan.forms.models import FormVersion, Submission, SubmissionPicture
from abhiyan.forms.rules.questions import Condition, QuestionKind
from abhiyan.org.queries import viewer_of
from abhiyan.org.tests.make import AT, TODAY, World, actor
from abhiyan.people.models import Account

from .make import HELD, form_in_use, question

pytestmark = pytest.mark.django_db
SCRIPT = b"<script>alert(1)</script>"
PICTURE = question("picture", QuestionKind.PICTURE, required=True, when=Condition("held", "=", "yes"))


def drawn(width: int = 400, height: int = 300, kind: str = "JPEG", colour: str = "teal") -> bytes:
    """A picture that says where it was taken, and by what."""
    made, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "Maker of the phone"
    exif[0x8825] = {1: "N", 2: (32.0, 43.0, 0.0)}
    Image.new("RGB", (width, height), colour).save(made, kind, exif=exif)
    return made.getvalue()


@pytest.fixture
def version(world: World) -> FormVersion:
    return form_in_use(world.units["N1"], HELD, PICTURE)


@pytest.fixture
def mandal(world: World) -> Account:
    return world.holder("mandal_president", "N111")


def sent(world: World, version: FormVersion, by: Account, data: bytes, key: str = "one") -> Submission:
    return actions.submit_form(
        key=key,
        version=version,
        unit_id=world.unit("N111"),
        answers={"held": True},
        pictures={"picture": data},
        by=actor(by),
        at=AT,
    )


def kept(one: Submission, by: Account, *, is_small: bool = False) -> bytes:
    with scoped(viewer_of(account_id=by.pk, on=TODAY).scope):
        (picture,) = queries.pictures_of_submissions([one])[one.pk]
        return queries.open_picture(one.pk, picture.pk, is_small=is_small)


def test_a_picture_of_twelve_megapixels_is_kept_small_and_without_what_it_carried(
    world: World, version: FormVersion, mandal: Account
) -> None:
    data = drawn(4000, 3000) + SCRIPT
    one = sent(world, version, mandal, data)
    assert sent(world, version, mandal, data).pk == one.pk
    whole, small = kept(one, mandal), kept(one, mandal, is_small=True)
    for made, longest in ((whole, KEPT), (small, SMALL)):
        picture = Image.open(io.BytesIO(made))
        assert (picture.format, max(picture.size), dict(picture.getexif())) == ("JPEG", longest, {})
        assert SCRIPT not in made and b"Maker" not in made
    with system("test"):
        row = SubmissionPicture.objects.get()
        assert not any(made[:16] in bytes(row.sealed) + bytes(row.small) for made in (whole, small)), "sealed"


@pytest.mark.parametrize(
    "data", [b"", SCRIPT, b"<svg xmlns='http://www.w3.org/2000/svg'/>", drawn()[:200], drawn(kind="GIF")]
)
def test_what_is_no_picture_is_refused_at_its_question(
    world: World, version: FormVersion, mandal: Account, data: bytes
) -> None:
    with pytest.raises(actions.SentPictureUnfit) as refused:
        sent(world, version, mandal, data)
    assert refused.value.field == "picture"
    with system("test"):
        assert not Submission.objects.exists()


def test_a_picture_beyond_the_limit_is_not_opened(
    world: World, version: FormVersion, mandal: Account
) -> None:
    with pytest.raises(actions.SentPictureTooLarge):
        sent(world, version, mandal, drawn() + bytes(actions.LARGEST_PICTURE))


def test_the_same_key_with_another_picture_is_refused(
    world: World, version: FormVersion, mandal: Account
) -> None:
    sent(world, version, mandal, drawn())
    with pytest.raises(actions.SentOtherwise):
        sent(world, version, mandal, drawn(colour="red"))


def test_a_mended_form_keeps_its_picture_until_another_comes_or_it_is_not_asked_for(
    world: World, version: FormVersion, mandal: Account
) -> None:
    one = sent(world, version, mandal, drawn())
    first = kept(one, mandal)
    given: dict[str, Any] = {"submission_id": one.pk, "by": actor(mandal), "at": AT}
    actions.mend(answers={"held": True}, **given)
    assert kept(one, mandal) == first
    actions.mend(answers={"held": True}, pictures={"picture": drawn(colour="red")}, **given)
    assert kept(one, mandal) != first
    actions.mend(answers={"held": False}, **given)
    with system("test"):
        assert not SubmissionPicture.objects.exists()


def test_a_picture_is_opened_by_those_who_see_its_form_alone(
    world: World, version: FormVersion, mandal: Account
) -> None:
    one = sent(world, version, mandal, drawn())
    with system("test"):
        picture = SubmissionPicture.objects.get().pk
    assert kept(one, world.holder("district_president", "N11"))
    for office, code in (("mandal_president", "N112"), ("booth_president", "N1111"), ("verifier", "N11")):
        with scoped(viewer_of(account_id=world.holder(office, code).pk, on=TODAY).scope):
            assert not queries.pictures_of_submissions([one])
            with pytest.raises(NotFound):
                queries.open_picture(one.pk, picture, is_small=True)


def test_an_account_sends_so_many_pictures_an_hour(
    world: World, version: FormVersion, mandal: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ABHIYAN_LIMITS", "forms.pictures=1")
    sent(world, version, mandal, drawn())
    with pytest.raises(TooMany):
        sent(world, version, mandal, drawn(colour="red"), key="two")
