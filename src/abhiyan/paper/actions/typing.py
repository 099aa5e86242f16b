"""A sheet that is typed on our page: its lines become a list like any other (imports)."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from abhiyan.core.actor import Actor
from abhiyan.imports import actions as imports
from abhiyan.paper.models import PaperBatch
from abhiyan.programmes import queries as programmes

HEAD = ("Name", "Phone", "Birth year", "Booth code", "PIN code", "Day", "Worker's phone")


def bring_sheet(
    *,
    batch: PaperBatch,
    sheet: int,
    lines: Sequence[tuple[str, str, str, str, str]],
    day: date | None,
    worker: str,
    by: Actor,
    at: datetime,
) -> UUID:
    """Bring the lines of a sheet as a list for the batch's unit, and have it checked. The import's public id.

    lines: name, phone, year of birth, booth code and PIN code of each, as typed; an empty line stays one, so that a row
    that is refused is the line below it on the sheet. day, worker: from the foot of the sheet.
    Needs imports.paper over the batch's unit. Refuses what `imports.begin` does.
    """
    foot = (day.isoformat() if day else "", worker)
    file = io.StringIO()
    csv.writer(file).writerows(
        [HEAD, *((*line, *foot) if any(line) else ("",) * len(HEAD) for line in lines)]
    )
    data = file.getvalue().encode()
    staged = imports.begin_import(
        kind_key="paper",
        file_name=f"{batch.number} {sheet}.csv",
        file_bytes=len(data),
        options={
            "drive": str(programmes.programme_by_id(batch.programme_id).public_id),
            "batch": batch.number,
            "language": batch.language,
            "sheet": str(sheet),
        },
        unit_id=batch.unit_id,
        by=by,
        at=at,
    )
    imports.receive(public_id=staged.public_id, offset=0, piece=data, by=by, at=at)
    imports.check_when_sure(public_id=staged.public_id, by=by, at=at)
    return staged.public_id
