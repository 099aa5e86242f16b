"""Alliances: any set of parties as one side, per election and state."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from abhiyan.core import audit, lot
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import or_refuse
from abhiyan.core.words import name_in_language
from abhiyan.elections import reference
from abhiyan.elections.models import Alliance, Election
from abhiyan.elections.queries import listing as queries
from abhiyan.elections.refusals import AllianceThere, NoParties

from . import grounds
from .inputs import election_of, given_state, kept_names
from .parties import parties_by_word, require_sides


def make_alliance(
    *,
    election: str,
    names: Mapping[str, str],
    lead: str,
    parties: Sequence[str],
    by: Actor,
    at: datetime,
    state: str = "",
    once: UUID | None = None,
) -> Alliance:
    """Name parties that count as one side in an election: everywhere, or in a state that has a set of its own.

    election: its code. lead, parties: codes or names; the lead is always among them. Independents and "none of the
    above" are no party and cannot be in it. The same parties are not named twice in one place.
    once: what tells one sending of a form from another: sent a second time it answers with the alliance of the first.
    It needs `plans.make` over that state; over the nation for one that holds everywhere.
    Refuses UnknownElection, UnknownState, NotYourGround, UnknownParty, NoParties, NamesMissing, AllianceThere.
    """
    of = election_of(election)
    eci = given_state(state)
    at_unit = grounds.require_on_ground(by, "plans.make", election=of, state=eci)
    public_id = lot.uuid() if once is None else uuid5(by.id, once.hex)
    with transaction.atomic():
        _one_at_a_time(of)
        if once is not None and (made := Alliance.objects.filter(public_id=public_id).first()) is not None:
            return made
        alliance = Alliance(
            public_id=public_id,
            election=of,
            state=eci,
            names=kept_names(names),
            lead="",
            parties=[],
            made_by=by.account_id,
            made_at=at,
        )
        alliance.lead, alliance.parties = _parties(of, lead, parties)
        _require_first(alliance)
        alliance.save(force_insert=True)
        _note("elections.make_alliance", alliance, at_unit=at_unit, by=by, at=at)
    return alliance


def change_alliance(
    *,
    public_id: UUID,
    by: Actor,
    at: datetime,
    names: Mapping[str, str] | None = None,
    lead: str | None = None,
    parties: Sequence[str] | None = None,
) -> Alliance:
    """Give an alliance other names, another lead or other parties. It needs what `make_alliance` needs, and refuses
    what that refuses.

    Plans made with it keep their figures: those are the version's own.
    """
    with transaction.atomic():
        alliance, at_unit = _held(public_id, by)
        _one_at_a_time(alliance.election)
        if names is not None:
            alliance.names = kept_names(names)
        if lead is not None or parties is not None:
            alliance.lead, alliance.parties = _parties(
                alliance.election, lead or alliance.lead, alliance.parties if parties is None else parties
            )
            _require_first(alliance)
        alliance.save()
        _note("elections.change_alliance", alliance, at_unit=at_unit, by=by, at=at)
    return alliance


def _one_at_a_time(election: Election) -> None:
    """Two who name alliances of one election come one after the other."""
    Election.objects.select_for_update(no_key=True).get(pk=election.pk)


def _require_first(alliance: Alliance) -> None:
    """Refuse (AllianceThere) the same parties under the same lead a second time in one place."""
    beside = Alliance.objects.filter(election=alliance.election, state=alliance.state, lead=alliance.lead)
    others = beside.exclude(pk=alliance.pk).order_by("pk")
    there = next((one for one in others if set(one.parties) == set(alliance.parties)), None)
    if there is not None:
        raise AllianceThere(
            field="lead", party=alliance.lead, name=name_in_language(there.names), there=str(there.public_id)
        )


def _held(public_id: UUID, by: Actor) -> tuple[Alliance, int | None]:
    """An alliance, locked, once it is certain that `by` may change it; and the unit that answers for it."""
    seen = queries.alliance(public_id)
    at_unit = grounds.require_on_ground(by, "plans.make", election=seen.election, state=seen.state)
    alliance = Alliance.objects.select_for_update(of=("self",)).select_related("election")
    found = or_refuse(alliance.filter(pk=seen.pk).first())
    return found, at_unit


def _parties(election: Election, lead: str, parties: Sequence[str]) -> tuple[str, list[str]]:
    words = parties_by_word()
    first, *rest = (
        words.get(reference.comparable_name(party_word), party_word.strip().upper())
        for party_word in (lead, *parties)
    )
    codes = list(dict.fromkeys((first, *rest)))
    require_sides(election, [(code, "lead" if code == first else "parties") for code in codes])
    if len(codes) < 2:
        raise NoParties(field="parties")
    return first, codes


def _note(act: str, alliance: Alliance, *, at_unit: int | None, by: Actor, at: datetime) -> None:
    audit.record(
        by=by,
        at=at,
        act=act,
        subject=str(alliance.public_id),
        unit_id=at_unit,
        facts={"state": alliance.state, "parties": alliance.parties},
    )
