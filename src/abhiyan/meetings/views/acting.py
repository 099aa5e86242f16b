"""The acts on a meeting's page: answers of invitees, ticks at the door, minutes."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound
from abhiyan.meetings import actions as acts
from abhiyan.meetings.models import Meeting
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import tried
from abhiyan.ui.posts import post_only

from .forms import (
    CantComeForm,
    InviteePhoneForm,
    ListedForm,
    PeopleForm,
    PointForm,
    StrikeForm,
    SubstituteForm,
    TickForm,
)
from .meetings import DOOR, shown_meeting
from .shown import COUNT_BESIDE, meeting_address, meeting_door

SaidOf = Promise | str | Callable[[Any], Promise | str]


def said_of_people(one: Meeting) -> Promise | str:
    """Return what somebody reads about the number that they gave."""
    return COUNT_BESIDE if one.is_beside else _("Saved. You can correct the number here.")


ACTS: dict[str, tuple[type[forms.Form], Callable[..., Any], dict[str, Any], SaidOf]] = {
    "come": (
        forms.Form,
        acts.answer_invitation,
        {"comes": True},
        _("Thank you. You can change your answer until the meeting begins."),
    ),
    "cannot": (
        CantComeForm,
        acts.answer_invitation,
        {"comes": False},
        _("Thank you. You can change your answer until the meeting begins."),
    ),
    "substitute": (
        SubstituteForm,
        acts.name_substitute,
        {},
        _("Your substitute is invited and gets a message."),
    ),
    "tick": (TickForm, acts.tick, {"came": True}, ""),
    "untick": (TickForm, acts.tick, {"came": False}, _("The tick is taken back.")),
    "listed": (ListedForm, acts.tick_listed, {}, ""),
    "phone": (InviteePhoneForm, acts.tick_phone, {}, _("The number is ticked.")),
    "people": (PeopleForm, acts.set_people, {}, said_of_people),
    "point": (PointForm, acts.add_point, {}, _("Written into the minutes. A task is on Today at once.")),
    "strike": (StrikeForm, acts.strike_point, {}, _("Taken out of the minutes.")),
    "send": (forms.Form, acts.send_minutes, {}, _("The minutes are sent. Everybody invited gets a message.")),
}


@post_only("meetings:meeting", takes=("public_id",))
def meeting_act(request: Request, public_id: UUID, act: str) -> HttpResponseBase:
    """Answer one's invitation or name a substitute; tick names, give a number; write and send the minutes."""
    if act not in ACTS:
        raise NotFound
    made, do, field_names, message = ACTS[act]
    form = made(request.POST)
    done = tried(
        request,
        form,
        lambda told: do(public_id=public_id, **field_names, **told, by=request.actor, at=clock.now()),
        said=message,
    )
    if not done:
        return shown_meeting(request, public_id, refused=(act, form), status=done.status)
    if act in DOOR:
        return redirect(meeting_door(public_id, q=request.POST.get("q", "")[:100]))
    return redirect(meeting_address(public_id))
