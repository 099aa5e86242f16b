"""Calling a meeting with a look at the names first; inviting more, moving and cancelling."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from abhiyan.core import clock
from abhiyan.core.keys import keyring
from abhiyan.core.numbers import whole_number
from abhiyan.core.refusals import NotFound
from abhiyan.core.words import local_person, name_in_language
from abhiyan.meetings import actions as acts
from abhiyan.meetings import queries as found
from abhiyan.meetings.actions import calling
from abhiyan.meetings.actions.words import BLANKS
from abhiyan.meetings.models import Meeting
from abhiyan.meetings.rules.attendance import KIND
from abhiyan.messaging import queries as messaging
from abhiyan.messaging.rules import audiences
from abhiyan.messaging.rules.texts import OUTREACH
from abhiyan.org import queries as org
from abhiyan.org.here import page_unit
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request
from abhiyan.people import phones
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.ui.acts import Tried, act_page, form_page, tried
from abhiyan.ui.fields import DayField, HourField, NoteField
from abhiyan.ui.forms import SOMETIMES, BriefForm, TitledForm, offer, titles_typed
from abhiyan.ui.numbers import grouped
from abhiyan.units import queries as units

from .shown import meeting_address, meeting_crumbs, today_of_meetings

MOST_PROGRAMMES = 50  # to choose from
OFFICE, BODY = "office", "body"  # kinds of invitation
MOST_NUMBERS = 1_000  # typed


class InviteForm(BriefForm):
    """The form names the people to invite: an office or a body, and more of them behind *More*."""

    brief: tuple[str, ...] = ("whom",)
    whom = forms.ChoiceField(label=_("Invite"), required=False, widget=forms.Select(attrs=SOMETIMES))
    offices = forms.MultipleChoiceField(
        label=_("More offices"), required=False, widget=forms.CheckboxSelectMultiple
    )
    bodies = forms.MultipleChoiceField(
        label=_("More bodies"), required=False, widget=forms.CheckboxSelectMultiple
    )
    phones = forms.CharField(
        label=_("Invite by list"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Phone numbers of office-bearers here or below, one a line."),
    )

    roll = forms.ChoiceField(
        label=_("Invite a roll or list"),
        required=False,
        help_text=_("For a convention. A bulk message goes to them once a second person has approved it."),
    )
    text = forms.ChoiceField(label=_("Bulk text"), required=False)

    def offer(self, **choices: list[tuple[str, str]]) -> None:
        """Give fields their choices; a choice without any is no field."""
        for name, some in choices.items():
            if some:
                offer(self, **{name: some})
            else:
                del self.fields[name]

    def clean_phones(self) -> tuple[UUID, ...]:
        lines = [line.strip() for line in self.cleaned_data["phones"].splitlines() if line.strip()]
        read = [phones.parse(line) for line in lines]
        if wrong := [str(n) for n, number in enumerate(read, 1) if number is None]:
            raise forms.ValidationError(
                _("These lines hold no mobile number: %(lines)s. Correct them."),
                params={"lines": ", ".join(wrong[:10])},
            )
        if len(read) > MOST_NUMBERS:
            raise forms.ValidationError(
                _("Write at most %(n)s numbers."), params={"n": grouped(MOST_NUMBERS)}
            )
        return tuple(dict.fromkeys(keyring().phone_id(number) for number in read if number is not None))

    @property
    def roll_given(self) -> dict[str, Any]:
        """The roll and the text that invites it, as the acts want them."""
        return {name: self.cleaned_data.get(name, "") for name in ("roll", "text")}

    @property
    def inviting(self) -> found.Inviting:
        """Return the people that the form names."""
        values = self.cleaned_data
        kind, _colon, whom = values.get("whom", "").partition(":")
        offices = [*([whom] if kind == OFFICE else []), *values.get("offices", ())]
        bodies = [*([whom] if kind == BODY else []), *values.get("bodies", ())]
        return found.Inviting(
            tuple(dict.fromkeys(offices)), tuple(dict.fromkeys(map(int, bodies))), values["phones"]
        )


class NewMeetingForm(TitledForm, InviteForm):
    """A meeting or visit as it is typed."""

    brief: tuple[str, ...] = ("title", "first_on", "starts", "place", "whom")
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=Meeting.Kind.choices,
        help_text=_("Only the people on a visit see it. A meeting is also seen by who leads the unit."),
    )
    title = forms.CharField(label=_("Title"), max_length=calling.LONGEST_TITLE)
    first_on = DayField(label=_("First day"))
    last_on = DayField(label=_("Last day"), required=False, help_text=_("Empty: it takes one day."))
    starts = HourField(label=_("Begins at"), initial=time(10))
    place = forms.CharField(label=_("Place"), required=False, max_length=calling.LONGEST_PLACE)
    link = forms.CharField(label=_("Link of a video meeting"), required=False, max_length=500)
    host = forms.CharField(
        label=_("Host of a visit, and who receives"), required=False, max_length=calling.LONGEST_PLACE
    )
    chair = forms.ChoiceField(label=_("Chair, or the leader on a visit"), required=False)
    agenda = forms.CharField(
        label=_("Agenda, or stops of a visit"),
        required=False,
        max_length=calling.MOST_ITEMS * calling.LONGEST_ITEM,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One item a line. Write the hour before it, if it has one."),
    )
    reviewed = forms.MultipleChoiceField(
        label=_("Programmes on the agenda"), required=False, widget=forms.CheckboxSelectMultiple
    )
    programme = forms.ChoiceField(
        label=_("Counts in"),
        required=False,
        help_text=_("The programme whose figures include the people who came."),
    )
    is_public = forms.BooleanField(label=_("Open to the public"), required=False)
    # The fields of people to invite come after these.
    field_order = (
        *("kind", "title", "first_on", "last_on", "starts", "place", "link", "host", "chair"),
        *("agenda", "reviewed", "programme", "is_public"),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        values["last_on"] = values.get("last_on") or values.get("first_on")
        return values

    def plan(
        self, chair_id: int | None, programme_ids: Mapping[str, int], after: Meeting | None
    ) -> acts.MeetingPlan:
        """Return what the form says. chair_id: the account behind `chair`; programme_ids: by their public ids."""
        values = self.cleaned_data
        kept = {
            name: values[name]
            for name in ("kind", "title", "titles", "first_on", "last_on", "starts", "place", "link")
        }
        return acts.MeetingPlan(
            **kept,
            host=values["host"],
            chair_id=chair_id,
            programme_id=programme_ids.get(values.get("programme", "")),
            previous_id=after.pk if after else None,
            is_public=values["is_public"],
            agenda=tuple(line.strip() for line in values["agenda"].splitlines() if line.strip()),
            reviewed=tuple(programme_ids[public_id] for public_id in values.get("reviewed", ())),
            **self.roll_given,
        )


@dataclass(frozen=True, slots=True)
class InvitePreview:
    """The people it would invite, shown before it is done.

    leaving: how many hold an office now, but not on the day. roll: whose people a bulk message invites.
    """

    n: int
    people: list[found.InvitedPerson]
    leaving: int
    is_silent: bool
    roll: str

    @property
    def more(self) -> int:
        return self.n - len(self.people)


@form_page
def meeting_new(request: Request) -> HttpResponseBase:
    """Call a meeting or a visit; the names of everybody it invites are shown first."""
    here, at = page_unit(request), clock.now()
    if not request.viewer.may_at(LEADS, here.span[0]):
        raise org.NotYours(capability=LEADS)
    after = _after(request)
    form = NewMeetingForm(request.POST if request.method == "POST" else None, initial=_initial(after))
    form.opened = after is not None
    running = list(
        programmes.programmes_for(request.viewer).exclude(state=Programme.State.CLOSED)[:MOST_PROGRAMMES]
    )
    lo, hi = here.span
    owners = units.spans({programme.owner_id for programme in running}, here.hierarchy)
    # An owner of another tree has no span.
    meeting_here = {owner for owner, span in owners.items() if span[0] < hi and lo < span[1]}
    running = [programme for programme in running if programme.owner_id in meeting_here]
    programme_ids = {str(programme.public_id): programme.pk for programme in running}
    chairs = {
        str(office.appointment_id): office
        for office in org.ask_offices_here(here.unit.id, on=today_of_meetings())()
        if office.account_id is not None
    }
    form.offer(
        chair=[
            ("", say("none")),
            *(
                (key, f"{local_person(office.name)}, {name_in_language(office.office_names)}")
                for key, office in chairs.items()
            ),
        ],
        reviewed=[(str(programme.public_id), name_in_language(programme.names)) for programme in running],
        programme=_counting(running),
        **_whom(request, here.unit.id, here.hierarchy),
    )
    return _invited(
        request,
        form,
        lambda expected: acts.call_meeting(
            plan=form.plan(
                chairs[chair].account_id if (chair := form.cleaned_data["chair"]) else None,
                programme_ids,
                after,
            ),
            inviting=form.inviting,
            unit_id=here.unit.id,
            hierarchy=here.hierarchy,
            expected=expected,
            by=request.actor,
            at=at,
        ),
        said=_("The meeting is called. Everybody invited gets a message."),
        unit_id=here.unit.id,
        hierarchy=here.hierarchy,
        day=lambda: form.cleaned_data["first_on"],
        done=lambda made: redirect("meetings:meeting", made.value),
        context={
            **meeting_crumbs((say("Call a meeting"), "")),
            "unit": here.unit,
            "after": after,
            "heading": here.name,
            "page": _("Call a meeting"),
        },
    )


def _after(request: Request) -> Meeting | None:
    """The meeting that the new one follows, which the viewer manages."""
    after_text = request.GET.get("after", "") or request.POST.get("after", "")
    try:
        return _managed(request, UUID(after_text)) if after_text else None
    except ValueError:
        raise NotFound from None


def _initial(after: Meeting | None) -> dict[str, Any]:
    """The words of the meeting before, with the offices it invited."""
    if after is None:
        return {"kind": Meeting.Kind.MEETING}
    kept = titles_typed(after) | {
        name: getattr(after, name) for name in ("kind", "starts", "place", "link", "host")
    }
    offices = found.offices_invited(after)
    return kept | ({"whom": f"{OFFICE}:{offices[0]}"} if len(offices) == 1 else {"offices": offices})


def _counting(running: Sequence[Programme]) -> list[tuple[str, str]]:
    some = [
        (str(programme.public_id), name_in_language(programme.names))
        for programme in running
        if programme.kind == KIND
    ]
    return [("", say("none")), *some] if some else []


def _whom(
    request: Request, unit_id: int, hierarchy: int, *, has_roll: bool = False
) -> dict[str, list[tuple[str, str]]]:
    """The offices, bodies and rolls one may invite below a unit. Offices say how many people that is.

    A roll needs a bulk text that a meeting's words fill, and the right to send it.
    """
    may_send = not has_roll and request.viewer.may_at("messages.send", units.span(unit_id, hierarchy)[0])
    texts = messaging.texts_filled_by(BLANKS) if may_send else []
    names = {office.code: name_in_language(office.names) for office in org.offices_used()}
    counts = found.holders_by_office(unit_id=unit_id, hierarchy=hierarchy, on=today_of_meetings())
    offices = [(code, f"{names[code]} ({grouped(n)})") for code, n in counts.items()]
    bodies = [
        (str(body_here.id), name_in_language(body_here.names))
        for body_here in org.bodies_of(unit_id, on=today_of_meetings())
    ]
    some = [(f"{OFFICE}:{code}", words) for code, words in offices]
    some += [(f"{BODY}:{code}", words) for code, words in bodies]
    return {
        "whom": [("", say("Choose")), *some] if some else [],
        "offices": offices,
        "bodies": bodies,
        "roll": [("", say("none")), *audiences.offered_audiences(OUTREACH)] if texts else [],
        "text": [("", say("none")), *texts] if texts else [],
    }


def _invited(
    request: Request,
    form: InviteForm,
    act: Callable[[int], Any],
    *,
    said: Any,
    unit_id: int,
    hierarchy: int,
    day: Callable[[], date],
    done: Callable[[Tried[Any]], HttpResponseBase],
    context: dict[str, Any],
) -> HttpResponseBase:
    """Show the names first; once they were shown and nothing changed, do it."""
    expected = whole_number(request.POST.get("expected", ""), most=10**8)
    if form.is_bound and form.is_valid() and (expected is None or "again" in request.POST):
        outcome = tried(request, form, lambda _given: _preview(form, unit_id, hierarchy, day()))
        return render(
            request,
            "meetings/invite.html",
            {**context, "form": form, "preview": outcome.value},
            status=200 if outcome else outcome.status,
        )
    outcome = tried(request, form, lambda _given: act(-1 if expected is None else expected), said=said)
    if outcome:
        return done(outcome)
    return render(request, "meetings/invite.html", {**context, "form": form}, status=outcome.status)


def _preview(form: InviteForm, unit_id: int, hierarchy: int, on: date) -> InvitePreview:
    people_chosen = found.chosen_parameters(form.inviting, unit_id=unit_id, hierarchy=hierarchy, on=on)
    kind = form.cleaned_data.get("kind", Meeting.Kind.MEETING)
    roll, text = form.roll_given.values()
    if roll and not text:
        raise calling.RollTextMissing(field="text")
    n = calling.count_invited(people_chosen, kind, has_roll=bool(roll))
    now = found.count_chosen(people_chosen | {"day": today_of_meetings()})
    silent = calling.falls_in_silence(unit_id, on, form.cleaned_data.get("last_on") or on, at=clock.now())
    if silent and form.cleaned_data.get("is_public"):
        raise calling.PublicInSilence(field="first_on")
    return InvitePreview(
        n,
        found.name_chosen(people_chosen),
        max(0, now - n),
        silent,
        audiences.audience_name(roll) if roll else "",
    )


class CancelMeetingForm(forms.Form):
    """The form takes the reason why it does not take place."""

    why = NoteField(
        label=_("Reason"), max_length=calling.LONGEST_WHY, help_text=_("Everybody invited reads it.")
    )


class MoveMeetingForm(CancelMeetingForm):
    """The form takes other days, and the reason for them."""

    first_on = DayField(label=_("First day"))
    last_on = DayField(label=_("Last day"))
    starts = HourField(label=_("Begins at"))
    field_order = ("first_on", "last_on", "starts", "why")


@form_page
def meeting_step(request: Request, public_id: UUID, step: str) -> HttpResponseBase:
    """Change the day of a meeting, or invite more people. Each says first what follows."""
    pages = {"move": _move, "invite": _invite}
    if step not in pages:
        raise NotFound
    return pages[step](request, _managed(request, public_id))


def _managed(request: Request, public_id: UUID) -> Meeting:
    """A meeting that the viewer manages."""
    meeting = found.meeting_for(request.viewer, public_id)
    if not found.manages_meeting(request.viewer, meeting):
        raise org.NotYours(capability=LEADS)
    return meeting


def _move(request: Request, one: Meeting) -> HttpResponseBase:
    initial = {"first_on": one.first_on, "last_on": one.last_on, "starts": one.starts}
    return act_page(
        request,
        lambda told: acts.move_meeting(**told, public_id=one.public_id, by=request.actor, at=clock.now()),
        title=say("Change the day: %(title)s") % {"title": one.title},
        text=[
            _invitees(one),
            _(
                "Everybody gets a message with the new day and is asked again. Earlier answers no longer count."
            ),
            _("The page keeps the earlier day."),
        ],
        button=_("Change the day"),
        said=_("The day is changed. Everybody invited is asked again."),
        done=meeting_address(one.public_id),
        form=MoveMeetingForm(request.POST if request.method == "POST" else None, initial=initial),
        **meeting_crumbs((one.title, meeting_address(one.public_id)), (say("Change the day"), "")),
    )


@form_page
def meeting_cancel(request: Request, public_id: UUID) -> HttpResponseBase:
    """Cancel a meeting; it asks once."""
    meeting = _managed(request, public_id)
    return act_page(
        request,
        lambda told: acts.cancel_meeting(
            **told, public_id=meeting.public_id, by=request.actor, at=clock.now()
        ),
        title=say("Cancel: %(title)s") % {"title": meeting.title},
        text=[
            _invitees(meeting),
            _("Everybody gets a message that it does not take place. This cannot be taken back."),
        ],
        button=_("Cancel the meeting"),
        said=_("The meeting is cancelled. Everybody invited gets a message."),
        done=meeting_address(meeting.public_id),
        is_danger=True,
        form=CancelMeetingForm(request.POST if request.method == "POST" else None),
        **meeting_crumbs(
            (meeting.title, meeting_address(meeting.public_id)), (say("Cancel the meeting"), "")
        ),
    )


def _invite(request: Request, one: Meeting) -> HttpResponseBase:
    form = InviteForm(request.POST if request.method == "POST" else None)
    form.offer(**_whom(request, one.unit_id, one.hierarchy, has_roll=one.roll is not None))
    return _invited(
        request,
        form,
        lambda expected: acts.invite_more(
            public_id=one.public_id,
            inviting=form.inviting,
            expected=expected,
            by=request.actor,
            at=clock.now(),
            **form.roll_given,
        ),
        said=_("Invited. New people on the list get a message."),
        unit_id=one.unit_id,
        hierarchy=one.hierarchy,
        day=lambda: one.first_on,
        done=lambda _made: redirect(meeting_address(one.public_id)),
        context={
            **meeting_crumbs((one.title, meeting_address(one.public_id)), (say("Invite more"), "")),
            "heading": one.title,
            "page": _("Invite more"),
        },
    )


def _invitees(meeting: Meeting) -> str:
    n = sum(invited_office.n for invited_office in found.by_office(meeting))
    return ngettext("%(n)s person is invited.", "%(n)s people are invited.", n) % {"n": grouped(n)}
