"""Reads of a drive that pages and acts share: its row, its roll, and the places it takes people at."""

from collections.abc import Collection

from django.db.models import QuerySet, Sum

from abhiyan.core import sql
from abhiyan.core.refusals import or_refuse
from abhiyan.enrolment.models import Drive, RefusedCount, Roll
from abhiyan.enrolment.rules import rolls
from abhiyan.enrolment.rules.rolls import RollKind
from abhiyan.programmes.models import Programme


def rolls_kept() -> list[Roll]:
    """Return the rolls, in the order in which they were made."""
    return list(Roll.objects.order_by("pk"))


def drive_row(programme_id: int) -> Drive | None:
    """Return the drive of a programme; None where it is of another kind, or its draft was thrown away."""
    return Drive.objects.filter(pk=programme_id).select_related("roll").first()


def is_drive(programme_id: int) -> bool:
    """Return True if a programme is a drive, and was not thrown away."""
    return Drive.objects.filter(pk=programme_id).exists()


def drives_in_sight() -> QuerySet[Drive]:
    """Return the drives that the scope in force may see."""
    return Drive.objects.all()


def not_taken(programme_id: int) -> dict[str, int]:
    """Count the refused people without any other trace, by the code of the reason, the most first; of units in
    sight."""
    counts = RefusedCount.objects.filter(programme_id=programme_id).values("reason").annotate(n=Sum("n"))
    return {count["reason"]: count["n"] for count in counts.order_by("-n", "reason") if count["n"] > 0}


# The positions a drive takes people at, beside a programme p: its scope, in its own hierarchy. The pages, the forms
# and the act all ask these.
SPANS = """programmes_scope s join units_placement a on s.programme_id = p.id and a.unit_id = s.unit_id
  and a.hierarchy = p.hierarchy and a.valid_to is null and a.lo is not null"""


def covered(*, programme_id: int, unit_ids: Collection[int]) -> set[int]:
    """Return the units a drive takes people for: open, and in its scope today in any of their hierarchies."""
    return set(
        sql.column(
            "select distinct t.unit_id from programmes_programme p"
            f" join lateral (select a.lo, a.hi from {SPANS}) a on true"
            " join units_placement t on t.unit_id = any(%s) and t.valid_to is null and t.lo >= a.lo and t.lo < a.hi"
            " join units_unit u on u.id = t.unit_id and u.closed_on is null where p.id = %s",
            [list(unit_ids), programme_id],
        )
    )


def drive_for(programme: Programme) -> Drive:
    """Return the drive of a programme one may see, drafts too. NotFound for programmes of another kind."""
    return or_refuse(Drive.objects.filter(programme_id=programme.pk).select_related("roll").first())


def roll_of(programme_id: int) -> RollKind:
    """Return the words of the roll that a programme fills. In a system scope, or where the programme is seen."""
    code = Drive.objects.filter(pk=programme_id).values_list("roll__code", flat=True).first()
    return rolls.of_roll(code or "")
