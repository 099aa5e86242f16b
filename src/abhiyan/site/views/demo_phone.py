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
def phone(request: Request) -> HttpResponse:
    """The last messages the demo put into its outbox file, newest first, in full: every phone in it is invented.

    `to` shows those to one number only, by its last digits: the sample sends many others meanwhile.
    """
    path = home.path() / "outbox" / "messages.jsonl"
    asked = request.GET.get("to", "")
    digits = "".join(sign for sign in asked if sign.isdecimal())[-10:]
    last: deque[dict[str, str]] = deque(maxlen=SHOWN)
    if path.exists():
        with path.open(encoding="utf-8") as file:
            last.extend(one for one in map(json.loads, file) if one["to"].endswith(digits))
    return render(
        request, "site/demo_phone.html", {"sent": [*reversed(last)], "shown": SHOWN, "to": asked[:20]}
    )
