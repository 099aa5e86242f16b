"""The countable items of a measure, whichever room counts them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np

from abhiyan.core import sql
from abhiyan.core.refusals import or_refuse
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules import activities
from abhiyan.units.models import Kind
from abhiyan.verification.refusals import NothingToCheck
from abhiyan.verification.rules.draws import SIZE
from abhiyan.verification.rules.outcomes import STRUCK
from abhiyan.verification.rules.planning import Size

# One read of the items, by leaf and shade; the leaves are then put beneath their district.
_LEAVES = """
with leaf as (
  select unit_id, is_signed, is_confirmed,
      not is_signed and not is_confirmed and phone_id is null as is_phoneless, {each}
    from ({items}) i where i.programme_id = any(%(programmes)s) group by 1, 2, 3, 4),
district as (
  select u.id, u.code, p.lo, p.hi from units_placement p join units_unit u on u.id = p.unit_id
   where p.hierarchy = %(hierarchy)s and p.lo is not null and u.kind = %(district)s),
placed as (
  select coalesce(d.id, %(owner)s) as id, coalesce(d.code, %(rest)s) as code, l.* from leaf l
  left join units_placement p on p.unit_id = l.unit_id and p.hierarchy = %(hierarchy)s and p.lo is not null
  left join district d on p.lo >= d.lo and p.lo < d.hi)
"""
GROUPED = (
    _LEAVES.replace("{each}", "string_agg(uuid_send(item_id), null) as ids")
    + "select id, code, is_signed, is_confirmed, is_phoneless, string_agg(ids, null), array_agg(unit_id),"
    f" array_agg(octet_length(ids) / {SIZE}) from placed group by 1, 2, 3, 4, 5 order by 2, 3, 4, 5"
)
SIZES = (
    _LEAVES.replace("{each}", "count(*) as n")
    + """
select id, code, is_signed, sum(n)::int - coalesce((
    select sum(s.items) from verification_stratum s join verification_frame f on f.id = s.frame_id
     where s.unit_id = placed.id and s.is_signed = placed.is_signed and s.is_confirmed = placed.is_confirmed
       and s.is_phoneless = placed.is_phoneless and f.programme_id = %(programme)s and f.measure = %(measure)s), 0)::int
  from placed group by id, code, is_signed, is_confirmed, is_phoneless
 order by code, is_signed, is_confirmed, is_phoneless"""
)


@dataclass(frozen=True, slots=True)
class ShadeItems:
    """A district's items of one shade. ids: public, 16 bytes each, in no order; places: the unit each was entered in,
    0 for none."""

    unit_id: int
    code: str
    is_signed: bool
    is_confirmed: bool
    is_phoneless: bool
    ids: np.ndarray[Any, np.dtype[np.bytes_]]
    places: np.ndarray[Any, np.dtype[np.int64]]

    @property
    def key(self) -> str:
        """Return its name in the published file."""
        shade = "confirmed" if self.is_confirmed else "signed" if self.is_signed else "unsigned"
        return f"{self.code}/{'no-phone' if self.is_phoneless else shade}"


def items_to_check(programme: Programme, measure: int) -> activities.Items:
    """Return what an independent check of a measure asks, and from which people. Refuses NothingToCheck."""
    return or_refuse(activities.activity_items(programme.kind, measure), NothingToCheck(field="measure"))


def counted_now(programme: Programme, measure: int) -> list[ShadeItems]:
    """Return every item that counts at this moment, or waits for its person's answer, by district and shade.

    In the transaction's scope; a frame reads in the system's. One statement: what commits later is in none of
    it.
    """
    item_rows = sql.rows(
        GROUPED.replace("{items}", items_to_check(programme, measure).sql),
        {
            "programmes": programme.counted_ids,
            "hierarchy": programme.hierarchy,
            "district": Kind.DISTRICT,
            "owner": programme.owner_id,
            "rest": programme.owner.code,
        },
    )
    return [
        ShadeItems(
            unit_id,
            code,
            signed,
            confirmed,
            phoneless,
            np.frombuffer(bytes(ids), dtype=f"S{SIZE}"),
            np.repeat(np.array([place or 0 for place in places], dtype=np.int64), sizes),
        )
        for unit_id, code, signed, confirmed, phoneless, ids, places, sizes in item_rows
    ]


def without(cell: ShadeItems, earlier: Sequence[np.ndarray[Any, Any]]) -> ShadeItems:
    """Keep of a cell only the ids that none of the others has."""
    if not earlier:
        return cell
    is_new = ~np.isin(cell.ids, np.concatenate(earlier))
    return replace(cell, ids=cell.ids[is_new], places=cell.places[is_new])


@dataclass(frozen=True, slots=True)
class CheckedItem:
    """One countable item as it is now. by: account (public id) of the worker who entered it; None where none did.

    why_gone: None while it counts, else `rules.outcomes`.
    """

    item_id: UUID
    unit_id: int | None = None
    by: UUID | None = None
    channel: int | None = None
    day: date | None = None
    phone_id: UUID | None = None
    why_gone: str | None = None


def items_by_public_id(
    programme: Programme, measure: int, item_ids: Iterable[UUID]
) -> dict[UUID, CheckedItem]:
    """Return items by their public ids, whether they still count or not. One that nothing knows any more is struck."""
    items, ids = items_to_check(programme, measure), list(item_ids)
    params = [ids, programme.counted_ids]
    checked_items = {ident: CheckedItem(ident, why_gone=STRUCK) for ident in ids}
    where = "where i.item_id = any(%s) and i.programme_id = any(%s)"
    for item_id, unit_id, why in sql.rows(
        f"select i.item_id, i.unit_id, i.why from ({items.few_gone or items.gone}) i {where}", params
    ):
        checked_items[item_id] = CheckedItem(item_id, unit_id, why_gone=why)
    of_worker = (
        "left join people_account a on a.public_id = i.by"  # else a machine's token, or somebody's browser
    )
    for row in sql.rows(
        "select i.item_id, i.unit_id, a.public_id, i.channel, i.day, i.phone_id"
        f" from ({items.few or items.sql}) i {of_worker} {where}",
        params,
    ):
        checked_items[row[0]] = CheckedItem(*row)
    return checked_items


def sizes_now(programme: Programme, measure: int) -> dict[int, list[Size]]:
    """Return about how many items of each district would be in a frame now: what counts, less what is in
    earlier frames.

    Keys are ids of units, in the order of their codes. About, because an item of an earlier frame may count no
    more, or in another shade.
    """
    params = {
        "programmes": programme.counted_ids,
        "hierarchy": programme.hierarchy,
        "district": Kind.DISTRICT,
        "owner": programme.owner_id,
        "rest": programme.owner.code,
        "programme": programme.pk,
        "measure": measure,
    }
    sizes: dict[int, list[Size]] = defaultdict(list)
    for unit_id, _, is_signed, n in sql.rows(
        SIZES.replace("{items}", items_to_check(programme, measure).sql), params
    ):
        if n > 0:
            sizes[unit_id].append(Size(n, is_signed))
    return dict(sizes)
