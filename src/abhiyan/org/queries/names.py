"""The names that a reader sees without a reason: the own line of command, those above, and a constituency's bearers.

Every page, list, search, menu and file with names of people in office asks here. `org.names` does the asking.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from abhiyan.core import sql
from abhiyan.core.scope import system
from abhiyan.org.rules.ranges import covers, literal, merged
from abhiyan.org.viewer import Viewer
from abhiyan.units.models import Hierarchy

from .line import line_led_by

# An office `f` in the unit `fp` makes its holder's name free, also after it has ended. One that was only offered
# does so if the account was opened with it. Else somebody could offer an office to any phone, and read whose it is.
# The unit is in the reader's reach, or above one of the reader's units in any tree.
# Or it has booths in the reader's constituency.
_IN_LINE = f"""(fp.lo <@ %(reach)s::int8multirange
  or exists (select from units_placement mine where mine.unit_id = any(%(own_units)s::bigint[])
    and mine.lo >= fp.lo and mine.lo < fp.hi)
  or %(constituency)s::int8multirange <> '{{}}' and exists (select from units_placement inside
    join units_placement elected on elected.unit_id = inside.unit_id and elected.hierarchy = {Hierarchy.ELECTORAL}
      and elected.lo <@ %(constituency)s::int8multirange
    where inside.lo >= fp.lo and inside.lo < fp.hi))"""


@dataclass(frozen=True, slots=True)
class NamesOfPage:
    """The answer about the accounts that a page names. free: the names are free. led: the reader may call
    them; with their public ids."""

    free: frozenset[int]
    led: dict[int, UUID]


def names_of_page(viewer: Viewer, accounts: Collection[int], *, on: date) -> NamesOfPage:
    """Say which names a page may show without a reason, and whose sheets it opens. One query.

    A second one looks past the reader's scope for those it did not find free: who leads the reader's state is above.
    Without a second proof only the reader's own name is free.
    """
    ids = sorted(set(accounts))
    account_ids = {viewer.account_id} if viewer.account_id is not None else set()
    if not ids or not viewer.is_strong:
        return NamesOfPage(frozenset(account_ids.intersection(ids)), {})
    line = line_led_by(viewer, on)
    condition, params = free_names(viewer, "a.id")
    led, of_line = line if line is not None else ("select null::bigint where false", {})
    rows = sql.rows(
        f"""with led as materialized ({led})
        select a.id, a.public_id, a.id in (select * from led), {condition} from people_account a
        where a.id = any(%(ids)s::bigint[])""",
        of_line | params | {"ids": ids},
    )
    free = account_ids | {ident for ident, _public, _is_led, is_free in rows if is_free}
    if rest := [ident for ident in ids if ident not in free]:
        with system("whose names are free"):
            free |= set(
                sql.column(
                    f"select a.id from people_account a where a.id = any(%(ids)s::bigint[])"
                    f" and (a.is_root or {condition})",
                    params | {"ids": rest},
                )
            )
    return NamesOfPage(
        frozenset(free.intersection(ids)),
        {ident: public for ident, public, is_led, _is_free in rows if is_led},
    )


def free_names(viewer: Viewer, account: str) -> tuple[str, dict[str, Any]]:
    """A condition of SQL on a column of account ids, with its parameters: names that the reader sees without a reason.

    For lists that a name narrows or sorts.
    """
    if viewer.scope.everything:
        return "true", {}
    offices = viewer.appointments if viewer.is_strong else ()
    reach = [span for office in offices for span in office.ranges]
    elected = [
        span
        for office in offices
        if office.hierarchy == Hierarchy.ELECTORAL and office.depth > 1
        for span in office.ranges
    ]
    params = {
        "reader": viewer.account_id,
        "reach": literal(reach),
        "constituency": literal(elected),
        "own_units": sorted({office.unit_id for office in offices}),
        "own_bodies": sorted({office.body_id for office in offices if office.body_id is not None}),
    }
    condition = f"""({account} = %(reader)s or exists (select from org_appointment f
      left join units_placement fp on fp.unit_id = f.unit_id and fp.lo is not null
      where f.account_id = {account} and (f.accepted_how <> '' or f.made_at <=
          (select opened.created_at from people_account opened where opened.id = f.account_id))
        and (f.made_by = %(reader)s or f.body_id = any(%(own_bodies)s::bigint[])
        or {_IN_LINE})))"""
    return condition, params


def are_names_free(viewer: Viewer, *spans: tuple[int, int]) -> bool:
    """Return True if the names of all offices in these positions are free: the reader may sort and search by name."""
    if viewer.scope.everything:
        return True
    reach = (
        merged(span for office in viewer.appointments for span in office.ranges) if viewer.is_strong else ()
    )
    return all(covers(reach, span) for span in spans)
