"""Tell a review which circulars an office-bearer has not opened."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from abhiyan.core.numbers import grouped
from abhiyan.ui.reviewed import ReviewedPart, Subject

from .circulars import read_of


def reviewed(subject: Subject, *, at: datetime) -> Iterator[ReviewedPart]:  # noqa: ARG001  # alike for every room
    """Count the circulars that went to an office-bearer, and those they have not read."""
    if subject.account_id is None:
        return
    n, unread = read_of(subject.account_id)
    yield ReviewedPart(
        _("Circulars"), [(_("Circulars received"), grouped(n)), (_("Not read yet"), grouped(unread))]
    )
