"""Flags and what supports them. A planner of checks reads them in the system's scope; a worker reads their own."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, UUIDField, Value
from django.utils.translation import gettext as say

from abhiyan.core import clock, sql
from abhiyan.core.numbers import grouped
from abhiyan.core.refusals import or_refuse
from abhiyan.core.words import name_in_language
from abhiyan.org import queries as org
from abhiyan.people import queries as people
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules.estimated import Text
from abhiyan.units import queries as units
from abhiyan.verification.models import Check, Flag, Frame, FreshChecks, Rest
from abhiyan.verification.rules import findings
from abhiyan.verification.rules.indicators import (
    STRENGTHS,
    Indicator,
    IndicatorTally,
    reason_in_words,
    support,
)
from abhiyan.verification.rules.outcomes import DENIED

from .items import items_to_check
from .looks import WorkerLook, looks_of
from .opening import opened_many

_OPEN = Q(outcome="", frame__state=Frame.State.DRAWN)
_KNOWN = Q(arm=Check.Arm.PLANTED, is_known_genuine=True)
TOLD = timedelta(days=7)  # for which a worker reads that a question is closed


@dataclass(frozen=True, slots=True)
class FlagRow:
    """A worker somebody may look at closer. flag: None while nobody asked them. office, unit: where they work, by
    language; district: of most of their entries."""

    look: WorkerLook
    flag: Flag | None
    name: str = ""
    account: int | None = None
    office: Mapping[str, str] = field(default_factory=dict)
    unit: Mapping[str, str] = field(default_factory=dict)
    district: str = ""

    @property
    def reason(self) -> str:
        """Return the clearest one, in words: of those the worker was asked about, else of the last night."""
        if self.flag is not None:
            return next(iter(reasons_in_words(self.flag.reasons)), "")
        return self.look.reasons[0].text if self.look.reasons else ""

    @property
    def n(self) -> int:
        """Count the separate reasons."""
        return len(self.look.reasons if self.flag is None else self.flag.reasons)

    @property
    def strength(self) -> Text:
        """Return how strong the clearest reason is: weak, clear or strong; "" where the last night shows none."""
        if not self.look.reasons:
            return ""
        return STRENGTHS[self.look.reasons[0].strength]


def flag_of(flag_id: UUID) -> Flag:
    """Return a flag by its id. NotFound."""
    return or_refuse(Flag.objects.select_related("programme__owner", "unit").filter(pk=flag_id).first())


def own_flag(account_id: int, flag_id: UUID) -> Flag:
    """Return the flag somebody is asked about, in their own scope. NotFound for everybody else."""
    flags = Flag.objects.select_related("programme").filter(pk=flag_id, account_id=account_id)
    return or_refuse(flags.first())


@dataclass(frozen=True, slots=True)
class FlagsToday:
    """mine: flags somebody has not answered. is_closed: a question to them was closed lately, and nothing of it kept.

    waiting: for a planner of checks: answered, proven, or without an answer in time; not about themselves.
    """

    mine: list[Flag]
    waiting: list[Flag]
    is_closed: bool


def for_today(account_id: int, worker: UUID, *, plans: bool, at: datetime, on: date) -> FlagsToday:
    """Return what Today shows somebody of flags. worker: their public id. In a system scope; one query if nothing."""
    own_flags = Q(account_id=account_id, answered_at=None, step__in=(Flag.Step.ASKED, Flag.Step.CHECKING))
    is_proven = Q(step=Flag.Step.CHECKING, told__isnull=False)
    is_silent = Q(step=Flag.Step.ASKED, asked_at__lt=at - findings.ANSWERS)
    others = (Q(step=Flag.Step.ANSWERED) | is_silent | is_proven) & ~Q(account_id=account_id)
    flags = Flag.objects.filter((own_flags | others) if plans else own_flags)
    closed = Rest.objects.filter(worker=worker, until__gte=on + findings.EXPIRES - TOLD)
    none = Value(None, output_field=UUIDField())  # in place of the closed question, whose flag is gone
    ids = set(flags.values_list("pk", flat=True).union(closed.values_list(none, flat=True)[:1], all=True))
    flags_today = FlagsToday([], [], is_closed=None in ids)
    for flag in Flag.objects.select_related("programme").filter(pk__in=ids - {None}) if ids - {None} else ():
        (flags_today.mine if flag.account_id == account_id else flags_today.waiting).append(flag)
    return flags_today


def case_of(flag: Flag) -> findings.Case:
    """Return a flag as the rules see it: days are the programme's."""
    return findings.Case(
        worker=flag.account_id,
        raised_on=_day(flag, flag.asked_at),
        step=findings.FlagStep(flag.step),
        asked_on=_day(flag, flag.asked_at),
        answered_on=_day(flag, flag.answered_at) if flag.answered_at else None,
        handled_by=frozenset(flag.handled_by),
    )


def _day(flag: Flag, at: Any) -> date:
    return clock.day_in(flag.programme.zone, at)


def reasons_in_words(reasons: Iterable[list[Any]]) -> list[str]:
    """Return the reasons of a flag in words."""
    return [
        reason_in_words(Indicator(code), IndicatorTally(hits, n_items), peers)
        for code, hits, n_items, peers in reasons
    ]


def support_of(flag: Flag) -> list[str]:
    """Say what supports the worker."""
    return support(flag.entries, signed=flag.signed, confirmed=flag.confirmed, parcels=flag.parcels)


def judgement_in_words(flag: Flag) -> str:
    """Say what fresh checks prove, with the numbers the round was judged by; empty before."""
    if flag.told is None:
        return ""
    return say(
        "Of %(of)s entries with an answer, %(bad)s were not genuine. Up to %(most)s in 100 would be normal there."
    ) % {
        "of": grouped(flag.told),
        "bad": grouped(flag.bad or 0),
        "most": f"{100 * (flag.tolerated or 0):.0f}",
    }


def kept_reasons(look: WorkerLook) -> list[list[Any]]:
    """Return the reasons of a worker as a flag keeps them."""
    return [[one.indicator.value, one.tally.hits, one.tally.of, round(one.peers, 5)] for one in look.reasons]


def flag_rows(programme: Programme, measure: int, on: date, *, most: int) -> list[FlagRow]:
    """Return workers with a flag, then those with reasons, who wants a look most first.

    Workers who explained themselves are left alone.
    """
    flags_by_worker = {
        flag.worker: flag for flag in Flag.objects.filter(programme=programme, measure=measure)
    }
    resting = set(
        Rest.objects.filter(programme=programme, measure=measure, until__gt=on).values_list(
            "worker", flat=True
        )
    )
    looks = [
        worker_look
        for worker_look in looks_of(programme, measure, most=most)
        if worker_look.reasons
        and worker_look.worker not in resting
        and worker_look.worker not in flags_by_worker
    ]
    worker_looks = {
        worker_look.worker: worker_look
        for worker_look in looks_of(programme, measure, workers=flags_by_worker)
    }
    looks[:0] = [
        worker_looks.get(flag.worker, WorkerLook(flag.worker, flag.unit_id, 0, 0.0, ()))
        for flag in flags_by_worker.values()
    ]
    return [FlagRow(worker_look, flags_by_worker.get(worker_look.worker)) for worker_look in looks]


def named_flag_rows(rows: Sequence[FlagRow], *, language: str) -> list[FlagRow]:
    """Return the rows of one page, with the worker's name, office and district. In the system's scope."""
    workers = [flag_row.look.worker for flag_row in rows]
    accounts = {account.public_id: account for account in people.accounts_near(public_ids=workers)}
    offices = org.offices_of(workers)
    districts = units.names_of_units({flag_row.look.unit_id for flag_row in rows}, language=language)
    return [
        replace(
            flag_row,
            name=accounts[flag_row.look.worker].name if flag_row.look.worker in accounts else "",
            account=accounts[flag_row.look.worker].pk if flag_row.look.worker in accounts else None,
            office=offices.get(flag_row.look.worker, ({}, {}))[0],
            unit=offices.get(flag_row.look.worker, ({}, {}))[1],
            district=districts.get(flag_row.look.unit_id, ""),
        )
        for flag_row in rows
    ]


def worker_names(workers: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of workers, by the public ids of their accounts."""
    return {account.public_id: account.name for account in people.accounts_near(public_ids=workers)}


def told_of(flag: Flag) -> IndicatorTally:
    """Return what the fresh checks of a flag say.

    The second way of asking is the person's own phone, which denied the entry or confirmed it, or else a visit
    (`assigning.visit_after_denial`). Without either a denial is not told.
    """
    if flag.aim_id is None or flag.checking_at is None:
        return IndicatorTally(0, 0)
    checks = list(Check.objects.filter(aim_id=flag.aim_id, done_at__isnull=False).exclude(outcome=""))
    done = {one.id: one for one in checks if one.arm == Check.Arm.TARGETED}
    visited = {(one.stratum_id, one.place): one.outcome for one in checks if one.arm == Check.Arm.AGAIN}
    if not done:
        return IndicatorTally(0, 0)
    items = opened_many(done)
    activity_items = items_to_check(flag.programme, flag.measure)
    confirmed = set(
        sql.column(
            f"select i.item_id from ({activity_items.few or activity_items.sql}) i where i.item_id = any(%s)"
            " and i.is_confirmed and i.programme_id = any(%s)",
            [[checked_item.item_id for checked_item in items.values()], flag.programme.counted_ids],
        )
    )
    fresh = []
    for check_id, check in done.items():
        item = items[check_id]
        second = visited.get((check.stratum_id, check.place), "")
        second = Check.Outcome.NOT_GENUINE if item.why_gone == DENIED else second
        second = Check.Outcome.GENUINE if item.item_id in confirmed else second
        assert check.done_at is not None
        fresh.append(findings.Fresh(_day(flag, check.done_at), check.outcome, check.reason, second))
    return findings.tally_fresh_checks(fresh, since=_day(flag, flag.checking_at))


def denied_in(programme: Programme, measure: int) -> Mapping[int, IndicatorTally]:
    """Count denials of people known to be genuine, by district, and their answers."""
    indicator_tallies: dict[int, IndicatorTally] = {}
    for unit_id, outcome in Check.objects.filter(
        _KNOWN,
        frame__programme=programme,
        frame__measure=measure,
        outcome__in=(Check.Outcome.GENUINE, Check.Outcome.NOT_GENUINE),
    ).values_list("stratum__unit_id", "outcome"):
        was = indicator_tallies.get(unit_id, IndicatorTally(0, 0))
        indicator_tallies[unit_id] = IndicatorTally(
            was.hits + (outcome == Check.Outcome.NOT_GENUINE), was.of + 1
        )
    return indicator_tallies


@dataclass(frozen=True, slots=True)
class Ready:
    """Flags whose entries can be checked afresh now.

    lacking: by district where other flags wait, how many test calls it has; fewest first. frame: the open frame that
    takes more test calls; None where no frame is open.
    """

    flags: list[Flag]
    lacking: Mapping[str, int]
    frame: Frame | None = None


def ready_for_checks(programme: Programme, measure: int, on: date) -> Ready:
    """Return flags whose worker has answered, or has had time to; who was asked first comes first, at most a
    round's.

    Nothing can be proven where too few people known to be genuine are asked (`findings.KNOWN`): workers there
    wait.
    """
    waiting = Flag.objects.select_related("programme", "unit").filter(
        programme=programme, measure=measure, step__in=(Flag.Step.ASKED, Flag.Step.ANSWERED)
    )
    n_by_worker, flags, lacking = _known_in(programme, measure), [], {}
    for flag in waiting.order_by("asked_at", "pk"):
        if findings.barred(case_of(flag), findings.FlagAct.CHECK, by=0, on=on) is not None:
            continue
        if n_by_worker[flag.unit_id] >= findings.KNOWN:
            flags.append(flag)
        else:
            lacking[name_in_language(flag.unit.names)] = n_by_worker[flag.unit_id]
    fewest = dict(sorted(lacking.items(), key=lambda one: (one[1], one[0])))
    params = {"programme": programme, "measure": measure}
    frame = Frame.objects.filter(**params, state=Frame.State.DRAWN).last() if lacking else None
    return Ready(flags[: findings.ROUND], fewest, frame)


def _known_in(programme: Programme, measure: int) -> Counter[int]:
    """Count by district the people known to be genuine who have answered, or are still to be asked."""
    condition = Q(outcome__in=(Check.Outcome.GENUINE, Check.Outcome.NOT_GENUINE)) | _OPEN
    rows = Check.objects.filter(condition, _KNOWN, frame__programme=programme, frame__measure=measure)
    return Counter(rows.values_list("stratum__unit_id", flat=True))


def round_under_way(programme: Programme, measure: int) -> FreshChecks | None:
    """Return the round of fresh checks that is not judged yet; there is one at most."""
    rows = FreshChecks.objects.select_related("frame", "programme")
    return rows.filter(programme=programme, measure=measure, judged_at=None).first()


def count_unfinished_checks(fresh: FreshChecks) -> int:
    """Count the unfinished checks of a round: of the workers' entries, and of known people of their districts."""
    flags = Flag.objects.filter(fresh=fresh)
    of_place = _KNOWN & Q(frame=fresh.frame_id, stratum__unit_id__in=flags.values("unit_id"))
    return Check.objects.filter(_OPEN, Q(aim__in=flags.values("aim_id")) | of_place).count()
