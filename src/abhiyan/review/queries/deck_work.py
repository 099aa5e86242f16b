"""Rooms tell of their work on the slides of a unit, as far as the reader of a deck may see it."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from abhiyan.contact.numbers import called_in
from abhiyan.contact.rules.kinds import CALLED, KIND
from abhiyan.core.cut import Cut
from abhiyan.core.words import name_in_language
from abhiyan.dialogues.queries import KIND as DIALOGUES
from abhiyan.enrolment.queries.drives import roll_of
from abhiyan.enrolment.rules.rolls import CONTRIBUTORS, FRIENDS
from abhiyan.enrolment.rules.rolls import KIND as DRIVE
from abhiyan.friends.queries.active import contributors_below
from abhiyan.friends.queries.talks import friends_below
from abhiyan.opinions import queries as opinions
from abhiyan.org import queries as org
from abhiyan.org.viewer import Viewer
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import RunningMeasure
from abhiyan.review.rules import decks
from abhiyan.review.rules.deck_stays import StaysSaid
from abhiyan.stays.numbers import StaysHeard, heard_at_stays, stays_in_words
from abhiyan.stays.queries import KIND as STAYS
from abhiyan.ui.ladder import LadderShown
from abhiyan.ui.slides.said import Mention
from abhiyan.units import queries as units


def centre_calls(
    measure: RunningMeasure | None, here: units.UnitRow, hierarchy: int, viewer: Viewer, *, at: datetime
) -> tuple[str, Sequence[tuple[str, str]]] | None:
    """Return what call centres of a unit do, where the measure of a deck is theirs. In a system scope."""
    if measure is None or (measure.programme.kind, measure.measure) != (KIND, CALLED):
        return None
    if here.lo is None or here.hi is None or measure.programme.hierarchy != hierarchy:
        return None
    centres_reviewed = called_in(
        measure.programme, (here.lo, here.hi), is_exact=viewer.sees_exact_at(here.lo), at=at
    )
    return None if centres_reviewed is None else (centres_reviewed.silence, centres_reviewed.lines)


def led_programme(
    measured: RunningMeasure | None, here: units.UnitRow, hierarchy: int, viewer: Viewer
) -> Programme | None:
    """Return the programme of calls to booth presidents that a deck is of, for somebody who sees the people there."""
    if measured is None or measured.programme.kind != DIALOGUES or measured.programme.hierarchy != hierarchy:
        return None
    return measured.programme if here.lo is not None and viewer.sees_people_at(here.lo) else None


def roll_work(
    measure: RunningMeasure | None, here: units.UnitRow, hierarchy: int, viewer: Viewer, *, at: datetime
) -> tuple[decks.RollWork | None, str]:
    """Return how many friends of a unit were spoken with, or how many contributors were active; and its board.

    For somebody who sees the people there. In a system scope.
    """
    if measure is None or here.lo is None or here.hi is None or measure.programme.hierarchy != hierarchy:
        return None, ""
    if not viewer.sees_people_at(here.lo) or measure.programme.kind != DRIVE:
        return None, ""
    roll, span = roll_of(measure.programme.pk), (here.lo, here.hi)
    if roll is FRIENDS:
        talks = friends_below(measure.programme, here.id, span, at=at)[0]
        foot = _("A talk counts once in 30 days. Yes: the friend's own answer, a day later.")
        work = decks.RollWork(_("Friends"), talks.title, talks.lines, foot) if talks.friends else None
        return work, "friends:friends_board"
    if roll is CONTRIBUTORS:
        helpers = contributors_below(measure.programme, here.id, span, at=at)[0]
        foot = _("Active: they did a task in the last 30 days, and a leader confirmed it.")
        heading = _("Contributors")
        work = decks.RollWork(heading, helpers.title, helpers.lines, foot) if helpers.contributors else None
        return work, "friends:contributors_board"
    return None, ""


def stays_heard(
    measure: RunningMeasure | None, here: units.UnitRow, hierarchy: int, viewer: Viewer, *, at: datetime
) -> StaysHeard | None:
    """Return what stay reports of a unit say, where the measure of a deck is of stays. In a system scope."""
    if measure is None or here.lo is None or here.hi is None or measure.programme.hierarchy != hierarchy:
        return None
    if measure.programme.kind != STAYS:
        return None
    decides, span = org.decides(viewer, opinions.CARRY, at=here.id), (here.lo, here.hi)
    return heard_at_stays(measure.programme, here.id, span, viewer, at=at, decides=decides)


def stays_said(heard: StaysHeard | None, drawn: LadderShown) -> StaysSaid | None:
    """Say what stay reports say, beside the ladder of the stays."""
    if heard is None:
        return None
    quotes = [(Mention(quote.words, "quote", quote.key), quote.unit, quote.done) for quote in heard.quotes]
    return StaysSaid(stays_in_words(drawn), heard.rows, Cut(quotes, heard.quotes.total))


def opinions_heard(
    here: units.UnitRow, hierarchy: int, viewer: Viewer, *, at: datetime
) -> decks.Heard | None:
    """Return what people said in a unit, and the quotes that came up to it."""
    opinions_said = opinions.opinions_said(here, hierarchy, viewer, at=at)
    if opinions_said is None:
        return None
    choices = [
        (question, choice, n)
        for question, choice_counts in opinions_said.choices
        for choice, n in choice_counts
        if n != 0
    ]
    quotes = [
        (Mention(words, "quote", key), name_in_language(names), done)
        for key, words, names, done in opinions_said.quotes
    ]
    return decks.Heard(
        opinions_said.asked,
        opinions_said.answered,
        choices,
        Cut(quotes, opinions_said.quotes.total),
        opinions_said.settled,
        opinions_said.most,
    )
