"""Make a deck for one reader: figures as they may see them, gathered by a bounded number of statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import override

from abhiyan.contact.queries import heard_of
from abhiyan.contact.rules.kinds import CALLED, KIND
from abhiyan.core import clock, sql
from abhiyan.core.cut import Cut
from abhiyan.core.numbers import grouped
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import active_language, local_person, name_in_language
from abhiyan.dialogues.numbers import booths_graded, leaders_called
from abhiyan.friends.queries.help_offers import helpers_on_slides
from abhiyan.meetings import queries as meetings
from abhiyan.meetings.models import Meeting
from abhiyan.messaging import queries as messaging
from abhiyan.messaging.rules.reasons import reason_words
from abhiyan.opinions import queries as opinions
from abhiyan.org import queries as org
from abhiyan.org.here import unit_address
from abhiyan.org.queries import NotYours
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import RunningMeasure
from abhiyan.programmes.rules import pace, windows
from abhiyan.programmes.rules.estimated import Estimated, ask_estimated
from abhiyan.review.models import Deck, Review, Round
from abhiyan.review.rules import deck_meetings, deck_rounds, decks
from abhiyan.review.rules.rounds import ReviewState
from abhiyan.stays.numbers import source_code
from abhiyan.ui.ladder import LadderShown
from abhiyan.ui.slides.said import Mention, Slide, SlideInterval
from abhiyan.units import queries as units
from abhiyan.units.models import Kind
from abhiyan.units.rules import levels
from abhiyan.verification.here import ShownLine
from abhiyan.verification.models import Frame
from abhiyan.verification.queries import beside as checks
from abhiyan.verification.queries import frames
from abhiyan.verification.rules.estimates import CONFIDENCE
from abhiyan.work.models import Task

from . import board as boards
from . import deck_work, rounds
from .asked import BELOW_FLAGS, asked_below
from .asks import OF_EACH, asks_of_comparison, asks_of_meeting, asks_of_round, asks_of_unit, of_late
from .last import last_review

MOST_FRAMES = 3


def deck_for(viewer: Viewer, public_id: UUID) -> Deck:
    """Return one deck, where the viewer sees the counts of its unit, and its meeting if it is of one. NotFound."""
    rows = Deck.objects.select_related(
        "unit", "programme", "frame__programme", "round__unit", "meeting__unit"
    ).filter(public_id=public_id)
    deck = or_refuse(rows.first() if viewer.is_signed_in else None)
    or_refuse(deck.meeting_id is None or deck.meeting)
    return deck


def subject(deck: Deck, language: str = "") -> str:
    """Return the name of what a deck is of: its round, its meeting, or its unit."""
    if deck.meeting is not None:
        return deck.meeting.title_in(language)
    return deck.round.title_in(language) if deck.round else name_in_language(deck.unit.names, language)


def measures_of(viewer: Viewer, unit_id: int, hierarchy: int, *, at: datetime) -> list[RunningMeasure]:
    """Return the measures somebody may make slides of: what runs in a unit."""
    measures, _node = programmes.running_at(unit_id, hierarchy, clock.day_in(settings.TIME_ZONE, at))
    seen = set(
        programmes.programmes_for(viewer).filter(pk__in={measure.programme.pk for measure in measures})
    )
    return [measure for measure in measures if measure.programme in seen]


def compose(deck: Deck, viewer: Viewer, *, at: datetime) -> list[Slide]:
    """Return the slides of a deck as this viewer and the scope in force see it, in its language.

    NotFound, NotYours.
    """
    with override(deck.language):
        if deck.about == Deck.About.ROUND and deck.round is not None:
            return _round(deck, deck.round, viewer, at=at)
        if deck.about == Deck.About.MEETING and deck.meeting is not None:
            return _meeting(deck, deck.meeting, viewer, at=at)
        here = units.row_of_unit(deck.unit_id, deck.hierarchy)
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
    pages: Mapping[str, str],
) -> decks.About:
    """Return what every slide says; window: first and last day. pages: addresses of the figures."""
    return decks.About(
        unit=unit,
        measure=measure,
        window=" – ".join(dict.fromkeys(_day(day) for day in window)),
        as_of=programmes.as_of(at, is_rounded=is_rounded),
        organisation=settings.ORGANISATION,
        closes_on=_day(window[1]) if window else "",
        is_sample=is_sample,
        is_rounded=is_rounded,
        pages=pages,
    )


# --- a unit


def _pages(
    deck: Deck, here: units.UnitRow, viewer: Viewer, measure: RunningMeasure | None, kinds: Iterable[str]
) -> dict[str, str]:
    """Return the addresses of the pages that have the figures of a unit's slides.

    kinds: of units below, the nearest first.
    """
    tree = levels.SLUGS[deck.hierarchy]
    query = {"programme": str(measure.programme.public_id), **measure.asked} if measure else {}
    pages = {
        "unit": reverse("pages:unit", args=[here.code]) + f"?{urlencode({'in': tree, **query})}",
        "dossier": reverse("review:dossier", args=[here.code]) + f"?in={tree}",
    }
    pages["asked"], pages["review"] = _asked_page(deck), pages["dossier"]
    if measure:
        below = reverse("programmes:below", args=[measure.programme.public_id])
        level = deck.level or next(iter(kinds), "")
        more = measure.asked | ({"level": level} if level else {})
        pages["below"] = unit_address(below, here.code, deck.hierarchy, **more)
    if org.decides(viewer, opinions.CARRY, at=here.id):
        pages["opinions"] = pages["quotes"] = unit_address(reverse("opinions:opinions"), here.code)
    sees_people = viewer.sees_people_at(here.lo or 0)
    if sees_people and measure and (measure.programme.kind, measure.measure) == (KIND, CALLED):
        page = reverse("contact:calling", args=[measure.programme.public_id])
        pages["calls"] = unit_address(page, here.code)
    if led := deck_work.led_programme(measure, here, deck.hierarchy, viewer):
        for key, page in (("graded", "dialogues:organisation"), ("leaders", "dialogues:leaders")):
            pages[key] = unit_address(reverse(page, args=[led.public_id]), here.code)
    if sees_people:
        pages["helpers"] = unit_address(reverse("friends:helpers"), here.code, deck.hierarchy, show="units")
    if viewer.may("org.read"):
        pages["vacant"] = unit_address(reverse("org:appointments"), here.code, deck.hierarchy, show="vacant")
    return pages


def _asked_page(deck: Deck) -> str:
    """Return the address of the deck's own page, which lists what it asks."""
    return reverse("review:deck", args=[deck.public_id]) + "#asked"


def _beside(frame: Frame, here: units.UnitRow, level: str) -> str:
    """Return the address of the page that compares units by a frame."""
    page = reverse("verification:frame_beside", args=[frame.public_id])
    return unit_address(page, here.code, **({"level": level} if level else {}))


def _unit(deck: Deck, here: units.UnitRow, viewer: Viewer, *, at: datetime) -> list[Slide]:
    hierarchy, today = deck.hierarchy, clock.day_in(settings.TIME_ZONE, at)
    counts = units.counts_below(here.id, hierarchy, here=here) if here.has_children else {}
    assert here.lo is not None and here.hi is not None  # `slides_of` refuses what is not placed
    measure = _counted(deck, viewer)
    node = programmes.node_of(here.id, hierarchy)
    with sql.at_once():
        offices = org.ask_offices_here(here.id, on=today)
        vacant = org.ask_vacancies_below(here.id, hierarchy, at=at, span=(here.lo, here.hi), counts=counts)
    office_lines = [
        (
            name_in_language(seat.office_names),
            Mention(local_person(seat.name), "holder", str(seat.account_id)) if seat.account_id else "",
            _day(seat.since, "M Y") if seat.since else "",
        )
        for seat in offices()
    ]
    missing = _vacant([office for office in vacant() if office.vacant])
    questions = []
    with system("work of rooms on slides, in numbers alone"):
        if measure is not None and here.kind not in BELOW_FLAGS:
            questions = asked_below(viewer, [measure], here, hierarchy, at)
        calls = deck_work.centre_calls(measure, here, hierarchy, viewer, at=at)
        roll, board = deck_work.roll_work(measure, here, hierarchy, viewer, at=at)
        reports = deck_work.stays_heard(measure, here, hierarchy, viewer, at=at)
        helpers = helpers_on_slides(here, hierarchy, is_exact=viewer.sees_people_at(here.lo), at=at)
    last = last_review(here.id, at=at)
    led, span = deck_work.led_programme(measure, here, hierarchy, viewer), (here.lo, here.hi)
    unit = decks.DeckUnit(
        offices=office_lines,
        vacant=missing,
        questions=questions[0].numbers if questions else (),
        heard=deck_work.opinions_heard(here, hierarchy, viewer, at=at),
        review=(_day(last.on), str(last.decided), [(task.text, str(task.state)) for task in last.tasks])
        if last
        else None,
        calls=calls,
        graded=booths_graded(led, here.id, span, at=at) if led else None,
        leaders=leaders_called(led, span, at=at) if led else None,
        roll=roll,
        helpers=helpers,
    )
    pages = _pages(deck, here, viewer, measure, counts)
    if measure is not None and unit.roll is not None:
        pages["roll"] = unit_address(reverse(board, args=[measure.programme.public_id]), here.code)
    empty = sum(n for _office, n, _of in missing) + sum(not name for _office, name, _since in office_lines)
    asked_of = partial(asks_of_unit, here, hierarchy, vacant=empty, at=at)
    if measure is None or node is None:
        unit = replace(unit, asks=asked_of(behind=(), closes_on=None))
        about = _about(name_in_language(here.names), "", (), at, is_sample=here.is_sample, pages=pages)
        return decks.unit_deck(about, unit, None)
    measured, is_rounded, frame = _measured(deck, measure, here, node, viewer, at=at)
    programme = measure.programme
    unit = replace(
        unit,
        asks=asked_of(behind=measured.below.rows, closes_on=programme.closes_on),
        stays=deck_work.stays_said(reports, measured.ladder),
    )
    if unit.stays is not None:
        pages["stays"] = unit_address(reverse("stays:board", args=[programme.public_id]), here.code)
        source = source_code(programme)
        pages["stay_quotes"] = unit_address(reverse("opinions:heard"), here.code, hierarchy, source=source)
    if frame is not None:
        pages["beside"] = _beside(frame, here, deck.level)
    about = _about(
        name_in_language(here.names),
        measure.name,
        (programme.opens_on, programme.closes_on),
        at,
        is_sample=here.is_sample or programme.is_sample,
        is_rounded=is_rounded,
        pages=pages,
    )
    return decks.unit_deck(about, unit, measured, _others(measure, node, at=at))


def _others(
    measure: RunningMeasure, node: programmes.LedgerNode, *, at: datetime
) -> list[tuple[str, LadderShown]]:
    """Return the programme's other measures with a target or figures: name and ladder."""
    own_name = name_in_language(measure.names)
    if not own_name:
        return []  # it has one measure
    drawn = programmes.drawn_measures([measure.programme], node=node, at=at)[measure.programme.pk]
    return [
        (f"{name_in_language(measure.programme.names)}: {ladder.name}", ladder)
        for ladder in drawn
        if ladder.name != own_name
    ]


def _vacant(offices: Sequence[org.OfficeBelow]) -> list[tuple[str, int, int]]:
    """Return offices below with how many are vacant of how many; with the level where one name is that of several."""
    names = [name_in_language(office.office_names) for office in offices]
    return [
        (
            f"{name} ({Kind(office.unit_kind).label})" if names.count(name) > 1 else name,
            office.vacant,
            office.expected,
        )
        for name, office in zip(names, offices, strict=True)
    ]


def all_measures(programme: Programme) -> list[RunningMeasure]:
    """Return every measure of a programme, whether it still runs or not; without a target."""
    measures = programmes.measures([programme])[programme.pk]
    return [
        RunningMeasure(programme, measure.number, measure.names if len(measures) > 1 else {}, None)
        for measure in measures
    ]


def _counted(deck: Deck, viewer: Viewer) -> RunningMeasure | None:
    """Return the deck's measure with the unit's target; None without a programme."""
    if deck.programme is None:
        return None
    programme = programmes.programme_for(viewer, deck.programme.public_id)
    measures = programmes.measures_at(programme, deck.unit_id, deck.hierarchy)
    return or_refuse(next((measure for measure in measures if measure.measure == deck.measure), None))


def _measured(
    deck: Deck,
    measure: RunningMeasure,
    here: units.UnitRow,
    node: programmes.LedgerNode,
    viewer: Viewer,
    *,
    at: datetime,
) -> tuple[decks.Measured, bool, Frame | None]:
    """Return one measure, whether it is seen from outside, and the frame by which units below are compared."""
    programme = measure.programme
    today = clock.day_in(programme.zone, at)
    with sql.at_once():
        read = programmes.ask_figures(
            node=node, hierarchy=deck.hierarchy, programme=programme, measure=measure.measure, at=at
        )
        checked = ask_estimated([programme.pk], [here.id], on=today)
    figures = read()
    estimated = checked().get((programme.pk, measure.measure, here.id))
    ladder = programmes.ladder_picture(
        figures.ladder,
        name=measure.name,
        programme=programme,
        measure=measure.measure,
        on=today,
        target=measure.target,
        expected=measure.expected_words,
        checked=estimated,
    )
    left = windows.days_left(programme.opens_on, programme.closes_on, today)
    trend = programmes.drawn_trend(measure, figures)
    frame, whole, gaps, sentences = _newest(measure, here.id, deck.level, viewer, at=at)
    headline = _headline(estimated, is_rounded=figures.ladder.is_rounded)
    below = _behind(deck, measure, here, node, today=today, at=at)
    measured = decks.Measured(
        ladder,
        trend,
        days=[_day(day.on, "j M") for day in trend.days],
        headline=headline,
        provisional=_provisional(estimated),
        daily=pace.needed_per_day(measure.target, ladder.counted or 0, left) if measure.target else None,
        lately=programmes.lately(figures),
        below=below,
        whole=whole,
        gaps=gaps,
        checks=sentences,
    )
    return measured, figures.ladder.is_rounded, frame


def _behind(
    deck: Deck,
    measure: RunningMeasure,
    here: units.UnitRow,
    node: programmes.LedgerNode,
    *,
    today: date,
    at: datetime,
) -> Cut[decks.Behind]:
    """Return units below, the furthest behind first."""
    if not here.has_children:
        return Cut([], 0)
    programme = measure.programme
    leaf = programmes.children_ladders(
        node=node,
        hierarchy=deck.hierarchy,
        programme=programme,
        measure=measure.measure,
        at=at,
        sort=programmes.FURTHEST_BEHIND,
        language=active_language(),
        per=decks.MOST_ROWS,
        units=programmes.level_below(node, deck.level) if deck.level else None,
    )
    days = (programme.opens_on, programme.closes_on, today)
    below = [
        decks.Behind(
            name_in_language(child.names),
            child.target,
            None if child.target is None else windows.target_due(child.target, *days),
            child.ladder.counted,
            child.unit_id,
        )
        for child in leaf.rows
    ]
    return Cut(below, leaf.total or len(below))


# --- what checks found


def _headline(estimate: Estimated | None, *, is_rounded: bool) -> str:
    """Return the title of a deck: the sentence of every other page, without its full stop. "" without an estimate."""
    truth = programmes.truth_of(estimate, is_rounded=is_rounded) if estimate else None
    return truth.sentence.rstrip(".।") if truth and truth.real else ""


def _provisional(estimate: Estimated | None) -> str:
    return (
        say("Provisional until %(day)s.") % {"day": _day(estimate.ends_on)}
        if estimate and estimate.ends_on
        else ""
    )


def _newest(
    measure: RunningMeasure, unit_id: int, level: str, viewer: Viewer, *, at: datetime
) -> tuple[Frame | None, SlideInterval | None, list[SlideInterval], list[str]]:
    """Return the comparison of the frame of the headline, else of the newest that has one; and what to know of it."""
    own = checks.speaking_frames([measure.programme.pk], unit_id).get((measure.programme.pk, measure.measure))
    drawn = (
        frames.frames_of(measure.programme).filter(measure=measure.measure).exclude(state=Frame.State.FROZEN)
    )
    first, gaps, sentences, whole = None, list[SlideInterval](), list[str](), None
    for frame in sorted(drawn.order_by("-number")[:MOST_FRAMES], key=lambda frame: frame != own):
        line, rows, about = _compared(frame, unit_id, level, viewer, at=at)
        own_gap, compared = _gap(line) if line else None, [_gap(row) for row in rows]
        if any(gap.true is not None for gap in compared):
            return frame, own_gap, compared, about
        first, gaps, sentences, whole = first or frame, gaps or compared, sentences or about, whole or own_gap
    return first, whole, gaps, sentences


def _compared(
    frame: Frame, unit_id: int, level: str, viewer: Viewer, *, at: datetime
) -> tuple[ShownLine | None, list[ShownLine], list[str]]:
    """Return what checks of a frame found of a unit and of those below it, units without a figure last; and
    what to know."""
    lines, on = checks.lines_beside(frame, unit_id, at=at), clock.day_in(frame.programme.zone, at)
    kinds = list(dict.fromkeys(line.kind for line in lines if line.down))
    kind = level if level in kinds else next(iter(kinds), "")
    ranked = checks.ranked([line for line in lines if line.down and line.kind == kind])
    rows = [ShownLine(line, frame, viewer, on=on) for line in ranked]
    rows.sort(key=lambda row: _gap(row).true is None)
    shown_line = next((ShownLine(line, frame, viewer, on=on) for line in lines if not line.down), None)
    if shown_line is None:
        return None, rows, []
    truth = shown_line.truth
    sentences = [truth.parts, truth.no_entry, truth.checks, truth.frame]
    if (n := sum(_gap(row).true is not None for row in rows)) > 1:
        missing = {"n": grouped(n), "missing": f"{n * (1 - CONFIDENCE):.1f}"}
        sentences.append(say("Of these %(n)s ranges, about %(missing)s miss the truth by chance.") % missing)
    return shown_line, rows, [sentence for sentence in sentences if sentence]


def _gap(shown_line: ShownLine) -> SlideInterval:
    real_share = shown_line.of.entered
    if shown_line.real is None or real_share.rate is None:
        return SlideInterval(shown_line.name, why=shown_line.short)
    ends = (100 * real_share.rate, 100 * real_share.low, 100 * real_share.high)
    return SlideInterval(shown_line.name, *ends, shown_line.gap, shown_line.line.rank, value=shown_line.short)


def _checked(deck: Deck, frame: Frame, here: units.UnitRow, viewer: Viewer, *, at: datetime) -> list[Slide]:
    one = frames.frame_for(viewer, frame.public_id)
    shown_line, rows, sentences = _compared(one, here.id, deck.level, viewer, at=at)
    days = frames.frame_days(one)
    programme: Programme = one.programme
    window = (days[0] or programme.opens_on, days[1])
    is_exact = here.lo is not None and viewer.sees_exact_at(here.lo)
    about = _about(
        name_in_language(here.names),
        name_in_language(programme.names),
        window,
        at,
        is_sample=here.is_sample or programme.is_sample,
        is_rounded=not is_exact,
        pages={"beside": _beside(one, here, deck.level), "asked": _asked_page(deck)},
    )
    node = programmes.node_of(here.id, deck.hierarchy)
    ladder = programmes.blank(is_rounded=node is None or not node.is_exact)
    drawn = programmes.ladder_picture(
        ladder, name=about.measure, programme=programme, measure=one.measure, on=days[1]
    )
    estimate = shown_line.told if shown_line else None
    whole, gaps = _gap(shown_line) if shown_line else None, [_gap(row) for row in rows]
    measured = decks.Measured(
        drawn,
        headline=_headline(estimate, is_rounded=not is_exact) or _why_none(shown_line),
        provisional=_provisional(estimate),
        whole=whole,
        gaps=gaps,
        checks=sentences,
    )
    worse = decks.are_worse(gaps, whole)
    asks = asks_of_comparison(
        rows,
        {row.line.unit_id for row, gap in zip(rows, gaps, strict=True) if gap in worse},
        ends_on=estimate.ends_on if estimate else None,
        on=clock.day_in(settings.TIME_ZONE, at),
    )
    return decks.checked_deck(about, measured, asks)


def _why_none(shown_line: ShownLine | None) -> str:
    """Say why a unit has no figure, as the title of a comparison; "" where it has one, or may not be said."""
    if shown_line is None or shown_line.told.entered.rate is not None or shown_line.told.grade:
        return ""
    words = shown_line.truth.sentence.rstrip(".।")
    return words[:1].upper() + words[1:]


# --- rounds


def _round(deck: Deck, review_round: Round, viewer: Viewer, *, at: datetime) -> list[Slide]:
    today = clock.day_in(settings.TIME_ZONE, at)
    is_leading = viewer.may_at(LEADS, units.row_of_unit(review_round.unit_id, review_round.hierarchy).lo or 0)
    mine = partial(rounds.reviews_in, review_round, text="", under=review_round.unit_id, at=at)
    decided = mine(show=ReviewState.DECIDED)
    counted = dict(decided.order_by().values_list("decision").annotate(n=Count("pk")))
    if not is_leading and (review_round.of_office or not mine(show="").exists()):
        raise NotYours
    whole, branches = None, []
    if is_leading:
        with system("how far a round is"):
            board = boards.board(review_round, review_round.unit_id, on=today, at=at)
        whole = (board.whole.coverage.decided, board.whole.coverage.of)
        covered = [(name_in_language(branch.names), branch.coverage) for branch in board.branches]
        branches = [(name, coverage.decided, coverage.of) for name, coverage in covered]
    # No slide has the decision about an office-bearer or the tasks from it: slides are passed on.
    reviews = [] if review_round.of_office else decided.order_by("-decided_at", "-pk")[: decks.MOST_ROWS]
    asks = []
    if whole is not None and not review_round.of_office:
        asks = asks_of_round(review_round, board.branches, _office(review_round.office))
    late: Cut[Task] = (
        Cut() if review_round.of_office else boards.late_tasks(review_round, review_round.unit_id, at=at)
    )
    late_lines = [(task.title, name_in_language(task.unit.names), _on(task.due_at)) for task in late]
    reviewed_round = deck_rounds.ReviewedRound(
        whole=whole,
        branches=branches,
        decided=[
            (name_in_language(review.unit.names), str(review.get_decision_display()), _on(review.decided_at))
            for review in reviews
        ],
        decisions=[(str(decision.label), counted.get(decision.value, 0)) for decision in Review.Decision],
        well=counted.get(Review.Decision.KEEP, 0),
        asks=[*asks, *of_late(late.rows[:OF_EACH])],
        are_people=bool(review_round.of_office),
        late=Cut(late_lines, late.total),
    )
    window = (review_round.begins_on, review_round.ends_on)
    page = reverse("review:round", args=[review_round.public_id])
    pages = {"round": page, "asked": _asked_page(deck)}
    about = _about(
        name_in_language(review_round.unit.names),
        review_round.title,
        window,
        at,
        is_sample=review_round.unit.is_sample,
        pages=pages,
    )
    return deck_rounds.round_deck(about, reviewed_round)


def _office(code: str) -> str:
    return next((name_in_language(office.names) for office in org.offices_used() if office.code == code), "")


def _on(at: datetime | None) -> str:
    return _day(clock.day_in(settings.TIME_ZONE, at)) if at else ""


# --- a meeting


def _decided(point: meetings.PointShown) -> deck_meetings.DecidedPoint:
    if point.due_at is None:
        return deck_meetings.DecidedPoint(point.text)
    who = Mention(local_person(point.who), "holder", str(point.account_id)) if point.account_id else ""
    is_done = point.state in (Task.State.DONE, Task.State.CONFIRMED)
    return deck_meetings.DecidedPoint(point.text, who, _on(point.due_at), point.state_name, is_done)


def _meeting(deck: Deck, meeting: Meeting, viewer: Viewer, *, at: datetime) -> list[Slide]:
    """Return the report of a meeting, for its readers (`deck_for`); of the list it invited, for who sees that list."""
    lo = units.row_of_unit(meeting.unit_id, meeting.hierarchy).lo
    has_quotes = lo is not None and viewer.sees_people_at(lo)
    who = meetings.attendance(meeting, at=at)
    send = messaging.send_of(meeting.roll)
    n_by_kind, heard = dict[str, int](), None
    if send is not None:
        with system("what became of an invitation"):
            _gone, n_by_kind = messaging.became_of(send)
        heard = heard_of(send.audience, has_quotes=has_quotes)
    convention_report = deck_meetings.ConventionReport(
        headline=who.said(),
        has_begun=who.has_begun,
        named=who.invited,
        messages=who.messages,
        held=[(str(reason_words(why)), n) for why, n in sorted(n_by_kind.items(), key=lambda each: -each[1])],
        ticked=(who.drawn.counted or 0) - who.by_phone,
        by_phone=who.by_phone,
        confirmed=who.drawn.confirmed or 0,
        reported=who.drawn.reported or 0,
        said=heard.outcomes if heard else (),
        quotes=[Mention(f"“{words}”", "note", key) for key, words in heard.quotes] if heard else (),
        open=heard.requests if heard else (),
        points=[_decided(point) for point in meetings.meeting_points(meeting)],
        asks=asks_of_meeting(meeting, at=at),
    )
    about = _about(
        name_in_language(meeting.unit.names),
        meeting.title,
        (meeting.first_on, meeting.last_on),
        at,
        is_sample=meeting.unit.is_sample,
        pages={"meeting": reverse("meetings:meeting", args=[meeting.public_id]), "asked": _asked_page(deck)},
    )
    return deck_meetings.meeting_deck(about, convention_report)
