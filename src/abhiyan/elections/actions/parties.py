"""Parties: the packaged list, and how a party is found by whatever a file writes."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from abhiyan.core import audit, sql
from abhiyan.core.actor import Actor
from abhiyan.elections import reference, refusals
from abhiyan.elections.models import Candidacy, Election, FormerName, Party
from abhiyan.elections.queries import grounds
from abhiyan.elections.queries.names import later_party_codes
from abhiyan.elections.rules.parties import last_name
from abhiyan.org import queries as org


def know_parties(*, by: Actor, at: datetime) -> int:
    """Put parties of the packaged list that are not known yet on record. Returns how many."""
    there = set(Party.objects.values_list("code", flat=True))
    new = [
        Party(code=known_party.code, names=dict(known_party.names), aliases=list(known_party.aliases))
        for known_party in reference.known_parties()
        if known_party.code not in there
    ]
    if new:
        Party.objects.bulk_create(new, ignore_conflicts=True)
        audit.record(by=by, at=at, act="elections.know_parties", n=len(new))
    return len(new)


def parties_by_word() -> Mapping[str, str]:
    """Every way of writing a party that is known, as compared (reference.comparable_name) -> its code."""
    party_codes: dict[str, str] = {}
    for party in reference.known_parties():
        for word in (party.code, *party.names.values(), *party.aliases):
            party_codes.setdefault(reference.comparable_name(word), party.code)
    for code, names, aliases in Party.objects.values_list("code", "names", "aliases"):
        for word in (code, *names.values(), *aliases):
            party_codes.setdefault(reference.comparable_name(word), code)
    return party_codes


def join_parties(*, party: str, was: str, by: Actor, at: datetime) -> FormerName:
    """Say that a code of earlier results is a party of now. Comparisons then count its votes as that party's.

    party, was: code or name. Nothing that is stored of results changes. It needs `results.import` over the nation.
    Refuses PartyNowhere, IndependentsNoSide, NotaNoParty, NameTaken, SameParty.
    """
    nation = _require_nation(by)
    words = parties_by_word()
    now, then = (_known_party(text, field, words) for text, field in ((party, "party"), (was, "was")))
    with transaction.atomic():
        _hold_names()
        pairs = later_party_codes()
        if pairs.get(then, now) != now:
            raise refusals.NameTaken(field="was", was=then, party=pairs[then])
        if last_name(now, pairs) == last_name(then, pairs):
            raise refusals.SameParty(field="was", was=then, party=now)
        made = FormerName.objects.create(party=now, was=then, said_by=by.account_id, said_at=at)
        facts = {"party": now, "was": then}
        audit.record(by=by, at=at, act="elections.join_parties", subject=now, unit_id=nation, facts=facts)
    return made


def separate_parties(*, name_id: int, by: Actor, at: datetime) -> None:
    """Take back that a code is a party's earlier name; one that is gone already is no matter.

    Needs what `join_parties` needs.
    """
    nation = _require_nation(by)
    with transaction.atomic():
        _hold_names()
        former_name = FormerName.objects.filter(pk=name_id).first()
        if former_name is None:
            return
        former_name.delete()
        facts = {"party": former_name.party, "was": former_name.was}
        audit.record(
            by=by,
            at=at,
            act="elections.separate_parties",
            subject=former_name.party,
            unit_id=nation,
            facts=facts,
        )


def _require_nation(by: Actor) -> int | None:
    nation = grounds.units_of_states().get("")
    org.require(by, "results.import", at=nation or 0)
    return nation


def _hold_names() -> None:
    """One at a time: two could close a circle."""
    sql.wait_for("elections former names")


def _known_party(text: str, field: str, words: Mapping[str, str]) -> str:
    """The code of a party that some result knows, or the packaged list."""
    code = words.get(reference.comparable_name(text), text.strip().upper())
    if code == reference.INDEPENDENT:
        raise refusals.IndependentsNoSide(field=field)
    if code == reference.NOTA:
        raise refusals.NotaNoParty(field=field)
    if code not in words.values() and not Candidacy.objects.filter(party=code).exists():
        raise refusals.PartyNowhere(field=field, party=text.strip()[:60])
    return code


def require_sides(election: Election, parties: Iterable[tuple[str, str]]) -> None:
    """Refuse what cannot count as a side in an election (UnknownParty, also of independents and NOTA).

    parties: (code, the field that said it).
    """
    party_list = list(parties)
    rows = Candidacy.objects.filter(
        contest__election=election, party__in=[code for code, _field in party_list]
    )
    stood = set(rows.values_list("party", flat=True).distinct())
    for code, field in party_list:
        if code == reference.INDEPENDENT:
            raise refusals.IndependentsNoSide(field=field)
        if code == reference.NOTA:
            raise refusals.NotaNoParty(field=field)
        if code not in stood:
            raise refusals.UnknownParty(field=field, party=code)
