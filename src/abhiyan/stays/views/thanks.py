"""The letter of thanks: its rule, taking it, its file, and taking it back."""

import re
from datetime import date
from pathlib import Path
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateformat import format as written
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from abhiyan.core import clock, languages, printing, words
from abhiyan.core.refusals import NotFound, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import local_person, name_in_language
from abhiyan.org import queries as org
from abhiyan.org.viewer import Request
from abhiyan.people import queries as people
from abhiyan.people.models import Document, RevokeReason
from abhiyan.programmes.here import way_from_programme
from abhiyan.programmes.queries import programme_of_kind
from abhiyan.stays import actions
from abhiyan.stays import queries_days as queries
from abhiyan.stays.models import ThanksLetter
from abhiyan.ui.acts import act_page, form_page
from abhiyan.ui.fields import WholeField
from abhiyan.ui.files import with_lines
from abhiyan.ui.numbers import grouped
from abhiyan.ui.templatetags.look import organisation
from abhiyan.units import queries as units

TEMPLATE = printing.PrintTemplate.read(Path(__file__).parent.parent / "templates" / "stays" / "letter.typ")
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
REASONS = [
    (RevokeReason.WRONG.value, _("The letter is wrong")),
    (RevokeReason.MISUSED.value, RevokeReason.MISUSED.label),
]


def rules(least: int) -> tuple[str, str]:
    """The two rules of a letter, as its page and the letter itself say them."""
    return (
        say(
            "Given for %(least)s or more field days of a month, marked in the own area and "
            "confirmed by booth presidents."
        )
        % {"least": grouped(least)},
        say("Not given where independent checks find fewer than 90 of 100 days of the unit real."),
    )


class ThanksRuleForm(forms.Form):
    """The number of days that earn a letter."""

    least = WholeField(label=_("Confirmed days of a month that earn a letter"), min_value=1, max_value=31)


@form_page
def thanks_rule(request: Request, public_id: UUID) -> HttpResponseBase:
    """Choose how many confirmed days of a month earn the letter of thanks in a programme."""
    at, programme = clock.now(), programme_of_kind(public_id, queries.KIND)
    org.require(request.actor, "programmes.run", at=programme.owner_id)
    least = queries.least_of(programme.pk)
    back = reverse("programmes:programme", args=[public_id])
    form = ThanksRuleForm(request.POST if request.method == "POST" else None, initial={"least": least})
    return act_page(
        request,
        lambda fields: actions.set_least(programme=programme, least=fields["least"], by=request.actor, at=at),
        form=form,
        title=_("Letter of thanks"),
        text=[*rules(least), _("Letters that were taken keep the rule they were given by.")],
        button=_("Save"),
        said=_("Saved."),
        done=back,
        here="programmes",
        crumbs=way_from_programme(programme, (say("Letter of thanks"), "")),
    )


@form_page
def letter_page(request: Request, public_id: UUID, month: str) -> HttpResponseBase:
    """Take one's own letter of a month, after a page that says its rules."""
    at, programme = clock.now(), programme_of_kind(public_id, queries.KIND)
    match = or_refuse(_MONTH.fullmatch(month))
    first, back = date(int(match[1]), int(match[2]), 1), reverse("stays:days")
    with system("somebody's own field days"):
        months = queries.months_of(request.viewer.account_id or 0, since=first, month=first)
    earned = or_refuse(next((entry for entry in months if entry.programme_id == programme.pk), None))
    title = say("Take the letter of thanks for %(month)s?") % {"month": written(first, "F Y")}
    return act_page(
        request,
        lambda _given: actions.issue_letter(programme=programme, month=first, by=request.actor, at=at),
        title=title,
        text=[
            say("%(confirmed)s of your %(marked)s days are confirmed.")
            % {"confirmed": grouped(earned.confirmed), "marked": grouped(earned.marked)},
            *rules(earned.least),
            _("Everybody can check the letter by its QR code. The office above you can take it back."),
        ],
        button=_("Take the letter"),
        done=lambda made: redirect("stays:letter_file", made.pk),
        back=back,
        here="days",
        crumbs=[(say("My field days"), back), (say("Letter of thanks"), "")],
    )


@require_safe
def letter_file(request: Request, letter: UUID) -> HttpResponseBase:
    """Send one's own letter as PDF, in Hindi or English."""
    at = clock.now()
    row = queries.thanks_letter(letter)
    if row.leader_id != request.viewer.account_id:
        raise NotFound
    with system("somebody's own letter"):
        document = or_refuse(people.standing_document(actions.LETTER, row.pk), actions.LetterEnded)
        name = or_refuse(queries.thanked(row.pk), actions.LetterEnded)
        unit = units.unit_by_id(row.area_id)
    language = words.active_language()
    if language not in languages.OWN:
        language = languages.otherwise(language)
    with override(language):
        says = letter_words(row, document, name, name_in_language(unit.names))
        title = say("Letter of thanks")
    made = printing.print_pdf(
        TEMPLATE, [says], title=title, language=language, at=at, with_lines=with_lines(request)
    )
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="letter.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def letter_words(thanks_letter: ThanksLetter, document: Document, name: str, unit: str) -> dict[str, object]:
    """The words of a letter, in the language in force."""
    return {
        "organisation": organisation(),
        "title": say("Letter of thanks"),
        "name": local_person(name),
        "unit": unit,
        "text": say(
            "Thank you for spending days in the booths of your area in %(month)s, and for listening to the people "
            "there."
        )
        % {"month": written(thanks_letter.month, "F Y")},
        "rules": list(rules(thanks_letter.least)),
        "number": say("Number %(number)s, given on %(day)s")
        % {"number": people.document_number(document.pk), "day": written(document.issued_at, "j F Y")},
        "check": say("Scan to check whether it is valid."),
        "code": printing.qr(people.document_address(document.pk)),
    }


class EndLetterForm(forms.Form):
    """Why a letter is taken back."""

    reason = forms.ChoiceField(label=_("Reason"), choices=REASONS)


@form_page
def letter_end(request: Request, letter: UUID) -> HttpResponseBase:
    """Take a letter back for good, after a page that says what it means."""
    at, row = clock.now(), queries.thanks_letter(letter)
    org.require(request.actor, "programmes.run", at=row.area_id)
    with system("the letter of somebody below"):
        leader = or_refuse(people.account(row.leader_id))
    back = reverse("work:record_of", args=[leader.public_id])
    ended = row.ended_at is not None
    return act_page(
        request,
        lambda fields: actions.revoke_letter(letter=letter, reason=fields["reason"], by=request.actor, at=at),
        form=EndLetterForm(request.POST if request.method == "POST" else None),
        title=say("Take the letter of %(name)s for %(month)s back?")
        % {"name": local_person(leader.name), "month": written(row.month, "F Y")},
        text=[actions.LetterEnded.message]
        if ended
        else [_("Scanning it will show that it is not valid. You cannot undo this. The days stay counted.")],
        is_open=not ended,
        button=_("Take the letter back"),
        said=_("The letter is not valid any more."),
        done=back,
        is_danger=True,
        here="record",
        crumbs=[(local_person(leader.name), back), (say("Letter of thanks"), "")],
    )
