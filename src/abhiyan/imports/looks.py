"""Keep the findings about a file with its import: JSON there, a Preview here."""

from dataclasses import asdict
from typing import Any

from .tables.layout import Layout
from .tables.sniffing import Preview, mapped, preview_from_json


def preview_to_json(preview: Preview) -> dict[str, Any]:
    """Everything but the mapping, which is the person's to change. Samples are masked already."""
    preview_json = asdict(preview)
    del preview_json["mapping"]
    preview_json["source"]["barred"] = {str(k): v for k, v in preview.source.barred.items()}
    for problem in preview_json["problems"]:
        problem["facts"] = {key: str(value) for key, value in problem["facts"].items()}
    return preview_json


def stored_preview(found: dict[str, Any], mapping: dict[str, int], layout: Layout) -> Preview:
    """Make a Preview from JSON, with its problems judged again for this mapping. Raises KeyError before the first
    look."""
    return mapped(preview_from_json({**found, "mapping": mapping}), layout, mapping)
