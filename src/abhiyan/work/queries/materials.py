"""Materials: what somebody may read by their offices, what they put up for others, and how many have opened it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from abhiyan.core import sql
from abhiyan.core.refusals import or_refuse
from abhiyan.org import queries as org
from abhiyan.org.models import Office
from abhiyan.org.rules.ranges import literal
from abhiyan.org.viewer import Viewer
from abhiyan.programmes.models import Programme
from abhiyan.units import queries as units
from abhiyan.work.models import Material, MaterialOpening, MaterialVersion

RUN = "programmes.run"  # who holds it at a unit puts up files for it and those below
MOST_VERSIONS = 200  # of one material, on its page

# Offices held, as `viewer.appointments` has them today, that lie where a material is for and where its programme runs.
_HELD = """from unnest(%s::bigint[], %s::text[]) as held (unit_id, office)
 join units_placement pl on pl.unit_id = held.unit_id and pl.lo is not null
 join units_placement its on its.hierarchy = pl.hierarchy and pl.lo >= its.lo and pl.lo < its.hi
 join programmes_material m on m.unit_id = its.unit_id
  and (cardinality(m.offices) = 0 or held.office = any (m.offices))
 join programmes_scope s on s.programme_id = m.programme_id
 join units_placement sp on sp.unit_id = s.unit_id and sp.hierarchy = pl.hierarchy and pl.lo >= sp.lo and pl.lo < sp.hi
 where m.withdrawn_at is null"""
_LED = "select unit_id from units_placement where lo <@ %s::int8multirange"


def _held(viewer: Viewer) -> list[list[int] | list[str]]:
    some = viewer.appointments if viewer.is_strong else ()
    return [[office.unit_id for office in some], [office.office for office in some]]


def _for_them(viewer: Viewer) -> Q:
    return Q(pk__in=RawSQL(f"select m.id {_HELD}", _held(viewer)))  # noqa: S611  # values are parameters


def _led(viewer: Viewer) -> Q:
    """Return the condition on units where the viewer may put files up."""
    offices = (
        [office for office in viewer.appointments if RUN in office.capabilities] if viewer.is_strong else []
    )
    led = literal(span for office in offices for span in office.ranges)
    return Q(unit_id__in=RawSQL(_LED, [led]))  # noqa: S611  # values are parameters


def materials_of(viewer: Viewer, programme: Programme) -> QuerySet[Material]:
    """Return the materials of a programme the viewer reads by their office; where they put up files also
    withdrawn ones."""
    materials = Material.objects.select_related("unit").filter(programme=programme)
    return materials.filter(_for_them(viewer) | _led(viewer))


def own_materials(viewer: Viewer) -> QuerySet[Material]:
    """Return the materials for the viewer's own offices, in programmes that run."""
    materials = Material.objects.select_related("unit", "programme").filter(_for_them(viewer))
    return materials.filter(programme__state=Programme.State.OPEN)


def count_own(viewer: Viewer) -> tuple[int, int]:
    """Count the materials for the viewer's own offices, and those they have not opened."""
    row = sql.row(
        f"""with own as (select distinct m.id, m.programme_id {_HELD})
        select count(*), count(*) filter (where not exists (select from programmes_material_version v
          join programmes_material_opening o on o.version_id = v.id and o.account_id = %s
          where v.material_id = own.id and v.replaced_at is null))
        from own join programmes_programme p on p.id = own.programme_id and p.state = 'open'""",
        [*_held(viewer), viewer.account_id],
    )
    return (row[0], row[1]) if row else (0, 0)


def material_for(viewer: Viewer, public_id: UUID) -> Material:
    """Return one material the viewer reads, or put files up where it is for; or NotFound."""
    materials = Material.objects.select_related("unit", "programme__owner").filter(public_id=public_id)
    return or_refuse(materials.filter(_for_them(viewer) | _led(viewer)).first())


def may_lead(viewer: Viewer, material: Material) -> bool:
    """Return True if the viewer may put files up where a material is for."""
    return viewer.may_at(
        RUN, *(lo for lo, _hi in units.all_spans([material.unit_id]).get(material.unit_id, []))
    )


def newest(materials: Iterable[Material]) -> dict[int, MaterialVersion]:
    """Return the version in force of each, by the materials' ids; not its bytes."""
    rows = MaterialVersion.objects.filter(
        material__in=[material.pk for material in materials], replaced_at=None
    )
    return {row.material_id: row for row in rows.defer("sealed", "digest")}


def opened_by(account_id: int | None, versions: Iterable[MaterialVersion]) -> set[UUID]:
    """Return the versions among these that somebody has opened."""
    rows = MaterialOpening.objects.filter(
        account_id=account_id or 0, version__in=[material_version.pk for material_version in versions]
    )
    return set(rows.values_list("version_id", flat=True))


def material_versions(material: Material) -> list[MaterialVersion]:
    """Return the versions of a material in the viewer's sight, the newest first; not their bytes."""
    rows = MaterialVersion.objects.filter(material=material).defer("sealed", "digest")
    return list(rows.order_by("-number")[:MOST_VERSIONS])


def version_of_material(material: Material, number: int, *, leads: bool) -> MaterialVersion:
    """Return a version of a material, with its bytes sealed; without `leads` only the one in force. NotFound."""
    rows = MaterialVersion.objects.filter(material=material, number=number)
    return or_refuse((rows if leads else rows.filter(replaced_at=None)).first())


def same_there(programme_id: int, digest: bytes) -> Material | None:
    """Return a material of a programme in the caller's sight whose version in force is this very file."""
    materials = Material.objects.filter(programme_id=programme_id, withdrawn_at=None)
    return materials.filter(versions__digest=digest, versions__replaced_at=None).first()


def reached_by(viewer: Viewer, material: Material) -> tuple[int, str] | None:
    """Return unit and code of the highest of the viewer's offices a material is for; None: it is for none of them."""
    row: tuple[int, str] | None = sql.row(
        f"select held.unit_id, held.office {_HELD} and m.id = %s order by pl.depth, held.office limit 1",
        [*_held(viewer), material.pk],
    )
    return row


@dataclass(frozen=True, slots=True)
class OpenedMaterial:
    """The people who opened a material, by office and kind of unit. newest: its newest version."""

    office_names: dict[str, str]
    kind: str
    newest: int
    ever: int


_OPENED = """select o.names, u.kind, count(distinct b.account_id) filter (where v.replaced_at is null),
  count(distinct b.account_id)
 from programmes_material_version v join programmes_material_opening b on b.version_id = v.id
 join org_office o on o.code = b.office join units_unit u on u.id = b.unit_id
 where v.material_id = %s group by o.id, o.names, o.rank, u.kind order by o.rank, o.id, u.kind"""


def material_openings(material: Material) -> list[OpenedMaterial]:
    """Count the people who opened a material, by office and kind of unit, as far as in the viewer's sight."""
    return sql.each(OpenedMaterial, _OPENED, [material.pk])


def offices_at(unit_id: int, hierarchy: int) -> list[Office]:
    """Return the offices that may be held in a unit or below it, senior first."""
    kinds = {units.row_of_unit(unit_id, hierarchy).kind, *units.counts_below(unit_id, hierarchy)}
    return [office for office in org.offices_used() if not office.kinds or kinds & set(office.kinds)]


def named_offices(materials: Sequence[Material]) -> dict[str, dict[str, str]]:
    """Return the names of the offices that materials are for, by their codes."""
    codes: Collection[str] = {code for material in materials for code in material.offices}
    return (
        {office.code: office.names for office in org.offices_used() if office.code in codes} if codes else {}
    )
