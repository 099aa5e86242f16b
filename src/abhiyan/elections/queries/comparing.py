"""One result against an earlier one, seat by seat, also across a change of boundaries, which it then says.

A seat is the same seat when state, number and numbering are. Else a table of correspondence carries the old votes to
the new seat by weight. This is an estimate: it assumes that every old seat voted alike in all its parts. Without such a
table nothing is compared.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import gettext as _

from abhiyan.core.words import name_in_language
from abhiyan.elections.models import Correspondence, Election, ElectionKind
from abhiyan.elections.rules import results as rules

from .loading import Loaded, load
from .names import party_codes_then, renamed

Seat = tuple[str, int]


@dataclass(frozen=True, slots=True)
class EarlierContest:
    """A seat had these votes in an earlier election, whose names `election` holds by language.

    basis: "same" (the same seat), "renumbered" (one old seat under another number), "carried" (parts of old seats by
    weight) or "none" (nothing to compare with). votes: by party; empty with "none". from_seats: names of the old seats.
    was_uncontested: nobody voted then, so there is no share to compare with.
    """

    election: Mapping[str, str]
    basis: str
    votes: Mapping[str, int] = field(default_factory=dict)
    polled: int = 0
    from_seats: tuple[str, ...] = ()
    was_uncontested: bool = False

    @property
    def election_name(self) -> str:
        return name_in_language(self.election)

    @property
    def crosses_boundary_change(self) -> bool:
        return self.basis == "carried"

    def share_pct(self, parties: Iterable[str]) -> float | None:
        """The share of a party, or of a side together; None where nothing is known to compare with."""
        if self.basis == "none" or self.was_uncontested:
            return None
        return rules.share_pct(sum(self.votes.get(party, 0) for party in set(parties)), self.polled)

    def says(self) -> str:
        """Return what a reader of the comparison must know, in the active language; empty when there is nothing."""
        facts = {"election": self.election_name, "seats": ", ".join(self.from_seats)}
        if self.basis == "carried":
            text = _(
                "The boundaries have changed since %(election)s. We compare with parts of %(seats)s, "
                "so this is an estimate."
            )
        elif self.basis == "renumbered":
            text = _("In %(election)s this was the constituency %(seats)s.")
        elif self.basis == "none":
            text = _(
                "Nothing to compare with in %(election)s: there was no such constituency, or its "
                "boundaries were different."
            )
        elif self.was_uncontested:
            text = _("In %(election)s nobody voted here: the seat was uncontested.")
        else:
            return ""
        return text % facts


def swing(now: Loaded, before: EarlierContest, parties: Iterable[str]) -> float | None:
    """Points of share a party, or a side, has gained since; None where either is not known."""
    side = set(parties)
    if now.contest.is_uncontested:
        return None
    votes = sum(candidacy.votes or 0 for candidacy in now.candidates if candidacy.party in side)
    return rules.swing_points(rules.share_pct(votes, now.counted.polled), before.share_pct(side))


@dataclass(frozen=True, slots=True)
class Then:
    """An earlier election, loaded to compare with. seats: by state and number. tables: old seats to those of now.
    names: codes that are other parties' earlier names -> those parties, under which their votes are here."""

    election: Election
    seats: Mapping[Seat, Loaded]
    tables: Sequence[Correspondence]
    names: Mapping[str, str]


def then(against: Election, *, now: Iterable[int], states: Iterable[str] = ()) -> Then:
    """An earlier election: all of it, or of these states and those their ground came from. Six queries at most.

    now: ids of the elections it is compared with; parties are called as they are there.
    """
    level, wanted = ElectionKind(against.kind).level, set(states)
    tables, where = Correspondence.objects.filter(level=level).order_by("id"), Q(election=against)
    if wanted:
        tables = tables.filter(state_to__in=wanted)
        where &= Q(state__in=wanted | {row.state_from for row in tables})
    names, loaded = party_codes_then(now), load(where)
    stood = {row.party for contest in loaded for row in contest.candidates} if names else set()
    seats = {(contest.contest.state, contest.contest.number): renamed(contest, names) for contest in loaded}
    return Then(against, seats, list(tables), {was: code for was, code in names.items() if was in stood})


def befores(now: Sequence[Loaded], against: Election) -> dict[int, EarlierContest]:
    """contest id -> what it had in `against`. Six queries at most, however many contests."""
    election_ids = {contest.contest.election_id for contest in now}
    return earlier_contests(
        now, then(against, now=election_ids, states={contest.contest.state for contest in now})
    )


def earlier_contests(now: Sequence[Loaded], with_: Then) -> dict[int, EarlierContest]:
    """contest id -> what it had in an election that is loaded."""
    against = with_.election
    carried = _carried(with_.tables, with_.seats)
    comparisons = {}
    for contest in now:
        seat, label = (contest.contest.state, contest.contest.number), contest.contest.numbering
        old = with_.seats.get(seat)
        if ElectionKind(contest.contest.election.kind).whole != ElectionKind(against.kind).whole:
            comparisons[contest.contest.pk] = EarlierContest(against.names, "none")
        elif old is not None and old.contest.numbering == label:
            comparisons[contest.contest.pk] = EarlierContest(
                against.names,
                "same",
                old.votes_by_party,
                old.counted.polled,
                (old.contest.name,),
                old.contest.is_uncontested,
            )
        else:
            comparisons[contest.contest.pk] = carried.get(
                (*seat, label), EarlierContest(against.names, "none")
            )
    return comparisons


def _carried(
    tables: Sequence[Correspondence], there: Mapping[Seat, Loaded]
) -> dict[tuple[str, int, str], EarlierContest]:
    """New seat with its numbering -> what the old seats give it; only where every old seat is known and voted."""
    by_new: dict[str, list[Correspondence]] = defaultdict(list)
    for row in tables:
        by_new[row.numbering_to].append(row)
    carried_seats = {}
    for label, rows in by_new.items():
        for (state, number), before in _carried_to(rows, there).items():
            carried_seats[state, number, label] = before
    return carried_seats


def _carried_to(rows: Sequence[Correspondence], there: Mapping[Seat, Loaded]) -> dict[Seat, EarlierContest]:
    olds: dict[int, Loaded] = {}
    news: dict[Seat, int] = {}
    weights: list[tuple[int, int, float]] = []
    lacking: set[int] = set()
    for row in rows:
        old = there.get((row.state_from, row.number_from))
        if old is not None and old.contest.numbering != row.numbering_from:
            continue  # a table from yet another numbering
        new = news.setdefault((row.state_to, row.number_to), len(news))
        if old is None or old.contest.is_uncontested:
            lacking.add(new)
            continue
        olds[old.contest.pk] = old
        weights.append((old.contest.pk, new, row.weight))
    weights += _elsewhere(weights, olds)
    votes_by_seat = rules.carried({pk: old.votes_by_party for pk, old in olds.items()}, weights)
    results = {}
    for seat, new in news.items():
        if new in lacking or new not in votes_by_seat:
            continue
        carried_votes = votes_by_seat[new]
        results[seat] = EarlierContest(
            olds[carried_votes.from_seats[0]].contest.election.names,
            "carried" if carried_votes.is_changed else "renumbered",
            carried_votes.votes,
            sum(carried_votes.votes.values()),
            tuple(olds[pk].contest.name for pk in carried_votes.from_seats),
        )
    return results


def _elsewhere(
    weights: Sequence[tuple[int, int, float]], olds: Mapping[int, Loaded]
) -> list[tuple[int, int, float]]:
    """Return the weights that old seats gave to states outside this view, so that their weights sum to 1 again."""
    sums = dict.fromkeys(olds, 0.0)
    for old, _new, weight in weights:
        sums[old] += weight
    return [(old, -1, 1 - total) for old, total in sums.items() if 1 - total > rules.WEIGHTS_MAY_MISS]
