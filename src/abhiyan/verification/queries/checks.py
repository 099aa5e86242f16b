"""Read a verifier's checks: those in hand, the person each asks, and what was said.

Everything runs in a system scope, for the verifier alone.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Q
from django.utils.translation import ngettext

from abhiyan.contact import queries as contact
from abhiyan.contact.models import Attempt
from abhiyan.core import clock
from abhiyan.core.keys import keyring
from abhiyan.programmes.rules.activities import Whom
from abhiyan.ui.numbers import grouped
from abhiyan.ui.recorded import WorkDone
from abhiyan.units import queries as units
from abhiyan.units.models import Kind
from abhiyan.verification.models import VISITS, Check, Frame

from .items import items_to_check
from .lines import own_line, states_of_verifier
from .opening import item_of_check
from .planted import known_of, whom_of

ROOM = "verification"  # as tries name it


@dataclass(frozen=True, slots=True)
class SaidUnseen:
    """Somebody's answer before the verifier saw the written one. words: key of a question -> their own words.

    meaning: rules.outcomes.Meaning. also_joined: what they say to the activity's other question (`CheckWords.also`).
    """

    words: Mapping[str, str]
    meaning: str
    also_joined: bool | None = None


@dataclass(frozen=True, slots=True)
class CheckTarget:
    """The person a check asks, and their place. number: E.164, only of a planted one; of others it is the phone's."""

    whom: Whom
    phone_id: UUID | None
    unit_id: int
    item_id: UUID | None = None
    number: str = ""
    why_gone: str | None = None


@dataclass(frozen=True, slots=True)
class InHand:
    """A check that is not finished. begun: the try under way; waits_until: when it may be tried again."""

    check: Check
    tries: list[Attempt]
    begun: Attempt | None
    waits_until: datetime | None


def target_of(check: Check) -> CheckTarget:
    """Return the person a check asks. A planted one looks like any other."""
    planted_person = known_of(check)
    if planted_person is not None:
        return CheckTarget(
            whom_of(check, planted_person),
            planted_person.phone_id,
            planted_person.unit_id,
            number=planted_person.phone,
        )
    item = item_of_check(check)
    if item.channel is None or item.day is None:  # it counts no more
        return CheckTarget(Whom(None, {}), None, check.stratum.unit_id, item.item_id, why_gone=item.why_gone)
    whom = items_to_check(check.frame.programme, check.frame.measure).whom(
        item.item_id, item.channel, item.day
    )
    return CheckTarget(whom, item.phone_id, item.unit_id or check.stratum.unit_id, item.item_id)


def sealed(check_id: UUID, said: SaidUnseen) -> bytes:
    """Return somebody's words sealed, for `Check.said`."""
    return keyring().seal(json.dumps(asdict(said)).encode(), about=check_id.bytes)


def answers_in_check(check: Check) -> SaidUnseen | None:
    """Return what was said; None before anything was, and after it was emptied."""
    if not check.said:
        return None
    return SaidUnseen(**json.loads(keyring().unseal(bytes(check.said), about=check.id.bytes)))


def place_in_words(unit_id: int, hierarchy: int) -> str:
    """Return a unit's place in words, from the smallest unit to its district."""
    above = units.path_of_unit(unit_id, hierarchy)
    first = next((at for at, unit in enumerate(above) if unit.kind == Kind.DISTRICT), 0)
    return ", ".join(unit.name() for unit in reversed(above[first:]))


def in_hand(account_id: int, *, at: datetime) -> list[InHand]:
    """Return a verifier's unfinished checks; checks that can go on now come first."""
    checks = list(
        Check.objects.filter(verifier_id=account_id, outcome="")
        .select_related("frame__programme", "stratum__unit")
        .order_by("taken_at", "id")
    )
    tries = contact.tries_of(ROOM, [check.id for check in checks])
    check_in_hands = [_in_hand(check, tries.get(check.id, []), at) for check in checks]
    return sorted(check_in_hands, key=lambda check_in_hand: check_in_hand.waits_until or at)


def are_free(account_id: int, *, is_visit: bool, at: datetime) -> bool:
    """Return True if checks, or visits in the states they serve, wait for a verifier outside this one's line."""
    day = clock.day_in(settings.TIME_ZONE, at)
    visits = Q(arm__in=VISITS) | Q(stratum__is_phoneless=True)
    free = Check.objects.filter(
        verifier_id=None, outcome="", frame__state=Frame.State.DRAWN, frame__ends_on__gte=day
    )
    if is_visit:
        free = free.filter(visits, stratum__above__overlap=states_of_verifier(account_id, day))
    else:
        free = free.exclude(visits)
    return free.exists() and free.exclude(stratum__in=own_line(account_id)).exists()


def also_joined(frame: Frame) -> tuple[int, int]:
    """Count the drawn and genuine people who say that they joined by another number too; and all who answered
    that question."""
    genuine = Check.objects.filter(frame=frame, arm=Check.Arm.RANDOM, outcome=Check.Outcome.GENUINE)
    checks = genuine.exclude(also_joined=None)
    return checks.filter(also_joined=True).count(), checks.count()


def one_in_hand(account_id: int, check_id: UUID, *, at: datetime) -> InHand | None:
    """Return one check of a verifier, finished or not."""
    check = (
        Check.objects.filter(verifier_id=account_id, id=check_id)
        .select_related("frame__programme", "stratum__unit")
        .first()
    )
    return (
        None if check is None else _in_hand(check, contact.tries_of(ROOM, [check_id]).get(check_id, []), at)
    )


def _in_hand(check: Check, tries: list[Attempt], at: datetime) -> InHand:
    return InHand(check, tries, contact.under_way(tries, at=at), contact.waits_until(tries, at=at))


def finished_today(account_id: int, *, at: datetime) -> dict[str, int]:
    """Count the checks a verifier finished today: all, and those with an answer, refused, and open."""
    day = clock.day_in(settings.TIME_ZONE, at)
    since = datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE))
    outcomes = Counter(
        Check.objects.filter(verifier_id=account_id, done_at__gte=since).values_list("outcome", flat=True)
    )
    refused, unresolved = outcomes[Check.Outcome.REFUSED], outcomes[Check.Outcome.UNRESOLVED]
    n = sum(outcomes.values())
    return {"n": n, "answered": n - refused - unresolved, "refused": refused, "unresolved": unresolved}


def checks_made(account_id: int, *, since: datetime) -> Iterator[WorkDone]:
    """Count the checks that a verifier finished, and those with an answer; nothing without one.

    Every arm counts alike: nothing tells a planted check from a drawn one. In a system scope; one query.
    """
    made = Check.objects.filter(verifier_id=account_id, done_at__gte=since).exclude(outcome="")
    answered = Q(outcome__in=(Check.Outcome.GENUINE, Check.Outcome.NOT_GENUINE))
    counts = made.aggregate(n=Count("pk"), answered=Count("pk", filter=answered))
    n, with_answer = counts["n"], counts["answered"]
    if not n:
        return
    words = ngettext("%(n)s back-check made", "%(n)s back-checks made", n)
    yield WorkDone(
        words % {"n": grouped(n)},
        ngettext("%(n)s with an answer", "%(n)s with an answer", with_answer) % {"n": grouped(with_answer)},
    )
