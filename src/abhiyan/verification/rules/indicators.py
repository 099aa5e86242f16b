"""Describe a worker's entries: how often of how many, and the same in words. Pure; the list: docs/truth.md.

Each indicator counts something that is more frequent where entries are made up, and frequent for honest reasons
too. So it is only read beside others nearby (`flags`), and only as a reason to look.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from django.utils.functional import Promise
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from abhiyan.core.numbers import grouped

BURST = timedelta(seconds=60)  # between two entries.
NIGHT = (22, 6)  # hours, in the programme's zone.
QUICK_S = 30  # seconds for a form.
NEXT = 3  # two numbers so near follow each other.
HITS = 3  # so often it has to happen before it is a reason


class Indicator(StrEnum):
    """What is looked at. A code; kept with a flag for ever."""

    PHONES = "phones"
    SEQUENCE = "sequence"
    BURSTS = "bursts"
    NIGHT = "night"
    SPEED = "speed"
    PLACES = "places"
    AGES = "ages"
    DIGITS = "digits"
    TARGETS = "targets"
    ANSWERS = "answers"
    UNCONFIRMED = "unconfirmed"
    DEVICES = "devices"
    DOUBLES = "doubles"
    REFUSALS = "refusals"
    CHECKS = "checks"  # not of the entries, but of what independent checks of them found.
    # A single entry that is odd by itself, as its activity tells (`Items.doubts`).
    WAY = "way"
    CLOCK = "clock"
    POINT = "point"


class Grain(StrEnum):
    """The kind of one hit of an indicator: an entry by itself, one of a group that shares something, or a pair."""

    ENTRY = "entry"
    GROUP = "group"
    PAIR = "pair"


GRAINS = {
    Indicator.PHONES: Grain.GROUP,
    Indicator.DEVICES: Grain.GROUP,
    Indicator.DOUBLES: Grain.GROUP,
    Indicator.PLACES: Grain.PAIR,
    Indicator.DIGITS: Grain.PAIR,
    Indicator.ANSWERS: Grain.PAIR,
}
CHANCE = {Indicator.AGES: 0.2, Indicator.DIGITS: 0.1}  # the share that luck alone brings


@dataclass(frozen=True, slots=True)
class WorkerEntry:
    """One entry of a worker. None is unknown, and counts nowhere.

    at: in the programme's zone; what is known of no hour says nothing of order, haste or night. last_four: of
    the phone. seconds: the form took. place: a point, rounded. device: what the person's own answer came from.
    is_confirmed: None while they still have time. is_refusal: of a try, not an item.
    """

    at: datetime | None = None
    phone: Hashable | None = None
    last_four: int | None = None
    seconds: float | None = None
    place: Hashable | None = None
    birth_year: int | None = None
    answers: Hashable | None = None
    is_confirmed: bool | None = None
    device: Hashable | None = None
    is_double: bool | None = None
    is_refusal: bool | None = None


@dataclass(frozen=True, slots=True)
class IndicatorTally:
    """How often, of how many."""

    hits: int
    of: int

    @property
    def share(self) -> float:
        """Return the share from 0 to 1; 0 of nothing."""
        return self.hits / self.of if self.of else 0.0


def tallies(entries: Iterable[WorkerEntry], *, target: int | None = None) -> dict[Indicator, IndicatorTally]:
    """Return every indicator of one worker's entries; indicators without any data are left out.

    target: entries a day that were asked for. For places, last digits and answers it counts pairs that agree:
    many entries look no worse than few.
    """
    inside = list(entries)
    timed = sorted(
        ((worker_entry.at, worker_entry) for worker_entry in inside if worker_entry.at is not None),
        key=lambda each: each[0],
    )
    after = list(pairwise(timed))
    numbers = [
        (a.last_four, b.last_four)
        for (_, a), (_, b) in after
        if a.last_four is not None and b.last_four is not None
    ]
    seconds = [worker_entry.seconds for worker_entry in inside if worker_entry.seconds is not None]
    years = [worker_entry.birth_year for worker_entry in inside if worker_entry.birth_year is not None]
    days = Counter(at.date() for at, _ in timed)
    indicator_tallies = {
        Indicator.PHONES: _shared(
            [worker_entry.phone for worker_entry in inside if worker_entry.phone is not None]
        ),
        Indicator.SEQUENCE: _of([0 < abs(a - b) <= NEXT for a, b in numbers]),
        Indicator.BURSTS: _of([b - a < BURST for (a, _), (b, _) in after]),
        Indicator.NIGHT: _of([is_night(at) for at, _ in timed]),
        Indicator.SPEED: _of([n_seconds < QUICK_S for n_seconds in seconds]),
        Indicator.PLACES: _alike(
            [worker_entry.place for worker_entry in inside if worker_entry.place is not None]
        ),
        Indicator.AGES: _of([year % 5 == 0 for year in years]),
        Indicator.DIGITS: _alike(
            [worker_entry.last_four % 10 for worker_entry in inside if worker_entry.last_four is not None]
        ),
        Indicator.TARGETS: _of([n == target for n in days.values()] if target is not None else []),
        Indicator.ANSWERS: _alike(
            [worker_entry.answers for worker_entry in inside if worker_entry.answers is not None]
        ),
        Indicator.UNCONFIRMED: _of(
            [
                not worker_entry.is_confirmed
                for worker_entry in inside
                if worker_entry.is_confirmed is not None
            ]
        ),
        Indicator.DEVICES: _shared(
            [worker_entry.device for worker_entry in inside if worker_entry.device is not None]
        ),
        Indicator.DOUBLES: _of(
            [worker_entry.is_double for worker_entry in inside if worker_entry.is_double is not None]
        ),
        Indicator.REFUSALS: _of(
            [not worker_entry.is_refusal for worker_entry in inside if worker_entry.is_refusal is not None]
        ),
    }
    return {key: tally for key, tally in indicator_tallies.items() if tally.of}


def is_night(at: datetime) -> bool:
    """Return True at an hour when nobody should be at a door."""
    return at.hour >= NIGHT[0] or at.hour < NIGHT[1]


def _of(told: Sequence[bool]) -> IndicatorTally:
    return IndicatorTally(sum(told), len(told))


def _shared(values: Sequence[Hashable]) -> IndicatorTally:
    """Count the values that another entry has too."""
    return IndicatorTally(sum(n for n in Counter(values).values() if n > 1), len(values))


def _alike(values: Sequence[Hashable]) -> IndicatorTally:
    """Count the pairs with the same value."""
    return IndicatorTally(
        sum(n * (n - 1) // 2 for n in Counter(values).values()), len(values) * (len(values) - 1) // 2
    )


_WORDS: Mapping[Indicator, str | Promise] = {
    Indicator.PHONES: _("%(hits)s of %(of)s entries have the same phone number as another entry."),
    Indicator.SEQUENCE: _("%(hits)s of %(of)s phone numbers come right after the number entered before."),
    Indicator.BURSTS: _("%(hits)s of %(of)s entries came less than a minute after the one before."),
    Indicator.NIGHT: _("%(hits)s of %(of)s entries came between 10 at night and 6 in the morning."),
    Indicator.SPEED: _("%(hits)s of %(of)s forms took less than half a minute."),
    Indicator.PLACES: _("Entries come from the same spot: %(own)s of 100 pairs."),
    Indicator.AGES: _("%(hits)s of %(of)s birth years end in 0 or 5."),
    Indicator.DIGITS: _("Last digits of phone numbers repeat: %(own)s of 100 pairs end alike."),
    Indicator.TARGETS: _("On %(hits)s of %(of)s days the total is exactly the target."),
    Indicator.ANSWERS: _("Forms have the same answers: %(own)s of 100 pairs."),
    Indicator.UNCONFIRMED: _("%(hits)s of %(of)s people have not confirmed."),
    Indicator.DEVICES: _("%(hits)s of %(of)s people answered from the same phone or network as another."),
    Indicator.DOUBLES: _("%(hits)s of %(of)s entries look like another entry."),
    Indicator.REFUSALS: _("In %(hits)s of %(of)s tries nobody refused."),
    Indicator.CHECKS: _("In %(hits)s of %(of)s checks the entry was not genuine."),
    Indicator.WAY: _("In %(hits)s of %(of)s entries the way between two marks is too long for the time."),
    Indicator.CLOCK: _("In %(hits)s of %(of)s entries the phone's clock moved between two marks."),
    Indicator.POINT: _(
        "In %(hits)s of %(of)s entries a mark has exactly the place of another worker's mark."
    ),
}


def reason_in_words(indicator: Indicator, tally: IndicatorTally, peers: float) -> str:
    """Return one reason to look, in words with its numbers and those of others nearby.

    peers: their share, from 0 to 1.
    """
    own_text = str(_WORDS[indicator]) % {
        "hits": grouped(tally.hits),
        "of": grouped(tally.of),
        "own": _in_100(tally.share),
    }
    return own_text + " " + say("Others nearby: %(peers)s in 100.") % {"peers": _in_100(peers)}


def _in_100(share: float) -> str:
    """Return a share as a number in 100, with one decimal where it is small."""
    return f"{100 * share:.0f}" if share >= 0.1 or not share else f"{100 * share:.1f}"


PARCEL = 5  # entries; from so many together on, a phone that had no network explains haste


def support(entries: int, *, signed: int, confirmed: int, parcels: int) -> list[str]:
    """Say what supports a worker, with its numbers; nothing where nothing does.

    signed and confirmed: entries whose phone answered, and whose person confirmed by their own act; parcels: in
    how many they came. Entries written without a network are sent later, all at once.
    """
    blanks = {"of": grouped(entries)}
    sentences = []
    if entries and parcels * PARCEL <= entries:
        came = ngettext(
            "All %(of)s entries were sent together. A phone without network sends like that.",
            "All %(of)s entries were sent in %(n)s groups. A phone without network sends like that.",
            parcels,
        )
        sentences.append(came % (blanks | {"n": grouped(parcels)}))
    if signed * 2 >= entries > 0:
        sentences.append(
            say("%(n)s of %(of)s people answered from their own phone.") % (blanks | {"n": grouped(signed)})
        )
    if confirmed:
        sentences.append(
            say("%(n)s of %(of)s people confirmed their entry.") % (blanks | {"n": grouped(confirmed)})
        )
    return sentences


class Strength(StrEnum):
    """How rarely honest workers show what a reason says, in three words."""

    WEAK = "weak"
    CLEAR = "clear"
    STRONG = "strong"


STRENGTHS: Mapping[Strength, str | Promise] = {
    Strength.WEAK: _("weak"),
    Strength.CLEAR: _("clear"),
    Strength.STRONG: _("strong"),
}
HINT = 0.05  # An honest worker shows it by luck more often: no reason at all.
CLEAR = 0.001  # One reason alone that luck brings more often names nobody.
STRONG = 0.05  # So often luck may bring it to any of all the workers who were compared.


@dataclass(frozen=True, slots=True)
class Reason:
    """An indicator that differs from the others' by more than honest workers do.

    tail: how often an honest worker shows as much by luck; luck: how often anybody among all who were compared does
    (`luck.among_many`).
    """

    indicator: Indicator
    tally: IndicatorTally
    peers: float
    tail: float
    luck: float = 1.0

    @property
    def text(self) -> str:
        """Return the reason in words."""
        return reason_in_words(self.indicator, self.tally, self.peers)

    @property
    def strength(self) -> Strength:
        """Return how strong it is: never more than weak if one in twenty honest workers shows it, strong only
        among all."""
        if self.tail > CLEAR:
            return Strength.WEAK
        return Strength.STRONG if self.luck <= STRONG else Strength.CLEAR


def reasons(found: Iterable[Reason], *, most: int = 4) -> list[Reason]:
    """Return the reasons a flag gives, the rarest first; none where luck explains them: then there is no flag.

    One or two hits are no reason, however rare they are nearby: they happen to somebody. One weak reason alone
    is none: among many workers luck brings one.
    """
    rare = (one for one in found if one.tail < HINT and one.tally.hits >= HITS)
    odd = sorted(rare, key=lambda one: (one.tail, one.indicator))
    is_one_weak = len(odd) == 1 and odd[0].strength is Strength.WEAK
    return [] if is_one_weak else odd[:most]
