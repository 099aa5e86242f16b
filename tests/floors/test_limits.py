"""Every limit is declared once, and none that a stranger can spend hurts somebody else without a guard."""

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from abhiyan.core import declared
from abhiyan.core.declared import LIMITS, DeclaredLimit, Hurt, LimitGuard, LimitKey, Spender

from .source import Finder, Source, sources, told

DECLARED = ("core", "declared.py")
# In this order an act asks several limits: what is refused for its browser or network spends nothing of a phone.
ORDER = (
    LimitKey.REQUEST,
    LimitKey.SESSION,
    LimitKey.NETWORK,
    LimitKey.SERIES,
    LimitKey.ALL,
    LimitKey.PHONE,
    LimitKey.PHONE_NETWORK,
)
# These files count or refuse besides `limits.count_or_refuse`.
COUNTED_ELSEWHERE = {
    ("core", "limits.py"): "the one place",
    ("core", "models.py"): "the table and its rights",
    ("intake", "actions/enrol.py"): "no limit: the key of a refused form, so that a resend counts once",
    ("people", "actions/field.py"): "pictures of an account that wait: their number is read, not counted",
}
CONSTANTS = {value.name: name for name, value in vars(declared).items() if isinstance(value, DeclaredLimit)}


def limits_made_elsewhere(source: Source) -> Iterator[str]:
    if (source.room, str(source.path)) == DECLARED:
        return
    for node in source.nodes:
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("DeclaredLimit"):
            yield f"{source.room}/{source.path}:{node.lineno}: a limit is declared in core/declared.py"


def counters_elsewhere(source: Source) -> Iterator[str]:
    if (source.room, str(source.path)) in COUNTED_ELSEWHERE or "migrations" in source.parts:
        return
    if "core_rate_count" in source.text:
        yield f"{source.room}/{source.path}: it counts past core/limits.py"
    for node in source.nodes:
        if isinstance(node, ast.Raise) and node.exc and ast.unparse(node.exc).split("(")[0] == "TooMany":
            yield f"{source.room}/{source.path}:{node.lineno}: TooMany is what limits.count_or_refuse refuses by"


def limits_out_of_order(source: Source) -> Iterator[str]:
    for function in source.nodes:
        if not isinstance(function, ast.FunctionDef):
            continue
        taken = [
            (node.lineno, getattr(declared, node.args[0].attr))
            for node in ast.walk(function)
            if isinstance(node, ast.Call)
            and ast.unparse(node.func) == "limits.count_or_refuse"
            and isinstance(node.args[0], ast.Attribute)
            and ast.unparse(node.args[0]).startswith("declared.")
        ]
        ranks = [
            (ORDER.index(limit.key), line)
            for line, limit in sorted(taken, key=lambda one: one[0])
            if limit.spender is Spender.STRANGER and limit.key in ORDER
        ]
        for (before, _line), (rank, line) in pairwise(ranks):
            if rank < before:
                yield f"{source.room}/{source.path}:{line}: first session, then network, then phone"


@pytest.mark.parametrize("finder", [limits_made_elsewhere, counters_elsewhere, limits_out_of_order])
def test_limits_are_declared_and_asked_in_one_way(finder: Finder) -> None:
    told(offence for source in sources("**/*.py") for offence in finder(source))


@pytest.mark.parametrize(
    ("finder", "text"),
    [
        (limits_made_elsewhere, "MINE = DeclaredLimit('mine', 3, 60)"),
        (counters_elsewhere, "def act():\n    raise TooMany(wait_s=5)"),
        (counters_elsewhere, "SQL = 'insert into core_rate_count values (1)'"),
        (
            limits_out_of_order,
            (
                "def act():\n    limits.count_or_refuse(declared.CODE_PHONE, p)\n"
                "    limits.count_or_refuse(declared.CODE_NETWORK, n)"
            ),
        ),
    ],
)
def test_each_finder_finds_what_it_is_for(finder: Finder, text: str) -> None:
    assert list(finder(Source("people", Path("actions/codes.py"), text)))


def test_every_declared_limit_is_asked_somewhere() -> None:
    text = "".join(
        source.text for source in sources("**/*.py") if (source.room, str(source.path)) != DECLARED
    )
    assert [name for name in CONSTANTS.values() if f"declared.{name}" not in text] == []
    assert len(LIMITS) == len(CONSTANTS), "two limits have one name"


@pytest.mark.parametrize("limit", LIMITS.values(), ids=lambda limit: limit.name)
def test_no_limit_of_a_stranger_hurts_others_without_a_guard(limit: DeclaredLimit) -> None:
    """A guard by size alone holds only where the limit is larger than what a stranger sends, and grows."""
    if limit.spender is not Spender.STRANGER or not limit.hurts_others:
        return
    assert limit.guards, f"{limit.name}: {limit.spender}; it hurts {limit.hurts}"
    if LimitGuard.ROOM in limit.guards:
        assert limit.allowed >= declared.STRANGERS_REQUESTS * 1.5
        assert limit.grows > 0
    if limit.hurts is Hurt.OWNER:
        assert LimitGuard.ROOM not in limit.guards, "the room of one number is never large"
    assert not limit.is_fixed or LimitGuard.RIGHT_PASSES in limit.guards
