"""The member's card: on a page, as a file, its code, on paper, and a new one for a lost one. It has no phone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.dateformat import format as written
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_POST

from abhiyan.core import clock, languages, printing, words
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused
from abhiyan.enrolment.actions import cards
from abhiyan.enrolment.here import chosen_membership, citizen, unlisted
from abhiyan.enrolment.queries.people import Member
from abhiyan.enrolment.rules.number import member_number
from abhiyan.people import queries as people
from abhiyan.people.actions.reading import ListTooLong
from abhiyan.people.models import Document
from abhiyan.people.visit import VisitRequest
from abhiyan.programmes.models import Rung
from abhiyan.ui.acts import form_page, say_when_done
from abhiyan.ui.templatetags.look import organisation

MOST = printing.LARGEST_BATCH  # cards of one file
_FOLDER = Path(__file__).parent.parent / "templates" / "enrolment"
TEMPLATE = printing.PrintTemplate.read(_FOLDER / "card.typ")
SHEET = printing.PrintTemplate.of(
    (_FOLDER / "card.typ").read_text("utf-8") + (_FOLDER / "card_sheet.typ").read_text("utf-8")
)
ON_SHEET = 10


class NoCards(Refused, status=409):
    message = gettext_lazy(
        "Nobody on this list has answered from their own phone yet, so there is no card to print."
    )


def card_words(member: Member, card: Document) -> dict[str, Any]:
    """Return the words of a card, in the language in force."""
    name = member.name or ""
    other = words.local_person(name, "en" if words.active_language() == "hi" else "hi")
    is_confirmed = member.rung == Rung.CONFIRMED
    return {
        "organisation": organisation(),
        "roll": member.roll_name(),
        "name": name,
        "other_name": "" if other == name else other,
        "rows": [
            [str(member.said.number), member_number(member.public_id)],
            [_("Unit"), member.unit_name()],
            [str(member.said.since), written(member.day, "j F Y")],
        ],
        "note": _("Confirmed by the holder.")
        if is_confirmed
        else _("Provisional until the holder confirms it."),
        "proves": _("Proves membership. It is not an identity card and brings no benefit."),
        "code": printing.qr(people.document_address(card.pk)),
    }


def card_file(member: Member, kind: str, *, by: Actor, at: datetime, with_lines: bool) -> HttpResponse:
    """Send the card as a file to keep: "pdf", or "png" for a phone's gallery. In Hindi or English.

    with_lines: as of `printing.print_pdf`, here and below.
    """
    card = cards.issue_card(membership=member.public_id, by=by, at=at)
    language = words.active_language()
    if language not in languages.OWN:
        language = languages.otherwise(language)
    with override(language):
        says = card_words(member, card)
        title = _("Member card")
    if kind == "pdf":
        made = printing.print_pdf(
            TEMPLATE, [says], title=title, language=language, at=at, with_lines=with_lines
        )
        return _answer(made, "card.pdf")
    made = printing.png(
        TEMPLATE, says, title=title, language=language, at=at, with_lines=with_lines, dots_per_inch=400
    )
    return _answer(made, "card.png")


def list_cards_file(
    members: Sequence[Member], *, unit_id: int, by: Actor, at: datetime, with_lines: bool
) -> HttpResponse:
    """Send the cards of a list, ten on a sheet of A4, in the reader's language.

    Refuses ListTooLong, and NoCards where nobody's phone is proven.
    """
    if len(members) > MOST:
        raise ListTooLong(most=MOST)
    made = cards.issue_cards(
        memberships=[member.public_id for member in members], unit_id=unit_id, by=by, at=at
    )
    return card_sheets(members, made, at=at, with_lines=with_lines)


def card_sheets(
    members: Sequence[Member], made: Mapping[UUID, Document], *, at: datetime, with_lines: bool
) -> HttpResponse:
    """Send the cards made for some of these members as one PDF to print and cut.

    Refuses NoCards where there is none.
    """
    says = [card_words(member, made[member.public_id]) for member in members if member.public_id in made]
    if not says:
        raise NoCards
    pages = [{"cards": says[first : first + ON_SHEET]} for first in range(0, len(says), ON_SHEET)]
    printed_sheets = printing.print_pdf(
        SHEET,
        pages,
        title=_("Member cards"),
        language=words.active_language(),
        at=at,
        with_lines=with_lines,
        each=ON_SHEET,
    )
    return _answer(printed_sheets, "cards.pdf")


def _answer(made: bytes, name: str) -> HttpResponse:
    kind = "application/pdf" if name.endswith("pdf") else "image/png"
    response = HttpResponse(made, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@unlisted
def me_card_paper(request: VisitRequest) -> HttpResponseBase:
    """Take the member's wish for a printed card."""
    by, member = citizen(request), chosen_membership(request)
    if member is None or not member.is_current or not member.said.has_card:
        return redirect("enrolment:me")
    cards.want_card(membership=member.public_id, by=by, at=clock.now())
    say_when_done(request, _("Your mandal office prints the card and gives it to you."))
    return redirect("enrolment:me_card")


@form_page
@unlisted
def me_card_new(request: VisitRequest) -> HttpResponseBase:
    """Replace a lost card: one question, one press, a new card."""
    by, member = citizen(request), chosen_membership(request)
    if member is None or not member.is_current or not member.said.has_card:
        return redirect("enrolment:me")
    if request.method == "POST":
        cards.replace_card(membership=member.public_id, by=by, at=clock.now())
        say_when_done(request, _("This is your new card. The old one is not valid any more."))
        return redirect("enrolment:me_card")
    return render(request, "enrolment/me_card_new.html", {"own": member})
