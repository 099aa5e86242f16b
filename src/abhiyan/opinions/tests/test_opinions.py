"""Opinions go up level by level: without names and numbers, with no word added, and back until the next passes on."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as some

from abhiyan.core import sql
from abhiyan.core.actor import Actor
from abhiyan.core.models import AuditEntry
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import scoped, system
from abhiyan.core.tests.given import NOW
from abhiyan.forms import actions as forms
from abhiyan.forms import queries as forms_queries
from abhiyan.forms.models import FormVersion, Submission
from abhiyan.forms.rules.ready import ready_forms
from abhiyan.opinions import actions, queries
from abhiyan.opinions.models import Opinion
from abhiyan.opinions.offers import todo
from abhiyan.opinions.rules import quotes
from abhiyan.opinions.tests.make import answered
from abhiyan.org import actions as org_actions
from abhiyan.org.models import Appointment
from abhiyan.org.queries import NotYours, viewer_of
from abhiyan.org.tests.make import TODAY, World, actor
from abhiyan.org.viewer import Viewer
from abhiyan.people.actions.words import write_person_words
from abhiyan.people.models import Account, Person
from abhiyan.people.tests.make import browser
from abhiyan.units import queries as units
from abhiyan.units.models import Kind
from abhiyan.units.news import UnitsGoing

pytestmark = pytest.mark.django_db
SAID = "Sunita Devi of lane 3 says the tap is dry since May, call 98765 43210"
CLEAN = "… the tap is dry since May"
LONG_AGO = NOW - timedelta(days=90)
CHOSEN = {"mood": "worse", "first": "water"}


@pytest.fixture
def version(world: World, top: Account) -> FormVersion:
    """The state's opinion form, in use."""
    state = actor(top)
    ready = ready_forms()["opinion"]
    form = forms.make_form(
        unit_id=world.unit("N1"),
        names=ready.names,
        questions=ready.questions,
        ready=ready.code,
        by=state,
        at=NOW,
    )
    forms.use_draft(public_id=form.public_id, by=state, at=NOW)
    found = forms_queries.latest_version(form.pk)
    assert found is not None
    return found


@pytest.fixture
def mandal(world: World, version: FormVersion) -> Account:
    """The president of a mandal that reads what people say there: it has ten answers."""
    answered(10, world.unit("N1112"), at=LONG_AGO)
    return world.holder("mandal_president", "N111", name="Bilal Dar")


@pytest.fixture
def district(world: World) -> Account:
    return world.holder("district_president", "N11", name="Kiran Bala")


@pytest.fixture
def top(world: World) -> Account:
    return world.holder("state_president", "N1", name="Rohini Koul")


def said(world: World, text: str = SAID, *, code: str = "N1111", key: str = "", **more: Any) -> Submission:
    """An opinion that a worker of a booth writes down."""
    worker = world.holder("booth_worker", code, name="Yusuf Lone")
    return actions.record_opinion(
        key=key or str(uuid4()),
        unit_id=world.unit(code),
        answers={**CHOSEN, "good": text, **more},
        by=actor(worker),
        at=NOW,
    )


def opinion_of(one: Submission | Opinion) -> Opinion:
    with system("test"):
        return Opinion.objects.get(pk=one.pk)


def carry(one: Submission | Opinion, text: str, by: Account) -> Opinion:
    return actions.pass_opinion(public_id=opinion_of(one).public_id, text=text, by=actor(by), at=NOW)


def viewer(account: Account) -> Viewer:
    return replace(viewer_of(account_id=account.pk, on=TODAY), is_strong=True)


def today(account: Account) -> list[str]:
    """The titles of what opinions put on Today."""
    seen = viewer(account)
    with scoped(seen.scope), override("en"):
        return [str(one.title) for one in todo(seen, at=NOW)]


def shown(account: Account, code: str, show: str = "") -> str:
    answer = browser(account).get(reverse("opinions:opinions"), {"unit": code, "show": show})
    assert answer.status_code == 200
    return answer.text


def test_no_level_reads_the_words_on_the_pages_of_the_form(
    world: World, version: FormVersion, mandal: Account, district: Account, top: Account
) -> None:
    one = said(world)
    form = version.form
    nation = world.holder("national_president", "N")
    for account in (mandal, district, top, nation):
        assert browser(account).get(reverse("forms:submission", args=[one.pk])).status_code == 404
        for kind in ("", "csv", "xlsx"):
            sheet = browser(account).get(
                reverse("forms:sent", args=[form.public_id]), {"unit": "N11", "format": kind}
            )
            read = sheet.getvalue()
            assert sheet.status_code == 200 and b"Sunita" not in read and b"Unit N1111" not in read, kind
    with system("test"):
        sender = Account.objects.get(pk=one.sent_by or 0)
    assert "Sunita" in browser(sender).get(reverse("forms:submission", args=[one.pk])).text


def test_an_opinion_is_passed_up_twice_and_stands_in_the_list_of_the_state(
    world: World, version: FormVersion, mandal: Account, district: Account, top: Account
) -> None:
    one = said(world)
    assert "the tap is dry" in shown(mandal, "N111") and "the tap is dry" not in shown(district, "N11")
    carry(one, CLEAN, mandal)
    page = shown(district, "N11")
    assert CLEAN in page and "Unit N111" in page and "Sunita" not in page and "43210" not in page
    assert "tap is dry" not in shown(mandal, "N111") and CLEAN in shown(mandal, "N111", "passed")
    carry(one, "… the tap is dry …", district)
    page = shown(top, "N1")
    assert "… the tap is dry …" in page and "since May" not in page and "Unit N11<" in page
    with system("test"):
        trail = AuditEntry.objects.filter(act="forms.pass_opinion").order_by("pk")
        assert [(entry.account_id, entry.at, entry.unit_id) for entry in trail] == [
            (mandal.pk, NOW, world.unit("N111")),
            (district.pk, NOW, world.unit("N11")),
        ]


def test_today_says_it_to_the_office_where_opinions_wait_and_to_no_other(
    world: World, version: FormVersion, mandal: Account, district: Account, top: Account
) -> None:
    for n in range(5):
        said(world, f"Road {n} is broken")
    others = [
        district,
        top,
        world.holder("mandal_president", "N112"),
        world.holder("booth_president", "N1111"),
    ]
    assert today(mandal) == ["5 opinions wait to be passed up"]
    assert [today(each) for each in others] == [[], [], [], []]
    with system("test"):
        first = Opinion.objects.order_by("pk")[0]
        words = queries.opinion_words(first)
    carry(first, words, mandal)
    assert (today(mandal), today(district)) == (
        ["4 opinions wait to be passed up"],
        ["1 opinion waits to be passed up"],
    )


@pytest.mark.parametrize(
    ("text", "refusal", "named"),
    [
        ("the tap is dry since May, call 98765 43210", actions.QuoteHasNumber, "98765 43210"),
        ("Sunita Devi of lane 3 says the tap is dry", actions.QuoteNames, "Sunita"),
        ("the tap is dry and the road too", actions.QuoteWordAdded, "and"),
        (" … ", actions.QuoteEmpty, ""),
    ],
)
def test_a_number_a_name_of_the_unit_an_added_word_and_nothing_at_all_are_refused_with_the_reason(
    world: World, version: FormVersion, mandal: Account, text: str, refusal: type[Exception], named: str
) -> None:
    known(world, "सुनीता देवी", "N1111")
    one = opinion_of(said(world))
    with pytest.raises(refusal) as refused:
        carry(one, text, mandal)
    assert named in str(refused.value)
    answer = browser(mandal).post(reverse("opinions:opinion", args=[one.public_id]), {"text": text})
    assert answer.status_code in (409, 422) and named in answer.text and "aria-invalid" in answer.text
    assert opinion_of(one).desk_id == world.unit("N111"), "it is still there"


def known(world: World, name: str, code: str) -> None:
    """Somebody entered in a unit."""
    with system("test"):
        made = Person.objects.create(
            id=uuid4(), public_id=uuid4(), phone_id=uuid4(), name=name, unit_id=world.unit(code), at=NOW
        )
        write_person_words(person_ids=[made.pk])


def test_an_office_sees_the_quote_as_the_next_level_will_see_it_before_it_goes(
    world: World, version: FormVersion, mandal: Account
) -> None:
    one = opinion_of(said(world))
    page = reverse("opinions:opinion", args=[one.public_id])
    looked = browser(mandal).post(page, {"text": CLEAN})
    assert "This is what Unit N11 will read" in looked.text and f"“{CLEAN}”" in looked.text
    assert opinion_of(one).desk_id == world.unit("N111"), "looking passes nothing up"
    assert browser(mandal).post(page, {"text": CLEAN, "step": "pass"}).status_code == 302
    assert opinion_of(one).desk_id == world.unit("N11")


def test_it_is_taken_back_until_the_next_level_has_passed_it_on(
    world: World, version: FormVersion, mandal: Account, district: Account
) -> None:
    one = said(world)
    carry(one, CLEAN, mandal)
    undo = reverse("opinions:opinion_act", args=[opinion_of(one).public_id, "undo"])
    assert browser(mandal).post(undo).status_code == 302
    back = opinion_of(one)
    assert (back.desk_id, back.text) == (world.unit("N111"), "") and "98765" in shown(mandal, "N111")
    carry(one, CLEAN, mandal)
    actions.leave_opinion(public_id=opinion_of(one).public_id, by=actor(district), at=NOW)
    assert browser(mandal).post(undo).status_code == 302, "left is not passed on"
    carry(one, CLEAN, mandal)
    carry(one, CLEAN, district)
    assert browser(mandal).post(undo).status_code in (403, 409)
    with pytest.raises(NotYours):
        actions.undo_passing(public_id=opinion_of(one).public_id, by=actor(mandal), at=NOW)


def test_what_a_level_leaves_waits_for_nobody_and_can_wait_again(
    world: World, version: FormVersion, mandal: Account
) -> None:
    one = opinion_of(said(world))
    act = {
        word: reverse("opinions:opinion_act", args=[one.public_id, word])
        for word in ("leave", "take-up", "x")
    }
    assert browser(mandal).post(act["leave"]).status_code == 302
    assert today(mandal) == [] and "tap is dry" in shown(mandal, "N111", "left")
    assert browser(mandal).post(act["take-up"]).status_code == 302
    assert today(mandal) == ["1 opinion waits to be passed up"]
    assert browser(mandal).post(act["x"]).status_code == 404


def test_what_was_done_is_read_below_and_holds_no_name(
    world: World, version: FormVersion, mandal: Account, district: Account
) -> None:
    known(world, "Sunita Devi", "N1111")
    one = carry(said(world), CLEAN, mandal)
    done = reverse("opinions:opinion_act", args=[one.public_id, "done"])
    assert browser(district).post(done, {"done": "सुनीता got water"}).status_code == 422
    assert browser(mandal).post(done, {"done": "A pump was asked for"}).status_code == 403
    assert browser(district).post(done, {"done": "A pump was asked for"}).status_code == 302
    assert "A pump was asked for" in shown(mandal, "N111", "passed")


@pytest.mark.parametrize(
    ("office", "code"),
    [("mandal_president", "N112"), ("district_president", "N12"), ("state_president", "N2")],
)
def test_another_unit_finds_and_passes_up_nothing(
    world: World, version: FormVersion, office: str, code: str
) -> None:
    one = opinion_of(said(world))
    other = world.holder(office, code)
    page = reverse("opinions:opinion", args=[one.public_id])
    assert browser(other).get(page).status_code == 404
    assert browser(other).post(page, {"text": CLEAN, "step": "pass"}).status_code == 404
    assert browser(other).get(reverse("opinions:opinions"), {"unit": "N111"}).status_code == 403
    with pytest.raises(NotYours):
        carry(one, CLEAN, other)
    worker = world.holder("booth_worker", "N1111")
    assert browser(worker).get(reverse("opinions:opinions")).status_code == 403
    assert Client().get(page).status_code in (302, 401, 403)


def test_a_correction_counts_until_somebody_passed_the_opinion_up(
    world: World, version: FormVersion, mandal: Account
) -> None:
    one = said(world)
    forms.mend(submission_id=one.pk, answers={**CHOSEN, "good": "The road is broken"}, by=SYSTEM, at=NOW)
    assert "The road is broken" in shown(mandal, "N111")
    carry(one, "The road is broken", mandal)
    forms.mend(submission_id=one.pk, answers=CHOSEN, by=SYSTEM, at=NOW)
    assert opinion_of(one).text == "The road is broken"
    silent = said(world, "")
    with system("test"):
        assert not Opinion.objects.filter(submission=silent).exists(), "nothing in their own words"
    forms.send_back(submission_id=one.pk, reason="Who said it?", by=SYSTEM, at=NOW)
    with pytest.raises(NotFound), scoped(viewer(mandal).scope):
        queries.opinion_for(viewer(mandal), opinion_of(one).public_id, on=TODAY)


SYSTEM = Actor.system("test")


def test_nobody_stands_above_the_nation(
    world: World, version: FormVersion, mandal: Account, top: Account
) -> None:
    district, nation = world.holder("district_president", "N11"), world.holder("national_president", "N")
    one = said(world)
    for each in (mandal, district, top):
        carry(one, CLEAN, each)
    assert CLEAN in shown(nation, "N") and today(nation) == []
    with pytest.raises(actions.NoLevelAbove):
        carry(one, CLEAN, nation)


def test_opinions_of_a_closed_unit_wait_at_the_level_above(
    world: World, version: FormVersion, mandal: Account
) -> None:
    one = said(world)
    actions.give_up_closed_desks(units=[world.unit("N111"), world.unit("N12")])
    assert opinion_of(one).desk_id == world.unit("N11")


def test_units_that_opinions_went_through_do_not_vanish_with_their_import(
    world: World, version: FormVersion, mandal: Account
) -> None:
    carry(said(world), CLEAN, mandal)
    told = UnitsGoing(import_id=1, by=SYSTEM, at=NOW)
    for code, is_used in (("N111", True), ("N11", True), ("N112", False)):
        with system("test"):
            sql.run("delete from units_change")
            sql.run(
                "insert into units_change (import_id, row, unit_id, change) values (1, 1, %s, 'made')",
                [world.unit(code)],
            )
        with pytest.raises(actions.OpinionUnitsInUse) if is_used else nullcontext():
            actions.refuse_desks_going(units_going=told)


def test_somebody_writes_an_opinion_down_once_and_only_where_they_work(
    world: World, version: FormVersion
) -> None:
    worker = world.holder("booth_worker", "N1111")
    page, told = (
        reverse("opinions:opinion_new"),
        {"q-mood": "same", "q-first": "road", "q-good": "A lamp", "key": "k"},
    )
    open_ = browser(worker).get(page, {"unit": "N1111"}).text
    assert "How are things in the area?" in open_ and 'name="key"' in open_
    for _again in range(2):
        assert browser(worker).post(page, {**told, "unit": "N1111"}).status_code == 302
    with system("test"):
        assert [one.answers["good"] for one in Submission.objects.all()] == ["A lamp"]
    wrong = browser(worker).post(page, {"unit": "N1111", "key": "l"})
    assert wrong.status_code == 422 and "This field is required." in wrong.text
    assert browser(worker).post(page, {**told, "unit": "N1112"}).status_code == 403
    other = world.holder("booth_worker", "N2111")
    assert "No opinion form is in use" in browser(other).get(page, {"unit": "N2111"}).text
    assert browser(other).post(page, {**told, "unit": "N2111"}).status_code == 200
    with system("test"):
        assert Submission.objects.count() == 1


def heard(account: Account, code: str) -> queries.OpinionsSaid | None:
    seen = viewer(account)
    with scoped(seen.scope), override("en"):
        here = units.row_of_unit(units.unit_with_hierarchies(code).id, 1)
        return queries.opinions_said(here, 1, seen, at=NOW)


def test_the_deck_counts_who_was_asked_and_answered_and_hides_small_cells_from_outside(
    world: World, version: FormVersion, mandal: Account, district: Account, top: Account
) -> None:
    outside = world.holder("district_president", "N12")
    assert heard(top, "N2") is None, "nobody was asked: that is as good as fewer than 10"
    for n in range(12):
        said(world, key=f"{n}", mood="no_answer" if n < 3 else "worse")
    with system("test"):
        Submission.objects.filter(at=NOW).update(at=NOW - timedelta(days=2))
        one = Opinion.objects.order_by("pk")[0]
    carry(one, CLEAN, mandal)
    for reader in (mandal, district, top, outside):  # nobody may see who said it
        seen = heard(reader, "N11")
        assert seen is not None and (seen.asked, seen.answered) == (20, 20)
        assert dict(seen.choices)["How are things in the area?"] == [
            ("Better than before", 10),
            ("As before", None),
            ("Worse than before", None),
            ("No answer", None),
        ]
        assert [quote[1] for quote in seen.quotes] == ([CLEAN] if reader == district else [])


def test_choices_are_counted_by_month(world: World, version: FormVersion, mandal: Account) -> None:
    for day, n in (("2026-11-20", 12), ("2026-10-31", 13), ("2026-10-02", 9)):
        answered(n, world.unit("N1111"), at=datetime.fromisoformat(f"{day}T06:00Z"), mood="worse")
    page = reverse("forms:counts", args=[version.form.public_id])

    def worse(month: str) -> str:
        answer = browser(mandal).get(page, {"unit": "N111", "month": month, "format": "csv"})
        lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
        return str(next(line for line in lines if line.startswith("Unit N1111,")).split(",")[3])

    assert [worse(month) for month in ("", "2026-11", "2026-10", "1999-01")] == ["30", "10", "20", "30"]


def test_a_list_of_many_opinions_asks_no_more_than_one_of_few(
    world: World, version: FormVersion, mandal: Account
) -> None:
    asked = []
    shown(mandal, "N111")
    for n in (2, 12):
        for _one in range(n):
            said(world, f"Road {n} is broken")
        for show in ("", "passed"):
            with CaptureQueriesContext(connection) as ran:
                shown(mandal, "N111", show)
            asked.append(len(ran))
    assert asked[:2] == asked[2:]


WORDS = some.lists(some.sampled_from(["tap", "road", "पानी", "dry", "May", "and"]), max_size=8)


@given(WORDS, some.data())
def test_words_may_be_taken_out_and_none_added_moved_or_doubled(
    words: list[str], data: some.DataObject
) -> None:
    kept = [word for word in words if data.draw(some.booleans())]
    assert quotes.word_added(" ".join(words), " … ".join(kept)) == ""
    assert quotes.word_added(" ".join(words), " ".join([*words, "never"])) == "never"
    if words:
        assert quotes.word_added(" ".join(words), " ".join([*words, words[-1]])) == words[-1]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("call 9876543210 now", "9876543210"),
        ("+91 98765-43210", "91 98765-43210"),
        ("०९८७६५४३२१०", "०९८७६५४३२१०"),
        ("0194 245 0000", "0194 245 0000"),
        ("2450000", "2450000"),
        ("In 2024 and 2025 prices rose by 40 per cent", ""),
        ("3,25,000 friends in 65 seats", ""),
        ("2024 2025", ""),
    ],
)
def test_phone_numbers_are_told_from_years_and_amounts(text: str, number: str) -> None:
    assert quotes.number_in(text) == number


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Sunita's tap is dry", "Sunita's"),
        ("सुनीता, का नल सूखा है", "सुनीता"),
        ("old Sharma knows", "Sharma"),
        ("Vaishno Devi road is broken", ""),
        ("the tap is dry", ""),
    ],
)
def test_a_name_is_heard_in_either_script_and_common_words_of_names_are_none(text: str, word: str) -> None:
    known = quotes.KnownNames(["सुनीता देवी", "Ram Prakash Sharma", "M.", ""])
    assert [each.word for each in quotes.names_heard(text, known)] == [word] * bool(word)


def test_each_level_of_a_tree_has_a_name_and_most_pass_opinions_up() -> None:
    assert set(quotes.DESKS) <= {kind.value for kind in Kind}


def test_a_vacant_desk_is_the_next_office_aboves_until_somebody_is_appointed(
    world: World, version: FormVersion, mandal: Account, district: Account, top: Account
) -> None:
    one = said(world)
    page = reverse("opinions:opinion", args=[opinion_of(one).public_id])

    def opens() -> list[int]:
        return [browser(each).get(page).status_code for each in (mandal, district, top)]

    assert opens() == [200, 404, 404], "the district reads it when it comes up"
    with pytest.raises(NotYours):
        carry(one, CLEAN, district)
    with system("test"):
        held = Appointment.objects.get(account_id=mandal.pk)
    org_actions.end_appointment(public_id=held.public_id, reason="moved", by=Actor.system("test"), at=NOW)
    assert opens()[1:] == [200, 404] and today(district) == ["1 opinion waits to be passed up"]
    with pytest.raises(NotYours):
        carry(one, CLEAN, top)
    with pytest.raises(NotYours):
        carry(one, CLEAN, mandal)
    again = world.holder("mandal_president", "N111", name="Nadia Lone")
    assert opens()[1:] == [404, 404] and browser(again).get(page).status_code == 200
    assert (today(district), today(again)) == ([], ["1 opinion waits to be passed up"])
    carry(one, CLEAN, again)
    assert opens()[1:] == [200, 404]


def test_an_office_above_reads_no_quote_of_a_desk_below_on_slides_or_by_a_link(
    world: World, version: FormVersion, mandal: Account, district: Account, top: Account
) -> None:
    nation = world.holder("national_president", "N")
    for n in range(9):
        said(world, key=f"{n}")
    carry(said(world), CLEAN, mandal)
    for reader in (district, top, nation):
        seen = heard(reader, "N11")
        assert seen is not None and [quote[1] for quote in seen.quotes] == [CLEAN] * (reader == district)
        doors = browser(reader).get(reverse("pages:unit_more", args=["N11"])).text
        assert (f"{reverse('opinions:opinions')}?unit=N11" in doors) == (reader == district)
