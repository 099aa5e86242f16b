"""What reviews ask of somebody today: to review, to answer before a decision, to read one."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core import clock
from abhiyan.core.numbers import grouped
from abhiyan.core.words import named
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.ui.owed import Owed

from .models import Review
from .queries import rounds as found

SHOWN = 3


def owed(viewer: Viewer, *, at: datetime) -> Iterator[Owed]:
    """Of a reviewer: what is left of each round. Of an office-bearer: their page until they answer, then the decision.
    Of an office of a reviewed unit: the decision, until it replies."""
    if viewer.account_id is None:
        return
    on = clock.day_in(settings.TIME_ZONE, at)
    for one in found.to_answer(viewer.account_id, on=on, limit=SHOWN):
        until = {"name": one.round.name, "day": date_format(one.round.ends_on, "j M Y")}
        yield _own(
            one, _("You are reviewed: read your page and answer"), _("%(name)s, until %(day)s") % until
        )
    for one in found.to_read(viewer.account_id, limit=SHOWN):
        yield _own(one, _("Read the decision about you"), one.get_decision_display(), urgency=3)
    if not viewer.may(LEADS):
        return
    for left in found.left_of(viewer, on=on):
        page = reverse("review:round", args=[left.round.public_id]) + f"?show={found.WAITING}"
        word = ngettext("Review %(n)s person", "Review %(n)s people", left.n)
        if not left.round.of_office:
            word = ngettext("Review %(n)s unit", "Review %(n)s units", left.n)
        yield Owed(
            urgency=1 if left.round.ends_on == on else 2,
            title=word % {"n": grouped(left.n)},
            meta=_("%(name)s, until %(day)s")
            % {"name": left.round.name, "day": date_format(left.round.ends_on, "j M Y")},
            href=reverse("review:review", args=[left.only]) if left.only else page,
            act=_("Begin"),
            icon="edit",
        )
    units = [held.unit_id for held in viewer.appointments if LEADS in held.capabilities]
    for one in found.to_reply(units, at=at, limit=SHOWN):
        title = _("Read the review of %(unit)s") % {"unit": named(one.unit.names)}
        yield _own(one, title, one.get_decision_display(), urgency=3)


def _own(one: Review, title: str, meta: str, *, urgency: int = 2) -> Owed:
    page = reverse("review:review", args=[one.public_id])
    return Owed(urgency=urgency, title=title, meta=meta, href=page, act=_("Read"), icon="edit")
