"""Lists that name a unit in each row: finding the units, and a whole list of figures by unit in one declaration."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from abhiyan.core.models import JournalPage
from abhiyan.imports.kinds import ImportKind, RowDifference, RowOutcome
from abhiyan.imports.tables.layout import CellKind, Field, Layout
from abhiyan.imports.tables.reading import Batch
from abhiyan.imports.work import Work

from . import actions, queries
from .models import Kind
from .rules.codes import whole_code

UNIT = Field(
    "unit_code",
    "Unit code",
    "इकाई कोड",
    "code, unit, booth code, booth, polling station, कोड, इकाई, बूथ कोड, बूथ, मतदान केंद्र",
    CellKind.CODE,
    required=True,
    max_length=64,
    instead=("part_no",),
)
SEAT_NO = Field(
    "seat_no",
    "Assembly no.",
    "विधानसभा सं.",
    "ac no, ac, assembly number, विधानसभा, विधानसभा संख्या, विधानसभा क्रमांक",
    CellKind.INTEGER,
    least=1,
    most=9_999,
)
PART_NO = Field(
    "part_no",
    "Part no.",
    "भाग सं.",
    "part number, part, booth no, booth number, भाग, भाग संख्या, भाग क्रमांक, बूथ सं., बूथ संख्या",
    CellKind.INTEGER,
    least=1,
    most=99_999,
)
PLACE = (
    UNIT,
    SEAT_NO,
    PART_NO,
)  # of every list whose rows name a place; `rows_with_places` makes one code of them
# Kinds of units that lists of offices and figures have a row for, those at the polling station first.
PLACES = (
    Kind.BOOTH,
    Kind.CLUSTER,
    Kind.MANDAL,
    Kind.DISTRICT,
    Kind.REGION,
    Kind.STATE,
    Kind.CONSTITUENCY,
    Kind.SEGMENT,
    Kind.BLOCK,
    Kind.VILLAGE,
    Kind.WARD,
    Kind.ZONE,
)
REASONS = {
    "unit_unknown": _("There is no unit with the code %(unit)s."),
    "unit_short": _("%(unit)s is short, and this list is for several seats or states. Write the whole code."),
    "unit_needed": _("Write the unit's code, or the numbers of assembly and part."),
    "unit_outside": _("The unit %(unit)s is not below the unit this list is for."),
    "place_far": _(
        "This place is %(km)s km from %(unit)s. Correct latitude and longitude, or leave both empty."
    ),
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


def rows_with_places(work: Work, *, within: int | None = None, **more: Any) -> Iterator[Batch]:
    """The rows of a list whose layout has PLACE, in batches. The whole code stands where the three cells were.

    within: the unit the list is of; the import's own unless it is given. A row that names no place is refused here,
    and is one of the faulty.
    more: as of `Work.rows`.
    """
    at = 1 + [field.key for field in work.kind.layout.fields].index(UNIT.key)
    after = at + len(PLACE)
    code_by_text: dict[str, str] = {}
    for batch in work.rows(**more):
        fresh = {_written(row[at:after]) for row in (*batch.rows, *batch.faulty)} - code_by_text.keys() - {""}
        code_by_text |= whole_codes(fresh, within or work.unit_id)
        sound = [(*row[:at], _code_of(work, row, at, code_by_text), *row[after:]) for row in batch.rows]
        faulty = [(*row[:at], _code_of(work, row, at, code_by_text), *row[after:]) for row in batch.faulty]
        batch.rows = [row for row in sound if row[at]]
        batch.faulty = [*faulty, *(row for row in sound if not row[at])]
        yield batch


def whole_codes(written: set[str], within: int | None) -> dict[str, str]:
    """The whole code of each place as a list writes it; empty where it is short, and the list is of several seats.

    within: the unit the list is of. A code that a unit has stays as it is, and needs no capitals.
    """
    if not written:
        return {}
    state, seat = queries.only_state(within), queries.only_seat(within) if within else ""
    there = queries.ids_of({*written, *map(str.upper, written)})
    code_by_text = {}
    for code_text in written:
        whole = whole_code(code_text, state=state, seat=seat)
        if code_text in there or whole:
            code_by_text[code_text] = code_text if code_text in there else whole
        elif code_text.upper() in there:
            code_by_text[code_text] = code_text.upper()
        else:
            code_by_text[code_text] = "" if whole_code(code_text, state="?", seat="?") else code_text
    return code_by_text


def _written(cells: tuple[Any, ...]) -> str:
    """The place of a row as one text: its code, or "56/126" of the numbers of seat and part."""
    code, seat_no, part_no = cells
    return code or ("" if not part_no else f"{seat_no}/{part_no}" if seat_no else str(part_no))


def _code_of(work: Work, row: tuple[Any, ...], at: int, known: Mapping[str, str]) -> str | None:
    cells = row[at : at + len(PLACE)]
    written = _written(cells)
    if written and known[written]:
        return known[written]
    if not any(work.is_refused(row[0], field.key) for field in PLACE):  # a list may be read twice
        field = PART_NO if written and not cells[0] else UNIT
        work.refuse(
            row[0],
            field.key,
            "unit_short" if written else "unit_needed",
            **({"unit": written} if written else {}),
        )
    return None


def every_row(work: Work, *, within: int | None = None, **more: Any) -> list[tuple[Any, ...]]:
    """Every row in the order of the file, as of `rows_with_places`; also those with a cell that was refused (None)."""
    batches = rows_with_places(work, within=within, **more)
    return sorted(
        (row for batch in batches for row in (*batch.rows, *batch.faulty)), key=lambda row: int(row[0])
    )


def ids_by_code(codes: set[str], within: int | None) -> tuple[dict[str, int], set[int]]:
    """Return ids by code, and the ids outside `within` in every hierarchy."""
    ids = queries.ids_of(codes)
    if within is None:
        return ids, set()
    bounds = queries.all_spans([within]).get(within, [])
    spans = queries.all_spans(ids.values())
    outside = {
        unit
        for unit in ids.values()
        if not any(lo <= position < hi for position, _end in spans.get(unit, []) for lo, hi in bounds)
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

    def option_values(work: Work, names: tuple[str, ...] = of) -> dict[str, str]:
        return {name: work.options[name] for name in names}

    def counted(work: Work) -> tuple[list[UnitListRow], Mapping[int, tuple[Any, ...]]]:
        rows = _sound(work)
        figures = model._default_manager.filter(
            **option_values(work), unit_id__in=[row.unit_id for row in rows]
        )
        old = {unit: tuple(values) for unit, *values in figures.values_list("unit_id", *fields)}
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
                of=option_values(work),
                figures={
                    row.unit_id: dict(zip(fields, row.values, strict=True))
                    | {"row": row.number}
                    | option_values(work, said)
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
                of=option_values(work),
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
        layout=Layout(key=key, personal=False, fields=(*PLACE, *fields.values())),
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
        places=PLACES,
        **more,
    )


def _sound(work: Work) -> list[UnitListRow]:
    """Rows that name one unit each; the others are refused, for all that is wrong with them."""
    rows = every_row(work)
    ids, outside = ids_by_code({row[1] for row in rows if row[1]}, work.unit_id)
    first: dict[int, int] = {}
    sound_rows = []
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
                sound_rows.append(UnitListRow(number, code, unit, tuple(values)))
    return sound_rows


def _differences(import_id: int, first: int, how_many: int) -> Sequence[RowDifference]:
    row_differences = [
        RowDifference(*change)
        for page in JournalPage.objects.filter(import_id=import_id).order_by("number")
        for change in page.facts.get("changed", ())
    ]
    return row_differences[first : first + how_many]
