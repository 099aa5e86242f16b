"""What messages ask of somebody today: a breaker that holds them back, and a yes to let them go."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.org.models import Release
from abhiyan.org.viewer import Viewer
from abhiyan.ui.owed import Owed

from . import queries
from .rules import reasons


def owed(viewer: Viewer, *, at: datetime) -> Iterator[Owed]:  # noqa: ARG001  # every room is asked alike
    """Held messages, for whoever may release them."""
    if not viewer.may("messages.release"):
        return
    for held in queries.held():
        yield Owed(
            urgency=1 if held.reason == "budget" else 2,
            title=ngettext("%(n)s message is held back", "%(n)s messages are held back", held.n)
            % {"n": held.n},
            meta=str(reasons.reason(held.reason)),
            href=held_page(),
            act=_("Look"),
            icon="mail",
        )


def held_page(_release: Release | None = None) -> str:
    """What is held back; an approved release is used there."""
    return reverse("messaging:list") + "?state=held"


def send_page(release: Release) -> str:
    """The bulk send that was asked, where it is started and stopped."""
    return reverse("messaging:send", args=[release.payload["send"]])
