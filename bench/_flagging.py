"""Simulate which workers flags find and which workers findings accuse: the second simulation of `docs/truth.md`, for
bench `verify`.

The same made-up state: about 3,000 workers in 40 districts, 200,000 items; of a district up to 30% of the workers make
up 60% of their items, honest error 5 to 9%. Honest workers and districts differ in every indicator. A worker who makes
entries up leaves about half of the traces. `clear` and `weak` come in each such entry with a chance (TRACES). `none`
means only people who confirm less often. 3,000 checks of items: 2,000 drawn, 1,000 aimed in ten rounds; one in four of
the genuine and 45% of the false are not reached and nobody visits them. Then one round of fresh checks: 100 workers, 15
calls each; a second way of asking says what the first said, so who denies to strangers denies twice. It is a drive's
first round, judged as the product judges it.

Rows `precision-…`: of the 5% who are first in the order, how many make entries up; `precision-indicators-…` and
`precision-random-…`: with indicators alone, and with 3,000 drawn checks alone. `accused-…`: honest workers in a
finding, per drive; `…-denial`: in a fifth of the districts 20% of the genuine deny. `found-…`: share of such workers in
a finding. `accused-wrong-constant` takes 15% for honest everywhere, where 30% deny: it has to fall.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from statistics import fmean
from typing import Any

import numpy as np

DISTRICTS, ITEMS, WORKERS = 40, 200_000, 3_000
DRAWN, AIMED, ROUNDS = 2_000, 1_000, 10
TOP = WORKERS // 20
ASKED = 60  # people of each district known to be genuine
# Honest shares: shared phones, numbers in a row, bursts, night, ages, digits, doubles, not confirmed.
HONEST = np.array([0.03, 0.01, 0.10, 0.05, 0.28, 0.12, 0.02, 0.45])
TRACES = {"clear": 0.145, "weak": 0.063, "none": 0.0}  # indicators alone find 97, 73 and 22 in 100
UNCONFIRMED = 0.15  # so much less often do people of made-up entries confirm
WANTED = {"clear": 0.95, "weak": 0.90, "none": 0.85}
ACCUSED = 0.05
REPEATS, QUICK = 200, 4
SEED = 20_261_123
BEGUN = date(2026, 11, 1)


@dataclass
class Workers:
    """One drive. hits, of: workers by indicators. false: of each worker's items."""

    district: Any
    makes_up: Any
    items: Any
    false: Any
    hits: Any
    of: Any

    @classmethod
    def made(cls, random: Any, trace: float) -> "Workers":
        items = random.lognormal(0, 0.5, WORKERS)
        items = np.maximum(5, items / items.sum() * ITEMS).astype(int)
        district = random.integers(0, DISTRICTS, WORKERS)
        share = random.uniform(0, 0.30, DISTRICTS)
        makes_up = random.random(WORKERS) < (share * 0.15 / share.mean())[district]
        errors = random.uniform(0.05, 0.09, DISTRICTS)[district]
        made = random.binomial(items, 0.6 * makes_up)
        false = made + random.binomial(items - made, errors)
        kinds = len(HONEST)
        away = random.normal(0, 0.35, (DISTRICTS, kinds))[district] + random.normal(0, 0.35, (WORKERS, kinds))
        honest = 1 / (1 + np.exp(-(np.log(HONEST / (1 - HONEST)) + away)))
        leaves = trace * (random.random((WORKERS, kinds)) < 0.5)
        leaves[:, -1] = UNCONFIRMED
        left = honest + np.where(np.arange(kinds) < kinds - 1, 1 - honest, 1) * leaves
        hits = random.binomial((items - made)[:, None], honest)
        hits += random.binomial(made[:, None], np.minimum(left, 0.97))
        return cls(district, makes_up, items, false / items, hits, np.repeat(items[:, None], kinds, 1))

    def checked(self, random: Any, who: Any, denial: Any) -> tuple[Any, Any]:
        """Checks of one item of each of `who`: not genuine, and genuine, by worker."""
        false = random.random(len(who)) < self.false[who]
        is_reached = random.random(len(who)) >= np.where(false, 0.45, 0.25)
        says_no = false | (random.random(len(who)) < denial[self.district[who]])
        return _by_worker(who[is_reached & says_no]), _by_worker(who[is_reached & ~says_no])

    def drawn(self, random: Any, checks: int, denial: Any) -> tuple[Any, Any]:
        """Checks of items at random."""
        who = random.choice(WORKERS, checks, p=self.items / self.items.sum())
        return self.checked(random, who, denial)


def _by_worker(who: Any) -> Any:
    return np.bincount(who, minlength=WORKERS).astype(float)


def looked_at(drive: Workers, random: Any, denial: Any) -> tuple[Any, dict[str, float]]:
    """The workers in order, and the precision of the first."""
    from abhiyan.verification.rules import flags

    def precise(wanted: Any) -> float:
        return float(drive.makes_up[np.argsort(-wanted, kind="stable")[:TOP]].mean())

    scores = flags.beside_peers(drive.hits, drive.of, drive.district).scores
    found = {"precision-indicators": precise(flags.plain_mean(scores))}
    alone = drive.drawn(random, DRAWN + AIMED, denial)
    found["precision-random"] = precise(flags.look_scores(np.zeros(scores.shape), None, *alone))
    bad, good = drive.drawn(random, DRAWN, denial)
    weights = flags.learnt(scores, bad, good)
    for _ in range(ROUNDS):
        wanted = flags.look_scores(scores, weights, bad, good)
        who = flags.next_calls(wanted, AIMED // ROUNDS, TOP)
        more = drive.checked(random, who, denial)
        bad, good = bad + more[0], good + more[1]
    wanted = flags.look_scores(scores, weights, bad, good)
    found["precision"] = precise(wanted)
    return np.argsort(-wanted, kind="stable"), found


def findings(drive: Workers, random: Any, first: Any, denial: Any, *, constant: bool = False) -> set[int]:
    """Return the workers that one round of fresh checks is a finding about. constant: wrongly, against 15%
    everywhere."""
    from abhiyan.verification.rules import findings as rules
    from abhiyan.verification.rules.indicators import IndicatorTally

    no, yes = "not_genuine", "genuine"
    fresh = [drive.checked(random, np.full(rules.CALLS, worker), denial) for worker in first[: rules.ROUND]]
    denied = random.binomial(ASKED, denial)
    most = [rules.HONEST if constant else rules.tolerated(IndicatorTally(int(one), ASKED)) for one in denied]
    cases = {}
    for worker, (bad, good) in zip(first.tolist(), fresh, strict=False):
        checks = [rules.Fresh(BEGUN, no, "never_joined", no)] * int(bad[worker])
        checks += [rules.Fresh(BEGUN, yes)] * int(good[worker])
        cases[worker] = (rules.tally_fresh_checks(checks, since=BEGUN), most[int(drive.district[worker])])
    return rules.proven_workers(cases, tried=len(cases), level=rules.finding_level(1))


def rows(*, quick: bool = False) -> list[tuple[str, float, float | None, str]]:
    """Name, value, reference and unit of each row."""
    random = np.random.default_rng(SEED)
    found: dict[str, list[float]] = defaultdict(list)
    fifth = np.arange(DISTRICTS) % 5 == 0
    for _ in range(QUICK if quick else REPEATS):
        for name, trace in TRACES.items():
            for ending, denial in (("", 0 * fifth), ("-denial", 0.20 * fifth)):
                drive = Workers.made(random, trace)
                first, precision = looked_at(drive, random, denial)
                named = findings(drive, random, first, denial)
                honest = sum(not drive.makes_up[one] for one in named)
                found[f"accused-{name}{ending}"].append(honest)
                found[f"found-{name}{ending}"].append((len(named) - honest) / drive.makes_up.sum())
                if not ending:
                    for key, value in precision.items():
                        found[f"{key}-{name}"].append(value)
        drive = Workers.made(random, TRACES["none"])
        first, _ = looked_at(drive, random, 0.30 * fifth)
        named = findings(drive, random, first, 0.30 * fifth, constant=True)
        found["accused-wrong-constant"].append(sum(not drive.makes_up[one] for one in named))
    return [(name, fmean(values), *_wanted(name)) for name, values in found.items()]


def _wanted(name: str) -> tuple[float | None, str]:
    if name == "accused-wrong-constant":  # done wrongly on purpose
        return None, "workers"
    if name.startswith("accused-"):
        return ACCUSED, "workers"
    return WANTED.get(name.removeprefix("precision-")) if name.startswith("precision-") else None, "share"
