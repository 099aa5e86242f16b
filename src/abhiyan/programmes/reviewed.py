"""What a review reads of programmes: tasks of the unit or the office-bearer, and workshops they owe."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.core.numbers import grouped
from abhiyan.ui.reviewed import Part, Subject

from .queries import record
from .queries.workshops import of_unit


def reviewed(of: Subject, *, at: datetime) -> Iterator[Part]:
    """Tasks given to and by an office-bearer, or those of the unit's offices; workshops without a day, or past it."""
    if of.account_id is None:
        unit = record.task_numbers(at=at, unit_id=of.unit_id)
        n, late = record.tasks_below(of.unit_id, of.hierarchy, at=at)
        here_and_below = [
            (_("Not finished, here and below"), grouped(n)),
            (_("Late now, here and below"), grouped(late)),
        ]
        of_unit_itself = [
            (_("Open, of this unit"), grouped(unit.open)),
            (_("Late now, of this unit"), grouped(unit.late)),
        ]
        yield Part(_("Tasks"), [*here_and_below, *of_unit_itself])
    else:
        own = record.task_numbers(at=at, account_id=of.account_id)
        given = record.task_numbers(at=at, asked_by=of.account_id)
        done = [(_("Done in time"), grouped(own.in_time)), (_("Done late"), grouped(own.done_late))]
        yield Part(_("Their tasks"), [*_open(own), *done, (_("Declined"), grouped(own.declined))])
        yield Part(_("Tasks they gave"), _open(given))
    found = of_unit(of.unit_id, on=clock.day_in(settings.TIME_ZONE, at))
    lines = [
        (_("Asked of this unit, without a day"), grouped(found.silent)),
        (_("Asked of this unit, their day has passed"), grouped(found.late)),
    ]
    if found.asked:
        lines += [
            (_("Asked of units below"), grouped(found.asked)),
            (_("Of these without a day"), grouped(found.asked_silent)),
        ]
    yield Part(_("Workshops"), lines)


def _open(found: record.Tasks) -> list[tuple[str, str]]:
    return [(_("Open"), grouped(found.open)), (_("Late now"), grouped(found.late))]
