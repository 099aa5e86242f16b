"""Lists: made with their basis, approved by a second person, filled by an import, taken back, ended."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from abhiyan.contact.models import BasisDocument, CallTurn, ContactEntry, ContactList, ContactTry
from abhiyan.contact.queries import ANSWERS_OF
from abhiyan.contact.rules.kinds import BY_LIST, KIND, LISTED
from abhiyan.core import audit, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.core.clock import day_in
from abhiyan.core.files import digest_of
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.titles import OTHER_TITLE, checked_titles
from abhiyan.forms import actions as forms
from abhiyan.forms.rules.words import refused_in
from abhiyan.helpdesk.rules.schemes import REVEALS, schemes
from abhiyan.org import actions as releases
from abhiyan.org import queries as org
from abhiyan.org.models import Release
from abhiyan.org.news import ReleaseDecided
from abhiyan.people import actions as people_acts
from abhiyan.people import queries as people
from abhiyan.people.news import PhoneSaidNo
from abhiyan.programmes.actions import post_changes
from abhiyan.programmes.models import Programme
from abhiyan.programmes.news import ItemsErased
from abhiyan.programmes.queries import item_ids
from abhiyan.programmes.rules.ladder import REPORTED, TallyChange
from abhiyan.work.actions.materials import open_document
from abhiyan.work.rules.materials import LARGEST

from .doors import end_leases
from .signing import count_signed, end_signed, require_signed, take_back_signed

RUN, ACT = "programmes.run", "contact.list"
LONGEST_TITLE, LONGEST_TEXT = 100, 300
LONGEST_DAYS = timedelta(days=366)
State = ContactList.State
OPEN = (State.DRAFT, State.REFUSED)  # its file may come


class ListTextMissing(Refused):
    message = _("Fill this in.")


class ListTextUnfit(Refused):
    message = _("%(why)s")


class BasisMissing(Refused):
    message = _("Say on which basis the organisation holds the list. Without one it cannot be used.")


class DocumentMissing(Refused):
    message = _("Add the document that shows the basis.")


class DocumentUnfit(Refused):
    message = _(
        "Add the document as PDF, PNG, JPEG, Word (DOCX) or Excel (XLSX), at most 20 MB. It may hold no macros, "
        "scripts or parts fetched from elsewhere. The contents decide, not the name of the file."
    )


class SchemeReveals(Refused):
    message = _(
        "A list of “%(scheme)s” would say something about %(about)s of each person. It cannot be used."
    )


class SchemeUnknown(Refused):
    message = _("Choose a scheme from the list, or none.")


class LastDayUnfit(Refused):
    message = _("Choose a last day from today to a year from today.")


class NoOneResponsible(Refused):
    message = _(
        "Nobody with an office near you has this number. Leave it empty if you are responsible yourself."
    )


class ListProgrammeOver(Refused, status=409):
    message = _("The programme is not open. Lists belong to an open programme of contact.")


class ListMoved(Refused, status=409):
    message = _("The list has moved on. Look at its page again.")


class ListUnchecked(Refused, status=409):
    message = _(
        "First bring the file and check it. The person who approves the list sees how many rows it has."
    )


class ListWaits(Refused, status=409):
    message = _("The list is not approved yet. Ask for approval on its page, then import.")


class ListAsked(Refused, status=409):
    message = _("The list waits for approval, so it is not imported yet. %(whom)s")


class AnotherFileApproved(Refused, status=409):
    message = _("Another file was approved for this list. Make a new list for this file.")


class ListWorked(Refused, status=409):
    message = _(
        "Workers have met people of this list already, so it cannot be taken back. End it on its page."
    )


@dataclass(frozen=True, slots=True)
class NewList:
    """An office's words about a list. scheme: its code, or empty. phone: the responsible person's.

    signed: of `ContactList.Signed`, where its people signed a form; then also the last day and who took the signatures.
    """

    title: str
    source: str
    basis: str
    purpose: str
    last_day: date
    scheme: str = ""
    signed: str = ""
    signed_on: date | None = None
    signed_with: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    phone: str = field(default="", repr=False)
    document: bytes = field(default=b"", repr=False)


def make_list(*, programme: Programme, unit_id: int, new: NewList, by: Actor, at: datetime) -> ContactList:
    """Make a list without rows. It needs programmes.run at the unit.

    Refuses NotYours, ListProgrammeOver, ListTextMissing, ListTextUnfit, BasisMissing, DocumentMissing, DocumentUnfit,
    SchemeUnknown, SchemeReveals, LastDayUnfit, NoOneResponsible, SignedUnfit.
    """
    org.require(by, RUN, at=unit_id)
    if programme.kind != KIND or programme.state != Programme.State.OPEN:
        raise ListProgrammeOver
    title, titles = checked_titles(new.title, new.titles, longest=LONGEST_TITLE, refusal=ListTextMissing)
    texts = {"source": new.source, "purpose": new.purpose}
    clean = {name: " ".join(text.split()) for name, text in texts.items()}
    for name, text in [("title", title), *((OTHER_TITLE, text) for text in titles.values()), *clean.items()]:
        if not text:
            raise ListTextMissing(field=name)
        if why := refused_in(text):
            raise ListTextUnfit(field=name, why=why)
    if new.basis not in ContactList.Basis.values or new.basis == ContactList.Basis.CALLED:
        raise BasisMissing(field="basis")
    _require_scheme(new.scheme)
    today = day_in(programme.zone, at)
    signed_with = require_signed(
        new.signed, on=new.signed_on, took=new.signed_with, basis=new.basis, today=today
    )
    if not today <= new.last_day <= today + LONGEST_DAYS:
        raise LastDayUnfit(field="last_day")
    if not new.document:
        raise DocumentMissing(field="document")
    unfit = DocumentUnfit(field="document")
    if len(new.document) > LARGEST:
        raise unfit
    kind, document = open_document(new.document, unfit=unfit)
    responsible = _responsible(new.phone, by)
    with system("a list is made"):
        contact_list = ContactList.objects.create(
            public_id=lot.uuid(),
            programme=programme,
            unit_id=unit_id,
            typed_title=title,
            titles=titles,
            source=clean["source"][:LONGEST_TEXT],
            purpose=clean["purpose"][:LONGEST_TEXT],
            basis=new.basis,
            scheme=new.scheme,
            signed=new.signed,
            signed_on=new.signed_on if new.signed else None,
            signed_with=signed_with,
            responsible_id=responsible,
            last_day=new.last_day,
            made_at=at,
        )
        digest = digest_of(new.document, within=f"list {contact_list.pk}")
        BasisDocument.of(
            document, digest=digest, added_at=at, contact_list=contact_list, unit_id=unit_id, kind=kind
        ).save(force_insert=True)
        _record("make_list", contact_list, by=by, at=at)
    return contact_list


def _require_scheme(code: str) -> None:
    if not code:
        return
    if (scheme := schemes().get(code)) is None:
        raise SchemeUnknown(field="scheme")
    if scheme.reveals:
        raise SchemeReveals(field="scheme", scheme=scheme.name, about=REVEALS[scheme.reveals])


def _responsible(phone: str, by: Actor) -> int:
    """The account of who is responsible, within the maker's sight; the maker where no phone is given."""
    if not phone:
        return or_refuse(by.account_id, org.NotYours)
    near = people.accounts_near(phone_ids=[keyring().phone_id(phone)])
    if not near:
        raise NoOneResponsible(field="phone")
    return near[0].pk


# Approval by a second person


def ask_list(*, public_id: UUID, by: Actor, at: datetime) -> Release:
    """Ask a second person to approve a list, with the file as it was checked. Their approval lets it be imported.

    It needs programmes.run at the list's unit. Refuses ListMoved, ListUnchecked, and what `ask_release` refuses.
    """
    with system("asking for a list"):
        contact_list = lock_list(public_id=public_id, states=OPEN)
        org.require(by, RUN, at=contact_list.unit_id)
        if contact_list.import_id is None or not contact_list.n_rows:
            raise ListUnchecked
        release = releases.ask_release(
            act=ACT,
            unit_id=contact_list.unit_id,
            reason=contact_list.purpose,
            payload={"list": str(contact_list.public_id), "file": contact_list.import_id},
            by=by,
            at=at,
        )
        contact_list.state, contact_list.asked_by, contact_list.asked_at = State.ASKED, by.account_id, at
        contact_list.save(update_fields=["state", "asked_by", "asked_at"])
        _record("ask_list", contact_list, by=by, at=at)
    return release


def hear_list_decided(*, decision: ReleaseDecided) -> None:
    """A second person decided a list: it may be imported, or not. In their transaction."""
    if decision.act != ACT:
        return
    with system("a list is decided"):
        contact_lists = ContactList.objects.select_for_update().filter(
            public_id=UUID(str(decision.payload["list"])),
            state=State.ASKED,
            import_id=decision.payload["file"],
        )
        if (contact_list := contact_lists.first()) is None:
            return
        contact_list.state = (
            State.APPROVED if decision.allow else State.DRAFT if decision.is_over else State.REFUSED
        )
        contact_list.approved_by, contact_list.approved_at = (
            (decision.by.account_id, decision.at) if decision.allow else (None, None)
        )
        contact_list.save(update_fields=["state", "approved_by", "approved_at"])
        _record("decide_list", contact_list, by=decision.by, at=decision.at)


# Filled by an import


def note_checked(
    *, public_id: UUID, import_id: int, columns: Collection[str], rows: int, double: int, opted_out: int
) -> None:
    """Note what the check of a file found, for the second person. In a system scope. Refuses ListMoved."""
    contact_list = lock_list(public_id=public_id, states=OPEN)
    contact_list.import_id, contact_list.columns = import_id, sorted(columns)
    contact_list.n_rows, contact_list.n_double, contact_list.n_opted_out = rows, double, opted_out
    contact_list.save(update_fields=["import_id", "columns", "n_rows", "n_double", "n_opted_out"])


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A row of a list. phone: E.164, or empty."""

    unit_id: int
    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    door: str = ""
    lane: str = ""
    language: str = ""
    lat: float | None = None
    lon: float | None = None


_FILL = """insert into contact_entry
 (public_id, list_id, unit_id, is_person, person_name, phone_id, door, lane, language, lat, lon)
 select t.public_id, %s, t.unit_id, t.is_person, t.name, t.phone_id, t.door, t.lane, t.language, t.lat, t.lon
 from unnest(%s::uuid[], %s::bigint[], %s::bool[], %s::bytea[], %s::uuid[], %s::text[], %s::text[], %s::text[],
 %s::float8[], %s::float8[]) t(public_id, unit_id, is_person, name, phone_id, door, lane, language, lat, lon)"""


def add_entries(*, to: ContactList, some: Sequence[NewEntry]) -> None:
    """Add rows to a list that is being imported. One statement. In a system transaction."""
    ring = keyring()
    numbers = [entry.phone for entry in some if entry.phone]
    kept = dict(zip(numbers, people_acts.keep_phones(phones=numbers), strict=True))
    ids = [lot.uuid() for _each in some]
    names = [
        ring.seal(entry.name.encode(), about=ident.bytes) if entry.name else b""
        for ident, entry in zip(ids, some, strict=True)
    ]
    columns = [
        ids,
        [entry.unit_id for entry in some],
        [bool(entry.name or entry.phone) for entry in some],
        names,
        [kept.get(entry.phone) for entry in some],
        [entry.door for entry in some],
        [entry.lane for entry in some],
        [entry.language for entry in some],
        [entry.lat for entry in some],
        [entry.lon for entry in some],
    ]
    sql.run(_FILL, [to.pk, *columns])


def end_filling(*, to: ContactList, persons: Counter[int], by: Actor, at: datetime) -> None:
    """Report the persons of an imported list, by unit. In the transaction of the import.

    A consent form that was signed at a door or a desk counts its person, who is asked the day after.
    """
    to.day = day_in(to.programme.zone, at)
    to.save(update_fields=["day"])
    if to.signed:
        count_signed(to, at=at)
    else:
        post_changes(deltas=_rows(to, persons), at=at)
    _record("fill_list", to, by=by, at=at, n=sum(persons.values()))


def empty_list(*, import_id: int, by: Actor, at: datetime) -> int:
    """Take the rows of an import back; the list may get another file. Returns how many. In a system transaction.

    Refuses ListWorked.
    """
    contact_list = or_refuse(
        ContactList.objects.select_for_update().filter(import_id=import_id).first(), ListMoved
    )
    if ContactTry.objects.filter(entry__list=contact_list).exists():
        raise ListWorked
    if not take_back_signed(contact_list, at=at):
        raise ListWorked
    persons = Counter(dict(sql.rows(_PERSONS, [contact_list.pk])))
    if contact_list.day is not None:
        post_changes(deltas=[change._replace(n=-change.n) for change in _rows(contact_list, persons)], at=at)
    n = sql.run("delete from contact_entry where list_id = %s", [contact_list.pk])
    contact_list.state, contact_list.day, contact_list.import_id, contact_list.approved_at = (
        State.DRAFT,
        None,
        None,
        None,
    )
    contact_list.n_rows = contact_list.n_double = contact_list.n_opted_out = 0
    contact_list.save()
    _record("empty_list", contact_list, by=by, at=at, n=n)
    return n


_PERSONS = (
    "select unit_id, count(*)::int from contact_entry where list_id = %s and is_person and item_id is null"
    " group by unit_id"
)


def _rows(contact_list: ContactList, persons: Counter[int]) -> list[TallyChange]:
    assert contact_list.day is not None
    return [
        TallyChange(contact_list.programme_id, LISTED, BY_LIST, unit, contact_list.day, REPORTED, n)
        for unit, n in persons.items()
    ]


# Ended


def end_list(*, public_id: UUID, by: Actor, at: datetime) -> None:
    """End a list: workers meet no one from it any more, and the doors they hold come back.

    It needs programmes.run at the list's unit. Refuses ListMoved where it has ended.
    """
    with system("a list is ended"):
        contact_list = lock_list(public_id=public_id, states=set(State) - {State.ENDED})
        org.require(by, RUN, at=contact_list.unit_id)
        if contact_list.state == State.ASKED:
            releases.close_release(act=ACT, payload={"list": str(contact_list.public_id)}, by=by, at=at)
        _end(contact_list, by=by, at=at)


def end_past_lists(*, at: datetime) -> int:
    """End the lists whose last day is past. Returns how many. In a system transaction, as jobs."""
    today = day_in(settings.TIME_ZONE, at)
    past = ContactList.objects.select_for_update(skip_locked=True).exclude(state=State.ENDED)
    contact_lists = list(past.filter(last_day__lt=today).order_by("pk"))
    for contact_list in contact_lists:
        _end(contact_list, by=Actor.system("the last day of a list is past"), at=at)
    return len(contact_lists)


def _end(contact_list: ContactList, *, by: Actor, at: datetime) -> None:
    contact_list.state, contact_list.ended_at = State.ENDED, at
    contact_list.save(update_fields=["state", "ended_at"])
    end_leases(list_id=contact_list.pk)
    _record("end_list", contact_list, by=by, at=at)


# What people themselves say


def hear_no_to_lists(*, phone_no: PhoneSaidNo) -> None:
    """A phone said no to us: its entries are held back. In the transaction of the no.

    A worker who is on the way keeps the door: the gate shows no number, and nobody gets the door after them.
    """
    with system("a phone said no"):
        theirs = ContactEntry.objects.filter(phone_id=phone_no.phone_id)
        theirs.exclude(state=ContactEntry.State.LEASED).update(**_OUT, why_out="opted_out")
        end_signed(phone_id=phone_no.phone_id, at=phone_no.at)
        with override(None):
            reason = str(_("The person said no to us."))
        by = Actor.system("a phone said no")
        for turn in _answered(phone_no.phone_id):
            forms.send_back_all(about=(ANSWERS_OF, turn), reason=reason, by=by, at=phone_no.at)


def forget_person(*, erasure: ItemsErased) -> None:
    """A person had everything erased: no entry names them any more, and notes of talks with them are empty.

    In the transaction of the erasure.
    """
    with system("a person on a list is erased"):
        for theirs in ({"entry__phone_id": erasure.phone_id}, {"item_id__in": item_ids(erasure.item_ids)}):
            ContactTry.objects.filter(**theirs).update(note=b"", note_until=None)
        forms.forget_answers(about_kind=ANSWERS_OF, about_ids=_answered(erasure.phone_id), at=erasure.at)
        ContactTry.objects.filter(phone_id=erasure.phone_id).update(phone_id=None)
        nobody = {"phone_id": None, "person_name": b"", "door": "", "lane": "", "lat": None, "lon": None}
        ContactEntry.objects.filter(phone_id=erasure.phone_id).update(**_OUT, why_out="erased", **nobody)


def _answered(phone_id: UUID) -> list[str]:
    """The calls of a phone in which its person may have answered a script."""
    turns = CallTurn.objects.filter(entry__phone_id=phone_id, version_id__isnull=False)
    return [str(pk) for pk in turns.values_list("pk", flat=True)]


_OUT: dict[str, Any] = {"state": ContactEntry.State.OUT, "holder_id": None, "until": None}


def lock_list(*, public_id: UUID, states: Collection[str]) -> ContactList:
    """A list, locked. In a system scope. Refuses NotFound; ListMoved in another state."""
    contact_list = or_refuse(
        ContactList.objects.select_for_update(of=("self",))
        .select_related("programme")
        .filter(public_id=public_id)
        .first(),
        NotFound,
    )
    if contact_list.state not in states:
        raise ListMoved
    return contact_list


def _record(act: str, contact_list: ContactList, *, by: Actor, at: datetime, n: int = 1) -> None:
    audit.record(
        by=by,
        at=at,
        act=f"contact.{act}",
        subject=str(contact_list.public_id),
        unit_id=contact_list.unit_id,
        n=n,
        facts={"state": str(contact_list.state)},
    )
