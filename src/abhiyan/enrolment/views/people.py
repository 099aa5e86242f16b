"""The people of a unit: the list, one person, and what may be done about an entry."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from abhiyan.core import clock, declared, limits
from abhiyan.core.refusals import NotFound
from abhiyan.core.words import name_in_language
from abhiyan.enrolment.actions import cards, exporting, members
from abhiyan.enrolment.forms import FilterForm
from abhiyan.enrolment.models import Taken, TermKind
from abhiyan.enrolment.queries import people as queries
from abhiyan.enrolment.queries.first_calls import TellingResult, tries_of_term
from abhiyan.enrolment.queries.page_parts import person_parts
from abhiyan.enrolment.queries.people import Member, PeopleWanted
from abhiyan.enrolment.queries.referrals import inviter_of
from abhiyan.enrolment.rules.channels import Sign
from abhiyan.enrolment.rules.number import member_number
from abhiyan.enrolment.rules.paper_forms import claims_of_batch
from abhiyan.enrolment.rules.rolls import KIND
from abhiyan.org import actions as org
from abhiyan.org import queries as authority
from abhiyan.org.models import Release
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request, Viewer
from abhiyan.people import queries as known
from abhiyan.people.actions import reading
from abhiyan.people.actions.reading import read_people, read_person
from abhiyan.people.models import RevokeReason
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme, Rung
from abhiyan.programmes.rules.activities import activity_of
from abhiyan.ui import tables
from abhiyan.ui.acts import act_page, form_page, say_when_done
from abhiyan.ui.fields import NoteField
from abhiyan.ui.files import with_lines
from abhiyan.ui.lists import Column, Table
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy
from abhiyan.units.rules import levels

from . import card
from .member import correct_page
from .too_large import (
    MOST_DRIVES,
    RUNGS,
    ListSize,
    counted_drive,
    large_unit_href,
    numbers_of_large_unit,
    smaller_units,
)

# Of a list; none of them tells of a person.
SETTINGS = ("rung", "channel", "kind", "ended", "since", "drive", "batch", "sort")
LONGEST_SETTING = 40


PEOPLE: tuple[Column[dict[str, Any]], ...] = (
    Column("name", gettext_lazy("Name"), lambda row: row["member"].name, names_people=True),
    Column("number", gettext_lazy("Member number"), lambda row: row["number"], names_people=True),
    Column(
        "phone",
        gettext_lazy("Phone"),
        lambda row: row["member"].last4 and f"…{row['member'].last4}",
        names_people=True,
    ),
    Column("unit", gettext_lazy("Unit"), lambda row: row["unit"]),
    Column("rung", gettext_lazy("Status"), lambda row: row["rung"]),
    Column("channel", gettext_lazy("Came by"), lambda row: row["channel"]),
    Column("kind", gettext_lazy("Kind"), lambda row: row["kind"]),
    Column("day", gettext_lazy("Day"), lambda row: row["day"]),
)


class StrikeEntryForm(forms.Form):
    """Why an entry is struck off: a code, for the trail holds no stories about people."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"), choices=members.StrikeReason.choices, widget=forms.RadioSelect
    )


class RevokeForm(forms.Form):
    """Why a card is not valid any more."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=[choice for choice in RevokeReason.choices if choice[0] != RevokeReason.ENDED],
        widget=forms.RadioSelect,
    )


LIST, CARDS = "list", "cards"  # what leaves, of a request of a list of people


class ExportForm(forms.Form):
    """The use of a list of people, and its format."""

    file = forms.ChoiceField(
        label=gettext_lazy("What to take out"),
        choices=[
            (LIST, gettext_lazy("The list, as a file")),
            (CARDS, gettext_lazy("Member cards to print, of those whose phone has answered")),
        ],
        initial=LIST,
        required=False,
        widget=forms.RadioSelect,
    )
    reason = NoteField(label=gettext_lazy("What do you need the list for?"), max_length=300)


def _unit(request: Request, given: QueryDict) -> ListSize:
    """Return the unit asked for, else the viewer's own. NotYours where their people are out of scope."""
    home = request.viewer.home
    code = given.get("unit", "")[:64].replace("\x00", "")
    tree = levels.BY_SLUG.get(given.get("in", ""))
    if not code and home is None:
        raise NotYours
    if code:
        unit_id = units.unit(code).pk
        stands = units.hierarchies_of(unit_id)
        hierarchy = tree if tree in stands else next(iter(stands), Hierarchy.ORGANISATIONAL.value)
    else:
        assert home is not None
        unit_id, hierarchy = home.unit_id, home.hierarchy
    row = units.row_of_unit(unit_id, hierarchy)
    if row.lo is None or row.hi is None or not request.viewer.sees_people_at(row.lo):
        raise NotYours
    return ListSize(row, hierarchy)


def _sorting(given: QueryDict) -> tables.Sorting:
    return tables.sorting(given, {"joined": ""}, default="-joined")


def _asked(request: Request, given: QueryDict) -> tuple[FilterForm, dict[str, Any]]:
    """Return how a list is narrowed, and what was said where all of it can be."""
    found = programmes.programmes_for(request.viewer).filter(kind=KIND)
    drives = {
        str(programme.public_id): programme
        for programme in found.exclude(state=Programme.State.DRAFT)[:MOST_DRIVES]
    }
    form = FilterForm(
        given, drives=[(key, name_in_language(programme.names)) for key, programme in drives.items()]
    )
    if not form.is_valid():
        return form, {}
    values = dict(form.cleaned_data)
    if number := values["batch"].strip():
        claims = claims_of_batch(number)
        if claims is None:
            form.add_error(
                "batch", _("No batch of your units has this number. It is at the top of each sheet.")
            )
            return form, {}
        values["claims"] = claims
    if drive := values.get("drive"):
        values["programmes"] = drives[drive].counted_ids
    return form, values


def _wanted(said: dict[str, Any], sorting: tables.Sorting) -> PeopleWanted:
    return PeopleWanted(
        programmes=said.get("programmes"),
        claims=said.get("claims"),
        name=str(said.get("q") or "").replace("\0", "").strip(),
        rung=RUNGS[said["rung"]].value if said.get("rung") in RUNGS else None,
        channel=int(said["channel"]) if said.get("channel") else None,
        kind=int(said["kind"]) if said.get("kind") else None,
        ended=str(said.get("ended") or ""),
        since=said.get("since"),
        oldest_first=not sorting.descending,
    )


@require_GET
def drive_members_page(request: Request) -> HttpResponseBase:
    """List the people who joined here: newest first, narrowed, or found by phone, number or name."""
    at = clock.now()
    looked = _unit(request, request.GET)
    form, values = _asked(request, request.GET)
    text = str(values.get("q") or "").strip()
    found = queries.members_by_number(text) if text else None
    if found is None and text:
        found = queries.members_by_phone(text)
    is_whole = found is not None
    sorting = _sorting(request.GET)
    kept = {name: request.GET[name] for name in ("q", *SETTINGS) if request.GET.get(name)}
    leaf: tables.Leaf | None = None
    if found is not None:
        leaf = tables.Leaf(found, 1 if found else 0, len(found), len(found), False)
    elif not looked.is_large:
        leaf = _page(looked, _wanted(values, sorting), request.GET)
    if leaf is not None:
        read_people(by=request.actor, unit_id=looked.row.id, n=len(leaf.rows), at=at)
    context = {
        "here": "people",
        "crumbs": _crumbs(request.viewer, looked),
        "unit": looked.row,
        "unit_name": looked.row.name(),
        "form": form,
        "sorting": sorting,
        "leaf": leaf,
        "rows": [member_line(member) for member in leaf.rows] if leaf else [],
        "is_whole": is_whole,
        "is_narrowed": any(values.values()) or not form.is_valid(),
        "is_filtered": any(value for name, value in values.items() if name != "q"),
        "below": [],
        "text": text,
        "may_export": request.viewer.may_at("people.export", looked.row.lo or 0)
        and bool(leaf and leaf.rows)
        and form.is_valid()
        and not text,
        "export_form": ExportForm(),
        "most_exported": reading.MOST_EXPORTED,
        "kept": [(name, request.GET[name]) for name in ("unit", "in", *SETTINGS) if request.GET.get(name)],
        "releases": _releases(request, at) if request.viewer.may("people.export") else [],
        "may_place": request.viewer.may("enrolment.place"),
        "may_merge": request.viewer.may("enrolment.strike_off"),
        "at": at,
    }
    if looked.is_large and not is_whole:
        drive = counted_drive(request, values)
        context |= (
            numbers_of_large_unit(looked, kept, drive, values["rung"], at)
            if drive
            else {"below": smaller_units(looked, kept)}
        )
    return render(request, "enrolment/people.html", context, status=200 if form.is_valid() else 422)


def member_line(one: Member) -> dict[str, Any]:
    """Return a member as a row of a list. For one who has left: number, unit and the day it ended."""
    return {
        "member": one,
        "number": member_number(one.public_id),
        "unit": one.unit_name(),
        "channel": "" if one.is_withheld else activity_of(KIND).channel(one.channel).label,
        "kind": "" if one.is_withheld else TermKind(one.kind).label,
        "rung": _("Left") if one.is_withheld else Rung(one.rung).label,
        "day": one.ended_on if one.is_withheld and one.ended_on else one.day,
    }


def _page(looked: ListSize, wanted: PeopleWanted, given: QueryDict) -> tables.Leaf:
    """Return one page of the list, by the mark where the last one ended."""
    lo, hi = looked.row.lo, looked.row.hi
    assert lo is not None and hi is not None

    def read(mark: list[Any] | None, limit: int) -> list[Member]:
        return queries.members_below(lo, hi, wanted, after=(mark[0], mark[1]) if mark else None, limit=limit)

    return tables.read_on(
        given,
        read,
        kinds=(tables.instant, UUID),
        key=lambda row: (row.at, row.enrolment_id),
        per=queries.PER_PAGE,
    )


def _crumbs(viewer: Viewer, looked: ListSize) -> list[tuple[str, str]]:
    """Return the units above; an address only where its people are in sight."""
    slug = levels.SLUGS[looked.hierarchy]
    return [
        (
            row.name(),
            large_unit_href(row.code, slug)
            if row.id != looked.row.id and viewer.sees_people_at(row.lo)
            else "",
        )
        for row in units.path_of_unit(looked.row.id, looked.hierarchy)
        if row.lo is not None
    ]


# Export: asked by one, allowed by another of a different line


def _releases(request: Request, at: datetime) -> list[Release]:
    if request.viewer.account_id is None:
        return []
    releases = authority.releases().filter(
        asked_by=request.viewer.account_id, act="people.export", expires_at__gt=at
    )
    return list(releases.order_by("-asked_at", "-pk")[:20])


@require_POST
def people_export(request: Request) -> HttpResponseBase:
    """Ask a second person for the list as it is narrowed now. A search by name is no setting of a list."""
    at = clock.now()
    looked = _unit(request, request.POST)
    form = ExportForm(request.POST)
    settings = {name: request.POST.get(name, "")[:LONGEST_SETTING] for name in SETTINGS}
    back = f"{reverse('enrolment:people')}?" + urlencode(
        {"unit": looked.row.code, "in": levels.SLUGS[looked.hierarchy]}
        | {name: value for name, value in settings.items() if value}
    )
    query = _as_asked(settings)
    narrowed, values = _asked(request, query)
    if not narrowed.is_valid():
        raise NotFound
    if not form.is_valid():
        messages.error(request, _("Say what you need the list for."))
        return redirect(back)
    assert looked.row.lo is not None and looked.row.hi is not None
    n = queries.count_below(
        looked.row.lo,
        looked.row.hi,
        _wanted(values, _sorting(query)),
        most=reading.MOST_EXPORTED + 1,
    )
    try:
        exporting.ask_for_list(
            unit_id=looked.row.id,
            n=n,
            reason=form.cleaned_data["reason"],
            settings={
                "unit": looked.row.code,
                "in": levels.SLUGS[looked.hierarchy],
                "file": form.cleaned_data["file"] or LIST,
                **settings,
            },
            most=card.MOST if form.cleaned_data["file"] == CARDS else reading.MOST_EXPORTED,
            by=request.actor,
            at=at,
        )
    except reading.ListTooLong as refused:
        messages.error(request, str(refused))
        return redirect(back)
    say_when_done(request, _("Request sent. Approvals lists who can approve it."))
    return redirect(back)


@require_POST
def people_download(request: Request, public_id: UUID) -> HttpResponseBase:
    """Give out a released list, once: exactly the rows and columns the page shows, or the cards of these people."""
    at = clock.now()
    payload = org.use_release(public_id=public_id, act="people.export", by=request.actor, at=at)
    query = _as_asked(payload)
    looked = _unit(request, query)
    form, values = _asked(request, query)
    if not form.is_valid() or looked.row.lo is None or looked.row.hi is None:
        raise NotFound
    rows = queries.members_below(
        looked.row.lo,
        looked.row.hi,
        _wanted(values, _sorting(query)),
        limit=limits.allowed_by(declared.PEOPLE_ROWS, at) + 1,
    )
    read_people(by=request.actor, unit_id=looked.row.id, n=len(rows), at=at, act="enrolment.export_people")
    if payload.get("file") == CARDS:
        return card.list_cards_file(
            rows, unit_id=looked.row.id, by=request.actor, at=at, with_lines=with_lines(request)
        )
    table = Table(
        request,
        PEOPLE,
        rows,
        name="people",
        caption=_("People"),
        finish=lambda some: [*map(member_line, some)],
    )
    return table.written("csv", with_names=True)


def _as_asked(settings: Mapping[str, Any]) -> QueryDict:
    """Return the settings of a list as they stood in its address."""
    query = QueryDict(mutable=True)
    query.update({name: str(value) for name, value in settings.items()})
    return query


# One person


@require_GET
def person_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show one entry: terms, claims with who sent them, consents with their proof. For one who has left: only that."""
    member = queries.member_for(public_id)
    return _left(request, member) if member.is_withheld else _person(request, member)


def _readable(public_id: UUID) -> Member:
    """Return a member whose entry may be read. NotFound for one who has left, too."""
    member = queries.member_for(public_id)
    if member.is_withheld:
        raise NotFound
    return member


def _left(request: Request, member: Member) -> HttpResponse:
    read_person(about=member.public_id, by=request.actor, unit_id=member.unit_id, at=clock.now())
    context = {"here": "people", "crumbs": _crumbs_of(member), **member_line(member)}
    return render(request, "enrolment/person_left.html", context)


def _crumbs_of(member: Member) -> list[tuple[str, str]]:
    people_page = reverse("enrolment:people")
    return [
        (_("People"), people_page),
        (member.unit_name(), people_page + "?" + urlencode({"unit": member.unit_code})),
        (member.name or member_number(member.public_id), ""),
    ]


def _person(
    request: Request,
    member: Member,
    *,
    revealed: str = "",
) -> HttpResponse:
    at = clock.now()
    read_person(about=member.public_id, by=request.actor, unit_id=member.unit_id, at=at)
    spans = [lo for lo, _hi in units.all_spans([member.unit_id]).get(member.unit_id, [])]
    claims = queries.claims(member.phone_id, member.id)
    by = queries.senders([claim_told.by for claim_told in claims])
    held_data = known.data_held_about(member.phone_id, member.person_id, at=at)
    wanted = queries.card_wanted(member.public_id)
    may = {
        name: member.is_current and request.viewer.may_at(capability, *spans)
        for name, capability in (
            ("correct", "enrolment.correct"),
            ("strike_off", "enrolment.strike_off"),
            ("revoke_card", "enrolment.correct"),
            ("place", "enrolment.place"),
        )
    }
    context = {
        "here": "people",
        "crumbs": _crumbs_of(member),
        "member": member,
        **member_line(member),
        "roll": member.roll_name(),
        "parts": person_parts(request.viewer, member, spans),
        "inviter": inviter_of(member.public_id),
        "tries": [
            (contact_try.at, TellingResult(contact_try.outcome).label)
            for contact_try in tries_of_term(member.enrolment_id)
            if contact_try.outcome in TellingResult.values
        ],
        "lasts_until": queries.lasts_until(member),
        "terms": [
            {
                "term": membership_term,
                "programme": membership_term.programme(),
                "unit": membership_term.unit(),
                "kind": TermKind(membership_term.kind).label,
                "channel": activity_of(KIND).channel(membership_term.channel).label,
                "rung": Rung(membership_term.rung).label,
            }
            for membership_term in queries.membership_terms(member.id)
        ],
        "claims": [
            {
                "told": claim_told,
                "channel": activity_of(KIND).channel(claim_told.channel).label,
                "sign": Sign(claim_told.sign).label,
                "became": Taken(claim_told.taken).label,
                "by": by.get(claim_told.by, ""),
                "unit": claim_told.unit(),
            }
            for claim_told in claims
        ],
        "cards": known.documents_about(member.public_id),
        "wanted": wanted,
        "may_ask_card": may["correct"] and member.said.has_card and (wanted is None or wanted.printed_at),
        "consents": [
            (consent, activity_of(KIND).channel(consent.channel).label) for consent in held_data.consents
        ],
        "may": may,
        "may_reveal": request.viewer.may_at("people.reveal", *spans),
        "revealed": revealed,
        "at": at,
    }
    return render(request, "enrolment/person.html", context)


@require_POST
def person_reveal(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show the whole number, for one look; it leaves a row."""
    member = _readable(public_id)
    number = org.reveal_phone(
        phone_id=member.phone_id,
        about=member.public_id,
        unit_id=member.unit_id,
        by=request.actor,
        at=clock.now(),
    )
    return _person(request, member, revealed=number)


@form_page
def person_correct(request: Request, public_id: UUID) -> HttpResponseBase:
    """Put an entry right."""
    member = queries.member_for(public_id)
    if not member.is_current:
        raise NotFound
    name = member.name or member_number(member.public_id)
    return correct_page(
        request,
        member,
        by=request.actor,
        at=clock.now(),
        template="enrolment/person_correct.html",
        after="enrolment:person",
        here="people",
        crumbs=[
            (_("People"), reverse("enrolment:people")),
            (name, reverse("enrolment:person", args=[public_id])),
            (_("Correct"), ""),
        ],
    )


@form_page
def person_strike_off(request: Request, public_id: UUID) -> HttpResponseBase:
    """Strike an entry off, with its reason."""
    member = queries.member_for(public_id)
    authority.require(request.actor, "enrolment.strike_off", at=member.unit_id)
    name = member.name or member_number(member.public_id)
    page = reverse("enrolment:person", args=[public_id])
    if not member.is_current:
        messages.info(request, str(members.MembershipEnded.message))
        return redirect(page)
    return act_page(
        request,
        lambda given: members.strike_off(
            membership=public_id, reason=given["reason"], by=request.actor, at=clock.now()
        ),
        form=StrikeEntryForm(request.POST if request.method == "POST" else None),
        title=_("Strike off %(name)s?") % {"name": name},
        text=[
            _("The membership ends now and is no longer counted. The entry stays, with your reason."),
            _("Only this person can undo it, by joining again from their own phone."),
        ],
        button=_("Strike off"),
        said=_("Struck off. The membership is no longer counted."),
        done=page,
        is_danger=True,
        here="people",
        crumbs=[(_("People"), reverse("enrolment:people")), (name, page), (_("Strike off"), "")],
    )


@form_page
def person_revoke_card(request: Request, public_id: UUID) -> HttpResponseBase:
    """Make a member's card invalid, with the reason."""
    member = _readable(public_id)
    authority.require(request.actor, "enrolment.correct", at=member.unit_id)
    name = member.name or member_number(member.public_id)
    page = reverse("enrolment:person", args=[public_id])
    has_card = known.standing_document(cards.CARD, public_id) is not None
    return act_page(
        request,
        lambda given: cards.revoke_card(
            membership=public_id, reason=given["reason"], by=request.actor, at=clock.now()
        ),
        form=RevokeForm(request.POST if request.method == "POST" else None),
        title=_("Make the card of %(name)s invalid?") % {"name": name},
        is_open=has_card,
        text=[str(cards.NoCard.message)]
        if not has_card
        else [
            _("Scanning it will show that it is not valid. You cannot undo this."),
            _("The membership goes on. The member can save a new card from their own page."),
        ],
        button=_("Make the card invalid"),
        said=_("The card is not valid any more."),
        done=page,
        is_danger=True,
        here="people",
        crumbs=[(_("People"), reverse("enrolment:people")), (name, page), (_("Card"), "")],
    )
