"""Share what several pages of results show alike."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound
from abhiyan.core.words import active_language, name_in_language
from abhiyan.elections import queries, reference
from abhiyan.elections.models import Alliance, Contest, Election
from abhiyan.elections.queries import OurSide, SeatRow, Spot
from abhiyan.elections.queries import grounds as by_ground
from abhiyan.org.viewer import Request
from abhiyan.ui import maps, seat_map, tables
from abhiyan.units import queries as units

Row = TypeVar("Row")
MOST_SIDES = 30  # parties offered as a side


def result_crumbs(*more: tuple[str, str]) -> Sequence[tuple[str, str]]:
    return [(_("Results"), reverse("elections:list")), *more]


def election_crumb(election: Election) -> tuple[str, str]:
    return (name_in_language(election.names), reverse("elections:election", args=[election.code]))


def seat_href(contest: Contest) -> str:
    return reverse("elections:seat", args=[contest.election.code, contest.state, contest.number])


def state_asked(election: Election, query: QueryDict) -> str:
    """`?state=S24`; empty for all, and for what the election has no contests in."""
    state_code = query.get("state", "")
    return state_code if state_code and state_code in queries.states_contested(election) else ""


def state_choices(election: Election) -> list[tuple[str, str]]:
    choices = [
        (eci, reference.reference_state_name(eci, active_language()))
        for eci in queries.states_contested(election)
    ]
    return sorted(choices, key=lambda pair: pair[1])


@dataclass(frozen=True, slots=True)
class Chosen:
    """A side asked for: a party by its code, or an alliance by its id. Without a value: none was."""

    value: str = ""
    name: str = ""
    ours: OurSide = queries.NOBODY


NO_SIDE = Chosen()


def party_chosen(code: str) -> Chosen:
    return Chosen(code, code, OurSide(code))


def alliance_chosen(alliance: Alliance) -> Chosen:
    """An alliance as one side; where a state has a set of its own, that set. One query."""
    ours = OurSide(alliance.lead, alliance, queries.alliances(alliance.election))
    return Chosen(str(alliance.public_id), alliance_name(alliance), ours)


def side_choices(election: Election, state: str = "", chosen: Chosen = NO_SIDE) -> list[tuple[str, str]]:
    """Alliances of the election first, then the parties with most votes; the side in force among them."""
    codes = queries.parties_of(election, state=state, most=MOST_SIDES)
    named = queries.alliances(election, state=state or None)
    choices = {str(alliance.public_id): alliance_name(alliance) for alliance in named} | {
        code: code for code in codes
    }
    return with_side(choices, chosen)


def with_side(offered: Mapping[str, str], chosen: Chosen) -> list[tuple[str, str]]:
    """Return the choices of a side, with the one in force among them."""
    side_choice = {chosen.value: chosen.name} if chosen.value else {}
    return list(
        (dict(offered) | {key: name for key, name in side_choice.items() if key not in offered}).items()
    )


def alliance_name(one: Alliance) -> str:
    """An alliance, with the state it is of where it is of one."""
    name = name_in_language(one.names)
    return f"{name} ({reference.reference_state_name(one.state, active_language())})" if one.state else name


def side_asked(query: QueryDict, election: Election | None = None) -> Chosen:
    """`?side=BJP`, or an alliance's id; of one election, the alliances of others are none. Two queries at most."""
    side_code = query.get("side", "").strip()[:60]
    if not side_code:
        return NO_SIDE
    try:
        public_id = UUID(side_code)
    except ValueError:
        code = side_code.upper()
        return party_chosen(code) if code.isprintable() else NO_SIDE
    try:
        alliance = queries.alliance(public_id)
    except NotFound:
        return NO_SIDE
    return alliance_chosen(alliance) if election is None or alliance.election_id == election.pk else NO_SIDE


def side_says(side: Chosen, states: Iterable[str]) -> str:
    """Say that states shown count by another set than the one chosen; empty where none does."""
    names = sorted(
        reference.reference_state_name(state_code, active_language())
        for state_code in set(states)
        if side.ours.is_another_in(state_code)
    )
    if not names:
        return ""
    sentence = _("For “%(side)s”, these states use their own alliance: %(states)s.")
    return sentence % {"side": side.name, "states": ", ".join(names)}


class ResultFilters(forms.Form):
    """The row of filters above a list; each page takes the fields it names.

    A value of the address that is not offered (an alliance of the election before) counts as not asked.
    """

    def __init__(self, query: QueryDict, **choices: tuple[Any, list[tuple[str, str]]]) -> None:
        query_copy = query.copy()
        for name, (_label, offered) in choices.items():
            keys = {key.casefold(): key for key, _words in offered}
            if (value := keys.get(query_copy.get(name, "").casefold())) is None:
                query_copy.pop(name, None)
            elif name in query_copy:
                query_copy[name] = value
        super().__init__(query_copy)
        for name, (label, offered) in choices.items():
            self.fields[name] = forms.ChoiceField(label=label, choices=offered, required=False)


def party_title(code: str, names: Mapping[str, str]) -> str:
    """A party's name beside its code; nothing where the name says no more than the code."""
    name = name_in_language(names)
    return "" if name.casefold() == code.casefold() else name


def seat_name_shown(contest: Contest, spot: Spot | None) -> str:
    """A seat's name as the file says it, in English; else its unit's, where it has one in this language."""
    lang = active_language()
    local_name = spot.names.get(lang) if spot is not None and lang != "en" else None
    return local_name or contest.name


def result_seat_names(contests: Iterable[Contest]) -> dict[int, str]:
    """contest id -> the seat's name in this language. One query."""
    found = list(contests)
    spots = queries.spots(contest.pk for contest in found)
    return {contest.pk: seat_name_shown(contest, spots.get(contest.pk)) for contest in found}


def seat_words(row: SeatRow, name: str) -> str:
    """One seat in words, for a map."""
    if row.contest.is_uncontested and row.winner is not None:
        return _("%(seat)s: %(party)s, uncontested") % {"seat": name, "party": row.winner.party}
    if row.is_tied and row.winner is None:
        return _("%(seat)s: equal votes, winner not known") % {"seat": name}
    if row.winner is None:
        return _("%(seat)s: no result") % {"seat": name}
    facts = {"seat": name, "party": row.winner.party, "margin": f"{row.margin_pct or 0:.1f}"}
    return _("%(seat)s: %(party)s, ahead by %(margin)s%%") % facts


def on_map(
    rows: Iterable[SeatRow], spots: Mapping[int, Spot]
) -> tuple[list[seat_map.MapSeat], maps.Outlines | None]:
    """Seats as the map wants them: those whose unit is known; and the outlines around them."""
    linked = [(row, spots[row.contest.pk]) for row in rows if row.contest.pk in spots]
    if not linked:
        return [], None
    outlines = units.outlines_of(spot.unit_id for _row, spot in linked)
    linked = [
        (row, spot) for row, spot in linked if spot.unit_id in outlines or None not in (spot.lon, spot.lat)
    ]
    if not linked:
        return [], None
    seats = [
        seat_map.MapSeat(
            sign=row.winner.party if row.winner is not None else "–",
            words=seat_words(row, seat_name_shown(row.contest, spot)),
            lon=spot.lon,
            lat=spot.lat,
            href=seat_href(row.contest),
            is_ours=row.ours is not None and row.ours.won,
            outline=outlines.get(spot.unit_id),
        )
        for row, spot in linked
    ]
    behind = None if outlines else units.outlines_behind(linked[0][1].unit_id, at=clock.now())
    return seats, behind


def rounded_share(value: float | None) -> float | None:
    """As files have shares and points."""
    return None if value is None else round(value, 4)


def rows_in_order(
    rows: Iterable[Row], sorting: tables.Sorting, keys: Mapping[str, Callable[[Row], Any]]
) -> list[Row]:
    """Rows by a column, those without a value last whichever way it is turned."""
    key = keys[sorting.key]
    known_rows = [row for row in rows if key(row) is not None]
    unknown = [row for row in rows if key(row) is None]
    return sorted(known_rows, key=key, reverse=sorting.descending) + unknown


def grounds(request: Request, capability: str, election: Election) -> list[str]:
    """States the viewer answers for with a capability in an election, "" (all of them) first: what a page offers.

    The acts ask again.
    """
    if not request.viewer.may(capability):
        return []
    states = ["", *(state for state, _name in state_choices(election))]
    ground_ids = by_ground.grounds_of(election, states)
    spans = units.all_spans(ground_ids.values())
    return [
        state
        for state in states
        if state in ground_ids
        and request.viewer.may_at(capability, *(lo for lo, _hi in spans.get(ground_ids[state], [])))
    ]


def may_for(request: Request, capability: str, election: Election, state: str) -> bool:
    """Return True if the viewer answers for a state, or for all ("")."""
    if not request.viewer.may(capability):
        return False
    unit_id = by_ground.grounds_of(election, [state]).get(state)
    return unit_id is not None and may_at(request, capability, unit_id)


def may_at(request: Request, capability: str, unit_id: int) -> bool:
    """Return True if the viewer has a right over a unit, to show a button; the act asks again."""
    positions = [lo for lo, _hi in units.all_spans([unit_id]).get(unit_id, [])]
    return request.viewer.may_at(capability, *positions)


def stated_href(request: Request, election: Election, state: str = "", number: int | None = None) -> str:
    """Return the address to add quoted figures of a place; empty for a viewer without the right."""
    if not may_for(request, "results.import", election, state):
        return ""
    query = {"state": state} if state else {}
    query |= {"number": str(number)} if number is not None else {}
    return reverse("elections:stated", args=[election.code]) + (f"?{urlencode(query)}" if query else "")
