"""The worker's page: the notice, then one person after the other at the doors of a place; then each one's phone.

An entry is kept at once and waits for its phone; a code that comes late finds it among the worker's own entries.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.signing import BadSignature, Signer
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.gzip import gzip_page

from abhiyan.core import clock, languages, lot
from abhiyan.core.deadlines import is_of_its_day
from abhiyan.core.refusals import NotFound, Refused, TooMany, or_refuse
from abhiyan.core.words import active_language, local_person
from abhiyan.doorstep import actions, queries
from abhiyan.doorstep.forms import DoorCodeForm, DoorForm
from abhiyan.doorstep.models import DoorEntry, DoorTry
from abhiyan.doorstep.rules.states import DoorState
from abhiyan.enrolment import actions as enrolment
from abhiyan.enrolment.fields import judge_notice
from abhiyan.enrolment.queries import people as queries_people
from abhiyan.enrolment.queries.join import HOMES, SMALLEST, OpenDrive, counting_drive, drive_of
from abhiyan.enrolment.rules import names
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.rules.number import member_number
from abhiyan.intake.queries.notices import notice_shown
from abhiyan.org.here import Here, of_own_work, page_unit, unit_address, unit_fact
from abhiyan.org.queries import NotYours, own_work
from abhiyan.org.viewer import Request
from abhiyan.people import queries as notices
from abhiyan.people.actions.reading import read_people
from abhiyan.people.models import Notice
from abhiyan.programmes.models import Rung
from abhiyan.ui.acts import form_page, say_when_done, tried
from abhiyan.ui.numbers import grouped
from abhiyan.ui.records import KEPT, RecordSent, RecordShown, RecordTaken, do_record_act, labelled_answers
from abhiyan.units import queries as units
from abhiyan.work.queries import materials

MOST_FOUND = 10  # people and places of one search
MOST_WAITING = 10  # of one's own; the others are in the list
LATELY = timedelta(days=7)  # whose phones the page itself still waits for
HOUSE = timedelta(minutes=30)  # so long a house may have heard the notice together


@dataclass(frozen=True, slots=True)
class EnrolPlace:
    """The place where a worker enrols now: the unit, and the drive; none where none is open there, or the unit
    is no home.

    counts: the drive that counts people of this unit, the same one or one beneath it. asked: of several drives,
    the one the address names.
    """

    here: Here
    drive: OpenDrive | None
    counts: OpenDrive | None
    asked: str

    @property
    def address(self) -> str:
        return self.here.href(reverse("doorstep:field"), **({"drive": self.asked} if self.asked else {}))


def door_place(request: Request, at: datetime) -> EnrolPlace:
    """Return the unit the address names, or the worker's own. NotYours where they may not enrol."""
    here = page_unit(request)
    if not request.viewer.may_at("enrolment.enrol", here.span[0]):
        raise NotYours
    drives = queries.drives_at(here.unit.id, at) if here.unit.kind in SMALLEST else []
    counts = [counting_drive(drive, unit_id=here.unit.id, at=at) for drive in drives]
    wanted = request.GET.get("drive") or request.POST.get("drive", "")
    n = next(
        (n for n, pair in enumerate(zip(drives, counts, strict=True)) if wanted in map(_named_by, pair)), 0
    )
    request.visit.about = drives[n].programme.pk if drives else None
    if not drives:
        return EnrolPlace(here, None, None, "")
    return EnrolPlace(here, drives[n], counts[n], _named_by(counts[n]) if len(drives) > 1 else "")


def _named_by(drive: OpenDrive) -> str:
    """Return the name of a drive in the address of a door."""
    return str(drive.programme.public_id)


def id_of_reader(request: Request) -> UUID:
    """Return the public id of the reader of one of these pages."""
    assert request.viewer.public_id is not None  # the pages want an office
    return request.viewer.public_id


@gzip_page
@of_own_work
@form_page
def door_page(request: Request) -> HttpResponseBase:
    """Show the notice, then the form; below, whose phones have yet to answer.

    A larger unit leads to its booths first.
    """
    at = clock.now()
    place = door_place(request, at)
    if request.method != "POST":
        return _show(request, place, _fresh(request, place, at), at)
    if place.drive is None:
        raise NotFound
    if "speak" in request.POST:  # only the language of the notice: nothing is judged, what was typed stays
        typed = {name: request.POST.get(name, "")[:120] for name in DoorForm.base_fields}
        form = _form(place.drive, at, initial=typed)
        form.initial.update(heard=False, given=DoorEntry.Heard.SHOWN.value)
        return _show(request, place, form, at, speaks=request.POST["speak"][:8])
    return _entered(request, place, place.drive, at)


def _fresh(request: Request, place: EnrolPlace, at: datetime) -> DoorForm:
    """Return an empty form for the next person. Its key says, sealed, when it was shown."""
    is_house = "house" in request.GET and queries.heard_lately(
        id_of_reader(request), place.here.unit.id, since=at - HOUSE
    )
    how = DoorEntry.Heard.TOGETHER if is_house else DoorEntry.Heard.SHOWN
    key = _signer().sign(f"{lot.uuid().hex}.{int(at.timestamp())}")
    return _form(place.drive, at, initial={"key": key, "given": how.value})


def _form(drive: OpenDrive | None, at: datetime, data: Any = None, **more: Any) -> DoorForm:
    """Return the form as the drive's roll wants it. at: when it is filled in."""
    if drive is None:
        return DoorForm(data, **more)
    return DoorForm(
        data,
        on=clock.day_in(drive.programme.zone, at),
        minimum=drive.drive.roll.minimum_age,
        indian_only=drive.drive.indian_mobiles_only,
        **more,
    )


def _signer() -> Signer:
    return Signer(salt="door")


def _shown_at(key: str) -> datetime | None:
    """Return when the form of a key was shown; None where we minted no such key."""
    try:
        return datetime.fromtimestamp(int(_signer().unsign(key).rpartition(".")[2]), UTC)
    except (BadSignature, ValueError):
        return None


def _notice(drive: OpenDrive, speaks: str) -> Notice:
    """Return the drive's notice as it is read to people at the door."""
    return notices.notice(drive.drive.notice_code, speaks or active_language(), drive.drive.notice_version)


def _entered(request: Request, place: EnrolPlace, drive: OpenDrive, at: datetime) -> HttpResponse:
    """Keep the entry; then to its phone."""
    form, notice = _judged(request, drive, at)
    outcome = tried(request, form, lambda said: _enter(request, place, drive, notice, form, said, at))
    if form.is_minor or isinstance(
        outcome.refused, enrolment.NotAdult
    ):  # nothing of them stays, on the page either
        messages.error(request, str(enrolment.NotAdult.message))
        form = _fresh(request, place, at)
    if outcome.value is None:
        speaks = request.POST.get("notice", "").partition(".")[2][:8]
        return _show(request, place, form, at, speaks=speaks, status=outcome.status)
    entry = outcome.value
    if entry.at < at:  # kept before: sent twice, or written down twice
        messages.info(request, _("You entered this person already. They count once."))
    _ask_phone(request, entry, notice, at)
    return redirect("doorstep:field_entry", entry.public_id)


def _judged(request: Request, drive: OpenDrive, written: datetime) -> tuple[DoorForm, Notice]:
    """Return the form that was sent, with what is wrong in it, and the notice that was read.

    written: when it was filled in.
    """
    form = _form(drive, written, request.POST)
    notice = _notice(drive, request.POST.get("notice", "").partition(".")[2][:8])
    form.is_valid()
    judge_notice(form, notice)
    return form, notice


def _ask_phone(request: Request, entry: DoorEntry, notice: Notice, at: datetime) -> None:
    """Send the phone of an entry its code, unless it calls, has answered, or has a code already."""
    is_again = entry.at < at
    is_answered = is_again and not queries.own_entry(id_of_reader(request), entry.public_id).waits
    if "call" not in request.POST and not (is_answered or (is_again and entry.code_id)):
        try:
            actions.send_door_code(entry=entry.public_id, language=notice.language, by=request.actor, at=at)
        except TooMany as refused:
            messages.warning(request, str(refused))


class NoDriveHere(Refused, status=409):
    message = gettext_lazy("No drive is open here. Ask your mandal president, then send this again.")


COUNTS_TODAY = gettext_lazy("It is more than seven days old, so it counts on the day it came.")


def take_entry(request: Request, sent: RecordSent) -> RecordTaken:
    """Keep an entry that a phone sends, by the form and the act of the page. The address of the entry.

    A code is only asked for while the person is still there; later the worker asks for it on the entry's page.
    """
    at = clock.now()
    place = door_place(request, at)
    drive = or_refuse(place.drive, NoDriveHere)
    form, notice = _judged(request, drive, at - sent.age)
    if form.errors and form.is_minor:  # nothing of a minor waits on the phone to be mended
        raise enrolment.NotAdult
    with own_work(request.viewer):
        entry = do_record_act(
            form, lambda said: _enter(request, place, drive, notice, form, said, at, sent=sent)
        )
        if sent.is_prompt:
            _ask_phone(request, entry, notice, at)
    note = "" if is_of_its_day(at - sent.age, at=at) else str(COUNTS_TODAY)
    return RecordTaken(reverse("doorstep:field_entry", args=[entry.public_id]), note)


def show_entry(request: Request, sent: RecordSent) -> RecordShown:
    """Name the person of an entry and the place. Refuses a place of somebody else, an unfit form, and a minor."""
    at = clock.now()
    place = door_place(request, at)
    form, _read = _judged(request, or_refuse(place.drive, NoDriveHere), at - sent.age)
    if form.is_minor:  # nothing of them may wait for anybody
        raise enrolment.NotAdult
    do_record_act(form, dict)
    return RecordShown([*where_of(place), *labelled_answers(form)], names=1)


def where_of(place: EnrolPlace) -> list[tuple[str, str]]:
    """Return the unit and the drive of a door, for who reads a record of it."""
    drive = place.counts or place.drive
    assert drive is not None  # the caller refuses a place without one
    return [unit_fact(place.here.unit.id), (_("Drive"), drive.name())]


def _enter(
    request: Request,
    place: EnrolPlace,
    drive: OpenDrive,
    notice: Notice,
    form: DoorForm,
    said: dict[str, Any],
    at: datetime,
    *,
    sent: RecordSent | None = None,
) -> DoorEntry:
    """Do the act of a valid form. The key is made from the person it is about: sent again it is the same entry.

    sent: from a phone that kept it. Then nobody knows how long the form took.
    """
    is_late = sent is not None and not sent.is_prompt
    unit_id = place.here.unit.id
    who = "|".join((said["key"], said["phone"], names.key(said["name"]), str(said["birth_year"])))
    claim = enrolment.ClaimMessage(
        channel=Channel.DOOR.value,
        key=enrolment.sender_key(request.actor.id, f"door|{who}"),
        phone=said["phone"],
        by=request.actor.id,
        name=said["name"],
        birth_year=said["birth_year"],
        notice_version=notice.version,
        language=notice.language,
        device=request.actor.device,
        says_adult=form.says_adult,
        field_at=_written_at(place.counts or drive, sent.age, at) if sent and is_late else None,
    )
    return actions.enter(
        programme_id=(place.counts or drive).programme.pk,
        claim=claim,
        unit_id=unit_id,
        heard=said["given"] or DoorEntry.Heard.SHOWN,
        shown_at=None if is_late else _shown_at(said["key"]),
        by=request.actor,
        at=at,
    )


@of_own_work
@form_page
def field_entry(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show the phone of one entry: its code, or its own call. Then back to the next person."""
    at = clock.now()
    entry = queries.own_entry(id_of_reader(request), public_id)
    place = units.row_of_unit(entry.unit_id, _tree(request, entry.unit_id))
    if not request.viewer.may_at("enrolment.enrol", place.lo or 0):
        raise NotYours
    drive = drive_of(entry.programme_id)
    is_one = len(queries.drives_at(entry.unit_id, at)) <= 1
    back = unit_address(
        reverse("doorstep:field"), place.code, None, **({} if is_one else {"drive": _named_by(drive)})
    )
    form = DoorCodeForm(request.POST if request.method == "POST" and "code" in request.POST else None)
    status = 200
    if request.method == "POST" and "send" in request.POST:
        try:
            actions.send_door_code(entry=public_id, language=active_language(), by=request.actor, at=at)
        except TooMany as refused:
            messages.warning(request, str(refused))
        return redirect(request.path)
    if form.is_bound:
        proven = tried(
            request,
            form,
            lambda given: actions.prove_entry(entry=public_id, code=given["code"], by=request.actor, at=at),
        )
        if proven:
            counted = entry_name(queries.own_entry(id_of_reader(request), public_id))
            say_when_done(request, _("Counted: %(name)s") % {"name": counted})
            return redirect(back)
        status = proven.status
    context = {
        "entry": entry,
        "name": entry_name(entry),
        "place": place.name(),
        "drive_name": drive.name(),
        "form": form,
        "back": back,
        "is_house": at - entry.at < HOUSE,
        "number": queries_people.join_number(entry.programme_id),
        "has_code": entry.has_live_code(at) or form.is_bound,
    }
    return render(request, "doorstep/field_entry.html", context, status=status)


def _written_at(drive: OpenDrive, age: timedelta, at: datetime) -> datetime | None:
    """Return when an entry that is `age` old was written down; None where it counts on the day it arrives.

    An entry does so after seven days, and if it would lie before the drive because its clock was set.
    """
    then = at - age
    is_inside = clock.day_in(drive.programme.zone, then) >= drive.programme.opens_on
    return then if is_inside and is_of_its_day(then, at=at) else None


def _tree(request: Request, unit_id: int) -> int:
    """Return the hierarchy of the worker's own unit, if this one is in it too."""
    stands = units.hierarchies_of(unit_id)
    home = request.viewer.home
    return home.hierarchy if home and home.hierarchy in stands else next(iter(stands), 1)


def entry_name(entry: queries.Entry) -> str:
    """Return a worker's name for an entry: the name they wrote, else the end of the number."""
    return local_person(entry.name) if entry.name else f"••• {entry.last4}"


def entry_rows(entries: Sequence[queries.Entry], at: datetime) -> list[dict[str, Any]]:
    """Return a worker's own entries as rows: name, whether a code can still come back, the number they call."""
    numbers = {
        programme_id: queries_people.join_number(programme_id)
        for programme_id in {entry.programme_id for entry in entries}
    }
    return [
        {
            "entry": entry,
            "name": entry_name(entry),
            "has_code": entry.has_live_code(at),
            "number": numbers[entry.programme_id],
        }
        for entry in entries
    ]


def _show(
    request: Request, place: EnrolPlace, form: DoorForm, at: datetime, *, speaks: str = "", status: int = 200
) -> HttpResponse:
    here, drive, by = place.here, place.drive, id_of_reader(request)
    text = "" if request.viewer.is_phone else request.GET.get("q", "").replace("\x00", "").strip()[:100]
    search = _search(request, place, text, at) if text else DoorFound()
    since = queries.day_began(at) - LATELY
    is_copy = KEPT in request.headers  # lies on a phone for days: it names nobody
    of_today, _of_late, entries = queries.own_counts(by, today=queries.day_began(at), since=since)
    lately = entries[DoorState.WAITS]
    waiting = (
        queries.own_entries(by, became=DoorState.WAITS, since=since)[:MOST_WAITING]
        if lately and not is_copy
        else []
    )
    if waiting:
        read_people(by=request.actor, unit_id=here.unit.id, n=len(waiting), at=at)
    files, unopened = materials.count_own(request.viewer)
    is_home = here.unit.kind in SMALLEST
    context: dict[str, Any] = {
        "here_unit": here,
        "files": files,
        "unopened": unopened,
        "place": here.name,
        "drive": drive,
        "other": drive.other if drive else "",
        "drive_name": place.counts.name() if place.counts else "",
        "asked": place.asked,
        "is_home": is_home,
        "text": text,
        "search": search,
        "address": place.address,
        "today": []
        if is_copy
        else _told(of_today, queries.door_try_counts(by, today=clock.day_in(settings.TIME_ZONE, at))[0]),
        "waiting": entry_rows(waiting, at),
        "more_waiting": 0 if is_copy else lately - len(waiting),
        "noted": _noted(request),
        "tries": DoorTry.Outcome,
        "lately": [] if is_home else _led_to(queries.last_places(by)),
        "below": [] if is_home else _led_to(queries.door_places_below(*here.span, here.hierarchy)),
    }
    if drive is not None:
        notice = _notice(drive, speaks)
        form.initial["notice"] = f"{notice.version}.{notice.language}"
        is_heard = form.is_bound or form.initial.get("given") == DoorEntry.Heard.TOGETHER
        if is_heard and not text:
            form.fields["phone"].widget.attrs["autofocus"] = True
        context |= notice_shown(notice) | {
            "form": form,
            "is_heard": is_heard,
            "is_house": not is_heard and queries.heard_lately(by, here.unit.id, since=at - HOUSE),
            "spoken": [
                (one, languages.own_language_name(one))
                for one in notices.languages_of_notice(drive.drive.notice_code, notice.version)
                if one in languages.public_languages()
            ],
            "number": queries_people.join_number((place.counts or drive).programme.pk),
        }
    return render(request, "doorstep/field.html", context, status=status)


def _told(counts: Counter[DoorState], tries: Counter[DoorTry.Outcome]) -> list[str]:
    """Say one's own day in numbers: how many were entered, what became of them, and at how many doors nobody was."""
    counted = counts[DoorState.COUNTED] + counts[DoorState.CONFIRMED]
    parts = [
        (counted, _("%(n)s counted")),
        (counts[DoorState.WAITS], ngettext("%(n)s waits", "%(n)s wait", counts[DoorState.WAITS])),
        (counts[DoorState.ENDED], _("%(n)s left")),
    ]
    text = ", ".join(words % {"n": grouped(n)} for n, words in parts if n)
    total = counts.total()
    entered = _("%(n)s today") % {"n": grouped(total)}
    at_doors = [f"{outcome.label}: {grouped(n)}" for outcome, n in sorted(tries.items()) if n]
    return [f"{entered}: {text}" if text else entered, *at_doors]


def _noted(request: Request) -> DoorTry.Outcome | None:
    """Return the last note of a door, to undo it at once."""
    outcomes = {str(outcome.value): outcome for outcome in DoorTry.Outcome}
    return outcomes.get(request.GET.get("noted", ""))


def _led_to(places: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    page = reverse("doorstep:field")
    return [(name, unit_address(page, code)) for name, code in places]


@dataclass(frozen=True, slots=True)
class DoorFound:
    """The results of a search, at most MOST_FOUND of each; and whether there are more."""

    people: Sequence[dict[str, Any]] = ()
    places: Sequence[tuple[str, str]] = ()
    more_people: bool = False
    more_places: bool = False


def _search(request: Request, place: EnrolPlace, text: str, at: datetime) -> DoorFound:
    """Return people of this unit by name, phone or member number; and places one may go to."""
    lo, hi = place.here.span
    members = queries_people.members_by_number(text)
    if members is None:
        members = queries_people.members_by_phone(text)
    if members is None and place.here.unit.kind in SMALLEST:
        wanted = queries_people.PeopleWanted(name=text)
        members = queries_people.members_below(lo, hi, wanted, limit=MOST_FOUND + 1)
    there = [member for member in members or [] if not member.is_withheld]
    if there:
        n = min(len(there), MOST_FOUND)
        read_people(by=request.actor, unit_id=place.here.unit.id, n=n, at=at)
    home = request.viewer.home
    places: Sequence[units.UnitRow] = ()
    if home is not None:
        within = (home.unit_id, home.hierarchy)
        places = units.search_units(
            text, language=active_language(), within=within, kinds=HOMES, limit=MOST_FOUND + 1
        )
    return DoorFound(
        people=[
            {
                "member": member,
                "number": member_number(member.public_id),
                "unit": member.unit_name(),
                "rung": Rung(member.rung).label,
            }
            for member in there[:MOST_FOUND]
        ],
        places=_led_to([(row.name(), row.code) for row in places[:MOST_FOUND]]),
        more_people=len(members or []) > MOST_FOUND,
        more_places=len(places) > MOST_FOUND,
    )
