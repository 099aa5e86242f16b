"""What a deck says to one reader: its figures as they may see them, gathered by a bounded number of statements."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db.models import Count
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import override

from abhiyan.core import clock, sql
from abhiyan.core.numbers import grouped
from abhiyan.core.refusals import needed
from abhiyan.core.scope import system
from abhiyan.core.words import language, named, person
from abhiyan.org import queries as org
from abhiyan.org.queries import NotYours
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import Counted, Figures
from abhiyan.programmes.rules import pace, windows
from abhiyan.programmes.rules.estimated import Estimated, ask_estimated
from abhiyan.review.models import Deck, Review, Round
from abhiyan.review.rules import decks
from abhiyan.review.rules.rounds import State
from abhiyan.ui.slides.said import Gap, Slide
from abhiyan.units import queries as units
from abhiyan.units.models import Kind
from abhiyan.verification.here import Shown
from abhiyan.verification.models import Frame
from abhiyan.verification.queries import beside as checks
from abhiyan.verification.queries import frames
from abhiyan.verification.rules.estimates import CONFIDENCE

from . import board as boards
from . import rounds
from .asked import asked_below
from .last import last_review

LATELY_DAYS, MOST_FRAMES = 7, 3


def deck_for(viewer: Viewer, public_id: UUID) -> Deck:
    """One deck, where the viewer sees the counts of its unit. NotFound."""
    found = Deck.objects.select_related("unit", "programme", "frame__programme", "round__unit")
    return needed(found.filter(public_id=public_id).first() if viewer.is_signed_in else None)


def subject(deck: Deck, language: str = "") -> str:
    """The name of what a deck is of: its round, or its unit."""
    return deck.round.name if deck.round else named(deck.unit.names, language)


def measures_of(viewer: Viewer, unit_id: int, hierarchy: int, *, at: datetime) -> list[Counted]:
    """The measures somebody may make slides of: what runs in a unit."""
    found, _node = programmes.running_at(unit_id, hierarchy, clock.day_in(settings.TIME_ZONE, at))
    seen = set(programmes.programmes_for(viewer).filter(pk__in={one.programme.pk for one in found}))
    return [one for one in found if one.programme in seen]


def slides_of(deck: Deck, viewer: Viewer, *, at: datetime) -> list[Slide]:
    """The slides of a deck as this viewer may read them, in its language. NotFound, NotYours."""
    with override(deck.language):
        if deck.about == Deck.About.ROUND and deck.round is not None:
            return _round(deck.round, viewer, at=at)
        here = units.standing(deck.unit_id, deck.hierarchy)
        if here.lo is None or here.hi is None or not viewer.sees_counts_at(here.lo):
            raise NotYours
        if deck.about == Deck.About.CHECKED and deck.frame is not None:
            return _checked(deck, deck.frame, here, viewer, at=at)
        return _unit(deck, here, viewer, at=at)


def _day(on: date, shape: str = "j M Y") -> str:
    return date_format(on, shape)


def _about(
    unit: str,
    measure: str,
    window: Sequence[date],
    at: datetime,
    *,
    is_sample: bool,
    is_rounded: bool = False,
) -> decks.About:
    """What every slide says; window: first and last day."""
    when = say("As of %(when)s") % {"when": date_format(timezone.localtime(at), "j M Y, H:i")}
    if is_rounded:
        yesterday = clock.day_in(settings.TIME_ZONE, at) - timedelta(days=1)
        when = say("As of the evening of %(day)s") % {"day": _day(yesterday)}
    return decks.About(
        unit=unit,
        measure=measure,
        window=" – ".join(_day(each) for each in window),
        as_of=when,
        organisation=settings.ORGANISATION,
        closes_on=_day(window[1]) if window else "",
        is_sample=is_sample,
        is_rounded=is_rounded,
    )


# --- a unit


def _unit(deck: Deck, here: units.UnitRow, viewer: Viewer, *, at: datetime) -> list[Slide]:
    hierarchy, today = deck.hierarchy, clock.day_in(settings.TIME_ZONE, at)
    counts = units.counts_below(here.id, hierarchy, here=here) if here.has_children else {}
    assert here.lo is not None and here.hi is not None  # `slides_of` refuses what is not placed
    one = _counted(deck, viewer)
    node = programmes.node_of(here.id, hierarchy)
    with sql.at_once():
        offices = org.ask_offices_here(here.id, on=today)
        vacant = org.ask_vacancies_below(here.id, hierarchy, at=at, span=(here.lo, here.hi), counts=counts)
    held = [
        (named(seat.office_names), person(seat.name), _day(seat.since, "M Y") if seat.since else "")
        for seat in offices()
    ]
    missing = _vacant([each for each in vacant() if each.vacant])
    asked = asked_below(viewer, [one] if one else [], here, hierarchy, at)
    last = last_review(here.id, at=at)
    unit = decks.Unit(
        offices=held,
        vacant=missing,
        questions=asked[0].numbers if asked else (),
        review=(_day(last.on), str(last.decided), [(task.text, str(task.state)) for task in last.tasks])
        if last
        else None,
    )
    if one is None or node is None:
        return decks.unit_deck(_about(named(here.names), "", (), at, is_sample=here.is_sample), unit, None)
    measured, is_rounded = _measured(deck, one, here, node, viewer, at=at)
    programme = one.programme
    about = _about(
        named(here.names),
        one.name,
        (programme.opens_on, programme.closes_on),
        at,
        is_sample=here.is_sample or programme.is_sample,
        is_rounded=is_rounded,
    )
    return decks.unit_deck(about, unit, measured)


def _vacant(found: Sequence[org.Below]) -> list[tuple[str, int, int]]:
    """Offices below with how many are vacant of how many; with the level where one name is that of several."""
    names = [named(each.office_names) for each in found]
    return [
        (
            f"{name} ({Kind(each.unit_kind).label})" if names.count(name) > 1 else name,
            each.vacant,
            each.expected,
        )
        for name, each in zip(names, found, strict=True)
    ]


def all_measures(programme: Programme) -> list[Counted]:
    """Every measure of a programme, whether it still runs or not; without a target."""
    known = programmes.measures([programme])[programme.pk]
    return [Counted(programme, one.number, one.names if len(known) > 1 else {}, None) for one in known]


def _counted(deck: Deck, viewer: Viewer) -> Counted | None:
    """The deck's measure with the unit's target; None without a programme."""
    if deck.programme is None:
        return None
    programme = programmes.programme_for(viewer, deck.programme.public_id)
    one = needed(next((one for one in all_measures(programme) if one.measure == deck.measure), None))
    targets = programmes.targets_of(node=deck.unit_id, programmes=[programme])
    return replace(one, target=targets.get((programme.pk, deck.measure)))


def _measured(
    deck: Deck, one: Counted, here: units.UnitRow, node: programmes.Node, viewer: Viewer, *, at: datetime
) -> tuple[decks.Measured, bool]:
    """One measure, and whether it is seen from outside."""
    programme = one.programme
    today = clock.day_in(programme.zone, at)
    with sql.at_once():
        read = programmes.ask_figures(
            node=node, hierarchy=deck.hierarchy, programme=programme, measure=one.measure, at=at
        )
        checked = ask_estimated([programme.pk], [here.id], on=today)
    figures = read()
    estimated = checked().get((programme.pk, one.measure, here.id))
    ladder = programmes.drawn(
        figures.ladder,
        name=one.name,
        programme=programme,
        on=today,
        target=one.target,
        checked=estimated,
    )
    left = windows.days_left(programme.opens_on, programme.closes_on, today)
    trend = programmes.drawn_trend(one, figures)
    gaps, said = _newest(one, here.id, deck.level, viewer, at=at)
    headline = _headline(estimated, is_rounded=figures.ladder.is_rounded)
    below, of = _behind(deck, one, here, node, today=today, at=at)
    measured = decks.Measured(
        ladder,
        trend,
        days=[_day(day.on, "j M") for day in trend.days],
        headline=headline,
        provisional=_provisional(estimated),
        daily=pace.per_day(one.target, ladder.counted or 0, left) if one.target else None,
        lately=_lately(figures),
        below=below,
        of=of,
        gaps=gaps,
        checks=said,
    )
    return measured, figures.ladder.is_rounded


def _lately(figures: Figures) -> int | None:
    """Counted in the last seven days; None from outside, where no figure is made of two that are rounded."""
    days = figures.trend
    if figures.ladder.is_rounded or len(days) <= LATELY_DAYS:
        return None
    return (days[-1].ladder.counted or 0) - (days[-1 - LATELY_DAYS].ladder.counted or 0)


def _behind(
    deck: Deck, one: Counted, here: units.UnitRow, node: programmes.Node, *, today: date, at: datetime
) -> tuple[list[decks.Behind], int]:
    """Units below, the furthest behind first; and how many there are."""
    if not here.has_children:
        return [], 0
    programme = one.programme
    leaf = programmes.children_ladders(
        node=node,
        hierarchy=deck.hierarchy,
        programme=programme,
        measure=one.measure,
        at=at,
        sort="-behind",
        language=language(),
        per=decks.MOST_ROWS,
        units=programmes.level_below(node, deck.level) if deck.level else None,
    )
    days = (programme.opens_on, programme.closes_on, today)
    below = [
        decks.Behind(
            named(child.names),
            child.target,
            None if child.target is None else windows.due(child.target, *days),
            child.ladder.counted,
        )
        for child in leaf.rows
    ]
    return below, leaf.total or len(below)


# --- what checks found


def _headline(one: Estimated | None, *, is_rounded: bool) -> str:
    """The title of a deck: the headline of every other page, without its full stop. "" without an estimate."""
    if one is None or one.entered.rate is None:
        return ""
    return programmes.said_true(one, is_rounded=is_rounded).headline.rstrip(".।")


def _provisional(one: Estimated | None) -> str:
    return say("Provisional until %(day)s.") % {"day": _day(one.ends_on)} if one and one.ends_on else ""


def _newest(
    one: Counted, unit_id: int, level: str, viewer: Viewer, *, at: datetime
) -> tuple[list[Gap], list[str]]:
    """The comparison of the newest frame that has one, and what to know of it."""
    drawn = frames.frames_of(one.programme).filter(measure=one.measure).exclude(state=Frame.State.FROZEN)
    gaps, said = list[Gap](), list[str]()
    for frame in drawn.order_by("-number")[:MOST_FRAMES]:
        _own, compared, about = _compared(frame, unit_id, level, viewer, at=at)
        if any(gap.true is not None for gap in compared):
            return compared, about
        gaps, said = gaps or compared, said or about
    return gaps, said


def _compared(
    frame: Frame, unit_id: int, level: str, viewer: Viewer, *, at: datetime
) -> tuple[Shown | None, list[Gap], list[str]]:
    """What checks of a frame found of a unit and of those below it, and what to know of that."""
    lines, on = checks.lines_of(frame, unit_id), clock.day_in(frame.programme.zone, at)
    kinds = list(dict.fromkeys(line.kind for line in lines if line.down))
    kind = level if level in kinds else next(iter(kinds), "")
    ranked = checks.ranked([line for line in lines if line.down and line.kind == kind])
    gaps = [_gap(Shown(line, frame, viewer, on=on)) for line in ranked]
    gaps.sort(key=lambda gap: gap.true is None)
    own = next((Shown(line, frame, viewer, on=on) for line in lines if not line.down), None)
    if own is None:
        return None, gaps, []
    told = own.said
    said = [told.counted, told.unanswered, told.no_entry, told.checks, told.frame]
    if (n := sum(gap.true is not None for gap in gaps)) > 1:
        missing = {"n": grouped(n), "missing": f"{n * (1 - CONFIDENCE):.1f}"}
        said.append(
            say("Of these %(n)s intervals of 95%%, about %(missing)s miss the truth by chance.") % missing
        )
    return own, gaps, [one for one in said if one]


def _gap(shown: Shown) -> Gap:
    of = shown.real
    if of is None or of.rate is None:
        return Gap(shown.name, why=str(shown.why_none))
    return Gap(shown.name, 100 * of.rate, 100 * of.low, 100 * of.high, shown.gap, shown.line.rank)


def _checked(deck: Deck, frame: Frame, here: units.UnitRow, viewer: Viewer, *, at: datetime) -> list[Slide]:
    one = frames.frame_for(viewer, frame.public_id)
    own, gaps, said = _compared(one, here.id, deck.level, viewer, at=at)
    days = frames.days_of(one)
    programme: Programme = one.programme
    window = (days[0] or programme.opens_on, days[1])
    is_exact = here.lo is not None and viewer.sees_people_at(here.lo)
    about = _about(
        named(here.names),
        named(programme.names),
        window,
        at,
        is_sample=here.is_sample or programme.is_sample,
        is_rounded=not is_exact,
    )
    node = programmes.node_of(here.id, deck.hierarchy)
    ladder = programmes.blank(is_rounded=node is None or not node.is_exact)
    drawn = programmes.drawn(ladder, name=about.measure, programme=programme, on=days[1])
    told = own.told if own else None
    measured = decks.Measured(
        drawn,
        headline=_headline(told, is_rounded=not is_exact),
        provisional=_provisional(told),
        gaps=gaps,
        checks=said,
    )
    return decks.checked_deck(about, measured)


# --- rounds


def _round(one: Round, viewer: Viewer, *, at: datetime) -> list[Slide]:
    today = clock.day_in(settings.TIME_ZONE, at)
    is_leading = org.holds(viewer.account_id or 0, LEADS, at=one.unit_id)
    mine = partial(rounds.reviews_in, one, text="", under=one.unit_id, today=today)
    decided = mine(show=State.DECIDED)
    counted = dict(decided.order_by().values_list("decision").annotate(n=Count("pk")))
    if not is_leading and (one.of_office or not mine(show="").exists()):
        raise NotYours
    whole, branches = None, []
    if is_leading:
        with system("how far a round is"):
            board = boards.board(one, one.unit_id, on=today, at=at)
        whole = (board.whole.coverage.decided, board.whole.coverage.of)
        branches = [(named(each.names), each.coverage.decided, each.coverage.of) for each in board.branches]
    # What was decided about an office-bearer, and the tasks that came of it, are on no slide: those are passed on.
    shown = [] if one.of_office else decided.order_by("-decided_at", "-pk")[: decks.MOST_ROWS]
    late = [] if one.of_office else boards.late_tasks(one, one.unit_id, at=at)
    of = decks.Reviewed(
        whole=whole,
        branches=branches,
        decided=[
            (named(each.unit.names), str(each.get_decision_display()), _on(each.decided_at)) for each in shown
        ],
        decisions=[(str(each.label), counted.get(each.value, 0)) for each in Review.Decision],
        are_people=bool(one.of_office),
        late=[(task.title, named(task.unit.names), _on(task.due_at)) for task in late],
    )
    window = (one.begins_on, one.ends_on)
    about = _about(named(one.unit.names), one.name, window, at, is_sample=one.unit.is_sample)
    return decks.round_deck(about, of)


def _on(at: datetime | None) -> str:
    return _day(clock.day_in(settings.TIME_ZONE, at)) if at else ""
