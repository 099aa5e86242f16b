"""Cards on paper, for members who asked: who they are, and their cards as sheets to cut."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from abhiyan.core import clock, printing
from abhiyan.enrolment.actions import cards
from abhiyan.enrolment.queries import people as queries
from abhiyan.enrolment.queries.people import Member
from abhiyan.enrolment.rules.number import member_number
from abhiyan.org import queries as org
from abhiyan.org.here import page_unit
from abhiyan.org.viewer import Request
from abhiyan.people.actions.reading import read_people
from abhiyan.programmes.models import Rung
from abhiyan.ui.acts import form_page, say_when_done
from abhiyan.ui.errors import page_sent_from
from abhiyan.ui.files import with_lines
from abhiyan.ui.lists import Column, Table, file_asked, list_response

from . import card

AT_ONCE = 100  # cards of one print
AGAIN_WITHIN = timedelta(days=7)  # what the printer spoilt is printed again

COLUMNS: tuple[Column[Member], ...] = (
    Column("name", gettext_lazy("Name"), lambda row: row.name, is_name=True, names_people=True),
    Column(
        "number", gettext_lazy("Member number"), lambda row: member_number(row.public_id), names_people=True
    ),
    Column("unit", gettext_lazy("Unit"), lambda row: row.unit_name()),
    Column("rung", gettext_lazy("Status"), lambda row: Rung(row.rung).label),
)


@form_page
def cards_to_print(request: Request) -> HttpResponseBase:
    """List the members of a unit who asked for a printed card. A post prints their cards on sheets of A4; with `again`,
    the cards of the last week."""
    at, here = clock.now(), page_unit(request)
    org.require(request.actor, cards.PRINTING, at=here.unit.id)
    lo, hi = here.unit.lo or 0, here.unit.hi or 0
    is_file = bool(file_asked(request))
    again = "again" in request.POST and not is_file
    since = at - AGAIN_WITHIN
    rows = queries.waiting_for_card(lo, hi, limit=AT_ONCE, printed_since=since if again else None)
    if rows:
        read_people(by=request.actor, unit_id=here.unit.id, n=len(rows), at=at)
    if request.method == "POST" and not is_file:
        if not rows:
            raise card.NoCards
        made = cards.print_wanted(
            memberships=[member.public_id for member in rows], unit_id=here.unit.id, by=request.actor, at=at
        )
        return card.card_sheets(rows, made, at=at, with_lines=with_lines(request))
    table = Table(request, COLUMNS, rows, name="cards", caption=_("Members who asked for a card"))
    context = {
        "here": "people",
        "place": here,
        "has_printed": bool(queries.waiting_for_card(lo, hi, limit=1, printed_since=since)),
        "waits": bool(rows),
        "missing": printing.letters_said([row.name or "" for row in rows]),
        "crumbs": [(_("People"), reverse("enrolment:people")), (_("Cards to print"), "")],
    }
    return list_response(request, "enrolment/card_list.html", table, context)


@require_POST
def person_card_wanted(request: Request, public_id: UUID) -> HttpResponseBase:
    """Note that this member asked somebody of the unit for a printed card, and go on where they were."""
    cards.want_card(membership=queries.member_for(public_id).public_id, by=request.actor, at=clock.now())
    say_when_done(request, _("Noted. The mandal office prints the card."))
    return redirect(page_sent_from(request) or reverse("enrolment:person", args=[public_id]))
