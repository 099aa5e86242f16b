"""What offices ask of somebody today: their own that are disputed, and those to decide; releases that wait for their
yes, or that they were given or refused; vacancies of their own unit and below."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.ui.numbers import grouped
from abhiyan.ui.owed import Owed

from . import queries
from .rules.releases import NAMES
from .viewer import Viewer, named

OWN_SHOWN = 10
DECIDERS_SHOWN = 3


def owed(viewer: Viewer, *, at: datetime) -> Iterator[Owed]:
    """The viewer's own disputed offices; releases to decide, and answers to what the viewer asked; offices vacant in
    their own unit one by one, and those vacant or disputed below it counted."""
    language = get_language() or "en"
    for dispute in queries.own_disputes(viewer, at=at):
        yield _disputed(dispute, language)
    if viewer.may("org.release") and viewer.account_id is not None:
        for release in queries.releases_to_decide(viewer.account_id, at=at):
            yield Owed(
                urgency=1,
                title=NAMES.get(release.act, release.act),
                meta=release.reason,
                href=reverse("org:releases"),
                act=_("Decide"),
                icon="key",
                due_at=release.expires_at,
            )
    yield from queries.allowed(viewer, "factors.reset", at=at, where=lambda _release: reverse("org:releases"))
    if viewer.account_id is not None:
        for release in queries.releases_refused(viewer.account_id, at=at):
            yield Owed(
                urgency=2,
                title=_("Refused: %(act)s") % {"act": NAMES.get(release.act, release.act)},
                meta=release.reason,
                href=reverse("org:releases"),
                act=_("See"),
                icon="key",
            )
    home = viewer.home
    if home is None or not viewer.may("org.appoint"):
        return
    today = clock.day_in(settings.TIME_ZONE, at)
    for vacancy in queries.vacancies(home.unit_id, on=today)[:OWN_SHOWN]:
        yield Owed(
            urgency=2,
            title=_("Vacant: %(office)s") % {"office": named(vacancy.office_names, language)},
            meta=home.unit_name(language),
            href=reverse("org:appoint") + "?" + urlencode({"unit": home.unit_code, "office": vacancy.office}),
            act=_("Appoint"),
            icon="enrol",
        )
    for below in queries.vacancies_below(home.unit_id, home.hierarchy, at=at):
        if below.disputed and "org.decide" in home.capabilities:
            yield Owed(
                urgency=1,
                title=ngettext(
                    "Office disputed in %(n)s unit: %(office)s",
                    "Office disputed in %(n)s units: %(office)s",
                    below.disputed,
                )
                % {"n": grouped(below.disputed), "office": named(below.office_names, language)},
                meta=_("All who claim it may read and none may act, until you or another above decide."),
                href=reverse("org:appointments")
                + "?"
                + urlencode({"office": below.office, "show": "disputed"}),
                act=_("Decide"),
                icon="alert",
                n=below.disputed,
            )
        if below.vacant:
            yield Owed(
                urgency=3,
                title=ngettext(
                    "Office vacant in %(n)s unit: %(office)s",
                    "Office vacant in %(n)s units: %(office)s",
                    below.vacant,
                )
                % {"n": grouped(below.vacant), "office": named(below.office_names, language)},
                meta=_("of %(n)s below %(unit)s")
                % {"n": grouped(below.expected), "unit": home.unit_name(language)},
                href=reverse("org:appointments")
                + "?"
                + urlencode({"office": below.office, "show": "vacant"}),
                act=_("See"),
                icon="list",
                n=below.vacant,
            )


def _disputed(dispute: queries.Dispute, language: str) -> Owed:
    names = "; ".join(seat.name(language) for seat in dispute.decided_by[:DECIDERS_SHOWN])
    told = _("You may read and not act, since %(day)s, until it is decided. May be decided by: %(offices)s.")
    return Owed(
        urgency=1,
        title=_("Your office is disputed: %(office)s, %(unit)s")
        % {"office": dispute.held.office_name(language), "unit": dispute.held.unit_name(language)},
        meta=told
        % {
            "day": date_format(timezone.localtime(dispute.since), "j F Y"),
            "offices": names or _("whoever administers this installation"),
        },
        href=reverse("org:appointment", args=[dispute.appointment]),
        act=_("See"),
        icon="alert",
    )
