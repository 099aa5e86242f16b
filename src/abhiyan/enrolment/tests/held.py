"""Hold transactions open: a real one, on a connection of its own, that stops before a statement until a test
releases it."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection

from abhiyan.core.scope import system
from abhiyan.core.tests.waits import PATIENCE_S, until
from abhiyan.enrolment.actions import ClaimMessage
from abhiyan.enrolment.rules.packed import Value
from abhiyan.intake.actions import Gateway, enrol_batch
from abhiyan.intake.actions.gateway import Writer

from .make import CHANNEL, World


class Held(Writer):
    """A writer that stops before its first statement of the name `stop`, in its transaction."""

    stop = "commit"

    def __init__(self, statements: dict[str, tuple[str, Sequence[str]]]) -> None:
        super().__init__(statements)
        self.reached, self.go = threading.Event(), threading.Event()

    def run(self, *steps: tuple[str, Sequence[Value]]) -> list[Any]:
        names = [name for name, _values in steps]
        if self.reached.is_set() or self.stop not in names:
            return super().run(*steps)
        cut = names.index(self.stop)
        before = super().run(*steps[:cut]) if cut else []
        self.reached.set()
        assert self.go.wait(PATIENCE_S)
        return before + super().run(*steps[cut:])


@contextmanager
def batch_held(world: World, *claims: ClaimMessage, before: str = "commit") -> Iterator[Held]:
    """Claims are taken in by a batch that waits before a statement as long as the block lasts; then it ends."""
    hands = Gateway()
    writer = hands.writer = Held(hands.writer._statements)
    writer.stop = before

    def work() -> None:
        enrol_batch(programme_id=world.programme.pk, claims=claims, by=CHANNEL, at=world.now, through=hands)

    with beside(work) as failed:
        until(lambda: writer.reached.is_set() or bool(failed))
        try:
            yield writer
        finally:
            writer.go.set()
    writer.close()


@contextmanager
def act_held(act: Callable[[], object]) -> Iterator[threading.Event]:
    """An act of Django's is done and waits with its commit as long as the block lasts, or until the event is set."""
    done, go = threading.Event(), threading.Event()

    def work() -> None:
        with system("tests hold an act open"):
            act()
            done.set()
            assert go.wait(PATIENCE_S)

    with beside(work) as failed:
        until(lambda: done.is_set() or bool(failed))
        try:
            yield go
        finally:
            go.set()


@contextmanager
def beside(work: Callable[[], object]) -> Iterator[list[BaseException]]:
    """Something goes on in a thread of its own; it has ended when the block has. Its exceptions are raised again."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  # handed to the test
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield failed
    finally:
        thread.join(PATIENCE_S)
    assert not thread.is_alive()
    if failed:
        raise failed[0]


def someone_waits(world: World) -> bool:
    """Return True if a transaction waits for a lock that another one holds."""
    return bool(
        world.rows(
            "select 1 from pg_locks where not granted"
            " and pid in (select pid from pg_stat_activity where datname = current_database())"
        )
    )
