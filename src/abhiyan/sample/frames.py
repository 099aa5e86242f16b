"""The demo's frames: two closed, one under way, verifiers who err a little; the truth beside the product. Samples."""

import csv
import itertools
import random
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from abhiyan.core import home, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.rules.measures import ENROLMENTS
from abhiyan.programmes.models import Programme
from abhiyan.units import queries as units
from abhiyan.verification import actions
from abhiyan.verification.actions import frames
from abhiyan.verification.models import Check, Frame
from abhiyan.verification.queries.checks import SaidUnseen
from abhiyan.verification.queries.frames import published
from abhiyan.verification.queries.items import CheckedItem
from abhiyan.verification.queries.opening import items_by_stratum, opened_many
from abhiyan.verification.queries.planted import PlantedPerson
from abhiyan.verification.refusals import NothingForYou
from abhiyan.verification.rules.outcomes import NOT_REACHED, Meaning

from . import history, people
from .data_files import sample_shares, sample_words
from .truth import SampleTruth

TRUTH = "demo-truth-frames.csv"
KNOWN_FROM = 45_000_000  # where the phones begin of people whose answer is known
SHARES, WORDS = sample_shares().frames, sample_words().frames
ALL = 1_000_000  # more than a district has: half of its items are drawn.
SHIFTS, SHIFT_OF_VISITS = 3, 20  # days in which a verifier's share of the checks is made; visits of a day.
LEAST = 36  # checks of a frame.
FLOOR = 30  # one in so many checks is of each district at least.
# Checks of districts in the frame of mandals, at most half of the items: so many that ten mandals and more have grades.
BY_MANDAL = {"JK-D5": 640, "JK-D7": ALL, "JK-D624": ALL, "JK-D627": ALL, "JK-D14": ALL}


HOURS = (time(10, 15), time(13, 40), time(17, 30))  # of asking; who was not reached is tried again at another


@dataclass(frozen=True, slots=True)
class PlannedFrame:
    """A frame. days: for how long it is checked; share: of `Frames.checks`; verifiers: how many of them ask.

    by_mandal: whether the districts of `BY_MANDAL` have so many checks that their mandals get grades.
    known: people of each sort whose answer is known, among the others. by_calls: whether each call is made as a
    verifier makes it. Otherwise only its outcome is written, which is quicker.
    """

    days: int
    share: float
    known: int = 0
    verifiers: int | None = None
    by_mandal: bool = False
    by_calls: bool = False


# By the day of the drive after which it is frozen. In the second districts have numbers and mandals grades; the third
# goes on.
FROZEN = {
    6: PlannedFrame(10, 0.3),
    27: PlannedFrame(9, 1, 40, by_mandal=True),
    37: PlannedFrame(12, 0.03, 3, verifiers=4, by_calls=True),
}


@dataclass
class Frames:
    """Freezes, draws and checks frames while the drive goes on. planner: who freezes; verifiers: who ask.

    checks: of the largest frame. by_mandal: checks of the districts (unit id) whose mandals get grades from it.
    """

    seed: str
    programme: Programme
    planner: Actor
    verifiers: Sequence[Actor]
    checks: int
    by_mandal: Mapping[int, int] = field(default_factory=dict)
    _truth: SampleTruth = field(init=False)
    _drawn: PlannedFrame | None = None
    _frame: Frame = field(init=False)  # the newest

    def after(self, number: int, until: datetime, truth: SampleTruth) -> None:
        """Act once a day of the drive is over. number: of the day, from 1; until: its end."""
        self._truth = truth
        is_over = until.time() == time(0)  # the last day is today
        if (
            self._drawn is not None
            and is_over
            and not self._ask(until.date() - timedelta(days=1), self._drawn)
        ):
            self._drawn = None  # nothing is left to ask
        if any(number == frozen + planned.days for frozen, planned in FROZEN.items()):
            self._close(until + timedelta(hours=9))
        if number in FROZEN:
            self._drawn = FROZEN[number]
            self._freeze(until, self._drawn)

    def end(self, at: datetime) -> None:
        """Estimate at the end of the history what the checks under way found so far."""
        actions.refresh_estimates(at=at)

    def _freeze(self, until: datetime, planned: PlannedFrame) -> None:
        """Freeze in the morning before anybody joins, and draw at noon."""
        checks = max(LEAST, round(self.checks * planned.share))
        due_at = until + timedelta(hours=12)
        plan = frames.FramePlan(
            checks=checks,
            floor=checks // FLOOR,
            floors=self.by_mandal if planned.by_mandal else {},
            source=WORDS.source.format(due_at=due_at),
            due_at=due_at,
            ends_on=until.date() + timedelta(days=planned.days - 1),
        )
        at = until + timedelta(hours=6, minutes=30)
        self._frame = actions.freeze_frame(
            programme=self.programme, measure=ENROLMENTS, plan=plan, by=self.planner, at=at
        )
        self._tell(self._frame)
        value = random.Random(f"beacon {self.seed} {until:%Y%m%d}").randbytes(16).hex()  # noqa: S311  # sample data
        at = plan.due_at + timedelta(minutes=20)
        actions.draw_frame(public_id=self._frame.public_id, value=value, by=self.planner, at=at)
        for is_genuine in (True, False):
            self._plant(planned.known, is_genuine, at + timedelta(minutes=30))

    def plant_in(self, district: int, n: int, at: datetime) -> None:
        """Plant so many people of one district who joined and agreed to be asked: what is denied there is then
        known."""
        self._plant_at([district], n, True, KNOWN_FROM + 1_000 * self._frame.number + 800, at)

    def _plant(self, n: int, is_genuine: bool, at: datetime) -> None:
        """Plant people who agreed to be asked, of all districts by turns, and who answer as is known."""
        with system("demo"):
            codes = sorted({key.partition("/")[0] for key in items_by_stratum(self._frame)})
            ids = units.ids_of(codes)
            places = [ids[code] for code in codes]
        self._plant_at(places, n, is_genuine, KNOWN_FROM + 1_000 * self._frame.number + 400 * is_genuine, at)

    def _plant_at(self, places: Sequence[int], n: int, is_genuine: bool, first: int, at: datetime) -> None:
        crowd = itertools.islice(people.sample_people(f"known {self.seed} {first}", first=first), n)
        planted_people = [
            PlantedPerson(
                sample_person.name_hi,
                sample_person.phone,
                places[number % len(places)],
                Channel.WEB,
                at.date() - timedelta(days=3 + number % 9),
                {"born": str(sample_person.birth_year)},
            )
            for number, sample_person in enumerate(crowd)
        ]
        if planted_people:
            actions.plant_people(
                public_id=self._frame.public_id,
                people=planted_people,
                is_genuine=is_genuine,
                by=self.planner,
                at=at,
            )

    def _close(self, at: datetime) -> None:
        """Close a frame and publish its key; with the first, everybody may read what the checks found."""
        actions.close_frame(public_id=self._frame.public_id, by=self.planner, at=at)
        if self._frame.number == 1:
            actions.open_page(programme=self.programme, by=self.planner, at=at)

    def _ask(self, day: date, planned: PlannedFrame) -> int:
        """Make a day of checks; return how many."""
        return self._ask_by_calls(day, planned) if planned.by_calls else self._ask_many(day)

    def _ask_many(self, day: date) -> int:
        """Have each verifier make a share of the checks in the morning, and visits in the evening."""
        share, made = -(-published(self._frame).checks // (SHIFTS * len(self.verifiers))), 0
        for hour, n, is_visit in ((HOURS[0], share, False), (HOURS[-1], SHIFT_OF_VISITS, True)):
            for verifier in self.verifiers:
                at = datetime.combine(day, hour, history.ZONE)
                checks = actions.take_checks(n=n, by=verifier, at=at, is_visit=is_visit)
                if not checks:
                    continue
                with system("demo"):
                    items = opened_many(check.id for check in checks)
                answers = []
                for number, check in enumerate(checks, 1):
                    says, refuses = self._answered(check, items.get(check.id))
                    told_at = at + timedelta(minutes=4 * number, seconds=check.id.int % 60)
                    answers.append(actions.ToldCheck(check.id, *_outcome(says, refuses=refuses), at=told_at))
                actions.tell_checks(told_checks=answers, by=verifier, at=answers[-1].at)
                made += len(checks)
        return made

    def _ask_by_calls(self, day: date, planned: PlannedFrame) -> int:
        """Have each verifier call at each hour, as far as it gets."""
        asking, made = list(self.verifiers)[: planned.verifiers], 0
        for hour in HOURS:
            at = datetime.combine(day, hour, history.ZONE)
            # A verifier who finds nothing left comes again the next day.
            asking = [actor for actor in asking if self._call(actor, at)]
            made += len(asking)
        return made

    def _call(self, verifier: Actor, at: datetime) -> bool:
        """Make one check, or one visit; return False where there is none for this verifier."""
        for is_visit in (False, True):
            with suppress(NothingForYou):
                check = actions.take_check(by=verifier, at=at, is_visit=is_visit)
                break
        else:
            return False
        with system("demo"):
            item = opened_many([check.id]).get(check.id)
        says, refuses = self._answered(check, item)
        self._by_call(check, verifier, at, says, refuses=refuses)
        return True

    def _answered(self, check: Check, item: CheckedItem | None) -> tuple[Meaning | None, bool]:
        """Return the person's answer, None if they do not answer, and whether they refuse.

        item: None for a planted person.
        """
        is_genuine, phone_id = check.is_known_genuine, item.phone_id if item else None
        if is_genuine is None:
            is_genuine = phone_id is not None and self._is_genuine(phone_id, check.stratum.key)
        rng = random.Random(f"check {self.seed} {check.stratum.key} {check.order} {check.arm}")  # noqa: S311  # sample
        is_easy = is_genuine or check.is_known_genuine is False or check.arm == Check.Arm.TARGETED
        answers = SHARES.reached if is_easy else SHARES.reached_of_false
        is_reached = rng.random() < (SHARES.at_home if check.is_visit else answers)
        says_yes = rng.random() >= SHARES.denies if is_genuine else rng.random() < SHARES.assents
        says = Meaning.YES if says_yes else Meaning.NEVER
        if not says_yes and phone_id in self._truth.invented:
            says = Meaning.NO_SUCH_PERSON  # the phone is somebody else's
        return says if is_reached else None, rng.random() < SHARES.refuses

    def _by_call(
        self, check: Check, verifier: Actor, at: datetime, says: Meaning | None, *, refuses: bool
    ) -> None:
        check_id = check.id
        try:
            check, _number = actions.begin_try(check_id=check_id, by=verifier, at=at)
        except Refused:  # in the silence of a poll
            return
        at += timedelta(minutes=3)
        if check.outcome:
            return
        if says is None:
            actions.end_check_try(check_id=check_id, came=actions.TryOutcome.NO_ANSWER, by=verifier, at=at)
        elif refuses:
            actions.end_check_try(check_id=check_id, came=actions.TryOutcome.REFUSED, by=verifier, at=at)
        else:
            words = SaidUnseen(WORDS.answers[says], says)
            actions.close_answers(check_id=check_id, said=words, by=verifier, at=at)
            at += timedelta(minutes=2)
            actions.conclude_check(check_id=check_id, outcome=_found(says), by=verifier, at=at)

    def _is_genuine(self, phone_id: UUID, stratum: str) -> bool:
        """Tell whether an entry is genuine: an invented one never is. A share of the others is not either.

        The share differs by district, and is far smaller where the person's own phone gave a sign.
        """
        if phone_id in self._truth.invented:
            return False
        district, _, _shade = stratum.partition("/")
        kind, span = (
            ("entered", SHARES.false_entered)
            if phone_id in self._truth.entered
            else ("signed", SHARES.false_signed)
        )
        share = random.Random(f"false {kind} {self.seed} {district}").uniform(*span)  # noqa: S311  # sample data
        return random.Random(f"genuine {self.seed} {phone_id}").random() >= share  # noqa: S311  # sample data

    def _tell(self, frame: Frame) -> None:
        """Note of each stratum how many items are genuine: what the checks of the frame are to find."""
        with system("demo"):
            ids_by_stratum = items_by_stratum(frame)
            phones = dict(sql.rows("select public_id, phone_id from enrolment_membership"))
        with (home.home_folder() / TRUTH).open("w" if frame.number == 1 else "a", newline="") as file:
            writer = csv.writer(file)
            if frame.number == 1:
                writer.writerow(["frame", "stratum", "items", "genuine"])
            for key, items in ids_by_stratum.items():
                genuine = sum(self._is_genuine(phones[item_id], key) for item_id in items)
                writer.writerow([frame.public_id, key, len(items), genuine])


def _found(says: Meaning | None) -> Check.Outcome:
    return Check.Outcome.GENUINE if says is Meaning.YES else Check.Outcome.NOT_GENUINE


def _outcome(says: Meaning | None, *, refuses: bool) -> tuple[Check.Outcome, str]:
    """Return the outcome of a check and its code. says: None where nobody was reached."""
    if says is None:
        return Check.Outcome.UNRESOLVED, NOT_REACHED
    if refuses:
        return Check.Outcome.REFUSED, ""
    return _found(says), "" if says is Meaning.YES else says.value
