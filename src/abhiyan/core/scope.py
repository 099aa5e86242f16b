"""Scope: what a transaction may see. Nothing is in sight outside one, and SET LOCAL dies with it.

PostgreSQL's row-level security (core.policy) compares these settings on every table about people or counts, so
pages, exports, counts, joins, raw SQL and jobs are held alike. A query's own filter stays: the policy is the
net, not the plan.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction


@dataclass(frozen=True, slots=True)
class Scope:
    """people, counts: int8multirange literals of positions where person-level rows, and counts, may be seen.

    bodies: ids of bodies. imports: kinds of list; those brought for the whole organisation may be seen.
    everything: no bounds (used by the nation, and by the system for a stated reason).
    account, session, phone: what belongs to the viewer alone, such as their sessions or own membership.
    """

    people: str = "{}"
    counts: str = "{}"
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
            "abhiyan.bodies": "{" + ",".join(map(str, self.bodies)) + "}",
            "abhiyan.imports": "{" + ",".join(self.imports) + "}",
            "abhiyan.everything": "on" if self.everything else "",
            "abhiyan.reason": self.reason,
            "abhiyan.account": "" if self.account is None else str(self.account),
            "abhiyan.session": self.session,
            "abhiyan.phone": "" if self.phone is None else str(self.phone),
        }

    def apply(self) -> None:
        """Set it for the rest of the current transaction."""
        given = self.settings()
        with connection.cursor() as cursor:
            cursor.execute(
                "select " + ", ".join(["set_config(%s, %s, true)"] * len(given)),
                [value for pair in given.items() for value in pair],
            )


NOTHING = Scope()
_ATTRIBUTE = "abhiyan_scope"


def current() -> Scope:
    """The scope in force on this thread's connection."""
    scope: Scope = getattr(connection, _ATTRIBUTE, NOTHING)
    return scope


@contextmanager
def scoped(scope: Scope) -> Iterator[Scope]:
    """A transaction that sees what `scope` allows. Nested: the outer scope is in force again afterwards."""
    outer, nested = current(), connection.in_atomic_block
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


@contextmanager
def system(reason: str) -> Iterator[Scope]:
    """Everything, for a stated reason: jobs, commands, and acts that must look past the viewer's scope."""
    if not reason:
        raise ValueError("a system scope states its reason")
    with scoped(Scope(everything=True, reason=reason)) as scope:
        yield scope
