"""The lists of the demo: units, PIN codes, what the drive of 2019 reached; and outlines. Real where they say so."""

import csv
import json
import random
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from abhiyan.imports.samples import bring_sample_list
from abhiyan.units import actions as units_actions
from abhiyan.units.staging import COLUMNS

from . import tree
from .claims import BY
from .data_files import DATA, sample_shares, sample_words

LAST_LABEL = sample_words().drives.last


def bring_rows(
    kind: str, lines: Iterable[Sequence[object]], *, options: dict[str, str], at: datetime, **more: Any
) -> None:
    """Bring one list through the staged import, as anybody's would go."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"demo-{kind}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as out:
            csv.writer(out).writerows(lines)
        bring_sample_list(kind, path, options=options, at=at, **more)


def units_file(rows: Sequence[tree.UnitRowSample]) -> Iterator[Sequence[object]]:
    names = COLUMNS[: COLUMNS.index("sample")]
    yield [*names, "sample"]
    root = units_actions.RESERVED
    for row in rows:
        values = [getattr(row, name) for name in names]
        if row.kind == "nation":
            values[4:7] = [root, root, root]
        yield [*("" if value is None else value for value in values), "yes" if row.sample else "no"]


def pins_file(rows: Sequence[tree.UnitRowSample]) -> Iterator[Sequence[object]]:
    """Yield one sample PIN code per mandal, naming its booths; of a stretch that no post office has.

    Then the real ones.
    """
    mandals = {
        row.code: str(199_000 + number) for number, row in enumerate(r for r in rows if r.kind == "mandal")
    }
    yield ["pin", "unit_code", "sample"]
    for row in rows:
        if row.kind == "booth":
            yield [mandals[row.organisational_parent.rpartition("-C")[0]], row.code, "yes"]
    for pin, code in sorted(_real_pins(rows)):
        yield [pin, code, "no"]


_GENERAL = frozenset({"town", "municipal", "corporation"})


def _real_pins(rows: Sequence[tree.UnitRowSample]) -> set[tuple[str, str]]:
    """Return each real PIN code with its district, and with the blocks and towns one of its post offices is
    named after."""
    within: dict[str, list[tuple[str, list[str]]]] = {}
    for row in rows:
        if row.kind == "mandal":
            words = [word for word in row.name_en.casefold().split() if word not in _GENERAL]
            within.setdefault(row.organisational_parent, []).append((row.code, words))
    pins = set[tuple[str, str]]()
    for office in tree.read_real_file("jk_pins.csv"):
        district, words = f"JK-D{office['district_lgd']}", office["office"].casefold().split()
        pins.add((office["pin"], district))
        pins |= {
            (office["pin"], code)
            for code, own_words in within[district]
            if own_words == words[: len(own_words)]
        }
    return pins


def set_sample_outlines(at: datetime) -> None:
    geojson = json.loads((DATA / "jk_pcs.geojson").read_text(encoding="utf-8"))
    units_actions.set_outlines(
        outlines={
            f"JK-PC{feature['properties']['pc_no']}": feature["geometry"]
            for feature in geojson["features"]
            if feature["properties"]["pc_no"]
        },
        source="HindustanTimesLabs/shapefiles (MIT); not authoritative",
        by=BY,
        at=at,
    )


def totals_file(seed: str, rows: Sequence[tree.UnitRowSample], members: int) -> Iterator[Sequence[object]]:
    """Yield what the drive of 2019 reached at each booth: by electors, booths more or less eager. members: in all."""
    rng = random.Random(f"2019 {seed}")  # noqa: S311  # sample data
    booths = [row for row in rows if row.kind == "booth"]
    weights = [(row.electors or 1) * rng.uniform(*sample_shares().drive.last_booths) for row in booths]
    yield "unit_code", "total"
    yield from zip((row.code for row in booths), tree.whole_shares(members, weights), strict=True)
