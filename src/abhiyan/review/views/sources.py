"""A review's page and a dossier show what each source says of a unit."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core.numbers import grouped
from abhiyan.core.words import name_in_language
from abhiyan.org.viewer import Viewer
from abhiyan.programmes import queries as programmes
from abhiyan.review.models import LeaderReport
from abhiyan.review.queries.leader_reports import is_above, reports_on
from abhiyan.review.queries.sources import ReportBeside, report_alone, reports_beside
from abhiyan.review.rules.sources import Contradiction
from abhiyan.units.queries import UnitRow

SAYS = {
    Contradiction.UNIT: _("%(name)s: the leader said %(leader)s, the unit %(unit)s."),
    Contradiction.COUNTED: _("%(name)s: the leader said %(leader)s, and %(counted)s were counted by then."),
    Contradiction.CHECKS: _("%(name)s: the leader said %(leader)s. Checks found %(checks)s."),
    Contradiction.UNIT_CHECKS: _("%(name)s: the unit said %(unit)s. Checks found %(checks)s."),
}


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One leader's report on one measure, with the cells of the other sources."""

    name: str
    day: str
    office: str
    leader: str
    unit: str
    counted: str
    checks: str
    words: str


@dataclass(frozen=True, slots=True)
class SourcesShown:
    """The reports on a unit, and a sentence for each contradiction."""

    rows: Sequence[SourceRow]
    contradictions: Sequence[str]


def sources_on(viewer: Viewer, unit: UnitRow, hierarchy: int) -> SourcesShown | None:
    """Read what each source says of a unit. Only the leaders above it read reports; others get None."""
    if not is_above(viewer, unit):
        return None
    reports = reports_on(unit.id)
    is_exact = unit.lo is not None and viewer.sees_exact_at(unit.lo)
    beside = reports_beside(reports, hierarchy) if is_exact else [report_alone(report) for report in reports]
    names = _names(reports)
    return SourcesShown(
        [_row(source, names) for source in beside],
        [SAYS[pair] % _said(source, names) for source in beside for pair in source.contradictions],
    )


def _names(reports: Sequence[LeaderReport]) -> dict[tuple[int, int], str]:
    """Return the names of the measures that reports are about, by programme and number. One query."""
    programmes_of = {row.programme.pk: row.programme for row in reports if row.programme is not None}
    names = {}
    for pk, measures in programmes.measures(programmes_of.values()).items() if programmes_of else ():
        for measure in measures:
            more = f": {name_in_language(measure.names)}" if len(measures) > 1 else ""
            names[pk, measure.number] = name_in_language(programmes_of[pk].names) + more
    return names


def _said(source: ReportBeside, names: dict[tuple[int, int], str]) -> dict[str, str]:
    """Return the figures of a report in words."""
    figures, report = source.figures, source.report

    def number(n: int | None) -> str:
        return "–" if n is None else grouped(n)

    checks = "–"
    if figures.checks is not None:
        checks = say("%(low)s–%(high)s real by %(day)s") % {
            "low": grouped(figures.checks.low),
            "high": grouped(figures.checks.high),
            "day": date_format(figures.checks.until, "j M"),
        }
    name = names.get((report.programme_id or 0, report.measure), say("The unit as a whole"))
    return {
        "name": name,
        "leader": number(figures.leader),
        "unit": number(figures.unit),
        "counted": number(figures.counted),
        "checks": checks,
    }


def _row(source: ReportBeside, names: dict[tuple[int, int], str]) -> SourceRow:
    appointment = source.report.appointment
    return SourceRow(
        **_said(source, names),
        day=date_format(source.report.day, "j M Y"),
        office=f"{name_in_language(appointment.office.names)}, {name_in_language(appointment.unit.names)}",
        words=source.report.words,
    )
