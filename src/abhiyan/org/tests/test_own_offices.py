"""Offices of the organisation's own: two people make one, and it gives nothing that one of them lacks."""

import re
from datetime import timedelta
from typing import Any

import pytest

from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.org import actions, queries
from abhiyan.org.actions.own_offices import (
    LevelUnfit,
    OfficeHeldElsewhere,
    OfficeNameMissing,
    OfficeNameTaken,
    RightNotGivable,
    RightNotHeld,
)
from abhiyan.org.models import Appointment, Office, Release
from abhiyan.org.queries import NotYours
from abhiyan.org.rules import capabilities, own_offices
from abhiyan.org.rules.offices import SEATS
from abhiyan.org.rules.own_offices import GIVABLE, PREFIX, RANK, STANDARD_ONLY, OwnOffice
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser
from abhiyan.units.models import Placement

from .make import AT, TODAY, World, actor

LATER = AT + timedelta(hours=1)
RIGHTS = frozenset({"org.read", "people.read", "tasks.ask", "contact.meet"})


def wanted(**other: Any) -> OwnOffice:
    facts: dict[str, Any] = {
        "names": {"en": "State IT head", "hi": "प्रदेश आईटी प्रमुख"},
        "kinds": ("state",),
        "is_expected": True,
        "seats": 1,
        "rights": RIGHTS,
    }
    return OwnOffice(**facts | other)


def ask(world: World, by: Account, code: str = "N1", **other: Any) -> Release:
    return actions.ask_office(
        unit_id=world.unit(code), wanted=wanted(**other), reason="We need it", by=actor(by), at=AT
    )


def decide(asked: Release, by: Account) -> None:
    actions.decide_release(public_id=asked.public_id, allow=True, by=actor(by), at=LATER)


def own() -> list[Office]:
    with system("test"):
        return list(Office.objects.exclude(unit=None).order_by("pk"))


def make(world: World, code: str = "N1", **other: Any) -> Office:
    """An own office that two leaders of the console made."""
    known = {office.pk for office in own()}
    asker = world.holder("state_president" if code != "N" else "national_president", code[:2])
    decide(ask(world, asker, code, **other), world.holder("national_general_secretary", "N"))
    (made,) = [office for office in own() if office.pk not in known]
    return made


@pytest.fixture
def leaders(world: World) -> tuple[Account, Account]:
    """A state president and a national general secretary, each named by the console."""
    return world.holder("state_president", "N1"), world.holder("national_general_secretary", "N")


def test_every_right_is_declared_givable_or_standard_only() -> None:
    assert GIVABLE | set(STANDARD_ONLY) == set(capabilities.MEANINGS)
    assert not GIVABLE & set(STANDARD_ONLY)
    assert all(STANDARD_ONLY.values()), "each says why"
    keys = {"org.approve", "org.officers", "org.release", "org.factors", own_offices.MAKE}
    assert (keys | capabilities.AT_DESK | capabilities.HANDED_OUT) <= set(STANDARD_ONLY)


def test_an_own_office_is_junior_to_the_standard_ones_and_shares_no_code() -> None:
    assert all(seat.rank < RANK for seat in SEATS if not seat.in_bodies)
    assert not [seat.code for seat in SEATS if seat.code.startswith(PREFIX)]


def test_an_office_counts_once_a_second_person_approves_it(
    world: World, leaders: tuple[Account, Account]
) -> None:
    asked = ask(world, leaders[0])
    assert own() == []
    decide(asked, leaders[1])
    (made,) = own()
    assert made.code.startswith(PREFIX) and made.unit_id == world.unit("N1") and made.rank == RANK
    assert set(made.capabilities) == RIGHTS and made.sees_people
    assert made.expected_in == ["state"] and made.seats == 1


def test_it_is_given_accepted_held_and_seen_as_vacant_like_a_standard_one(world: World) -> None:
    made = make(world)
    president = world.holder("state_general_secretary", "N1")
    with system("test"):
        assert made.code in {one.office for one in queries.vacancies(world.unit("N1"), on=TODAY)}
        assert made.code not in {one.office for one in queries.vacancies(world.unit("N2"), on=TODAY)}
        below = {one.office: one for one in queries.ask_vacancies_below(world.unit("N"), 1, at=LATER)()}
        assert (below[made.code].expected, below[made.code].held) == (1, 0)
    head = world.account("Meena")
    world.appoint(head, made.code, "N1", by=actor(president))
    with system("test"):
        assert made.code not in {one.office for one in queries.vacancies(world.unit("N1"), on=TODAY)}
        below = {one.office: one for one in queries.ask_vacancies_below(world.unit("N"), 1, at=LATER)()}
        assert (below[made.code].expected, below[made.code].held) == (1, 1)
    assert queries.holds(head.pk, "contact.meet", at=world.unit("N11"))
    assert not queries.holds(head.pk, "contact.meet", at=world.unit("N2"))
    assert not queries.holds(head.pk, "enrolment.enrol", at=world.unit("N11"))


def test_an_office_expected_below_counts_the_units_of_its_own_part(world: World) -> None:
    made = make(world, kinds=("mandal",), rights=frozenset())
    unit = world.unit

    def expected(code: str) -> int:
        with system("test"):
            found = queries.ask_vacancies_below(unit(code), 1, at=LATER)()
        return sum(one.expected for one in found if one.office == made.code)

    assert [expected(code) for code in ("N", "N1", "N11", "N2", "N111")] == [4, 4, 2, 0, 0]
    with system("test"):
        lo, hi = span_of(world, "N")
        rows = list(queries.vacant_rows(lo, hi, on=TODAY, office=made.code)[:10])
    assert [row.unit_code for row in rows] == ["N111", "N112", "N121", "N122"]
    assert all(row.since == AT.date() for row in rows), "vacant since it was made, not since the unit began"


def span_of(world: World, code: str) -> tuple[int, int]:
    found = Placement.objects.get(unit=world.units[code], hierarchy=1, valid_to=None)
    assert found.lo is not None and found.hi is not None
    return found.lo, found.hi


def test_an_office_of_one_state_is_not_given_in_another(world: World) -> None:
    made = make(world, kinds=("district",))
    nation, other = world.holder("national_president", "N"), world.holder("state_president", "N2")
    for by in (actor(nation), actor(other), *[actor(world.account("Root", is_root=True))]):
        with pytest.raises(Refused):
            world.appoint(world.account("Ravi"), made.code, "N21", by=by)
    with pytest.raises(Refused):
        world.appoint(world.account("Ravi"), made.code, "N21")  # nor by the system
    for leader, code in ((other, "N21"), (nation, "N21"), (nation, "N11")):
        with queries.seeing_as(leader.pk, on=TODAY):
            given = {one.code for one in queries.offices_to_give(actor(leader), world.unit(code), 1)}
        assert (made.code in given) == (code == "N11")
    world.appoint(world.account("Ravi"), made.code, "N11", by=actor(nation))


@pytest.mark.parametrize("right", sorted(STANDARD_ONLY))
def test_a_right_of_the_standard_offices_is_refused(
    world: World, leaders: tuple[Account, Account], right: str
) -> None:
    with pytest.raises(RightNotGivable):
        ask(world, leaders[0], rights=frozenset({right}))
    with pytest.raises(Refused):
        ask(world, leaders[0], rights=frozenset({"no.such.right"}))


def test_nobody_approves_alone_nor_twice_nor_the_top_of_the_same_line(
    world: World, leaders: tuple[Account, Account]
) -> None:
    asker, other = leaders
    asked = ask(world, asker)
    below = world.account("Second phone")
    world.appoint(below, "state_general_secretary", "N1", by=actor(asker))
    for by in (asker, below, world.officer("N"), world.holder("state_president", "N2")):
        with pytest.raises(NotYours):
            decide(asked, by)
    assert own() == []
    decide(asked, other)
    with pytest.raises(Refused):
        decide(asked, world.holder("national_general_secretary", "N"))
    assert len(own()) == 1


def test_those_of_one_line_do_not_approve_for_each_other(world: World) -> None:
    top = world.holder("national_president", "N")
    one, two = world.account("One"), world.account("Two")
    world.appoint(one, "state_president", "N1", by=actor(top), at=AT - timedelta(days=60))
    world.appoint(two, "national_general_secretary", "N", by=actor(top), at=AT - timedelta(days=60))
    asked = ask(world, one)
    for by in (top, two):
        with pytest.raises(NotYours):
            decide(asked, by)
    assert own() == []


def test_a_peer_of_another_line_approves(world: World) -> None:
    """Two general secretaries of the nation: none is above the other, and neither brought the other in."""
    one, two = (world.holder("national_general_secretary", "N", name=name) for name in ("One", "Two"))
    decide(ask(world, one, "N", kinds=("state", "region")), two)
    assert own()[0].unit_id == world.unit("N")


def test_a_data_officer_approves_only_what_they_may_do_themselves(
    world: World, leaders: tuple[Account, Account]
) -> None:
    officer = world.officer("N1")
    decide(ask(world, leaders[0], rights=frozenset({"org.read"})), officer)
    assert own()[0].capabilities == ["org.read"]


def test_who_lost_a_right_meanwhile_neither_asks_nor_approves(
    world: World, leaders: tuple[Account, Account]
) -> None:
    asked = ask(world, leaders[0])
    with system("test"):
        president = Office.objects.get(code="state_president")
        president.capabilities.remove("contact.meet")
        president.save()
    with pytest.raises(RightNotHeld):
        decide(asked, leaders[1])
    with pytest.raises(RightNotHeld):
        ask(world, leaders[0])
    assert own() == []


def test_a_change_takes_two_people_too_and_adds_no_right_that_one_lacks(world: World) -> None:
    made = make(world)
    asker, other = world.holder("state_general_secretary", "N1"), world.holder("national_president", "N")
    more = RIGHTS | {"people.reveal"}
    asked = actions.ask_office(
        unit_id=world.unit("N1"),
        wanted=wanted(rights=more, code=made.code, names={"en": "IT head", "hi": "आईटी प्रमुख"}),
        reason="More work",
        by=actor(asker),
        at=AT,
    )
    assert set(own()[0].capabilities) == RIGHTS
    decide(asked, other)
    (changed,) = own()
    assert set(changed.capabilities) == more and changed.code == made.code
    with pytest.raises(Refused):  # an office of another state
        actions.ask_office(
            unit_id=world.unit("N2"),
            wanted=wanted(code=made.code),
            reason="Mine now",
            by=actor(world.holder("state_president", "N2")),
            at=AT,
        )


def test_the_standard_set_is_not_edited_away(world: World, leaders: tuple[Account, Account]) -> None:
    for code in ("booth_president", "state_president"):
        with pytest.raises(Refused):
            actions.ask_office(
                unit_id=world.unit("N1"),
                wanted=wanted(code=code),
                reason="Mine",
                by=actor(leaders[0]),
                at=AT,
            )
        with pytest.raises(Refused):
            actions.end_office(code=code, by=actor(leaders[0]), at=AT)


def test_a_change_waits_while_somebody_holds_it_where_it_no_longer_exists(world: World) -> None:
    made = make(world, kinds=("district",))
    president = world.holder("state_general_secretary", "N1")
    world.appoint(world.account("Ravi"), made.code, "N11", by=actor(president))
    with system("test"):  # the district moves to the other state
        moved = Placement.objects.get(unit=world.units["N11"], hierarchy=1, valid_to=None)
        moved.lo = moved.hi = world.lo("N2") + 1
        moved.save()
    with pytest.raises(OfficeHeldElsewhere):
        actions.ask_office(
            unit_id=world.unit("N1"),
            wanted=wanted(code=made.code, kinds=("district",)),
            reason="More",
            by=actor(president),
            at=AT,
        )


def test_an_ended_office_gives_no_right_at_once_and_is_not_given_again(world: World) -> None:
    made = make(world)
    president = world.holder("state_general_secretary", "N1")
    head = world.account("Meena")
    world.appoint(head, made.code, "N1", by=actor(president))
    waits = actions.ask_office(
        unit_id=world.unit("N1"), wanted=wanted(code=made.code), reason="Again", by=actor(president), at=AT
    )
    with pytest.raises(NotYours):
        actions.end_office(code=made.code, by=actor(world.holder("state_president", "N2")), at=LATER)
    actions.end_office(code=made.code, by=actor(president), at=LATER)
    assert not queries.holds(head.pk, "contact.meet", at=world.unit("N1"))
    with system("test"):
        assert Appointment.objects.get(account_id=head.pk).state == Appointment.State.ACTIVE
        assert made.code not in {one.office for one in queries.vacancies(world.unit("N1"), on=TODAY)}
    with pytest.raises(Refused):
        world.appoint(world.account("Ravi"), made.code, "N1", by=actor(president))
    with pytest.raises(Refused):
        decide(waits, world.holder("national_president", "N"))


def test_what_no_office_may_be_is_refused_with_its_field(
    world: World, leaders: tuple[Account, Account]
) -> None:
    asker = leaders[0]
    for other, refusal, field in (
        ({"names": {"en": "Head", "hi": " "}}, OfficeNameMissing, "name_en"),
        ({"names": {"en": "state  president", "hi": "नया"}}, OfficeNameTaken, "name_en"),
        ({"names": {"en": "Head", "hi": "मंडल अध्यक्ष"}}, OfficeNameTaken, "name_en"),
        ({"kinds": ()}, LevelUnfit, "kinds"),
        ({"kinds": ("nation",)}, LevelUnfit, "kinds"),
        ({"seats": 0}, Refused, "seats"),
        ({"seats": 201}, Refused, "seats"),
    ):
        with pytest.raises(refusal) as refused:
            ask(world, asker, **other)
        assert refused.value.field == field
    with pytest.raises(NotYours):
        ask(world, world.holder("district_president", "N11"), "N11")
    with pytest.raises(NotYours):
        ask(world, asker, "N2")


def test_two_states_may_use_one_name_and_neither_sees_the_others(world: World) -> None:
    one = make(world, "N1")
    two = make(world, "N2")
    assert one.names == two.names
    seen = {}
    for code in ("N1", "N2"):
        with queries.seeing_as(world.holder("state_general_secretary", code).pk, on=TODAY):
            seen[code] = {office.code for office in queries.offices_used() if office.unit_id}
    assert seen == {"N1": {one.code}, "N2": {two.code}}


FORM = {
    "name_en": "State IT head",
    "name_hi": "प्रदेश आईटी प्रमुख",
    "kinds": "state",
    "seats": "1",
    "is_expected": "on",
    "reason": "We need it",
}


def test_one_leader_asks_on_the_page_and_another_reads_what_it_gives_and_approves(
    world: World, leaders: tuple[Account, Account]
) -> None:
    asker, other = (browser(account) for account in leaders)
    page = asker.get("/offices/new/?unit=N1").content.decode()
    assert 'value="contact.meet"' in page and 'value="org.release"' not in page
    sent = asker.post("/offices/new/?unit=N1", FORM | {"rights": ["contact.meet", "people.read"]})
    assert sent.status_code == 302, sent.content.decode()
    assert own() == []
    with system("test"):
        asked = Release.objects.get(act="org.office")
    assert asker.get(f"/releases/{asked.public_id}/decide/?allow=yes").status_code == 403
    shown = other.get(f"/releases/{asked.public_id}/decide/?allow=yes").content.decode()
    assert "State IT head" in shown and "प्रदेश आईटी प्रमुख" in shown
    for answer in (302, 403):  # the second press finds it decided
        assert other.post(f"/releases/{asked.public_id}/decide/", {"allow": "yes"}).status_code in (
            answer,
            422,
        )
    (made,) = own()
    assert made.capabilities == ["contact.meet", "people.read"]
    listed = asker.get("/offices/?unit=N1").content.decode()
    assert f"/offices/{made.pk}/change/" in listed
    assert asker.post(f"/offices/{made.pk}/end/", {}).status_code == 302
    assert own()[0].closed_at is not None


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        ("rights", ["org.release"]),
        ("rights", ["verification.check", "contact.meet"]),
        ("rights", ["everything"]),
        ("kinds", "nation"),
        ("kinds", ""),
        ("seats", "0"),
        ("name_hi", ""),
    ],
)
def test_a_forged_form_asks_for_nothing(
    world: World, leaders: tuple[Account, Account], field: str, sent: Any
) -> None:
    answer = browser(leaders[0]).post("/offices/new/?unit=N1", FORM | {field: sent})
    assert answer.status_code == 422
    assert f"id_{field}_error" in answer.content.decode()
    with system("test"):
        assert not Release.objects.filter(act="org.office").exists()


def test_a_form_about_another_state_is_refused(world: World, leaders: tuple[Account, Account]) -> None:
    made = make(world, "N2")
    client = browser(leaders[0])
    assert client.post("/offices/new/?unit=N2", FORM).status_code == 403
    assert client.get("/offices/?unit=N2").status_code == 403
    for act in ("change", "end"):
        assert client.post(f"/offices/{made.pk}/{act}/", FORM).status_code == 404
    with system("test"):
        standard = Office.objects.get(code="booth_president").pk
    for act in ("change", "end"):
        assert client.post(f"/offices/{standard}/{act}/", FORM).status_code == 404


def test_an_office_of_several_people_shows_how_many_are_missing_in_a_unit_and_below(world: World) -> None:
    made = make(world, kinds=("district",), seats=3)
    president = world.holder("state_general_secretary", "N1")
    client = browser(president)
    assert f"office={made.code}" in client.get("/bodies/?unit=N11").content.decode()
    for name, place in (("Asha", "N11"), ("Meena", "N11"), ("Ravi", "N12")):
        world.appoint(world.account(name), made.code, place, by=actor(president))
    with system("test"):
        short = {
            code: [n for _office, n in queries.offices_short(world.unit(code), 1, on=TODAY)]
            for code in ("N1", "N11", "N12", "N21")
        }
        (row,) = queries.count_holders(
            queries.own_offices(near=world.unit("N1")), world.unit("N1"), 1, on=TODAY
        )
    assert short == {"N1": [], "N11": [1], "N12": [2], "N21": []}
    assert (row.held_below, row.expected_below) == (3, 6)
    assert re.search(
        r">\s*3\s*</td>\s*<td[^>]*>\s*6\s*</td>", client.get("/offices/?unit=N1").content.decode()
    )
