"""Appointing and ending: who may, what it gives, and that nobody hands on more than they have."""

from datetime import date, timedelta
from importlib import import_module
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from abhiyan.core import news, sql
from abhiyan.core.actor import Actor
from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import system
from abhiyan.org import actions, queries
from abhiyan.org.actions.appointments import (
    AlreadyHolds,
    BeyondYourOwn,
    NoSeatLeft,
    NotDisputed,
    OfficeNotHere,
    OfficerElsewhere,
    OrderMissing,
    UnitNotPlaced,
    UnknownOffice,
)
from abhiyan.org.actions.releases import ReasonMissing
from abhiyan.org.models import Appointment, Office
from abhiyan.org.news import AppointmentEnded
from abhiyan.org.rules.capabilities import LEADS, REPRESENTS
from abhiyan.org.rules.offices import SEATS
from abhiyan.people.models import Account

from .make import AT, SYSTEM, TODAY, World, actor

pytestmark = pytest.mark.django_db


def test_a_district_president_appoints_below_but_not_beside_or_above(world: World) -> None:
    by = actor(world.holder("district_president", "N11"))
    made = world.appoint(world.account(), "mandal_president", "N111", by=by)
    assert made.state == "active"
    world.appoint(world.account(), "booth_worker", "N1111", by=by)
    for office, code in (
        ("mandal_president", "N121"),
        ("district_president", "N12"),
        ("district_president", "N11"),
        ("state_president", "N1"),
    ):
        with pytest.raises(queries.NotYours):
            world.appoint(world.account(), office, code, by=by)


def test_a_release_gives_offices_what_is_new_and_not_what_was_taken_away(world: World) -> None:
    with system("test"):
        office = Office.objects.get(code="district_president")
        office.capabilities.remove("people.export")  # the organisation's own wish
        for what in (office.capabilities, office.offered):
            what.remove("programmes.run")  # the release before knew nothing of it
        office.save()
        actions.ensure_offices()
        office.refresh_from_db()
        assert "programmes.run" in office.capabilities
        assert "people.export" not in office.capabilities


def test_offices_of_the_helpline_get_names_of_their_own_where_the_organisation_chose_none(
    world: World,
) -> None:
    renamed = import_module("abhiyan.org.migrations.0005_helpline_offices").RENAMED
    former = {"en": "Call-centre agent", "hi": "कॉल सेंटर कार्यकर्ता", "ur": "کارکن"}
    own = {"en": "Call desk", "hi": "कॉल डेस्क"}
    with system("test"):
        Office.objects.filter(code="call_centre_agent").update(names=former)
        Office.objects.filter(code="call_centre_supervisor").update(names=own)
        sql.run(renamed)
        names = dict(Office.objects.values_list("code", "names"))
    assert names["call_centre_supervisor"] == own
    assert names["call_centre_agent"] == former | {"en": "Helpline agent", "hi": "हेल्पलाइन कार्यकर्ता"}
    alike = [seat.code for seat in SEATS if "call centre" in seat.en or "कॉल" in seat.hi]
    assert alike == ["call_supervisor", "call_agent"], "seats of a call centre alone"


def test_a_senior_appoints_juniors_of_the_same_unit_and_not_the_reverse(world: World) -> None:
    president = actor(world.holder("district_president", "N11"))
    in_charge = world.account()
    world.appoint(in_charge, "district_in_charge", "N11", by=president)
    with pytest.raises(queries.NotYours):
        world.appoint(world.account(), "district_president", "N11", by=actor(in_charge))


def test_nobody_hands_on_a_capability_they_lack(world: World) -> None:
    booth = actor(world.holder("booth_president", "N1111"))
    world.appoint(world.account(), "booth_worker", "N1111", by=booth)
    with pytest.raises(BeyondYourOwn):
        world.appoint(world.account(), "it_administrator", "N1111", by=booth)


def test_an_administrator_who_sees_nobody_cannot_make_somebody_who_does(world: World) -> None:
    with system("test"):
        Office.objects.filter(code="it_administrator").update(
            capabilities=["org.appoint", "people.read", "enrolment.enrol"]
        )
    by = actor(world.holder("it_administrator", "N1"))
    with pytest.raises(BeyondYourOwn):
        world.appoint(world.account(), "booth_worker", "N1111", by=by)


def test_the_electoral_tree_is_not_reached_from_a_district(world: World) -> None:
    by = actor(world.holder("district_president", "N11"))
    with pytest.raises(queries.NotYours):
        world.appoint(world.account(), "booth_worker", "N1111", hierarchy=2, by=by)
    state = actor(world.holder("state_president", "N1"))
    world.appoint(world.account(), "constituency_in_charge", "C1", hierarchy=2, by=state)
    with pytest.raises(queries.NotYours):
        world.appoint(world.account(), "constituency_in_charge", "C2", hierarchy=2, by=state)


def test_a_visitor_a_weak_session_and_a_channel_appoint_nobody(world: World) -> None:
    president = world.holder("state_president", "N1")
    for by in (
        Actor.public(),
        Actor(kind="public", id=president.public_id, account_id=president.pk),
        Actor(kind="channel", id=uuid4()),
    ):
        with pytest.raises(queries.NotYours):
            world.appoint(world.account(), "booth_worker", "N1111", by=by)
        with pytest.raises(queries.NotYours):
            queries.require(by, "people.read", at=world.unit("N1111"))


def test_whoever_made_the_installation_appoints_the_first(world: World) -> None:
    root = world.account("Root", is_root=True)
    world.appoint(world.account(), "national_president", "N", by=actor(root))
    assert queries.scope_of(root.pk, TODAY).people == "{}"
    with pytest.raises(queries.NotYours):
        queries.require(actor(root), "people.read", at=world.unit("N"))


def test_a_second_holder_of_one_seat_is_disputed_until_the_level_above_decides(world: World) -> None:
    state = actor(world.holder("state_president", "N1"))
    one, two = world.account("One"), world.account("Two")
    first = world.appoint(one, "district_president", "N11", by=state)
    second = world.appoint(two, "district_president", "N11", by=state)
    with system("test"):
        first.refresh_from_db()
    assert (first.state, second.state) == ("disputed", "disputed")
    for account in (one, two):
        assert queries.scope_of(account.pk, TODAY).people != "{}"
        with pytest.raises(queries.NotYours):
            queries.require(actor(account), "people.read", at=world.unit("N1111"))
        with pytest.raises(queries.NotYours):
            actions.decide_dispute(public_id=first.public_id, order_no="7", by=actor(account), at=AT)
    queries.require(state, "people.read", at=world.unit("N1111"))  # the unit above acts
    with pytest.raises(OrderMissing):
        actions.decide_dispute(public_id=second.public_id, order_no=" ", by=state, at=AT)
    actions.decide_dispute(public_id=second.public_id, order_no="S/7/2026", by=state, at=AT)
    with system("test"):
        first.refresh_from_db()
        second.refresh_from_db()
    assert (first.state, second.state, second.order_no) == ("ended", "active", "S/7/2026")
    queries.require(actor(two), "people.read", at=world.unit("N1111"))
    with pytest.raises(NotDisputed):
        actions.decide_dispute(public_id=second.public_id, order_no="8", by=state, at=AT)


def test_the_same_unit_does_not_decide_its_own_dispute(world: World) -> None:
    in_charge = actor(world.holder("district_in_charge", "N11"))
    first = world.appoint(world.account(), "district_president", "N11")
    world.appoint(world.account(), "district_president", "N11")
    with pytest.raises(queries.NotYours):
        actions.decide_dispute(public_id=first.public_id, order_no="1", by=in_charge, at=AT)


def test_a_claimant_does_not_settle_their_own_dispute_by_an_office_above(world: World) -> None:
    account, other = world.account("Both"), world.account("Other")
    world.appoint(account, "national_president", "N")
    own = world.appoint(account, "state_president", "N1")
    rival = world.appoint(other, "state_president", "N1")
    with pytest.raises(queries.OwnDispute):
        actions.decide_dispute(public_id=own.public_id, order_no="1", by=actor(account), at=AT)
    with pytest.raises(queries.OwnDispute):
        actions.end_appointment(public_id=rival.public_id, reason="mine", by=actor(account), at=AT)
    root = actor(world.account("Root", is_root=True))
    assert actions.decide_dispute(public_id=rival.public_id, order_no="1", by=root, at=AT).state == "active"


def test_an_administrator_who_claims_an_office_decides_it_only_where_nobody_else_could(world: World) -> None:
    root = world.account("Root", is_root=True)
    own = world.appoint(root, "state_president", "N1")
    world.appoint(world.account("Other"), "state_president", "N1")
    second = world.account("Second Root", is_root=True)
    above = world.appoint(world.account("Above"), "national_president", "N")

    def decide() -> Appointment:
        return actions.decide_dispute(public_id=own.public_id, order_no="1", by=actor(root), at=AT)

    with pytest.raises(queries.OwnDispute):
        decide()
    actions.end_appointment(public_id=above.public_id, reason="over", by=SYSTEM, at=AT)
    with pytest.raises(queries.OwnDispute):
        decide()
    with system("test"):
        Account.objects.filter(pk=second.pk).update(closed_at=AT)
    assert decide().state == "active"


def test_a_seat_held_by_others_than_those_meant_is_not_disputed(world: World) -> None:
    sitting = world.appoint(world.account("Sits"), "district_president", "N11")

    def appoint(*meant: UUID) -> Appointment:
        return actions.appoint(
            account_id=world.account("Comes").pk,
            office="district_president",
            unit_id=world.unit("N11"),
            by=SYSTEM,
            at=AT,
            disputing=meant,
        )

    for meant in ((), (uuid4(),)):
        with pytest.raises(actions.SeatHeld) as refused:
            appoint(*meant)
        assert refused.value.by == [sitting]
    assert appoint(sitting.public_id).state == "disputed"


def test_of_three_claimants_one_is_left(world: World) -> None:
    made = [world.appoint(world.account(), "district_president", "N11") for _each in range(3)]
    actions.decide_dispute(public_id=made[2].public_id, order_no="9", by=SYSTEM, at=AT)
    with system("test"):
        states = [Appointment.objects.get(id=each.pk).state for each in made]
    assert states == ["ended", "ended", "active"]


def test_when_a_claimant_steps_down_the_other_holds_the_office(world: World) -> None:
    one = world.account("One")
    first = world.appoint(one, "district_president", "N11")
    second = world.appoint(world.account("Two"), "district_president", "N11")
    actions.end_appointment(public_id=first.public_id, reason="stepped down", by=actor(one), at=AT)
    with system("test"):
        second.refresh_from_db()
    assert second.state == "active"


def test_offices_with_seats_fill_up(world: World) -> None:
    with system("test"):
        Office.objects.filter(code="booth_worker").update(seats=2)
    for _each in range(2):
        world.appoint(world.account(), "booth_worker", "N1111")
    with pytest.raises(NoSeatLeft, match="2"):
        world.appoint(world.account(), "booth_worker", "N1111")


def test_what_does_not_fit_is_refused_by_name(world: World) -> None:
    account = world.account()
    with pytest.raises(UnknownOffice):
        world.appoint(account, "emperor", "N1")
    with pytest.raises(OfficeNotHere):
        world.appoint(account, "booth_president", "N1")
    with pytest.raises(UnitNotPlaced):
        world.appoint(account, "district_president", "N11", hierarchy=2)
    world.appoint(account, "booth_worker", "N1111")
    with pytest.raises(AlreadyHolds):
        world.appoint(account, "booth_worker", "N1111")
    with pytest.raises(actions.WrongTerm):
        actions.appoint(
            account_id=account.pk,
            office="booth_worker",
            unit_id=world.unit("N1112"),
            starts_on=TODAY,
            ends_on=TODAY - timedelta(days=1),
            by=SYSTEM,
            at=AT,
        )


def test_somebody_new_is_appointed_by_their_phone(world: World) -> None:
    by = actor(world.holder("district_president", "N11"))
    asked = {"phone": "98765 43210", "name": "Meena", "office": "booth_president", "by": by, "at": AT}
    with pytest.raises(queries.NotYours):
        actions.appoint_new(unit_id=world.unit("N1211"), **asked)  # type: ignore[arg-type]  # one dict for two
    with system("test"):
        assert not Account.objects.filter(name="Meena").exists()
    made = actions.appoint_new(unit_id=world.unit("N1111"), **asked)  # type: ignore[arg-type]  # one dict for two
    with system("test"):
        account = Account.objects.get(id=made.account_id)
    assert (account.name, account.last4, account.unit_id) == ("Meena", "3210", world.unit("N1111"))


def test_ending_needs_a_reason_and_happens_once(world: World) -> None:
    made = world.appoint(world.account(), "booth_worker", "N1111")
    with pytest.raises(ReasonMissing):
        actions.end_appointment(public_id=made.public_id, reason="  ", by=SYSTEM, at=AT)
    actions.end_appointment(public_id=made.public_id, reason="moved away", by=SYSTEM, at=AT)
    with pytest.raises(actions.AlreadyEnded):
        actions.end_appointment(public_id=made.public_id, reason="again", by=SYSTEM, at=AT)
    with system("test"):
        made.refresh_from_db()
        acts = list(AuditEntry.objects.filter(subject=str(made.public_id)).values_list("act", flat=True))
    assert made.end_reason == "moved away"
    assert sorted(acts) == ["org.appoint", "org.end_appointment"]


def test_the_rooms_above_hear_that_an_appointment_ended(world: World) -> None:
    heard: list[AppointmentEnded] = []
    hear = heard.append
    news.subscribe(AppointmentEnded, hear)
    try:
        account = world.account()
        first = world.appoint(account, "booth_worker", "N1111")
        second = world.appoint(account, "booth_worker", "N1112")
        for made in (first, second):
            actions.end_appointment(public_id=made.public_id, reason="r", by=SYSTEM, at=AT)
    finally:
        news._subscribers[AppointmentEnded].remove(hear)
    assert [each.is_last for each in heard] == [False, True]


def test_vacancies_are_seen_here_and_counted_below(world: World) -> None:
    assert queries.vacancies(world.unit("N11"), on=TODAY) == [], "out of sight nothing is said to be vacant"
    with system("test"):
        assert [each.office for each in queries.vacancies(world.unit("N11"), on=TODAY)] == [
            "district_president",
            "district_in_charge",
            "data_officer",
        ]
    world.holder("district_president", "N11")
    world.holder("booth_president", "N1111")
    with system("test"):
        assert [each.office for each in queries.vacancies(world.unit("N11"), on=TODAY)] == [
            "district_in_charge",
            "data_officer",
        ]
        below = {
            each.office: (each.expected, each.held, each.vacant)
            for each in queries.ask_vacancies_below(world.unit("N1"), 1, at=AT)()
        }
        lo, hi = world.lo("N1"), world.lo("N2")
        rows = queries.vacant_rows(lo, hi, on=TODAY, office="booth_president")
        assert len(rows) == 7
        assert rows[0].unit_code == "N1112"
        assert len(rows[2:5]) == 3
    assert below["booth_president"] == (8, 1, 7)
    assert below["district_president"] == (2, 1, 1)


def test_the_line_of_command_goes_up_to_the_nation(world: World) -> None:
    for office, code in (
        ("national_president", "N"),
        ("state_president", "N1"),
        ("district_president", "N11"),
        ("district_president", "N12"),
    ):
        world.holder(office, code)
    line = queries.line_of_command(world.unit("N1111"), 1, on=TODAY)
    assert [(each.office, each.unit_code) for each in line] == [
        ("district_president", "N11"),
        ("state_president", "N1"),
        ("national_president", "N"),
    ]


def test_data_officers_are_named_and_ended_by_those_above_alone(world: World) -> None:
    top = world.officer("N")
    root = world.account("Root", is_root=True)
    leaders = [
        world.holder("national_president", "N"),
        world.holder("state_president", "N1"),
        root,
    ]
    for leader in leaders:
        with pytest.raises(queries.NotYours):
            world.appoint(world.account(), "data_officer", "N1", by=actor(leader))
        assert not any(
            office.code == "data_officer"
            for office in queries.offices_to_give(actor(leader), world.unit("N1"), 1)
        )
    named = world.appoint(world.account(), "data_officer", "N1", by=actor(top))
    for leader in leaders:
        with pytest.raises(queries.NotYours):
            actions.end_appointment(public_id=named.public_id, reason="r", by=actor(leader), at=AT)
    with system("test"):
        own = Account.objects.get(id=named.account_id)
    with pytest.raises(queries.NotYours):  # beside
        world.appoint(world.account(), "data_officer", "N1", by=actor(own))
    below = world.appoint(world.account(), "data_officer", "N11", by=actor(own))
    with pytest.raises(queries.NotYours):  # they lead nobody
        world.appoint(world.account(), "booth_worker", "N1111", by=actor(top))
    actions.end_appointment(public_id=below.public_id, reason="r", by=actor(top), at=AT)


def test_a_data_officer_holds_no_other_office(world: World) -> None:
    leads, watches = world.holder("booth_worker", "N1111"), world.officer("N1")
    for account, office, code in ((leads, "data_officer", "N11"), (watches, "booth_worker", "N1111")):
        with pytest.raises(OfficerElsewhere):
            world.appoint(account, office, code)
    world.appoint(watches, "data_officer", "N2")


def test_a_data_officer_sits_in_no_body_that_others_could_dissolve(world: World) -> None:
    body = actions.make_body(unit_id=world.unit("N1"), kind="wing", names={"en": "Wing"}, by=SYSTEM, at=AT)
    with pytest.raises(OfficeNotHere):
        actions.appoint(
            account_id=world.account().pk,
            office="data_officer",
            unit_id=world.unit("N1"),
            body_id=body.pk,
            by=SYSTEM,
            at=AT,
        )


# The first offices are often within somebody's power, and the last ones never are.
OFFICES = ["booth_worker", "booth_president", "mandal_president", "mandal_in_charge", "verifier"]
OFFICES += ["call_centre_agent", "district_in_charge", "it_administrator", "state_president"]
OFFICES += ["constituency_in_charge", "member_of_parliament", "legislator"]
CODES = ["N111", "N112", "N1111", "N1112", "N1111", "N11", "N12", "N1211", "N1", "C1"]
STEP = st.tuples(
    st.sampled_from([0, 0, 0, 1, 2, 3, 4, 5]),
    st.integers(0, 5),
    st.sampled_from(OFFICES),
    st.sampled_from(CODES),
    st.sampled_from([1, 1, 1, 2]),
    st.sampled_from([False, False, False, True]),
)


def power(world: World, account_id: int) -> tuple[set[tuple[str, int]], set[int]]:
    """All an account may do and see: (capability, position of a placement) and positions of people it sees.

    A leader of the people of a unit reads its figures exactly and calls its office-bearers, as its elected office does.
    """
    from abhiyan.units.models import Placement

    viewer = queries.viewer_of(account_id=account_id, on=TODAY)
    with system("test"):
        places = list(Placement.objects.values_list("lo", flat=True))
    may = {
        (capability, lo)
        for held in viewer.appointments
        for capability in held.capabilities
        for lo in places
        # An office that fills the desks below could sit at them. So a desk's right counts there too.
        if lo is not None and viewer.office_over(capability, lo)
    }
    leads = {lo for capability, lo in may if capability == LEADS}
    may |= {(REPRESENTS, lo) for lo in leads if viewer.sees_people_at(lo)}
    assert {lo for capability, lo in may if capability == REPRESENTS} <= {
        lo for lo in places if lo is not None and viewer.sees_exact_at(lo)
    }
    return may, {lo for lo in places if lo is not None and viewer.sees_people_at(lo)}


@pytest.mark.examples(8, 50)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=6, max_size=14))
def test_whatever_is_appointed_nobody_has_more_than_all_had_before(
    world: World, steps: list[tuple[int, int, str, str, int, bool]]
) -> None:
    """Six people; three hold offices the system gave. Together they never gain what none of the three had."""
    from django.db import transaction

    with transaction.atomic():
        cast = [world.account(f"p{n}") for n in range(6)]
        for account, (office, code) in zip(
            cast,
            [("district_president", "N11"), ("booth_president", "N1211"), ("mandal_president", "N112")],
            strict=False,
        ):
            world.appoint(account, office, code)
        given_may: set[tuple[str, int]] = set()
        given_sees: set[int] = set()
        for account in cast:
            may, sees = power(world, account.pk)
            given_may |= may
            given_sees |= sees
        for who, whom, office, code, hierarchy, ends in steps:
            giver, taker = cast[who], cast[whom]
            before = power(world, giver.pk)
            taker_before = power(world, taker.pk)
            try:
                with transaction.atomic():
                    if ends:
                        with system("test"):
                            held = Appointment.objects.filter(account_id=taker.pk).first()
                        if held is None:
                            continue
                        actions.end_appointment(public_id=held.public_id, reason="r", by=actor(giver), at=AT)
                    else:
                        world.appoint(taker, office, code, hierarchy=hierarchy, by=actor(giver))
            except (queries.NotYours, UnitNotPlaced, OfficeNotHere, AlreadyHolds):
                continue
            except (actions.AlreadyEnded, NoSeatLeft):
                continue
            may, sees = power(world, taker.pk)
            event("ended" if ends else "appointed")
            if not ends:
                assert may - taker_before[0] <= before[0]
                assert sees - taker_before[1] <= before[1]
            assert may <= given_may
            assert sees <= given_sees
        transaction.set_rollback(True)


def test_a_moved_in_date_counts_from_its_first_day(world: World) -> None:
    account = world.account()
    actions.appoint(
        account_id=account.pk,
        office="booth_worker",
        unit_id=world.unit("N1111"),
        starts_on=TODAY + timedelta(days=3),
        by=SYSTEM,
        at=AT,
    )
    assert queries.scope_of(account.pk, TODAY).people == "{}"
    assert queries.scope_of(account.pk, date(2026, 11, 23)).people != "{}"


def bearers(world: World, *offices: tuple[str, str]) -> list[actions.OfficeBearer]:
    with system("test"):
        ids = {code: world.unit(code) for _office, code in offices}
    return [
        actions.OfficeBearer(f"+9198765000{n:02}", f"Holder {n}", office, ids[code], TODAY)
        for n, (office, code) in enumerate(offices)
    ]


def test_many_appointed_at_once_are_as_if_each_were_appointed(world: World) -> None:
    wanted = bearers(world, ("district_president", "N11"), ("mandal_president", "N111"))
    accounts = actions.appoint_many(bearers=wanted, by=SYSTEM, at=AT)
    assert [one.name for one in accounts] == ["Holder 0", "Holder 1"]
    alone = world.appoint(world.account("Alone"), "mandal_president", "N121", by=SYSTEM)
    with system("test"):
        made = Appointment.objects.get(account_id=accounts[1].pk)
        for field in ("state", "accepted_how", "accepted_at", "made_at", "hierarchy", "made_by"):
            assert getattr(made, field) == getattr(alone, field), field
        assert accounts[1].unit_id == made.unit_id
        assert AuditEntry.objects.filter(act="org.appoint_many", n=2).count() == 1
    by = Actor(kind="person", id=accounts[0].public_id, account_id=accounts[0].pk)
    world.appoint(world.account(), "booth_worker", "N1111", by=by)


@pytest.mark.parametrize(
    ("offices", "refusal"),
    [
        ((("district_president", "N111"),), OfficeNotHere),
        ((("no_such_office", "N11"),), UnknownOffice),
        ((("mandal_president", "N111"), ("mandal_president", "N111")), NoSeatLeft),
    ],
)
def test_a_list_that_does_not_fit_appoints_nobody(
    world: World, offices: tuple[tuple[str, str], ...], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        actions.appoint_many(bearers=bearers(world, *offices), by=SYSTEM, at=AT)
    with system("test"):
        assert not Account.objects.filter(name__startswith="Holder").exists()


def test_a_person_appoints_one_by_one_and_nobody_twice(world: World) -> None:
    wanted = bearers(world, ("mandal_president", "N111"))
    with pytest.raises(queries.NotYours):
        actions.appoint_many(bearers=wanted, by=actor(world.holder("state_president", "N1")), at=AT)
    actions.appoint_many(bearers=wanted, by=SYSTEM, at=AT)
    with pytest.raises(AlreadyHolds):
        actions.appoint_many(bearers=wanted, by=SYSTEM, at=AT)
