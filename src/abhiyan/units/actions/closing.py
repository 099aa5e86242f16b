"""Units close from a day. They keep their facts and their place beneath their parent, and name who took over.

Each room answers for its own things on a unit: rules.hanging, units.news.UnitsClosing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from abhiyan.core import audit, news, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.units import refusals
from abhiyan.units.models import Closing, ClosingPage, Unit, UnitChange
from abhiyan.units.news import UnitsClosed, UnitsClosing, UnitsOpening
from abhiyan.units.queries import closing_of, hanging_on, is_of_today
from abhiyan.units.rules import hanging, levels
from abhiyan.units.trees.laying import fresh, lock_tree

NO_LIST = 0  # the import of changes made by no list
NAMED = 5  # codes named in a refusal


def close_units(
    *,
    unit_id: int,
    on: date,
    by: Actor,
    at: datetime,
    successors: Sequence[str] = (),
    answers: Mapping[str, str] | None = None,
    with_below: bool = False,
) -> Closing:
    """Close a unit from the day `on`, and with it, if told, every open unit below it in any hierarchy.

    successors: codes of the open units of its level that take over. answers: key of each rules.hanging.Thing -> what
    becomes of it; what is left out is as usual. The page checks the right (`imports.units` at the unit), and each room
    checks it for its things. Refuses UnknownUnit, AlreadyClosed, TopStays, NotYet, BeforeItsTime, OpenBelow,
    SuccessorUnfit, AnswerUnfit, InTheWay, and what the rooms refuse.
    """
    if on > at.astimezone(ZoneInfo(settings.TIME_ZONE)).date():
        raise refusals.NotYet(field="on", on=on.isoformat())
    with system("closing units"), transaction.atomic():
        for hierarchy in levels.HIERARCHIES:
            lock_tree(hierarchy)
        unit = or_refuse(
            Unit.objects.filter(pk=unit_id).first(), refusals.UnknownUnit(field="unit", unit=unit_id)
        )
        if unit.closed_on is not None:
            raise refusals.AlreadyClosed(field="unit", unit=unit.code, on=unit.closed_on.isoformat())
        below = _open_below(unit_id)
        closing = [unit_id, *(pk for pk, _code in below)]
        _may_close(closing if with_below else [unit_id], on)
        if below and not with_below:
            raise refusals.OpenBelow(
                field="with_below", n=len(below), units=_some(code for _id, code in below)
            )
        _require_gone(closing)
        to = _successors(unit, successors, closing)
        answers_given = _answers(dict(answers or {}), has_successor=bool(to))
        fresh("t_closing", "(row int, unit bigint, closed_on date, successors text[], next bigint[])")
        sql.run(
            "insert into t_closing (row, unit, closed_on) select 0, unit, %s from unnest(%s::bigint[]) unit",
            [on, closing],
        )
        sql.run(
            "update t_closing set successors = %s, next = %s where unit = %s",
            [list(to), list(to.values()), unit_id],
        )
        made = close_checked(import_id=NO_LIST, answers=answers_given, by=by, at=at)
        assert made is not None, "the unit was open"
        audit.record(
            by=by,
            at=at,
            act="units.close",
            subject=unit.code,
            unit_id=unit_id,
            n=len(closing),
            facts={"on": on.isoformat(), "successors": list(to), "answers": answers_given},
        )
    return made


def close_checked(*, import_id: int, answers: Mapping[str, str], by: Actor, at: datetime) -> Closing | None:
    """Close the units of t_closing, which were checked, and journal it; None where none of them was open.

    The caller holds the trees. import_id: the list they are closed by, or NO_LIST.
    """
    rows = sql.rows(
        "select c.unit, c.next from t_closing c join units_unit u on u.id = c.unit and u.closed_on is null order by 1"
    )
    units = {unit: tuple(next_ or ()) for unit, next_ in rows}
    closing = None
    if units:
        closing = Closing.objects.create(
            import_id=import_id or None, answers=dict(answers), closed_at=at, closed_by=by.account_id
        )
        news.tell(UnitsClosing(closing.pk, units, answers, by, at))
    sql.run(
        "insert into units_change (import_id, row, unit_id, change, before)"
        " select %s, c.row, u.id, 'closed', jsonb_build_object('closing', %s::bigint, 'closed_on', u.closed_on,"
        " 'successors', u.successors) from t_closing c join units_unit u on u.id = c.unit order by c.row, u.id",
        [import_id, closing.pk if closing else None],
    )
    sql.run(
        "update units_unit u set closed_on = c.closed_on, successors = to_jsonb(coalesce(c.successors, '{}'))"
        " from t_closing c where u.id = c.unit"
    )
    if units:
        news.tell(UnitsClosed(tuple(units), at))
    return closing


def reopen_units(*, unit_id: int, by: Actor, at: datetime) -> int:
    """Take back, on the day it was made, the closing of a unit and of all that were closed with it. Returns how many.

    Rooms restore what they kept of it; appointments and tokens that ended stay ended. Needs what `close_units` needs.
    Refuses AlreadyOpen; ClosedByList where a list did it: that is undone; ClosedEarlier after that day; AboveClosed;
    SuccessorClosed.
    """
    with system("opening units again"), transaction.atomic():
        for hierarchy in levels.HIERARCHIES:
            lock_tree(hierarchy)
        unit = or_refuse(
            Unit.objects.filter(pk=unit_id).first(), refusals.UnknownUnit(field="unit", unit=unit_id)
        )
        if unit.closed_on is None:
            raise refusals.AlreadyOpen(field="unit", unit=unit.code)
        closing = closing_of(unit_id)
        if closing is None or closing.import_id is not None:
            raise refusals.ClosedByList(field="unit", unit=unit.code)
        if not is_of_today(closing, at=at):
            raise refusals.ClosedEarlier(field="unit", unit=unit.code)
        units = [change.unit_id for change in _changes(NO_LIST, closing.pk)]
        if above := _closed_above(units):
            raise refusals.AboveClosed(field="unit", unit=unit.code, above=above)
        restore_units(import_id=NO_LIST, closing_id=closing.pk, by=by, at=at)
        audit.record(by=by, at=at, act="units.open_again", subject=unit.code, unit_id=unit_id, n=len(units))
    return len(units)


def restore_units(*, import_id: int, by: Actor, at: datetime, closing_id: int | None = None) -> int:
    """Units closed by a list, or by one closing, as they were before. The caller holds the trees. Returns how many.

    A successor gives back what it received: refuses SuccessorClosed where it has gone further.
    """
    changes = _changes(import_id, closing_id)
    if not changes:
        return 0
    by_closing: dict[int, list[int]] = {}
    for change in changes:
        before: Any = change.before
        if before["closed_on"] is None and before["closing"] is not None:
            by_closing.setdefault(before["closing"], []).append(change.unit_id)
    if successor := _closed_successor([unit for units in by_closing.values() for unit in units]):
        raise refusals.SuccessorClosed(field="unit", successor=successor)
    sql.run(
        "update units_unit u set closed_on = (c.before ->> 'closed_on')::date, successors = c.before -> 'successors'"
        " from units_change c where c.id = any(%s) and u.id = c.unit_id",
        [[change.pk for change in changes]],
    )
    UnitChange.objects.filter(pk__in=[change.pk for change in changes]).delete()
    for closing, units in sorted(by_closing.items()):
        Closing.objects.filter(pk=closing).update(opened_at=at)
        news.tell(UnitsOpening(closing, tuple(units), import_id != NO_LIST, by, at))
    return len(changes)


def keep_closing_fact(*, closing_id: int, what: str, facts: Any) -> None:
    """Keep what a room did when units were closed. facts: ids and codes only."""
    ClosingPage.objects.create(closing_id=closing_id, what=what, facts=facts)


def hold_closing(*, closing_id: int) -> Closing:
    """A closing, held until the transaction ends: it is not taken back meanwhile."""
    return Closing.objects.select_for_update().get(pk=closing_id)


def _changes(import_id: int, closing_id: int | None) -> list[UnitChange]:
    unit_changes = UnitChange.objects.filter(import_id=import_id, change=UnitChange.Change.CLOSED)
    if closing_id is not None:
        unit_changes = unit_changes.filter(before__closing=closing_id)
    return list(unit_changes.order_by("-pk"))


def _some(codes: Iterable[str]) -> str:
    code_list = list(codes)
    return ", ".join(code_list[:NAMED]) + (", …" if len(code_list) > NAMED else "")


def _may_close(unit_ids: Sequence[int], on: date) -> None:
    """Refuse the top of a tree, and a day before one of the units came where it is."""
    if (
        unit_row := sql.row(
            "select u.code, bool_or(p.parent_id is null) as is_top, max(p.valid_from) as since"
            " from units_placement p join units_unit u on u.id = p.unit_id"
            " where p.unit_id = any(%s) and p.valid_to is null group by u.code"
            " having bool_or(p.parent_id is null) or max(p.valid_from) > %s"
            " order by is_top desc, since desc, u.code limit 1",
            [list(unit_ids), on],
        )
    ) is None:
        return
    code, is_top, since = unit_row
    if is_top:
        raise refusals.TopStays(field="unit", unit=code)
    raise refusals.BeforeItsTime(field="on", unit=code, since=since.isoformat())


def _open_below(unit_id: int) -> list[tuple[int, str]]:
    open_units: list[tuple[int, str]] = sql.rows(
        "select distinct u.id, u.code from units_placement a"
        " join units_placement p on p.lo > a.lo and p.lo < a.hi"
        " join units_unit u on u.id = p.unit_id and u.closed_on is null"
        " where a.unit_id = %s and a.valid_to is null and a.lo is not null order by u.code",
        [unit_id],
    )
    return open_units


def _closed_above(unit_ids: Sequence[int]) -> str:
    """The code of a closed unit above one of these that is not among them; empty where there is none."""
    row = sql.row(
        "select a.code from units_placement p join units_unit a on a.id = p.parent_id and a.closed_on is not null"
        " where p.unit_id = any(%s) and p.valid_to is null and not a.id = any(%s) order by a.code limit 1",
        [list(unit_ids), list(unit_ids)],
    )
    return row[0] if row else ""


def _closed_successor(unit_ids: Sequence[int]) -> str:
    """The code of a successor of these that was closed after them; empty where there is none."""
    row = sql.row(
        "select s.code from units_unit u cross join lateral jsonb_array_elements_text(u.successors) named(code)"
        " join units_unit s on s.code = named.code and s.closed_on is not null"
        " where u.id = any(%s) and not s.id = any(%s) order by s.code limit 1",
        [list(unit_ids), list(unit_ids)],
    )
    return row[0] if row else ""


def _successors(unit: Unit, codes: Sequence[str], closing: Sequence[int]) -> dict[str, int]:
    """code -> id of the units that take over; open, of its level, and not closed with it."""
    wanted = list(dict.fromkeys(codes))
    there = {one.code: one for one in Unit.objects.filter(code__in=wanted)}
    for code in wanted:
        one = there.get(code)
        if (
            one is None
            or one.closed_on is not None
            or one.pk in closing
            or levels.RANK[one.kind] != levels.RANK[unit.kind]
        ):
            raise refusals.SuccessorUnfit(field="successors", unit=code[:64])
    return {code: there[code].pk for code in wanted}


def _answers(given: dict[str, str], *, has_successor: bool) -> dict[str, str]:
    answers_read = {}
    for dependent in hanging.things():
        answer = given.pop(dependent.key, None)
        if answer is None:
            answer = dependent.usual(wanted=hanging.Answer.GOES if has_successor else hanging.Answer.ENDS)
        if answer not in dependent.answers:
            raise refusals.AnswerUnfit(field=dependent.key)
        if answer == hanging.Answer.GOES and not has_successor:
            raise refusals.AnswerUnfit(field=dependent.key)
        answers_read[dependent.key] = answer
    if given:
        raise refusals.AnswerUnfit(field=next(iter(given)))
    return answers_read


def _require_gone(unit_ids: Sequence[int]) -> None:
    for key, counts in hanging_on(unit_ids, hanging.obstacles()).items():
        if counts:
            title = next(obstacle.title for obstacle in hanging.obstacles() if obstacle.key == key)
            raise refusals.InTheWay(field="unit", what=str(title), n=sum(counts.values()))
