"""A draft of a drive is thrown away, and what hangs on it goes with it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.enrolment.actions.claims import DriveNotOpen
from abhiyan.enrolment.actions.setting_up import set_up_drive
from abhiyan.enrolment.models import Drive, RefusedCount
from abhiyan.enrolment.rules.channels import Channel, Sign
from abhiyan.enrolment.tests.make import CHANNEL, World
from abhiyan.enrolment.tests.web import officer, today, web_world
from abhiyan.intake.actions import enrol_batch, tokens
from abhiyan.intake.models import ChannelToken
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.models import Allowance, Number
from abhiyan.org import actions as org
from abhiyan.people.models import Account
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.models import Programme

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")


@pytest.fixture
def world() -> World:
    return web_world()


def draft_of(world: World) -> Programme:
    """A draft with all that may hang on it."""
    at = world.now
    with system("test"):
        made = programmes.make_programme(
            template="membership_drive",
            names={"en": "Not to be", "hi": "नहीं होगा"},
            owner_id=world.state.pk,
            unit_ids=[world.state.pk],
            opens_on=today() + timedelta(days=3),
            closes_on=today() + timedelta(days=30),
            by=SYSTEM,
            at=at,
        )
        set_up_drive(programme_id=made.pk, join_slug="sardi", replies_per_hour=5, by=SYSTEM, at=at)
        messaging.connect_number(
            number="+911800000009",
            provider="generic",
            meaning="join",
            programme_id=made.pk,
            signing_token="known to the provider",
            by=SYSTEM,
            at=at,
        )
    return made


def hanging(programme_id: int) -> dict[str, int]:
    with system("test"):
        kinds: tuple[Any, ...] = (Drive, ChannelToken, RefusedCount, Number, Allowance)
        found = {kind.__name__: kind.objects.filter(programme_id=programme_id).count() for kind in kinds}
    return {name: n for name, n in found.items() if n}


def test_with_a_draft_goes_what_made_it_a_drive(world: World) -> None:
    made = draft_of(world)
    token = tokens.make_token_at_console(
        programme_id=made.pk, unit_id=world.state.pk, name="Desks", by=SYSTEM, at=world.now
    )
    child = world.claim(world.child, Channel.API, unit=world.booth)
    (answer,) = enrol_batch(programme_id=made.pk, claims=[child], by=CHANNEL, at=world.now)
    assert isinstance(answer, DriveNotOpen)
    call = world.claim(world.asha, Channel.MISSED_CALL, sign=Sign.CALL, nameless=True)
    enrol_batch(programme_id=made.pk, claims=[call], by=CHANNEL, at=world.now)
    kept = hanging(world.programme.pk)
    assert set(hanging(made.pk)) == {"Drive", "ChannelToken", "Number", "Allowance", "RefusedCount"}

    client = officer(world, "state_president", "JK")
    assert client.post(f"/programmes/{made.public_id}/discard/").status_code == 302
    assert hanging(made.pk) == {}
    assert hanging(world.programme.pk) == kept
    ended = world.rows("select act, subject from core_audit where act like '%%.end_%%' order by act")
    assert ended == [("enrolment.end_token", str(token.public_id)), ("messaging.end_number", "join")]
    # Walks over all drives find only existing drives; the address and the number are free again.
    page = client.get("/imports/new/paper/")
    assert page.status_code == 200
    # Only one notice was ever printed: its number is filled in.
    assert 'name="option_notice_version" value="1"' in page.content.decode()
    assert client.get("/join/").status_code == 200
    draft_of(world)


def test_a_release_of_a_drive_thrown_away_makes_no_token(world: World) -> None:
    made, at = draft_of(world), world.now
    holders = []
    with system("test"):
        for office in ("it_administrator", "data_officer"):
            account = Account.objects.create(
                public_id=uuid4(), phone_id=uuid4(), last4="0000", name=office, created_at=at
            )
            org.appoint(
                account_id=account.pk,
                office=office,
                unit_id=world.state.pk,
                starts_on=today(),
                by=SYSTEM,
                at=at,
            )
            holders.append(Actor(kind="person", id=account.public_id, account_id=account.pk))
        asker, other = holders
        asked = tokens.ask_token(
            programme_id=made.pk, unit_id=world.state.pk, name="Desks", reason="the fair", by=asker, at=at
        )
        org.decide_release(public_id=asked.public_id, allow=True, by=other, at=at)
        programmes.discard_programme_draft(programme_id=made.pk, by=SYSTEM, at=at)
    with pytest.raises(tokens.NoDrive):
        tokens.make_token(release_id=asked.public_id, by=asker, at=at)
    assert hanging(made.pk) == {}
