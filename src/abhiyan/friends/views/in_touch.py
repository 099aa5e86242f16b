"""The friends of an organiser; one of them; and where a friend says what they think."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from abhiyan.core import clock
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.core.words import active_language, local_person
from abhiyan.enrolment.here import unlisted
from abhiyan.forms.queries import answers_form
from abhiyan.friends.actions import in_touch as acts
from abhiyan.friends.models import FriendPromise
from abhiyan.friends.queries import in_touch as queries
from abhiyan.friends.queries.in_touch import OwnFriend
from abhiyan.intake.queries.calls import outcome_sentence
from abhiyan.messaging.link_pages import link_over
from abhiyan.org.here import unit_address
from abhiyan.org.viewer import Request
from abhiyan.people.actions.reading import read_person
from abhiyan.people.visit import VisitRequest
from abhiyan.programmes.rules.spoken import spoken_words
from abhiyan.ui.acts import Tried, form_page, tried
from abhiyan.ui.fields import WholeField
from abhiyan.ui.lists import Column, Table, list_response, page_with_list
from abhiyan.units import queries as units

COLUMNS: tuple[Column[OwnFriend], ...] = (
    Column(
        "name",
        gettext_lazy("Friend"),
        lambda row: local_person(row.name),
        order="name",
        is_name=True,
        names_people=True,
    ),
    Column("unit", gettext_lazy("Unit"), lambda row: row.place, css="under"),
    Column("joined", gettext_lazy("Friend since"), lambda row: row.joined_at, css="nums under"),
    Column("spoken", gettext_lazy("Last spoke"), lambda row: row.spoken_at, order="since", css="nums under"),
    Column("promised", gettext_lazy("Promised something"), lambda row: row.has_promised, css="under"),
)
SAY_FIRST = gettext_lazy(
    "Hello[ {person}], I am {caller} from {organisation}. How are you?\n"
    "You are on our list of friends. What do you think of our work where you live, and what should we do better?\n"
    "Thank you for your time. If you want no more calls, tell me now."
)


SHOWS = {
    "": gettext_lazy("All"),
    "quiet": gettext_lazy("Not spoken with for 30 days"),
    "promised": gettext_lazy("Promised something"),
}


class FriendFilters(forms.Form):
    """Which friends to show. q: part of a name."""

    q = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=60)
    show = forms.ChoiceField(label=gettext_lazy("Show"), required=False, choices=list(SHOWS.items()))


@page_with_list
def quiet_friends(request: Request) -> HttpResponseBase:
    """List the viewer's own friends: all, those nobody spoke with for 30 days, or with a promise."""
    at, filters = clock.now(), FriendFilters(request.GET)
    choice = filters.cleaned_data if filters.is_valid() else {"show": "", "q": ""}
    with system("friends of an organiser"):
        table: Table[OwnFriend] = Table(
            request,
            COLUMNS,
            queries.own_friends(
                request.viewer.account_id or 0,
                show=choice["show"],
                name=choice["q"],
                language=active_language(),
                at=at,
            ),
            name="friends",
            caption=SHOWS[choice["show"]],
            is_brief=True,
            narrowed=filters,
        )
        context = {
            "here": "friends",
            "crumbs": [(_("My friends"), "")],
            "filters": filters,
            "is_narrowed": bool(choice["show"] or choice["q"]),
        }
        return list_response(request, "friends/quiet_friends.html", table, context)


class FriendTalkForm(forms.Form):
    """The result, by the button that was pressed; called: the number was shown before."""

    outcome = forms.ChoiceField(choices=acts.FriendTalk.choices)
    called = forms.BooleanField(required=False)


class FriendPromiseForm(forms.Form):
    """A friend says what they will do."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What will they do?"), choices=FriendPromise.Kind.choices, widget=forms.RadioSelect
    )
    n = WholeField(
        label=gettext_lazy("How many people will they bring?"), min_value=1, max_value=100, required=False
    )


class ChangePromiseForm(forms.Form):
    """A promise of the friend, and what is to be done with it."""

    promise = forms.UUIDField()
    change = forms.ChoiceField(choices=acts.PromiseAct.choices)


@form_page
def friend(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show one friend: the number for a call, what came of it, what they will do, and two ways to their opinion."""
    at = clock.now()
    own_friend = queries.own_friend(request.viewer.account_id, public_id)
    wants_number = "number" in request.POST
    form: forms.Form = forms.Form(request.POST) if wants_number else FriendTalkForm(request.POST or None)
    promised = FriendPromiseForm(request.POST if "kind" in request.POST else None)
    number, status = "", 200
    if "kind" in request.POST or "promise" in request.POST:
        form = forms.Form()
        kept = _keep_promise(request, promised, public_id, at=at)
        if kept:
            return redirect("friends:friend", public_id)
        status = kept.status
    elif wants_number:
        attempt = tried(
            request, form, lambda _given: acts.friend_number(friend=public_id, by=request.actor, at=at)
        )
        number, status = attempt.value or "", 200 if attempt else attempt.status
    elif request.method == "POST":
        noted = tried(
            request,
            form,
            lambda given: acts.note_friend_talk(
                friend=public_id,
                outcome=given["outcome"],
                is_visit=not given["called"],
                by=request.actor,
                at=at,
            ),
            said=lambda _none: outcome_sentence(
                request.POST["outcome"], own_friend.name, own_friend.programme_id
            ),
        )
        if noted:
            return redirect("friends:quiet_friends")
        status = noted.status
    read_person(about=own_friend.public_id, by=request.actor, unit_id=own_friend.unit_id, at=at)
    with system("the promises of a friend"):
        promises = queries.promises_of(public_id)
    unit = units.unit_by_id(own_friend.unit_id)
    link = acts.opinion_link(public_id, on=clock.day_in(settings.TIME_ZONE, at))
    context = {
        "name": local_person(own_friend.name),
        "one": own_friend,
        "place": queries.friend_unit_name(own_friend, active_language()),
        "spoken": spoken_words(SAY_FIRST, caller=request.viewer.name, person=own_friend.name),
        "shown": number,
        "form": form,
        "outcomes": acts.FriendTalk.choices,
        "promised": promised,
        "promises": promises,
        "opinion": unit_address(reverse("opinions:opinion_new"), unit.code),
        "helper": unit_address(reverse("friends:helper_new"), unit.code),
        "link": str(settings.ORIGIN) + reverse("friends:own_opinion", args=[link]),
        "head": _("Stay in touch"),
    }
    return render(request, "friends/friend.html", context, status=status)


def _keep_promise(
    request: Request, promised: FriendPromiseForm, public_id: UUID, *, at: datetime
) -> Tried[Any]:
    """Write a promise down, or change one."""
    if "kind" in request.POST:
        return tried(
            request,
            promised,
            lambda fields: acts.note_promise(
                friend=public_id, kind=fields["kind"], n=fields["n"], by=request.actor, at=at
            ),
            said=_("Written down."),
        )
    return tried(
        request,
        ChangePromiseForm(request.POST),
        lambda fields: acts.change_promise(
            friend=public_id, promise=fields["promise"], act=fields["change"], by=request.actor, at=at
        ),
        said=_("Noted."),
        has_form=False,
    )


@form_page
@unlisted
def own_opinion(request: VisitRequest, link: str) -> HttpResponseBase:
    """Take the opinion of a friend by their own link, once a month. A wrong link is counted as a guess."""
    at = clock.now()
    question = acts.friend_asked(link, at=at)
    if question is None:
        return link_over(request, at)
    form = answers_form(question[2])(request.POST or None, prefix="q", is_own=True)
    by = Actor.public(origin=request.visit.origin)
    sent = tried(
        request, form, lambda _given: acts.take_own_opinion(link=link, answers=form.answers, by=by, at=at)
    )
    context = {"form": form, "is_sent": bool(sent)}
    return render(request, "friends/question_opinion.html", context, status=200 if sent else sent.status)
