"""Tokens of machine channels: two people make one, one shows it once, and it ends with its maker's office."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.tests.make import World
from abhiyan.intake.actions import tokens
from abhiyan.intake.models import ChannelToken
from abhiyan.org import actions as org
from abhiyan.org import queries as org_queries
from abhiyan.org.models import Release
from abhiyan.people.models import Account

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    world = World.make()
    with system("tests set up offices"):
        org.ensure_offices()
    return world


def holder(world: World, office: str, code: str) -> tuple[Actor, UUID]:
    """Somebody new in an office, and the appointment's public id."""
    with system("tests appoint"):
        account = Account.objects.create(
            public_id=uuid4(), phone_id=uuid4(), last4="0000", name=office, created_at=world.now
        )
        made = org.appoint(
            account_id=account.pk,
            office=office,
            unit_id=world.units[code].pk,
            starts_on=date(2026, 1, 1),
            by=Actor.system("tests"),
            at=world.now,
        )
    return Actor(kind="person", id=account.public_id, account_id=account.pk), made.public_id


def ask(world: World, by: Actor, **given: object) -> Release:
    asked = {
        "programme_id": world.programme.pk,
        "unit_id": world.state.pk,
        "name": "Call centre",
        "reason": "Drive",
    }
    return tokens.ask_token(**(asked | given), by=by, at=world.now)  # type: ignore[arg-type]  # test


def test_a_token_needs_a_second_person(world: World) -> None:
    asker, _ = holder(world, "it_administrator", "JK")
    asked = ask(world, asker)
    with pytest.raises(org.NotReleased):
        tokens.make_token(release_id=asked.public_id, by=asker, at=world.now)
    other, _ = holder(world, "data_officer", "IN")
    org.decide_release(public_id=asked.public_id, allow=True, by=other, at=world.now)
    made = tokens.make_token(release_id=asked.public_id, by=asker, at=world.now)
    assert made.expires_at == world.now + timedelta(days=90)
    with pytest.raises(tokens.TokenMade):
        tokens.make_token(release_id=asked.public_id, by=asker, at=world.now)
    stored = world.rows("select name, channel, made_by, encode(digest, 'hex') from enrolment_channel_token")
    assert stored[0][:3] == ("Call centre", Channel.API, asker.account_id)
    assert made.secret not in str(stored)


def test_who_may_not_manage_channels_asks_for_nothing(world: World) -> None:
    worker, _ = holder(world, "booth_worker", "JK-B001")
    with pytest.raises(org_queries.NotYours):
        ask(world, worker)


def test_a_token_has_a_name_a_term_and_a_drive(world: World) -> None:
    asker, _ = holder(world, "it_administrator", "JK")
    for wrong, field in (({"name": " "}, "name"), ({"days": 0}, "days"), ({"days": 1000}, "days")):
        with pytest.raises((tokens.TokenNameMissing, tokens.TokenTooLong)) as refused:
            ask(world, asker, **wrong)
        assert refused.value.field == field
    with pytest.raises(tokens.NoDrive):
        ask(world, asker, programme_id=999_999)


def test_tokens_end_with_their_makers_appointment(world: World) -> None:
    asker, appointment = holder(world, "it_administrator", "JK")
    mine, others = (_token(world, by) for by in (asker, Actor.system("tests")))
    org.end_appointment(
        public_id=appointment, reason="moved", by=Actor.system("tests"), at=world.now + timedelta(hours=1)
    )
    with system("tests look"):
        ended = {token.public_id: token.ended_at is not None for token in ChannelToken.objects.all()}
    assert ended == {mine: True, others: False}


def test_ending_a_token_twice_changes_nothing(world: World) -> None:
    token = _token(world, Actor.system("tests"))
    asker, _ = holder(world, "it_administrator", "JK")
    for minutes in (1, 2):
        tokens.end_token(public_id=token, by=asker, at=world.now + timedelta(minutes=minutes))
    assert world.rows("select ended_at from enrolment_channel_token") == [(world.now + timedelta(minutes=1),)]


def _token(world: World, by: Actor) -> UUID:
    made = tokens.make_token_at_console(
        programme_id=world.programme.pk,
        unit_id=world.state.pk,
        name="X",
        by=Actor.system("tests"),
        at=world.now,
    )
    with system("tests say who made it"):
        ChannelToken.objects.filter(public_id=made.public_id).update(made_by=by.account_id)
    return made.public_id
