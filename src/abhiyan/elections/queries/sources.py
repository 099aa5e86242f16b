"""Say which files and rows the figures of seats and parts come from."""

from collections.abc import Collection, Iterable, Mapping

from django.db.models import Min

from abhiyan.elections.models import Contest, Election, PartVotes, ResultFile

from .loading import FigureSource, source, sources

Rows = dict[int, list[tuple[int, int]]]


def rows_of_parts(
    of: Election, unit_ids: Iterable[int], parties: Collection[str]
) -> tuple[Rows, Mapping[int, ResultFile]]:
    """unit -> (import, row) of each figure of the parties there, where the unit is a segment or booth with votes of
    its own; and the files. Two queries."""
    lines = PartVotes.objects.filter(
        part__unit__in=list(unit_ids), part__contest__election=of, candidacy__party__in=list(parties)
    )
    return _gathered(lines.values_list("part__unit_id", "import_id", "row"))


def sources_of_units(of: Election, unit_ids: Collection[int]) -> dict[int, FigureSource]:
    """unit -> file and first row of what an election says of it: as a seat, else as a segment or booth. Three
    queries."""
    lines = PartVotes.objects.filter(part__unit__in=unit_ids, part__contest__election=of).order_by()
    seats = Contest.objects.filter(unit__in=unit_ids, election=of)
    found: dict[int, tuple[int, int]] = {
        unit_id: (import_id, row)
        for unit_id, import_id, row in [
            *lines.values_list("part__unit_id", "import_id").annotate(row=Min("row")),
            *seats.values_list("unit_id", "import_id", "row"),
        ]
        if unit_id is not None
    }
    files = sources(import_id for import_id, _row in found.values())
    return {unit_id: source(files, import_id, row) for unit_id, (import_id, row) in found.items()}


def _gathered(lines: Iterable[tuple[int, int, int]]) -> tuple[Rows, Mapping[int, ResultFile]]:
    found: Rows = {}
    for key, import_id, row in lines:
        found.setdefault(key, []).append((import_id, row))
    return found, sources(import_id for pairs in found.values() for import_id, _row in pairs)
