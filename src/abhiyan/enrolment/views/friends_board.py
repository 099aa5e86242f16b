"""The board of a friends programme: how many friends were spoken with in 30 days, by unit."""

from uuid import UUID

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.enrolment.actions.setting_up import KIND
from abhiyan.enrolment.queries.drive import roll_of
from abhiyan.enrolment.queries.talks import FriendsBelow, friends_below
from abhiyan.enrolment.rules.rolls import FRIENDS
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request
from abhiyan.programmes.here import page_of_people, way_from_programme
from abhiyan.ui.lists import Column, Table, answer, page_with_list

BELOW: tuple[Column[FriendsBelow], ...] = (
    Column("place", gettext_lazy("Unit"), lambda row: row.name, order=True, is_name=True),
    Column("code", gettext_lazy("Code"), lambda row: row.code, only_in_file=True),
    Column("friends", gettext_lazy("Friends"), lambda row: row.friends, order=True, css="num"),
    Column("organised", gettext_lazy("With an organiser"), lambda row: row.organised, order=True, css="num"),
    Column("spoken", gettext_lazy("Spoken with in 30 days"), lambda row: row.spoken, order=True, css="num"),
    Column(
        "confirmed", gettext_lazy("Said yes to the talk"), lambda row: row.confirmed, order=True, css="num"
    ),
    Column("promised", gettext_lazy("Promises open"), lambda row: row.promised, order=True, css="num"),
    Column("kept", gettext_lazy("Promises kept"), lambda row: row.kept, order=True, css="num"),
)


@page_with_list
def friends_board(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show how many friends of a unit were spoken with, and of each unit right below it."""
    programme, here = page_of_people(request, public_id, KIND)
    if roll_of(programme.pk) is not FRIENDS:
        raise NotFound
    with system("talks with friends, for who sees their people"):
        whole, below = friends_below(programme, here.unit.id, here.span, at=clock.now())
    table: Table[FriendsBelow] = Table(
        request,
        BELOW,
        below,
        name="friends-spoken",
        caption=gettext_lazy("Units below"),
        sort="spoken",
        is_brief=True,
        unit_id=here.unit.id,
    )
    context = {
        "here": "programmes",
        "crumbs": way_from_programme(programme, (_("Talks with friends"), "")),
        "programme": programme,
        "unit": here,
        "whole": whole,
        "leads": request.viewer.may_at(LEADS, here.span[0]),
        "organisers": here.href(reverse("enrolment:organisers")),
    }
    return answer(request, "enrolment/friends_board.html", table, context)
