"""Strong, swing or weak: the class of a booth or segment by rules one can read, in order; the first that holds.

A rule is stored as `{"class": "strong", "share_at_least": 50, "lead_at_least": 10}`: every condition must hold, a rule
without conditions always does. Conditions compare `share`, `lead` and `turnout`, each in per cent: `_at_least` or
`_below`. Share is ours of the votes polled. Lead is over the best opponent, in points of votes polled, and negative
when behind. The last rule has no conditions, so that every unit with votes has a class; without votes it has none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any

STRONG, SWING, WEAK = "strong", "swing", "weak"
CLASSES = (STRONG, SWING, WEAK)
FIGURES = ("share", "lead", "turnout")
_LOWEST = {"share": 0.0, "lead": -100.0, "turnout": 0.0}

DEFAULT: list[dict[str, Any]] = [
    {"class": STRONG, "share_at_least": 50},
    {"class": STRONG, "lead_at_least": 10},
    {"class": WEAK, "lead_below": -10},
    {"class": SWING},
]


class RulesUnfit(ValueError):
    """Rules that cannot be applied. code: no_rules, unknown_class, unknown_condition, not_a_number, outside,
    empty_band, no_last, never_reached. row: the rule it is about, from 1."""

    def __init__(self, code: str, row: int, what: str = "") -> None:
        super().__init__(f"rule {row}: {code} {what}".strip())
        self.code = code
        self.row = row
        self.what = what


@dataclass(frozen=True, slots=True)
class Band:
    """From `at_least` up to, but without, `below`; in per cent."""

    at_least: float = -inf
    below: float = inf

    def holds(self, value: float | None) -> bool:
        return value is not None and self.at_least <= value < self.below


@dataclass(frozen=True, slots=True)
class Rule:
    """code: the class it gives. bands: figure -> band; all must hold."""

    code: str
    bands: Mapping[str, Band]

    def holds(self, figures: Mapping[str, float | None]) -> bool:
        return all(band.holds(figures.get(figure)) for figure, band in self.bands.items())


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """The rules look at these figures, in per cent; None where unknown."""

    share: float | None
    lead: float | None
    turnout: float | None = None


def unit_vote_figures(ours: int, best: int, polled: int, electors: int | None = None) -> ClassFigures:
    """The figures of a unit from its votes: our side's, the best opponent's, all polled. None without votes."""
    if not polled:
        return ClassFigures(None, None, None)
    return ClassFigures(
        100 * ours / polled, 100 * (ours - best) / polled, 100 * polled / electors if electors else None
    )


def read_class_rules(rows: Sequence[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """Rules as they are stored, checked. Raises RulesUnfit with the row, and why."""
    if not rows:
        raise RulesUnfit("no_rules", 0)
    rules = tuple(_rule(row, number) for number, row in enumerate(rows, 1))
    if rules[-1].bands:
        raise RulesUnfit("no_last", len(rules))
    for number, rule in enumerate(rules[1:], 2):
        if any(_covers(above, rule) for above in rules[: number - 1]):
            raise RulesUnfit("never_reached", number)
    return rules


def _rule(row: Mapping[str, Any], number: int) -> Rule:
    code = row.get("class")
    if code not in CLASSES:
        raise RulesUnfit("unknown_class", number, str(code))
    limits: dict[str, dict[str, float]] = {}
    for name, value in row.items():
        if name == "class":
            continue
        figure, _, bound = name.partition("_")
        if figure not in FIGURES or bound not in ("at_least", "below"):
            raise RulesUnfit("unknown_condition", number, name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            raise RulesUnfit("not_a_number", number, name)
        if not _LOWEST[figure] <= value <= 100:
            raise RulesUnfit("outside", number, name)
        limits.setdefault(figure, {})[bound] = float(value)
    bands = {figure: Band(**bounds) for figure, bounds in limits.items()}
    for figure, band in bands.items():
        if band.at_least >= band.below:
            raise RulesUnfit("empty_band", number, figure)
    return Rule(code, bands)


def _covers(above: Rule, rule: Rule) -> bool:
    """Return True if `above` already takes every unit that `rule` is about."""
    return all(
        figure in rule.bands
        and band.at_least <= rule.bands[figure].at_least
        and rule.bands[figure].below <= band.below
        for figure, band in above.bands.items()
    )


def class_of(rules: Sequence[Rule], class_figures: ClassFigures) -> tuple[str, int] | None:
    """The class, and the rule (from 1) that gave it; None where there are no votes to judge by."""
    if class_figures.share is None:
        return None
    values = {"share": class_figures.share, "lead": class_figures.lead, "turnout": class_figures.turnout}
    return next(
        ((rule.code, number) for number, rule in enumerate(rules, 1) if rule.holds(values)),
        None,
    )
