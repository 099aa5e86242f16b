"""Loops of work: reminders of tasks, and messages about schedules."""

from datetime import datetime

from abhiyan.core.loops import Loop

from .actions import announcing, tasks


def _remind(at: datetime) -> int:
    return tasks.remind_of_tasks(at=at)


def _ask(at: datetime) -> int:
    return announcing.announce_schedules(at=at)


LOOPS = {  # an earlier release has them by these names
    "programmes.remind": Loop(_remind, every_s=300),
    "programmes.ask": Loop(_ask, every_s=5),
}
