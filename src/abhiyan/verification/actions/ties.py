"""Note which people who enter others a verifier knows, by the office they hold."""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from abhiyan.core import audit, clock
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.org.queries import NotYours, require
from abhiyan.people import queries as people
from abhiyan.verification.models import Tie
from abhiyan.verification.queries.ties import holder_accounts, verifier_unit
from abhiyan.verification.refusals import NobodyThere, NoVerifier

from .frames import PLAN


def state_tie(*, unit_id: int, office: str, of: UUID, by: Actor, at: datetime) -> int:
    """State that a verifier knows who holds an office in a unit; how many people.

    They get no entry of theirs to check. of: public id of the verifier's account. The verifier may, and holders
    of verification.plan over their unit. Only the latter takes it back (`end_tie`). Refuses NoVerifier,
    NobodyThere.
    """
    with system("whom a verifier knows"):
        account = people.account_by_public_id(of)
        if account.pk != by.account_id:
            _require_over(account.pk, by, at)
        elif verifier_unit(account.pk, clock.day_in(settings.TIME_ZONE, at)) is None:
            raise NoVerifier
        workers = [worker for worker in holder_accounts(unit_id, office) if worker != of]
        if not workers:
            raise NobodyThere(field="office")
        Tie.objects.bulk_create(
            [
                Tie(account_id=account.pk, worker=worker, stated_at=at, stated_by=by.account_id or 0)
                for worker in workers
            ],
            ignore_conflicts=True,
        )
        audit.record(
            by=by,
            at=at,
            act="verification.state_tie",
            subject=str(of),
            unit_id=unit_id,
            n=len(workers),
            facts={"office": office},
        )
    return len(workers)


def end_tie(*, tie_id: int, by: Actor, at: datetime) -> None:
    """End a stated tie that is no more, or was a mistake.

    Needs verification.plan over the verifier's unit, not the verifier. Refuses NotFound.
    """
    with system("whom a verifier knows"):
        tie = or_refuse(Tie.objects.filter(pk=tie_id, ended_at=None).first())
        if tie.account_id == by.account_id:
            raise NotYours(capability=PLAN)
        _require_over(tie.account_id, by, at)
        Tie.objects.filter(pk=tie.pk).update(ended_at=at)
        audit.record(by=by, at=at, act="verification.end_tie", subject=str(tie.pk))


def _require_over(account_id: int, by: Actor, at: datetime) -> None:
    require(by, PLAN, at=or_refuse(verifier_unit(account_id, clock.day_in(settings.TIME_ZONE, at))))
