"""The demo's questions to workers whose entries are odd: one is a finding, some vanish, some are under way. Samples.

The first are asked after the second frame is drawn, and their fresh checks are judged when it closes. The last are
asked near the end.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.enrolment.rules.measures import ENROLMENTS
from abhiyan.org import actions as org
from abhiyan.programmes.models import Programme
from abhiyan.verification import actions
from abhiyan.verification.models import Flag
from abhiyan.verification.queries.flags import FlagRow, flag_rows
from abhiyan.verification.queries.looks import WorkerLook

from .data_files import sample_words
from .frames import Frames

EARLY, HEARD, CHECKED, JUDGED = 27, 28, 29, 36  # after these days of the drive
LATE, ANSWERED, FRESH, LAST = 38, 39, 40, 43
ASKED_EARLY, ASKED_LATE = 4, 6
FIRST = 12  # of the oddest, those with most entries are asked first
KNOWN = 45  # people of the district known to be genuine
WORDS = sample_words().flags


@dataclass
class Flags:
    """The people who are asked while the drive goes on. planner: who asks; second: who decides."""

    programme: Programme
    planner: Actor
    second: Actor
    frames: Frames
    _asked: list[Flag] = field(default_factory=list)

    def after(self, number: int, until: datetime) -> None:
        """Act once a day of the drive is over. number: of the day, from 1; until: its end."""
        at = until + timedelta(hours=13)
        if number == EARLY:
            odd = sorted(self._look(at)[:FIRST], key=lambda worker_look: -worker_look.entries)
            self._ask([worker_look.worker for worker_look in odd[:ASKED_EARLY]], at)
            if odd:
                self.frames.plant_in(odd[0].unit_id, KNOWN, at)
        elif number == HEARD:
            self._answer(self._asked[: len(WORDS.answers)], at)
        elif number == LATE:
            odd = self._look(at)[:ASKED_LATE]
            self._ask([worker_look.worker for worker_look in odd], at)
            for unit_id, _n in Counter(worker_look.unit_id for worker_look in odd).most_common(1):
                self.frames.plant_in(unit_id, KNOWN, at)
        elif number == ANSWERED:
            self._answer(self._asked[:2], at)
        elif number in (CHECKED, FRESH):
            with suppress(Refused):  # nobody has enough entries in the frame
                actions.begin_fresh_checks(
                    programme=self.programme, measure=ENROLMENTS, by=self.planner, at=at
                )
        elif number == JUDGED:
            actions.judge_fresh_checks(at=at)
        elif number == LAST:
            self._look(until)
            self._answer(self._asked[2:3], until)  # and waits to be read

    def _look(self, at: datetime) -> list[WorkerLook]:
        """Return everybody nobody has asked yet, with a reason to; the oddest first."""
        actions.look_at_workers(programme=self.programme, measure=ENROLMENTS, by=self.planner, at=at)
        return [flag_row.look for flag_row in self._rows(at) if flag_row.flag is None]

    def _rows(self, at: datetime) -> list[FlagRow]:
        with system("demo"):
            return flag_rows(self.programme, ENROLMENTS, at.date(), most=100)

    def _ask(self, workers: Sequence[UUID], at: datetime) -> None:
        self._asked = []
        for worker in workers:
            with suppress(Refused):  # whose question was closed a short while ago
                self._asked.append(
                    actions.ask_worker(
                        programme=self.programme, measure=ENROLMENTS, worker=worker, by=self.planner, at=at
                    )
                )

    def _answer(self, flags: Sequence[Flag], at: datetime) -> None:
        for flag, text in zip(flags, WORDS.answers, strict=False):
            by = Actor(kind="person", id=flag.worker, account_id=flag.account_id)
            actions.answer_flag(flag_id=flag.pk, text=text, by=by, at=at)

    def decide(self, at: datetime) -> None:
        """Make a finding of the clearest proof of fresh checks.

        It comes at the end: the person who decides is in office from now on.
        """
        flags = [
            flag_row.flag
            for flag_row in self._rows(at)
            if flag_row.flag is not None and flag_row.flag.told is not None
        ]
        for flag in sorted(flags, key=lambda flag: -(flag.bad or 0))[:1]:
            release = actions.propose_finding(flag_id=flag.pk, reason=WORDS.finding, by=self.planner, at=at)
            org.decide_release(public_id=release.public_id, allow=True, by=self.second, at=at)
