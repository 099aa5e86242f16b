"""The demo's frames: two closed, one under way, verifiers who err a little; the truth beside the product. Samples."""

import csv
import itertools
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from abhiyan.core import home, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.enrolment.queries.recount import MEASURE
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.programmes.models import Programme
from abhiyan.units import queries as units
from abhiyan.verification import actions
from abhiyan.verification.actions import frames
from abhiyan.verification.models import Check, Frame
from abhiyan.verification.queries.checks import Said
from abhiyan.verification.queries.opening import items_by_stratum, opened
from abhiyan.verification.queries.planted import Known
from abhiyan.verification.refusals import NothingForYou
from abhiyan.verification.rules.outcomes import NOT_REACHED, Meaning

from . import history, people
from .truth import Truth

TRUTH = "demo-truth-frames.csv"
KNOWN_FROM = 45_000_000  # where the phones begin of people whose answer is known
# Of own phones that joined, what is no member: the share differs by district.
FALSE = (0.02, 0.3)
REACHED, REACHED_OF_FALSE, AT_HOME, REFUSES = 0.9, 0.75, 0.8, 0.02
DENIES, ASSENTS = 0.03, 0.06  # how often the genuine and the false tell a verifier otherwise


# In their own words; keys of the questions of `enrolment`.
WORDS = {
    Meaning.JOINED: {"how": "मैंने ख़ुद फ़ोन किया (नमूना)", "when": "पिछले महीने", "born": "1984"},
    Meaning.NEVER_JOINED: {"how": "मैं सदस्य नहीं हूँ (नमूना)"},
    Meaning.NO_SUCH_PERSON: {"how": "यहाँ इस नाम का कोई नहीं है (नमूना)"},
}
HOURS = (time(10, 15), time(13, 40), time(17, 30))  # of asking; who was not reached is tried again at another


@dataclass(frozen=True, slots=True)
class Planned:
    """A frame. days: for how long it is checked; share: of `Frames.checks`; verifiers: how many of them ask.

    known: people of each sort whose answer is known, among the others. by_calls: whether each call is made as a
    verifier makes it; else what was found is told, which is quicker.
    """

    days: int
    share: float
    known: int = 0
    verifiers: int | None = None
    by_calls: bool = False


# By the day of the drive after which it is frozen. In the second the largest districts have numbers; the third goes on.
FROZEN = {14: Planned(10, 0.25), 25: Planned(10, 1, 40), 37: Planned(12, 0.25, 3, verifiers=4, by_calls=True)}


@dataclass
class Frames:
    """What is frozen, drawn and checked while the drive goes on. planner: who freezes; verifiers: who ask.

    checks: of the largest frame.
    """

    seed: str
    programme: Programme
    planner: Actor
    verifiers: Sequence[Actor]
    checks: int
    _truth: Truth = field(init=False)
    _drawn: Planned | None = None
    _frame: Frame = field(init=False)  # the newest

    def after(self, number: int, until: datetime, truth: Truth) -> None:
        """What happens once a day of the drive is over. number: of the day, from 1; until: its end."""
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
        actions.refresh_estimates(at=until)

    def _freeze(self, until: datetime, planned: Planned) -> None:
        """Frozen in the morning before anybody joins, drawn at noon."""
        checks = round(self.checks * planned.share)
        plan = frames.Plan(
            checks=checks,
            floor=checks // 40,
            source=f"drand quicknet, {until:%d.%m.%Y} 12:00 (नमूना / sample)",
            due_at=until + timedelta(hours=12),
            ends_on=until.date() + timedelta(days=planned.days - 1),
        )
        at = until + timedelta(hours=6, minutes=30)
        self._frame = actions.freeze_frame(
            programme=self.programme, measure=MEASURE, plan=plan, by=self.planner, at=at
        )
        self._tell(self._frame)
        value = random.Random(f"beacon {self.seed} {until:%Y%m%d}").randbytes(16).hex()  # noqa: S311  # sample data
        at = plan.due_at + timedelta(minutes=20)
        actions.draw_frame(public_id=self._frame.public_id, value=value, by=self.planner, at=at)
        for is_genuine in (True, False):
            self._plant(planned.known, is_genuine, at + timedelta(minutes=30))

    def plant_in(self, district: int, n: int, at: datetime) -> None:
        """So many people of one district who joined and agreed to be asked: what is denied there is then known."""
        self._plant_at([district], n, True, KNOWN_FROM + 1_000 * self._frame.number + 800, at)

    def _plant(self, n: int, is_genuine: bool, at: datetime) -> None:
        """People who agreed to be asked, of all districts by turns, and answer as is known."""
        with system("demo"):
            codes = sorted({key.partition("/")[0] for key in items_by_stratum(self._frame)})
            places = list(units.ids_of(codes).values())
        self._plant_at(places, n, is_genuine, KNOWN_FROM + 1_000 * self._frame.number + 400 * is_genuine, at)

    def _plant_at(self, places: Sequence[int], n: int, is_genuine: bool, first: int, at: datetime) -> None:
        crowd = itertools.islice(people.people(f"known {self.seed} {first}", first=first), n)
        known = [
            Known(
                one.name_hi,
                one.phone,
                places[number % len(places)],
                Channel.WEB,
                at.date() - timedelta(days=3 + number % 9),
                {"born": str(one.birth_year)},
            )
            for number, one in enumerate(crowd)
        ]
        if known:
            actions.plant_people(
                public_id=self._frame.public_id, people=known, is_genuine=is_genuine, by=self.planner, at=at
            )

    def _close(self, at: datetime) -> None:
        """Its key is published; with the first, everybody may read what the checks found."""
        actions.close_frame(public_id=self._frame.public_id, by=self.planner, at=at)
        if self._frame.number == 1:
            actions.open_page(programme=self.programme, by=self.planner, at=at)

    def _ask(self, day: date, planned: Planned) -> int:
        """A day of checks, a few of each verifier at each hour; how many were made."""
        asking, turns, made = list(self.verifiers)[: planned.verifiers], 1 if planned.by_calls else 2, 0
        for hour in HOURS:
            for turn in range(turns):
                at = datetime.combine(day, hour, history.ZONE) + timedelta(minutes=9 * turn)
                # For whom nothing was left comes again the next day.
                asking = [one for one in asking if self._check(one, at, by_calls=planned.by_calls)]
                made += len(asking)
        return made

    def _check(self, verifier: Actor, at: datetime, *, by_calls: bool) -> bool:
        """One check, or one visit, as far as it gets; False where there is none for this verifier."""
        for is_visit in (False, True):
            with suppress(NothingForYou):
                check = actions.take_check(by=verifier, at=at, is_visit=is_visit)
                break
        else:
            return False
        is_genuine, phone_id = check.is_known_genuine, None
        if is_genuine is None:
            with system("demo"):
                phone_id = opened(check).phone_id
            is_genuine = phone_id is not None and self._is_genuine(phone_id, check.stratum.key)
        rng = random.Random(f"check {self.seed} {check.stratum.key} {check.order} {check.arm}")  # noqa: S311  # sample
        answers = REACHED if is_genuine or check.is_known_genuine is False else REACHED_OF_FALSE
        is_reached = rng.random() < (AT_HOME if is_visit else answers)
        says_yes = rng.random() >= DENIES if is_genuine else rng.random() < ASSENTS
        says = Meaning.JOINED if says_yes else Meaning.NEVER_JOINED
        if not says_yes and phone_id in self._truth.invented:
            says = Meaning.NO_SUCH_PERSON  # the phone is somebody else's
        tell = self._by_call if by_calls else self._at_once
        tell(check, verifier, at, says if is_reached else None, refuses=rng.random() < REFUSES)
        return True

    def _at_once(
        self, check: Check, verifier: Actor, at: datetime, says: Meaning | None, *, refuses: bool
    ) -> None:
        outcome, reason = Check.Outcome.REFUSED if refuses else _found(says), ""
        if says is None:
            outcome, reason = Check.Outcome.UNRESOLVED, NOT_REACHED
        elif says is not Meaning.JOINED and not refuses:
            reason = says.value
        at += timedelta(seconds=150 + check.id.int % 300)
        actions.tell_check(check_id=check.id, outcome=outcome, reason=reason, by=verifier, at=at)
        if reason == NOT_REACHED:
            with system("demo"):
                actions.visit_by_lot(check=check)

    def _by_call(
        self, check: Check, verifier: Actor, at: datetime, says: Meaning | None, *, refuses: bool
    ) -> None:
        own = check.id
        try:
            check, _number = actions.begin_try(check_id=own, by=verifier, at=at)
        except Refused:  # in the silence of a poll
            return
        at += timedelta(minutes=3)
        if check.outcome:
            return
        if says is None:
            actions.end_try(check_id=own, came=actions.Came.NO_ANSWER, by=verifier, at=at)
        elif refuses:
            actions.end_try(check_id=own, came=actions.Came.REFUSED, by=verifier, at=at)
        else:
            said = Said(WORDS[says], says)
            actions.close_answers(check_id=own, said=said, by=verifier, at=at)
            at += timedelta(minutes=2)
            actions.conclude_check(check_id=own, outcome=_found(says), by=verifier, at=at)

    def _is_genuine(self, phone_id: UUID, stratum: str) -> bool:
        """What a worker entered is genuine unless invented; of own phones a share by district is not."""
        if phone_id in self._truth.entered:
            return phone_id not in self._truth.invented
        district, _, _shade = stratum.partition("/")
        share = random.Random(f"false {self.seed} {district}").uniform(*FALSE)  # noqa: S311  # sample data
        return random.Random(f"genuine {self.seed} {phone_id}").random() >= share  # noqa: S311  # sample data

    def _tell(self, frame: Frame) -> None:
        """Note of each stratum how many items are genuine: what the checks of the frame are to find."""
        with system("demo"):
            of = items_by_stratum(frame)
            phones = dict(sql.rows("select public_id, phone_id from enrolment_membership"))
        with (home.path() / TRUTH).open("w" if frame.number == 1 else "a", newline="") as file:
            told = csv.writer(file)
            if frame.number == 1:
                told.writerow(["frame", "stratum", "items", "genuine"])
            for key, items in of.items():
                genuine = sum(self._is_genuine(phones[one], key) for one in items)
                told.writerow([frame.public_id, key, len(items), genuine])


def _found(says: Meaning | None) -> Check.Outcome:
    return Check.Outcome.GENUINE if says is Meaning.JOINED else Check.Outcome.NOT_GENUINE
