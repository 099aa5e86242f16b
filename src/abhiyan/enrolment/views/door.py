"""The worker's page: enrol at the door of a place, one person after the other, and see what became of them.

An entry is kept at once and waits for its phone; a code that comes late finds it in today's list.
"""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound, TooMany
from abhiyan.core.scope import system
from abhiyan.core.words import language, person
from abhiyan.enrolment import actions
from abhiyan.enrolment.actions import door
from abhiyan.enrolment.forms_door import DoorCodeForm, DoorForm
from abhiyan.enrolment.models_door import DoorEntry
from abhiyan.enrolment.queries import door as queries
from abhiyan.enrolment.queries import people as queries_people
from abhiyan.enrolment.queries.join import HOMES, SMALLEST, OpenDrive, counting
from abhiyan.enrolment.queries.partings import counted_for_sender
from abhiyan.enrolment.rules import names
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.rules.door import Became
from abhiyan.org.here import Here, address, page_unit
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request
from abhiyan.people.actions.reading import read_people
from abhiyan.people.models import Notice
from abhiyan.programmes.queries import materials
from abhiyan.ui.acts import form_page, tried
from abhiyan.units import queries as units

from .join import judge_notice, notice_of, notice_shown
from .people import line

MOST_FOUND = 10  # people and places of one search


@dataclass(frozen=True, slots=True)
class Door:
    """Where a worker enrols now: the unit, and the drive; none where none is open there, or the unit is no home."""

    here: Here
    drive: OpenDrive | None

    @property
    def address(self) -> str:
        return self.here.href(reverse("enrolment:field"))


def _door(request: Request, at: datetime) -> Door:
    """The unit the address names, or the worker's own. NotYours where they may not enrol."""
    here = page_unit(request)
    if not request.viewer.may_at("enrolment.enrol", here.span[0]):
        raise NotYours
    drives = queries.drives_at(here.unit.id, at) if here.unit.kind in SMALLEST else []
    return Door(here, drives[0] if drives else None)


@gzip_page
@form_page
def field(request: Request) -> HttpResponseBase:
    """The form at the door; below it one's own entries of today. A larger unit leads to its booths first."""
    at = clock.now()
    found = _door(request, at)
    if request.method == "POST":
        if found.drive is None:
            raise NotFound
        return _entered(request, found, found.drive, at)
    return _show(request, found, _fresh(found), at)


def _fresh(found: Door) -> DoorForm:
    """An empty form for the next person."""
    mark = ""
    if found.drive is not None:
        notice = notice_of(found.drive)
        mark = f"{notice.version}.{notice.language}"
    return DoorForm(initial={"key": uuid4().hex, "notice": mark})


def _entered(request: Request, found: Door, drive: OpenDrive, at: datetime) -> HttpResponse:
    """Keep the entry; then to its phone."""
    form = DoorForm(request.POST)
    notice = notice_of(drive)
    form.is_valid()
    judge_notice(form, notice)
    outcome = tried(request, form, lambda said: _enter(request, found, drive, notice, said, at))
    if isinstance(outcome.refused, actions.NotAdult):  # nothing of them stays, on the page either
        messages.error(request, str(outcome.refused))
        form = _fresh(found)
    if outcome.value is None:
        return _show(request, found, form, at, status=outcome.status)
    entry = outcome.value
    if "call" not in request.POST:
        try:
            door.send_door_code(entry=entry.public_id, language=notice.language, by=request.actor, at=at)
        except TooMany as refused:
            messages.warning(request, str(refused))
    return redirect("enrolment:field_entry", entry.public_id)


def _enter(
    request: Request, found: Door, drive: OpenDrive, notice: Notice, said: dict[str, Any], at: datetime
) -> DoorEntry:
    """The act of a form in order. Its key holds whom it is about: sent again it is the same entry."""
    unit_id = found.here.unit.id
    who = "|".join((said["key"], said["phone"], names.key(said["name"]), str(said["birth_year"])))
    claim = actions.Claim(
        channel=Channel.DOOR.value,
        key=actions.sender_key(request.actor.id, f"door|{who}"),
        phone=said["phone"],
        by=request.actor.id,
        name=said["name"],
        birth_year=said["birth_year"],
        notice_version=notice.version,
        language=notice.language,
        device=request.actor.device,
    )
    programme_id = counting(drive, unit_id=unit_id, at=at)
    return door.enter(programme_id=programme_id, claim=claim, unit_id=unit_id, by=request.actor, at=at)


@form_page
def field_entry(request: Request, public_id: UUID) -> HttpResponseBase:
    """The phone of one entry: its code, or its own call. Then back to the next person."""
    at = clock.now()
    assert request.viewer.public_id is not None  # the page wants an office
    entry = queries.own_entry(request.viewer.public_id, public_id)
    place = units.standing(entry.unit_id, _tree(request, entry.unit_id))
    if not request.viewer.may_at("enrolment.enrol", place.lo or 0):
        raise NotYours
    back = address(reverse("enrolment:field"), place.code)
    form = DoorCodeForm(request.POST if request.method == "POST" and "code" in request.POST else None)
    status = 200
    if request.method == "POST" and "send" in request.POST:
        try:
            door.send_door_code(entry=public_id, language=language(), by=request.actor, at=at)
        except TooMany as refused:
            messages.warning(request, str(refused))
        return redirect(request.path)
    if form.is_bound:
        proven = tried(
            request,
            form,
            lambda given: door.prove_entry(entry=public_id, code=given["code"], by=request.actor, at=at),
        )
        if proven:
            counted = _name(queries.own_entry(request.viewer.public_id, public_id))
            messages.success(request, _("Counted: %(name)s") % {"name": counted})
            return redirect(back)
        status = proven.status
    shown = {
        "entry": entry,
        "name": _name(entry),
        "place": place.name(),
        "form": form,
        "back": back,
        "waits": entry.became is Became.WAITS,
        "state": entry.became.label,
        "number": queries_people.join_number(entry.programme_id),
    }
    return render(request, "enrolment/field_entry.html", shown, status=status)


def _tree(request: Request, unit_id: int) -> int:
    """The hierarchy of the worker's own unit, where this one stands in it too."""
    stands = units.hierarchies_of(unit_id)
    home = request.viewer.home
    return home.hierarchy if home and home.hierarchy in stands else next(iter(stands), 1)


def _name(entry: queries.Entry) -> str:
    """What a worker calls an entry: the name they wrote, else the end of the number."""
    return person(entry.name) if entry.name else f"••• {entry.last4}"


def _show(request: Request, found: Door, form: DoorForm, at: datetime, *, status: int = 200) -> HttpResponse:
    here, drive = found.here, found.drive
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    people, places = _search(request, found, text, at) if text else ([], [])
    if text:  # what was found stands above the form, and is not scrolled past
        del form.fields["phone"].widget.attrs["autofocus"]
    own = request.viewer.public_id
    assert own is not None  # the page wants an office
    zone = ZoneInfo(settings.TIME_ZONE)
    today = datetime.combine(clock.day_in(settings.TIME_ZONE, at), time(), zone)
    entries = queries.own_entries(own, since=today)
    if entries:
        read_people(by=request.actor, unit_id=here.unit.id, n=len(entries), at=at)
    counted = drive.programme.counted_ids if drive else []
    counts = queries.own_counts(own, counted) if drive else {}
    with system("how many deny an entry, as a count"):
        denied = counted_for_sender(own, at=at, zone=settings.TIME_ZONE)
    files, unopened = materials.count_own(request.viewer)
    shown: dict[str, Any] = {
        "here_unit": here,
        "files": files,
        "unopened": unopened,
        "place": here.name,
        "drive": drive,
        "drive_name": drive.name() if drive else "",
        "is_home": here.unit.kind in SMALLEST,
        "form": form,
        "text": text,
        "people": people,
        "places": places,
        "address": found.address,
        "entries": [{"entry": one, "name": _name(one), "state": one.became.label} for one in entries],
        "waits": Became.WAITS,
        "ended": Became.ENDED,
        "counts": [(each.label, counts[each]) for each in Became if counts.get(each)],
        "denied": denied,
        "minors": queries.minors_refused(here.unit.id, counted) if drive else 0,
        "number": queries_people.join_number(drive.programme.pk) if drive else "",
    }
    if drive is not None:
        shown |= notice_shown(notice_of(drive))
    return render(request, "enrolment/field.html", shown, status=status)


def _search(
    request: Request, found: Door, text: str, at: datetime
) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """People of this unit by name, phone or member number; and places one may go to."""
    lo, hi = found.here.span
    members = queries_people.members_by_number(text)
    if members is None:
        members = queries_people.members_by_phone(text)
    if members is None and found.here.unit.kind in SMALLEST:
        wanted = queries_people.Wanted(words=tuple(text.split()[:5]))
        members = queries_people.members_below(lo, hi, wanted, limit=MOST_FOUND)
    members = [one for one in members or [] if not one.is_withheld][:MOST_FOUND]
    if members:
        read_people(by=request.actor, unit_id=found.here.unit.id, n=len(members), at=at)
    home = request.viewer.home
    rows = (
        units.search(
            text, language=language(), within=(home.unit_id, home.hierarchy), kinds=HOMES, limit=MOST_FOUND
        )
        if home
        else []
    )
    page = reverse("enrolment:field")
    return [line(one) for one in members], [(row.name(), address(page, row.code)) for row in rows]
