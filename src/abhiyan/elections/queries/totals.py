"""Totals by party over an election or a state: seats, votes, share, with and without allies."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from abhiyan.core.numbers import grouped
from abhiyan.core.words import name_in_language
from abhiyan.elections import reference
from abhiyan.elections.models import Alliance, Election, ElectionKind, ResultFile, Stated
from abhiyan.elections.rules import results as rules
from abhiyan.elections.rules.results import CountedContest
from abhiyan.units import queries as units

from . import comparing, listing, loading
from .comparing import EarlierContest, Then, then
from .loading import Loaded
from .wholeness import Wholeness, whole_of


@dataclass(frozen=True, slots=True)
class PartyTotal:
    """A party over many contests. without_vote: of its seats, those nobody voted in.

    seats_before, share_before_pct, swing_points: in the earlier election, of the same ground; None where none is asked
    for, or where it is unknown.
    """

    party: str
    names: Mapping[str, str]
    seats: int
    votes: int
    share_pct: float | None
    stood: int
    without_vote: int
    seats_before: int | None
    share_before_pct: float | None
    swing_points: float | None


@dataclass(frozen=True, slots=True)
class SideTotal:
    """An alliance over many contests; the lead's own figures are its PartyTotal."""

    alliance: Alliance
    seats: int
    votes: int
    share_pct: float | None


@dataclass(frozen=True, slots=True)
class StateRow:
    """One state of an election. whole: whether all its seats are here. seats_by_party: most first. files: that brought
    its seats."""

    state: str
    names: Mapping[str, str]
    seats: int
    whole: Wholeness
    polled: int
    seats_by_party: tuple[tuple[str, int], ...]
    files: tuple[ResultFile, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """An election came to this, in all or in a state.

    whole: whether all its seats are here, as far as that is known.
    electors, turnout_pct: None unless it is, and electors of every contest with a vote are known; electors_known,
    electors_of: the sum of the known electors, and over how many contests. uncontested, undecided, without_electors:
    names; undecided: equal votes, and the file does not say who won.
    states: each state by itself, by its code.
    carried: names of contests compared by parts of old ones; not_compared: of those without anything to compare with.
    files: that brought these seats; files_before: those of the earlier election, of what is compared.
    names_before: parties compared with what they had under another code, and that code.
    """

    election: Election
    state: str
    seats: int
    whole: Wholeness
    polled: int
    electors: int | None
    turnout_pct: float | None
    electors_known: int
    electors_of: int
    parties: tuple[PartyTotal, ...]
    sides: tuple[SideTotal, ...]
    states: tuple[StateRow, ...]
    uncontested: tuple[str, ...]
    undecided: tuple[str, ...]
    without_electors: tuple[str, ...]
    against: Election | None
    carried: tuple[str, ...]
    not_compared: tuple[str, ...]
    stated: tuple[Stated, ...]
    files: tuple[ResultFile, ...]
    files_before: tuple[ResultFile, ...]
    names_before: tuple[tuple[str, str], ...]

    @property
    def crosses_boundary_change(self) -> bool:
        return bool(self.carried)

    def says(self) -> list[str]:
        """Return what a reader of the totals must know, in the active language."""
        since = name_in_language(self.against.names) if self.against is not None else ""
        missing = []
        if self.whole.is_incomplete:
            text = ngettext(
                "Results of %(n)s of %(of)s constituencies are here; %(lacking)s is missing. Sums "
                "and shares leave it out. The total turnout is not known.",
                "Results of %(n)s of %(of)s constituencies are here; %(lacking)s are missing. Sums "
                "and shares leave them out. The total turnout is not known.",
                self.whole.lacking,
            )
            facts = {"n": self.whole.seats, "of": self.whole.of or 0, "lacking": self.whole.lacking}
            missing = [text % {key: grouped(n) for key, n in facts.items()}]
        for now, was in self.names_before:
            text = _("In %(election)s %(party)s was %(was)s.")
            missing.append(text % {"election": since, "party": now, "was": was})
        notes = (
            (self.uncontested, _("Uncontested, so without votes: %(seats)s.")),
            (
                self.undecided,
                _(
                    "Equal votes, and the file does not say who won by lot: %(seats)s. No party has these seats."
                ),
            ),
            (
                self.without_electors,
                ngettext(
                    "The electors of %(n)s constituency are not known, so there is no total turnout (%(seats)s).",
                    "The electors of %(n)s constituencies are not known, so there is no total turnout (%(seats)s).",
                    len(self.without_electors),
                ),
            ),
            (
                self.carried,
                ngettext(
                    "The boundaries have changed since %(election)s:"
                    " in %(n)s constituency the comparison is an estimate (%(seats)s).",
                    "The boundaries have changed since %(election)s:"
                    " in %(n)s constituencies the comparison is an estimate (%(seats)s).",
                    len(self.carried),
                ),
            ),
            (
                self.not_compared,
                ngettext(
                    "%(n)s constituency had other boundaries or another number in %(election)s"
                    " and cannot be compared by itself (%(seats)s).",
                    "%(n)s constituencies had other boundaries or numbers in %(election)s"
                    " and cannot be compared one by one (%(seats)s).",
                    len(self.not_compared),
                ),
            ),
        )
        return missing + [
            text % {"n": grouped(len(names)), "seats": _some(names), "election": since}
            for names, text in notes
            if names
        ]


def _some(names: Sequence[str], most: int = 8) -> str:
    return ", ".join(names[:most]) + (" …" if len(names) > most else "")


def totals(election: Election, *, state: str = "", against: Election | None = None) -> Totals:
    """Seats and votes by party, most seats first. At most fourteen queries, however many contests."""
    where = Q(election=election) & (Q(state=state) if state else Q())
    contests = loading.load(where)
    earlier = None if against is None else then(against, now=[election.pk], states={state} if state else ())
    compared = {} if earlier is None else comparing.earlier_contests(contests, earlier)
    before = None if earlier is None else _before(election, contests, compared, earlier, state)
    standings = rules.standings_of_parties(contest.counted for contest in contests)
    names = loading.party_names(standings)
    file_names = _names_in_files(contests)
    polled = sum(contest.counted.polled for contest in contests)
    past = () if earlier is None or before is None else earlier.seats.values()
    came, came_before = loading.import_ids_of_seats(contests), loading.import_ids_of_seats(past)
    files = loading.files_of_imports(came | came_before)
    with_vote = [contest for contest in contests if not contest.contest.is_uncontested]
    lacking = _called(contest for contest in with_vote if contest.contest.electors is None)
    electors = [contest.contest.electors for contest in with_vote if contest.contest.electors is not None]
    there = Counter((contest.contest.state, contest.contest.numbering) for contest in contests)
    whole = whole_of(election.kind, election.year, there, state)
    parties = []
    for code, standing in standings.items():
        share = rules.share_pct(standing.votes, polled)
        share_before = None if before is None else before.shares.get(code, 0.0)
        parties.append(
            PartyTotal(
                party=code,
                names=names.get(code) or {"en": file_names.get(code) or code},
                seats=standing.seats,
                votes=standing.votes,
                share_pct=share,
                stood=standing.stood,
                without_vote=standing.without_vote,
                seats_before=None if before is None or before.seats is None else before.seats.get(code, 0),
                share_before_pct=share_before,
                swing_points=rules.swing_points(share, share_before),
            )
        )
    return Totals(
        election=election,
        state=state,
        seats=len(contests),
        whole=whole,
        polled=polled,
        electors=None if lacking or whole.is_incomplete else sum(electors),
        turnout_pct=None
        if lacking or whole.is_incomplete or not electors
        else rules.share_pct(polled, sum(electors)),
        electors_known=sum(electors),
        electors_of=len(electors),
        parties=tuple(parties),
        sides=tuple(_sides(election, state, contests)),
        states=tuple(_by_state(election, contests, files)),
        uncontested=_called(contest for contest in contests if contest.contest.is_uncontested),
        undecided=_called(
            contest for contest in contests if contest.counted.is_tied and contest.counted.winner is None
        ),
        without_electors=lacking,
        against=against,
        carried=_named(contests, compared, "carried"),
        not_compared=_named(contests, compared, "none"),
        stated=tuple(listing.stated_figures(election, state=state)),
        files=_of(files, came),
        files_before=_of(files, came_before),
        names_before=_names_before(standings, earlier) if before is not None and earlier is not None else (),
    )


def _names_before(standings: Iterable[str], earlier: Then) -> tuple[tuple[str, str], ...]:
    there = set(standings)
    return tuple(sorted((now, was) for was, now in earlier.names.items() if now in there))


def _of(files: Mapping[int, ResultFile], came: Iterable[int]) -> tuple[ResultFile, ...]:
    return loading.files_in_order(files[file_id] for file_id in came if file_id in files)


def _by_state(
    election: Election, loaded_contests: Sequence[Loaded], files: Mapping[int, ResultFile]
) -> list[StateRow]:
    contests: dict[str, list[CountedContest]] = defaultdict(list)
    came: dict[str, set[int]] = defaultdict(set)
    labels: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for contest in loaded_contests:
        contests[contest.contest.state].append(contest.counted)
        came[contest.contest.state] |= loading.import_ids_of_seats([contest])
        labels[contest.contest.state][contest.contest.state, contest.contest.numbering] += 1
    rows = []
    for state, counteds in sorted(contests.items()):
        won: dict[str, int] = defaultdict(int)
        for counted in counteds:
            if counted.winner is not None:
                won[counted.winner.party] += 1
        rows.append(
            StateRow(
                state,
                loading.state_names(state),
                len(counteds),
                whole_of(election.kind, election.year, labels[state], state),
                sum(counted.polled for counted in counteds),
                tuple(sorted(won.items(), key=lambda item: (-item[1], item[0]))),
                _of(files, came[state]),
            )
        )
    return rows


@dataclass(frozen=True, slots=True)
class _Then:
    """The same ground in the earlier election. seats: None where its seats were of other ground."""

    seats: Mapping[str, int] | None
    shares: Mapping[str, float]


def _before(
    election: Election,
    contests: Sequence[Loaded],
    compared: Mapping[int, EarlierContest],
    earlier: Then,
    state: str,
) -> _Then | None:
    """Return the figures of the same ground then: the whole against the whole where both are whole, whatever its seats
    were; else seat by seat. Return None where neither is known."""
    against = earlier.election
    if against.kind != election.kind:
        return None
    past = [contest for contest in earlier.seats.values() if not state or contest.contest.state == state]
    ground, ground_then = _ground(election, contests), _ground(against, past)
    if ground and ground == ground_then:
        polled = sum(contest.counted.polled for contest in past)
        standings = rules.standings_of_parties(contest.counted for contest in past)
        seats = {party: standing.seats for party, standing in standings.items()}
        votes = {party: standing.votes for party, standing in standings.items()}
        return _Then(seats, {party: 100 * n / polled for party, n in votes.items()} if polled else {})
    if not compared or any(earlier_contest.basis == "none" for earlier_contest in compared.values()):
        return None
    sums: dict[str, int] = defaultdict(int)
    for one in compared.values():
        for party, n in one.votes.items():
            sums[party] += n
    polled = sum(earlier_contest.polled for earlier_contest in compared.values())
    return _Then(None, {party: 100 * n / polled for party, n in sums.items()} if polled else {})


def _ground(election: Election, contests: Sequence[Loaded]) -> frozenset[str]:
    """States of today that these contests are all of; empty when a contest is missing, or may be."""
    by_state: dict[str, set[int]] = defaultdict(set)
    for contest in contests:
        by_state[contest.contest.state].add(contest.contest.number)
    level, ground = ElectionKind(election.kind).level, frozenset[str]()
    for state, numbers in by_state.items():
        numbering = reference.numbering(level, state, election.year)
        if numbering.numbers is None or numbering.numbers != frozenset(numbers):
            return frozenset()
        ground |= numbering.ground
    return ground


def _named(contests: Sequence[Loaded], compared: Mapping[int, EarlierContest], basis: str) -> tuple[str, ...]:
    return _called(
        contest
        for contest in contests
        if contest.contest.pk in compared and compared[contest.contest.pk].basis == basis
    )


def _called(loaded_contests: Iterable[Loaded]) -> tuple[str, ...]:
    """Names of seats: their units' in this language, in English as the file says them. One query, in English none."""
    contests = [contest.contest for contest in loaded_contests]
    language = (get_language() or "en")[:2]
    ids = [contest.unit_id for contest in contests if contest.unit_id] if language != "en" else []
    names = units.names_of_units(ids, language=language) if ids else {}
    return tuple(names.get(contest.unit_id or 0) or contest.name for contest in contests)


def _names_in_files(contests: Sequence[Loaded]) -> dict[str, str]:
    """Return the parties' names in the files, where a file has more than a code."""
    return {row.party: row.party_name for contest in contests for row in contest.candidates if row.party_name}


def _sides(election: Election, state: str, contests: Sequence[Loaded]) -> list[SideTotal]:
    """Alliances over the place: for the whole, a state with a set of its own for the same lead counts by that."""
    named = listing.alliances(election)
    sides = []
    for alliance in listing.alliances_in(named, state):
        side = listing.OurSide(alliance.lead, alliance, named)
        seats = votes = polled = 0
        for contest in contests:
            result = rules.side_result(contest.counted, side.parties_in(contest.contest.state))
            seats, votes, polled = seats + result.won, votes + result.votes, polled + contest.counted.polled
        sides.append(SideTotal(alliance, seats, votes, rules.share_pct(votes, polled)))
    return sides
