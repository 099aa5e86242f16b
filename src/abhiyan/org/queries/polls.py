"""Describe an entry of the calendar of polls to the person who decides it."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from abhiyan.org.models import Release
from abhiyan.units import queries as units
from abhiyan.units.models import Poll

AREAS_SHOWN = 10


def poll_sentences(release: Release) -> list[str]:
    """Return what exactly a request would put into force: its kind and days, each phase with its close and areas."""
    poll = units.poll(UUID(str(release.payload["poll"])))
    texts = [
        _("%(kind)s, from %(first)s to %(last)s.")
        % {
            "kind": poll.get_kind_display(),
            "first": date_format(poll.announced_on, "j M Y"),
            "last": date_format(poll.result_on, "j M Y"),
        }
    ]
    if poll.is_withdrawal:
        return [_("This entry would be withdrawn."), *texts]
    phases = units.phases_of([poll.pk]).get(poll.pk, [])
    known = units.areas({area for _closes_at, areas in phases for area in areas})
    for closes_at, areas in phases:
        names = ", ".join(
            f"{known[area].name()} ({known[area].code})" for area in areas[:AREAS_SHOWN] if area in known
        )
        names += "…" if len(areas) > AREAS_SHOWN else ""
        if closes_at is None or poll.kind == Poll.Kind.NONE:
            texts.append(_("Areas: %(areas)s.") % {"areas": names})
        else:
            local = timezone.localtime(closes_at, ZoneInfo(settings.TIME_ZONE))
            sentence = _("The poll closes on %(when)s in %(areas)s.")
            texts.append(sentence % {"when": date_format(local, "j M Y, H:i"), "areas": names})
    return texts
