"""Boards of friends spoken with, and of active contributors, in the last 30 days, by unit."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.enrolment.queries.drives import roll_of
from abhiyan.enrolment.rules.rolls import CONTRIBUTORS, FRIENDS, KIND, RollKind
from abhiyan.friends.queries.active import ContributorsBelow, contributors_below
from abhiyan.friends.queries.talks import FriendsBelow, friends_below
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request
from abhiyan.programmes.here import page_of_people, way_from_programme
from abhiyan.ui.lists import Column, Table, list_response, page_with_list

FRIENDS_BELOW: tuple[Column[FriendsBelow], ...] = (
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


CONTRIBUTORS_BELOW: tuple[Column[ContributorsBelow], ...] = (
    Column("place", gettext_lazy("Unit"), lambda row: row.name, order=True, is_name=True),
    Column("code", gettext_lazy("Code"), lambda row: row.code, only_in_file=True),
    Column("contributors", gettext_lazy("Contributors"), lambda row: row.contributors, order=True, css="num"),
    Column("active", gettext_lazy("Active in 30 days"), lambda row: row.active, order=True, css="num"),
    Column(
        "waiting", gettext_lazy("Done, not confirmed yet"), lambda row: row.waiting, order=True, css="num"
    ),
    Column("target", gettext_lazy("Target"), lambda row: row.target, order=True, css="num"),
)


def _board(
    request: Request,
    public_id: UUID,
    *,
    roll: RollKind,
    counted: Callable[..., tuple[Any, list[Any]]],
    columns: tuple[Column[Any], ...],
    sort: str,
    words: Mapping[str, str],
    act: tuple[str, str],
) -> HttpResponseBase:
    """Show leaders the numbers of people of a roll in a unit, and in each unit right below it.

    act: words and the name of the page where leaders act on it.
    """
    programme, here = page_of_people(request, public_id, KIND)
    if roll_of(programme.pk) is not roll:
        raise NotFound
    with system("people of a roll in numbers, for who sees the people there"):
        whole, below = counted(programme, here.unit.id, here.span, at=clock.now())
    table: Table[Any] = Table(
        request,
        columns,
        below,
        name=f"{roll.list}-{sort}",
        caption=gettext_lazy("Units below"),
        sort=sort,
        is_brief=True,
        unit_id=here.unit.id,
    )
    context = {
        "here": "programmes",
        "crumbs": way_from_programme(programme, (words["title"], "")),
        "programme": programme,
        "unit": here,
        "whole": whole,
        "words": words,
        "page": request.resolver_match.view_name if request.resolver_match else "",
        "act": (act[0], here.href(reverse(act[1]))) if request.viewer.may_at(LEADS, here.span[0]) else None,
    }
    return list_response(request, "friends/roll_board.html", table, context)


@page_with_list
def friends_board(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show how many friends of a unit were spoken with, and of each unit right below it."""
    return _board(
        request,
        public_id,
        roll=FRIENDS,
        counted=friends_below,
        columns=FRIENDS_BELOW,
        sort="spoken",
        words={
            "title": _("Talks with friends"),
            "note": _("A talk counts once in 30 days. Each friend is asked a day later whether it was so."),
        },
        act=(_("Organisers of friends"), "friends:organisers"),
    )


@page_with_list
def contributors_board(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show how many contributors of a unit did a task lately, and of each unit right below it."""
    return _board(
        request,
        public_id,
        roll=CONTRIBUTORS,
        counted=contributors_below,
        columns=CONTRIBUTORS_BELOW,
        sort="active",
        words={
            "title": _("Active contributors"),
            "note": _(
                "Active: they did a task in the last 30 days, and a leader confirmed it. The target is of "
                "contributors who did a task."
            ),
        },
        act=(_("Find contributors"), "friends:contributors"),
    )
