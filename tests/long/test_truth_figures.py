"""The figures of docs/truth.md come from the bench that is named there, run whole."""

import re
from pathlib import Path

import pytest

from abhiyan.site import benches

ROOT = Path(__file__).resolve().parent.parent.parent
ROW = re.compile(r"^\| [^|]+ \| `([a-z-]+)` \| ([\d.]+)% \| ([\d.]*) \|$", re.MULTILINE)
FLAGS = re.compile(
    r"^\| [^|]+ \| `(\w+)` \| ([\d.]+)% \| ([\d.]+)% \| ([\d.]+)% \| ([\d.]+) \|$", re.MULTILINE
)
WRONG = "What is published when answers are wrong"


def test_the_bench_prints_the_figures_of_the_page_again() -> None:
    before, after = (ROOT / "docs" / "truth.md").read_text().split(WRONG)
    measured = {row["name"]: row["value"] for row in benches.measure("verify", quick=False)}
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
