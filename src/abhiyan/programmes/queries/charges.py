"""Who is in charge of a programme where, where nobody is, and what one was named for oneself."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from abhiyan.programmes.models import InCharge, Programme
from abhiyan.units.rules import levels

from .rows import Rows
from .splits import IN_PLAY, named


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """Somebody in charge, with the offices they hold today: a line of the list to publish."""

    id: int
    unit_id: int
    unit_code: str
    unit_kind: str
    unit_names: dict[str, str]
    name: str
    last4: str
    role: str
    state: str
    since: datetime
    is_told: bool
    offices: tuple[tuple[dict[str, str], dict[str, str]], ...]  # names of the office, names of its unit

    @property
    def role_name(self) -> str:
        return str(InCharge.Role(self.role).label)

    @property
    def state_name(self) -> str:
        return str(InCharge.State(self.state).label)


@dataclass(frozen=True, slots=True)
class MissingRow:
    """A unit without somebody in charge; who declined it last, if somebody did."""

    unit_id: int
    code: str
    kind: str
    names: dict[str, str]
    above: dict[str, str]
    declined_by: str
    declined_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Level:
    """How many units of a kind a programme has below a unit, and how many of them miss somebody in charge."""

    kind: str
    units: int
    missing: int


@dataclass(frozen=True, slots=True)
class OwnCharge:
    """What somebody is in charge of themselves."""

    id: int
    role: str
    state: str
    since: datetime
    unit_code: str
    unit_names: dict[str, str]
    programme: Programme
    named_by: str

    @property
    def role_name(self) -> str:
        return str(InCharge.Role(self.role).label)

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state == InCharge.State.NAMED


# Units `p` of the programme at and below a node: what the programme covers, and what stands above that below the node.
_UNITS = f"""from units_placement p join units_unit u on u.id = p.unit_id
  where p.lo >= %(lo)s and p.lo < %(hi)s and {IN_PLAY}"""
_HELD = """exists (select from programmes_in_charge i where i.unit_id = u.id and i.programme_id = %(programme)s
  and i.role = %(role)s and i.ended_at is null)"""
_MATCHING = """ and (%(text)s = '' or u.code ilike %(like)s or exists (
  select 1 from jsonb_each_text(u.names) one where one.value ilike %(like)s))"""
_OFFICES = """(select json_agg(json_build_array(o.names, ou.names) order by o.rank, o.code)
  from org_appointment ap join org_office o on o.id = ap.office_id join units_unit ou on ou.id = ap.unit_id
  where ap.account_id = i.account_id and ap.state = 'active' and ap.starts_on <= %(on)s
    and (ap.ends_on is null or ap.ends_on >= %(on)s))"""


def _like(text: str) -> dict[str, str]:
    text = text.replace("\0", "").strip()[:100]
    plain = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return {"text": text, "like": f"%{plain}%"}


def _values(programme: Programme, lo: int, hi: int, on: date, **more: Any) -> dict[str, Any]:
    return {"programme": programme.pk, "lo": lo, "hi": hi, "on": on, **more}


def missing(
    programme: Programme,
    *,
    lo: int,
    hi: int,
    on: date,
    level: str = "",
    role: str = InCharge.Role.IN_CHARGE,
    text: str = "",
) -> Rows[MissingRow]:
    """Units of a programme at and below a place [lo, hi) without somebody of a role, in the order of the tree.

    level: only units of this kind. text: part of a name or code. Who declined leaves the unit missing.
    """
    return Rows(
        """u.id, u.code, u.kind, u.names,
          coalesce((select a.names from units_unit a where a.id = p.parent_id), '{}'::jsonb),
          coalesce(d.name, ''), d.answered_at, coalesce(d.reason, '')""",
        f"""from (select p.*, u.id as uid {_UNITS}
            and (%(level)s = '' or u.kind = %(level)s) and not {_HELD}{_MATCHING}) p
          join units_unit u on u.id = p.uid
          left join lateral (
            select a.name, i.answered_at, i.reason from programmes_in_charge i
            left join people_account a on a.id = i.account_id
            where i.unit_id = u.id and i.programme_id = %(programme)s and i.role = %(role)s and i.state = 'declined'
            order by i.answered_at desc limit 1) d on true""",
        "p.lo",
        _values(programme, lo, hi, on, level=level, role=role, **_like(text)),
        _missing,
    )


def _missing(row: Sequence[Any]) -> MissingRow:
    unit_id, code, kind, names, above, declined_by, declined_at, reason = row
    return MissingRow(unit_id, code, kind, named(names), named(above), declined_by, declined_at, reason)


def charges(
    programme: Programme, *, lo: int, hi: int, on: date, level: str = "", role: str = "", text: str = ""
) -> Rows[ChargeRow]:
    """Who is in charge at and below a place [lo, hi), with offices: in the order of the tree, in-charges first.

    level: only units of this kind. role: only these. text: part of the unit's name or code.
    """
    return Rows(
        f"""i.id, u.id, u.code, u.kind, u.names, a.name, a.last4, i.role, i.state, i.named_at,
          i.told_at is not null, {_OFFICES}""",
        f"""from units_placement p join units_unit u on u.id = p.unit_id
          join programmes_in_charge i on i.unit_id = u.id and i.programme_id = %(programme)s and i.ended_at is null
          join people_account a on a.id = i.account_id and a.closed_at is null
          where p.lo >= %(lo)s and p.lo < %(hi)s and (%(level)s = '' or u.kind = %(level)s)
            and (%(role)s = '' or i.role = %(role)s){_MATCHING}""",
        "p.lo, i.role desc, i.named_at, i.id",
        _values(programme, lo, hi, on, level=level, role=role, **_like(text)),
        _charge,
    )


def _charge(row: Sequence[Any]) -> ChargeRow:
    values = list(row)
    values[4] = named(values[4])
    offices = json.loads(values[11]) if isinstance(values[11], str) else values[11]
    values[11] = tuple((dict(office), dict(unit)) for office, unit in offices or ())
    return ChargeRow(*values)


def coverage(programme: Programme, *, lo: int, hi: int, on: date) -> list[Level]:
    """Of each kind of unit at and below a place: how many there are, and how many miss an in-charge; from the top."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select u.kind, count(*), count(*) filter (where not {_HELD}) {_UNITS} group by u.kind",
            _values(programme, lo, hi, on, role=InCharge.Role.IN_CHARGE),
        )
        found = {kind: Level(kind, n, without) for kind, n, without in cursor.fetchall()}
    return [found[kind] for kind in levels.kinds(programme.hierarchy) if kind in found]


def own_charges(account_id: int) -> list[OwnCharge]:
    """What an account is in charge of, in programmes that are not over; those that wait for an answer first."""
    rows = list(
        InCharge.objects.filter(account_id=account_id, ended_at=None)
        .exclude(programme__state=Programme.State.CLOSED)
        .exclude(programme__state=Programme.State.DRAFT)
        .select_related("programme", "unit")
        .order_by("-named_at", "-pk")[:200]
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, name from people_account where id = any(%s)",
            [[one.named_by for one in rows if one.named_by]],
        )
        names = dict(cursor.fetchall())
    found = [
        OwnCharge(
            one.pk,
            one.role,
            one.state,
            one.named_at,
            one.unit.code,
            one.unit.names,
            one.programme,
            names.get(one.named_by, ""),
        )
        for one in rows
    ]
    return sorted(found, key=lambda one: not one.is_open)


def waiting_for_answer(account_id: int) -> list[InCharge]:
    """What an account was named for in open programmes and has not answered."""
    return list(
        InCharge.objects.filter(
            account_id=account_id,
            ended_at=None,
            state=InCharge.State.NAMED,
            programme__state=Programme.State.OPEN,
        )
        .select_related("programme", "unit")
        .order_by("named_at", "pk")[:50]
    )


def declined_below(lo: int, hi: int, *, hierarchy: int) -> list[tuple[Programme, int]]:
    """Open programmes with units at or below a place whose in-charge declined and was not replaced; how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select i.programme_id, count(distinct i.unit_id)
            from programmes_in_charge i
            join programmes_programme r on r.id = i.programme_id and r.state = 'open' and r.hierarchy = %(h)s
            join units_placement p on p.unit_id = i.unit_id and p.lo >= %(lo)s and p.lo < %(hi)s
            where i.state = 'declined' and not exists (
              select 1 from programmes_in_charge j where j.unit_id = i.unit_id and j.programme_id = i.programme_id
                and j.role = i.role and j.ended_at is null)
            group by 1 order by 2 desc, 1""",
            {"lo": lo, "hi": hi, "h": hierarchy},
        )
        counts = dict(cursor.fetchall())
    known = {one.pk: one for one in Programme.objects.filter(pk__in=counts)}
    return [(known[number], n) for number, n in counts.items() if number in known]
