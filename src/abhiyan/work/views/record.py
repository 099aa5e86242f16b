"""The record of somebody's duties, for who leads them from one level above."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from abhiyan.core import clock, rooms
from abhiyan.core.words import local_person
from abhiyan.org.viewer import Request
from abhiyan.programmes import here as shown
from abhiyan.ui.recorded import RecordPart
from abhiyan.work.queries import record as records


@require_GET
def record_of(request: Request, public_id: UUID) -> HttpResponse:
    """Show the duties of somebody one level below, and their week of work. One's own are on My work."""
    at = clock.now()
    record = records.record_for(request.viewer, public_id, at=at)
    if record.is_own:
        return redirect(f"{reverse('work:my_work')}?{request.GET.urlencode()}".rstrip("?"))
    on = shown.today_of_programmes(at)
    context = {
        "here": "my_work",
        "crumbs": [(local_person(record.name), "")],
        **duties(record, at=at),
        "stands": [(office, [stand.drawn(on=on) for stand in stands]) for office, stands in record.stands],
    }
    return render(request, "work/record.html", context)


def duties(record: records.Record, *, at: datetime) -> dict[str, Any]:
    """Return what a record and My work show alike: the duties, the parts of all rooms, and the week of work."""
    parts: Sequence[RecordPart] = [
        part
        for record_parts in rooms.offered("record_parts")
        for part in record_parts(record.account_id, is_own=record.is_own, at=at)
    ]
    return {"record": record, "parts": parts, "week": records.week_of_work(record.account_id, at=at)}
