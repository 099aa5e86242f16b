"""A programme counts several things. Code that reads targets or figures names the measure."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from .source import Finder, Source, sources, told

# Functions whose `measure` has a default, for tests and drives. Others of them share their name with other things.
ASK = frozenset(
    (
        *("set_target", "lock_target", "split_target", "take_over_plan", "targets", "target_versions", "gap"),
        *(
            "locked_below",
            "count_misfits",
            "misfits_below",
            "versions_of_targets",
            "last_split",
            "standing_split",
        ),
        *(
            "plan_as_targets",
            "unit_ladder",
            "unit_funnel",
            "shown_funnel",
            "children_ladders",
            "ask_own_words",
        ),
    )
)
FIRST = re.compile(r"\bmeasure=1\b|\(\(\w+\.pk, 1\)|\bmeasures(?:\([^)]*\))?(?:\[[^\]]*\])?\[0\]")
# A drive has one measure; samples say themselves which they set.
OF_DRIVES = {
    ("pages", "views/launch.py"): "the launch of a drive",
    ("pages", "views/membership_votes.py"): "members beside votes",
    ("programmes", "queries/field_day.py"): "the field day of a drive",
    ("programmes", "queries/parts.py"): "only drives have drives beneath them",
}


def measures_left_out(source: Source) -> Iterator[str]:
    where = (source.room, str(source.path))
    if (
        source.room in ("enrolment", "intake", "sample")
        or where in OF_DRIVES
        or {"tests", "demo"} & source.parts
    ):
        return
    for node in source.nodes:
        if not isinstance(node, ast.Call) or isinstance(node.func, ast.Subscript):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in ASK and node.keywords and not any(one.arg in ("measure", None) for one in node.keywords):
            yield source.at(node, f"{name} without a measure: it takes the first")


def first_measures_taken(source: Source) -> Iterator[str]:
    if (
        source.room in ("enrolment", "intake")
        or (source.room, str(source.path)) in OF_DRIVES
        or "tests" in source.parts
    ):
        return
    for n, line in enumerate(source.text.splitlines(), 1):
        if FIRST.search(line):
            yield f"{source.room}/{source.path}:{n}: {line.strip()}: the first measure is not the only one"


IN_PYTHON: list[Finder] = [measures_left_out, first_measures_taken]


@pytest.mark.parametrize("finder", IN_PYTHON, ids=lambda finder: finder.__name__)
def test_no_module_breaks_a_rule_of(finder: Finder) -> None:
    told(offence for source in sources("**/*.py") for offence in finder(source))


def test_the_finders_find_what_asks_of_no_measure_and_what_takes_the_first() -> None:
    planted = (
        "gap(programme=one, node=3, on=day)\nfound = targets.get((one.pk, 1))\nmeasures([one])[one.pk][0]\n"
    )
    source = Source("meetings", Path("queries.py"), planted)
    assert len(list(measures_left_out(source))) == 1 and len(list(first_measures_taken(source))) == 2
