"""Offer pages that gather the offices of a unit, what is vacant, and what concerns an office-bearer."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from abhiyan.core.words import active_language, local_person
from abhiyan.org.here import unit_address
from abhiyan.org.viewer import Viewer
from abhiyan.people import queries as people
from abhiyan.ui.addresses import address_of
from abhiyan.ui.recorded import RecordPart
from abhiyan.ui.reviewed import ReviewedPart, Subject
from abhiyan.ui.room_links import RoomLink
from abhiyan.units.queries import UnitRow
from abhiyan.units.rules.ranges import hierarchy_of

from . import queries
from .actions.talks import KEPT
from .models import BearerTalk
from .queries import ask_vacancies_below
from .responsible import vacant_below
from .todo import office_todo

LINK_RANK = 4  # of its first way among those of a unit's page


def unit_links(viewer: Viewer, unit: UnitRow, *, at: datetime) -> Iterator[RoomLink]:
    """Link a unit's page to the appointments of it and of all below."""
    if unit.lo is not None and viewer.may("org.read") and viewer.sees_counts_at(unit.lo):
        page = unit_address(address_of("org:appointments"), unit.code, hierarchy_of(unit.lo))
        yield RoomLink(_("Appointments"), page, icon="key", rank=LINK_RANK)


def dossier_parts(subject: Subject, *, at: datetime) -> Iterator[ReviewedPart]:
    """Yield the vacancies below an office-bearer's unit; a unit's own page has them already."""
    if subject.account_id is None:
        return
    vacancies = vacant_below(
        ask_vacancies_below(subject.unit_id, subject.hierarchy, at=at)(), active_language()
    )
    yield ReviewedPart(
        _("Vacant below"),
        [(office.name, office.words) for office in vacancies] or [(_("No office is vacant"), "")],
    )


def record_parts(account_id: int, *, is_own: bool, at: datetime) -> Iterator[RecordPart]:
    """Yield one's own phones, with the way to sign one out, and what leaders noted of talks with oneself.

    Nothing for others: they have their list of phones, and the talks are between the two.
    """
    if not is_own:
        return
    phones = people.phones_of_account(account_id, at=at)
    if phones:
        lines = [
            (
                phone.device or "–",
                _("since %(day)s") % {"day": date_format(localtime(phone.begun_at), "j M Y")},
            )
            for phone in phones
        ]
        yield RecordPart(_("My phones"), lines, reverse("org:my_phones"), _("My phones"))
    talks = queries.talks_about(account_id, since=at - KEPT)
    if talks:
        yield RecordPart(
            _("What leaders noted after a talk with me"),
            [
                (f"{date_format(localtime(talk.talked_at), 'j M')}, {local_person(leader)}", _in_words(talk))
                for talk, leader in talks
            ],
        )


def _in_words(talk: BearerTalk) -> str:
    """Return what a leader noted, as the person concerned reads it."""
    if talk.until is None:
        return talk.summary
    promise = _("Promised by %(day)s: %(promise)s (%(state)s)") % {
        "day": date_format(talk.until, "j F"),
        "promise": talk.promise,
        "state": BearerTalk.State(talk.state).label,
    }
    return " · ".join(filter(None, (talk.summary, promise)))


todo = office_todo
