"""The person sheet: a leader reads how far an office-bearer is, calls, and notes what came of it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.contact.rules.doors import unfit_note
from abhiyan.core import clock
from abhiyan.core.refusals import or_refuse
from abhiyan.core.words import local_person, name_in_language
from abhiyan.org import actions
from abhiyan.org import queries as org
from abhiyan.org.actions.talks import MOST_DAYS, PromiseDayUnfit
from abhiyan.org.models import BearerTalk
from abhiyan.org.viewer import Request
from abhiyan.programmes import queries as programmes
from abhiyan.ui.acts import PageAct, form_page, tried
from abhiyan.ui.fields import DayField, NoteField
from abhiyan.ui.invitations import by_whatsapp
from abhiyan.ui.posts import post_only
from abhiyan.units.rules import levels
from abhiyan.work.queries import record
from abhiyan.work.queries import tasks as found
from abhiyan.work.rules.tasks import late_words

LONGEST = 200


class PromiseDayForm(forms.Form):
    """The new day of a promise."""

    until = DayField(label=_("New day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "day_%s"} | kwargs)
        day = self.fields["until"]
        assert isinstance(day, DayField)
        day.within(
            timedelta(0),
            timedelta(days=MOST_DAYS),
            today=clock.day_in(settings.TIME_ZONE, clock.now()),
            words=PromiseDayUnfit.message % {"most": MOST_DAYS},
        )


def _fit_note(text: str) -> None:
    """Refuse what no note may hold, as at doors and on calls."""
    if why := unfit_note(text):
        raise forms.ValidationError(why)


class BearerTalkForm(PromiseDayForm):
    """The form asks what was said on a call, what was promised, and until when."""

    field_order = ("summary", "promise", "until")
    summary = NoteField(label=_("What was said"), max_length=LONGEST, required=False, validators=[_fit_note])
    promise = NoteField(
        label=_("What was promised"), max_length=LONGEST, required=False, validators=[_fit_note]
    )
    until = DayField(label=_("Until when"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="id_%s", **kwargs)


def _settles(state: BearerTalk.State) -> Any:
    return lambda **known: actions.settle_promise(state=state.value, **known)


ACTS = {
    "kept": PageAct(_settles(BearerTalk.State.KEPT), _("Noted: the promise was kept."), label=_("Kept")),
    "missed": PageAct(_settles(BearerTalk.State.MISSED), _("Noted: it was not kept."), label=_("Not kept")),
    "later": PageAct(
        actions.move_promise, _("The promise has a new day."), PromiseDayForm, label=_("New day")
    ),
    "remove": PageAct(actions.remove_bearer_talk, _("The note is deleted."), label=_("Delete the note")),
}


@form_page
def bearer_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show an office-bearer the viewer may call; once posted, with their number. Each look at it leaves a row."""
    number = ""
    if request.method == "POST":
        number = actions.reveal_bearer(account=public_id, by=request.actor, at=clock.now())
    return _sheet(request, public_id, number=number)


@post_only("pages:bearer")
def bearer_talk(request: Request, public_id: UUID) -> HttpResponseBase:
    """Note what was said and promised on a call."""
    form = BearerTalkForm(request.POST)
    outcome = tried(
        request,
        form,
        lambda given: actions.note_bearer_talk(account=public_id, **given, by=request.actor, at=clock.now()),
        said=_("Noted. On its day Today asks for the promise."),
    )
    if outcome:
        return redirect("pages:bearer", public_id)
    return _sheet(request, public_id, form=form, status=outcome.status)


@post_only("pages:bearer", takes=("public_id",))
def bearer_promise(request: Request, public_id: UUID, talk: UUID, act: str) -> HttpResponseBase:
    """Say what became of a promise, give it a new day, or delete the note."""
    outcome = or_refuse(ACTS.get(act)).tried(request, talk=talk, by=request.actor, at=clock.now())
    if outcome:
        return redirect("pages:bearer", public_id)
    return _sheet(request, public_id, day=outcome.form, status=outcome.status)


def _sheet(
    request: Request,
    public_id: UUID,
    *,
    number: str = "",
    form: forms.BaseForm | None = None,
    day: forms.BaseForm | None = None,
    status: int = 200,
) -> HttpResponseBase:
    at = clock.now()
    on = clock.day_in(settings.TIME_ZONE, at)
    led = org.bearer_for(request.viewer, public_id, on=on)
    gap = _gap(led, at=at)
    n_late, task = found.late_of(led.account_id, at=at)
    talk = org.last_talk(request.viewer, led.account_id)
    text = _text(request, led, gap, task.title if task else "", talk)
    context = {
        "here": "units",
        "crumbs": [(local_person(led.name), "")],
        "bearer": led,
        "offices": [(office, levels.SLUGS[office.hierarchy]) for office in led.offices],
        "gap": gap,
        "late": late_words(n_late) if n_late else "",
        "task": task,
        "talk": talk,
        "has_promise": talk is not None and bool(talk.promise),
        "form": form or BearerTalkForm(),
        "day": day or PromiseDayForm(),
        "number": number,
        "whatsapp": by_whatsapp(text, number) if number else "",
        "has_record": record.leads_from_above(
            request.viewer, org.viewer_of(account_id=led.account_id, on=on), on=on
        ),
    }
    return render(request, "pages/bearer.html", context, status=status)


def _gap(led: org.Bearer, *, at: datetime) -> str:
    """Say how far the unit of their first office is in its first programme; "" where nothing runs or is counted."""
    office = led.offices[0]
    first = next(iter(programmes.measures_in_view(office, at=at)), None)
    standing = programmes.standing_here(first, href="", at=at) if first else None
    if standing is None or standing.drawn.is_empty:
        return ""
    return f"{name_in_language(office.unit_names)}, {standing.title}: {standing.said}"


def _text(request: Request, led: org.Bearer, gap: str, task: str, talk: BearerTalk | None) -> str:
    """Return a message to the office-bearer, ready to send, in the language of the page."""
    lines = [say("Namaste %(name)s,") % {"name": local_person(led.name)}, gap]
    if task:
        lines.append(say("This task is late: %(task)s.") % {"task": task})
    if talk is not None and talk.until is not None and talk.state == BearerTalk.State.OPEN:
        promised = {"day": date_format(talk.until, "j F"), "promise": talk.promise}
        lines.append(say("You promised by %(day)s: %(promise)s.") % promised)
    lines += [say("What do you need, and by when will it be done?"), local_person(request.viewer.name)]
    return "\n".join(filter(None, lines))
