"""Scope: what a transaction may see. Nothing is in sight outside one, and SET LOCAL dies with it.

PostgreSQL's row-level security (core.policy) compares these settings on every table about people or counts. So pages,
exports, counts, joins, raw SQL and jobs are held alike. A query's own filter stays: the policy is the net, not the
plan.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from . import clock, sql


@dataclass(frozen=True, slots=True)
class Scope:
    """people, counts: int8multirange literals of positions where person-level rows, and counts, may be seen.

    trees: the version of the trees these positions were read from. Without it, or once a tree has moved, they show
    nothing: positions of another tree would show other people's rows.
    requests: positions of the units whose requests the viewer decides.
    line: positions of the units the viewer leads, whose tasks they may ask and see.
    figures: positions whose counts are exact and of now, though the people there are out of sight. Those of `people`
    are so too.
    bodies: ids of bodies. imports: kinds of list; those brought for the whole organisation may be seen.
    everything: no bounds (used by the nation, and by the system for a stated reason).
    account, session, phone: what belongs to the viewer alone, such as their sessions or own membership.
    """

    people: str = "{}"
    counts: str = "{}"
    trees: int | None = None
    requests: str = "{}"
    line: str = "{}"
    figures: str = "{}"
    bodies: tuple[int, ...] = ()
    imports: tuple[str, ...] = ()
    everything: bool = False
    reason: str = ""
    account: int | None = None
    session: str = ""
    phone: UUID | None = None

    def settings(self) -> dict[str, str]:
        return {
            "abhiyan.people": self.people,
            "abhiyan.counts": self.counts,
            "abhiyan.trees": "unknown" if self.trees is None else str(self.trees),
            "abhiyan.requests": self.requests,
            "abhiyan.line": self.line,
            "abhiyan.figures": _joined(self.people, self.figures),
            "abhiyan.bodies": "{" + ",".join(map(str, self.bodies)) + "}",
            "abhiyan.imports": "{" + ",".join(self.imports) + "}",
            "abhiyan.everything": "on" if self.everything else "",
            "abhiyan.reason": self.reason,
            "abhiyan.account": "" if self.account is None else str(self.account),
            "abhiyan.session": self.session,
            "abhiyan.phone": "" if self.phone is None else str(self.phone),
        }

    def apply(self) -> None:
        """Set it for the rest of the current transaction; and hear what time it is."""
        settings, asked_s = self.settings(), time.monotonic()
        clock.take_database_time(
            sql.value(
                "select clock_timestamp(), " + ", ".join(["set_config(%s, %s, true)"] * len(settings)),
                [value for pair in settings.items() for value in pair],
            ),
            asked_s=asked_s,
        )


def _joined(positions: str, more: str) -> str:
    """The positions of two multirange literals, as one."""
    return "{" + ",".join(filter(None, (positions[1:-1], more[1:-1]))) + "}"


NOTHING = Scope()
_ATTRIBUTE = "abhiyan_scope"
_OWN_MOVES = "abhiyan_own_moves"


def current() -> Scope:
    """The scope in force on this thread's connection."""
    scope: Scope = getattr(connection, _ATTRIBUTE, NOTHING)
    return scope


@contextmanager
def scoped(scope: Scope) -> Iterator[Scope]:
    """A transaction that sees what `scope` allows. Nested: the outer scope is in force again afterwards."""
    outer, nested = current(), connection.in_atomic_block
    if not nested:
        setattr(connection, _OWN_MOVES, 0)
    with transaction.atomic():
        scope.apply()
        setattr(connection, _ATTRIBUTE, scope)
        try:
            yield scope
            if nested and not connection.needs_rollback:
                outer.apply()  # SET LOCAL lives to the end of the outermost transaction
        finally:
            setattr(connection, _ATTRIBUTE, outer)  # on failure ROLLBACK TO SAVEPOINT restores the settings


def widen(scope: Scope) -> None:
    """Replace the scope of the transaction under way (sign-in: the session is read before the viewer is known)."""
    scope.apply()
    setattr(connection, _ATTRIBUTE, scope)


def note_own_move() -> None:
    """Note that the transaction under way raises the version of a tree itself (units, before it writes)."""
    setattr(connection, _OWN_MOVES, getattr(connection, _OWN_MOVES, 0) + 1)


def is_out_of_date(scope: Scope, version: int) -> bool:
    """Return True if another transaction moved a tree since the scope's positions were read.

    version: of the trees now. Moves made in this transaction do not invalidate its answers.
    """
    if scope.trees is None:
        return False
    return not scope.trees <= version <= scope.trees + getattr(connection, _OWN_MOVES, 0)


@contextmanager
def system(reason: str) -> Iterator[Scope]:
    """Everything, for a stated reason: jobs, commands, and acts that must look past the viewer's scope."""
    if not reason:
        raise ValueError("a system scope states its reason")
    with scoped(Scope(everything=True, reason=reason)) as scope:
        yield scope
