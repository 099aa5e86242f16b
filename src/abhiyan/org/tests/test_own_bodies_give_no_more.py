"""Nobody sees or does more by a seat of an own kind of body than each of its makers: random makers, seats, units."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from abhiyan.core import sql
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.org import actions, queries
from abhiyan.org.actions.appointments import OfficeNotHere
from abhiyan.org.models import Appointment, Body, BodyKind, Office
from abhiyan.org.queries import NotYours
from abhiyan.org.rules.body_kinds import WantedKind
from abhiyan.people.models import Account

from .make import AT, SYSTEM, TODAY, World, actor
from .test_own_bodies import found_body, make, office_without_rights, seat
from .test_own_offices_give_no_more import MAKERS, WHERE, Maker, may, scope_of, seated, sees

FIT = ("body_convener", "wing_president")
SEATED = ("body_member", "body_member", "body_member", "wing_president", "call_agent", "maker_0")
LATER = AT + timedelta(hours=1)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    makers=st.tuples(MAKERS, MAKERS, MAKERS),
    level=st.sampled_from(sorted(WHERE)),
    leads=st.sampled_from(FIT),
    others=st.lists(st.sampled_from(SEATED), max_size=2),
)
def test_the_holder_of_a_seat_sees_and_does_no_more_than_those_who_made_kind_and_body(
    world: World, makers: tuple[Maker, Maker, Maker], level: str, leads: str, others: list[str]
) -> None:
    with transaction.atomic():
        people = [seated(world, maker, number) for number, maker in enumerate(makers)]
        wanted = WantedKind(
            {"en": "Cell", "hi": "सेल"}, (level,), leads, tuple((office, 1) for office in others), 1
        )
        try:
            with transaction.atomic():
                asked = actions.ask_body_kind(
                    unit_id=world.unit("N1"), wanted=wanted, reason="x", by=actor(people[0]), at=AT
                )
                with pytest.raises(Refused):
                    actions.decide_release(public_id=asked.public_id, allow=True, by=actor(people[0]), at=AT)
                actions.decide_release(public_id=asked.public_id, allow=True, by=actor(people[1]), at=LATER)
                with system("test"):
                    kind = BodyKind.objects.get()
                body = actions.make_body(
                    unit_id=world.unit(WHERE[level]),
                    kind=kind.code,
                    names={"en": "Cell 1"},
                    by=actor(people[2]),
                    at=LATER,
                )
        except Refused:
            event("refused")
        else:
            event("made")
            for office in (leads, *others):
                _sit(world, body, office, people)
        transaction.set_rollback(True)


def _sit(world: World, body: Body, office: str, makers: list[Account]) -> None:
    holder = world.account(f"Holder {office}")
    try:
        with transaction.atomic():
            given_seat = actions.appoint(
                account_id=holder.pk,
                office=office,
                unit_id=body.unit_id,
                body_id=body.pk,
                by=actor(makers[2]),
                at=LATER,
            )
            actions.answer_offer(public_id=given_seat.public_id, is_accepted=True, by=actor(holder), at=LATER)
    except Refused:
        event("not given")
        return
    event("held")
    assert may(holder, world) == set()
    scope = scope_of(holder)
    with queries.seeing_as(holder.pk, on=TODAY):
        rows = set(Appointment.objects.exclude(account_id=holder.pk).values_list("pk", flat=True))
    for name in ("people", "counts", "figures", "requests"):
        assert sql.value("select isempty(%s::int8multirange)", [sees(scope, name)]), name
    assert not scope.everything and not scope.imports
    with queries.seeing_as(makers[2].pk, on=TODAY):
        assert rows <= set(Appointment.objects.values_list("pk", flat=True))


def test_a_seat_gives_no_right_even_if_its_office_gains_one_past_the_acts(world: World) -> None:
    body = found_body(world, make(world))
    member = seat(world, body, "body_member")
    with system("test"):
        Office.objects.filter(code="body_member").update(
            capabilities=["org.read", "org.appoint", "people.read"], sees_people=True
        )
    assert may(member, world) == set()
    scope = scope_of(member)
    assert (scope.people, scope.counts, scope.everything) == ("{}", "{}", False)


def test_only_those_who_set_up_bodies_fill_and_empty_the_seats_of_one(world: World) -> None:
    """An own office has no mark of a seat. Leaders who appoint in the unit alone fill none in a body."""
    office = office_without_rights(world, seats=11)
    body = found_body(world, make(world, seats=((office.code, 11),)))
    sitting = seat(world, body, office.code)
    with system("test"):
        appointment = Appointment.objects.get(account_id=sitting.pk)
    booth, mandal = world.holder("booth_president", "N1111"), world.holder("mandal_president", "N111")
    root = world.account("Root", is_root=True)
    for by in (booth, root, sitting, world.holder("mandal_president", "N112")):
        with pytest.raises(NotYours):
            actions.appoint(
                account_id=world.account().pk,
                office=office.code,
                unit_id=body.unit_id,
                body_id=body.pk,
                by=actor(by),
                at=LATER,
            )
        if by != sitting:
            with pytest.raises(NotYours):
                actions.end_appointment(public_id=appointment.public_id, reason="x", by=actor(by), at=LATER)
    actions.end_appointment(public_id=appointment.public_id, reason="x", by=actor(mandal), at=LATER)


def test_a_seat_of_another_body_and_an_office_of_the_unit_are_no_seats_of_it(world: World) -> None:
    body = found_body(world, make(world))
    for office in ("booth_president", "call_agent", "wing_president"):
        with pytest.raises(OfficeNotHere):
            seat(world, body, office)
    with pytest.raises(OfficeNotHere):  # nor is a seat an office of the unit
        actions.appoint(
            account_id=world.account().pk,
            office="body_member",
            unit_id=body.unit_id,
            by=SYSTEM,
            at=LATER,
        )
