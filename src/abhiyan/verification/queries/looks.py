"""How the entries of each worker look beside others nearby: built by one statement for all, read from what is kept.

The line of command gets nothing of it: planners of checks read it in the system's scope.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from abhiyan.core import sql
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries.programmes import all_running, measures
from abhiyan.programmes.rules import activities
from abhiyan.units.models import Kind
from abhiyan.verification.models import Check, Frame, Look
from abhiyan.verification.rules import flags, luck
from abhiyan.verification.rules.indicators import (
    BURST,
    NEXT,
    NIGHT,
    QUICK_S,
    Grain,
    Indicator,
    IndicatorTally,
    Reason,
    reasons,
)

from .items import items_to_check
from .opening import opened_many

_ENDINGS = [f"count(*) filter (where last4 %% 10 = {n})" for n in range(10)]
_HOUR = "extract(hour from here)"
# How often, of how many; in the order they are kept, so new ones go to the end. As `rules.indicators.tallies`.
BUILT: Mapping[Indicator, tuple[str, str]] = {
    Indicator.PHONES: ("max(shared)", "max(phones)"),
    Indicator.SEQUENCE: (f"count(*) filter (where abs(step) between 1 and {NEXT})", "count(step)"),
    Indicator.BURSTS: (f"count(*) filter (where gap < interval '{BURST.seconds} s')", "count(gap)"),
    Indicator.NIGHT: (
        f"count(*) filter (where {_HOUR} >= {NIGHT[0]} or {_HOUR} < {NIGHT[1]})",
        "count(here)",
    ),
    Indicator.AGES: ("count(*) filter (where birth_year %% 5 = 0)", "count(birth_year)"),
    Indicator.DIGITS: (
        " + ".join(f"{ending} * ({ending} - 1) / 2" for ending in _ENDINGS),
        "count(last4) * (count(last4) - 1) / 2",
    ),
    Indicator.UNCONFIRMED: ("count(*) filter (where not is_confirmed)", "count(is_confirmed)"),
    Indicator.DOUBLES: ("count(*) filter (where is_double)", "count(is_double)"),
    Indicator.DEVICES: ("max(one_device)", "max(devices)"),
    Indicator.SPEED: (f"count(*) filter (where seconds < {QUICK_S})", "count(seconds)"),
    Indicator.REFUSALS: ("max(willing)", "max(asked)"),
}
_NO_TRIES = (
    "select null::int as programme_id, null::uuid as by, null::boolean as is_refusal, 0 as n where false"
)


def _array(n: int) -> str:
    return "array[" + ", ".join(f"coalesce({sql_pair[n]}, 0)::int8" for sql_pair in BUILT.values()) + "]"


# A worker belongs to the district of most of their entries. Own phones and programs name no account.
_BUILD = """
with district as (
  select u.id, p.lo, p.hi from units_placement p join units_unit u on u.id = p.unit_id
   where p.hierarchy = %(hierarchy)s and p.lo is not null and u.kind = %(district)s),
leaf as (
  select p.unit_id, d.id as district from units_placement p join district d on p.lo >= d.lo and p.lo < d.hi
   where p.hierarchy = %(hierarchy)s),
entry as materialized (
  select i.by as worker, coalesce(l.district, %(owner)s) as district, i.item_id, i.at, i.phone_id,
      i.at at time zone %(zone)s as here, nullif(i.last4, '')::int as last4, i.birth_year, i.is_confirmed, i.is_double,
      i.is_signed, i.sent_with, i.device, i.seconds
    from ({looks}) i join people_account a on a.public_id = i.by left join leaf l on l.unit_id = i.unit_id
   where i.programme_id = any(%(programmes)s) and i.channel <> all(%(own)s)),
phone as (
  select worker, sum(n) filter (where n > 1) as shared, sum(n) as phones
    from (select worker, count(*) as n from entry where phone_id is not null group by worker, phone_id) p
   group by worker),
device as (
  select worker, sum(n) filter (where n > 1) as one_device, sum(n) as devices
    from (select worker, count(*) as n from entry where device is not null group by worker, device) p
   group by worker),
door as (
  select t.by as worker, sum(n) filter (where not is_refusal) as willing, sum(n) as asked
    from ({tries}) t where programme_id = any(%(programmes)s) and is_refusal is not null group by t.by),
home as (
  select distinct on (worker) worker, district as home
    from (select worker, district, count(*) as n from entry group by 1, 2) p order by worker, n desc, district),
step as (
  select *, at - lag(at) over w as gap, case when at is not null then last4 - lag(last4) over w end as step
    from entry window w as (partition by worker order by at, item_id))
select worker, min(home), count(*), {hits}, {of}, count(*) filter (where is_signed),
    count(*) filter (where is_confirmed), count(distinct sent_with)
  from step join home using (worker) left join phone using (worker) left join device using (worker)
  left join door using (worker)
 group by worker order by worker"""
BUILD = _BUILD.replace("{hits}", _array(0)).replace("{of}", _array(1))
# Worker, district, entries, how often, of how many; entries signed, confirmed; parcels they came in.
Entries = tuple[UUID, int, int, list[int], list[int], int, int, int]


@dataclass(frozen=True, slots=True)
class WorkerLook:
    """How one worker's entries look. unit_id: their district; reasons: the oddest first, none where nothing is clear.

    wanted: the order of calls (`rules.flags.look_scores`), for nobody's eyes. signed, confirmed, parcels: what speaks
    for the worker (`rules.indicators.support`).
    """

    worker: UUID
    unit_id: int
    entries: int
    wanted: float
    reasons: tuple[Reason, ...]
    signed: int = 0
    confirmed: int = 0
    parcels: int = 0


def looked_at_now(programme: Programme, measure: int) -> list[Entries]:
    """Return every worker's indicators, from all entries that count now; none where the activity tells nothing
    of them."""
    items = items_to_check(programme, measure)
    if not items.looks:
        return []
    return sql.rows(
        BUILD.replace("{looks}", items.looks).replace("{tries}", items.tries or _NO_TRIES),
        {
            "programmes": programme.counted_ids,
            "hierarchy": programme.hierarchy,
            "district": Kind.DISTRICT,
            "owner": programme.owner_id,
            "zone": programme.zone,
            "own": [
                channel.number
                for channel in activities.activity_of(programme.kind).channels
                if channel.by_phone
            ],
        },
    )


_DOUBTS = """
select by, code, count(*) from ({doubts}) d where programme_id = any(%s) and by is not null
 group by 1, 2 order by 1, 2"""
# Columns: an indicator, how often, of how many, and the share among all others. Then how often luck brings it
# (`rules.luck`): to an honest worker, and to anybody.
Doubt = tuple[str, int, int, float, float, float]


def doubts_now(programme: Programme, measure: int, entries: Mapping[UUID, int]) -> dict[UUID, list[Doubt]]:
    """Return each worker's odd single entries, as the activity tells them. entries: how many each worker has. One
    query; none where the activity tells nothing."""
    items = items_to_check(programme, measure)
    if not items.doubts:
        return {}
    rows: list[tuple[UUID, str, int]] = sql.rows(
        _DOUBTS.replace("{doubts}", items.doubts), [programme.counted_ids]
    )
    n_entries, hits = sum(entries.values()), Counter[str]()
    for _by, code, n in rows:
        hits[code] += n
    doubts: dict[UUID, list[Doubt]] = {}
    for by, code, n in rows:
        if n_own := entries.get(by, 0):
            rest = n_entries - n_own
            share, peers = (hits[code] - n + 0.5) / (rest + 1), (hits[code] - n) / rest if rest else 0.0
            by_luck = luck.tail(n, max(n, n_own), share, rest=rest, likeness=0, grain=Grain.ENTRY)
            anybody = min(1.0, by_luck * len(entries))
            doubts.setdefault(by, []).append((code, n, n_own, round(peers, 5), by_luck, anybody))
    return doubts


def checked_by_worker(
    programme: Programme, measure: int, arms: Sequence[int]
) -> Mapping[UUID, tuple[int, int]]:
    """Count for each worker the checked entries that were not genuine, and the genuine ones.

    Drawn ones of closed frames only: before, nobody learns who is drawn.
    """
    outcome_by_id = dict(
        Check.objects.filter(
            Q(frame__state=Frame.State.CLOSED) | Q(arm=Check.Arm.TARGETED),
            frame__programme=programme,
            frame__measure=measure,
            arm__in=arms,
            outcome__in=(Check.Outcome.GENUINE, Check.Outcome.NOT_GENUINE),
        ).values_list("id", "outcome")
    )
    if not outcome_by_id:
        return {}
    counts: Counter[tuple[UUID | None, str]] = Counter(
        (item.by, outcome_by_id[check_id]) for check_id, item in opened_many(outcome_by_id).items()
    )
    workers = {worker for worker, _ in counts if worker is not None}
    return {
        worker: (counts[worker, Check.Outcome.NOT_GENUINE], counts[worker, Check.Outcome.GENUINE])
        for worker in workers
    }


def looks_of(
    programme: Programme, measure: int, *, workers: Iterable[UUID] | None = None, most: int | None = None
) -> list[WorkerLook]:
    """Return workers as they were looked at last, who wants a look most first. workers: only these.

    In the system's scope.
    """
    rows = Look.objects.filter(programme=programme, measure=measure)
    if workers is not None:
        rows = rows.filter(worker__in=list(workers))
    looks = rows.order_by("-wanted", "worker")[:most]
    return [_looked(look) for look in looks]


def _looked(look: Look) -> WorkerLook:
    def odd() -> Iterator[Reason]:
        compared = zip(BUILT, look.hits, look.total, look.peers, look.tails, look.luck, strict=False)
        for code, hit, n_items, other, by_luck, anybody in compared:
            yield Reason(code, IndicatorTally(hit, n_items), other, by_luck, anybody)
        checked = IndicatorTally(look.bad, look.bad + look.good)
        yield Reason(Indicator.CHECKS, checked, look.peers_bad, look.bad_tail, look.bad_luck)

    # A single entry that contradicts itself is a question, whatever luck brings; its strength is as any reason's.
    told = [
        Reason(Indicator(code), IndicatorTally(hit, n_items), *rest)
        for code, hit, n_items, *rest in look.doubts
    ]
    if look.entries >= flags.LEAST:
        told = sorted([*told, *reasons(odd())], key=lambda reason: reason.tail)
    return WorkerLook(
        look.worker,
        look.unit_id,
        look.entries,
        look.wanted,
        tuple(told),
        look.signed,
        look.confirmed,
        look.parcels,
    )


def due_since(since: datetime) -> list[tuple[Programme, int]]:
    """Open programmes, and their measures, whose workers were not looked at since an instant."""
    fresh = set(Look.objects.filter(at__gte=since).values_list("programme_id", "measure").distinct())
    running = all_running()
    numbers = {pk: {measure.number for measure in some} for pk, some in measures(running).items()}
    return [
        (programme, items.measure)
        for programme in running
        for items in activities.activity_of(programme.kind).items
        if items.looks
        and items.measure in numbers[programme.pk]
        and (programme.pk, items.measure) not in fresh
    ]
