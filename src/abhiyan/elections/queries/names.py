"""Parties under their earlier names: which code of an earlier election is which party of a later one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from abhiyan.elections.models import Candidacy, FormerName
from abhiyan.elections.rules import parties as rules

from .listing import OurSide
from .loading import Loaded, count_stored_contest, party_names


@dataclass(frozen=True, slots=True)
class PartyNames:
    """One party has two codes, with names by language for codes known to us."""

    id: int
    party: str
    was: str
    names: Mapping[str, str]
    names_then: Mapping[str, str]


def former_names() -> list[PartyNames]:
    """Every earlier name an organisation has given, by party. Two queries."""
    rows = list(FormerName.objects.order_by("party", "was"))
    names = party_names(code for row in rows for code in (row.party, row.was))
    return [
        PartyNames(row.pk, row.party, row.was, names.get(row.party, {}), names.get(row.was, {}))
        for row in rows
    ]


def later_party_codes() -> dict[str, str]:
    """Earlier code -> the one that followed. One query."""
    return dict(FormerName.objects.values_list("was", "party"))


def party_codes_then(election_ids: Iterable[int]) -> Mapping[str, str]:
    """Code in earlier elections -> code in these. One query as long as no party has two names, else two."""
    pairs = later_party_codes()
    if not pairs:
        return {}
    rows = Candidacy.objects.filter(
        contest__election__in=set(election_ids), party__in={*pairs, *pairs.values()}
    )
    return rules.match_party_codes(pairs, set(rows.values_list("party", flat=True).distinct()))


def renamed(contest: Loaded, names: Mapping[str, str]) -> Loaded:
    """A contest of an earlier election with its parties under the names they have in a later one."""
    if not any(row.party in names for row in contest.candidates):
        return contest
    candidates = tuple(row._replace(party=names.get(row.party, row.party)) for row in contest.candidates)
    return Loaded(contest.contest, candidates, count_stored_contest(contest.contest, candidates))


def side_then(side: OurSide, contest: Loaded, pairs: Mapping[str, str]) -> OurSide:
    """A side as it is called in a contest of another election, where its party stood under another name."""
    there = {row.party for row in contest.candidates}
    if not side or not pairs or side.party in there:
        return side
    now = rules.last_name(side.party, pairs)
    same = [code for code in there if rules.last_name(code, pairs) == now]
    return replace(side, party=same[0]) if len(same) == 1 else side
