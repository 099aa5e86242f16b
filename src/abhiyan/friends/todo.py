"""Offer work with friends on Today: friends nobody spoke with, and certificates to hand over."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core.words import name_in_language
from abhiyan.enrolment.queries.join import WORK_IN
from abhiyan.enrolment.rules.rolls import FRIENDS
from abhiyan.intake.queries.drive_work import DriveWork
from abhiyan.org.here import unit_address
from abhiyan.org.viewer import HeldOffice, Viewer
from abhiyan.programmes.models import Programme
from abhiyan.ui.numbers import grouped_to
from abhiyan.ui.owed import Owed

from .queries.certificates import count_to_hand_over
from .queries.in_touch import count_quiet

MOST = 1_000  # counted up to here; then "1,000 or more"


def owed_to_friends(drive_work: DriveWork) -> Iterator[Owed]:
    """Yield the viewer's work with friends, for a drive of friends in which they may enter people."""
    if drive_work.roll_code != FRIENDS.code:
        return
    yield from _quiet(drive_work.viewer, drive_work.at)
    if drive_work.organises or drive_work.office.unit_kind in WORK_IN:
        yield from _to_hand_over(drive_work.office, drive_work.programme)


def _quiet(viewer: Viewer, at: datetime) -> Iterator[Owed]:
    """Yield the viewer's own friends nobody spoke with for 30 days."""
    if n := count_quiet(viewer.account_id or 0, at=at, most=MOST):
        title = ngettext(
            "Nobody spoke with %(n)s friend for 30 days", "Nobody spoke with %(n)s friends for 30 days", n
        )
        yield Owed(
            urgency=2,
            title=title % {"n": grouped_to(n, MOST)},
            meta=_("They are your friends. Call or visit them."),
            href=reverse("friends:quiet_friends") + "?show=quiet",
            act=_("Stay in touch"),
            icon="phone",
        )


def _to_hand_over(held: HeldOffice, programme: Programme) -> Iterator[Owed]:
    """Yield certificates of friends in the unit of an office, whose paper nobody handed over yet."""
    if n := count_to_hand_over(programme, (held.lo, held.hi), most=MOST):
        title = ngettext("%(n)s certificate to hand over", "%(n)s certificates to hand over", n)
        yield Owed(
            urgency=2,
            title=title % {"n": grouped_to(n, MOST)},
            meta=f"{name_in_language(programme.names)} · {held.unit_name()}",
            href=unit_address(
                reverse("friends:certificate_list", args=[programme.public_id]),
                held.unit_code,
                held.hierarchy,
            ),
            act=_("Hand over"),
            icon="list",
            key=f"hand-over-{programme.pk}-{held.unit_id}",
        )
