"""What joining asks of somebody today: claims without a place, calls that name nobody, and a second person's yes."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core.refusals import NotFound
from abhiyan.org import queries as offices
from abhiyan.org.models import Release
from abhiyan.org.viewer import Viewer
from abhiyan.programmes import queries as programmes
from abhiyan.ui.numbers import grouped
from abhiyan.ui.owed import Owed

from . import queries_people

MOST = 1_000  # counted up to here; then "1,000 or more"


def owed(viewer: Viewer, *, at: datetime) -> Iterator[Owed]:
    """Tokens and lists that were allowed, for whoever asked; both worklists, for whoever may place claims."""
    yield from offices.allowed(viewer, "channels.token", at=at, where=_drive)
    yield from offices.allowed(viewer, "people.export", at=at, where=_list)
    if not viewer.may("enrolment.place"):
        return
    unplaced, nameless = queries_people.waiting_counts(MOST)
    if unplaced:
        yield Owed(
            urgency=2,
            title=ngettext("%(n)s member has no place yet", "%(n)s members have no place yet", unplaced)
            % {"n": _counted(unplaced)},
            meta=_("They joined without a village, ward or booth"),
            href=reverse("enrolment:unplaced"),
            act=_("Give a place"),
            icon="unit",
            n=unplaced,
        )
    if nameless:
        yield Owed(
            urgency=2,
            title=ngettext("%(n)s call names nobody", "%(n)s calls name nobody", nameless)
            % {"n": _counted(nameless)},
            meta=_(
                "Several people share the phone, and the call does not say who it was. Choose the member."
            ),
            href=reverse("enrolment:nameless"),
            act=_("Settle"),
            icon="phone",
            n=nameless,
        )


def _drive(release: Release) -> str:
    try:
        programme = programmes.programme_by_id(int(release.payload["programme_id"]))
    except NotFound:  # its draft was thrown away meanwhile
        return reverse("org:releases")
    return reverse("enrolment:drive", args=[programme.public_id]) + "#tokens"


def _list(release: Release) -> str:
    return f"{reverse('enrolment:people')}?" + urlencode(
        {key: str(value) for key, value in release.payload.items() if value}
    )


def _counted(n: int) -> str:
    return f"{grouped(n)}+" if n >= MOST else grouped(n)
