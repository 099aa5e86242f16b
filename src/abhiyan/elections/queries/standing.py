"""What the figures of a side in the parts of seats stand on: file and rows."""

from collections.abc import Collection, Iterable, Mapping

from abhiyan.elections.models import Election, PartVotes, ResultFile

from .loading import sources

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


def _gathered(lines: Iterable[tuple[int, int, int]]) -> tuple[Rows, Mapping[int, ResultFile]]:
    found: Rows = {}
    for key, import_id, row in lines:
        found.setdefault(key, []).append((import_id, row))
    return found, sources(import_id for pairs in found.values() for import_id, _row in pairs)
