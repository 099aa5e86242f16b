"""Stated figures: what somebody quotes, kept beside what the files give and never mixed with it."""

from datetime import datetime

from django.db import transaction

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.elections import reference, refusals
from abhiyan.elections.models import Candidacy, Contest, Election, Stated
from abhiyan.elections.queries.wholeness import wholeness

from . import grounds
from .inputs import election_of, given_state
from .parties import parties_by_word

LONGEST_ORIGIN = 400


def state_figure(
    *,
    election: str,
    party: str,
    source: str,
    by: Actor,
    at: datetime,
    state: str = "",
    number: int | None = None,
    share_pct: float | None = None,
    votes: int | None = None,
    seats: int | None = None,
) -> Stated:
    """Put a quoted figure beside the computed one: a party's share, votes or seats in a constituency, state or all.

    election: its code. party: code or name. source: who said it, where and when; it is shown with the figure. It needs
    `results.import` over that state; over the nation for a figure of all.
    Refuses UnknownElection, UnknownState, NotYourGround, UnknownSeat, UnknownParty, NothingStated, FigureUnfit,
    NoOrigin.
    """
    of = election_of(election)
    eci = given_state(state)
    at_unit = grounds.require_on_ground(by, "results.import", election=of, state=eci)
    if share_pct is None and votes is None and seats is None:
        raise refusals.NothingStated(field="share_pct")
    if (share_pct is not None and not 0 <= share_pct <= 100) or (votes or 0) < 0 or (seats or 0) < 0:
        raise refusals.FigureUnfit(field="share_pct" if share_pct is not None else "votes")
    if not source.strip():
        raise refusals.NoOrigin(field="source")
    of_seat = {} if number is None else {"number": number}
    of_contests = {"election": of} | ({"state": eci} if eci else {}) | of_seat
    if (number is not None and not eci) or not Contest.objects.filter(**of_contests).exists():
        raise refusals.UnknownSeat(field="state" if number is None else "number")
    if seats is not None:
        _require_seats(of, eci, number, seats)
    code = parties_by_word().get(reference.comparable_name(party), party.strip().upper())
    if not Candidacy.objects.filter(contest__election=of, party=code).exists():
        raise refusals.UnknownParty(field="party", party=party)
    with transaction.atomic():
        stated = Stated(
            election=of,
            state=eci,
            number=number,
            party=code,
            share_pct=share_pct,
            votes=votes,
            seats=seats,
            source=source.strip()[:LONGEST_ORIGIN],
            stated_by=by.account_id,
            stated_at=at,
        )
        stated.save(force_insert=True)
        audit.record(
            by=by,
            at=at,
            act="elections.state_figure",
            subject=of.code,
            unit_id=at_unit,
            facts={"state": eci, "number": number, "party": code},
        )
    return stated


def _require_seats(election: Election, state: str, number: int | None, seats: int) -> None:
    """Refuse (FigureUnfit) more seats than there are: 0 or 1 of a constituency."""
    if number is not None:
        if seats > 1:
            raise refusals.SeatUnfit(field="seats")
        return
    there = wholeness([election], state=state)[election.pk]
    most = max(there.seats, there.of or 0)
    if seats > most:
        raise refusals.SeatsUnfit(field="seats", most=most)


def withdraw_figure(*, stated_id: int, by: Actor, at: datetime) -> None:
    """Take a quoted figure away again; one that is gone already is no matter. Needs what `state_figure` needs."""
    with transaction.atomic():
        stated = Stated.objects.select_related("election").filter(pk=stated_id).first()
        if stated is None:
            return
        at_unit = grounds.require_on_ground(
            by, "results.import", election=stated.election, state=stated.state
        )
        gone, _each = Stated.objects.filter(pk=stated_id).delete()
        if gone:
            audit.record(
                by=by, at=at, act="elections.withdraw_figure", subject=str(stated_id), unit_id=at_unit
            )
