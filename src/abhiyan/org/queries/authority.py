"""Read who may do what where. Asked inside the act, of the database: what ended a moment ago gives nothing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import current, system
from abhiyan.core.words import name_in_language
from abhiyan.org.rules import capabilities as known
from abhiyan.org.rules.granting import Grant
from abhiyan.org.viewer import Viewer
from abhiyan.people import queries as people
from abhiyan.units import queries as units
from abhiyan.units.rules import levels

from .desks import STANDS, nearest_with

MOST_RIGHTS = 2  # named in a refusal; more help nobody


class NotYours(Refused, status=403):
    """The actor's appointments do not let them do this here. capability: what it takes, or which of several."""

    message = _("Your role can't do this here. Ask the office above yours.")

    @property
    def rights(self) -> list[str]:
        """The capabilities; one of them is enough."""
        capabilities: Any = self.facts.get("capability", ())
        return [capabilities] if isinstance(capabilities, str) else sorted(capabilities)

    def __str__(self) -> str:
        rights = self.rights
        if not rights:
            return super().__str__()
        if len(rights) > MOST_RIGHTS:
            return say("Your role can't open this page.")
        work = say(" or ").join(map(known.brief, rights))
        return say("Only people who may %(work)s can do this here.") % {"work": work}


def whom_to_ask(viewer: Viewer, rights: Sequence[str]) -> str:
    """Say which offices may do one of these, in the nearest unit from the viewer's own upwards. One query.

    Only offices count that somebody else holds today. A viewer who has the right somewhere gets the units above their
    own. The sentence has the names of offices and of their unit, as the unit's page has. It has no person's name.
    """
    home = viewer.home
    if home is None:
        return say("Ask the office above yours.")
    with system("whom to ask"):
        rows = sql.rows(
            """with recursive up as (
                 select unit_id, parent_id, 0 as step from units_placement
                 where unit_id = %(unit)s and hierarchy = %(hierarchy)s and valid_to is null
                 union all
                 select q.unit_id, q.parent_id, up.step + 1 from up join units_placement q
                   on q.unit_id = up.parent_id and q.hierarchy = %(hierarchy)s and q.valid_to is null
               ), held as (
                 select distinct up.step, o.rank, o.id, o.names as office, u.names as unit from up
                 join units_unit u on u.id = up.unit_id
                 join org_appointment ap on ap.unit_id = up.unit_id and ap.account_id <> %(account)s
                 join org_office o on o.id = ap.office_id and o.capabilities && %(rights)s::text[]
                 where up.step >= %(first)s and ap.body_id is null and ap.state = 'active'
                   and ap.starts_on <= %(today)s and (ap.ends_on is null or ap.ends_on >= %(today)s)
               )
               select office, unit from held where step = (select min(step) from held)
               order by rank, id limit 2""",
            {
                "unit": home.unit_id,
                "hierarchy": home.hierarchy,
                "account": viewer.account_id,
                "rights": list(rights),
                "first": int(viewer.may_any(*rights)),
                "today": clock.today(settings.TIME_ZONE),
            },
        )
    if not rows:
        return say("At your office and above, nobody may do this today. Ask the office above yours.")
    offices = say(" or the ").join(_within(name_in_language(office)) for office, _unit in rows)
    return say("Ask the %(offices)s (%(unit)s).") % {"unit": name_in_language(rows[0][1]), "offices": offices}


def _within(name: str) -> str:
    """The name of an office within a sentence: "state president", but "IT administrator"."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


# A seat in a body gives no right.
# An appointment reaches from its unit downwards in its own hierarchy; at the state and the nation, where every
# tree holds the same booths, in all of them.

_REACH = """
    from org_appointment ap
    join org_office o on o.id = ap.office_id
    join units_unit u on u.id = ap.unit_id
    join units_placement p on p.unit_id = ap.unit_id and p.lo is not null
      and (p.hierarchy = ap.hierarchy or u.kind in ('state', 'nation'))
    join units_placement t on t.unit_id = %(unit)s and t.lo >= p.lo and t.lo < p.hi
    where ap.account_id = %(account)s and ap.body_id is null
"""
# An office in the unit itself.
_SITS = """
    from org_appointment ap
    join org_office o on o.id = ap.office_id
    where ap.account_id = %(account)s and ap.unit_id = %(unit)s and ap.body_id is null
"""
# It stood at an instant: it was accepted by then, and no earlier act or day had ended it. As `org_held_then`.
_STOOD = """ap.state <> 'disputed' and ap.accepted_how <> '' and coalesce(ap.accepted_at, ap.made_at) <= %(moment)s
      and ap.starts_on <= %(today)s and (ap.ended_at is null or ap.ended_at >= %(moment)s)
      and (ap.ends_on is null or ap.ends_on >= %(today)s or ap.ended_at = %(moment)s)"""
NOBODY_IN_PARTICULAR = 0  # the account of a reader in whose sight something is made for many
NOWHERE = 0  # no unit: only what needs none is held there
_LOOKED_BACK: ContextVar[tuple[int, datetime] | None] = ContextVar("looked_back", default=None)


@contextmanager
def as_held(account_id: int, *, at: datetime) -> Iterator[None]:
    """Judge an account by the offices that it held at an instant: what came later, or has ended since, changes nothing.

    Only for acts whose sender has no session any more (`pages.views.signed_out`). Others are judged by today.
    """
    before = _LOOKED_BACK.set((account_id, at))
    try:
        yield
    finally:
        _LOOKED_BACK.reset(before)


def stood(account_id: int) -> tuple[str, dict[str, Any]] | None:
    """Return the condition by which an appointment `ap` of an account stood, and its values; None outside `as_held`."""
    back = _LOOKED_BACK.get()
    if back is None or back[0] != account_id:
        return None
    return _STOOD, {"moment": back[1], "today": clock.day_in(settings.TIME_ZONE, back[1])}


def _standing(account_id: int) -> tuple[str, dict[str, Any]]:
    return stood(account_id) or (STANDS, {"today": clock.today(settings.TIME_ZONE)})


@contextmanager
def _own_appointments(account_id: int) -> Iterator[None]:
    """A scope that sees an account's appointments: the one in force, when it does already."""
    seen = current()
    if seen.everything or seen.account == account_id:
        yield
    else:
        with system("authority"):
            yield


def holds(account_id: int, capability: str, *, at: int) -> bool:
    """Return True if an account's appointments give it a capability over a unit (id) today, as far as it reaches.

    A desk's capability (`capabilities.AT_DESK`) takes an office in the unit itself. A desk is vacant where nobody
    there has the capability today. Then the nearest unit above decides where somebody has it. A capability that is
    handed out reaches no unit.
    """
    stands, when = _standing(account_id)
    reach = known.capability_reach(capability)
    if reach == known.Reach.HANDED:
        return False
    if reach == known.Reach.DESK:
        desk = nearest_with(at, capability, on=when["today"])
        with _own_appointments(account_id):
            return sql.exists(
                f"select 1 {_SITS} and {stands} and %(capability)s = any (o.capabilities)",
                {"unit": desk, "account": account_id, "capability": capability} | when,
            )
    with _own_appointments(account_id):
        return sql.exists(
            f"select 1 {_REACH} and {stands} and %(capability)s = any (o.capabilities)"
            " union all select 1 from people_account a where %(root)s and a.id = %(account)s"
            " and a.is_root and a.closed_at is null",
            {
                "unit": at,
                "account": account_id,
                "capability": capability,
                "root": capability in known.ROOT,
            }
            | when,
        )


def decides(viewer: Viewer, capability: str, *, at: int) -> bool:
    """Return True if a viewer decides at the desk of a unit (id), as `holds` says of an account. For pages.

    The reader in whose sight a page is made for many (`reader_over`) decides there too.
    """
    if not viewer.may(capability):
        return False
    if viewer.account_id == NOBODY_IN_PARTICULAR:
        return viewer.holds_in(capability, [at])
    desk = nearest_with(at, capability, on=clock.today(settings.TIME_ZONE))
    return desk is not None and viewer.holds_in(capability, [desk])


def seat_over(account_id: int, unit_id: int, capability: str = "") -> int | None:
    """The unit of the lowest office by which an account reaches a unit today; None: it reaches it by no office.

    capability: only an office that has it will do.
    """
    stands, when = _standing(account_id)
    with _own_appointments(account_id):
        office_unit: int | None = sql.value(
            f"select (select ap.unit_id {_REACH} and {stands}"
            " and (%(capability)s = '' or %(capability)s = any (o.capabilities)) order by p.hi - p.lo limit 1)",
            {"unit": unit_id, "account": account_id, "capability": capability} | when,
        )
    return office_unit


def sits_in(account_id: int, body_id: int) -> bool:
    """Return True if an account holds a seat in a body today."""
    stands, when = _standing(account_id)
    with _own_appointments(account_id):
        return sql.exists(
            "select 1 from org_appointment ap where ap.account_id = %(account)s and ap.body_id = %(body)s"
            f" and {stands}",
            {"account": account_id, "body": body_id} | when,
        )


def holds_over_all(account_id: int, capability: str) -> bool:
    """Return True if an account's appointments give it a capability over every tree there is, or it is the
    administrator's."""
    if holds(account_id, capability, at=NOWHERE):
        return True
    tops = {top.id for hierarchy in levels.HIERARCHIES for top in units.roots(hierarchy)}
    return bool(tops) and all(holds(account_id, capability, at=top) for top in tops)


def require(by: Actor, capability: str, *, at: int | None) -> None:
    """Refuse (NotYours) unless `by` may do this over the unit `at` (its id), as `holds` says; None: over everything.

    The system may, for its stated reason. Citizens and channels may not, nor a session without a second factor. After
    one SMS code a phone of the field may do its own work (`BY_PHONE`).
    """
    if capability not in known.MEANINGS:
        raise LookupError(f"no such capability: {capability}")
    if by.kind == "system":
        return
    if by.kind == "person" and by.account_id is not None:
        if at is None and holds_over_all(by.account_id, capability):
            return
        if at is not None and holds(by.account_id, capability, at=at):
            return
    is_by_phone = by.kind == "phone" and capability in known.BY_PHONE
    if (
        is_by_phone
        and by.account_id is not None
        and at is not None
        and holds(by.account_id, capability, at=at)
    ):
        return
    raise NotYours(capability=capability)


def grants_at(account_id: int, unit_id: int, hierarchy: int) -> tuple[Grant, ...]:
    """The appointments of an account that hold all of what an appointment to this unit would open.

    Such an appointment opens the unit's subtree in `hierarchy`, and for a state or nation its subtrees in every
    hierarchy.
    """
    stands, when = _standing(account_id)
    with _own_appointments(account_id):
        rows = sql.rows(
            f"""
            select min(t.lo - p.lo) > 0, o.rank, o.capabilities, o.sees_people
            from org_appointment ap
            join org_office o on o.id = ap.office_id
            join units_unit u on u.id = ap.unit_id
            join units_unit v on v.id = %(unit)s
            join units_placement t on t.unit_id = v.id and t.lo is not null
              and (t.hierarchy = %(hierarchy)s or v.kind in ('state', 'nation'))
            left join units_placement p on p.unit_id = u.id and p.lo is not null and p.hierarchy = t.hierarchy
              and (p.hierarchy = ap.hierarchy or u.kind in ('state', 'nation'))
              and p.lo <= t.lo and t.lo < p.hi
            where ap.account_id = %(account)s and ap.body_id is null and {stands}
            group by ap.id, o.id having bool_and(p.id is not null)
            """,
            {
                "unit": unit_id,
                "hierarchy": hierarchy,
                "account": account_id,
            }
            | when,
        )
        return tuple(
            Grant(is_above=above, rank=rank, capabilities=frozenset(capabilities), sees_people=sees)
            for above, rank, capabilities, sees in rows
        )


def is_root(account_id: int) -> bool:
    """Return True if the account was made on the server's console."""
    with _own_appointments(account_id):
        account = people.account(account_id)
        return account is not None and account.is_root
