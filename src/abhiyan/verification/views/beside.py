"""Reported beside checked: units by the least their gap can be."""

from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.core.words import name_in_language
from abhiyan.org.here import page_unit
from abhiyan.org.viewer import Request
from abhiyan.programmes import queries as programmes
from abhiyan.ui.lists import Column, Table, list_response
from abhiyan.units.models import Kind
from abhiyan.verification.here import ShownLine, may_plan
from abhiyan.verification.models import Frame
from abhiyan.verification.queries import beside as reads
from abhiyan.verification.queries import frames
from abhiyan.verification.queries.flag_numbers import flags_in_frame
from abhiyan.verification.queries.told import METHODS
from abhiyan.verification.rules.estimates import CONFIDENCE, Method

from .frames import frames_shown

COLUMNS: tuple[Column[ShownLine], ...] = (
    Column("unit", _("Unit"), lambda row: row.name, is_name=True),
    Column("rank", _("Rank"), lambda row: row.line.rank, css="num"),
    Column("code", _("Code"), lambda row: row.line.code, only_in_file=True),
    Column("said", _("Unit said"), lambda row: row.cell(row.line.said), css="num"),
    Column("reported", _("Reported"), lambda row: row.reported, css="num"),
    Column("entered", _("Entries"), lambda row: row.cell(row.of.entered.items), css="num"),
    Column("counted", _("Counted"), lambda row: row.cell(row.of.counted.items), only_in_file=True),
    Column(
        "unanswered",
        _("Phone not answered yet"),
        lambda row: row.cell(row.of.unanswered.items),
        only_in_file=True,
    ),
    Column("real", _("Real"), lambda row: row.short, css="wraps"),
    Column("about", _("Real, of 100"), lambda row: row.real and row.real.about, only_in_file=True),
    Column("low", _("Real, of 100, at least"), lambda row: row.real and row.real.low, only_in_file=True),
    Column("high", _("Real, of 100, at most"), lambda row: row.real and row.real.high, only_in_file=True),
    Column("bar", _("Of 100 entries"), css="lad"),
    Column("gap", _("Not real, at least"), lambda row: row.gap, css="num"),
    Column("checks", _("Checks answered"), lambda row: row.of.entered.finished, css="num"),
    Column("open", _("Refused or not reached"), lambda row: row.of.entered.not_told, only_in_file=True),
)
# Only people who decide about flags see it: the numbers are so near to a person. On the page alone: a file is passed
# on.
OF_FLAGS: tuple[Column[ShownLine], ...] = (Column("questions", _("Questions to workers"), css="num"),)


@require_GET
def beside_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show units of a level below the page's unit: what each said and reported, what checks found, how large
    the gap is.

    level: a kind of unit; without one the next below. In the tree as the frame was frozen.
    """
    frame, at = frames.frame_for(request.viewer, public_id), clock.now()
    here = page_unit(request, hierarchy=frame.programme.hierarchy, otherwise=lambda: frame.unit_id)
    lines = reads.lines_beside(frame, here.unit.id, at=at)
    kinds = list(dict.fromkeys(line.kind for line in lines if line.down))
    level_text = request.GET.get("level", "")
    kind = level_text if level_text in kinds else next(iter(kinds), "")
    level = reads.ranked([line for line in lines if line.down and line.kind == kind])
    decides = may_plan(request, frame.programme.owner_id)
    flags = flags_in_frame(frame, without=request.viewer.account_id or 0, at=at) if decides else {}
    on = clock.day_in(frame.programme.zone, at)
    rows = [ShownLine(line, frame, request.viewer, on=on, flags=flags.get(line.unit_id)) for line in level]
    ladder = programmes.unit_ladder(
        node=here.unit.id,
        hierarchy=frame.programme.hierarchy,
        programme=frame.programme,
        measure=frame.measure,
        at=at,
    )
    shown_line = next(
        (
            ShownLine(line, frame, request.viewer, on=on, entries=ladder.entries)
            for line in lines
            if not line.down
        ),
        None,
    )
    if shown_line and level and (rest := reads.line_without_place(shown_line.line, level)):
        rows.append(ShownLine(rest, frame, request.viewer, on=on))
    caption = str(Kind(kind).label) if kind else say("Units below")
    table = Table(
        request,
        COLUMNS + OF_FLAGS,
        rows,
        name=f"beside-{here.unit.code}",
        caption=caption,
        is_numbered=False,
        without=[] if decides else [column.key for column in OF_FLAGS],
    )
    crumb = (
        say("Round of checks %(number)s") % {"number": frame.number},
        reverse("verification:frame", args=[public_id]),
    )
    after, until = frames.frame_days(frame)
    context = frames_shown(frame.programme, crumb, (say("Reported beside checked"), "")) | {
        "frame": frame,
        "about": here,
        "own": shown_line,
        "after": after,
        "until": until,
        "slides": here.href(reverse("review:deck_new"), frame=str(frame.public_id), level=kind),
        "levels": [
            (Kind(kind_code).label, here.href(level=kind_code), kind_code == kind) for kind_code in kinds
        ],
        "may_plan": decides,
        "is_provisional": frame.state == Frame.State.DRAWN and not frames.is_past_end(frame, at),
        **_intervals(level),
    }
    return list_response(request, "verification/beside.html", table, context)


def _intervals(lines: list[reads.BesideLine]) -> dict[str, Any]:
    """Return notes on the intervals of a page: how many miss, by which method they are made, if corrected."""
    ranked_lines = [line for line in lines if line.rank is not None]
    usual = METHODS[Method.WILSON]
    usual = usual if any(line.of.entered.method == usual for line in ranked_lines) else METHODS[Method.EXACT]
    others = [line for line in ranked_lines if line.of.entered.method != usual]
    return {
        "intervals": len(ranked_lines),
        "missing": f"{len(ranked_lines) * (1 - CONFIDENCE):.1f}",
        "method": usual if ranked_lines else "",
        "other_methods": [(name_in_language(line.names), line.of.entered.method) for line in others],
        "is_as_answered": any(not line.of.entered.is_corrected for line in ranked_lines),
        "shares_ranks": len({line.rank for line in ranked_lines}) < len(ranked_lines),
    }
