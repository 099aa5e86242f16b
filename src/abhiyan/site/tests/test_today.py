"""Today leads whoever asked a second person to where the yes is used."""

from typing import Any

import pytest

from abhiyan.core import clock
from abhiyan.enrolment.actions import tokens
from abhiyan.org import actions as org

from .cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_was_allowed_stands_on_today_until_it_is_used() -> None:
    cast = Cast.make()
    world, at = cast.world, clock.now()
    cast._seat("secretary", "state_general_secretary", "JK", 1)
    asker: dict[str, Any] = {"by": cast.actor("state_president"), "at": at}
    of: dict[str, Any] = {"unit_id": world.state.pk, "reason": "for the printer", **asker}
    settings = {"unit": "JK-SRI", "in": "organisational", "channel": "web", "days": ""}
    with cast.as_("state_president"):
        token = tokens.ask_token(programme_id=world.programme.pk, name="Desks", **of)
        asked = [
            token,
            org.ask_release(act="people.export", payload=settings, **of),
            org.ask_release(act="messages.release", payload={"programme_id": world.programme.pk}, **of),
        ]
    client = cast.client("state_president")

    def shown() -> str:
        return str(client.get("/").content.decode())

    assert "Allowed:" not in shown()
    for one in asked:
        with cast.as_("secretary"):
            org.decide_release(public_id=one.public_id, allow=True, by=cast.actor("secretary"), at=at)
    page = shown()
    assert page.count("Allowed:") == 3
    for where in (
        f"/drives/{world.programme.public_id}/#tokens",
        "/people/?in=organisational&amp;unit=JK-SRI&amp;channel=web",
        "/messages/?state=held",
    ):
        assert f'href="{where}"' in page, where
    tokens.make_token(release_id=token.public_id, **asker)
    assert shown().count("Allowed:") == 2
