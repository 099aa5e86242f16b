"""By when something is due, as people say it: 2 days late; today, 18:00; 16 Dec."""

from datetime import datetime

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core import clock
from abhiyan.core.numbers import grouped

HOURS = 48  # late by less is said in hours


def due_said(due_at: datetime, *, at: datetime) -> str:
    """Return by when something is due, or by how much it is late."""
    if due_at < at:
        hours = max(1, int((at - due_at).total_seconds() // 3600))
        if hours < HOURS:
            return ngettext("%(n)s hour late", "%(n)s hours late", hours) % {"n": grouped(hours)}
        return ngettext("%(n)s day late", "%(n)s days late", hours // 24) % {"n": grouped(hours // 24)}
    here = localtime(due_at)
    zone = settings.TIME_ZONE
    if clock.day_in(zone, due_at) == clock.day_in(zone, at):
        return _("today, %(time)s") % {"time": date_format(here, "H:i")}
    return date_format(here, "j M")
