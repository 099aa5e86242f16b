"""Say what messages ask of somebody today: a breaker that holds them back, and a yes to release them."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core.numbers import grouped
from abhiyan.org.models import Release
from abhiyan.org.viewer import Viewer
from abhiyan.ui.owed import I_WAIT_FOR, Beside, Owed

from . import circulars, queries
from .rules import reasons


def message_todo(viewer: Viewer, *, at: datetime) -> Iterator[Owed | Beside]:
    """Yield circulars to read, and how many have read one's own; held messages, for a viewer who may release them."""
    yield from _circulars(viewer, at=at)
    if not viewer.may("messages.release"):
        return
    for held_messages in queries.held_by_reason():
        yield Owed(
            urgency=1 if held_messages.reason == "budget" else 2,
            title=ngettext("%(n)s message is held back", "%(n)s messages are held back", held_messages.n)
            % {"n": grouped(held_messages.n)},
            meta=str(reasons.reason_words(held_messages.reason)),
            href=held_page(),
            act=_("Look"),
            icon="mail",
            key=f"held-{held_messages.programme_id}-{held_messages.reason}",
        )


def _circulars(viewer: Viewer, *, at: datetime) -> Iterator[Owed | Beside]:
    if viewer.account_id is None or not viewer.is_strong:
        return
    unread, is_email_failing = circulars.unread_circulars(viewer.account_id)
    for circular in unread:
        yield Owed(
            urgency=1,
            title=_("Circular: %(subject)s") % {"subject": circular.title},
            meta=circular.sender,
            href=reverse("messaging:circular", args=[circular.public_id]),
            act=_("Read it"),
            icon="mail",
        )
    if is_email_failing:
        yield Owed(
            urgency=2,
            title=_("Your e-mail address does not work"),
            meta=_("Notices come by SMS until you enter another."),
            href=reverse("messaging:email"),
            act=_("Change it"),
            icon="mail",
        )
    for sent in circulars.sent_lately(viewer.account_id, at=at):
        yield Beside(
            sheet=I_WAIT_FOR,
            title=_("Circular: %(subject)s") % {"subject": sent.title},
            meta=_("%(read)s of %(all)s have read it") % {"read": grouped(sent.read), "all": grouped(sent.n)},
            href=reverse("messaging:circular", args=[sent.public_id]),
        )


def held_page(_release: Release | None = None) -> str:
    """What is held back; an approved release is used there."""
    return reverse("messaging:list") + "?state=held"


def send_page(release: Release) -> str:
    """The bulk send that was asked, where it is started and stopped."""
    return reverse("messaging:send", args=[release.payload["send"]])
