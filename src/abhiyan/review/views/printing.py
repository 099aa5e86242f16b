"""Dossiers on paper: one unit's, and those of all meetings a reviewer has within a week, as one PDF."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from abhiyan.core import clock, printing, small_cells
from abhiyan.core.numbers import grouped
from abhiyan.core.words import active_language, local_person
from abhiyan.org.viewer import Request
from abhiyan.review import refusals
from abhiyan.review.queries import rounds as found
from abhiyan.ui import ladder
from abhiyan.ui.bearers import names_left_out
from abhiyan.ui.charts import Trend
from abhiyan.ui.files import with_lines
from abhiyan.ui.ladder import LadderShown
from abhiyan.ui.numbers import NONE, share

from .dossier import QuestionsAsked, dossier_of, prepare_dossiers
from .figures import Compared

TEMPLATE = printing.PrintTemplate.read(Path(__file__).parent.parent / "dossier.typ")
MOST_DOSSIERS = 50  # in one file
DAYS = 21  # of a trend
COLOURS = {"counted": "#5f8a91", "confirmed": "#14353b"}


@require_safe
def dossier_print(request: Request, code: str) -> HttpResponse:
    """Send the dossier of a unit as PDF. Readers of the page may."""
    at = clock.now()
    read = dossier_of(request, code, at=at)
    prepare_dossiers(request, [read["unit"].id], at=at)
    holders = [seat["account"] for seat in read["seats"] if seat["name"]]
    read["left_out"] = names_left_out(request, holders)
    return _file(request, [read], f"dossier-{code}", at=at)


@require_safe
def round_week(request: Request, public_id: UUID) -> HttpResponse:
    """Send the dossiers of all units whose meeting the viewer has within a week, in one PDF. Refuses NoMeetings."""
    review_round, at = found.round_of(public_id), clock.now()
    on = clock.day_in(settings.TIME_ZONE, at)
    some = found.of_week(request.viewer, review_round, on=on, limit=MOST_DOSSIERS)
    if not some:
        raise refusals.NoMeetings
    read = [dossier_of(request, review.unit.code, at=at) | {"left_out": ()} for review in some]
    prepare_dossiers(request, [review.unit_id for review in some], at=at)
    return _file(request, read, f"dossiers-{on.isoformat()}", at=at)


def _file(request: Request, read: Sequence[dict[str, Any]], name: str, *, at: datetime) -> HttpResponse:
    values = [_values(facts, has_names=len(read) == 1) for facts in read]
    made = printing.print_pdf(
        TEMPLATE,
        values,
        title=values[0]["name"],
        language=_set_language(),
        at=at,
        with_lines=with_lines(request),
    )
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer


def _set_language() -> str:
    """Return the language of a dossier's words: Hindi or English."""
    return active_language() if active_language() in ("hi", "en") else "en"


def _values(read: dict[str, Any], *, has_names: bool) -> dict[str, Any]:
    """Return the template's values of a dossier, in the language of the page.

    has_names: whether it names who holds offices: not where one file has several units.
    """
    facts = [f"{label} {grouped(n)}" for label, n in read["counts"]]
    if read["unit"].electors:
        facts.append(f"{grouped(read['unit'].electors)} {_('electors')}")
    first, others = read["ladders"][:1], read["ladders"][1:]
    return {
        "above": " · ".join(filter(None, (settings.ORGANISATION, _("Dossier")))),
        "name": f"{read['name']}, {read['kind']}",
        "facts": " · ".join(facts),
        "notes": list(_notes(read)),
        "foot": f"{read['name']} · {read['as_of']}",
        "standing": _("Where we stand"),
        "none": _("No figures here yet") if read["runs"] else _("No programme runs here"),
        "ladders": [_ladder(drawn, sentence) for _href, drawn, sentence in first],
        "trends": [day_values for trend in (read["trend"],) if trend and (day_values := _days(trend))],
        "others": _others([drawn for _href, drawn, _said in others]) if others else [],
        "beside": _("Reported beside checked"),
        "compared": _compared(read["compared"]) if read["compared"] else [],
        "parts": _in_two(
            [
                {"title": title, "lines": [[str(label), value] for label, value in lines], "note": note}
                for title, lines, note in _parts(read, has_names=has_names)
                if lines or note
            ]
        ),
    }


def _in_two(parts: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Split the sections into two columns about as long as each other, in their order."""
    lengths = [len(part["lines"]) + 2 for part in parts]
    left = sum(sum(lengths[: n + 1]) <= sum(lengths) / 2 + 2 for n in range(len(parts)))
    return [parts[:left], parts[left:]]


def _others(drawings: Sequence[LadderShown]) -> list[list[str]]:
    """Return the measures after the first as a table: their rungs, target and what checks found.

    A dash: not known or few.
    """
    rungs = ("reported", "counted", "unsigned", "confirmed")
    head = [_("Other programmes"), *(str(ladder.NAMES[rung]) for rung in rungs), _("Target"), _("Real")]
    return [
        head,
        *(
            [
                str(drawn.name),
                *(_cell(getattr(drawn, rung)) for rung in rungs),
                _cell(drawn.target),
                str(drawn.checked),
            ]
            for drawn in drawings
        ),
    ]


def _notes(read: dict[str, Any]) -> Iterator[str]:
    if read["page_is_sample"]:
        yield _("sample")
    if closed_on := read["unit"].closed_on:
        yield _("Closed from %(on)s.") % {"on": date_format(closed_on, "j M Y")}


def _ladder(drawn: LadderShown, said: str) -> dict[str, Any]:
    """Return a measure: reported as a number, bars of counted and confirmed on the target's scale, the estimate
    apart."""
    bars = ladder.plot_ladder(drawn, room=1.0)
    pieces: dict[str, list[tuple[float, float, str]] | None] = {
        "reported": None,
        "counted": _pieces((bars.counted, COLOURS["counted"]), (bars.unsigned, "")),
        "unsigned": [],
        "confirmed": _pieces((bars.confirmed, COLOURS["confirmed"])),
    }
    rungs_shown = [
        {
            "label": f"{'+ ' if rung == 'unsigned' else ''}{ladder.NAMES[rung]}",
            "value": str(drawn.hidden_reason or NONE) if n is None else grouped(n),
            "share": share(n, drawn.target) if drawn.target and n is not None and row is not None else "",
            "pieces": row,
        }
        for rung, row in pieces.items()
        if (n := getattr(drawn, rung)) or rung != "unsigned"
    ]
    box = ladder.plot_estimate(drawn.estimate, drawn.low, drawn.high)
    target = "" if drawn.target is None else _("Target %(n)s") % {"n": grouped(drawn.target)}
    return {
        "name": str(drawn.name),
        "said": said,
        "rungs": rungs_shown,
        "target": bars.target,
        "target_said": target,
        "real": {
            "label": str(ladder.NAMES["estimate"]),
            "value": str(drawn.checked),
            "is_known": drawn.estimate is not None,
            "box": box and {"start": box.span.start, "width": box.span.width, "point": box.point},
        },
        "note": " ".join(filter(None, (drawn.sentence, str(drawn.how)))),
    }


def _pieces(*bars: tuple[ladder.Span | None, str]) -> list[tuple[float, float, str]]:
    """Return the pieces of one bar that are there: start, width, colour; "": dots."""
    return [(span.start, span.width, colour) for span, colour in bars if span is not None]


def _days(trend: Trend) -> dict[str, Any] | None:
    """Return how many were counted on each of the last days; None where nothing is known of them."""
    totals = [day.counted for day in trend.days[-DAYS - 1 :]]
    numbers = [n for n in totals if n is not None]
    if len(numbers) < len(totals) or len(numbers) < 2:
        return None
    each_day = [max(0, after - before) for before, after in pairwise(numbers)]
    most = max(each_day)
    if not most:
        return None
    words = _("%(name)s: counted on each of the last %(days)s days, at most %(most)s")
    return {
        "words": words % {"name": trend.name, "days": len(each_day), "most": grouped(most)},
        "shares": [100 * n / most for n in each_day],
    }


def _compared(some: Sequence[Compared]) -> list[list[str]]:
    head = [
        _("Measure"),
        _("Unit said"),
        _("Reported"),
        _("Entries"),
        _("Real"),
        _("Not real, at least"),
    ]
    return [
        head,
        *(
            [
                comparison.name,
                _cell(comparison.said),
                _cell(comparison.reported),
                _cell(comparison.entered),
                str(comparison.real),
                _cell(comparison.of.gap if comparison.of else None),
            ]
            for comparison in some
        ),
    ]


def _cell(value: int | str | None) -> str:
    return grouped(value) if isinstance(value, int) else value or "–"


def _parts(read: dict[str, Any], *, has_names: bool) -> Iterator[tuple[str, list[tuple[str, str]], str]]:
    """Yield the sections of the right hand of the page, as heading, lines and a last word."""
    last, around = read["last"], read["around"]
    yield (
        _("Last review"),
        [(last.decided, date_format(last.on, "j M Y")), *((task.text, task.state) for task in last.tasks)]
        if last
        else [],
        "" if last else _("Not reviewed yet"),
    )
    above = [(_("Unit above: %(decided)s") % {"decided": around.above.decided}, "")] if around.above else []
    yield _("Decided around it"), [*above, *((label, grouped(n)) for label, n in around.below)], ""
    yield (
        _("Who is responsible"),
        [
            _seat(seat, has_names=has_names and seat["account"] not in read["left_out"])
            for seat in read["seats"]
        ],
        "",
    )
    vacant = [(office.name, office.words) for office in read["vacant_below"]]
    yield _("Vacant below"), vacant, ""
    for part in read["parts"]:
        yield str(part.title), [(str(label), value) for label, value in part.lines], ""
    yield _questions(read["flags"])
    yield (
        _("Past elections"),
        [
            (result.name, f"{result.first} · {small_cells.count_in_words(result.polled)}")
            for result in read["results"]
        ],
        "",
    )
    yield _("Class"), list(read["classes"]), ""


def _questions(flags: QuestionsAsked) -> tuple[str, list[tuple[str, str]], str]:
    """Return the section of workers asked: a line a number; the measures with fewer than 10 of each kind named last.

    This sheet is passed on, so its numbers are rounded for every reader (docs/review.md).
    """
    lines = [(f"{row['name']}: {label}", n) for row in flags.rows for label, n in row["numbers"]]
    words = _(
        "Fewer than 10 of each kind: %(names)s. People pass this sheet on, so it has no smaller numbers."
    )
    return _("Questions to workers"), lines, words % {"names": ", ".join(flags.few)} if flags.few else ""


def _seat(seat: dict[str, Any], *, has_names: bool) -> tuple[str, str]:
    """Return an office as a line: who holds it; without names whether somebody does."""
    if not seat["name"]:
        return _("Vacant"), seat["office"]
    return (local_person(seat["name"]) if has_names else _("Not vacant")), seat["office"]
