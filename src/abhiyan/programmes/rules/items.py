"""An activity's items as the platform reads them: the facts of its ladder, and the items to draw and check."""

from collections.abc import Callable
from typing import Any

from .activities import CheckQuestion, Items, Whom
from .check_words import EnteredWords
from .ladder import CONFIRMED, COUNTED, REPORTED, UNSIGNED

ROOM = "items"  # whose questions are about items
SAID_YES, SAID_NO = (
    "programmes.item_yes",
    "programmes.item_no",
)  # in the trail: a person's own word about an item
# How an item i stands, in SQL; `Item` says the same of a row. Other rooms ask by these names alone.
# One that ended stays reported. A YES is on the ladder once the item passes.
PASSED = "(i.counted_at is not null and i.ended_at is null)"  # It passes the rules, with or without a sign.
COUNTED_ITEM = f"({PASSED} and i.is_signed)"
WAITING_ITEM = f"({PASSED} and not i.is_signed)"  # for a sign from a phone
CONFIRMED_ITEM = f"({PASSED} and i.confirmed_at is not null)"
_RUNGS = f"""({REPORTED}), (case when {COUNTED_ITEM} then {COUNTED} when {WAITING_ITEM} then {UNSIGNED} end),
    (case when {CONFIRMED_ITEM} then {CONFIRMED} end)"""


def item_facts_query(of: str, where: str) -> str:
    """Return a query of the rungs of items i, in the shape of `Activity.facts`. of: joins; where: a condition on i."""
    return f"""
select i.programme_id, i.measure, i.channel, i.unit_id, i.day, r.rung, sum(i.n)::bigint as n
  from programmes_item i {of} cross join lateral (values {_RUNGS}) r(rung)
 where r.rung is not null and {where} group by 1, 2, 3, 4, 5, 6"""


def _of(kind: str) -> str:
    if not kind.isidentifier():
        raise ValueError(f"no kind of activity: {kind}")
    return f"join programmes_programme g on g.id = i.programme_id and g.kind = '{kind}'"


def facts_of_items(kind: str) -> str:
    """Return the facts of a kind of activity whose things are items: its `Activity.facts`.

    It may add steps of its own by `union all`.
    """
    return item_facts_query(_of(kind), "true")


def _nobody(*_given: object) -> Whom:
    return Whom(None, {})


def items_of_measure(
    kind: str,
    *,
    measure: int,
    entered: EnteredWords,
    questions: tuple[CheckQuestion, ...] = (),
    whom: Callable[..., Whom] = _nobody,
    leave: Callable[..., object] | None = None,
    does_yes_count: bool = False,
    tries: str = "",
    **more: Any,
) -> Items:
    """Return the items of one measure of a kind of activity, for its `Activity.items`.

    `activities.Items` explains entered, questions, leave, tries, does_yes_count, more, and who is asked.
    """
    tables = f"{_of(kind)} left join people_account a on a.id = i.by_id"
    counts = f"i.measure = {int(measure)} and {PASSED}"
    return Items(
        measure,
        f"""
select i.programme_id, i.public_id as item_id, i.unit_id, a.public_id as by, i.channel, i.day, i.stored_at,
    i.is_signed, i.confirmed_at is not null as is_confirmed, i.phone_id
  from programmes_item i {tables} where {counts}""",
        f"""
select i.programme_id, i.public_id as item_id, i.unit_id, case when i.why in ('left', 'denied') then i.why
    else 'struck' end as why
  from programmes_item i {_of(kind)}
 where i.measure = {int(measure)} and i.counted_at is not null and i.ended_at is not null""",
        looks=f"""
select i.programme_id, i.public_id as item_id, i.unit_id, a.public_id as by, i.channel, i.at, i.phone_id, h.last4,
    null::int as birth_year, case when i.confirmed_at is not null then true when q.closed_at is not null then false end
      as is_confirmed, null::boolean as is_double, i.is_signed, null::uuid as sent_with, o.device, i.seconds
  from programmes_item i {tables} left join people_phone h on h.id = i.phone_id
  left join messaging_question q on q.room = '{ROOM}' and q.about = i.public_id and q.phone_id = i.phone_id
  left join (select subject, min(coalesce(nullif(device, ''), nullif(origin, ''))) as device from core_audit
    where act = '{SAID_YES}' group by subject) o on o.subject = i.public_id::text
 where {counts}""",
        tries=tries,
        questions=questions,
        whom=whom,
        leave=leave,
        does_yes_count=does_yes_count,
        entered=entered,
        **more,
    )
