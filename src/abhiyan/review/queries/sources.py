"""A leader's report beside what the unit said, what was counted and what checks found, with what contradicts."""

from collections.abc import Sequence
from dataclasses import dataclass

from abhiyan.core.scope import system
from abhiyan.org.viewer import Viewer
from abhiyan.programmes.queries.by_day import TotalAsked, counted_by_day, said_by_day
from abhiyan.review.models import LeaderReport, Round
from abhiyan.review.queries.leader_reports import reports_of_round
from abhiyan.review.rules.sources import CheckedTotal, Contradiction, SourceFigures, source_contradictions
from abhiyan.units import queries as units
from abhiyan.verification.queries.beside import real_totals


@dataclass(frozen=True, slots=True)
class ReportBeside:
    """A report with the figures of the other sources by its day."""

    report: LeaderReport
    figures: SourceFigures
    contradictions: Sequence[Contradiction] = ()


def reports_beside(reports: Sequence[LeaderReport], hierarchy: int) -> list[ReportBeside]:
    """Set leaders' reports beside the other sources. For readers who see the exact counts of these units.

    Three queries, however many reports there are. A report in words alone has no figures beside it.
    """
    measured = [report for report in reports if report.programme is not None]
    totals = [
        TotalAsked(report.unit_id, report.programme, report.measure, report.day)
        for report in measured
        if report.programme is not None
    ]
    if not totals:
        return [report_alone(report) for report in reports]
    with system("sources on a unit"):
        own_figures, counted = said_by_day(totals), counted_by_day(totals, hierarchy)
        real = real_totals([(total.unit_id, total.programme.pk, total.measure) for total in totals])
    beside: dict[int, ReportBeside] = {}
    for i, report in enumerate(measured):
        unit, unit_day = own_figures.get(i, (None, None))
        checks = None
        if i in real:
            checks = CheckedTotal(real[i].low, real[i].high, real[i].frozen_on, is_whole=real[i].is_first)
        figures = SourceFigures(report.day, report.n, unit, unit_day, counted.get(i, 0), checks)
        beside[report.pk] = ReportBeside(report, figures, tuple(source_contradictions(figures)))
    return [beside.get(report.pk) or report_alone(report) for report in reports]


def contradicted_units(viewer: Viewer, of_round: Round, *, under: int) -> set[int]:
    """Find the reviewed units of a round, below a unit, whose sources contradict. Only units with a leader's report.

    The reports are those in the viewer's sight, where they see exact counts. The newest MOST_COMPARED are compared.
    Five queries at most, however many units the round has.
    """
    reports = reports_of_round(of_round, under=under)
    if not reports:
        return set()
    spans = units.spans({report.unit_id for report in reports}, of_round.hierarchy)
    exact = {unit_id for unit_id, (lo, _hi) in spans.items() if viewer.sees_exact_at(lo)}
    beside = reports_beside([report for report in reports if report.unit_id in exact], of_round.hierarchy)
    return {source.report.unit_id for source in beside if source.contradictions}


def report_alone(report: LeaderReport) -> ReportBeside:
    """Return a report without the other sources, for readers who see no exact counts there."""
    return ReportBeside(report, SourceFigures(report.day, report.n))
