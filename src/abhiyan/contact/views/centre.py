"""Call centres: the supervisor's board, the centres and queues of an office, and the making of a queue."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from abhiyan.contact import actions, centre_work, centres, centres_below
from abhiyan.contact.actions.handing import CallerNotThere
from abhiyan.contact.centres import CallerNow, PromisedCallBack
from abhiyan.contact.centres_below import CentreToday, PromisedCall
from abhiyan.contact.models import CallQueue, ContactList
from abhiyan.contact.rules.kinds import CALLED, KIND
from abhiyan.contact.words import CALL_WORDS
from abhiyan.core import clock
from abhiyan.core.languages import public_languages as languages
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import local_person, name_in_language
from abhiyan.forms.queries import forms_for
from abhiyan.messaging.actions import NobodyToRemind
from abhiyan.messaging.rules import hours
from abhiyan.org import queries as org
from abhiyan.org.here import Here
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.here import page_of_people
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules.estimated import estimated_rungs
from abhiyan.ui.acts import PageAct, act_page, form_page, form_problem
from abhiyan.ui.fields import DayField, HourField
from abhiyan.ui.forms import TitledForm, offer
from abhiyan.ui.ladder import LadderShown
from abhiyan.ui.lists import Column, Table, list_response, page_with_list
from abhiyan.ui.numbers import grouped

from .calls import WHYS, centre_of
from .lists import contact_crumbs

STATES: Mapping[str, Promise] = {
    "lost": _("Lost: the page is closed"),
    "long": _("Long with one person"),
    "calling": _("With a person"),
    "free": _("Between two calls"),
    "break": _("On a break"),
    "done": _("Done for today"),
    "away": _("Absent"),
}


@require_safe
def own_centre(request: Request) -> HttpResponseBase:
    """Lead a supervisor to their centre."""
    return redirect("contact:centre", centre_of(request, centres.SUPERVISOR).body_id)


@require_safe
def centre(request: Request, body_id: int) -> HttpResponseBase:
    """Show a supervisor their centre: who needs help first, where the lists stand, promised call-backs."""
    seat, at = centre_of(request, centres.SUPERVISOR, body_id=body_id), clock.now()
    with system("the board of a call centre"):
        callers = centres.callers_of(body_id, at=at)
        spoken = sorted(languages())
        queues = centres.queues_of(body_id, at=at)
        left = [(queue.title, centres.entries_left(queue, spoken, at=at)) for queue in queues]
        promised, counts = centres.promised_in(queues, at=at)
        paused = centres.is_paused(body_id)
    names = {caller.account_id: caller.name for caller in callers}
    calls = sum(caller.calls for caller in callers)
    context = {
        "here": "centre",
        "crumbs": [(say("Call centre"), "")],
        "seat": seat,
        "body_id": body_id,
        "callers": [(caller, STATES[caller.state]) for caller in callers],
        "on_call": sum(caller.turn_id is not None for caller in callers),
        "asking": [caller for caller in callers if caller.help],
        "resting": sum(caller.state == "break" for caller in callers),
        "late": counts["late"],
        "n_promised": counts["n"],
        "promised": [
            (promise, names.get(promise.caller or 0, ""), _hand_form(promise, callers))
            for promise in promised
        ],
        "are_at_work": any(caller.state in centres.AT_WORK for caller in callers),
        "calls": calls,
        "an_hour": sum(caller.an_hour for caller in callers if caller.state != "away"),
        "reached_pct": sum(caller.reached for caller in callers) * 100 // calls if calls else None,
        "queues": [
            (title, [(WHYS[why], n) for why, n, _first in centres.shown_left(rows)]) for title, rows in left
        ],
        "is_paused": paused,
    }
    return render(request, "contact/centre.html", context)


class TurnForm(forms.Form):
    """Which person."""

    turn = forms.UUIDField(widget=forms.HiddenInput)


class AnswerForm(forms.Form):
    """Which caller."""

    caller = forms.IntegerField(widget=forms.HiddenInput)


class HandForm(forms.Form):
    """A call-back and the caller who gets it."""

    entry = forms.UUIDField(widget=forms.HiddenInput)
    caller = forms.TypedChoiceField(
        label=_("Give it to"), coerce=int, error_messages={"required": CallerNotThere.message}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound:  # the act asks who is there now
            offer(self, caller=[(self.data.get("caller", ""), "")])


def _hand_form(promised: PromisedCallBack, callers: Sequence[CallerNow]) -> HandForm | None:
    """The callers who may get a call-back; None where nobody who is there speaks its language."""
    fit = [
        caller
        for caller in callers
        if caller.state in centres.AT_WORK and promised.language in ("", *caller.languages)
    ]
    form = HandForm(initial={"entry": promised.entry}, auto_id=f"%s-{promised.entry}")
    offer(form, caller=[(str(caller.account_id), local_person(caller.name)) for caller in fit])
    return form if fit else None


CENTRE_ACTS = {
    "answer": PageAct(
        actions.answer_help, _("The caller reads that you answered. Go or call."), form=AnswerForm
    ),
    "hand": PageAct(
        actions.hand_call_over,
        _("Handed over. It is the caller's next person once it is due."),
        form=HandForm,
    ),
    "back": PageAct(actions.take_person_back, _("The person is in the queue again."), form=TurnForm),
    "pause": PageAct(actions.pause_centre, _("Paused. Who has a person may finish.")),
    "resume": PageAct(actions.resume_centre, _("The centre goes on.")),
}


@require_POST
def centre_act(request: Request, body_id: int, act: str) -> HttpResponseBase:
    """Take a person back from a lost caller, pause the centre, or let it go on."""
    centre_of(request, centres.SUPERVISOR, body_id=body_id)
    done = or_refuse(CENTRE_ACTS.get(act)).tried(request, body_id=body_id, by=request.actor, at=clock.now())
    if not done:
        messages.error(request, str(done.refused) if done.refused else form_problem(done.form))
    return redirect("contact:centre", body_id)


def _state(row: CentreToday) -> str:
    if row.is_paused:
        return say("Paused")
    if row.at_work:
        return say("At work")
    if row.is_silent:
        return say("Silent since yesterday")
    return say("Not at work now") if row.is_asked else say("Not due yet")


# Silent ones come first, the longest silent at the top.
CENTRES: tuple[Column[CentreToday], ...] = (
    Column("name", _("Call centre"), lambda row: row.name, order=True, is_name=True),
    Column("unit", _("Unit"), lambda row: row.place, order=True, css="under"),
    Column("above", _("State"), lambda row: row.above, order=True, css="under"),
    Column(
        "state", _("Status"), _state, order=lambda row: (not row.is_silent, str(row.last or "")), css="under"
    ),
    Column("last", _("Last call"), lambda row: row.last, order=True, css="nums under"),
    Column("seats", _("Callers"), lambda row: row.seats, order=True, css="num"),
    Column("work", _("At work now"), lambda row: row.at_work, order=True, css="num"),
    Column("calls", _("Calls today"), lambda row: row.calls, order=True, css="num"),
    Column("reached", _("Talks noted in 100 calls"), lambda row: row.reached_pct, order=True, css="num"),
    Column("promised", _("Promised call-backs"), lambda row: row.promised, order=True, css="num"),
    Column("late", _("Late call-backs"), lambda row: row.late, order=True, css="num"),
    Column("head", _("Supervisor"), lambda row: row.head, names_people=True, css="under"),
    Column("acts", _("Acts"), is_for_acts=True, css="end"),
)
PROMISES: tuple[Column[PromisedCall], ...] = (
    Column("due", _("Promised for"), lambda row: row.due_at, order=True, css="nums under"),
    Column("state", _("Status"), lambda row: say("Late") if row.is_late else say("Open"), css="under"),
    Column("name", _("Call centre"), lambda row: row.name, order=True, is_name=True),
    Column("unit", _("Unit"), lambda row: row.place, order=True, css="under"),
)
SHOWN: Mapping[str, Promise] = {
    "": _("All centres"),
    centres_below.SILENT: _("Silent since yesterday"),
    centres_below.AT_WORK: _("At work now"),
    centres_below.LATE: _("With late call-backs"),
    "promised": _("Promised call-backs"),
}


@page_with_list
def calling(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show an office its call centres at work and silent, their ladder, and the queues of a programme."""
    (programme, here), at = page_of_people(request, public_id, KIND), clock.now()
    show = request.GET.get("show", "")
    show = show if show in SHOWN else ""
    with system("the call centres of an office"):
        centre_rows = centres_below.centres_below(programme, here.span, at=at)
        promises = centres_below.promises_below(programme, here.span, at=at) if show == "promised" else []
    columns: tuple[Column[Any], ...] = PROMISES if show == "promised" else CENTRES
    table: Table[Any] = Table(
        request,
        columns,
        promises if show == "promised" else [row for row in centre_rows if row.fits(show)],
        name=f"call-centres-{show or 'all'}",
        caption=SHOWN[show],
        sort="due" if show == "promised" else "state",
        is_brief=True,
        unit_id=here.unit.id,
    )
    page = reverse("contact:calling", args=[public_id])
    context = {
        "here": "programmes",
        "crumbs": contact_crumbs(programme, (say("Call centres"), "")),
        "programme": programme,
        "unit": here,
        "queues": centres.queues_in(programme),
        "whole": centres_below.add_up_centres(centre_rows),
        "drawn": _drawn(programme, here, at),
        "views": [
            (str(words), here.href(page, **({"show": key} if key else {})), key == show)
            for key, words in SHOWN.items()
        ],
        "show": show,
        "may_run": programme.state == Programme.State.OPEN
        and request.viewer.may_at(actions.RUN, here.span[0]),
        "may_remind": request.viewer.may_at(LEADS, here.span[0]),
    }
    return list_response(request, "contact/calling.html", table, context)


def _drawn(programme: Programme, here: Here, at: datetime) -> LadderShown | None:
    """The ladder of talks by call centres in a unit, with its target and estimate; None in a programme without."""
    measure = next(
        (row for row in programmes.measures([programme])[programme.pk] if row.number == CALLED), None
    )
    node = programmes.node_of(here.unit.id, programme.hierarchy)
    if measure is None or node is None:
        return None
    on = clock.day_in(programme.zone, at)
    targets = programmes.targets_of(node=here.unit.id, hierarchy=programme.hierarchy, programmes=[programme])
    return programmes.ladder_picture(
        programmes.unit_ladder(
            node=node, hierarchy=programme.hierarchy, programme=programme, measure=CALLED, at=at
        ),
        name=name_in_language(measure.names),
        programme=programme,
        measure=CALLED,
        on=on,
        target=targets.get((programme.pk, CALLED)),
        checked=estimated_rungs([programme.pk], [here.unit.id], on=on).get(
            (programme.pk, CALLED, here.unit.id)
        ),
    )


SPREADS: Mapping[str, Promise] = {
    "talked": _("Talk, as the provider's line recorded it"),
    "turn": _("From the ring to the outcome"),
    "waited": _("Wait for a call that the person wanted"),
}


@require_safe
def calling_centre(request: Request, public_id: UUID, body_id: int) -> HttpResponseBase:
    """Show leaders how a call centre worked in the last 30 days: length, waiting, hours and quality of its calls."""
    (programme, here), at = page_of_people(request, public_id, KIND), clock.now()
    with system("the work of a call centre"):
        name, place = centres_below.centre_at(programme, here.span, body_id, at=at)
        work = centre_work.work_of_centre(programme, body_id, at=at)
    context = {
        "here": "programmes",
        "crumbs": contact_crumbs(
            programme,
            (say("Call centres"), here.href(reverse("contact:calling", args=[public_id]))),
            (name, ""),
        ),
        "name": name,
        "place": place,
        "programme": programme,
        "body_id": body_id,
        "work": work,
        "spreads": [(SPREADS[key], spread) for key, spread in work.spreads],
        "days": centre_work.DAYS,
    }
    return render(request, "contact/calling_centre.html", context)


@form_page
def calling_remind(request: Request, public_id: UUID) -> HttpResponseBase:
    """Ask once before the supervisors of silent centres get a message."""
    (programme, here), at = page_of_people(request, public_id, KIND), clock.now()
    with system("the silent call centres of an office"):
        led, without = centres_below.heads_to_remind(programme, here.span, at=at)
    text = [
        ngettext(
            "%(n)s silent call centre has a supervisor.",
            "%(n)s silent call centres have a supervisor.",
            len(led),
        )
        % {"n": grouped(len(led))},
        say("Each supervisor gets one message, at most one a day. It cannot be called back."),
    ]
    if not led:
        text = [str(NobodyToRemind(next_step=actions.APPOINT if without else ""))]
    if without:
        text.append(
            ngettext(
                "%(n)s more centre has no supervisor.", "%(n)s more centres have no supervisor.", without
            )
            % {"n": grouped(without)}
        )
    back = here.href(reverse("contact:calling", args=[public_id]))
    return act_page(
        request,
        lambda _given: actions.remind_centres(
            programme=programme, unit_id=here.unit.id, by=request.actor, at=at
        ),
        title=say("Remind silent call centres: %(place)s") % {"place": here.name},
        text=text,
        button=say("Send reminders"),
        said=_("The reminders are on their way."),
        done=back,
        is_open=bool(led),
        here="programmes",
        crumbs=contact_crumbs(programme, (say("Call centres"), back), (say("Remind"), "")),
    )


class QueueForm(TitledForm):
    """An office's words about a call queue."""

    title = forms.CharField(label=_("Title"), max_length=actions.LONGEST_QUEUE_TITLE)
    lists = forms.MultipleChoiceField(
        label=_("Lists"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Approved lists. The first is called first."),
        error_messages={"required": actions.QueueListsUnfit.message % {"most": actions.MOST_LISTS}},
    )
    script = forms.ChoiceField(
        label=_("Script"), required=False, help_text=_("A form of your office. Callers read and fill it.")
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Leave it empty for every language."),
    )
    opens = HourField(label=_("From"), initial=hours.OPENS, widget=forms.TimeInput(format="%H:%M"))
    closes = HourField(label=_("Until"), initial=hours.CLOSES, widget=forms.TimeInput(format="%H:%M"))
    last_day = DayField(
        label=_("Last day"),
        required=False,
        help_text=_("Leave it empty, and the queue runs as long as its lists."),
    )
    by_bridge = forms.BooleanField(
        label=_("Call by the provider's line"),
        required=False,
        help_text=_(
            "The line calls the caller first, then the person. Callers never see the number. Your server needs a"
            " provider for it."
        ),
    )
    priority = forms.TypedChoiceField(
        label=_("Priority"),
        coerce=int,
        initial=5,
        choices=((1, _("Before the others")), (5, _("Usual")), (9, _("After the others"))),
    )


@form_page
def calling_new(request: Request, public_id: UUID) -> HttpResponseBase:
    """Make a call queue of approved lists."""
    programme, here = page_of_people(request, public_id, KIND)
    org.require(request.actor, actions.RUN, at=here.unit.id)
    form = QueueForm(request.POST or None)
    approved = ContactList.objects.filter(programme=programme, state=ContactList.State.APPROVED).order_by(
        "pk"
    )
    scripts = [(str(row.pk), name_in_language(row.names)) for row in forms_for(request.viewer)]
    offer(
        form,
        lists=[(str(row.public_id), row.title) for row in approved],
        script=[("", say("None")), *scripts],
        languages=list(languages().items()),
    )

    def do(given: dict[str, Any]) -> CallQueue:
        script = given.pop("script")
        lists = [UUID(pk) for pk in given.pop("lists")]
        new = actions.NewQueue(**given, lists=lists, form_id=int(script) if script else None)
        return actions.make_queue(
            programme=programme, unit_id=here.unit.id, new=new, by=request.actor, at=clock.now()
        )

    back = here.href(reverse("contact:calling", args=[public_id]))
    return act_page(
        request,
        do,
        form=form,
        title=say("New call queue: %(place)s") % {"place": here.name},
        text=[_("Call centres of the unit and below call its people.")],
        button=_("Make the queue"),
        said=_("The queue is made. Call centres call it from now on."),
        done=back,
        here="programmes",
        crumbs=contact_crumbs(programme, (say("Call centres"), back), (say("New call queue"), "")),
    )


class WordsForm(forms.Form):
    """Words of the callers of a queue, in Hindi and in English."""

    words_hi = forms.CharField(
        label=_("Words in Hindi"), required=False, widget=forms.Textarea(attrs={"rows": 8})
    )
    words_en = forms.CharField(
        label=_("Words in English"), required=False, widget=forms.Textarea(attrs={"rows": 8})
    )


@form_page
def calling_words(request: Request, queue: UUID) -> HttpResponseBase:
    """Write what the callers of a queue say. The form begins with the words they have now."""
    row = or_refuse(CallQueue.objects.select_related("programme").filter(public_id=queue).first())
    org.require(request.actor, actions.RUN, at=row.unit_id)
    usual = {}
    for code in ("hi", "en"):
        with translation.override(code):
            usual[code] = str(CALL_WORDS)
    now = {f"words_{code}": row.words.get(code, text) for code, text in usual.items()}

    def do(given: dict[str, Any]) -> CallQueue:
        typed = {code: given[f"words_{code}"].replace("\r\n", "\n").strip() for code in usual}
        words = {code: text for code, text in typed.items() if text != usual[code]}
        return actions.write_queue_words(public_id=queue, words=words, by=request.actor, at=clock.now())

    page = reverse("contact:calling", args=[row.programme.public_id])
    return act_page(
        request,
        do,
        form=WordsForm(request.POST if request.method == "POST" else None, initial=now),
        title=say("Words of the callers: %(queue)s") % {"queue": row.title},
        text=[
            _("Say who calls, from which organisation and why. Then ask, and end. Each line is a paragraph."),
            _(
                "{caller} becomes the caller's name, {organisation} ours, {person} the name of the person, {purpose}"
                " the purpose of the list. What is in [ ] is left out where a name or purpose in it is not known."
            ),
            _("Callers read the words in the person's language. Leave a field empty for our usual words."),
        ],
        button=_("Save the words"),
        said=_("Saved. Callers read these words from now on."),
        done=page,
        here="programmes",
        crumbs=contact_crumbs(row.programme, (say("Call centres"), page), (say("Words of the callers"), "")),
    )


QUEUE_ACTS = {
    "pause": PageAct(actions.pause_queue, _("Paused. Who has a person may finish.")),
    "resume": PageAct(actions.resume_queue, _("The queue goes on.")),
    "missed": PageAct(actions.take_missed, _("This queue calls back people who called the helpline.")),
    "no-missed": PageAct(actions.leave_missed, _("This queue takes no more missed calls.")),
}


@require_POST
def calling_act(request: Request, queue: UUID, act: str) -> HttpResponseBase:
    """Pause a call queue or let it go on; let it take missed calls to the helpline, or no more."""
    row = or_refuse(CallQueue.objects.select_related("programme").filter(public_id=queue).first())
    done = or_refuse(QUEUE_ACTS.get(act)).tried(
        request, public_id=queue, by=request.actor, at=clock.now(), has_form=False
    )
    if not done:
        messages.error(request, form_problem(done.form))
    return redirect("contact:calling", row.programme.public_id)
