"""Jobs of verification: workers are compared, and checks aimed, when somebody asks for it."""

from dataclasses import replace
from uuid import UUID

from abhiyan.core import clock
from abhiyan.core.actor import Actor
from abhiyan.core.jobs import job
from abhiyan.core.scope import system
from abhiyan.programmes import queries as programmes
from abhiyan.verification.models import Aim, Frame

from . import actions


@job("verification.look")
def compare_workers(programme: str, measure: int) -> None:
    """Compare every worker of a measure. Run again it takes the place of what it found."""
    with system("comparing workers"):
        one = programmes.programme(UUID(programme))
    by = Actor.system("somebody asked for it")
    actions.look_at_workers(programme=one, measure=measure, by=by, at=clock.now())


@job("verification.aim")
def aim(aim: str, frame: str, checks: int, account: int) -> None:
    """Aim checks where an answer tells most, once. aim: the id it gets; account: who asked."""
    with system("aiming back-checks"):
        frames = Frame.objects.select_related("programme").select_for_update(of=("self",))
        one = frames.get(public_id=UUID(frame))
        if one.state == Frame.State.DRAWN and not Aim.objects.filter(pk=aim).exists():
            by = replace(Actor.system("somebody asked for it"), account_id=account)
            actions.aim_where_it_tells(aim_id=UUID(aim), frame=one, checks=checks, by=by, at=clock.now())
