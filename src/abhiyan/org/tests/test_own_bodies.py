"""Kinds of body of the organisation's own: two people make one, and no seat gives a right."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.org import actions, queries
from abhiyan.org.actions.appointments import NoSeatLeft, OfficeNotHere
from abhiyan.org.actions.bodies import BodyKindUnfit
from abhiyan.org.actions.body_kinds import (
    BodyKindInUse,
    BodyKindNameTaken,
    ExpectedUnfit,
    LeadUnfit,
    SeatNumberUnfit,
    SeatOfficeUnfit,
)
from abhiyan.org.actions.own_offices import LevelUnfit, OfficeIsSeat, OfficeNameMissing
from abhiyan.org.models import Appointment, Body, BodyKind, Office, Release
from abhiyan.org.queries import NotYours
from abhiyan.org.rules.body_kinds import STANDARD_SEATS, WantedKind
from abhiyan.org.rules.offices import SEATS
from abhiyan.org.rules.own_offices import PREFIX, OwnOffice
from abhiyan.people.models import Account
from abhiyan.people.tests.make import body as page_text
from abhiyan.people.tests.make import browser

from .make import AT, SYSTEM, TODAY, World, actor

LATER = AT + timedelta(hours=1)
pytestmark = pytest.mark.django_db


def wanted(**other: Any) -> WantedKind:
    facts: dict[str, Any] = {
        "names": {"en": "Page committee", "hi": "पन्ना समिति"},
        "levels": ("booth",),
        "leads": "body_convener",
        "seats": (("body_member", 10),),
        "expected": 1,
    }
    return WantedKind(**facts | other)


def ask(world: World, by: Account, place: str = "N1", **other: Any) -> Release:
    return actions.ask_body_kind(
        unit_id=world.unit(place), wanted=wanted(**other), reason="We need it", by=actor(by), at=AT
    )


def decide(asked: Release, by: Account) -> None:
    actions.decide_release(public_id=asked.public_id, allow=True, by=actor(by), at=LATER)


def own_kinds() -> list[BodyKind]:
    with system("test"):
        return list(BodyKind.objects.order_by("pk"))


def make(world: World, code: str = "N1", **other: Any) -> BodyKind:
    """An own kind of body that two leaders of the console made."""
    known = {kind.pk for kind in own_kinds()}
    asker = world.holder("state_president" if code != "N" else "national_president", code[:2])
    decide(ask(world, asker, code, **other), world.holder("national_general_secretary", "N"))
    (made,) = [kind for kind in own_kinds() if kind.pk not in known]
    return made


def found_body(world: World, kind: BodyKind, code: str = "N1111") -> Body:
    return actions.make_body(
        unit_id=world.unit(code), kind=kind.code, names={"en": "Page 1"}, by=SYSTEM, at=LATER
    )


def seat(world: World, body: Body, office: str, account: Account | None = None) -> Account:
    account = account or world.account()
    actions.appoint(
        account_id=account.pk, office=office, unit_id=body.unit_id, body_id=body.pk, by=SYSTEM, at=LATER
    )
    return account


def office_without_rights(world: World, seats: int) -> Office:
    """An own office that is a name only."""
    office = OwnOffice({"en": "Page head", "hi": "पन्ना प्रमुख"}, ("booth",), False, seats, frozenset())
    asked = actions.ask_office(
        unit_id=world.unit("N1"),
        wanted=office,
        reason="x",
        by=actor(world.holder("state_general_secretary", "N1")),
        at=AT,
    )
    decide(asked, world.holder("national_president", "N"))
    with system("test"):
        return Office.objects.exclude(unit=None).get()


def _change_office(
    world: World, office: Office, *, seats: int = 11, rights: frozenset[str] = frozenset()
) -> None:
    """A leader asks for a change of an own office."""
    changed = OwnOffice(office.names, ("booth",), False, seats, rights, office.code)
    by = actor(world.holder("national_general_secretary", "N"))
    actions.ask_office(unit_id=world.unit("N1"), wanted=changed, reason="x", by=by, at=AT)


@pytest.fixture
def leaders(world: World) -> tuple[Account, Account]:
    """A state president and a national general secretary, each named by the console."""
    return world.holder("state_president", "N1"), world.holder("national_general_secretary", "N")


def test_the_standard_seats_of_an_own_kind_have_no_rights_and_are_not_of_call_centres() -> None:
    standard = [office for office in SEATS if office.code in STANDARD_SEATS]
    assert len(standard) == len(STANDARD_SEATS)
    for office in standard:
        assert office.in_bodies and "centre" not in office.in_bodies
        assert not office.capabilities and not office.sees_people


def test_a_kind_counts_once_a_second_person_approves_it(
    world: World, leaders: tuple[Account, Account]
) -> None:
    asked = ask(world, leaders[0])
    assert own_kinds() == []
    with pytest.raises(NotYours):
        decide(asked, leaders[0])
    decide(asked, leaders[1])
    (kind,) = own_kinds()
    assert kind.code.startswith(PREFIX) and kind.unit_id == world.unit("N1") and kind.expected == 1
    assert kind.numbers == {"body_convener": 1, "body_member": 10} and kind.levels == ["booth"]


def test_a_body_of_an_own_kind_is_founded_where_it_exists_and_filled_seat_by_seat(world: World) -> None:
    kind = make(world)
    body = found_body(world, kind)
    assert body.seats == 10 and queries.body_kind_names([body.kind])[body.kind] == "पन्ना समिति"
    with system("test"):
        free = {each.office.code: each.free for each in queries.body_seats(body)}
        (listed,) = queries.bodies_of(body.unit_id, on=TODAY)
    assert free == {"body_convener": 1, "body_member": 10} and listed.vacant == 11
    leader = seat(world, body, "body_convener")
    for _number in range(10):
        seat(world, body, "body_member")
    with pytest.raises(NoSeatLeft):
        seat(world, body, "body_member")
    with pytest.raises(OfficeNotHere):
        seat(world, body, "wing_president")
    with system("test"):
        (listed,) = queries.bodies_of(body.unit_id, on=TODAY)
        assert (listed.vacant, listed.members, listed.account_id) == (0, 10, leader.pk)
        assert not [each for each in queries.body_seats(body) if each.free]
    for code in ("N111", "N2111"):  # another level, another state
        with pytest.raises(BodyKindUnfit):
            found_body(world, kind, code)


def test_a_wing_of_an_own_kind_may_be_in_a_mandal_which_the_standard_kind_is_not(world: World) -> None:
    kind = make(
        world, names={"en": "Mandal wing", "hi": "मंडल मोर्चा"}, levels=("mandal",), leads="wing_president"
    )
    body = found_body(world, kind, "N111")
    president = seat(world, body, "wing_president")
    assert queries.scope_of(president.pk, TODAY).bodies == (body.pk,)


def test_an_own_office_without_rights_is_a_seat_of_the_number_that_the_kind_says(world: World) -> None:
    office = office_without_rights(world, seats=11)
    kind = make(world, seats=((office.code, 2),))
    body = found_body(world, kind)
    for _number in range(2):
        seat(world, body, office.code)
    with pytest.raises(NoSeatLeft):
        seat(world, body, office.code)
    with pytest.raises(OfficeIsSeat):
        _change_office(world, office, seats=1)
    with pytest.raises(OfficeIsSeat):
        _change_office(world, office, rights=frozenset({"org.read"}))


def test_what_no_kind_may_be_is_refused_with_its_field(
    world: World, leaders: tuple[Account, Account]
) -> None:
    asker = leaders[0]
    for other, refusal, field in (
        ({"names": {"en": "Page", "hi": " "}}, OfficeNameMissing, "name_en"),
        ({"names": {"en": "committee", "hi": "नया"}}, BodyKindNameTaken, "name_en"),
        ({"names": {"en": "New", "hi": "मोर्चा"}}, BodyKindNameTaken, "name_en"),
        ({"levels": ()}, LevelUnfit, "kinds"),
        ({"levels": ("nation",)}, LevelUnfit, "kinds"),
        ({"leads": "state_president"}, LeadUnfit, "leads"),
        ({"leads": "body_member"}, LeadUnfit, "leads"),
        ({"seats": (("booth_president", 1),)}, SeatOfficeUnfit, "office_1"),
        ({"seats": (("call_agent", 5),)}, SeatOfficeUnfit, "office_1"),
        ({"seats": (("body_member", 2), ("body_member", 2))}, SeatOfficeUnfit, "office_2"),
        ({"seats": (("body_member", 0),)}, SeatNumberUnfit, "number_1"),
        ({"seats": (("body_member", 201),)}, SeatNumberUnfit, "number_1"),
        ({"seats": (("wing_president", 2),)}, SeatNumberUnfit, "number_1"),
        ({"expected": 21}, ExpectedUnfit, "expected"),
        ({"expected": -1}, ExpectedUnfit, "expected"),
    ):
        with pytest.raises(refusal) as refused:
            ask(world, asker, **other)
        assert refused.value.field == field
    with pytest.raises(NotYours):
        ask(world, world.holder("district_president", "N11"), "N11")
    with pytest.raises(NotYours):
        ask(world, asker, "N2")


def test_a_change_counts_for_the_bodies_that_there_are_and_waits_for_seats_that_are_held(
    world: World,
) -> None:
    kind = make(world)
    body = found_body(world, kind)
    for _number in range(3):
        seat(world, body, "body_member")
    asker, other = world.holder("state_general_secretary", "N1"), world.holder("national_president", "N")
    for change in ({"seats": (("body_member", 2),)}, {"seats": ()}, {"levels": ("mandal",)}):
        with pytest.raises(BodyKindInUse):
            ask(world, asker, code=kind.code, **change)
    decide(ask(world, asker, code=kind.code, seats=(("body_member", 3),)), other)
    with system("test"):
        assert Body.objects.get(pk=body.pk).seats == 3
    with pytest.raises(Refused):  # a kind of another state
        ask(world, world.holder("state_president", "N2"), "N2", code=kind.code)


def test_a_closed_kind_takes_no_new_body_and_keeps_those_that_there_are(world: World) -> None:
    kind = make(world)
    body = found_body(world, kind)
    president = world.holder("state_general_secretary", "N1")
    with pytest.raises(NotYours):
        actions.close_body_kind(code=kind.code, by=actor(world.holder("state_president", "N2")), at=LATER)
    actions.close_body_kind(code=kind.code, by=actor(president), at=LATER)
    with pytest.raises(BodyKindUnfit):
        found_body(world, kind, "N1112")
    seat(world, body, "body_convener")
    with pytest.raises(Refused):
        ask(world, president, code=kind.code)
    with pytest.raises(IntegrityError), transaction.atomic(), system("test"):
        BodyKind.objects.filter(pk=kind.pk).delete()


FORM = {
    "name_en": "Page committee",
    "name_hi": "पन्ना समिति",
    "kinds": "booth",
    "leads": "body_convener",
    "office_1": "body_member",
    "number_1": "10",
    "expected": "1",
    "reason": "We need it",
}


def test_one_leader_asks_on_the_page_another_approves_and_a_booth_gets_its_body(
    world: World, leaders: tuple[Account, Account]
) -> None:
    asker, other = (browser(account) for account in leaders)
    new = page_text(asker, "/bodies/kinds/new/?unit=N1")
    assert 'value="body_member"' in new and 'value="booth_president"' not in new
    assert asker.post("/bodies/kinds/new/?unit=N1", FORM).status_code == 302
    assert own_kinds() == []
    with system("test"):
        asked = Release.objects.get(act="org.body_kind")
    shown = page_text(other, f"/releases/{asked.public_id}/decide/?allow=yes")
    assert "Page committee" in shown and "पन्ना समिति" in shown and "10" in shown
    assert other.post(f"/releases/{asked.public_id}/decide/", {"allow": "yes"}).status_code == 302
    (kind,) = own_kinds()
    assert f"/bodies/kinds/{kind.pk}/change/" in page_text(asker, "/bodies/kinds/?unit=N1")
    assert kind.code in page_text(asker, "/bodies/new/?unit=N1111")
    assert kind.code not in page_text(asker, "/bodies/new/?unit=N111")
    founded = asker.post(
        "/bodies/new/?unit=N1111", {"kind": kind.code, "name_en": "Page 1", "seats": "3", "duty": ""}
    )
    assert founded.status_code == 302
    page = page_text(asker, founded["Location"])
    assert "Page committee" in page and "office=body_member" in page
    assert 'name="seats"' not in page_text(asker, f"{founded['Location']}change/")
    assert asker.post(f"{founded['Location']}change/", {"name_en": "Page 2", "duty": ""}).status_code == 302
    with system("test"):
        assert Body.objects.get().names["en"] == "Page 2" and Body.objects.get().seats == 10
    assert asker.post(f"/bodies/kinds/{kind.pk}/close/", {}).status_code == 302
    assert own_kinds()[0].closed_at is not None


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        ("leads", "booth_president"),
        ("office_1", "booth_president"),
        ("office_1", ""),
        ("number_1", ""),
        ("number_1", "0"),
        ("kinds", "nation"),
        ("expected", "21"),
        ("name_hi", ""),
    ],
)
def test_a_forged_form_asks_for_nothing(
    world: World, leaders: tuple[Account, Account], field: str, sent: str
) -> None:
    answer = browser(leaders[0]).post("/bodies/kinds/new/?unit=N1", FORM | {field: sent})
    assert answer.status_code == 422
    assert f"id_{field}_error" in answer.content.decode()
    with system("test"):
        assert not Release.objects.filter(act="org.body_kind").exists()


def test_a_form_about_another_state_is_refused(world: World, leaders: tuple[Account, Account]) -> None:
    kind = make(world, "N2")
    client = browser(leaders[0])
    assert client.post("/bodies/kinds/new/?unit=N2", FORM).status_code == 403
    assert client.get("/bodies/kinds/?unit=N2").status_code == 403
    for act in ("change", "close"):
        assert client.post(f"/bodies/kinds/{kind.pk}/{act}/", FORM).status_code == 404
    founded = client.post("/bodies/new/?unit=N1111", {"kind": kind.code, "name_en": "P", "seats": "3"})
    assert founded.status_code == 422 and not Body.objects.exists()


def test_a_seat_gives_no_right_over_the_unit_and_shows_nobody_in_it(world: World) -> None:
    kind = make(world)
    body = found_body(world, kind)
    member = seat(world, body, "body_member")
    scope = queries.viewer_of(account_id=member.pk, on=TODAY).scope
    assert (scope.people, scope.counts, scope.everything) == ("{}", "{}", False)
    with queries.seeing_as(member.pk, on=TODAY):
        assert set(Appointment.objects.values_list("body_id", flat=True)) == {body.pk}


def test_a_unit_shows_which_bodies_it_lacks_and_a_list_counts_them_below(
    world: World, leaders: tuple[Account, Account]
) -> None:
    asked = ask(world, leaders[0], expected=2)
    decide(asked, leaders[1])
    (kind,) = own_kinds()
    client = browser(leaders[0])
    assert f"kind={kind.code}" in page_text(client, "/bodies/?unit=N1111")
    assert f"kind={kind.code}" not in page_text(client, "/bodies/?unit=N111")
    found_body(world, kind)
    with system("test"):
        (lacking,) = queries.bodies_missing(world.unit("N1111"))
        assert lacking.n == 1
        numbers = {}
        for code in ("N", "N1", "N11", "N1111", "N1112"):
            (row,) = queries.count_bodies(queries.own_body_kinds(near=world.unit("N1")), world.unit(code), 1)
            numbers[code] = (row.set_up, row.expected)
    booths = {"N": 8, "N1": 8, "N11": 4, "N1111": 1, "N1112": 1}
    assert numbers == {code: (int(code != "N1112"), 2 * n) for code, n in booths.items()}
    assert re.search(r">\s*1\s*</td>\s*<td[^>]*>\s*16\s*</td>", page_text(client, "/bodies/kinds/?unit=N1"))
    actions.make_body(
        unit_id=world.unit("N1111"), kind=kind.code, names={"en": "Page 2"}, by=SYSTEM, at=LATER
    )
    with system("test"):
        assert queries.bodies_missing(world.unit("N1111")) == []
    assert f"kind={kind.code}" not in page_text(client, "/bodies/?unit=N1111")
    actions.close_body_kind(code=kind.code, by=actor(leaders[0]), at=LATER)
    assert f"kind={kind.code}" not in page_text(client, "/bodies/?unit=N1112")
