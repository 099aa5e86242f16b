"""The demo's telephone: what it would have sent, for the person at this machine. No other installation has it."""

import json
from collections import deque

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from abhiyan.core import home
from abhiyan.org.viewer import Request

SHOWN = 30


@require_safe
def demo_phone_page(request: Request) -> HttpResponse:
    """Show the last messages the demo put into its outbox file, newest first, in full: every phone in it is
    invented."""
    path = home.home_folder() / "outbox" / "messages.jsonl"
    lines: deque[str] = deque(maxlen=SHOWN)
    if path.exists():
        with path.open(encoding="utf-8") as file:
            lines.extend(file)
    sent = [json.loads(line) for line in reversed(lines)]
    return render(request, "sample/demo_phone.html", {"sent": sent, "shown": SHOWN})
