"""Keep units' own figures: typed by hand, of some days of one measure. A new number replaces the one before."""

from datetime import date, datetime

from django.db import transaction
from django.utils.formats import date_format

from abhiyan.core import audit, sql
from abhiyan.core.actor import Actor
from abhiyan.core.clock import day_in
from abhiyan.core.scope import system
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.programmes import refusals
from abhiyan.programmes.models import Measure, OwnFigure, Programme
from abhiyan.programmes.queries import is_in_play

from .programmes import NotOpen, WindowReversed

LARGEST = 2_000_000_000  # a figure or a target


def type_figure(
    *,
    programme: Programme,
    measure: int,
    unit_id: int,
    begins_on: date,
    ends_on: date,
    n: int | None,
    by: Actor,
    at: datetime,
) -> None:
    """Write how many a unit says it reached from one day to another; of the same days a new number replaces the
    old.

    n: None takes the number of these days back. Only leaders of the unit may. Refuses OwnFigureUnfit, NotOpen of a
    draft, WindowReversed, DaysToCome, DaysBefore, DaysTaken, NotCovered, UnknownMeasure.
    """
    with transaction.atomic():
        org.require(by, LEADS, at=unit_id)
        if n is not None and not 0 <= n <= LARGEST:
            raise refusals.OwnFigureUnfit(field="n")
        if programme.state == Programme.State.DRAFT:
            raise NotOpen
        _check_days(programme, begins_on, ends_on, today=day_in(programme.zone, at))
        if not is_in_play(programme, unit_id, on=ends_on):
            raise refusals.NotCovered(field="unit")
        if not Measure.objects.filter(programme=programme, number=measure).exists():
            raise refusals.UnknownMeasure(field="measure")
    with system("typing a unit's own figure"):
        sql.wait_for(f"own figures of {programme.pk}, {measure}, {unit_id}")
        standing = OwnFigure.objects.filter(
            programme=programme, measure=measure, unit_id=unit_id, replaced_at=None
        )
        same = standing.filter(begins_on=begins_on, ends_on=ends_on)
        near = standing.filter(begins_on__lte=ends_on, ends_on__gte=begins_on)
        other = near.exclude(begins_on=begins_on, ends_on=ends_on).first()
        if other is not None:
            raise refusals.DaysTaken(
                field="begins_on",
                first=date_format(other.begins_on, "j M Y"),
                last=date_format(other.ends_on, "j M Y"),
            )
        before = same.first()
        if n == (before.n if before else None):
            return
        same.update(replaced_at=at)
        if n is not None:
            OwnFigure.objects.create(
                programme=programme,
                measure=measure,
                unit_id=unit_id,
                begins_on=begins_on,
                ends_on=ends_on,
                n=n,
                typed_at=at,
                typed_by=by.account_id,
            )
        audit.record(
            by=by,
            at=at,
            act="programmes.type_figure",
            subject=str(programme.public_id),
            unit_id=unit_id,
            n=n or 0,
            facts={"measure": measure, "first": begins_on.isoformat(), "last": ends_on.isoformat()}
            | ({"before": before.n} if before else {}),
        )


def _check_days(programme: Programme, begins_on: date, ends_on: date, *, today: date) -> None:
    if ends_on < begins_on:
        raise WindowReversed(field="ends_on")
    if ends_on > today:
        raise refusals.DaysToCome(field="ends_on")
    if begins_on < programme.opens_on:
        raise refusals.DaysBefore(field="begins_on", first=date_format(programme.opens_on, "j M Y"))
