"""Read viewers: a session's or an account's appointments, and what they put in sight."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings

from abhiyan.core import clock, sql
from abhiyan.core.actor import Actor
from abhiyan.core.scope import NOTHING, Scope, current, is_out_of_date, scoped, system
from abhiyan.imports.kinds import registered
from abhiyan.org.models import Appointment
from abhiyan.org.rules import capabilities as known
from abhiyan.org.rules import granting
from abhiyan.org.rules.ranges import Range, literal
from abhiyan.org.viewer import NOBODY, HeldOffice, Viewer
from abhiyan.people.actions import sessions
from abhiyan.people.actions.sessions import SignedOutPhone
from abhiyan.people.models import Session
from abhiyan.ui.addresses import address_of
from abhiyan.units import queries as units

from .authority import NOBODY_IN_PARTICULAR

FIRST_POSITION, LAST_POSITION = 1 << 56, 4 << 56  # of all hierarchies together

# The ground migration makes org_visit and org_held. They have appointments with office, unit, today's positions and
# reach, and the positions of their state (or the nation).
_ACCOUNT = "a.id, a.public_id, a.name, a.language, a.is_root, a.is_demo"
_SESSION = ("key", "public_id", "account_id", "phone_id", "data", "device", "origin")
_SESSION_TIMES = ("created_at", "seen_at", "ends_at", "strong_at", "ended_at")
_TREES = (
    "(select coalesce(sum(t.version), 0)::bigint from units_tree t)"  # by one statement with the positions
)

_STOPPED = "(select s.reason from people_emergency_stop s where s.ended_at is null limit 1)"


def visit_of(key: str, *, on: date, at: datetime) -> tuple[Session | None, Viewer]:
    """The living session of a key and its viewer, by one query. The scope must name the key."""
    answer = sql.row(f"select {_TREES}, {_STOPPED}, v.* from org_visit(%s, %s::date) v", [key, on])
    if answer is None:
        return None, NOBODY
    trees, stopped_for, *row = answer
    session, viewer = _visit(row, key, trees, at=at)
    if stopped_for and viewer.appointments:
        viewer = replace(viewer, stopped_for=stopped_for)
    return session, viewer


def _visit(row: Sequence[Any], key: str, trees: int, *, at: datetime) -> tuple[Session | None, Viewer]:
    size = len(_SESSION) + len(_SESSION_TIMES)
    session = Session(**dict(zip(_SESSION + _SESSION_TIMES, row[:size], strict=True)))
    if not sessions.is_alive(session=session, at=at):
        return None, NOBODY
    if session.account_id is None:
        return session, replace(NOBODY, scope=Scope(session=key, phone=session.phone_id))
    if row[size] is None:  # the account was closed
        return None, NOBODY
    if session.is_phone:
        return _visit_of_phone(session, row[size:], trees, at=at)
    return session, _viewer(row[size:], session, trees)


def _visit_of_phone(
    session: Session, row: Sequence[Any], trees: int, *, at: datetime
) -> tuple[Session | None, Viewer]:
    """A phone's own session: with both proofs of the last 14 days all that its offices open, else own work alone.

    Nobody's where the account has no office of the booth, or any other besides: those show both proofs.
    """
    if session.strong_at is not None and session.strong_at + sessions.BOTH_PROOFS_LIVE <= at:
        session.strong_at = None
    viewer = _viewer(row, session, trees)
    if viewer.is_strong:
        return (session, viewer) if viewer.appointments else (None, NOBODY)
    offices = by_one_code(viewer)
    if not offices:
        return None, NOBODY
    return session, replace(
        viewer, appointments=offices, is_phone=True, scope=replace(viewer.scope, trees=trees)
    )


def by_one_code(viewer: Viewer) -> tuple[HeldOffice, ...]:
    """Return the offices at booths that one SMS code opens to an account. They show no people.

    An account with any other office gets none, nor does an administrator: those must show two proofs.
    """
    offices = [office for office in viewer.appointments if office.body_id is None]
    if viewer.is_root or not _are_of_booths((office.office, office.unit_kind) for office in offices):
        return ()
    return tuple(
        replace(
            office, capabilities=office.capabilities & known.BY_PHONE, sees_people=False, sees_figures=False
        )
        for office in offices
    )


def _are_of_booths(seats: Iterable[tuple[str, str]]) -> bool:
    return all(office in known.PHONE_OFFICES and kind in known.PHONE_UNITS for office, kind in seats)


def comes_by_code(account_id: int, *, on: date, taking: Appointment | None = None) -> bool:
    """Return True if one SMS code lets an account in: all its offices are of a booth, and it has one.

    taking: an office that counts already, though it has not begun.
    """
    viewer = viewer_of(account_id=account_id, on=on)
    seats = [(office.office, office.unit_kind) for office in viewer.appointments if office.body_id is None]
    if taking is not None and taking.body_id is None:
        seats.append((taking.office.code, taking.unit.kind))
    return bool(seats) and not viewer.is_root and _are_of_booths(seats)


def sign_in_path(account_id: int, *, on: date, taking: Appointment | None = None, to: str = "") -> str:
    """Return the path where an account signs in: by one code as `comes_by_code` says, else with both proofs.

    Every text and page that sends a known person to sign in asks here. to: the page they want afterwards.
    """
    is_by_code = comes_by_code(account_id, on=on, taking=taking)
    door = address_of("org:phone_sign_in" if is_by_code else "people:sign_in")
    return f"{door}?{urlencode({'next': to})}" if to else door


@contextmanager
def own_work(viewer: Viewer) -> Iterator[None]:
    """See one's own booth, for a worker's own pages: their entries, and what their office owes.

    Both proofs see it anyway. After one code nothing of people is in sight outside this block.
    """
    if not viewer.is_phone:
        yield
        return
    booths = literal(booth_range for office in viewer.appointments for booth_range in office.ranges)
    with scoped(replace(current(), people=booths, line=booths)):
        yield


def viewer_of(*, account_id: int, session: Session | None = None, on: date) -> Viewer:
    """The viewer of an account on a day; without a session as if it were strong (jobs, reports, tests).

    Reads past the caller's scope: who somebody is does not depend on who asks.
    """
    with system("who an account is"):
        row = sql.row(
            f"select {_TREES}, {_ACCOUNT}, org_held(a.id, %s::date) from people_account a"
            " where a.id = %s and a.closed_at is null",
            [on, account_id],
        )
    return NOBODY if row is None else _viewer(row[1:], session, row[0])


def viewer_then(phone: SignedOutPhone) -> Viewer:
    """Return the viewer of a phone as it was when it was signed out: by the offices its account held at that instant.

    Nobody, where one code let them in to nothing then. Positions are those of today's trees.
    """
    at = phone.ended_at
    session = Session(
        key=Session.OF_PHONE,
        public_id=phone.public_id,
        account_id=phone.account_id,
        strong_at=at if phone.was_strong else None,
    )
    with system("who an account was"):
        row = sql.row(
            f"select {_TREES}, {_ACCOUNT}, org_held_then(a.id, %(day)s::date, %(at)s) from people_account a"
            " where a.id = %(account)s and (a.closed_at is null or a.closed_at >= %(at)s)",
            {"day": clock.day_in(settings.TIME_ZONE, at), "at": at, "account": phone.account_id},
        )
    return NOBODY if row is None else _visit_of_phone(session, row[1:], row[0], at=at)[1]


def reader_over(
    spans: Sequence[Range],
    counts: Sequence[Range],
    *,
    unit_id: int,
    sees_people: bool = False,
    sees_figures: bool = False,
    capabilities: Iterable[str] = (),
) -> Viewer:
    """Return nobody in particular, with the least sight that some readers share: what is made for all of them is made
    in it.

    spans: positions of the unit they read (unit_id). counts: where they see rounded counts, such as their state.
    """
    office = HeldOffice(
        id=0,
        public_id=UUID(int=0),
        office="",
        office_names={},
        rank=0,
        capabilities=frozenset(capabilities),
        sees_people=sees_people,
        sees_figures=sees_figures,
        is_disputed=False,
        body_id=None,
        unit_id=unit_id,
        unit_code="",
        unit_kind="",
        unit_names={},
        hierarchy=0,
        depth=1,
        lo=spans[0][0],
        hi=spans[0][1],
        ranges=tuple(spans),
        counts=tuple(counts),
    )
    scope = Scope(trees=units.trees_version())
    return Viewer(
        account_id=NOBODY_IN_PARTICULAR,
        appointments=(office,),
        scope=_scope([office], is_root=False, scope=scope),
        is_strong=True,
    )


def scope_of(account_id: int, on: date) -> Scope:
    """Return the scope of an account's appointments of a day."""
    return viewer_of(account_id=account_id, on=on).scope


@contextmanager
def seeing_as(account_id: int, *, on: date, reason: str = "") -> Iterator[Scope]:
    """See what an account's appointments of a day put in sight.

    Refuses (TreesMoved) at its end when units moved meanwhile: what it did not see may have been there.
    """
    with scoped(replace(scope_of(account_id, on), reason=reason)) as scope:
        yield scope
        if is_out_of_date(scope, units.trees_version()):
            raise units.TreesMoved


def seen_by(by: Actor, *, at: datetime, reason: str) -> AbstractContextManager[Scope]:
    """Return the scope of an actor outside a request.

    An actor without an account sees nothing, nor does one after a single SMS code. The console sees everything.
    """
    if by.kind == "system":
        return system(reason)
    if by.account_id is None or by.kind == "phone":
        return scoped(NOTHING)
    return seeing_as(by.account_id, on=clock.day_in(settings.TIME_ZONE, at), reason=reason)


def _viewer(row: Sequence[Any], session: Session | None, trees: int) -> Viewer:
    account_id, public_id, name, language, is_root, is_demo, rows = row
    offices = tuple(_held(held_json) for held_json in rows or ())
    is_strong = session is None or session.strong_at is not None
    scope = Scope(
        account=account_id,
        session=session.key if session else "",
        phone=session.phone_id if session else None,
    )
    return Viewer(
        account_id=account_id,
        public_id=public_id,
        name=name,
        language=language,
        appointments=offices,
        scope=_scope(offices, is_root=is_root, scope=replace(scope, trees=trees)) if is_strong else scope,
        is_strong=is_strong,
        is_root=is_root,
        is_demo=is_demo,
    )


def _held(row: Sequence[Any]) -> HeldOffice:
    (id_, public_id, office, office_names, rank, capabilities, sees_people, is_disputed, body_id) = row[:9]
    (unit_id, code, kind, names, hierarchy, depth, lo, hi, reach, counts) = row[9:]
    leads = (
        body_id is None
    )  # a seat in a body shows no people and no counts, and gives no right over the unit
    return HeldOffice(
        id=id_,
        public_id=UUID(public_id),
        office=office,
        office_names=office_names,
        rank=rank,
        capabilities=frozenset(capabilities) if leads and not is_disputed else frozenset(),
        sees_people=sees_people and leads,
        sees_figures=known.REPRESENTS in capabilities and leads,
        is_disputed=is_disputed,
        body_id=body_id,
        unit_id=unit_id,
        unit_code=code,
        unit_kind=kind,
        unit_names=names,
        hierarchy=hierarchy,
        depth=depth,
        lo=lo,
        hi=hi,
        ranges=tuple((int(a), int(b)) for a, b in reach if leads),
        counts=(tuple((int(a), int(b)) for a, b in counts) if counts else ((lo, hi),)) if leads else (),
    )


def _imports(offices: tuple[HeldOffice, ...], *, is_root: bool) -> tuple[str, ...]:
    """Kinds of list whose imports of the whole are theirs: by an office at the top, of people only if it sees them.

    The policy decides if that top is the only one.
    """
    tops = [office for office in offices if office.depth == 0]
    if not tops and not is_root:
        return ()
    return tuple(
        kind.key
        for kind in registered()
        if (is_root and kind.capability in known.ROOT)
        or any(
            kind.capability in office.capabilities and (office.sees_people or not kind.layout.personal)
            for office in tops
        )
    )


def _scope(offices: Iterable[HeldOffice], *, is_root: bool, scope: Scope) -> Scope:
    """The nation's offices see everything: without bounds the database is quicker than with one vast range."""
    offices = tuple(offices)
    counts = [count_range for office in offices for count_range in office.counts]
    if is_root:
        counts.append((FIRST_POSITION, LAST_POSITION))
    return replace(
        scope,
        imports=_imports(offices, is_root=is_root),
        people=literal(
            people_range for office in offices if office.sees_people for people_range in office.ranges
        ),
        counts=literal(counts),
        figures=literal(span for office in offices if office.sees_figures for span in office.ranges),
        requests=literal(
            request_range
            for office in offices
            if granting.APPROVE in office.capabilities
            for request_range in office.ranges
        ),
        line=literal(
            line_range
            for office in offices
            if known.LEADS in office.capabilities
            for line_range in office.ranges
        ),
        bodies=tuple(sorted({office.body_id for office in offices if office.body_id is not None})),
        everything=any(
            office.unit_kind == "nation"
            and office.depth == 0
            and office.sees_people
            and not office.is_disputed
            for office in offices
        ),
    )
