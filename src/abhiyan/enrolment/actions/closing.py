"""When units close: the claims that wait there, and the members who live there."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, jobs
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.enrolment.models import Claim, Enrolment, Membership, Moved, Taken
from abhiyan.enrolment.queries.drives import covered
from abhiyan.org import queries as org
from abhiyan.people.actions.persons import lock_phones
from abhiyan.units import actions as unit_acts
from abhiyan.units import queries as units
from abhiyan.units.news import UnitsClosing, UnitsOpening
from abhiyan.units.rules.hanging import Answer, Thing

from .members import move_claims, move_members

AT_ONCE = 500  # claims or members moved in one commit: each holds its phone's lock.
MOST_AT_UNDO = 2_000  # brought back within the undo of a list.
NO_UNIT = 0  # the beginning of a handing over, before its first unit: claims of all units together
CLAIMS = Thing(
    key="enrolment.claims",
    title=_("Entries that wait for a decision"),
    query="select unit_id, count(*) from enrolment_claim where unit_id = any(%(units)s)"
    f" and taken = {Taken.WORKLIST.value} and membership_id is null group by 1",
    answers=(Answer.GOES, Answer.STAYS),
    capability="enrolment.place",
    is_people=True,
)
MEMBERS = Thing(
    key="enrolment.members",
    title=_("Members who live there"),
    query="select e.unit_id, count(*) from enrolment_enrolment e join enrolment_membership m"
    " on m.id = e.membership_id and m.term = e.term and m.ended_on is null"
    " where e.unit_id = any(%(units)s) group by 1",
    answers=(Answer.GOES, Answer.STAYS),
    capability="enrolment.correct",
    is_people=True,
)


def settle_enrolment_at_closing(*, closing: UnitsClosing) -> None:
    """Do with claims and members of units about to close what was answered.

    Claims and members go to a single successor, members with their latest term and its count, in a job after
    the commit. Each is moved under the phone's lock, as a correction does it. Needs the thing's capability at
    the unit and its successor.
    """
    with system("units close"):
        goes = [_require(closing, kind) for kind in (CLAIMS, MEMBERS)]
    if any(goes):
        jobs.later(
            "enrolment.hand_members_over",
            str(closing.closing_id),
            at=closing.at,
            closing_id=closing.closing_id,
        )


def _require(closing: UnitsClosing, thing: Thing) -> bool:
    """Return True if any of a thing goes to a successor. Asks whether `by` may."""
    going = closing.going(thing.key)
    n_by_unit = {unit: going[unit][0] for unit in units.hanging_on(list(going), [thing])[thing.key]}
    for unit_id in sorted({*n_by_unit, *n_by_unit.values()}):
        org.require(closing.by, thing.capability, at=unit_id)
    return bool(n_by_unit)


def bring_back_after_opening(*, opening: UnitsOpening) -> None:
    """Bring claims that wait, and members, back in a job: their units are open again."""
    if opening.is_undo:  # their units go next: what cannot be brought back now keeps them
        _bring_back_now(opening.closing_id, at=opening.at)
    with system("units open again"):
        moved = Moved.objects.filter(closing_id=opening.closing_id)
        is_any = moved.exists() or _kept(opening.closing_id, after=0, most=0)
    if is_any:
        jobs.later(
            "enrolment.bring_members_back",
            str(opening.closing_id),
            at=opening.at,
            closing_id=opening.closing_id,
        )


def _bring_back_now(closing_id: int, *, at: datetime) -> None:
    """Bring them back in the transaction of an undo: every phone is locked first, for others wait for them in
    their order."""
    by = Actor.system("undo of a list")
    with system("units open again"):
        pages = _kept(closing_id, after=0, most=MOST_AT_UNDO)
        rows = Moved.objects.filter(closing_id=closing_id).order_by("unit_id", "pk")
        ids = list(rows.values_list("membership_id", flat=True)[: MOST_AT_UNDO + AT_ONCE])
        phones = Membership.objects.filter(pk__in=ids).values_list("phone_id", flat=True)
        lock_phones([*_phones(_claims_of(pages)), *phones])
        _bring_claims(pages, at=at)
    brought = 0
    while brought < MOST_AT_UNDO and (n := bring_back_next(closing_id=closing_id, by=by, at=at)):
        brought += n


def hand_over_next(
    *, closing_id: int, after: tuple[int, UUID] | None, by: Actor, at: datetime
) -> tuple[int, UUID] | None:
    """Move a closing's next claims, then members, to the successor of their unit; in one commit, by the system.

    after: what the call before returned. Returns where it came to; None when it is through. Those whose drive does
    not take people at the successor stay; each that goes is kept, so that an opening brings them back.
    """
    with system("members of closed units"):
        if by.kind != "system":
            return None
        closing = unit_acts.hold_closing(closing_id=closing_id)
        if closing.opened_at is not None:
            return None
        going = {unit: to[0] for unit, to in sorted(units.closed_by(closing_id).items()) if len(to) == 1}
        at_unit, past = after or (NO_UNIT, UUID(int=0))
        if at_unit == NO_UNIT and closing.answers.get(CLAIMS.key) == Answer.GOES:
            last = _hand_over_claims(closing_id, going, past, at=at)
            if last is not None:
                return NO_UNIT, last
        if closing.answers.get(MEMBERS.key) != Answer.GOES:
            return None
        for unit_id, to in going.items():
            if unit_id >= at_unit:
                since = past if unit_id == at_unit else UUID(int=0)
                last = _hand_over_members(closing_id, unit_id, to, since, by=by, at=at)
                if last is not None:
                    return unit_id, last
    return None


def _hand_over_claims(closing_id: int, going: dict[int, int], past: UUID, *, at: datetime) -> UUID | None:
    """Hand over some of the claims that wait at units of a closing.

    Up to which public id; None when there are no more.
    """
    waiting = Claim.objects.filter(taken=Taken.WORKLIST, membership_id=None, unit_id__in=list(going))
    some = waiting.filter(public_id__gt=past).order_by("public_id").values_list("public_id", "pk", "phone_id")
    claim_ids = list(some[:AT_ONCE])
    lock_phones(phone_id for _public_id, _pk, phone_id in claim_ids)
    claims = defaultdict[int, list[Claim]](list)
    for claim in waiting.filter(pk__in=[pk for _public_id, pk, _phone_id in claim_ids]):
        claims[claim.unit_id].append(claim)
    for unit_id, theirs in sorted(claims.items()):
        if moved := _move(theirs, going[unit_id], at=at):
            facts = {"unit": unit_id, "to": going[unit_id], "claims": [str(one.pk) for one in moved]}
            unit_acts.keep_closing_fact(closing_id=closing_id, what=CLAIMS.key, facts=facts)
    return claim_ids[-1][0] if claim_ids else None


def _hand_over_members(
    closing_id: int, unit_id: int, to: int, past: UUID, *, by: Actor, at: datetime
) -> UUID | None:
    """Hand over some of the members of a unit. Up to which enrolment; None when there are no more."""
    theirs = Enrolment.objects.filter(unit_id=unit_id, ended_at=None, pk__gt=past)
    terms = list(theirs.order_by("pk").values_list("pk", "membership_id")[:AT_ONCE])
    ids = [membership_id for _pk, membership_id in terms]
    lock_phones(Membership.objects.filter(pk__in=ids).values_list("phone_id", flat=True))
    members = Membership.objects.filter(pk__in=ids, unit_id=unit_id, ended_on=None)
    moved = _moved(list(members), to, at=at)
    Moved.objects.bulk_create(
        Moved(closing_id=closing_id, membership_id=membership.pk, unit_id=unit_id, to_id=to)
        for membership in moved
    )
    _record("enrolment.hand_members_over", unit_id, len(moved), by=by, at=at)
    return terms[-1][0] if terms else None


def bring_claims_back(*, closing_id: int, after: int, by: Actor, at: datetime) -> int | None:
    """Bring back the next claims that a closing moved, where they still wait at the successor; in one commit.

    after: what the call before returned, 0 at first. Returns where it came to; None when it is through.
    """
    with system("entries of units that are open again"):
        pages = _kept(closing_id, after=after, most=AT_ONCE) if by.kind == "system" else []
        lock_phones(_phones(_claims_of(pages)))
        _bring_claims(pages, at=at)
    return after + len(pages) if pages else None


def _kept(closing_id: int, *, after: int, most: int) -> list[dict[str, Any]]:
    """Return pages of what was kept of claims that went, but the first few: one, and more up to so many claims."""
    pages: list[dict[str, Any]] = []
    n = 0
    for facts in islice(units.kept_of_closing(closing_id=closing_id, what=CLAIMS.key), after, None):
        n += len(facts["claims"])
        if pages and n > most:
            break
        pages.append(facts)
    return pages


def _claims_of(pages: Sequence[dict[str, Any]]) -> list[UUID]:
    return [UUID(claim) for facts in pages for claim in facts["claims"]]


def _phones(claims: Sequence[UUID]) -> list[UUID]:
    return list(Claim.objects.filter(pk__in=claims).values_list("phone_id", flat=True))


def _bring_claims(pages: Sequence[dict[str, Any]], *, at: datetime) -> None:
    """Bring claims back whose phones are locked."""
    waiting = Claim.objects.filter(taken=Taken.WORKLIST, membership_id=None)
    for facts in pages:
        theirs = waiting.filter(pk__in=map(UUID, facts["claims"]), unit_id=facts["to"])
        _move(list(theirs), facts["unit"], at=at)


def bring_back_next(*, closing_id: int, by: Actor, at: datetime) -> int:
    """Bring back the next members that a closing moved, unless they live elsewhere since. 0: there were none left."""
    with system("members of units that are open again"):
        if by.kind != "system":
            return 0
        rows = list(Moved.objects.filter(closing_id=closing_id).order_by("unit_id", "pk")[:AT_ONCE])
        rows = [row for row in rows if row.unit_id == rows[0].unit_id]
        if not rows:
            return 0
        ids = [row.membership_id for row in rows]
        lock_phones(Membership.objects.filter(pk__in=ids).values_list("phone_id", flat=True))
        members = Membership.objects.filter(pk__in=ids, unit_id=rows[0].to_id, ended_on=None)
        moved = _moved(list(members), rows[0].unit_id, at=at)
        Moved.objects.filter(pk__in=[row.pk for row in rows]).delete()
        _record("enrolment.bring_members_back", rows[0].unit_id, len(moved), by=by, at=at)
    return len(rows)


def _moved(members: list[Membership], unit_id: int, *, at: datetime) -> list[Membership]:
    """Move those of some members, whose phones are locked, whose drive takes people at the unit; who was."""
    takes = {
        number: bool(covered(programme_id=number, unit_ids=[unit_id]))
        for number in {membership.programme_id for membership in members}
    }
    moving = [membership for membership in members if takes[membership.programme_id]]
    if moving:
        move_members(moving, unit_id, at)
    return moving


def _move(claims: list[Claim], unit_id: int, *, at: datetime) -> list[Claim]:
    """Move claims in the same way."""
    takes = {
        number: bool(covered(programme_id=number, unit_ids=[unit_id]))
        for number in {claim.programme_id for claim in claims}
    }
    moving = [claim for claim in claims if takes[claim.programme_id]]
    move_claims(moving, unit_id, at)
    return moving


def _record(act: str, unit_id: int, n: int, *, by: Actor, at: datetime) -> None:
    if n:
        audit.record(by=by, at=at, act=act, unit_id=unit_id, n=n)
