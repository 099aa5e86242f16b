"""A level above says what it expects of a unit. A new number replaces the one before, which stays as history."""

from datetime import datetime

from django.db import transaction

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.org import queries as org
from abhiyan.programmes.actions.own_figures import LARGEST
from abhiyan.targets import refusals
from abhiyan.targets.models import Expectation

from .targets import programme_to_set, require_set


def set_expected(
    *, programme_id: int, measure: int, unit_id: int, n: int | None, by: Actor, at: datetime
) -> bool:
    """Say how many are expected of a unit in a measure; None takes it back. No target changes by it.

    It needs the same right as `set_target`, so nobody expects of themselves. Returns whether it
    changed anything. Refuses TargetUnfit, ScopeOutside, UnknownMeasure, ProgrammeOver.
    """
    if n is not None and not 0 <= n <= LARGEST:
        raise refusals.TargetUnfit(field="expected")
    with transaction.atomic():
        programme = programme_to_set(programme_id, measure)
        require_set(programme, unit_id, by=by, at=at)
        with system("what is expected of a unit"):
            former = Expectation.objects.filter(
                programme=programme, measure=measure, unit_id=unit_id, ended_at=None
            ).first()
            if n == (former.n if former else None):
                return False
            if former is not None:
                former.ended_at, former.ended_by = at, by.account_id
                former.save(update_fields=["ended_at", "ended_by"])
            if n is not None:
                office, unit = org.offices_of([by.id]).get(by.id, ({}, {}))
                Expectation.objects.create(
                    programme=programme,
                    measure=measure,
                    unit_id=unit_id,
                    n=n,
                    office=office,
                    office_unit=unit,
                    said_at=at,
                    said_by=by.account_id,
                )
            audit.record(
                by=by,
                at=at,
                act="programmes.set_expected",
                subject=str(programme.public_id),
                unit_id=unit_id,
                n=n or 0,
                facts={"measure": measure, "before": former.n if former else None, "is_cleared": n is None},
            )
    return True
