"""Leaders see who stays in touch with how many friends, and give friends to another organiser."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from abhiyan.core import clock
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import active_language, local_person
from abhiyan.enrolment.queries import people as entries
from abhiyan.enrolment.queries.page_parts import PagePart
from abhiyan.enrolment.queries.people import Member
from abhiyan.enrolment.rules.rolls import FRIENDS
from abhiyan.friends.actions import organisers as acts
from abhiyan.friends.actions.organisers import OrganiserSeat
from abhiyan.friends.queries import organisers as queries
from abhiyan.friends.queries.organisers import OrganiserFriends
from abhiyan.org import queries as org
from abhiyan.org.here import Here, page_unit
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request, Viewer
from abhiyan.people import queries as people
from abhiyan.ui.acts import act_page, form_page, tried
from abhiyan.ui.fields import WholeField
from abhiyan.ui.forms import offer
from abhiyan.ui.lists import Column, Table, list_response, page_with_list
from abhiyan.units import queries as units

MOST_CHANGES = 5
COLUMNS: tuple[Column[OrganiserFriends], ...] = (
    Column(
        "name",
        gettext_lazy("Organiser"),
        lambda row: local_person(row.name) if row.account_id else _("Without an organiser"),
        is_name=True,
        names_people=True,
        account=lambda row: row.account_id,
    ),
    Column("unit", gettext_lazy("Unit"), lambda row: row.place, css="under"),
    Column("friends", gettext_lazy("Friends"), lambda row: row.friends, css="num"),
    Column("quiet", gettext_lazy("Not spoken with for 30 days"), lambda row: row.quiet, css="num"),
    Column("give", gettext_lazy("Change"), is_for_acts=True, css="end"),
)


def _here(request: Request) -> Here:
    """Return the unit of a page for who leads it and sees its people. Refuses NotYours."""
    here = page_unit(request)
    if not (request.viewer.may_at(LEADS, here.span[0]) and request.viewer.sees_people_at(here.span[0])):
        raise org.NotYours(capability=LEADS)
    return here


@page_with_list
def organiser_list(request: Request) -> HttpResponseBase:
    """List the organisers of a unit and below: how many friends each has, and how many nobody spoke with."""
    here, at = _here(request), clock.now()
    with system("organisers of friends, for who leads them"):
        posts = queries.posts_in_office(on=clock.day_in(settings.TIME_ZONE, at))
        rows = queries.organisers_below(here.span, posts, language=active_language(), at=at)
        changes = queries.changes_by_hand(here.span, most=MOST_CHANGES)
    table: Table[OrganiserFriends] = Table(
        request,
        COLUMNS,
        rows,
        name="organisers",
        caption=gettext_lazy("Friends by organiser"),
        is_brief=True,
        unit_id=here.unit.id,
    )
    context = {
        "here": "people",
        "crumbs": here.crumbs((_("Organisers of friends"), reverse("friends:organisers"))),
        "place": here,
        "changes": changes,
    }
    return list_response(request, "friends/organiser_list.html", table, context)


class GiveFriendsForm(forms.Form):
    """The new organiser, and the number of friends they get."""

    to = forms.ChoiceField(label=gettext_lazy("New organiser"))
    n = WholeField(
        label=gettext_lazy("How many friends"),
        help_text=gettext_lazy("Leave it empty to give all. Those who joined first go first."),
        min_value=1,
        max_value=acts.MOST_GIVEN,
        required=False,
    )


@form_page
def organiser_change(request: Request) -> HttpResponseBase:
    """Give friends to another organiser: those of one, those without one (no `from`), or one friend."""
    here, at = _here(request), clock.now()
    giver_id, friend = request.GET.get("from", ""), _uuid(request.GET.get("friend", ""))
    back = here.href(reverse("friends:organisers"))
    with system("organisers of friends, for who leads them"):
        posts = queries.posts_in_office(on=clock.day_in(settings.TIME_ZONE, at))
        giver = people.account_by_public_id(or_refuse(_uuid(giver_id))) if giver_id else None
        within = queries.posts_within(here.span, posts)
        accounts = people.accounts({post.account_id for post in within})
        places = units.names_of_units({post.unit_id for post in within}, language=active_language())
    seats = {
        f"{accounts[post.account_id].public_id}:{post.unit_id}": OrganiserSeat(post.account_id, post.unit_id)
        for post in within
        if post.account_id in accounts
    }
    words = [
        (key, f"{local_person(accounts[seat.account_id].name)} · {places.get(seat.unit_id, '')}")
        for key, seat in seats.items()
    ]
    form = GiveFriendsForm(request.POST if request.method == "POST" else None)
    offer(form, to=words)
    if friend is not None:
        back = reverse("enrolment:person", args=[entries.member_for(friend).public_id])
        del form.fields["n"]

    def give(fields: dict[str, Any]) -> int:
        _share, n = acts.give_friends(
            to=seats[fields["to"]],
            unit_id=here.unit.id,
            hierarchy=here.hierarchy,
            from_account=giver.pk if giver else None,
            friend=friend,
            most=fields.get("n") or acts.MOST_GIVEN,
            by=request.actor,
            at=at,
        )
        return n

    whose = (
        _("Friends of %(name)s") % {"name": local_person(giver.name)}
        if giver
        else _("Friends without an organiser")
    )
    return act_page(
        request,
        give,
        form=form,
        title=_("Give friends to another organiser"),
        text=[
            _("One friend") if friend else whose,
            _(
                "An organiser takes friends of the unit of their office and below. You can take the change back."
            ),
        ],
        button=_("Give them"),
        said=lambda n: (
            ngettext("%(n)s friend has a new organiser.", "%(n)s friends have a new organiser.", n) % {"n": n}
        ),
        done=back,
        is_open=bool(words),
        here="people",
        crumbs=[(_("Organisers of friends"), here.href(reverse("friends:organisers"))), (_("Change"), "")],
    )


@require_POST
def organiser_change_back(request: Request, share: UUID) -> HttpResponseBase:
    """Take a change by hand back."""
    here, at = _here(request), clock.now()
    tried(
        request,
        forms.Form(request.POST),
        lambda _given: acts.take_friends_back(share=share, unit_id=here.unit.id, by=request.actor, at=at),
        said=_("The friends are back with the organisers they had."),
        has_form=False,
    )
    return redirect(here.href(reverse("friends:organisers")))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def organiser_shown(viewer: Viewer, member: Member, positions: Sequence[int]) -> Iterator[PagePart]:
    """Yield the organiser of a friend for the page of that person, and the address that changes it for who may."""
    if member.said is not FRIENDS or not member.is_current:
        return
    with system("the organiser of a friend"):
        account, name = queries.organiser_of(member.public_id) or (0, "")
    change = ""
    if viewer.may_at(LEADS, *positions):
        change = reverse("friends:organiser_change") + "?" + urlencode({"friend": member.public_id})
    yield PagePart("friends/_person_organiser.html", {"account": account, "name": name, "change": change})
