"""A second person's yes."""

from datetime import timedelta

import pytest
from django.utils import translation

from abhiyan.core.refusals import NotFound, TooMany
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.org import actions, queries
from abhiyan.org.actions import doors
from abhiyan.org.models import Release
from abhiyan.people import actions as people
from abhiyan.people.models import Account, Factor, Person, Session

from .make import AT, SYSTEM, World, actor

pytestmark = pytest.mark.django_db


def ask(
    world: World, by: str = "district_president", code: str = "N11", act: str = "people.export"
) -> Release:
    account = world.holder(by, code)
    return actions.ask_release(
        act=act,
        unit_id=world.unit(code),
        reason="for the printer",
        payload={"list": "x"},
        by=actor(account),
        at=AT,
    )


def who_asked(world: World, asked: Release) -> object:
    with system("test"):
        return actor(Account.objects.get(id=asked.asked_by))


def test_asked_by_one_released_by_another_of_a_different_line_used_once(world: World) -> None:
    asked = ask(world)
    other = actor(world.holder("district_in_charge", "N11"))
    by = who_asked(world, asked)
    known = {"public_id": asked.public_id, "act": "people.export", "by": by, "at": AT}
    with pytest.raises(actions.NotReleased):
        actions.use_release(**known)  # type: ignore[arg-type]  # one dict for several calls
    actions.decide_release(public_id=asked.public_id, allow=True, by=other, at=AT)
    with pytest.raises(actions.NotReleased):
        actions.use_release(**(known | {"by": other}))  # type: ignore[arg-type]  # one dict for several calls
    assert actions.use_release(**known) == {"list": "x"}  # type: ignore[arg-type]  # one dict for several calls
    with pytest.raises(actions.NotReleased):
        actions.use_release(**known)  # type: ignore[arg-type]  # one dict for several calls


def test_nobody_releases_their_own(world: World) -> None:
    asked = ask(world)
    with pytest.raises(actions.OwnAsking):
        actions.decide_release(
            public_id=asked.public_id,
            allow=True,
            by=who_asked(world, asked),  # type: ignore[arg-type]  # an Actor
            at=AT,
        )


def test_nobody_of_the_same_line_releases(world: World) -> None:
    asked = ask(world)
    above = actor(world.holder("state_president", "N1"))
    with pytest.raises(actions.SameLine):
        actions.decide_release(public_id=asked.public_id, allow=True, by=above, at=AT)


def test_a_neighbour_without_power_here_does_not_release(world: World) -> None:
    asked = ask(world)
    for office, code in (("district_president", "N12"), ("booth_president", "N1111")):
        with pytest.raises(queries.NotYours):
            actions.decide_release(
                public_id=asked.public_id, allow=True, by=actor(world.holder(office, code)), at=AT
            )


def test_the_asker_needs_the_capability_when_asking_and_when_using(world: World) -> None:
    with pytest.raises(queries.NotYours):
        ask(world, "booth_president", "N1111")
    account = world.account()
    held = world.appoint(account, "district_president", "N11")
    asked = actions.ask_release(
        act="people.export", unit_id=world.unit("N11"), reason="r", by=actor(account), at=AT
    )
    other = actor(world.holder("district_in_charge", "N11"))
    actions.decide_release(public_id=asked.public_id, allow=True, by=other, at=AT)
    actions.end_appointment(public_id=held.public_id, reason="r", by=SYSTEM, at=AT)
    with pytest.raises(queries.NotYours):
        actions.use_release(public_id=asked.public_id, act="people.export", by=actor(account), at=AT)


def test_a_no_is_a_no_and_is_final(world: World) -> None:
    asked = ask(world)
    other = actor(world.holder("district_in_charge", "N11"))
    actions.decide_release(public_id=asked.public_id, allow=False, by=other, at=AT)
    with pytest.raises(actions.AlreadyDecided):
        actions.decide_release(public_id=asked.public_id, allow=True, by=other, at=AT)


def test_what_is_not_decided_or_used_in_time_lapses(world: World) -> None:
    asked = ask(world)
    other = actor(world.holder("district_in_charge", "N11"))
    later = AT + timedelta(hours=72)
    with pytest.raises(actions.Lapsed):
        actions.decide_release(public_id=asked.public_id, allow=True, by=other, at=later)
    with system("loop"):
        assert actions.lapse_releases(at=AT) == 0
        assert actions.lapse_releases(at=later) == 1
        asked.refresh_from_db()
    assert asked.state == "lapsed"


def test_an_act_nobody_knows_is_refused(world: World) -> None:
    with pytest.raises(actions.UnknownAct):
        ask(world, act="world.end")


def test_what_waits_for_my_yes_is_only_what_i_may_decide(world: World) -> None:
    asked = ask(world)
    other = world.holder("district_in_charge", "N11")
    above = world.holder("state_president", "N1")
    for account, expected in ((other, [asked]), (above, [])):
        viewer = queries.viewer_of(account_id=account.pk, on=AT.date())
        with scoped(viewer.scope):
            assert queries.releases_to_decide(account.pk, at=AT) == expected


def told(found: queries.Deciders) -> str:
    with translation.override("en"):
        return found.whom_to_ask("en")


def test_who_may_decide_is_told_by_office_and_is_what_the_act_takes(world: World) -> None:
    asked = ask(world, "state_president", "N1", act="channels.token")
    second = world.holder("state_general_secretary", "N1")
    above = world.holder("national_president", "N")
    district = world.holder("district_president", "N11")
    (found,) = queries.deciders([asked], at=AT).values()
    assert found.accounts == {second.pk}
    assert found.related == {above.pk}
    assert [(seat.office, seat.unit_code) for seat in found.seats] == [("state_general_secretary", "N1")]
    assert told(found) == "May be decided by: State general secretary, Unit N1."
    for account in (above, district):
        with pytest.raises(queries.NotYours):
            actions.decide_release(public_id=asked.public_id, allow=True, by=actor(account), at=AT)
    actions.decide_release(public_id=asked.public_id, allow=True, by=actor(second), at=AT)


def test_where_one_person_holds_every_office_the_vacant_ones_beside_them_are_told(world: World) -> None:
    asked = ask(world, "state_president", "N1", act="channels.token")
    (found,) = queries.deciders([asked], at=AT).values()
    assert found.accounts == set() and found.seats == ()
    assert "Appoint somebody, such as: State general secretary, Unit N1." in told(found)
    second = world.holder(found.vacant[0].office, found.vacant[0].unit_code)
    actions.decide_release(public_id=asked.public_id, allow=True, by=actor(second), at=AT)


def test_who_commands_on_two_levels_is_told_of_no_vacancy_that_would_not_do(world: World) -> None:
    asked = ask(world, "state_president", "N1", act="channels.token")
    with system("test"):
        asker = Account.objects.get(id=asked.asked_by)
    world.appoint(asker, "district_president", "N11")
    (found,) = queries.deciders([asked], at=AT).values()
    assert found.vacant == ()
    assert told(found) == "Nobody holds an office that could decide this."


def test_a_lost_second_proof_is_reset_from_above_by_two(world: World) -> None:
    lost = world.account("Lost")
    held = world.appoint(lost, "booth_president", "N1111")
    with system("test"):
        Factor.objects.create(
            public_id=lost.public_id,
            account_id=lost.pk,
            kind="totp",
            sealed=b"x",
            created_at=AT,
            confirmed_at=AT,
        )
    president = actor(world.holder("district_president", "N11"))
    beside = actor(world.holder("district_president", "N12"))
    for by in (actor(lost), beside):
        with pytest.raises(queries.NotYours):
            actions.ask_factor_reset(appointment=held.public_id, reason="phone lost", by=by, at=AT)
    asked = actions.ask_factor_reset(appointment=held.public_id, reason="phone lost", by=president, at=AT)
    with pytest.raises(actions.NotReleased):
        actions.reset_factors(release=asked.public_id, by=president, at=AT)
    second = actor(world.holder("district_in_charge", "N11"))
    actions.decide_release(public_id=asked.public_id, allow=True, by=second, at=AT)
    actions.reset_factors(release=asked.public_id, by=president, at=AT)
    with system("test"):
        assert not Factor.objects.filter(account_id=lost.pk).exists()
        assert not Session.objects.filter(account_id=lost.pk, ended_at=None).exists()


def test_a_number_is_revealed_within_capability_scope_and_quota(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with system("test"):
        phone_id = people.accounts.keep_phone(phone="+919876543210")
        Person.objects.create(
            id=phone_id, public_id=phone_id, phone_id=phone_id, name="A", unit_id=world.unit("N1111"), at=AT
        )
    near, far = world.holder("booth_president", "N1111"), world.holder("booth_president", "N1211")
    monkeypatch.setattr(doors, "REVEALED_PER_DAY", 2)
    given = {"phone_id": phone_id, "unit_id": world.unit("N1111"), "at": AT}
    with scoped(queries.scope_of(near.pk, AT.date())):
        for _each in range(2):
            assert actions.reveal_phone(by=actor(near), **given) == "+919876543210"  # type: ignore[arg-type]  # a dict
        with pytest.raises(TooMany):
            actions.reveal_phone(by=actor(near), **given)  # type: ignore[arg-type]  # a dict
    with scoped(queries.scope_of(far.pk, AT.date())):
        with pytest.raises(queries.NotYours):
            actions.reveal_phone(by=actor(far), **given)  # type: ignore[arg-type]  # a dict
        with pytest.raises(NotFound):  # a unit of one's own does not open somebody else's phone
            actions.reveal_phone(by=actor(far), **(given | {"unit_id": world.unit("N1211")}))  # type: ignore[arg-type]
    with scoped(Scope()), pytest.raises(queries.NotYours):
        actions.reveal_phone(by=actor(far), **given)  # type: ignore[arg-type]  # a dict
