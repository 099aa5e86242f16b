"""A leader's own report on a unit below: written, mended within days, taken back."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as say

from abhiyan.contact.rules.doors import unfit_note
from abhiyan.core import audit, clock, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.core.numbers import grouped
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.opinions import actions as opinions
from abhiyan.opinions.rules import quotes
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.review import refusals
from abhiyan.review.models import LeaderReport
from abhiyan.review.queries.leader_reports import reporting_seat, sits_within
from abhiyan.review.rules.sources import LARGEST, LONGEST_WORDS, MENDED
from abhiyan.units import queries as units


def write_leader_report(
    *,
    unit_id: int,
    programme: UUID | None = None,
    measure: int = 0,
    day: date,
    n: int | None = None,
    words: str = "",
    no_names: Collection[str] = (),
    by: Actor,
    at: datetime,
) -> LeaderReport | None:
    """Write a leader's report on a unit: all of a measure until the end of a day, or words, or both.

    programme: its public id; None: words about the unit as a whole. The same measure and day again: it replaces the
    report before, and empty it takes that back (None). So for seven days after the day; what was written stays.
    It needs `tasks.ask` at a unit above, and no office in the unit or below it. Refuses NotYours,
    OwnUnitReported, ReportEmpty, ReportDayWrong, ReportFigureUnfit, ReportMeasureUnfit, ReportWordsUnfit;
    QuoteNames for the name of somebody of the unit; QuoteUnsure for one that may be a word, unless it is in no_names.
    """
    words, today = quotes.tidy(words), clock.day_in(settings.TIME_ZONE, at)
    if not today - MENDED <= day <= today:
        raise refusals.ReportDayWrong(field="day", first=date_format(today - MENDED, "j M Y"))
    if n is not None and (programme is None or not 0 <= n <= LARGEST):
        raise refusals.ReportFigureUnfit(field="n", most=grouped(LARGEST))
    if len(words) > LONGEST_WORDS:
        why = say("Write at most %(most)s letters.") % {"most": LONGEST_WORDS}
        raise refusals.ReportWordsUnfit(field="words", why=why)
    with transaction.atomic():
        org.require(by, LEADS, at=unit_id)
        author = or_refuse(by.account_id, org.NotYours)
        with system("a leader's own report"):
            seat = _seat(unit_id, by=by, today=today)
            counted = None if programme is None else _measured(programme, measure, unit_id, day=day)
            if why := unfit_note(words):
                raise refusals.ReportWordsUnfit(field="words", why=why)
            sql.wait_for(f"reports of {by.account_id} on {unit_id}")
            standing = LeaderReport.objects.filter(
                unit_id=unit_id,
                account_id=author,
                programme=counted,
                measure=measure if counted else 0,
                day=day,
                replaced_at=None,
            )
            before = standing.first()
            cleared = [*no_names, *(before.no_names if before else ())]
            places = [unit_id, *units.open_below(unit_id)]
            kept_words = opinions.require_no_names(
                text=words, unit_ids=places, no_names=cleared, field="words"
            )
            if before is None and n is None and not words:
                raise refusals.ReportEmpty(field="words")
            if before is not None and (before.n, before.words) == (n, words):
                return before
            standing.update(replaced_at=at)
            made = None
            if n is not None or words:
                made = LeaderReport.objects.create(
                    public_id=lot.uuid(),
                    unit_id=unit_id,
                    appointment_id=seat,
                    account_id=author,
                    programme=counted,
                    measure=measure if counted else 0,
                    day=day,
                    n=n,
                    words=words,
                    no_names=kept_words,
                    written_at=at,
                )
            kept = or_refuse(made or before)
            audit.record(
                by=by,
                at=at,
                act="review.write_leader_report",
                subject=str(kept.public_id),
                unit_id=unit_id,
                n=n or 0,
                facts={"day": day.isoformat(), "measure": measure, "is_taken_back": made is None},
            )
    return made


def _seat(unit_id: int, *, by: Actor, today: date) -> int:
    """Find the office (id of the appointment) by which somebody reports on a unit."""
    seat = reporting_seat(by.account_id, unit_id, on=today)
    if seat is None:
        raise org.NotYours(capability=LEADS)
    if sits_within(by.account_id, unit_id, on=today):
        raise refusals.OwnUnitReported
    return seat


def _measured(public_id: UUID, measure: int, unit_id: int, *, day: date) -> Programme:
    """Find a programme that counts this measure in the unit on the day."""
    programme = programmes.programme(public_id)
    if programme.state == Programme.State.DRAFT or not programmes.is_in_play(programme, unit_id, on=day):
        raise refusals.ReportMeasureUnfit(field="about")
    if measure not in {row.number for row in programmes.measures([programme])[programme.pk]}:
        raise refusals.ReportMeasureUnfit(field="about")
    return programme
