"""The figures of docs/truth.md come from the bench that is named there, run whole."""

import re
from pathlib import Path
from typing import Any

import pytest

from abhiyan.site import benches

ROOT = Path(__file__).resolve().parent.parent.parent
ROW = re.compile(r"^\| [^|]+ \| `([a-z-]+)` \| ([\d.]+)% \| ([\d.]*) \|$", re.MULTILINE)
FLAGS = re.compile(
    r"^\| [^|]+ \| `(\w+)` \| ([\d.]+)% \| ([\d.]+)% \| ([\d.]+)% \| ([\d.]+) \|$", re.MULTILINE
)
WRONG = "What is published when answers are wrong"


@pytest.fixture(scope="module")
def rows() -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in benches.measure("verify", quick=False)}


def test_the_bench_prints_the_figures_of_the_page_again(rows: dict[str, dict[str, Any]]) -> None:
    before, after = (ROOT / "docs" / "truth.md").read_text().split(WRONG)
    measured = {name: row["value"] for name, row in rows.items()}
    for text, coverage, width in ((before, "coverage-", "width-"), (after, "bounds-", "bounds-width-")):
        quoted = ROW.findall(text)
        assert len(quoted) >= 5
        for row, holds, points in quoted:
            assert measured[coverage + row] == pytest.approx(float(holds) / 100, abs=0.001), row
            if points:
                assert measured[width + row] == pytest.approx(float(points), abs=0.1), row
    quoted = FLAGS.findall(after)
    assert len(quoted) == 3
    for row, *figures, accused in quoted:
        for name, share in zip(
            ("precision", "precision-indicators", "precision-random"), figures, strict=True
        ):
            assert measured[f"{name}-{row}"] == pytest.approx(float(share) / 100, abs=0.001), (name, row)
        assert measured[f"accused-{row}"] == pytest.approx(float(accused), abs=0.01)


def test_flags_find_as_many_as_is_asked_and_findings_accuse_as_few(rows: dict[str, dict[str, Any]]) -> None:
    for name, row in rows.items():
        if name.startswith("precision-") and row["reference_value"] is not None:
            assert row["value"] >= row["reference_value"], name
        elif name.startswith("accused-") and row["reference_value"] is not None:
            assert row["value"] <= row["reference_value"], name
    assert {"precision-clear", "precision-weak", "precision-none", "accused-none-denial"} <= rows.keys()
    assert rows["accused-wrong-constant"]["value"] > 1
