"""What units reached in an earlier drive: taken in from a list, taken back with it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused
from abhiyan.programmes.models import UnitTotal


class LaterTotals(Refused):
    """A list brought since has changed what this one said."""

    code = "later_changes"
    message = _("A later list changed %(n)s of these figures. Undo that one first.")
    status = 409


def take_in_totals(
    *,
    label: str,
    source: str,
    figures: Sequence[tuple[int, int, int]],
    import_id: int,
    by: Actor,
    at: datetime,
) -> list[dict[str, Any]]:
    """Note figures (unit, total, row) under a label, in place of what was noted there. The import asked who may.

    A figure that was known already is this list's too from now on: taking back the one before must not take it away.
    Returns, per figure, what an undo needs: unit, and what stood there before (None: nothing).
    """
    with transaction.atomic():
        known = {
            one.unit_id: one
            for one in UnitTotal.objects.filter(label=label, unit_id__in=[unit for unit, _n, _row in figures])
        }
        said = {"source": source, "import_id": import_id}
        before = [
            {"unit": unit, "before": _kept(known[unit]) if unit in known else None}
            for unit, n, row in figures
            if unit not in known or _kept(known[unit]) != said | {"n": n, "row": row}
        ]
        written = {one["unit"] for one in before}
        UnitTotal.objects.bulk_create(
            (
                UnitTotal(unit_id=unit, label=label, n=n, source=source, import_id=import_id, row=row)
                for unit, n, row in figures
                if unit in written
            ),
            batch_size=2_000,
            update_conflicts=True,
            unique_fields=["label", "unit"],
            update_fields=["n", "source", "import_id", "row"],
        )
        audit.record(
            by=by, at=at, act="programmes.take_in_totals", n=len(written), facts={"import": import_id}
        )
        return before


def take_back_totals(
    *, label: str, before: Iterable[Mapping[str, Any]], import_id: int, by: Actor, at: datetime
) -> int:
    """The figures of a list go, and what stood there before comes back. Refuses LaterTotals. How many changed."""
    with transaction.atomic():
        old = {one["unit"]: one["before"] for one in before}
        own = UnitTotal.objects.filter(label=label, import_id=import_id, unit_id__in=old)
        if later := len(old) - own.count():
            raise LaterTotals(n=later)
        own.delete()
        UnitTotal.objects.bulk_create(
            (UnitTotal(unit_id=unit, label=label, **kept) for unit, kept in old.items() if kept is not None),
            batch_size=2_000,
        )
        audit.record(by=by, at=at, act="programmes.take_back_totals", n=len(old), facts={"import": import_id})
        return len(old)


def _kept(one: UnitTotal) -> dict[str, Any]:
    return {"n": one.n, "source": one.source, "import_id": one.import_id, "row": one.row}
