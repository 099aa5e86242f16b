"""Units come to be: their facts and the words search finds them by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import orjson
from django.conf import settings
from django.db import IntegrityError, transaction

from abhiyan.core import audit, clock, sql
from abhiyan.core.actor import Actor
from abhiyan.units.models import Kind
from abhiyan.units.refusals import BadCode, DoubledCode, UnitNameMissing, UnknownKind
from abhiyan.units.rules.codes import is_unit_code
from abhiyan.units.trees.laying import fresh
from abhiyan.units.words import write_words


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUnit:
    """The facts of a unit to be made. names: language -> name, "en" among them. lat, lon: WGS 84 degrees.

    opened_on: its first day; None: the day it is made.
    """

    code: str
    kind: str
    names: Mapping[str, str]
    electors: int | None = None
    households: int | None = None
    lat: float | None = None
    lon: float | None = None
    source: str = ""
    is_sample: bool = False
    opened_on: date | None = None


def make_unit(*, unit: NewUnit, by: Actor, at: datetime) -> int:
    """Make one unit; it stands nowhere until it is placed. Returns its id. Refuses as make_units does."""
    return make_units(units=[unit], by=by, at=at)[unit.code]


def make_units(*, units: Sequence[NewUnit], by: Actor, at: datetime) -> dict[str, int]:
    """Make units; they stand nowhere until they are placed. Returns code -> id.

    Refuses all of them when one has a doubled or bad code, an unknown kind or no English name. Codes that differ in
    capitals only are doubled.
    """
    for unit in units:
        if not is_unit_code(unit.code):
            raise BadCode(field="code", unit=unit.code[:80])
        if unit.kind not in Kind.values:
            raise UnknownKind(field="kind", kind=unit.kind)
        if not unit.names.get("en", "").strip():
            raise UnitNameMissing(field="names", unit=unit.code)
    seen: set[str] = set()
    for unit in units:
        if unit.code.upper() in seen:
            raise DoubledCode(field="code", unit=unit.code)
        seen.add(unit.code.upper())
    with transaction.atomic():
        if taken := sql.row(
            "select code from units_unit where upper(code) = any(%s) order by code limit 1", [list(seen)]
        ):
            raise DoubledCode(field="code", unit=taken[0])
        fresh(
            "t_unit",
            "(n int, code text, kind text, names text, electors int, households int, lat float8, lon float8,"
            " source text, is_sample bool, opened_on date)",
        )
        columns = "n, code, kind, names, electors, households, lat, lon, source, is_sample, opened_on"
        today = clock.day_in(settings.TIME_ZONE, at)
        with sql.copy(f"copy t_unit ({columns}) from stdin") as copy:
            for n, u in enumerate(units):
                names = orjson.dumps(dict(u.names)).decode()
                facts = (u.electors, u.households, u.lat, u.lon, u.source, u.is_sample)
                copy.write_row((n, u.code, u.kind, names, *facts, u.opened_on or today))
        try:
            with transaction.atomic():
                ids: dict[str, int] = dict(
                    sql.rows(
                        "insert into units_unit"
                        " (code, kind, names, electors, households, lat, lon, source, is_sample, opened_on)"
                        " select code, kind, names::jsonb, electors, households, lat, lon, source, is_sample, opened_on"
                        " from t_unit order by n returning code, id"
                    )
                )
        except IntegrityError as error:
            if "unit_code_once" not in str(error):
                raise
            raise DoubledCode(field="code", unit="") from error  # somebody else was quicker
        write_words((ids[u.code], u.kind, u.names) for u in units)
        single = units[0].code if len(units) == 1 else ""
        audit.record(by=by, at=at, act="units.make", subject=single, n=len(units))
    return ids
