"""Files that a programme gives its workers: leaflets, speech notes, forms. The room's models import it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from abhiyan.core.files import SealedFile
from abhiyan.core.policy import ACCOUNT, COUNTS, LINE, PEOPLE, SYSTEM, placed_sql, policies
from abhiyan.units.models import Unit

# True if the viewer holds a named office in the material's unit or below it, where the programme runs. Their counts
# say where they are today: once an office ends, or a tree has moved, they show nothing.
_READS = f"""exists (select from org_appointment ap join org_office o on o.id = ap.office_id
 join units_placement pl on pl.unit_id = ap.unit_id and pl.lo <@ {COUNTS}
 join units_placement its on its.unit_id = programmes_material.unit_id and its.hierarchy = pl.hierarchy
  and pl.lo >= its.lo and pl.lo < its.hi
 join programmes_scope s on s.programme_id = programmes_material.programme_id
 join units_placement sp on sp.unit_id = s.unit_id and sp.hierarchy = pl.hierarchy and pl.lo >= sp.lo and pl.lo < sp.hi
 where ap.account_id = {ACCOUNT} and ap.state in ('active', 'disputed')
  and (cardinality(programmes_material.offices) = 0 or o.code = any (programmes_material.offices)))"""


class Material(models.Model):
    """Something for the workers of a programme in a unit and below it. Its file is that of its newest version."""

    public_id = models.UUIDField(unique=True)
    programme = models.ForeignKey("programmes.Programme", models.CASCADE, related_name="+")
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", db_index=False
    )  # it is for those here and below
    names = models.JSONField()
    offices = ArrayField(models.TextField(), default=list)  # codes of those it is for; none: every office
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)  # account
    newest_at = models.DateTimeField()  # when its newest version came
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.BigIntegerField(null=True)  # account
    reason = models.TextField(default="", db_default="")  # why it was withdrawn, if they say

    class Meta:
        app_label = "programmes"
        db_table = "programmes_material"
        # Acts write in the system's scope, after asking who may.
        constraints = policies(
            "material",
            using=f"{placed_sql('programmes_material.unit_id', LINE)} or (withdrawn_at is null and {_READS})",
            write=SYSTEM,
        )
        indexes = [
            models.Index(fields=["unit"], name="material_unit"),  # used by: undoing an import of units
        ]


class MaterialVersion(SealedFile):
    """One file of a material, sealed. A newer one replaces it; then only people who manage files there open it."""

    material = models.ForeignKey(Material, models.CASCADE, related_name="versions", db_index=False)
    unit_id = models.BigIntegerField()  # the material's
    number = models.SmallIntegerField()  # from 1
    kind = models.TextField()  # ending: a key of rules.materials.KINDS
    added_by = models.BigIntegerField(null=True)  # account
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "programmes"
        db_table = "programmes_material_version"
        constraints = [
            models.UniqueConstraint(fields=["material", "number"], name="material_version_once"),
            *policies(
                "material_version",
                using=f"{placed_sql('programmes_material_version.unit_id', LINE)} or (replaced_at is null and exists"
                " (select from programmes_material m where m.id = programmes_material_version.material_id"
                " and m.withdrawn_at is null))",
                write=SYSTEM,
            ),
        ]


class MaterialOpening(models.Model):
    """Somebody it is for has opened a version: once each, by the office it came to them for."""

    pk = models.CompositePrimaryKey("version_id", "account_id")
    version = models.ForeignKey(MaterialVersion, models.CASCADE, related_name="+", db_index=False)
    account_id = models.BigIntegerField()
    unit_id = models.BigIntegerField()  # of that office
    office = models.TextField()  # its code
    at = models.DateTimeField()

    class Meta:
        app_label = "programmes"
        db_table = "programmes_material_opening"
        constraints = policies(
            "material_opening",
            using=f"account_id = {ACCOUNT} or {placed_sql('programmes_material_opening.unit_id', PEOPLE)}",
            write=SYSTEM,
        )
