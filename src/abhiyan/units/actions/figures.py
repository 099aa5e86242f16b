"""Figures by unit, which a list brings: taken in, and taken back with it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused

Model = type[models.Model]


class LaterFigures(Refused, code="later_changes", status=409):
    """A list brought since has changed what this one said."""

    message = _("A later list changed %(n)s of these figures. Undo that one first.")


def take_in_figures(
    *,
    model: Model,
    of: Mapping[str, Any],
    figures: Mapping[int, Mapping[str, Any]],
    import_id: int,
    act: str,
    by: Actor,
    at: datetime,
) -> list[dict[str, Any]]:
    """Write figures in place of what was there. The import asked who may.

    model: of the room that has the list; one row for each unit, or for each unit and `of`, and columns `unit` and
    `import_id`. figures: unit -> every other column. A figure that was known already is this list's too from now on:
    taking back the one before must not take it away. Returns, per figure, what an undo needs: unit, and what was there
    before (None: nothing).
    """
    with transaction.atomic():
        old_figures = _known(model, of, figures)
        columns = [*next(iter(figures.values()), {}), "import_id"]
        rows = [model(unit_id=unit, **of, **values, import_id=import_id) for unit, values in figures.items()]
        model._default_manager.bulk_create(
            rows,
            batch_size=2_000,
            update_conflicts=True,
            unique_fields=[*of, "unit_id"],
            update_fields=columns,
        )
        audit.record(by=by, at=at, act=act, n=len(rows), facts={"import": import_id})
        return [
            {
                "unit": unit,
                "before": {name: getattr(old_figures[unit], name) for name in columns}
                if unit in old_figures
                else None,
            }
            for unit in figures
        ]


def take_back_figures(
    *,
    model: Model,
    of: Mapping[str, Any],
    before: Iterable[Mapping[str, Any]],
    import_id: int,
    act: str,
    by: Actor,
    at: datetime,
) -> int:
    """The figures of a list go, and what was there before comes back. Refuses LaterFigures. Returns how many
    changed."""
    with transaction.atomic():
        old = {figure_before["unit"]: figure_before["before"] for figure_before in before}
        own_figures = model._default_manager.filter(**of, import_id=import_id, unit_id__in=old)
        if later := len(old) - own_figures.count():
            raise LaterFigures(n=later)
        own_figures.delete()
        model._default_manager.bulk_create(
            (model(unit_id=unit, **of, **kept) for unit, kept in old.items() if kept is not None),
            batch_size=2_000,
        )
        audit.record(by=by, at=at, act=act, n=len(old), facts={"import": import_id})
        return len(old)


def _known(model: Model, of: Mapping[str, Any], unit_ids: Iterable[int]) -> dict[int, Any]:
    figures_found = model._default_manager.filter(**of, unit_id__in=list(unit_ids))
    return {figure.unit_id: figure for figure in figures_found}  # type: ignore[attr-defined]  # every such model has it
