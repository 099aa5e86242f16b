"""Frozen editions of decks: the sight that each is made for, and how somebody reads it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from django.utils.translation import override

from abhiyan.contact.queries import notes_again
from abhiyan.core.scope import scoped, system
from abhiyan.core.words import local_person
from abhiyan.opinions import queries as opinions
from abhiyan.org import queries as org
from abhiyan.org.queries import NotYours
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.people import queries as people
from abhiyan.review.models import Deck, DeckEdition
from abhiyan.ui.bearers import shown_name
from abhiyan.ui.numbers import NONE
from abhiyan.ui.slides.frozen import thawed
from abhiyan.ui.slides.said import Slide
from abhiyan.units import queries as units
from abhiyan.units.models import Kind

from . import decks

WHOLE, EXACT, OUTSIDE, LED, LINE = "whole", "exact", "outside", "led", "line"
OFFICES = "org.read"  # who holds it reads the list of vacant offices


def sights_of(deck: Deck) -> tuple[str, ...]:
    """List the sights that a deck is frozen for when made. A round has only its leaders' sight: others see different
    reviews. A seat has somebody who represents it."""
    if deck.round is not None:
        return (LED,)
    is_seat = deck.meeting is None and deck.unit.kind in (Kind.CONSTITUENCY, Kind.SEGMENT)
    return (WHOLE, EXACT, OUTSIDE) if is_seat else (WHOLE, OUTSIDE)


def sight_of(deck: Deck, viewer: Viewer) -> str:
    """Return the sight whose edition of a deck somebody reads. NotYours."""
    if deck.round is not None:
        if viewer.may_at(LEADS, _lo(deck.round.unit_id, deck.round.hierarchy)):
            return LED
        return f"{LINE} {viewer.scope.settings()['abhiyan.trees']} {viewer.scope.line}"
    if deck.meeting is not None:
        return WHOLE if viewer.sees_people_at(_lo(deck.meeting.unit_id, deck.meeting.hierarchy)) else OUTSIDE
    lo = units.row_of_unit(deck.unit_id, deck.hierarchy).lo
    if lo is None or not viewer.sees_counts_at(lo):
        raise NotYours
    if viewer.sees_people_at(lo):
        return WHOLE
    return EXACT if viewer.sees_exact_at(lo) else OUTSIDE


def _lo(unit_id: int, hierarchy: int) -> int:
    return units.row_of_unit(unit_id, hierarchy).lo or 0


def edition_of(deck: Deck, viewer: Viewer) -> DeckEdition | None:
    """Return the edition of a deck that somebody reads; None where it was not made yet. In their scope. NotYours."""
    return DeckEdition.objects.filter(deck=deck, sight=sight_of(deck, viewer)).first()


def composed(deck: Deck, sight: str, viewer: Viewer, *, at: datetime) -> list[Slide]:
    """Return compose a deck for a sight now.

    It is made in the least scope of all who read it, so it holds nothing that one of them may not see. viewer:
    whose line it is, of a round that they do not lead. NotFound, NotYours.
    """
    reader = viewer if sight.startswith(LINE) else _reader(deck, sight)
    with scoped(reader.scope):
        return decks.compose(deck, reader, at=at)


def _reader(deck: Deck, sight: str) -> Viewer:
    """Return a reader for nobody in particular: of the deck's unit, in the sight of its state."""
    owner = deck.round or deck.meeting or deck
    above = units.path_of_unit(owner.unit_id, owner.hierarchy)
    state = next((row for row in above if row.kind == Kind.STATE), above[0] if above else None)
    spans = units.all_spans({owner.unit_id, *([state.id] if state else [])})
    own_spans = spans.get(owner.unit_id, [])
    if not own_spans or state is None:
        raise NotYours
    rights = {WHOLE: (LEADS, opinions.CARRY, OFFICES), LED: (LEADS,)}.get(sight, (OFFICES,))
    return org.reader_over(
        own_spans,
        spans[state.id],
        unit_id=owner.unit_id,
        sees_people=sight == WHOLE,
        sees_figures=sight == EXACT,
        capabilities=rights,
    )


def read_edition(
    deck: Deck,
    edition: DeckEdition,
    viewer: Viewer,
    *,
    left_out: Callable[[Collection[int]], Collection[int]],
) -> list[Slide]:
    """Return the frozen slides as somebody reads them: with the links they may follow, and without words that
    are gone.

    left_out: those of some accounts whose names this reader does not see (`ui.bearers.names_left_out`).

    Opinions, what is asked and the last review are for who leads the unit; quotes for its desk alone. The tasks
    of a meeting are for all its readers, as on its page.
    """
    lo = _lo(deck.unit_id, deck.hierarchy)
    is_whole, is_desk = edition.sight == WHOLE, org.decides(viewer, opinions.CARRY, at=deck.unit_id)
    hidden = {
        page
        for page, may in (
            ("opinions", not is_whole or viewer.may_at(LEADS, lo)),
            ("asked", not is_whole or deck.meeting_id is not None or viewer.may_at(LEADS, lo)),
            ("review", not is_whole or viewer.may_at(LEADS, lo)),
        )
        if not may
    }
    kept = [slide for slide in edition.slides if slide["page"] not in hidden]
    with override(deck.language):
        # Readers of a meeting's slides sit together, so they see who is to do what.
        names = left_out if deck.meeting_id is None else _nobody
        slides = thawed(kept, partial(_words, names, is_desk=is_desk))
    closed = {"vacant"} if not viewer.may(OFFICES) else set()
    closed |= {"calls", "graded", "leaders"} if not viewer.sees_people_at(lo) else set()
    closed |= {"stays"} if not viewer.may_at(LEADS, lo) else set()
    closed |= {"opinions", "stay_quotes"} if not is_desk else set()
    return [replace(slide, href="") if slide.page in closed else slide for slide in slides]


def _nobody(_accounts: Collection[int]) -> Collection[int]:
    return ()


def _words(
    left_out: Callable[[Collection[int]], Collection[int]],
    mentions: Collection[tuple[str, str]],
    *,
    is_desk: bool,
) -> Mapping[tuple[str, str], str]:
    """Return the words behind mentions, as they are today: of an erased person none, of a holder who left a dash.

    is_desk: the reader passes quotes on in this unit. Others get none, on any slide.
    """
    keys: dict[str, set[str]] = {}
    for kind, key in mentions:
        keys.setdefault(kind, set()).add(key)
    words: dict[tuple[str, str], str] = {}
    if holders := keys.get("holder"):
        names = people.open_names_of(map(int, holders))
        hidden = left_out(names)
        words |= {
            ("holder", key): str(shown_name(local_person(names.get(int(key), "")) or NONE, int(key), hidden))
            for key in holders
        }
    if is_desk and (quotes := keys.get("quote")):
        with system("quotes that came up"):
            words |= {("quote", key): text for key, text in opinions.quotes_again(quotes).items()}
    if notes := keys.get("note"):
        words |= {("note", key): f"“{text}”" for key, text in notes_again(notes).items()}
    return words
