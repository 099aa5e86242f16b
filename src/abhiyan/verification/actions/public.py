"""Open and close the public page of a programme; its planners of draws do."""

from datetime import datetime

from abhiyan.core import audit, sql
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.org.queries import require
from abhiyan.programmes.models import Programme
from abhiyan.verification.models import PublicPage

from .frames import PLAN


def open_page(*, programme: Programme, by: Actor, at: datetime) -> PublicPage:
    """Let everybody read how a programme's numbers were checked. One that is open stays.

    Needs verification.plan over the programme's owner.
    """
    require(by, PLAN, at=programme.owner_id)
    with system("opening a public page"):
        sql.wait_for(f"public page of {programme.pk}")
        page = PublicPage.objects.filter(programme=programme, closed_at=None).first()
        if page is None:
            page = PublicPage.objects.create(programme=programme, opened_at=at)
            _record("verification.open_page", programme, by, at)
    return page


def close_page(*, programme: Programme, by: Actor, at: datetime) -> None:
    """Close the public page; nothing happens where none is open. Needs what `open_page` needs."""
    require(by, PLAN, at=programme.owner_id)
    with system("closing a public page"):
        if PublicPage.objects.filter(programme=programme, closed_at=None).update(closed_at=at):
            _record("verification.close_page", programme, by, at)


def _record(act: str, programme: Programme, by: Actor, at: datetime) -> None:
    audit.record(by=by, at=at, act=act, subject=str(programme.public_id), unit_id=programme.owner_id)
