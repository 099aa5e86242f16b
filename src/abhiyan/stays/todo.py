"""The work of a running programme of stays today: one's own stay, and the empty places of one's unit."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from abhiyan.core.words import name_in_language
from abhiyan.org.here import unit_address
from abhiyan.org.viewer import HeldOffice, Viewer
from abhiyan.programmes.queries import MeasureStand
from abhiyan.ui.owed import LateBelow, Owed, at_desks

from . import numbers, queries
from .models import Stay


def owes_stays(
    viewer: Viewer, home: HeldOffice, stand: MeasureStand, at: datetime
) -> Iterator[Owed | LateBelow]:
    """The viewer's own stay until it is reported; and one row for the empty places, for who runs the programme.

    Programmes are on Today from their first day, so an empty place is late for who leads the desks.
    """
    programme = stand.programme
    for card in queries.own_stays(viewer.account_id or 0, at=at):
        if not card.of.report and card.programme.pk == programme.pk:
            is_new = card.of.state == Stay.State.ASSIGNED
            yield Owed(
                urgency=0,
                title=_("Stay in %(place)s") % {"place": card.place},
                meta=queries.programme_days(programme),
                href=reverse("stays:field_stay", args=[card.of.pk]),
                act=_("Say whether you go") if is_new else _("Open my stay"),
                icon="stay",
                names_in=card.of.unit_id,
            )
    if not viewer.may_at("programmes.run", home.lo) or not queries.may_begin(programme, at):
        return
    places = numbers.places_in(programme, (home.lo, home.hi), at=at)
    if places.empty:
        work = Owed(
            urgency=1,
            title=places.empty_words,
            meta=f"{name_in_language(programme.names)}, {queries.programme_days(programme)}",
            href=unit_address(reverse("stays:board", args=[programme.public_id]), home.unit_code),
            act=_("Assign workers"),
            icon="stay",
        )
        yield from at_desks(work, leaves=viewer.leads_desks, is_late=True)
