"""Offer pages that gather the places of stays and their reports, and the field days of leaders."""

from collections.abc import Iterator
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.forms.queries.heard import answers_in_words
from abhiyan.forms.rules.heard import HeardSource
from abhiyan.org.here import unit_address
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import covers_part, programmes_for
from abhiyan.ui.addresses import address_of
from abhiyan.ui.recorded import RecordPart
from abhiyan.ui.reviewed import ReviewedPart, Subject
from abhiyan.ui.room_links import RoomLink
from abhiyan.units.queries import UnitRow
from abhiyan.work.rules.prepared import PreparedLine

from . import numbers, queries, queries_days

MOST_RUNS = 50  # programmes to choose from, the newest first


def unit_links(viewer: Viewer, unit: UnitRow, *, at: datetime) -> Iterator[RoomLink]:
    """Link a unit's page to its places and reports until the last day, for leaders who see its people."""
    if unit.lo is None or unit.hi is None:
        return
    if not viewer.sees_people_at(unit.lo) or not viewer.may_at(LEADS, unit.lo):
        return
    for programme in queries.to_staff(at):
        if covers_part(programme, (unit.lo, unit.hi)):
            page = address_of("stays:board", programme.public_id)
            yield RoomLink(
                _("Stays by place: %(programme)s") % {"programme": name_in_language(programme.names)},
                unit_address(page, unit.code),
                icon="people",
            )
            if programme.opens_on <= clock.day_in(programme.zone, at):
                yield RoomLink(
                    numbers.heard_title(programme),
                    unit_address(
                        address_of("opinions:heard"), unit.code, source=numbers.source_code(programme)
                    ),
                    icon="list",
                )


def dossier_parts(subject: Subject, *, at: datetime) -> Iterator[ReviewedPart]:
    """Yield the field days of an office-bearer, and the places of a unit by state with what workers heard.

    No query for a unit where no stays run. Somebody who does not see the people reads whole tens of the last closed
    day.
    """
    if subject.account_id is not None:
        with system("field days of who is reviewed"):
            days = numbers.days_by_month(subject.account_id, at=at)
        if days:
            yield ReviewedPart(_("Field days"), days)
    if queries.KIND not in subject.kinds:
        return
    with system("places in a dossier, numbers alone"):
        counted = [
            (
                programme,
                numbers.places_in(programme, (subject.lo, subject.hi), at=at, is_exact=subject.is_exact),
                answers_in_words(
                    numbers.reports_in(programme, (subject.lo, subject.hi), at=at, is_exact=subject.is_exact)
                ),
            )
            for programme in queries.to_staff(at)
        ]
    for programme, places, answers in counted:
        if places.total:
            yield ReviewedPart(name_in_language(programme.names), places.lines)
        if answers:
            yield ReviewedPart(numbers.heard_title(programme), answers)


def record_parts(account_id: int, *, is_own: bool, at: datetime) -> Iterator[RecordPart]:
    """Yield stays confirmed, counted and reported; field days by month. Each for who had some."""
    with system("a record, for its owner or the level above"):
        stays = numbers.stays_of(account_id, at=at)
        months = numbers.days_by_month(account_id, at=at)
        letter = queries_days.last_letter(account_id) if months and not is_own else None
    if stays.assigned:
        yield RecordPart(stays.title, stays.lines)
    if months and is_own:
        yield RecordPart(_("Field days"), months, reverse("stays:days"), _("My field days"))
    elif months:
        page = reverse("stays:letter_end", args=[letter]) if letter else ""
        yield RecordPart(_("Field days"), months, page, _("Take the letter of thanks back"))


def readiness(programme: Programme, *, lo: int, hi: int, on: date) -> Iterator[PreparedLine]:
    """Yield the places at positions [lo, hi) that have a worker. Numbers alone. In a system scope."""
    if programme.kind == queries.KIND:
        day = datetime.combine(on, time(), ZoneInfo(programme.zone))
        places = numbers.places_in(programme, (lo, hi), at=day)
        yield PreparedLine(_("Places assigned"), places.total - places.empty, places.total)


def field_sources(viewer: Viewer) -> Iterator[HeardSource]:
    """Yield the stay reports of each programme in a viewer's sight."""
    for programme in programmes_for(viewer).filter(kind=queries.KIND)[:MOST_RUNS]:
        yield numbers.stays_source(programme)
