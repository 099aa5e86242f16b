"""Offer Today what reviews ask of somebody, and a unit's page its slides, a report on it, and rounds."""

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
from abhiyan.core.words import name_in_language
from abhiyan.org.here import unit_address
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.ui.addresses import address_of
from abhiyan.ui.owed import Owed
from abhiyan.ui.room_links import RoomLink
from abhiyan.units.queries import UnitRow
from abhiyan.units.rules.ranges import hierarchy_of

from .models import Review, Round
from .queries import rounds as queries_rounds
from .queries.leader_reports import is_above
from .queries.schedules import unread_decks

SHOWN = 3
LINK_RANK = 3  # of its first way among those of a unit's page


def todo(viewer: Viewer, *, at: datetime) -> Iterator[Owed]:
    """List for a reviewer the rest of each round.

    List for an office-bearer their page until they answer, then the decision. List for an office of a reviewed
    unit the decision, until it replies. Only who leads a unit reviews or is reviewed.
    """
    if viewer.account_id is None:
        return
    for sent in unread_decks(viewer, at=at):
        what = sent.deck.round.title if sent.deck.round else ""
        what = name_in_language(sent.deck.programme.names) if sent.deck.programme else what
        yield Owed(
            urgency=3,
            title=_("Look at the slides of %(unit)s") % {"unit": name_in_language(sent.deck.unit.names)},
            meta=", ".join(filter(None, [what, date_format(localtime(sent.at), "j M Y")])),
            href=reverse("review:deck", args=[sent.deck.public_id]),
            act=_("Look"),
            icon="slides",
        )
    if not viewer.may(LEADS):
        return
    reviews_asked = queries_rounds.reviews_asked(
        viewer, on=clock.day_in(settings.TIME_ZONE, at), at=at, shown=SHOWN
    )
    for review in reviews_asked.answer:
        yield _own(review, _("You are reviewed: read your page and answer"), _until(review.round))
    for review in reviews_asked.read:
        yield _own(review, _("Read the decision about you"), review.get_decision_display(), urgency=3)
    for left in reviews_asked.review:
        page = reverse("review:round_work", args=[left.round.public_id])
        if left.round.of_office:
            page = reverse("review:round", args=[left.round.public_id]) + f"?show={queries_rounds.WAITING}"
        word = ngettext("Review %(n)s person", "Review %(n)s people", left.n)
        if not left.round.of_office:
            word = ngettext("Review %(n)s unit", "Review %(n)s units", left.n)
        yield Owed(
            urgency=1 if left.round.ends_on == clock.day_in(settings.TIME_ZONE, at) else 2,
            title=word % {"n": grouped(left.n)},
            meta=_until(left.round),
            href=reverse("review:review", args=[left.only]) if left.only else page,
            act=_("Begin"),
            icon="edit",
        )
    for review in reviews_asked.reply:
        title = _("Read the review of %(unit)s") % {"unit": name_in_language(review.unit.names)}
        yield _own(review, title, review.get_decision_display(), urgency=3)


def _until(review_round: Round) -> str:
    return _("%(name)s, until %(day)s") % {
        "name": review_round.title,
        "day": date_format(review_round.ends_on, "j M Y"),
    }


def _own(review: Review, title: str, meta: str, *, urgency: int = 2) -> Owed:
    page = reverse("review:review", args=[review.public_id])
    return Owed(urgency=urgency, title=title, meta=meta, href=page, act=_("Read"), icon="edit")


def unit_links(viewer: Viewer, unit: UnitRow, *, at: datetime) -> Iterator[RoomLink]:
    """Link a unit's page to its slides, to the viewer's report on it, and to rounds of review."""
    if unit.lo is None:
        return
    if viewer.sees_counts_at(unit.lo) and viewer.is_strong:
        page = unit_address(address_of("review:deck_new"), unit.code, hierarchy_of(unit.lo))
        yield RoomLink(_("Slides"), page, icon="slides", rank=LINK_RANK)
    if is_above(viewer, unit):
        page = unit_address(address_of("review:leader_report"), unit.code, hierarchy_of(unit.lo))
        yield RoomLink(_("My report"), page, icon="edit")
    if viewer.may_at(LEADS, unit.lo):
        yield RoomLink(_("Review rounds"), address_of("review:rounds"), icon="list")
