"""Make plans of seats and votes from a past result, change them as a new version that names the one before, and lock
them. A version is never edited. The next version keeps what was set by hand or locked; the swing moves the other seats
only."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import get_language

from abhiyan.core import audit, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import or_refuse
from abhiyan.elections import reference, refusals
from abhiyan.elections.models import Alliance, Candidacy, Election, ElectionKind, Level, Plan, PlanSeat
from abhiyan.elections.queries import grounds, planning, progress
from abhiyan.elections.queries.planning import Aims, WorkedPlan
from abhiyan.elections.rules.results import belongs
from abhiyan.org import queries as org

from . import passing_down
from .inputs import LARGEST, election_of, given_state, kept_names
from .parties import parties_by_word


def make_plan(
    *,
    names: Mapping[str, str],
    election: str,
    unit_id: int,
    party: str,
    aims: Aims,
    by: Actor,
    at: datetime,
    state: str = "",
    alliance: UUID | None = None,
    is_sample: bool = False,
    seed: int | None = None,
    once: UUID | None = None,
) -> Plan:
    """Make the first version of a plan from a past result.

    election: its code. unit_id: whose plan it is. state: its code or name, "" for all; a unit in a state plans for
    that state. party: code or name; alone, or with an alliance named for the election. seed: of the random local
    swings, from 0 to 2**31; None: that of all plans of this party from this result. once: what tells one sending of
    a form from another: sent a second time it gives the plan that was made. Independents are no party: there is no
    plan for them.
    It needs `plans.make` at the unit. Refuses NamesMissing, UnknownElection, ByElectionOnly, PlanElsewhere, NoResults,
    UnknownParty, UnknownSeat, AllianceUnfit, AimsUnfit, MethodUnfit.
    """
    org.require(by, "plans.make", at=unit_id)
    _check(aims)
    of = election_of(election)
    if ElectionKind(of.kind).is_by:
        raise refusals.ByElectionOnly(field="election")
    eci = _state(unit_id, state)
    code = parties_by_word().get(reference.comparable_name(party), party.strip().upper())
    stood = Candidacy.objects.filter(contest__election=of, party=code)
    if not belongs(code, {code}) or not (stood.filter(contest__state=eci) if eci else stood).exists():
        raise refusals.UnknownParty(field="party", party=party)
    seed = planning.party_seed(of, eci, code) if seed is None else seed
    public_id = lot.uuid() if once is None else uuid5(by.id, once.hex)
    with transaction.atomic():
        if once is not None and (made := _made_already(public_id)) is not None:
            return made
        allies = _alliance(of, eci, code, alliance)
        worked = or_refuse(
            planning.worked_out(of, state=eci, party=code, alliance=allies, aims=aims, seed=seed),
            refusals.NoResults(field="election"),
        )
        _check_seats(aims, {contest.pk for contest in worked.contests})
        plan = Plan(
            public_id=public_id,
            names=kept_names(names),
            election=of,
            level=Level(ElectionKind(of.kind).level),
            state=eci,
            unit_id=unit_id,
            party=code,
            alliance=allies,
            seed=seed,
            is_sample=is_sample,
        )
        _store(plan, aims, worked, {}, by=by, at=at)
        _note("elections.make_plan", plan, n=len(worked.contests), by=by, at=at)
    return plan


def next_version(
    *,
    public_id: UUID,
    by: Actor,
    at: datetime,
    aims: Aims | None = None,
    names: Mapping[str, str] | None = None,
    by_hand: Mapping[int, int | None] | None = None,
    locks: Mapping[int, bool] | None = None,
) -> Plan:
    """Plan again from the same result, as a version that names this one; seats by hand and locked ones stay.

    aims: other goals, method or turnout; None: the same. by_hand: contest -> votes it is given; None gives the seat
    back to the swing. locks: contest -> locked or not; a seat locked now keeps the votes it has.
    Numbers passed down to units are carried along. Seats with changed votes split them again. It needs `plans.make` at
    the plan's unit. Refuses NewerVersion, UnknownSeat, AimsUnfit, MethodUnfit, NamesMissing.
    """
    with transaction.atomic():
        before = passing_down.lock_newest_plan(public_id, by)
        aims = aims or planning.plan_aims(before)
        _check(aims)
        hands, kept = dict(by_hand or {}), dict(locks or {})
        seats = {seat.contest_id: seat for seat in PlanSeat.objects.filter(plan=before)}
        if not (hands.keys() | kept.keys()) <= seats.keys():
            raise refusals.UnknownSeat(field="seat")
        _check_seats(aims, seats)
        if any(n is not None and not 0 <= n <= LARGEST for n in hands.values()):
            raise refusals.AimsUnfit(field="votes")
        flags = {}
        seats_held: dict[int, tuple[int, int | None]] = {}
        for contest_id, seat in seats.items():
            votes_by_hand = hands.get(contest_id, seat.votes if seat.by_hand else None)
            is_locked = kept.get(contest_id, seat.is_locked)
            flags[contest_id] = (votes_by_hand is not None, is_locked)
            if votes_by_hand is not None or is_locked:
                votes = seat.votes if votes_by_hand is None else votes_by_hand
                seats_held[contest_id] = (votes, seat.votes_likely if is_locked else None)
        worked = or_refuse(
            planning.worked_out(
                before.election,
                state=before.state,
                party=before.party,
                alliance=before.alliance,
                aims=aims,
                seed=before.seed,
                held=seats_held,
            ),
            refusals.NoResults(field="election"),
        )
        plan = _following(before, names)
        _store(plan, aims, worked, flags, by=by, at=at)
        passing_down.carry_numbers(before=before, after=plan, by=by, at=at)
        _note("elections.next_version", plan, n=len(hands) + len(kept), by=by, at=at)
    return plan


def _made_already(public_id: UUID) -> Plan | None:
    """The plan a form has made; one that is being made at this moment is waited for."""
    sql.wait_for(public_id.hex)
    return Plan.objects.filter(public_id=public_id).first()


def lock_seats(*, public_id: UUID, contest_ids: Sequence[int], locked: bool, by: Actor, at: datetime) -> Plan:
    """Keep seats as they are whatever is planned later, or release them: a version like this one but for the locks.
    Nothing is worked out again. It needs `plans.make` at the plan's unit. Refuses NewerVersion, UnknownSeat."""
    with transaction.atomic():
        before = passing_down.lock_newest_plan(public_id, by)
        seats = list(PlanSeat.objects.filter(plan=before))
        chosen = set(contest_ids)
        if not chosen or not chosen <= {seat.contest_id for seat in seats}:
            raise refusals.UnknownSeat(field="seat")
        plan = _following(before, None)
        findings = {key: finding for key, finding in before.found.items() if key != progress.KEY}
        _insert(plan, before, findings, by=by, at=at)
        for seat in seats:
            seat.pk, seat.plan = None, plan
            if seat.contest_id in chosen:
                seat.is_locked = locked
        PlanSeat.objects.bulk_create(seats, batch_size=1_000)
        passing_down.carry_numbers(before=before, after=plan, by=by, at=at)
        act = "elections.lock_seats" if locked else "elections.unlock_seats"
        _note(act, plan, n=len(chosen), by=by, at=at)
    return plan


def _following(before: Plan, names: Mapping[str, str] | None) -> Plan:
    same = ("election", "level", "state", "unit_id", "party", "alliance", "seed", "is_sample")
    return Plan(
        public_id=lot.uuid(),
        names=before.names if names is None else kept_names(names),
        previous=before,
        number=before.number + 1,
        **{name: getattr(before, name) for name in same},
    )


def _insert(plan: Plan, aims: Aims | Plan, found: dict[str, Any], *, by: Actor, at: datetime) -> None:
    for name in planning.KEPT_AIMS:
        setattr(plan, name, getattr(aims, name))
    plan.found, plan.made_by, plan.made_at = found, by.account_id, at
    plan.save(force_insert=True)


def _store(
    plan: Plan,
    aims: Aims,
    worked: WorkedPlan,
    flags: Mapping[int, tuple[bool, bool]],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Write a version with its seats. flags: contest -> by hand, locked."""
    _insert(plan, aims, planning.found_of(worked, aims), by=by, at=at)
    out = worked.outcome
    nothing = (False, False)
    PlanSeat.objects.bulk_create(
        [
            PlanSeat(
                plan=plan,
                contest=contest,
                unit_id=contest.unit_id,
                electors=contest.electors,
                votes_likely=int(out.likely[place]),
                votes=int(out.votes[place]),
                share_pct=float(out.share_pct[place]) if out.likely[place] > 0 else 0.0,
                by_hand=flags.get(contest.pk, nothing)[0],
                is_locked=flags.get(contest.pk, nothing)[1],
            )
            for place, contest in enumerate(worked.contests)
        ],
        batch_size=1_000,
    )


def _check(aims: Aims) -> None:
    if aims.method not in planning.METHODS:
        raise refusals.MethodUnfit(field="method")
    for field, whole in (("seats_goal", aims.seats_goal), ("votes_goal", aims.votes_goal)):
        if whole is not None and not 0 <= whole <= LARGEST:
            raise refusals.AimsUnfit(field=field)
    for field, pct in (("share_goal_pct", aims.share_goal_pct), ("turnout_pct", aims.turnout_pct)):
        if pct is not None and not 0 <= pct <= 100:
            raise refusals.AimsUnfit(field=field)
    if aims.swing is not None and not -100 <= aims.swing <= planning.HIGHEST_SWING[aims.method]:
        raise refusals.AimsUnfit(field="swing")


def _check_seats(aims: Aims, known: Collection[int]) -> None:
    """Refuse seats to be won that the plan does not have."""
    if not set(aims.to_win) <= set(known):
        raise refusals.UnknownSeat(field="seat")


def _state(unit_id: int, given: str) -> str:
    """Return the state a unit plans for: its own, where it lies in one, else the given one; "" is all."""
    eci = given_state(given)
    unit_state = grounds.state_of_unit(unit_id)
    if unit_state and eci and unit_state != eci:
        raise refusals.PlanElsewhere(
            field="state", state=reference.reference_state_name(unit_state, (get_language() or "en")[:2])
        )
    return unit_state or eci


def _alliance(election: Election, state: str, party: str, public_id: UUID | None) -> Alliance | None:
    if public_id is None:
        return None
    alliance = Alliance.objects.filter(public_id=public_id, election=election).first()
    if alliance is None or party not in alliance.parties or alliance.state not in ("", state):
        raise refusals.AllianceUnfit(field="alliance")
    return alliance


def _note(act: str, plan: Plan, *, n: int, by: Actor, at: datetime) -> None:
    facts = {"version": plan.number, "election": plan.election.code, "state": plan.state}
    facts |= {goal: getattr(plan, goal) for goal in ("seats_goal", "votes_goal", "share_goal_pct")}
    subject = str(plan.public_id)
    audit.record(by=by, at=at, act=act, subject=subject, unit_id=plan.unit_id, n=n, facts=facts)
