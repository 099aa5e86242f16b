"""Reading programmes: which run where, who is in charge, what the targets say."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from abhiyan.core import sql, words
from abhiyan.core.policy import ACCOUNT, COUNTS, EVERYTHING
from abhiyan.core.refusals import or_refuse
from abhiyan.org.viewer import Viewer
from abhiyan.programmes.models import InCharge, Measure, Programme, ProgrammeUnit
from abhiyan.programmes.rules import activities, windows
from abhiyan.programmes.rules.estimated import Estimated
from abhiyan.programmes.rules.ladder import Ladder
from abhiyan.ui.ladder import LadderShown as Picture

from . import own_part
from .checked import picture_of
from .expected import EXPECTED, UnitExpectation
from .holders import holders_by_account
from .ledger import NODE, LedgerNode

# True if a unit of the programme, or its owner, is in or above the counts the scope in force may see.
_IN_SIGHT = f"""({EVERYTHING} or exists (
  select 1 from units_placement pl
  where pl.lo is not null and int8range(pl.lo, pl.hi) && {COUNTS}
    and (pl.unit_id = programmes_programme.owner_id or pl.unit_id in (
      select s.unit_id from programmes_scope s where s.programme_id = programmes_programme.id))))"""


_OPEN_OVER = """
select p.public_id, p.names, p.opens_on from programmes_programme p
 where p.state = 'open' and (%(kinds)s::text[] is null or p.kind = any(%(kinds)s))
 and (p.owner_id = %(unit)s or exists (
   select from units_placement u join units_placement a on a.unit_id = p.owner_id and a.valid_to is null
     and u.lo >= a.lo and u.lo < a.hi
   where u.unit_id = %(unit)s))
 order by exists (select from programmes_target t where t.programme_id = p.id and t.unit_id = %(unit)s
   and t.replaced_at is null) desc, p.id desc limit %(limit)s"""


def _seen() -> QuerySet[Programme]:
    return Programme.objects.alias(seen=RawSQL(_IN_SIGHT, [])).filter(seen=True)  # noqa: S611  # no input in it


def programmes_for(viewer: Viewer) -> QuerySet[Programme]:
    """Return the programmes in the viewer's sight, newest window first; drafts only for people who make or run
    programmes."""
    if not viewer.is_signed_in:
        return Programme.objects.none()
    programmes = _seen().select_related("owner").order_by("-opens_on", "-id")
    if not (viewer.may("programmes.make") or viewer.may("programmes.run")):
        programmes = programmes.exclude(state=Programme.State.DRAFT)
    return programmes


def programme_for(viewer: Viewer, public_id: UUID) -> Programme:
    """Return one programme in the viewer's sight, with its owner; or NotFound."""
    return or_refuse(programmes_for(viewer).filter(public_id=public_id).first())


def programme(public_id: UUID) -> Programme:
    """Return a programme by its public id, for any reader: programmes hold nothing about people. NotFound."""
    return or_refuse(Programme.objects.select_related("owner").filter(public_id=public_id).first())


def programme_by_id(programme_id: int) -> Programme:
    """Return a programme by its id, for any reader. NotFound."""
    return or_refuse(Programme.objects.select_related("owner").filter(pk=programme_id).first())


def is_any_open() -> bool:
    """Return True if a programme was ever opened here. In a scope that sees them."""
    return Programme.objects.exclude(state=Programme.State.DRAFT).exists()


def names_of_running() -> list[tuple[int, str]]:
    """Open programmes in sight: (id, name), newest window first."""
    programmes = _seen().filter(state=Programme.State.OPEN).order_by("-opens_on", "-id")
    return [(one.pk, words.name_in_language(one.names)) for one in programmes]


def whose_numbers(programme_id: int) -> list[int]:
    """Return the programmes whose numbers serve one: its own, then those of the open drive above it."""
    part = Programme.objects.filter(pk=programme_id, parent__state=Programme.State.OPEN)
    return [programme_id, *part.values_list("parent_id", flat=True)]


def programmes_beginning(
    first: date, last: date, *, limit: int, owners: Collection[int] | None = None
) -> list[Programme]:
    """Return programmes, drafts too, whose first day lies between two days: the next one first, with their owners.

    owners: only those of these units. Not those beneath another.
    """
    programmes = Programme.objects.exclude(state=Programme.State.CLOSED).filter(
        opens_on__gte=first, opens_on__lte=last, parent=None
    )
    if owners is not None:
        programmes = programmes.filter(owner_id__in=owners)
    return list(programmes.select_related("owner").order_by("opens_on", "pk")[:limit])


def all_running() -> list[Programme]:
    """Open programmes that stand beneath no other, oldest first, with their owners. In the system's scope."""
    programmes = Programme.objects.filter(state=Programme.State.OPEN, parent=None)
    return list(programmes.select_related("owner").order_by("pk"))


def open_over(
    unit_id: int, *, limit: int, kinds: Sequence[str] | None = None
) -> list[tuple[UUID, dict[str, str], date]]:
    """Find the open programmes of a unit or of one above it, in any hierarchy: public ids, names and first days.

    Programmes with a target of the unit come first, then the newest. kinds: only of these.
    """
    params = {"unit": unit_id, "limit": limit, "kinds": None if kinds is None else list(kinds)}
    return sql.rows(_OPEN_OVER, params, keep_plan=True)


def search_programmes(text: str, *, limit: int = 10, only_open: bool = False) -> list[Programme]:
    """Return programmes in sight whose name holds the text, newest window first: no drafts, or only what is open."""
    programmes = _seen().exclude(state=Programme.State.DRAFT).filter(names__icontains=text)
    if only_open:
        programmes = programmes.filter(state=Programme.State.OPEN)
    return list(programmes.order_by("-opens_on", "-id")[:limit])


_COVERS = """select s.programme_id from programmes_scope s
  join units_placement sp on sp.unit_id = s.unit_id and sp.lo is not null
  join units_placement n on n.unit_id = %(node)s and n.lo is not null
  where n.lo >= sp.lo and n.lo < sp.hi or sp.lo >= n.lo and sp.lo < n.hi"""


def programmes_running(node: int, on: date) -> list[Programme]:
    """Open programmes whose window holds the day and whose scope covers the unit, or lies below it."""
    return list(
        Programme.objects.filter(
            state=Programme.State.OPEN,
            opens_on__lte=on,
            closes_on__gte=on,
            pk__in=RawSQL(_COVERS % {"node": "%s"}, [node]),  # noqa: S611  # the unit is a parameter
        )
        .select_related("owner")
        .order_by("opens_on", "pk")
    )


def of_booths(lo: str, hi: str, programme: str, measure: str) -> str:
    """Return SQL of what the booths of a zone, constituency or segment must reach together, where the
    programme's targets were set in another tree. Null where an open booth has no target."""
    return f"""(select case when count(*) = count(bt.n) then sum(bt.n)::bigint end
      from units_placement bp
      join units_unit bu on bu.id = bp.unit_id and bu.kind = 'booth' and bu.closed_on is null
      left join programmes_target bt on bt.unit_id = bp.unit_id and bt.programme_id = {programme}
        and bt.measure = {measure} and bt.replaced_at is null
      where bp.lo > {lo} and bp.lo < {hi})"""


ELECTORAL_KINDS = (
    "('zone', 'constituency', 'segment')"  # units of one tree only, which get no targets in others
)
_HERE = """(select p.{} from units_placement p join units_unit u on u.id = p.unit_id
  where p.unit_id = %(unit)s and p.hierarchy = %(hierarchy)s and p.lo is not null and u.kind in {})"""
_OF_BOOTHS = of_booths(
    _HERE.format("lo", ELECTORAL_KINDS),
    _HERE.format("hi", ELECTORAL_KINDS),
    "measure.programme_id",
    "measure.number",
)


def open_programmes_of(kind: str) -> list[Programme]:
    """Open programmes of a kind, the older first; their windows may be over or to come."""
    programmes = Programme.objects.filter(kind=kind, state=Programme.State.OPEN)
    return list(programmes.select_related("owner").order_by("opens_on", "pk"))


_COLUMNS = tuple(field.attname for field in Programme._meta.concrete_fields if field.attname != "made_at")
_MEASURES = f"""(select jsonb_agg(jsonb_build_array(measure.number, measure.names, coalesce(target.n,
        case when programme.hierarchy <> %(hierarchy)s then {_OF_BOOTHS} end), {EXPECTED})
        order by measure.number)
      from programmes_measure measure
      left join programmes_target target on target.programme_id = measure.programme_id
        and target.measure = measure.number and target.unit_id = %(unit)s and target.replaced_at is null
      left join programmes_expectation e on e.programme_id = measure.programme_id
        and e.measure = measure.number and e.unit_id = %(unit)s and e.ended_at is null
      where measure.programme_id = programme.id)"""
_MEASURES_AT = f"select {_MEASURES} from programmes_programme programme where programme.id = %(programme)s"
_RUNNING = f"""select {", ".join(f"programme.{name}" for name in _COLUMNS)}, {_MEASURES}
  from programmes_programme programme
  where programme.state = 'open' and programme.opens_on <= %(on)s and programme.closes_on >= %(on)s
    and programme.id in ({_COVERS % {"node": "%(unit)s"}})"""


def measure_asked(number: int) -> dict[str, str]:
    """Return how the address of a page asks for a measure: a programme's first needs no asking."""
    return {} if number == 1 else {"measure": str(number)}


@dataclass(frozen=True, slots=True)
class RunningMeasure:
    """One measure of a programme that runs in a unit, and the unit's target in it. names: of a programme with several
    measures the measure's, else none. target: in another tree than the programme's `of_booths`.
    is_pinned: the account in scope has pinned it, and that was asked. expected: of the unit, beside its target."""

    programme: Programme
    measure: int
    names: dict[str, str]
    target: int | None
    is_pinned: bool = False
    expected: UnitExpectation | None = None

    @property
    def expected_words(self) -> str:
        """Say the number that is expected of the unit, the office and the day; "" where nothing is expected."""
        return self.expected.words if self.expected else ""

    @property
    def name(self) -> str:
        return words.name_in_language(self.programme.names) + (
            f": {words.name_in_language(self.names)}" if self.names else ""
        )

    @property
    def asked(self) -> dict[str, str]:
        """Return how the address of a page of its programme asks for it."""
        return measure_asked(self.measure)


_RUNNING_AT = f"""with {own_part.TOPS} select pin.programme_id is not null, place.*, running.*
  from (select) one left join ({NODE}) place on true left join ({_RUNNING}) running on true
  left join programmes_pin pin on %(pinned)s and pin.account_id = {ACCOUNT} and pin.programme_id = running.id
  order by pin.programme_id is null, running.opens_on, running.id"""


def _measures_read(programme: Programme, rows: Sequence[Sequence[Any]] | None) -> list[RunningMeasure]:
    """Read the array of _MEASURES."""
    rows = rows or ()
    return [
        RunningMeasure(
            programme,
            number,
            names if len(rows) > 1 else {},
            target,
            expected=UnitExpectation.read(expected),
        )
        for number, names, target, expected in rows
    ]


def measures_at(programme: Programme, unit_id: int, hierarchy: int) -> list[RunningMeasure]:
    """Return every measure of a programme with a unit's target and what is expected of it, also once it is over.

    One query.
    """
    params = {"programme": programme.pk, "unit": unit_id, "hierarchy": hierarchy, "zone": settings.TIME_ZONE}
    return _measures_read(programme, sql.value(_MEASURES_AT, params))


def running_at(
    unit_id: int, hierarchy: int, on: date, *, is_pinned_first: bool = False
) -> tuple[list[RunningMeasure], LedgerNode | None]:
    """Return every measure of `programmes_running`, with the unit's target; and `ledger.node_of` the unit.

    One query. is_pinned_first: the programme that the account in scope has pinned comes first.
    """
    params = {"unit": unit_id, "hierarchy": hierarchy, "on": on, "pinned": is_pinned_first}
    params["zone"] = settings.TIME_ZONE
    pins, rows = zip(
        *((row[0], row[1:]) for row in sql.rows(_RUNNING_AT, params, keep_plan=True)), strict=True
    )
    width = len(rows[0]) - len(_COLUMNS) - 1
    place = rows[0][:width]
    node = LedgerNode(unit_id, hierarchy, *place) if place[0] is not None else None
    programmes = []
    for is_pinned, row in ((pin, row[width:]) for pin, row in zip(pins, rows, strict=True)):
        if row[0] is None:
            continue
        value_by_column = dict(zip(_COLUMNS, row, strict=False))
        programme = Programme.from_db("default", list(value_by_column), list(value_by_column.values()))
        programmes += [
            replace(measure, is_pinned=is_pinned) for measure in _measures_read(programme, row[-1])
        ]
    return programmes, node


def measures(programmes: Iterable[Programme]) -> dict[int, list[Measure]]:
    """Return the measures of each programme, by its id, in their order."""
    found: dict[int, list[Measure]] = {one.pk: [] for one in programmes}
    for measure in Measure.objects.filter(programme__in=found).order_by("programme", "number"):
        found[measure.programme_id].append(measure)
    return found


def scope_units(programme: Programme) -> list[int]:
    """Return the ids of the units whose subtrees the programme covers."""
    return list(
        ProgrammeUnit.objects.filter(programme=programme).order_by("unit").values_list("unit_id", flat=True)
    )


def ask_outside(programme: Programme, unit_ids: Iterable[int], *, hierarchy: int) -> sql.Asked[set[int]]:
    """Ask which of the units a programme does not cover, neither whole nor in part. One query."""
    query = sql.ask(
        "select t.unit_id from units_placement t where t.unit_id = any(%(units)s::bigint[])"
        " and t.hierarchy = %(hierarchy)s and t.valid_to is null and t.lo is not null"
        " and not exists (select from programmes_scope s join units_placement a on a.unit_id = s.unit_id"
        " where s.programme_id = %(programme)s and a.hierarchy = t.hierarchy and a.valid_to is null"
        " and a.lo < t.hi and a.hi > t.lo)",
        {"units": list(unit_ids), "hierarchy": hierarchy, "programme": programme.pk},
        keep_plan=True,
    )
    return lambda: {unit for (unit,) in query()}


def covers_whole(programme: Programme, span: tuple[int, int]) -> bool:
    """Return whether a programme covers all of a unit; else lists of units below it leave some out."""
    return sql.exists(
        "select from programmes_scope s join units_placement a on a.unit_id = s.unit_id and a.valid_to is null"
        " where s.programme_id = %(programme)s and a.lo <= %(lo)s and a.hi >= %(hi)s",
        {"programme": programme.pk, "lo": span[0], "hi": span[1]},
    )


@dataclass(frozen=True, slots=True)
class UnitCharge:
    """Somebody in charge of a programme in a unit, as any page may show it."""

    id: int
    account: UUID
    name: str
    role: str
    unit_id: int
    unit_code: str
    unit_names: dict[str, str]
    since: datetime
    state: str
    account_id: int

    @property
    def role_name(self) -> str | Promise:
        return InCharge.Role(self.role).label

    @property
    def state_name(self) -> str | Promise:
        return InCharge.State(self.state).label


def in_charges(
    programme: Programme, *, units: Sequence[int] | None = None, only: int | None = None
) -> list[UnitCharge]:
    """Return who is in charge of a programme, at `units` or everywhere in sight: in-charges first, then by unit.

    only: the id of the one wanted.
    """
    chosen = None if units is None else list(units)
    rows = sql.rows(
        """select i.id, i.account_id, i.role, u.id, u.code, u.names, i.named_at, i.state
        from programmes_in_charge i
        join units_unit u on u.id = i.unit_id
        where i.programme_id = %s and i.ended_at is null and (%s::bigint[] is null or i.unit_id = any(%s))
          and (%s::bigint is null or i.id = %s)
        order by i.role desc, u.code, i.named_at""",
        [programme.pk, chosen, chosen, only, only],
    )
    signed_holders = holders_by_account(row[1] for row in rows)
    return [
        UnitCharge(
            number,
            signed_holders[account].account,
            signed_holders[account].name,
            role,
            unit_id,
            code,
            names,
            since,
            state,
            account,
        )
        for number, account, role, unit_id, code, names, since, state in rows
        if account in signed_holders
    ]


def targets_of(*, node: int, hierarchy: int, programmes: Sequence[Programme]) -> dict[tuple[int, int], int]:
    """Return a unit's targets in several programmes, by programme id and measure; in another tree than a
    programme's `of_booths`. One query."""
    rows = sql.rows(
        f"""select measure.programme_id, measure.number, coalesce(target.n,
            case when programme.hierarchy <> %(hierarchy)s then {_OF_BOOTHS} end)
          from programmes_measure measure join programmes_programme programme on programme.id = measure.programme_id
          left join programmes_target target on target.programme_id = measure.programme_id
            and target.measure = measure.number and target.unit_id = %(unit)s and target.replaced_at is null
          where measure.programme_id = any(%(programmes)s)""",
        {"unit": node, "hierarchy": hierarchy, "programmes": [one.pk for one in programmes]},
    )
    return {(programme, measure): n for programme, measure, n in rows if n is not None}


def ladder_picture(
    ladder: Ladder,
    *,
    name: str | Promise,
    programme: Programme,
    measure: int,
    on: date,
    target: int | None = None,
    checked: Estimated | None = None,
    **more: Any,
) -> Picture:
    """Return the picture of a ladder for a page: beside its target and the share of it due by `on`.

    checked: what checks say of the unit. more: what ui.ladder.Ladder takes besides, such as `definitions`.
    """
    if ladder.is_rounded:
        more.setdefault("hidden_reason", _("fewer than 10"))
    more.setdefault("definitions", activities.meanings_of(programme.kind, measure))
    # A part that is itself reckoned from two rungs would be their sum: only parts of one rung are shown.
    if parts := activities.activity_of(programme.kind).parts_in(ladder.parts):
        some = [(part.name, ladder.parts[part.key]) for part in parts if len(part.rungs) == 1]
        more.setdefault("parts", some)
    if checked is not None:
        more |= picture_of(checked, ladder)
    days = windows.length_days(programme.opens_on, programme.closes_on)
    return Picture(
        name=name,
        target=target,
        reported=ladder.reported,
        unsigned=ladder.unsigned,
        counted=ladder.counted,
        confirmed=ladder.confirmed,
        pace_pct=windows.passed_pct(programme.opens_on, programme.closes_on, on),
        day=windows.day_number(programme.opens_on, programme.closes_on, on),
        days=days,
        **more,
    )
