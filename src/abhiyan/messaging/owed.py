"""What messages ask of somebody today: a breaker that holds them back, and a yes to let them go."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.org import queries as offices
from abhiyan.org.viewer import Viewer
from abhiyan.ui.owed import Owed

from . import queries
from .rules import reasons


def owed(viewer: Viewer, *, at: datetime) -> Iterator[Owed]:
    """Held messages, for whoever may release them."""
    if not viewer.may("messages.release"):
        return
    yield from offices.allowed(
        viewer, "messages.release", at=at, where=lambda _release: reverse("messaging:list") + "?state=held"
    )
    for held in queries.held():
        yield Owed(
            urgency=1 if held.reason == "budget" else 2,
            title=ngettext("%(n)s message is held back", "%(n)s messages are held back", held.n)
            % {"n": held.n},
            meta=str(reasons.reason(held.reason)),
            href=reverse("messaging:list") + "?state=held",
            act=_("Look"),
            icon="mail",
            n=held.n,
        )
