"""Parties: the packaged list, and how a party is found by whatever a file writes."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.elections import known
from abhiyan.elections.models import Candidacy, Election, Party
from abhiyan.elections.refusals import IndependentsNoSide, NotaNoParty, UnknownParty


def know_parties(*, by: Actor, at: datetime) -> int:
    """Put parties of the packaged list that are not known yet on record. Returns how many."""
    there = set(Party.objects.values_list("code", flat=True))
    new = [
        Party(code=one.code, names=dict(one.names), aliases=list(one.aliases))
        for one in known.parties()
        if one.code not in there
    ]
    if new:
        Party.objects.bulk_create(new, ignore_conflicts=True)
        audit.record(by=by, at=at, act="elections.know_parties", n=len(new))
    return len(new)


def parties_by_word() -> Mapping[str, str]:
    """Every way of writing a party that is known, as compared (known.plain) -> its code."""
    found: dict[str, str] = {}
    for party in known.parties():
        for word in (party.code, *party.names.values(), *party.aliases):
            found.setdefault(known.plain(word), party.code)
    for code, names, aliases in Party.objects.values_list("code", "names", "aliases"):
        for word in (code, *names.values(), *aliases):
            found.setdefault(known.plain(word), code)
    return found


def require_sides(of: Election, parties: Iterable[tuple[str, str]]) -> None:
    """Refuse what cannot count as a side in an election (UnknownParty, also of independents and NOTA).

    parties: (code, the field that said it).
    """
    asked = list(parties)
    rows = Candidacy.objects.filter(contest__election=of, party__in=[code for code, _field in asked])
    stood = set(rows.values_list("party", flat=True).distinct())
    for code, field in asked:
        if code == known.INDEPENDENT:
            raise IndependentsNoSide(field=field)
        if code == known.NOTA:
            raise NotaNoParty(field=field)
        if code not in stood:
            raise UnknownParty(field=field, party=code)
