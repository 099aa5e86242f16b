"""Workers are looked at beside each other, each night and when somebody asks for it."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

import numpy as np
from django.utils import timezone

from abhiyan.core import audit, jobs, sql
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.org.queries import require
from abhiyan.programmes.models import Programme
from abhiyan.verification.models import Check
from abhiyan.verification.queries.looks import (
    BUILT,
    Entries,
    checked_by_worker,
    doubts_now,
    due_since,
    looked_at_now,
)
from abhiyan.verification.refusals import PartOfWhole
from abhiyan.verification.rules import flags
from abhiyan.verification.rules.indicators import CHANCE, GRAINS, Grain

from .frames import PLAN

AGAIN = timedelta(hours=20)  # after so long the workers of a programme are looked at again
NIGHTLY = range(1, 5)  # hours, where the installation is

_KEEP = """
insert into verification_look (programme_id, measure, worker, unit_id, entries, hits, total, scores, peers, bad, good,
    peers_bad, bad_tail, bad_luck, tails, luck, wanted, at, signed, confirmed, parcels, doubts)
select %(programme)s, %(measure)s, t.worker, t.unit_id, t.entries, t.hits::int8[], t.total::int8[], t.scores::float4[],
    t.peers::float4[], t.bad, t.good, t.peers_bad, t.bad_tail, t.bad_luck, t.tails::float8[], t.luck::float8[],
    t.wanted, %(at)s, t.signed, t.confirmed, t.parcels, t.doubts
  from unnest(%(workers)s::uuid[], %(units)s::int8[], %(entries)s::int[], %(hits)s::text[], %(total)s::text[],
    %(scores)s::text[], %(peers)s::text[], %(bad)s::int[], %(good)s::int[], %(peers_bad)s::float8[],
    %(bad_tail)s::float8[], %(bad_luck)s::float8[], %(tails)s::text[], %(luck)s::text[], %(wanted)s::float8[],
    %(signed)s::int[], %(confirmed)s::int[], %(parcels)s::int[], %(doubts)s::jsonb[])
    t(worker, unit_id, entries, hits, total, scores, peers, bad, good, peers_bad, bad_tail, bad_luck, tails, luck,
      wanted, signed, confirmed, parcels, doubts)"""


def look_at_workers(*, programme: Programme, measure: int, by: Actor, at: datetime) -> int:
    """Compare every worker of a measure with others nearby, and keep it in place of the last time; returns how
    many.

    Random checks of closed frames weigh the indicators, once there are enough. Needs verification.plan over the
    programme's owner. Refuses NothingToCheck, PartOfWhole. Locks: the measure, by name.
    """
    require(by, PLAN, at=programme.owner_id)
    if programme.parent_id is not None:  # its workers are compared with those of the whole
        raise PartOfWhole
    with system("comparing workers"):
        sql.wait_for(f"looks of {programme.pk}, {measure}")
        tallies = looked_at_now(programme, measure)
        sql.run(
            "delete from verification_look where programme_id = %s and measure = %s", [programme.pk, measure]
        )
        if tallies:
            _keep(programme, measure, tallies, at)
        audit.record(
            by=by,
            at=at,
            act="verification.look_at_workers",
            subject=str(programme.public_id),
            unit_id=programme.owner_id,
            n=len(tallies),
        )
    return len(tallies)


def ask_look(*, programme: Programme, measure: int, by: Actor, at: datetime) -> None:
    """Have every worker of a measure compared soon, by a job.

    Needs verification.plan over the programme's owner. Refuses PartOfWhole.
    """
    require(by, PLAN, at=programme.owner_id)
    if programme.parent_id is not None:
        raise PartOfWhole
    key = f"{programme.public_id}|{measure}"
    jobs.later("verification.look", key, at=at, programme=str(programme.public_id), measure=measure)
    audit.record(
        by=by,
        at=at,
        act="verification.ask_look",
        subject=str(programme.public_id),
        unit_id=programme.owner_id,
    )


def _keep(programme: Programme, measure: int, found: list[Entries], at: datetime) -> None:
    workers, units, entries, hits, total, signed, confirmed, parcels = map(list, zip(*found, strict=True))
    chance = [CHANCE.get(indicator, 0.0) for indicator in BUILT]
    hit_array, looked = np.array(hits, float), np.array(total, float)
    beside = flags.beside_peers(hit_array, looked, units, chance)
    drawn = checked_by_worker(programme, measure, [Check.Arm.RANDOM])
    every = checked_by_worker(programme, measure, [Check.Arm.RANDOM, Check.Arm.TARGETED])
    taught = np.array([drawn.get(worker, (0, 0)) for worker in workers], float)
    check_counts = np.array([every.get(worker, (0, 0)) for worker in workers], int)
    weights = flags.learnt(beside.scores, taught[:, 0], taught[:, 1])
    doubts = doubts_now(programme, measure, dict(zip(workers, entries, strict=True)))
    wanted = flags.look_scores(
        beside.scores, weights, check_counts[:, 0].astype(float), check_counts[:, 1].astype(float)
    )
    tails = flags.tails(
        hit_array, looked, units, chance, [GRAINS.get(indicator, Grain.ENTRY) for indicator in BUILT]
    )
    checked = check_counts.sum(1)
    nearby = flags.nearby(units, checked)
    bad, of_checked = check_counts[:, :1].astype(float), checked[:, None].astype(float)
    bad_tails = flags.tails(bad, of_checked, nearby)
    is_compared = np.array(entries) >= flags.LEAST
    luck = flags.luck_of(
        np.hstack([tails, bad_tails]), np.hstack([looked, of_checked]) * is_compared[:, None]
    )
    wanted += [flags.FARTHEST * len(doubts.get(worker, ())) for worker in workers]
    sql.run(
        _KEEP,
        {
            "programme": programme.pk,
            "measure": measure,
            "at": at,
            "workers": workers,
            "units": units,
            "entries": entries,
            "hits": _arrays(hits),
            "total": _arrays(total),
            "scores": _arrays(beside.scores.round(3).tolist()),
            "peers": _arrays(beside.peers.round(5).tolist()),
            "bad": check_counts[:, 0].tolist(),
            "good": check_counts[:, 1].tolist(),
            "peers_bad": flags.beside_peers(bad, of_checked, nearby).peers[:, 0].round(5).tolist(),
            "bad_tail": bad_tails[:, 0].tolist(),
            "bad_luck": luck[:, -1].tolist(),
            "tails": _arrays(tails.tolist()),
            "luck": _arrays(luck[:, :-1].tolist()),
            "wanted": wanted.tolist(),
            "signed": signed,
            "confirmed": confirmed,
            "parcels": parcels,
            "doubts": [json.dumps(doubts.get(worker, [])) for worker in workers],
        },
    )


def _arrays(rows: Iterable[Iterable[float]]) -> list[str]:
    """Return each row as the server reads an array."""
    return ["{" + ",".join(map(str, row)) + "}" for row in rows]


def look_nightly(*, at: datetime) -> int:
    """Look at the workers of open programmes whose last time is a day ago, while it is night; return how many."""
    if timezone.localtime(at).hour not in NIGHTLY:
        return 0
    with system("comparing workers"):
        due = due_since(at - AGAIN)
    for programme, measure in due:
        look_at_workers(programme=programme, measure=measure, by=Actor.system("flags"), at=at)
    return len(due)
