"""Bodies of a unit and their holders."""

from typing import Any

import pytest

from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.org import actions, queries
from abhiyan.org.actions.appointments import NoSeatLeft, OfficeNotHere
from abhiyan.org.actions.bodies import BodyKindUnfit, BodyNameMissing, BodyNameTaken, MembersUnfit
from abhiyan.org.models import Appointment
from abhiyan.people.models import Account

from .make import AT, SYSTEM, TODAY, World, actor

pytestmark = pytest.mark.django_db


def test_a_body_is_set_up_filled_and_dissolved(world: World) -> None:
    president = actor(world.holder("district_president", "N11"))
    unit = world.unit("N11")
    made = actions.make_body(unit_id=unit, kind="wing", names={"en": "Youth wing"}, by=president, at=AT)
    account = world.account()
    held = actions.appoint(
        account_id=account.pk, office="body_convener", unit_id=unit, body_id=made.pk, by=SYSTEM, at=AT
    )
    assert queries.scope_of(account.pk, TODAY).bodies == (made.pk,)
    with system("test"):  # a seat is none of the unit's own offices
        here = queries.ask_offices_here(unit, on=TODAY)()
    assert held.public_id not in [each.appointment_id for each in here]
    assert held.title("en") == "Convener, Youth wing"
    assert actions.end_body(body_id=made.pk, reason="merged", by=president, at=AT) == 1
    with system("test"):
        assert Appointment.objects.get(id=held.pk).state == "ended"
    with pytest.raises(NotFound):
        actions.end_body(body_id=made.pk, reason="again", by=president, at=AT)
    with pytest.raises(NotFound):
        actions.appoint(
            account_id=account.pk, office="body_member", unit_id=unit, body_id=made.pk, by=SYSTEM, at=AT
        )


def test_what_does_not_fit_or_is_not_ones_own_is_refused(world: World) -> None:
    president = actor(world.holder("district_president", "N11"))
    with pytest.raises(queries.NotYours):
        actions.make_body(unit_id=world.unit("N12"), kind="wing", names={"en": "W"}, by=president, at=AT)
    with pytest.raises(BodyKindUnfit):
        actions.make_body(unit_id=world.unit("N11"), kind="club", names={"en": "W"}, by=president, at=AT)
    with pytest.raises(BodyNameMissing):
        actions.make_body(unit_id=world.unit("N11"), kind="wing", names={"hi": "मोर्चा"}, by=president, at=AT)
    with pytest.raises(MembersUnfit):
        actions.make_body(
            unit_id=world.unit("N11"), kind="wing", names={"en": "W"}, seats=201, by=president, at=AT
        )


def test_a_body_is_renamed_but_never_to_the_name_of_another_or_with_too_few_seats(world: World) -> None:
    president, unit = actor(world.holder("district_president", "N11")), world.unit("N11")
    media, sport = (
        actions.make_body(unit_id=unit, kind="committee", names={"en": name}, seats=2, by=president, at=AT)
        for name in ("Media", "Sport")
    )
    for _n in range(2):
        sit(world, "body_member", "N11", media.pk)
    with pytest.raises(NoSeatLeft):
        sit(world, "body_member", "N11", media.pk)
    asked: dict[str, Any] = {"body_id": media.pk, "duty": "Speaks to  the papers", "at": AT}
    with pytest.raises(BodyNameTaken):
        actions.change_body(**asked, names={"en": "sport"}, seats=3, by=president)
    with pytest.raises(MembersUnfit):
        actions.change_body(**asked, names={"en": "Press"}, seats=1, by=president)
    with pytest.raises(queries.NotYours):
        actions.change_body(
            **asked, names={"en": "Press"}, seats=3, by=actor(world.holder("district_president", "N12"))
        )
    changed = actions.change_body(**asked, names={"en": "Press"}, seats=3, by=president)
    assert (changed.names, changed.duty) == ({"en": "Press"}, "Speaks to the papers")
    sit(world, "body_member", "N11", media.pk)
    actions.end_body(body_id=sport.pk, reason="done", by=president, at=AT)
    actions.change_body(**asked, names={"en": "Sport"}, seats=3, by=president)


def test_a_seat_is_given_in_a_body_alone_and_an_office_of_a_unit_never_in_one(world: World) -> None:
    unit, mandal = world.unit("N11"), world.unit("N111")
    wing, committee = (
        actions.make_body(unit_id=unit, kind=kind, names={"en": kind}, by=SYSTEM, at=AT)
        for kind in ("wing", "committee")
    )
    below = actions.make_body(unit_id=mandal, kind="wing", names={"en": "Youth"}, by=SYSTEM, at=AT)
    for office, code, body in (
        ("body_member", "N11", None),
        ("wing_president", "N11", None),
        ("district_in_charge", "N11", committee.pk),
        ("wing_president", "N11", committee.pk),
        ("wing_president", "N111", below.pk),
        ("state_secretary", "N11", None),
        ("member_of_parliament", "N11", None),
    ):
        with pytest.raises(OfficeNotHere):
            sit(world, office, code, body)
    assert sit(world, "wing_president", "N11", wing.pk).state == "active"
    assert sit(world, "state_secretary", "N1", None).state == "active"
    offered = {office.code for office in queries.offices_to_give(SYSTEM, unit, 1, wing)}
    assert offered == {"wing_president", "body_convener", "body_member"}
    assert not offered & {office.code for office in queries.offices_to_give(SYSTEM, unit, 1)}


def test_who_leads_the_unit_fills_the_seats_and_nobody_else(world: World) -> None:
    unit = world.unit("N11")
    body = actions.make_body(unit_id=unit, kind="committee", names={"en": "M"}, by=SYSTEM, at=AT)
    for office, code in (
        ("district_president", "N12"),
        ("booth_president", "N1111"),
        ("state_secretary", "N1"),
    ):
        with pytest.raises(queries.NotYours):
            sit(world, "body_convener", "N11", body.pk, by=actor(world.holder(office, code)))
    seated = sit(world, "body_convener", "N11", body.pk, by=actor(world.holder("district_president", "N11")))
    assert seated.state == "offered"
    member = world.account()
    sit(world, "body_member", "N11", body.pk, account=member)
    with pytest.raises(queries.NotYours):
        sit(world, "body_convener", "N11", body.pk, by=actor(member))


def sit(
    world: World,
    office: str,
    code: str,
    body_id: int | None,
    *,
    by: Actor = SYSTEM,
    account: Account | None = None,
) -> Appointment:
    """Somebody is appointed to an office of a unit, or of a body of it."""
    account = account or world.account()
    return actions.appoint(
        account_id=account.pk, office=office, unit_id=world.unit(code), body_id=body_id, by=by, at=AT
    )
