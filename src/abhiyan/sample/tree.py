"""The demo's trees: real down to constituencies, blocks and towns; sample, and marked so, below.

Pure and deterministic by seed. One row per unit in the columns of `abhiyan import units`, parents before children.
"""

import csv
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from django.utils.translation import gettext_noop

from .data_files import DATA, sample_shares, sample_words

SHARES, WORDS = sample_shares().tree, sample_words().tree
BOOTHS = 11_838  # polling stations of Jammu and Kashmir (ECI, 16 August 2024)
LGD = gettext_noop("Local Government Directory, Government of India")
ECI = gettext_noop("Election Commission of India")
SAMPLE = gettext_noop("sample, made up")
POINT = gettext_noop("the point is a sample")
BY_EAR = gettext_noop("the Hindi name is written by ear")
BOOTHS_PER_CLUSTER = 6


@dataclass(frozen=True, slots=True)
class UnitRowSample:
    """One unit as the import takes it. Parents are codes; an empty one: not placed in that hierarchy."""

    code: str
    kind: str
    name_en: str
    name_hi: str = ""
    organisational_parent: str = ""
    electoral_parent: str = ""
    administrative_parent: str = ""
    electors: int | None = None
    households: int | None = None
    lat: float | None = None
    lon: float | None = None
    source: str = SAMPLE
    sample: bool = True


def read_real_file(name: str) -> list[dict[str, str]]:
    """Return the rows of one of the real files."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def hindi() -> dict[str, str]:
    return {row["code"]: row["name_hi"] for row in read_real_file("names_hi.csv")}


def whole_shares(total: int, weights: Sequence[float]) -> list[int]:
    """Share a total in whole numbers, in proportion to the weights (largest remainders)."""
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [int(value) for value in exact]
    order = sorted(range(len(weights)), key=lambda index: (parts[index] - exact[index], index))
    for index in order[: total - sum(parts)]:
        parts[index] += 1
    return parts


def title_of_block(name: str) -> str:
    """Write blocks, which come in capitals, as a person reads them better."""
    cleaned = name.replace("Municipal Committee ", "").replace("Municipal Council ", "").strip()
    return cleaned.title() if cleaned.isupper() or cleaned.islower() else cleaned


JAMMU_REGION = frozenset({"4", "5", "7", "10", "12", "14", "620", "621", "624", "627"})


def tree_rows(seed: str) -> list[UnitRowSample]:
    """Return every unit of the demo, parents first. The same seed gives the same rows, letter for letter.

    A unit without a point of its own is in the middle of those below it, so that every level has a map.
    """
    made = list(_rows(seed))
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    done = []
    for row in reversed(made):  # children before parents
        lat, lon = row.lat, row.lon
        if lat is None and row.code in sums:
            total_lat, total_lon, n = sums[row.code]
            lat, lon = round(total_lat / n, 4), round(total_lon / n, 4)
            source = row.source if row.sample else f"{row.source}; {POINT}"
            row = replace(row, lat=lat, lon=lon, source=source)
        if lat is not None and lon is not None:
            for parent in {row.organisational_parent, row.electoral_parent, row.administrative_parent} - {""}:
                own_sums = sums[parent]
                own_sums[0], own_sums[1], own_sums[2] = own_sums[0] + lat, own_sums[1] + lon, own_sums[2] + 1
        done.append(row)
    return done[::-1]


def _rows(seed: str) -> Iterator[UnitRowSample]:
    rng = random.Random(f"tree {seed}")  # noqa: S311  # sample data, the same for the same seed
    yield UnitRowSample("IN", "nation", "India", hindi()["IN"], source=LGD, sample=False)
    middles = {
        row["abbr"]: (float(row["lat"]), float(row["lon"])) for row in read_real_file("state_points.csv")
    }
    for state in read_real_file("states.csv"):
        code = state["abbr"]
        lat, lon = middles[code]
        yield UnitRowSample(
            code,
            "state",
            state["name"],
            hindi()[code],
            "IN",
            "IN",
            "IN",
            lat=lat,
            lon=lon,
            source=LGD,
            sample=False,
        )
    for region in WORDS.regions:
        yield UnitRowSample(region.code, "region", region.en, region.hi, "JK")
    districts = read_real_file("jk_districts.csv")
    for district in districts:
        number = district["district_lgd"]
        code = f"JK-D{number}"
        yield UnitRowSample(
            code,
            "district",
            district["district_name"],
            hindi()[code],
            "JK-R2" if number in JAMMU_REGION else "JK-R1",
            "",
            "JK",
            lat=float(district["lat"]),
            lon=float(district["lon"]),
            source=LGD,
            sample=False,
        )
    seats = read_real_file("jk_parliamentary_constituencies.csv")
    for seat in seats:
        code = f"JK-PC{seat['pc_no']}"
        electors = int(seat["electors_2024"])
        yield UnitRowSample(
            code,
            "constituency",
            seat["pc_name"],
            hindi()[code],
            "",
            "JK",
            "",
            electors,
            source=ECI,
            sample=False,
        )
    segments = read_real_file("jk_assembly_constituencies.csv")
    for segment in segments:
        code = f"JK-AC{segment['ac_no']}"
        parent = f"JK-PC{segment['pc_no']}"
        yield UnitRowSample(
            code, "segment", segment["ac_name"], hindi()[code], "", parent, source=ECI, sample=False
        )

    points = {f"JK-D{row['district_lgd']}": (float(row["lat"]), float(row["lon"])) for row in districts}
    mandals: dict[str, list[tuple[str, str, bool]]] = defaultdict(list)
    for block in read_real_file("jk_blocks.csv"):
        mandals[f"JK-D{block['district_lgd']}"].append(
            (f"JK-B{block['block_lgd']}", title_of_block(block["block_name"]), False)
        )
    for body in read_real_file("jk_urban_local_bodies.csv"):
        name = title_of_block(body["local_body_name"])
        mandals[f"JK-D{body['district_lgd']}"].append((f"JK-U{body['local_body_lgd']}", f"{name} town", True))
    around: dict[str, tuple[float, float]] = {}
    for district_code, members in mandals.items():
        lat, lon = points[district_code]
        for code, name, _town in members:
            around[code] = (round(lat + rng.uniform(-0.16, 0.16), 4), round(lon + rng.uniform(-0.2, 0.2), 4))
            yield UnitRowSample(
                code,
                "mandal",
                name,
                hindi()[code],
                district_code,
                "",
                district_code,
                lat=around[code][0],
                lon=around[code][1],
                source=f"{LGD}; {POINT}; {BY_EAR}",
                sample=False,
            )
    yield from _below_mandals(rng, districts, seats, segments, mandals, around)
    for seat in read_real_file("constituencies_beside.csv"):
        yield UnitRowSample(
            seat["code"],
            "constituency",
            seat["name"],
            seat["name_hi"],
            "",
            seat["state"],
            source=ECI,
            sample=False,
        )
    for district in read_real_file("districts_beside.csv"):
        above = district["state"]
        yield UnitRowSample(
            district["code"],
            "district",
            district["name"],
            district["name_hi"],
            above,
            "",
            above,
            source=f"{LGD}; {BY_EAR}",
            sample=False,
        )


def _below_mandals(
    rng: random.Random,
    districts: list[dict[str, str]],
    seats: list[dict[str, str]],
    segments: list[dict[str, str]],
    mandals: dict[str, list[tuple[str, str, bool]]],
    around: dict[str, tuple[float, float]],
) -> Iterator[UnitRowSample]:
    """Yield clusters, villages, wards and booths: all sample."""
    weights = [rng.uniform(*SHARES.booths) for _segment in segments]
    per_segment = dict(zip((row["ac_no"] for row in segments), whole_shares(BOOTHS, weights), strict=True))
    electors: dict[str, list[int]] = {}
    for seat in seats:
        inside = [row["ac_no"] for row in segments if row["pc_no"] == seat["pc_no"]]
        flat = [rng.uniform(*SHARES.electors) for number in inside for _booth in range(per_segment[number])]
        dealt = iter(whole_shares(int(seat["electors_2024"]), flat))
        for number in inside:
            electors[number] = [next(dealt) for _booth in range(per_segment[number])]
    for district in districts:
        code = f"JK-D{district['district_lgd']}"
        seats_here = [row["ac_no"] for row in segments if row["district_lgd"] == district["district_lgd"]]
        booths = [(number, booth) for number in seats_here for booth in range(1, per_segment[number] + 1)]
        members = mandals[code]
        sizes = whole_shares(
            len(booths), [rng.uniform(*SHARES.town_booths) if town else 1.0 for _code, _name, town in members]
        )
        blocks = [member for member in members if not member[2]]
        villages = dict(
            zip(
                (b[0] for b in blocks),
                whole_shares(int(district["villages"]), [1.0] * len(blocks)),
                strict=True,
            )
        )
        start = 0
        for (mandal, name, town), size in zip(members, sizes, strict=True):
            mine = booths[start : start + size]
            start += size
            lat, lon = around[mandal]
            places = max(1, round(size / 1.6)) if town else villages[mandal]
            kind, names = ("ward", WORDS.ward) if town else ("village", WORDS.village)
            name_hi = hindi()[mandal]
            for place in range(1, places + 1):
                yield UnitRowSample(
                    f"{mandal}-{'W' if town else 'V'}{place}",
                    kind,
                    names.en.format(n=place, mandal=name),
                    names.hi.format(n=place, mandal=name_hi),
                    administrative_parent=mandal,
                )
            for cluster in range(1, -(-size // BOOTHS_PER_CLUSTER) + 1):
                yield UnitRowSample(
                    f"{mandal}-C{cluster}",
                    "cluster",
                    WORDS.cluster.en.format(n=cluster, mandal=name),
                    WORDS.cluster.hi.format(n=cluster, mandal=name_hi),
                    mandal,
                )
            for index, (segment, booth) in enumerate(mine):
                count = electors[segment][booth - 1]
                yield UnitRowSample(
                    f"JK-{segment}-{booth}",
                    "booth",
                    WORDS.booth.en.format(segment=segment, n=booth, mandal=name),
                    WORDS.booth.hi.format(segment=segment, n=booth, mandal=name_hi),
                    f"{mandal}-C{index // BOOTHS_PER_CLUSTER + 1}",
                    f"JK-AC{segment}",
                    f"{mandal}-{'W' if town else 'V'}{index * places // size + 1}",
                    count,
                    round(count / SHARES.household),
                    round(lat + rng.uniform(-0.05, 0.05), 4),
                    round(lon + rng.uniform(-0.06, 0.06), 4),
                )
