"""Say which files and rows the figures of seats and parts come from."""

from collections.abc import Collection, Iterable, Mapping

from django.db.models import Min

from abhiyan.elections.models import Contest, Election, PartVotes, ResultFile

from .loading import FigureSource, files_of_imports, source

Rows = dict[int, list[tuple[int, int]]]


def rows_of_parts(
    election: Election, unit_ids: Iterable[int], parties: Collection[str]
) -> tuple[Rows, Mapping[int, ResultFile]]:
    """unit -> (import, row) of each figure of the parties there, where the unit is a segment or booth with votes of
    its own; and the files. Two queries."""
    lines = PartVotes.objects.filter(
        part__unit__in=list(unit_ids), part__contest__election=election, candidacy__party__in=list(parties)
    )
    return _gathered(lines.values_list("part__unit_id", "import_id", "row"))


def sources_of_units(election: Election, unit_ids: Collection[int]) -> dict[int, FigureSource]:
    """unit -> file and first row of what an election says of it: as a seat, else as a segment or booth. Three
    queries."""
    lines = PartVotes.objects.filter(part__unit__in=unit_ids, part__contest__election=election).order_by()
    seats = Contest.objects.filter(unit__in=unit_ids, election=election)
    source_by_unit: dict[int, tuple[int, int]] = {
        unit_id: (import_id, row)
        for unit_id, import_id, row in [
            *lines.values_list("part__unit_id", "import_id").annotate(row=Min("row")),
            *seats.values_list("unit_id", "import_id", "row"),
        ]
        if unit_id is not None
    }
    files = files_of_imports(import_id for import_id, _row in source_by_unit.values())
    return {unit_id: source(files, import_id, row) for unit_id, (import_id, row) in source_by_unit.items()}


def _gathered(lines: Iterable[tuple[int, int, int]]) -> tuple[Rows, Mapping[int, ResultFile]]:
    rows_by_unit: Rows = {}
    for key, import_id, row in lines:
        rows_by_unit.setdefault(key, []).append((import_id, row))
    return rows_by_unit, files_of_imports(
        import_id for pairs in rows_by_unit.values() for import_id, _row in pairs
    )
