"""A whole list of units becomes units and places, in one transaction; and back again.

`staging` has asked its questions; here its answers are carried out, set-wise, and journalled in UnitChange.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from abhiyan.core import audit, news, sql
from abhiyan.core.actor import Actor
from abhiyan.units import staging
from abhiyan.units.news import MovedBranch, UnitsGoing, UnitsMoved
from abhiyan.units.refusals import LaterChanges, LaterLists, StillUsed
from abhiyan.units.rules import levels
from abhiyan.units.trees import placements
from abhiyan.units.trees.laying import fresh, lock_tree, relay, without_empty_plans
from abhiyan.units.trees.shifting import shift, unshift
from abhiyan.units.words import write_words

from .closing import close_checked, restore_units

ONE_BY_ONE = 300  # moves of one import done branch by branch; more are done by laying out the whole hierarchy


def preview_units(
    *, import_id: int, on: date, within: int | None = None, closes_missing: bool = False
) -> staging.StagingCounts:
    """Count what the staged rows would do; differences, and known units the list lacks, are kept for the page. Changes
    no unit. on: today."""
    with transaction.atomic(), without_empty_plans(staging.staged()):
        counts = staging.check(today=on, within=within, closes_missing=closes_missing)
        _differences(import_id)
    return counts


def take_in(
    *,
    import_id: int,
    on: date,
    by: Actor,
    at: datetime,
    within: int | None = None,
    closes_missing: bool = False,
    answers: Mapping[str, str] | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> staging.StagingCounts:
    """Carry out the staged rows (staging.stage_rows, in the same transaction); what is refused is left out.

    on: the day from which units stand where the file places them. closes_missing, answers: of units that close, see
    staging.check and close_units. tell: how far it is, and of how much. Returns what was done.
    """
    with transaction.atomic():
        for hierarchy in levels.HIERARCHIES:
            lock_tree(hierarchy)
        with without_empty_plans(staging.staged()):
            counts = staging.check(today=on, within=within, closes_missing=closes_missing)
            tell = tell or _silent
            tell(30, 100)
            _differences(import_id)
            _change(import_id)
            _make(import_id, on)
            stood = {}
            for hierarchy in levels.HIERARCHIES:
                tell(35 + 20 * hierarchy, 100)
                placed = _place(import_id, hierarchy, on)
                stood[hierarchy] = _move(import_id, hierarchy, on) | dict.fromkeys(placed, ())
            _close(import_id, answers or {}, by=by, at=at)
        sql.run(
            "insert into units_change (import_id, row, unit_id, change, before)"
            " select %s, 0, 0, 'mark', jsonb_build_object('placement',"
            " (select coalesce(max(id), 0) from units_placement))",
            [import_id],
        )
        audit.record(
            by=by,
            at=at,
            act="units.import",
            subject=str(import_id),
            n=counts.made + counts.moved + counts.changed + counts.closed + counts.closed_missing,
            facts={
                "made": counts.made,
                "moved": counts.moved,
                "changed": counts.changed,
                "closed": counts.closed + counts.closed_missing,
            },
        )
        for hierarchy in levels.HIERARCHIES:
            placements.tell_moved(hierarchy, stood[hierarchy], on)
    return counts


def _silent(_done: int, _of: int) -> None:
    """Nobody wants to know how far it is."""


def _differences(import_id: int) -> None:
    sql.run("delete from units_difference where import_id = %s", [import_id])
    sql.run(
        "insert into units_difference (import_id, row, code, field, old, new)"
        " select %s, row, code, field, old, new from t_change order by row, code, field",
        [import_id],
    )
    sql.run("delete from units_lacking where import_id = %s", [import_id])
    sql.run(
        "insert into units_lacking (import_id, unit_id) select %s, unit from t_missing order by unit",
        [import_id],
    )


def _close(import_id: int, answers: Mapping[str, str], *, by: Actor, at: datetime) -> None:
    """Close what the list closes: units it makes at once, and known ones with all their things in other rooms."""
    sql.run(
        "update units_unit u set closed_on = c.closed_on, successors = to_jsonb(c.successors)"
        " from t_closing c join t_new n on n.key = c.key where u.id = n.unit"
    )
    sql.run("delete from t_closing where unit is null")
    sql.run(
        "update t_closing c set next = found.next from ("
        " select k.row, array_agg(coalesce(n.unit, s.key) order by s.n) as next from t_closing k"
        " cross join unnest(k.next) with ordinality s(key, n) left join t_new n on n.key = s.key group by k.row) found"
        " where found.row = c.row"
    )
    close_checked(import_id=import_id, answers=answers, by=by, at=at)


def _change(import_id: int) -> None:
    """New facts of units that exist."""
    facts = ", ".join(f"'{column}'" for column in staging.FACTS)
    fresh(
        "t_changed",
        f"as select distinct row, unit_id from t_change where field in ({facts})",
    )
    sql.run(
        "insert into units_change (import_id, row, unit_id, change, before)"
        " select %s, c.row, u.id, 'changed', jsonb_build_object('names', u.names, 'electors', u.electors,"
        " 'households', u.households, 'lat', u.lat, 'lon', u.lon, 'source', u.source, 'is_sample', u.is_sample,"
        " 'opened_on', u.opened_on)"
        " from t_changed c join units_unit u on u.id = c.unit_id order by c.row",
        [import_id],
    )
    sql.run(
        "update units_unit u set"
        " names = u.names || jsonb_strip_nulls(jsonb_build_object('en', r.name_en, 'hi', r.name_hi)),"
        " electors = coalesce(r.electors, u.electors), households = coalesce(r.households, u.households),"
        " lat = coalesce(r.lat, u.lat), lon = coalesce(r.lon, u.lon), source = coalesce(r.source, u.source),"
        " is_sample = coalesce(r.sample, u.is_sample), opened_on = coalesce(r.opened_on, u.opened_on)"
        " from t_row r join t_changed c on c.row = r.row where u.id = r.unit_id"
    )
    fresh(
        "t_renamed",
        "as select distinct unit_id as unit from t_change where field in ('name_en', 'name_hi')",
    )
    _reword("t_renamed", had_words=True)


def _reword(table: str, *, had_words: bool) -> None:
    """Write the words of the units in a temporary table again from their names."""
    if not sql.value(f"select exists (select from {table})"):
        return
    if had_words:
        sql.run(f"delete from units_words w using {table} t where t.unit = w.unit_id")

    sql.run(
        f"declare reword no scroll cursor for select u.id, u.kind, u.names from {table} t"
        " join units_unit u on u.id = t.unit order by u.id"
    )
    while True:
        unit_rows = sql.rows("fetch 20000 from reword")
        if not unit_rows:
            break
        write_words(
            unit_rows,
        )
    sql.run("close reword")


def _make(import_id: int, on: date) -> None:
    """Units that did not exist. Their rows and edges get the ids.

    Their first day is that of the list, else today; of units that the list closes it is not known.
    """
    fresh(
        "t_new",
        "as select row, -row::bigint as key, nextval(pg_get_serial_sequence('units_unit', 'id')) as unit"
        " from (select row from t_row where unit_id is null order by row) r",
    )
    sql.run("analyze t_new")
    sql.run(
        "insert into units_unit (id, code, kind, names, electors, households, lat, lon, source, is_sample, opened_on)"
        " select n.unit, r.code, r.kind,"
        " jsonb_strip_nulls(jsonb_build_object('en', r.name_en, 'hi', r.name_hi)), r.electors, r.households,"
        " r.lat, r.lon, coalesce(r.source, ''), coalesce(r.sample, false),"
        " coalesce(r.opened_on, case when r.closed_on is null then %s end)"
        " from t_new n join t_row r on r.row = n.row order by n.unit",
        [on],
    )
    sql.run(
        "insert into units_change (import_id, row, unit_id, change)"
        " select %s, row, unit, 'made' from t_new order by unit",
        [import_id],
    )
    _reword("t_new", had_words=False)


def _place(import_id: int, hierarchy: int, on: date) -> list[int]:
    """First places in a hierarchy, of units old and new. Returns the topmost of them."""
    fresh(
        "t_node",
        "as select coalesce(e.unit_id, n.unit) as unit, coalesce(a.unit, e.parent_key) as parent"
        " from t_place_new e left join t_new n on n.key = e.key left join t_new a on a.key = e.parent_key"
        " where e.h = %s and e.placement is null",
        [hierarchy],
    )
    if not sql.value("select exists (select from t_node)"):
        return []
    sql.run(
        "insert into units_change (import_id, row, unit_id, change, hierarchy)"
        " select %s, row, unit_id, 'placed', h from t_place_new"
        " where h = %s and placement is null and unit_id is not null",
        [import_id, hierarchy],
    )
    _laid, tops = placements.attach(hierarchy, on)
    return tops


def _move(import_id: int, hierarchy: int, on: date) -> dict[int, tuple[int, ...]]:
    """Units that stood beneath another parent. Returns what stood above each before any of them moved."""
    moves = sql.rows(
        "select e.row, e.unit_id, nullif(coalesce(a.unit, e.parent_key), 0) from t_place_new e"
        " left join t_new a on a.key = e.parent_key where e.h = %s and e.placement is not null order by e.row",
        [hierarchy],
    )
    stood = placements.ancestors(hierarchy, [unit for _row, unit, _to in moves])
    journal = (
        "insert into units_change (import_id, row, unit_id, change, hierarchy, before)"
        " select %s, {row}, p.unit_id, 'moved', p.hierarchy, to_jsonb(p) from units_placement p{join}"
        " where p.hierarchy = %s and p.valid_to is null"
    )
    if len(moves) <= ONE_BY_ONE:
        with without_empty_plans(len(moves)):
            for row, unit, to in moves:
                # Written just before each move: undone in reverse, every branch finds its very place again.
                sql.run(
                    journal.format(row="%s", join="") + " and p.unit_id = %s",
                    [import_id, row, hierarchy, unit],
                )
                moving = _stands(hierarchy, unit)
                target = _stands(hierarchy, to) if to else None
                shift(hierarchy, moving, target, on)
        return stood
    fresh("t_move", "(row int, unit bigint, parent bigint)")
    with sql.copy("copy t_move (row, unit, parent) from stdin") as copy:
        copy.write("".join(f"{row}\t{unit}\t{to or 0}\n" for row, unit, to in moves))
    sql.run("analyze t_move")
    sql.run(
        journal.format(row="t.row", join=" join t_move t on t.unit = p.unit_id") + " order by t.row",
        [import_id, hierarchy],
    )
    sql.run(
        "update units_placement p set valid_to = %s, lo = null, hi = null from t_move t"
        " where t.unit = p.unit_id and p.hierarchy = %s and p.valid_to is null and p.valid_from < %s",
        [on, hierarchy, on],
    )
    sql.run(  # came there the same day: no row of no length
        "delete from units_placement p using t_move t"
        " where t.unit = p.unit_id and p.hierarchy = %s and p.valid_to is null",
        [hierarchy],
    )
    sql.run(
        "insert into units_placement (hierarchy, unit_id, parent_id, depth, leaves, valid_from)"
        " select %s, unit, nullif(parent, 0), 0, 0, %s from t_move",
        [hierarchy, on],
    )
    relay(hierarchy, None)
    return stood


def _stands(hierarchy: int, unit: int) -> placements.PlacedToday:
    placed_today = placements.place_today(hierarchy, unit)
    assert placed_today is not None, "checked by staging"
    return placed_today


def undo_units_import(*, import_id: int, by: Actor, at: datetime, on: date) -> int:
    """Undo a whole import: units, places, facts and words are as they were. Returns how many rows it reverses.

    Refuses (LaterChanges) when something later rests on it: a unit changed or moved since, or placed beneath one of its
    units; and (StillUsed) when another room holds rows on a unit it made.
    """
    with transaction.atomic():
        for hierarchy in levels.HIERARCHIES:
            lock_tree(hierarchy)
        with without_empty_plans(
            sql.value("select count(*) from units_change where import_id = %s", [import_id])
        ):
            _later(import_id)
            opened = restore_units(import_id=import_id, by=by, at=at)
            news.tell(UnitsGoing(import_id, by, at))
            stood = {
                hierarchy: _move_back(import_id, hierarchy) for hierarchy in reversed(levels.HIERARCHIES)
            }
            _unchange(import_id)
            _unmake(import_id)
            gone = {hierarchy: _gone(import_id, hierarchy) for hierarchy in reversed(levels.HIERARCHIES)}
        for hierarchy, branches in gone.items():
            placements.tell_moved(hierarchy, stood[hierarchy], on)
            if branches:
                news.tell(UnitsMoved(hierarchy, branches, on))
                _take_out(hierarchy)
        reversed_rows = (
            sql.count(
                "with gone as (delete from units_change where import_id = %s returning change)"
                " select count(*) from gone where change <> 'mark'",
                [import_id],
            )
            + opened
        )
        audit.record(by=by, at=at, act="units.import_undone", subject=str(import_id), n=reversed_rows)
    return reversed_rows


def _later(import_id: int) -> None:
    """Refuse when anything later rests on the import, naming up to ten units and the lists they came by."""
    fresh(
        "t_ours",
        "as select distinct unit_id as unit from units_change where import_id = %s and change not in ('mark', 'pin')",
        [import_id],
    )
    sql.run("analyze t_ours")
    last_change, last_placement = sql.row(
        "select coalesce(max(id), 0), coalesce(max((before ->> 'placement')::bigint)"
        " filter (where change = 'mark'), 0) from units_change where import_id = %s",
        [import_id],
    )
    id_by_code = dict(
        sql.rows(
            """select distinct u.code, u.id from (
            select c.unit_id as unit from units_change c join t_ours t on t.unit = c.unit_id where c.id > %s
            union all
            select p.unit_id from units_placement p join t_ours t on t.unit = p.unit_id where p.id > %s
            union all
            select p.unit_id from units_placement p where p.id > %s and p.parent_id in (
                select unit_id from units_change where import_id = %s and change in ('made', 'placed'))
            union all
            select t.unit from t_ours t where not exists (select from units_unit u where u.id = t.unit)
        ) later join units_unit u on u.id = later.unit order by u.code limit 11""",
            [last_change, last_placement, last_placement, import_id],
        )
    )
    if not id_by_code:
        return
    units = ", ".join(list(id_by_code)[:10]) + (" …" if len(id_by_code) > 10 else "")
    rows = sql.rows(
        "select distinct i.id, i.kind || ' ' || i.public_id from units_change c"
        " join core_import i on i.id = c.import_id where c.unit_id = any(%s) and c.id > %s order by i.id desc",
        [list(id_by_code.values()), last_change],
    )
    if lists := [named for _id, named in rows]:
        raise LaterLists(lists=", ".join(lists), units=units)
    raise LaterChanges(units=units)


def _journal(import_id: int, change: str, hierarchy: int) -> Iterator[dict[str, Any]]:
    for (before,) in sql.rows(
        "select before from units_change where import_id = %s and change = %s and hierarchy = %s order by id desc",
        [import_id, change, hierarchy],
    ):
        yield before


def _move_back(import_id: int, hierarchy: int) -> dict[int, tuple[int, ...]]:
    """Move units of the import back to their old place. Returns what stood above each meanwhile."""
    moved = list(_journal(import_id, "moved", hierarchy))
    stood = placements.ancestors(hierarchy, [before["unit_id"] for before in moved])
    if len(moved) <= ONE_BY_ONE:
        with without_empty_plans(len(moved)):
            for before in moved:
                moving = _stands(hierarchy, before["unit_id"])
                to = before["parent_id"]
                target = _stands(hierarchy, to) if to else None
                unshift(hierarchy, moving, target, before)
        return stood
    sql.run(
        "delete from units_placement p using units_change c where c.import_id = %s and c.change = 'moved'"
        " and c.hierarchy = %s and p.unit_id = c.unit_id and p.hierarchy = %s and p.valid_to is null",
        [import_id, hierarchy, hierarchy],
    )
    sql.run(
        "insert into units_placement as p select (jsonb_populate_record(null::units_placement, before)).*"
        " from units_change where import_id = %s and change = 'moved' and hierarchy = %s"
        " on conflict (id) do update set valid_to = null",
        [import_id, hierarchy],
    )
    relay(hierarchy, None)
    return stood


def _gone(import_id: int, hierarchy: int) -> tuple[MovedBranch, ...]:
    """Branches the import placed, of units it made and of units that stood elsewhere only: into t_gone_ and its
    hierarchy. They still stand."""
    table = f"t_gone_{hierarchy}"
    fresh(
        table,
        "as select p.id, p.unit_id as unit, p.parent_id as parent, p.lo, p.hi, p.leaves from units_change c"
        " join units_placement p on p.unit_id = c.unit_id and p.hierarchy = %s and p.valid_to is null"
        " where c.import_id = %s and (c.change = 'made' or (c.change = 'placed' and c.hierarchy = %s))",
        [hierarchy, import_id, hierarchy],
    )
    sql.run(f"analyze {table}")
    tops = sql.rows(
        f"select g.unit, g.parent, g.lo, g.hi from {table} g"
        f" where g.parent is null or not exists (select from {table} a where a.unit = g.parent) order by g.unit"
    )
    above = placements.ancestors(hierarchy, sorted({parent for _, parent, _, _ in tops if parent}))
    return tuple(
        MovedBranch(unit, (*above[parent], parent) if parent else (), (), lo, hi)
        for unit, parent, lo, hi in tops
    )


def _take_out(hierarchy: int) -> None:
    """The branches of `_gone` stand no more."""
    table = f"t_gone_{hierarchy}"
    with without_empty_plans(sql.value(f"select count(*) from {table}")):
        placements.raise_leaves(
            hierarchy,
            "select g.parent, -sum(g.leaves)::int + (not exists (select from units_placement c"
            " where c.parent_id = g.parent and c.hierarchy = %s and c.valid_to is null"
            f" and not exists (select from {table} x where x.unit = c.unit_id)))::int"
            f" from {table} g where g.parent is not null"
            f" and not exists (select from {table} a where a.unit = g.parent) group by g.parent",
            [hierarchy],
        )
        sql.run(f"delete from units_placement p using {table} g where g.id = p.id")


def _unchange(import_id: int) -> None:
    fresh(
        "t_renamed",
        "as select u.id as unit from units_change c join units_unit u on u.id = c.unit_id"
        " where c.import_id = %s and c.change = 'changed' and c.before -> 'names' <> u.names",
        [import_id],
    )
    sql.run(
        "update units_unit u set names = b.names, electors = b.electors, households = b.households, lat = b.lat,"
        " lon = b.lon, source = b.source, is_sample = b.is_sample,"
        # A list from before units had a first day says nothing of it.
        " opened_on = case when c.before ? 'opened_on' then b.opened_on else u.opened_on end from units_change c,"
        " jsonb_to_record(c.before) as b(names jsonb, electors int, households int, lat float8, lon float8,"
        " source text, is_sample bool, opened_on date)"
        " where c.import_id = %s and c.change = 'changed' and u.id = c.unit_id",
        [import_id],
    )
    _reword("t_renamed", had_words=True)


def _unmake(import_id: int) -> None:
    made = "(select unit_id from units_change where import_id = %s and change = 'made')"
    sql.run(f"delete from units_words where unit_id in {made}", [import_id])
    sql.run(f"delete from units_pin where unit_id in {made}", [import_id])
    try:
        with transaction.atomic():
            sql.run(f"delete from units_boundary where unit_id in {made}", [import_id])
            sql.run(f"delete from units_unit where id in {made}", [import_id])
            sql.run("set constraints all immediate")
    except IntegrityError as error:
        raise StillUsed from error
    finally:
        if not connection.needs_rollback:
            sql.run("set constraints all deferred")


def take_in_pins(*, import_id: int, by: Actor, at: datetime) -> int:
    """Add the new pairs of a checked PIN directory (staging.check_pins, in the same transaction)."""
    with transaction.atomic():
        added = sql.run(
            "insert into units_pin (pin, unit_id, is_sample) select pin, unit, coalesce(sample, false) from t_pin"
            " order by pin, unit"
        )
        sql.run(
            "insert into units_change (import_id, row, unit_id, change, before)"
            " select %s, row, unit, 'pin', jsonb_build_object('pin', pin) from t_pin order by pin, unit",
            [import_id],
        )
        audit.record(by=by, at=at, act="units.import_pins", subject=str(import_id), n=added)
    return added


def take_back_pins(*, import_id: int, by: Actor, at: datetime) -> int:
    """Undo a PIN directory: the pairs it added go."""
    with transaction.atomic():
        gone = sql.run(
            "with gone as (delete from units_change where import_id = %s and change = 'pin'"
            " returning unit_id, before ->> 'pin' as pin)"
            " delete from units_pin p using gone g where p.unit_id = g.unit_id and p.pin = g.pin",
            [import_id],
        )
        audit.record(by=by, at=at, act="units.import_undone", subject=str(import_id), n=gone)
    return gone
