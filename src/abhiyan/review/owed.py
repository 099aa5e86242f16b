"""What reviews ask of somebody today: units to review, decisions about their own unit, and slides that came."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core import clock
from abhiyan.core.numbers import grouped
from abhiyan.core.words import named
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.ui.owed import Owed

from .queries import rounds as found
from .queries.schedules import unread

SHOWN = 3


def owed(viewer: Viewer, *, at: datetime) -> Iterator[Owed]:
    """Of a reviewer: what is left of each round. Of an office of a reviewed unit: the decision, until it replies."""
    if viewer.account_id is None:
        return
    for sent in unread(viewer, at=at):
        what = sent.deck.round.name if sent.deck.round else ""
        what = named(sent.deck.programme.names) if sent.deck.programme else what
        yield Owed(
            urgency=3,
            title=_("Look at the slides of %(unit)s") % {"unit": named(sent.deck.unit.names)},
            meta=", ".join(filter(None, [what, date_format(localtime(sent.at), "j M Y")])),
            href=reverse("review:deck", args=[sent.deck.public_id]),
            act=_("Look"),
            icon="slides",
        )
    if not viewer.may(LEADS):
        return
    leading = [held for held in viewer.appointments if LEADS in held.capabilities]
    on = clock.day_in(settings.TIME_ZONE, at)
    for one in found.left_of([(held.office, held.unit_id) for held in leading], on=on):
        page = reverse("review:round", args=[one.round.public_id]) + "?show=waiting"
        yield Owed(
            urgency=1 if one.round.ends_on == on else 2,
            title=ngettext("Review %(n)s unit", "Review %(n)s units", one.n) % {"n": grouped(one.n)},
            meta=_("%(name)s, until %(day)s")
            % {"name": one.round.name, "day": date_format(one.round.ends_on, "j M Y")},
            href=reverse("review:review", args=[one.only]) if one.only else page,
            act=_("Begin"),
            icon="edit",
        )
    for review in found.to_reply([held.unit_id for held in leading], limit=SHOWN):
        yield Owed(
            urgency=3,
            title=_("Read the review of %(unit)s") % {"unit": named(review.unit.names)},
            meta=review.get_decision_display(),
            href=reverse("review:review", args=[review.public_id]),
            act=_("Read"),
            icon="edit",
        )
