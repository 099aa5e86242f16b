"""What a review reads of programmes: tasks of the unit or the office-bearer, and workshops they owe."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.core.numbers import grouped
from abhiyan.ui.reviewed import Part, Subject

from .queries import record
from .queries.workshops import owed_by


def reviewed(of: Subject, *, at: datetime) -> Iterator[Part]:
    """Tasks given to and by an office-bearer, or those of the unit's offices; workshops without a day, or past it."""
    if of.account_id is None:
        unit = record.task_numbers(at=at, unit_id=of.unit_id)
        yield Part(_("Tasks of the unit"), _open(unit))
    else:
        own = record.task_numbers(at=at, account_id=of.account_id)
        given = record.task_numbers(at=at, asked_by=of.account_id)
        done = [(_("Done in time"), grouped(own.in_time)), (_("Done late"), grouped(own.done_late))]
        yield Part(_("Their tasks"), [*_open(own), *done, (_("Declined"), grouped(own.declined))])
        yield Part(_("Tasks they gave"), _open(given))
    silent, late = owed_by(of.unit_id, on=clock.day_in(settings.TIME_ZONE, at))
    yield Part(
        _("Workshops"), [(_("Without a day"), grouped(silent)), (_("Their day has passed"), grouped(late))]
    )


def _open(found: record.Tasks) -> list[tuple[str, str]]:
    return [(_("Open"), grouped(found.open)), (_("Late now"), grouped(found.late))]
