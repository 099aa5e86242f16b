"""Lists that name a unit in each row: finding the units, and a whole list of figures by unit in one declaration."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from abhiyan.core.imports import ImportKind, RowDifference, RowOutcome, Work
from abhiyan.core.models import JournalPage
from abhiyan.core.tables.layout import CellKind, Field, Layout

from . import actions, queries

UNIT = Field(
    "unit_code",
    "Unit code",
    "इकाई कोड",
    "code, unit, कोड, इकाई",
    CellKind.CODE,
    required=True,
    max_length=64,
)
REASONS = {
    "unit_unknown": _("There is no unit with the code %(unit)s."),
    "unit_outside": _("The unit %(unit)s is not below the unit this list is for."),
    "doubled": _("This is in row %(first)s already."),
}
_AT_ONCE = 5_000
Text = str | Promise


class UnitListRow(NamedTuple):
    """One sound row. number: in the file. values: of the fields beside the unit."""

    number: int
    code: str
    unit_id: int
    values: tuple[Any, ...]


def every_row(work: Work, **more: Any) -> list[tuple[Any, ...]]:
    """Every row in the order of the file; also those with a cell that was refused (None there)."""
    rows = [row for batch in work.rows(**more) for row in (*batch.rows, *batch.faulty)]
    return sorted(rows, key=lambda row: int(row[0]))


def placed(codes: set[str], within: int | None) -> tuple[dict[str, int], set[int]]:
    """Ids by code, and those ids that do not stand at or below `within` in any hierarchy."""
    ids = queries.ids_of(codes)
    if within is None:
        return ids, set()
    bounds = queries.all_spans([within]).get(within, [])
    spans = queries.all_spans(ids.values())
    outside = {
        unit
        for unit in ids.values()
        if not any(lo <= own < hi for own, _end in spans.get(unit, []) for lo, hi in bounds)
    }
    return ids, outside


def list_of_figures(
    *,
    key: str,
    model: type[models.Model],
    fields: Mapping[str, Field],
    title: Text,
    explains: Text,
    capability: str,
    of: tuple[str, ...] = (),
    said: tuple[str, ...] = (),
    **more: Any,
) -> ImportKind:
    """A list with one row for each unit, and the same figures in each.

    model: one row for each unit; has `unit`, `row` (in the file) and `import_id`. fields: column of the model -> field,
    those beside the unit. of, said: options that are kept in a column of their own: `of` makes a set of figures apart
    from others, `said` goes with each. more: what ImportKind takes besides.
    """
    act = f"{model._meta.app_label}.%s_{key}"

    def asked(work: Work, names: tuple[str, ...] = of) -> dict[str, str]:
        return {name: work.options[name] for name in names}

    def counted(work: Work) -> tuple[list[UnitListRow], Mapping[int, tuple[Any, ...]]]:
        rows = _sound(work)
        found = model._default_manager.filter(**asked(work), unit_id__in=[row.unit_id for row in rows])
        old = {unit: tuple(values) for unit, *values in found.values_list("unit_id", *fields)}
        for row in rows:
            before = old.get(row.unit_id)
            work.count("new" if before is None else "same" if before == row.values else "changed")
        return rows, old

    def check(work: Work) -> None:
        rows, old = counted(work)
        changed = [
            [row.number, row.code, field.key, str(before), str(after)]
            for row in rows
            for field, before, after in zip(
                fields.values(), old.get(row.unit_id, ()), row.values, strict=False
            )
            if before != after
        ]
        for start in range(0, len(changed), _AT_ONCE):
            work.keep({"changed": changed[start : start + _AT_ONCE]})

    def commit(work: Work) -> None:
        rows, _old = counted(work)
        for start in range(0, len(rows), _AT_ONCE):
            before = actions.take_in_figures(
                model=model,
                of=asked(work),
                figures={
                    row.unit_id: dict(zip(fields, row.values, strict=True))
                    | {"row": row.number}
                    | asked(work, said)
                    for row in rows[start : start + _AT_ONCE]
                },
                import_id=work.id,
                act=act % "take_in",
                by=work.by,
                at=work.at,
            )
            work.keep({"before": before})
            work.progress(start + _AT_ONCE, len(rows))

    def undo(work: Work) -> None:
        for page in work.kept(backwards=True):
            n = actions.take_back_figures(
                model=model,
                of=asked(work),
                before=page.get("before", ()),
                import_id=work.id,
                act=act % "take_back",
                by=work.by,
                at=work.at,
            )
            work.count("new", n)

    return ImportKind(
        key=key,
        title=title,
        explains=explains,
        layout=Layout(key=key, personal=False, fields=(UNIT, *fields.values())),
        capability=capability,
        outcomes={
            "new": RowOutcome(_("New"), "ok"),
            "changed": RowOutcome(_("Changed"), "ok"),
            "same": RowOutcome(_("Unchanged")),
        },
        reasons=REASONS,
        check=check,
        commit=commit,
        undo=undo,
        differences=_differences,
        **more,
    )


def _sound(work: Work) -> list[UnitListRow]:
    """Rows that name one unit each; the others are refused, for all that is wrong with them."""
    rows = every_row(work)
    ids, outside = placed({row[1] for row in rows if row[1]}, work.unit_id)
    first: dict[int, int] = {}
    found = []
    for number, code, *values in rows:
        unit = ids.get(code)
        if not code:
            continue  # refused by the reader
        if unit is None:
            work.refuse(number, "unit_code", "unit_unknown", unit=code)
        elif unit in outside:
            work.refuse(number, "unit_code", "unit_outside", unit=code)
        elif unit in first:
            work.refuse(number, "unit_code", "doubled", first=str(first[unit]))  # a row, no count
        else:
            first[unit] = number
            if not work.is_refused(number):
                found.append(UnitListRow(number, code, unit, tuple(values)))
    return found


def _differences(import_id: int, first: int, how_many: int) -> Sequence[RowDifference]:
    found = [
        RowDifference(*one)
        for page in JournalPage.objects.filter(import_id=import_id).order_by("number")
        for one in page.facts.get("changed", ())
    ]
    return found[first : first + how_many]
