"""What was found out about a file, as it is kept with its import: JSON there, a Preview here."""

from dataclasses import asdict
from typing import Any

from abhiyan.core.tables.layout import Layout
from abhiyan.core.tables.sniffing import Preview, Problem, SniffedColumn
from abhiyan.core.tables.sources import TableSource


def to_json(preview: Preview) -> dict[str, Any]:
    """Everything but the mapping, which is the person's to change. Samples are masked already."""
    found = asdict(preview)
    del found["mapping"]
    found["source"]["barred"] = {str(k): v for k, v in preview.source.barred.items()}
    for problem in found["problems"]:
        problem["facts"] = {key: str(value) for key, value in problem["facts"].items()}
    return found


def from_json(found: dict[str, Any], mapping: dict[str, int], layout: Layout) -> Preview:
    """A Preview again, with its problems judged anew for this mapping. Raises KeyError before the first look."""
    from abhiyan.core.tables.sniffing import mapped

    preview = Preview(
        source=_source(found["source"]),
        columns=tuple(
            SniffedColumn(**{**column, "samples": tuple(column["samples"])}) for column in found["columns"]
        ),
        mapping=mapping,
        problems=tuple(Problem(**problem) for problem in found["problems"]),
        dropped=found["dropped"],
        sheets=tuple(found["sheets"]),
        rows=found["rows"],
    )
    return mapped(preview, layout, mapping)


def _source(found: dict[str, Any]) -> TableSource:
    return TableSource(
        **{
            **found,
            "headers": tuple(found["headers"]),
            "barred": {int(key): value for key, value in found["barred"].items()},
            "marks": tuple((byte, rows) for byte, rows in found["marks"]),
        }
    )
