"""The pages of forms: made, changed, put into use, read and counted; each for the offices it is for."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from abhiyan.core.scope import scoped, system
from abhiyan.core.tests.given import CASES, NOW
from abhiyan.forms import actions, queries
from abhiyan.forms.models import Form, FormVersion, Submission
from abhiyan.org.queries import viewer_of
from abhiyan.org.tests.make import TODAY, World, actor
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser

from .make import OF_EVERY_KIND, form_in_use
from .test_pictures import drawn
from .test_sheets import book

pytestmark = pytest.mark.django_db
KEYS = (
    "held",
    "why_not",
    "day",
    "came",
    "women",
    "topics",
    "decided",
    "picture",
    "place",
)  # of the ready meeting


@pytest.fixture
def state(world: World) -> Client:
    return browser(world.holder("state_president", "N1", name="Rohini Koul"))


@pytest.fixture
def mandal(world: World) -> Account:
    return world.holder("mandal_president", "N111", name="Bilal Dar")


def made() -> Form:
    with system("test"):
        return Form.objects.get()


def offered(account: Account) -> list[Form]:
    """The forms that somebody may choose from."""
    viewer = replace(viewer_of(account_id=account.pk, on=TODAY), is_strong=True)
    with scoped(viewer.scope):
        return list(queries.forms_for(viewer))


def at(page: str, one: Any = None, *more: str) -> str:
    """The address of a page of a form, or of a submission."""
    of = one.public_id if isinstance(one, Form) else one.pk if isinstance(one, Submission) else one
    return reverse(f"forms:{page}", args=[*([of] if of else []), *more])


def test_a_ready_form_is_copied_changed_and_put_into_use_and_then_stays_as_it_is(state: Client) -> None:
    assert "No form yet" in state.get(at("list")).text
    answer = state.post(at("form_new"), {"ready": "meeting", "unit": "N1"})
    form = made()
    assert answer.status_code == 302 and form.names["en"] == "Meeting report"
    page = state.get(at("change", form)).text
    assert "came" in page
    fields = {
        "name_hi": "चाय बैठक",
        "came-label_hi": "कितने लोग?",
        "came-most": "300",
        "came-required": "on",
        "women-dropped": "on",
    }
    fields |= {
        "topics-label_en": "What about?",
        "topics-choices": "local = स्थानीय | Local\nनया काम | New work",
    }
    fields |= {f"{key}-label_en": f"Question {key}" for key in KEYS if key not in ("came", "topics")}
    assert state.post(at("change", form), fields).status_code == 302
    state.post(at("form_act", form, "use"))
    with system("test"):
        (version,) = FormVersion.objects.all()
    came, topics = version.asked[3], version.asked[4]
    assert version.used_from is not None and len(version.asked) == 8
    assert (dict(came.label), came.most, came.required) == ({"hi": "कितने लोग?"}, 300, True)
    assert [(one.code, dict(one.label)) for one in topics.choices] == [
        ("local", {"hi": "स्थानीय", "en": "Local"}),
        ("c1", {"hi": "नया काम", "en": "New work"}),
    ]
    fields = {f"{key}-label_en": f"Other {key}" for key in KEYS if key != "women"}
    fields |= {"name_hi": "चाय बैठक", "topics-choices": "a = अ | A"}
    assert state.post(at("change", form), fields).status_code == 302
    with system("test"):
        first, second = FormVersion.objects.order_by("number")
    assert first.questions == version.questions and second.used_from is None


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("came-label_en", "What is your caste?", "caste"),
        ("topics-choices", "a = | You will get a house", "promises a benefit"),
        ("came-most", "many", "Write a number up to"),
        ("came-least", "9999", "The largest is below"),
        ("held-dropped", "on", "which is not asked before it"),
        ("name_hi", "", "Write the name of the form"),
    ],
)
def test_a_change_that_is_no_form_is_refused_where_it_stands(
    state: Client, field: str, value: str, said: str
) -> None:
    state.post(at("form_new"), {"ready": "meeting", "unit": "N1"})
    form = made()
    fields = {"name_hi": "चाय बैठक"} | {f"{key}-label_en": f"Question {key}" for key in KEYS}
    fields |= {"came-most": "5000", "topics-choices": "a = अ | A", field: value}
    answer = state.post(at("change", form), fields)
    assert answer.status_code == 422
    assert said in answer.text
    with system("test"):
        assert FormVersion.objects.get().asked[0].label["en"] == "Was the meeting held?", "nothing was saved"


def test_a_sheet_is_uploaded_and_a_wrong_one_is_refused_row_by_row(state: Client) -> None:
    data = book(["begin repeat", "r", "", "R"], ["text", "a", "", "Your religion?"])
    wrong = SimpleUploadedFile("form.xlsx", data)
    answer = state.post(at("form_new"), {"unit": "N1", "name_en": "Mine", "sheet": wrong})
    assert answer.status_code == 422
    assert "Sheet survey, row 2: Repeats are not read" in answer.text
    assert "Sheet survey, row 3: “Your religion?” is about" in answer.text
    assert "Choose a ready form, or upload a sheet." in state.post(at("form_new"), {"unit": "N1"}).text
    example = SimpleUploadedFile("form.xlsx", Path(str(finders.find("forms/example.xlsx"))).read_bytes())
    nameless = state.post(at("form_new"), {"unit": "N1", "sheet": example})
    assert nameless.status_code == 422 and "Write the name of the form" in nameless.text
    example.seek(0)
    assert state.post(at("form_new"), {"unit": "N1", "name_en": "Mine", "sheet": example}).status_code == 302
    assert "Was the meeting held?" in state.get(at("form", made())).text


def test_what_a_sheet_says_and_its_form_leaves_out_is_shown_before_the_draft_is_made(state: Client) -> None:
    def upload(**more: Any) -> Any:
        sheet = SimpleUploadedFile("form.xlsx", (CASES / "q01_columns_that_count.xlsx").read_bytes())
        return state.post(at("form_new"), {"unit": "N1", "name_en": "Visit", "sheet": sheet, **more})

    shown = upload()
    assert shown.status_code == 200 and not Form.objects.exists()
    assert "10 rows or cells of the sheet are left out" in shown.text
    assert "Sheet survey, row 3: The column “choice_filter” is not read" in shown.text
    kept = dict(
        re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', shown.text.partition("data-once")[2])
    )
    assert kept["unit"] == "N1" and kept["name_en"] == "Visit"
    for changed in ("x", kept["looked_at"][:-2], signing.dumps([], salt="of another page")):
        refused = state.post(at("form_new"), kept | {"looked_at": changed})
        assert refused.status_code == 422 and "Upload it again" in refused.text
    nameless = state.post(at("form_new"), kept | {"name_en": ""})
    assert nameless.status_code == 422 and kept["looked_at"] in nameless.text, "nothing is lost"
    assert state.post(at("form_new"), kept).status_code == 302
    with system("test"):
        assert [one["key"] for one in FormVersion.objects.get().questions] == [
            "block",
            "village",
            "families",
            "visited",
            "teams",
        ]


def test_a_draft_is_discarded_and_a_form_is_ended_and_brought_back(
    world: World, state: Client, mandal: Account
) -> None:
    state.post(at("form_new"), {"ready": "opinion", "unit": "N1"})
    form, worker = made(), browser(mandal)
    assert worker.get(at("form", form)).status_code == 404, "a draft is its office's alone"
    state.post(at("form_act", form, "use"))
    assert worker.get(at("form", form)).status_code == 200
    assert state.post(at("form_act", form, "use")).status_code == 409
    state.post(at("form_act", form, "end"))
    assert "Ended" in worker.get(at("form", form)).text
    assert not offered(mandal)
    state.post(at("form_act", form, "bring-back"))
    assert offered(mandal) == [form]
    for office, code in (("mandal_president", "N112"), ("state_president", "N2"), ("booth_worker", "N1111")):
        other = browser(world.holder(office, code))
        assert other.post(at("form_act", form, "end")).status_code in (403, 404), office
        assert other.post(at("change", form), {"name_hi": "x"}).status_code in (403, 404), office
    state.post(at("form_new"), {"ready": "call", "unit": "N1"})
    with system("test"):
        draft = Form.objects.get(ready="call")
    assert state.post(at("form_act", draft, "discard"))["Location"] == at("list")
    with system("test"):
        assert not Form.objects.filter(ready="call").exists()


def test_a_submission_shows_its_answers_its_pictures_and_what_was_changed(
    world: World, mandal: Account
) -> None:
    version = form_in_use(world.units["N1"], *OF_EVERY_KIND)
    given = {"held": True, "came": 23, "words": "ठीक", "place": "32.7266, 74.857"}
    by, above = actor(mandal), world.holder("district_president", "N11", name="Asha Devi")
    one = actions.submit_form(
        key="k",
        version=version,
        unit_id=world.unit("N111"),
        answers=given,
        pictures={"picture": drawn()},
        by=by,
        at=NOW,
    )
    actions.send_back(submission_id=one.pk, reason="Who came?", by=actor(above), at=NOW)
    actions.mend(submission_id=one.pk, answers={**given, "came": 21}, by=by, at=NOW)
    page = browser(above).get(at("submission", one)).text
    assert "ठीक" in page and "32.7266" in page and "Asha Devi" in page and "Who came?" in page
    assert "How many came?: 23 → 21" in page
    with system("test"):
        (picture_id,) = one.pictures.values_list("pk", flat=True)
    for small in ("", "?small"):
        answer = browser(mandal).get(at("picture", one, str(picture_id)) + small)
        assert answer["Content-Type"] == "image/jpeg" and answer.content[:2] == b"\xff\xd8"
        assert answer["Content-Disposition"].startswith("inline"), "it opens in the browser"
    other = browser(world.holder("district_president", "N12"))
    assert other.get(at("submission", one)).status_code == 404
    assert other.get(at("picture", one, str(picture_id))).status_code == 404


def send_many(world: World, form: Form, n: int, code: str, *, mood: str = "few") -> None:
    version = queries.latest_version(form.pk)
    assert version is not None
    by = world.holder("booth_worker", code)
    for number in range(n):
        actions.submit_form(
            key=f"{mood} {number}",
            version=version,
            unit_id=world.unit(code),
            answers={"held": True, "came": number, "mood": mood, "words": f"=1+{number}"},
            by=actor(by),
            at=NOW.replace(day=20),
        )


def test_choices_are_counted_by_unit_exactly_for_who_leads_and_rounded_for_others(world: World) -> None:
    form = form_in_use(world.units["N1"], *OF_EVERY_KIND).form
    send_many(world, form, 23, "N1111")
    send_many(world, form, 4, "N1112", mood="many")
    send_many(world, form, 13, "N1211")

    def shown(office: str, code: str, unit: str) -> dict[str, list[str]]:
        page = browser(world.holder(office, code)).get(
            at("counts", form), {"question": "mood", "unit": unit, "format": "csv"}
        )
        lines = b"".join(page.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
        return {cells[0]: cells[1:] for cells in (line.split(",") for line in lines[1:])}

    assert shown("state_president", "N1", "N1") == {"Unit N11": ["23", "4"], "Unit N12": ["13", "0"]}
    assert shown("mandal_president", "N111", "N111") == {"Unit N1111": ["23", "0"], "Unit N1112": ["0", "4"]}
    outside = shown("district_president", "N12", "N1")
    few = "fewer than 10"
    assert outside == {"Unit N1 itself": [few, few], "Unit N11": ["20", few], "Unit N12": ["13", "0"]}


def test_the_list_is_taken_away_with_words_or_codes_and_without_what_may_name_people(world: World) -> None:
    form = form_in_use(world.units["N1"], *OF_EVERY_KIND).form
    send_many(world, form, 3, "N1111")
    above = browser(world.holder("state_president", "N1"))

    def file(**asked: str) -> str:
        answer = above.get(at("sent", form), {"format": "csv", **asked})
        return b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]

    words, codes = file().splitlines(), file(answers="codes").splitlines()
    assert "Mood" in words[0] and "Few" in words[1] and "=1+" not in words[1]
    assert ",mood," in codes[0] and "few" in codes[1]
    assert above.get(at("sent", form), {"format": "xlsx"}).content[:2] == b"PK"
    assert "Nothing was filled in yet" in above.get(at("sent", form), {"state": "returned"}).text
    elsewhere = browser(world.holder("district_president", "N12"))
    page = elsewhere.get(at("sent", form), {"unit": "N11"}).text
    assert "Nothing was filled in yet" in page, "what is out of sight is not there"


def test_a_longer_list_costs_no_more_queries(world: World) -> None:
    form = form_in_use(world.units["N1"], *OF_EVERY_KIND).form
    above = browser(world.holder("state_president", "N1"))
    send_many(world, form, 1, "N1111")

    def cost(page: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as counted:
            assert above.get(at(page, form) if page != "list" else at("list")).status_code == 200
        return len(counted)

    cost("list")  # the first page of a session notes that it was used
    before = {page: cost(page) for page in ("list", "sent", "counts")}
    send_many(world, form, 8, "N1112", mood="many")
    for code in ("N1", "N11", "N111"):
        form_in_use(world.units[code])
    assert {page: cost(page) for page in ("list", "sent", "counts")} == before


def test_a_form_is_found_by_its_name(world: World, state: Client) -> None:
    form_in_use(world.units["N1"])
    assert "Meeting" in state.get(at("list"), {"q": "बैठ"}).text
    assert "Nothing fits" in state.get(at("list"), {"q": "nowhere"}).text
    assert "Form: Meeting" in state.get("/search/", {"q": "Meeting"}).text
