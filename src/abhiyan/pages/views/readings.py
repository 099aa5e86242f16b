"""Shows data officers who read people: readers in volumes, one reader by day and entry, and one person.

No page here shows a person who was read. Each look at one person is a reading itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, clock
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import local_person, name_in_language
from abhiyan.enrolment.queries.people import Member, members_by_number, members_by_phone
from abhiyan.org import queries as org
from abhiyan.org.queries.readings import (
    ReaderVolume,
    ReadingDay,
    TrailReading,
    WatchedUnits,
    days_of_reader,
    readers_of_people,
    readings_about,
    readings_by,
)
from abhiyan.org.viewer import Request
from abhiyan.people import queries as people
from abhiyan.ui.fields import DayField
from abhiyan.ui.lists import Column, Table, list_response, page_with_list
from abhiyan.units import queries as units

WATCH = "data.watch"
DAYS = 7  # looked at, unless the reader says from when
KINDS = {
    "number": _("Number shown"),
    "file": _("File"),
    "name": _("Names of office-bearers elsewhere"),
    "person": _("One person's page"),
    "list": _("List"),
}


class NoSuchMember(Refused, status=404):
    message = _("There is nobody with this number in your units.")


class ReadingFilters(forms.Form):
    """Which days to show."""

    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("Until"), required=False)


class PersonFilters(ReadingFilters):
    """Whose readings to show."""

    q = forms.CharField(label=_("Phone or member number"), max_length=40, required=False)


def _why_odd(row: ReaderVolume) -> str:
    """Say why a reader comes first; nothing for others."""
    if not row.is_odd:
        return ""
    if row.others is not None and row.total > row.others:
        return say("%(n)s; others in this office: %(others)s") % {"n": row.total, "others": row.others}
    return say("many names from other units")


READERS: tuple[Column[ReaderVolume], ...] = (
    Column(
        "name",
        _("Name"),
        lambda row: local_person(row.name),
        account=lambda row: row.account_id,
        is_name=True,
        names_people=True,
    ),
    Column("odd", _("Unusual"), _why_odd, order=True),
    Column(
        "office",
        _("Office"),
        lambda row: ", ".join(filter(None, (name_in_language(row.office), name_in_language(row.unit)))),
        css="under",
    ),
    Column("lists", _("Rows of lists"), lambda row: row.lists, order=True, css="num"),
    Column("persons", _("Pages of one person"), lambda row: row.persons, order=True, css="num"),
    Column("numbers", _("Numbers shown"), lambda row: row.numbers, order=True, css="num"),
    Column("files", _("Rows in files"), lambda row: row.files, order=True, css="num"),
    Column("names", _("Names elsewhere"), lambda row: row.names, order=True, css="num"),
    Column("total", _("Total"), lambda row: row.total, order=True, css="num end"),
    Column("acts", _("Acts"), is_for_acts=True),
)
READING_DAYS: tuple[Column[ReadingDay], ...] = (
    Column("day", _("Day"), lambda row: row.day, order=True, is_name=True),
    Column("lists", _("Rows of lists"), lambda row: row.lists, css="num"),
    Column("persons", _("Pages of one person"), lambda row: row.persons, css="num"),
    Column("numbers", _("Numbers shown"), lambda row: row.numbers, css="num"),
    Column("files", _("Rows in files"), lambda row: row.files, css="num"),
    Column("names", _("Names elsewhere"), lambda row: row.names, css="num end"),
)
READINGS: tuple[Column[TrailReading], ...] = (
    Column("at", _("When"), lambda row: row.at, order=True, is_name=True),
    Column("kind", _("What"), lambda row: KINDS[row.kind]),
    Column("n", _("Rows"), lambda row: row.n, css="num"),
    Column("unit", _("Unit"), lambda row: name_in_language(row.unit), css="under"),
    Column(
        "reader",
        _("Reader"),
        lambda row: local_person(row.name),
        account=lambda row: row.account_id,
        names_people=True,
    ),
    Column("reason", _("Reason"), lambda row: row.reason, names_people=True),
    Column("act", _("Entry in the trail"), lambda row: row.act, css="under"),
    Column(
        "sure",
        _("About"),
        lambda row: _("this person") if row.is_sure else _("a list of their unit"),
        css="end",
    ),
)


@dataclass(frozen=True, slots=True)
class LookedDays:
    """From when until when is looked at, and which units."""

    since: datetime
    until: datetime
    watched: WatchedUnits


def _looked(request: Request, filters: ReadingFilters) -> LookedDays:
    zone, today = ZoneInfo(settings.TIME_ZONE), clock.today(settings.TIME_ZONE)
    days = filters.cleaned_data if filters.is_valid() else {}
    until = days.get("until") or today
    since = days.get("since") or until - timedelta(days=DAYS - 1)
    office = or_refuse(
        next((office for office in request.viewer.appointments if WATCH in office.capabilities), None),
        org.NotYours(capability=WATCH),
    )
    with system("whether a data officer is of the top"):
        is_top = office.unit_id == org.top_unit()
    return LookedDays(
        since=datetime.combine(since, time(), zone),
        until=datetime.combine(until + timedelta(days=1), time(), zone),
        watched=WatchedUnits(office.lo, office.hi, is_top),
    )


@page_with_list
def reader_list(request: Request) -> HttpResponseBase:
    """Show who read people of one's units, how much of each kind, the unusual first."""
    filters = ReadingFilters(request.GET)
    looked = _looked(request, filters)
    with system("who read people"):
        rows = readers_of_people(looked.watched, since=looked.since, until=looked.until)
        table = Table(request, READERS, rows, name="readers", caption=_("Readers"), narrowed=filters)
        return _shown(request, table, filters, say("Who read whose data"), (), page="pages/reader_list.html")


@page_with_list
def reader(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show what one office-bearer read, by day and kind; with `show=entries` each entry."""
    filters = ReadingFilters(request.GET)
    looked = _looked(request, filters)
    with system("what an office-bearer read"):
        account = people.account_by_public_id(public_id)
        days = {"since": looked.since, "until": looked.until}
        crumbs = ((local_person(account.name), ""),)
        if request.GET.get("show") == "entries":
            entries_read = readings_by(account.pk, looked.watched, **days)
            entries = Table(
                request,
                READINGS,
                entries_read,
                name="readings",
                caption=_("Entries"),
                without=("reader", "sure"),
            )
            return _shown(request, entries, filters, local_person(account.name), crumbs)
        table = Table(
            request,
            READING_DAYS,
            days_of_reader(account.pk, looked.watched, **days),
            name="reading-days",
            caption=_("By day"),
        )
        return _shown(request, table, filters, local_person(account.name), crumbs, entries=True)


@page_with_list
def person_read(request: Request) -> HttpResponseBase:
    """Show who read one person, by a phone or member number typed here. The look leaves an entry in the trail."""
    filters = PersonFilters(request.GET)
    looked = _looked(request, filters)
    typed = filters.cleaned_data.get("q", "") if filters.is_valid() else ""
    with system("who read one person"):
        members = _members(request, typed) if typed else []
        at_units = [unit.id for member in members for unit in units.path_of_unit(member.unit_id, 1)]
        about = readings_about(
            [member.public_id for member in members],
            at_units,
            looked.watched,
            since=looked.since,
            until=looked.until,
        )
        if members:
            audit.record(
                by=request.actor,
                at=clock.now(),
                act="org.watch_person",
                subject=str(members[0].public_id),
                unit_id=members[0].unit_id,
            )
        table = Table(request, READINGS, about if members else [], name="person-read", caption=_("Readings"))
        return _shown(request, table, filters, say("Who read one person"), ((say("One person"), ""),))


def _members(request: Request, typed: str) -> list[Member]:
    """Return the memberships of a typed number in the units of a data officer. Refuses NoSuchMember.

    In a system scope.
    """
    members = members_by_phone(typed) or members_by_number(typed) or []
    spans = units.all_spans([member.unit_id for member in members])
    watched = [
        member
        for member in members
        if request.viewer.may_at(WATCH, *(lo for lo, _hi in spans.get(member.unit_id, ())))
    ]
    if not watched:
        raise NoSuchMember(field="q")
    return watched


def _shown(
    request: Request,
    table: Table[Any],
    filters: forms.Form,
    title: str,
    crumbs: Sequence[tuple[str, str]],
    *,
    entries: bool = False,
    page: str = "pages/readings.html",
) -> HttpResponseBase:
    first = (say("Who read whose data"), reverse("pages:reader_list") if crumbs else "")
    context = {
        "here": "readings",
        "title": title,
        "filters": filters,
        "crumbs": [first, *crumbs],
        "has_entries": entries,
    }
    return list_response(request, page, table, context)
