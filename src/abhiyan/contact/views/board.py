"""The board of a programme of contact: coverage by unit, who works where, which promised visits are due."""

from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.contact import actions, office
from abhiyan.contact.models import ContactTry
from abhiyan.contact.rules.kinds import KIND
from abhiyan.contact.words import WHY_OUT
from abhiyan.core import clock
from abhiyan.org.viewer import Request
from abhiyan.programmes.here import page_of_people, way_from_programme
from abhiyan.programmes.models import Programme
from abhiyan.ui.lists import Column, Table, list_response, page_with_list
from abhiyan.units import queries as units

Outcome = ContactTry.Outcome
BELOW: tuple[Column[office.UnitContacts], ...] = (
    Column("place", _("Unit"), lambda row: row.name, order=True, is_name=True),
    Column("code", _("Code"), lambda row: row.code, only_in_file=True),
    Column("doors", _("Doors on lists"), lambda row: row.doors, order=True, css="num"),
    Column("met", _("Met"), lambda row: row.met, order=True, css="num"),
    Column("coverage", _("Met, %"), lambda row: row.coverage_pct, css="num"),
    Column("walked", _("Met without a list"), lambda row: row.walked, css="num"),
    Column("households", _("Households"), lambda row: row.households, css="num"),
    Column("homes", _("Households met, %"), lambda row: row.homes_pct, css="num"),
    Column("talked", _("Talked, as noted"), lambda row: row.talked, order=True, css="num"),
    Column("not_home", Outcome.NOT_HOME.label, lambda row: row.not_home, css="num"),
    Column("later", Outcome.LATER.label, lambda row: row.later, css="num", only_in_file=True),
    Column("unwilling", Outcome.UNWILLING.label, lambda row: row.unwilling, css="num", only_in_file=True),
    Column("wants_help", Outcome.WANTS_HELP.label, lambda row: row.wants_help, css="num", only_in_file=True),
    Column("entitled", Outcome.ENTITLED.label, lambda row: row.entitled, css="num", only_in_file=True),
    Column("out", _("Held back"), lambda row: row.out, css="num"),
    Column("workers", _("Workers"), lambda row: row.workers, css="num"),
    Column("due", _("Visits due"), lambda row: row.due, order=True, css="num"),
)
WORKERS: tuple[Column[office.WorkerContacts], ...] = (
    Column("worker", _("Worker"), lambda row: row.name, is_name=True, names_people=True),
    Column("unit", _("Unit"), lambda row: row.place, css="under"),
    Column("held", _("Doors in hand"), lambda row: row.held, order="held", css="num"),
    Column("talked", _("Talked, as noted"), lambda row: row.talked, order="talked", css="num"),
    Column("tries", _("Tries"), lambda row: row.tries, css="num"),
    Column("last", _("Last"), lambda row: row.last, order="last", css="nums under"),
)
DUE: tuple[Column[office.DueVisits], ...] = (
    Column("unit", _("Unit"), lambda row: row.place, is_name=True),
    Column("day", _("Promised for"), lambda row: row.day, order="day", css="nums under"),
    Column("n", _("Visits"), lambda row: row.n, order="n", css="num"),
    Column("worker", _("Worker"), lambda row: row.worker, names_people=True, css="under"),
)
VIEWS = {"": _("Units below"), "workers": _("Who works where"), "due": _("Promised visits")}


@page_with_list
def board(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show outcomes and coverage of the units below, who works where, or the promised visits that are due."""
    at = clock.now()
    programme, here = page_of_people(request, public_id, KIND)
    show = request.GET.get("show", "")
    show = show if show in VIEWS else ""
    whole, below = office.contacts_below(programme, here.unit.id, here.span, at=at)
    columns: tuple[Column[Any], ...]
    rows: Any
    if show == "workers":
        columns, rows, sort = WORKERS, office.workers_in(programme, here.span), "-last"
    elif show == "due":
        columns, rows, sort = DUE, office.due_in(programme, here.span, at=at), "day"
    else:
        columns, rows, sort = BELOW, below, "met"
    page = reverse("contact:board", args=[public_id])
    held_counts = office.entries_held_back(programme, here.span)
    context = {
        "here": "programmes",
        "crumbs": way_from_programme(programme, (say("Doors and lists"), "")),
        "programme": programme,
        "unit": here,
        "whole": whole,
        "views": [
            (str(words), here.href(page, **({"show": key} if key else {})), key == show)
            for key, words in VIEWS.items()
        ],
        "show": show,
        "map": units.work_map(
            () if show else below,
            lambda row: (row.met, row.doors),
            lambda row: here.href(page, unit=row.code),
            within=here.unit.id,
            at=at,
        ),
        "held_back": [(str(WHY_OUT.get(why, why)), n) for why, n in held_counts],
        "may_run": programme.state == Programme.State.OPEN
        and request.viewer.may_at(actions.RUN, here.span[0]),
    }
    table: Table[Any] = Table(
        request,
        columns,
        rows,
        name=f"contact-{show or 'units'}",
        caption=VIEWS[show],
        sort=sort,
        is_brief=True,
        unit_id=here.unit.id,
    )
    return list_response(request, "contact/board.html", table, context)
