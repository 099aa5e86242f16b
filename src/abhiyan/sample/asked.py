"""Offices of the demo ask data officers for a token of the API and for a list of people."""

from datetime import datetime
from uuid import UUID

from abhiyan.core.actor import Actor
from abhiyan.enrolment.actions import exporting
from abhiyan.intake.actions import tokens
from abhiyan.org import actions as org
from abhiyan.programmes.models import Programme

from .data_files import sample_words

WORDS = sample_words().requests


def approved_token(
    made: Programme, unit_id: int, asks: Actor, allows: Actor, days: int, at: datetime
) -> UUID:
    """Return the token by which claims of the API come: asked by one, approved by another. Its secret is nobody's."""
    release = tokens.ask_token(
        programme_id=made.pk,
        unit_id=unit_id,
        name=WORDS.token,
        reason=WORDS.token_reason,
        days=days,
        by=asks,
        at=at,
    )
    org.decide_release(public_id=release.public_id, allow=True, by=allows, at=at)
    return tokens.make_token(release_id=release.public_id, by=asks, at=at).public_id


def ask_for_sample_list(unit_id: int, asks: Actor, at: datetime) -> None:
    """Make a request that waits for a data officer, to be approved or refused in the demo."""
    settings = {"unit": "JK-D627", "in": "organisational", "rung": "counted"}
    exporting.ask_for_list(
        unit_id=unit_id,
        n=1,
        reason=WORDS.list_reason,
        settings=settings,
        by=asks,
        at=at,
    )
