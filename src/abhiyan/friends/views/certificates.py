"""Certificates of friends: the office's page, its sheet, batches, the list of organisers, and a friend's own."""

import base64
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.views.decorators.http import require_POST, require_safe

from abhiyan.core import clock, printing
from abhiyan.core.clock import day_in
from abhiyan.core.refusals import NotFound, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import active_language, day_words, local_person, name_in_language
from abhiyan.enrolment.here import RUN, SeenDrive, chosen_membership, unlisted
from abhiyan.friends.actions import certificates as acts
from abhiyan.friends.models import CertificateSheet
from abhiyan.friends.queries import certificates as queries
from abhiyan.friends.queries.certificates import CertificateRow, PrintedFriend, SegmentOfCertificates
from abhiyan.friends.rules.certificates import LABEL, MOST_EACH, certificate_rule
from abhiyan.org import queries as org
from abhiyan.org.here import page_unit
from abhiyan.org.viewer import Request
from abhiyan.people import queries as people
from abhiyan.people.actions.reading import read_people
from abhiyan.people.models import RevokeReason
from abhiyan.people.visit import VisitRequest
from abhiyan.programmes.models import Programme
from abhiyan.ui.acts import PageAct, act_page, form_page
from abhiyan.ui.fields import NoteField, WholeField
from abhiyan.ui.files import file_answer, sent_bytes, with_lines
from abhiyan.ui.lists import Column, Table, list_response, page_with_list
from abhiyan.ui.numbers import grouped
from abhiyan.ui.templatetags.look import organisation
from abhiyan.units import queries as units

TEMPLATE = printing.PrintTemplate.read(
    Path(__file__).parent.parent / "templates" / "friends" / "certificate.typ"
)
BOTH = ("hi", "en")  # of a sheet, in this order
STATES = {"": _("Not handed over"), "handed": _("Handed over"), "ended": _("Not valid")}
REASONS = [
    (RevokeReason.WRONG.value, _("The certificate is wrong")),
    (RevokeReason.MISUSED.value, RevokeReason.MISUSED.label),
]


def _seen(request: Request, public_id: UUID) -> SeenDrive:
    """Return a programme whose friends get certificates. NotFound for any other."""
    seen = SeenDrive(request, public_id)
    if not seen.drive.roll.gives_way:
        raise NotFound
    return seen


def _crumbs(seen: SeenDrive, *more: tuple[str, str]) -> list[tuple[str, str]]:
    page = reverse("friends:certificates", args=[seen.programme.public_id])
    return seen.crumbs((say("Certificates"), page if more else ""), *more)


# The office's page

SEGMENTS: tuple[Column[SegmentOfCertificates], ...] = (
    Column("place", _("Segment"), lambda row: row.name, is_name=True, order="place"),
    Column(
        "above", _("Constituency"), lambda row: name_in_language(row.above) if row.above else "", css="under"
    ),
    Column("confirmed", _("Confirmed friends"), lambda row: row.confirmed, css="num"),
    Column("given", _("Certificates"), lambda row: row.given, css="num"),
    Column("handed", _("Handed over"), lambda row: row.handed, css="num"),
    Column("ended", _("Not valid"), lambda row: row.ended, css="num"),
    Column("left", _("Still to give"), lambda row: row.left, css="num"),
    Column("acts", _("Ask for certificates"), is_for_acts=True, css="end"),
)


@page_with_list
def certificates_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show the rule and the sheet, each segment with its counts, and the batches for the printer."""
    seen, at = _seen(request, public_id), clock.now()
    programme = seen.programme
    with system("how certificates look"):
        sheet = queries.sheet_of(programme.pk)
    rows = queries.certificate_segments(
        programme, each=sheet.each if sheet else 0, on=day_in(programme.zone, at)
    )
    made = queries.batches_of_certificates(programme)
    places = (
        units.names_of_units(
            {certificate_batch.unit_id for certificate_batch in made}, language=active_language()
        )
        if made
        else {}
    )
    table = Table(request, SEGMENTS, rows, name="certificates", caption=_("Segments"))
    context = {
        "here": "programmes",
        "crumbs": _crumbs(seen),
        "programme": programme,
        "name": seen.name,
        "sheet": sheet,
        "line": name_in_language(sheet.line) if sheet else "",
        "rule": certificate_rule(sheet.each) if sheet else [],
        "batches": [
            (certificate_batch, places.get(certificate_batch.unit_id, "")) for certificate_batch in made
        ],
        "may_run": seen.may_run,
        "whole": _whole(request, programme) if sum(row.may_ask for row in table.leaf.rows) > 1 else "",
        "may_print": programme.state == Programme.State.OPEN and request.viewer.may(acts.EXPORT),
    }
    return list_response(request, "friends/certificates.html", table, context)


def _whole(request: Request, programme: Programme) -> str:
    """Return the code of the widest unit whose segments the viewer may ask for at once: the programme's, else
    their own."""
    for unit_id in (programme.owner_id, request.viewer.home.unit_id if request.viewer.home else 0):
        spans = [lo for lo, _hi in units.all_spans([unit_id]).get(unit_id, [])] if unit_id else []
        if spans and request.viewer.may_at(acts.EXPORT, *spans):
            return units.unit_by_id(unit_id).code
    return ""


class CertificateSheetForm(forms.Form):
    """The number of certificates of a segment, and who signs them."""

    each = WholeField(label=_("Certificates in each segment"), min_value=1, max_value=MOST_EACH)
    line_hi = forms.CharField(
        label=_("Who signs, in Hindi"),
        max_length=acts.LONGEST_LINE,
        help_text=_("Printed under the signature, such as: name, State president."),
    )
    line_en = forms.CharField(label=_("Who signs, in English"), max_length=acts.LONGEST_LINE)
    signature = forms.FileField(
        label=_("Signature"),
        required=False,
        help_text=_("A JPEG or PNG picture, at most 5 MB. Without one, the signature before stays."),
        widget=forms.FileInput(attrs={"accept": ".jpg,.jpeg,.png"}),
    )


@form_page
def certificate_sheet(request: Request, public_id: UUID) -> HttpResponseBase:
    """Set the number for a segment, the signature and the line under it."""
    seen = _seen(request, public_id)
    org.require(request.actor, RUN, at=seen.programme.owner_id)
    with system("how certificates look"):
        sheet = queries.sheet_of(seen.programme.pk)
    before = {"each": sheet.each} | {f"line_{key}": text for key, text in sheet.line.items()} if sheet else {}
    form = CertificateSheetForm(request.POST or None, request.FILES or None, initial=before)
    back = reverse("friends:certificates", args=[public_id])

    def do(given: dict[str, Any]) -> CertificateSheet:
        signature = given["signature"]
        drawn = sent_bytes(signature) if signature else b""
        new = acts.NewSheet(given["each"], given["line_en"], given["line_hi"], drawn)
        return acts.set_sheet(programme=seen.programme, new=new, by=request.actor, at=clock.now())

    return act_page(
        request,
        do,
        form=form,
        title=say("How certificates look"),
        text=[_("Batches that were approved keep the sheet they were approved with.")],
        button=_("Save"),
        said=_("Saved. Look at the preview on paper."),
        done=back,
        here="programmes",
        crumbs=_crumbs(seen, (say("How certificates look"), "")),
    )


@require_safe
def certificate_preview(request: Request, public_id: UUID) -> HttpResponseBase:
    """Send a PDF with made-up friends: a usual name, one of three lines, and one in Urdu. Their codes mean nothing."""
    seen, at = _seen(request, public_id), clock.now()
    org.require(request.actor, RUN, at=seen.programme.owner_id)
    with system("how certificates look"):
        sheet = or_refuse(queries.sheet_of(seen.programme.pk), acts.NoSheetYet)
    place = {"en": "Segment (sample)", "hi": "विधानसभा क्षेत्र (नमूना)"}
    long = " ".join(["श्रीमती लक्ष्मीनारायणम्मा वेंकटेश्वरप्रसाद राजलक्ष्मी"] * 4)
    names = ["श्रद्धा कुंद्रा", long, "محمد یوسف خان"]
    some = [PrintedFriend(UUID(int=n), name, place, {}, at, at, sheet.pk) for n, name in enumerate(names)]
    return _pdf(request, some, sheet, at=at, name="preview.pdf")


class AskCertificatesForm(forms.Form):
    """The number of certificates, and what they are for."""

    n = WholeField(label=_("How many certificates in a segment, at most"), min_value=1, max_value=MOST_EACH)
    reason = NoteField(label=_("What are they for?"), max_length=300)


@form_page
def certificate_ask(request: Request, public_id: UUID) -> HttpResponseBase:
    """Ask a second person for certificates of the segment that the address names, or of each segment in a unit."""
    seen, at = _seen(request, public_id), clock.now()
    programme = seen.programme
    here = page_unit(request, hierarchy=programme.hierarchy)
    org.require(request.actor, acts.EXPORT, at=here.unit.id)
    with system("how many certificates are left"):
        sheet = queries.sheet_of(programme.pk)
        is_one = queries.is_segment(programme, here.unit.id)
        left = sheet.each - (queries.given(programme, here.unit.id) if is_one else 0) if sheet else 0
        on = day_in(programme.zone, at)
        places = queries.segments_in(programme, here.unit.id)
        ready = queries.ready(programme, places, each=sheet.each, on=on) if sheet else {}
    blanks = {"n": grouped(sum(ready.values())), "segments": grouped(len(ready)), "all": grouped(len(places))}
    back = reverse("friends:certificates", args=[public_id])
    form = AskCertificatesForm(request.POST or None, initial={"n": max(left, 0)})
    return act_page(
        request,
        lambda given: acts.ask_batch(
            programme=programme, unit=here.unit.id, by=request.actor, at=at, **given
        ),
        form=form,
        title=say("Certificates for %(place)s") % {"place": here.name},
        text=[
            *(certificate_rule(sheet.each) if sheet else [acts.NoSheetYet.message]),
            *([say("%(left)s are left for this segment.") % {"left": grouped(left)}] if is_one else []),
            say("Ready now: %(n)s in %(segments)s of %(all)s segments.") % blanks,
            _(
                "A second person approves the batch. Then you can print it, and each friend gets the link by SMS."
            ),
        ],
        is_open=sheet is not None,
        button=_("Ask for approval"),
        said=_("Request sent. Approvals lists who can approve it."),
        done=back,
        here="programmes",
        crumbs=_crumbs(seen, (here.name, "")),
    )


# What is printed


@require_safe
def certificate_pdf(request: Request, public_id: UUID, batch: UUID) -> HttpResponseBase:
    """Send one PDF of a batch for the printer: a page for each certificate that is valid now."""
    seen, at = _seen(request, public_id), clock.now()
    made = queries.batch_in_sight(seen.programme, batch)
    org.require(request.actor, acts.EXPORT, at=made.unit_id)
    with system("a batch of certificates"):
        some = queries.printed_of_batch(made.pk)
        sheet = CertificateSheet.objects.get(pk=made.sheet_id)
    if not some:
        raise acts.CertificateOver
    read_people(
        by=request.actor, unit_id=made.unit_id, n=len(some), at=at, act="enrolment.print_certificates"
    )
    return _pdf(request, some, sheet, at=at, name="certificates.pdf")


@require_safe
@unlisted
def me_certificate(request: VisitRequest) -> HttpResponseBase:
    """Send a friend's own certificate as PDF."""
    member, at = chosen_membership(request), clock.now()
    if member is None:
        return redirect("enrolment:me")
    with system("a friend's own certificate"):
        friend = or_refuse(queries.printed_of_friend(member.public_id))
        sheet = CertificateSheet.objects.get(pk=friend.sheet_id)
    return _pdf(request, [friend], sheet, at=at, name="certificate.pdf")


def _pdf(
    request: HttpRequest,
    some: Iterable[PrintedFriend],
    sheet: CertificateSheet,
    *,
    at: datetime,
    name: str,
) -> HttpResponse:
    """Send the certificates on paper. The signature is drawn once for all of them."""
    picture = base64.b64encode(sheet.opened()).decode()
    mark = printing.Drawing(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 310 100">'
        f'<image width="310" height="100" href="data:image/jpeg;base64,{picture}"/></svg>'
    )
    shared = {"line": [sheet.line[each] for each in BOTH], "mark": mark}
    pages = [certificate_words(friend, sheet.each) for friend in some]
    made = printing.print_pdf(
        TEMPLATE,
        pages,
        title=str(LABEL),
        language="hi",
        at=at,
        with_lines=with_lines(request),
        shared=shared,
    )
    return file_answer(made, kind="application/pdf", name=name)


def certificate_words(friend: PrintedFriend, each: int) -> dict[str, Any]:
    """Return the words of one certificate, in Hindi and English. each: certificates of a segment."""
    sentences = []
    for spoken in BOTH:
        with override(spoken):
            place = ", ".join(
                filter(
                    None,
                    [
                        name_in_language(friend.segment),
                        name_in_language(friend.above) if friend.above else "",
                    ],
                )
            )
            sentences.append(
                {
                    "organisation": organisation(),
                    "title": str(LABEL),
                    "certifies": say("This certifies that"),
                    "text": say("of %(place)s is our friend, and confirmed this personally on %(day)s.")
                    % {"place": place, "day": day_words(friend.confirmed_at)},
                    "check": say("Scan to check whether it is valid. No name is shown."),
                    "rules": " ".join(certificate_rule(each)),
                }
            )
    name = friend.name
    other = local_person(name, "en" if any("ऀ" <= letter <= "ॿ" for letter in name) else "hi")
    return {key: [words[key] for words in sentences] for key in sentences[0]} | {
        "name": name,
        "other_name": "" if other == name else other,
        "number": f"{people.document_number(friend.document)} · {timezone.localtime(friend.issued_at):%d.%m.%Y}",
        "code": printing.qr(people.document_address(friend.document)),
    }


# The list of organisers


class CertificateFilters(forms.Form):
    """The certificates to show."""

    state = forms.ChoiceField(label=_("Show"), required=False, choices=list(STATES.items()))


def _day(at: datetime | None) -> date | None:
    return timezone.localtime(at).date() if at else None


CERTIFICATES: tuple[Column[CertificateRow], ...] = (
    Column("name", _("Name"), lambda row: row.name, order="name", is_name=True, names_people=True),
    Column("unit", _("Unit"), lambda row: row.unit, order="place", css="under"),
    Column("given", _("Given"), lambda row: _day(row.given_at), css="nums under"),
    Column("handed", _("Handed over"), lambda row: _day(row.handed_at), css="nums under"),
    Column("acts", _("Acts"), is_for_acts=True, css="end"),
)


@page_with_list
def certificate_list(request: Request, public_id: UUID) -> HttpResponseBase:
    """List the certificates of friends in a unit, those first that wait to be handed over."""
    return _list(request, public_id)


def _list(request: Request, public_id: UUID, *, status: int = 200, problem: str = "") -> HttpResponseBase:
    seen, at = _seen(request, public_id), clock.now()
    here = page_unit(request)
    if not request.viewer.sees_people_at(here.span[0]):
        raise org.NotYours
    filters = CertificateFilters(request.GET)
    state = filters.cleaned_data["state"] if filters.is_valid() else ""

    def shown(rows: list[CertificateRow]) -> list[CertificateRow]:
        read_people(by=request.actor, unit_id=here.unit.id, n=len(rows), at=at)
        return rows

    table = Table(
        request,
        CERTIFICATES,
        queries.certificates(seen.programme, here.span, state=state),
        name="certificates",
        caption=_("Certificates"),
        sort="place",
        finish=shown,
        is_brief=True,
        unit_id=here.unit.id,
        narrowed=filters,
    )
    context = {
        "here": "programmes",
        "crumbs": _crumbs(seen, (here.name, "")),
        "programme": seen.programme,
        "unit": here,
        "filters": filters,
        "state": state,
        "problem": problem,
        "may_hand": request.viewer.may_at("enrolment.enrol", here.span[0]),
        "may_revoke": request.viewer.may(RUN),
    }
    return list_response(request, "friends/certificate_list.html", table, context, status=status)


ACTS = {
    "handed": PageAct(acts.hand_over_certificate, _("Handed over.")),
    "not-handed": PageAct(acts.take_handing_back, _("Taken back: not handed over.")),
}


@require_POST
def certificate_act(request: Request, public_id: UUID, friend: UUID, act: str) -> HttpResponseBase:
    """Note that a friend holds the certificate, or take that back."""
    seen = _seen(request, public_id)
    queries.certificate_in_sight(seen.programme, friend)
    here = page_unit(request)
    done = or_refuse(ACTS.get(act)).tried(request, friend=friend, by=request.actor, at=clock.now())
    if done:
        return redirect(here.href(reverse("friends:certificate_list", args=[public_id])))
    problem = str(done.refused) if done.refused else say("Reload the page and try again.")
    return _list(request, public_id, status=done.status, problem=problem)


class RevokeCertificateForm(forms.Form):
    """Why a certificate ends."""

    reason = forms.ChoiceField(label=_("Reason"), choices=REASONS, widget=forms.RadioSelect)


@form_page
def certificate_revoke(request: Request, public_id: UUID, friend: UUID) -> HttpResponseBase:
    """End a certificate for good, after a page that says what it means."""
    seen = _seen(request, public_id)
    row = queries.certificate_in_sight(seen.programme, friend)
    org.require(request.actor, RUN, at=row.segment_id)
    back = reverse("friends:certificate_list", args=[public_id])
    return act_page(
        request,
        lambda given: acts.revoke_certificate(
            friend=friend, reason=given["reason"], by=request.actor, at=clock.now()
        ),
        form=RevokeCertificateForm(request.POST if request.method == "POST" else None),
        title=say("End the certificate of %(name)s?") % {"name": local_person(row.name or "–")},
        text=[_("Scanning it will show that it is not valid, and not why. You cannot undo this.")]
        if row.is_valid
        else [acts.CertificateOver.message],
        is_open=row.is_valid,
        button=_("End the certificate"),
        said=_("The certificate is not valid any more."),
        done=back,
        is_danger=True,
        here="programmes",
        crumbs=_crumbs(seen, (local_person(row.name or "–"), "")),
    )
