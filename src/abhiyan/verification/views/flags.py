"""Workers whose entries look odd, what became of it, and a worker's own answer. No list of it is for anybody else."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import needed
from abhiyan.core.scope import system
from abhiyan.core.words import day_of, named
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.ui.acts import Text, ask, form_page, tried
from abhiyan.verification import actions
from abhiyan.verification.actions.frames import PLAN
from abhiyan.verification.forms import CompareForm, SaidForm
from abhiyan.verification.here import may_plan
from abhiyan.verification.models import Flag
from abhiyan.verification.queries import flags as reads
from abhiyan.verification.queries.looks import looks_of
from abhiyan.verification.rules import findings

from .frames import measure_of, shown_of

MOST, SHOWN = 500, 60  # workers looked through, who wants a look most first; and shown


@form_page
def workers(request: Request, public_id: UUID) -> HttpResponseBase:
    """Workers of a programme with reasons to look closer; comparing them anew."""
    one = _planned(request, public_id)
    measure, at = measure_of(one), clock.now()
    done = tried(
        request,
        CompareForm(request.POST if request.method == "POST" else None),
        lambda _given: actions.look_at_workers(programme=one, measure=measure, by=request.actor, at=at),
        said=_("The workers are compared."),
    )
    if done:
        return redirect("verification:workers", public_id=public_id)
    with system("workers whose entries look odd"):
        found = reads.rows_of(one, measure, clock.day_in(one.zone, at), most=MOST)
    # Not as a file: names beside reasons stay on this page.
    shown = {"found": found[:SHOWN], "is_more": len(found) > SHOWN}
    return render(request, "verification/worker_list.html", shown | shown_of(one, (say("Workers"), "")))


@form_page
def flag_ask(request: Request, public_id: UUID, worker: UUID) -> HttpResponseBase:
    """Ask a worker about the reasons, after saying what they will see."""
    one = _planned(request, public_id)
    measure, at = measure_of(one), clock.now()
    with system("one worker's entries"):
        look = needed(next(iter(looks_of(one, measure, workers=[worker])), None))
        name = reads.names_of([worker]).get(worker, "")
    return ask(
        request,
        lambda _given: actions.ask_worker(
            programme=one, measure=measure, worker=worker, by=request.actor, at=at
        ),
        title=say("Ask %(name)s") % {"name": name},
        text=[
            _(
                "A reason is not proof. There can be good explanations, such as a fair or a phone that was shared."
            ),
            _(
                "The worker sees these reasons and has 14 days to answer. Nobody else in their line sees them."
            ),
            *(each.text for each in look.reasons),
        ],
        button=_("Ask the worker"),
        said=_("The worker sees the question on Today."),
        done=lambda flag: redirect("verification:flag", public_id=flag.pk),
        back=reverse("verification:workers", args=[public_id]),
        is_danger=True,
        **_shown(one, name),
    )


@require_GET
def flag(request: Request, public_id: UUID) -> HttpResponseBase:
    """One flag: reasons, the worker's answer, what fresh checks say, and the next step."""
    one = _flag(request, public_id)
    at = clock.now()
    with system("one flag"):
        name = reads.names_of([one.worker]).get(one.worker, "")
        told = reads.told_of(one)
        is_proven = one.step in reads.CHECKED and reads.is_proven(one)
        case, today = reads.case_of(one), clock.day_in(one.programme.zone, at)
        account = request.viewer.account_id or 0
        may = {
            act.value
            for act in findings.Act
            if findings.barred(case, act, by=account, on=today, proven=is_proven) is None
        }
    shown = {
        "flag": one,
        "worker": name,
        "reasons": reads.sentences(one.reasons),
        "told": told,
        "is_proven": is_proven,
        "may": may,
        "until": day_of(one.asked_at + findings.ANSWERS),
        "ends": case.expires_on,
        "district": named(one.unit.names),
    }
    return render(request, "verification/flag.html", shown | _shown(one.programme, name))


@dataclass(frozen=True, slots=True)
class _Next:
    """A step somebody takes about a flag."""

    act: Callable[..., Any]
    title: Text
    text: Text
    said: Text


NEXT = {
    "check": _Next(
        actions.begin_checks,
        _("Begin fresh checks"),
        _(
            "Some of the worker's entries are checked by people from elsewhere. What raised the flag proves nothing."
        ),
        _("The checks wait for verifiers, among all others."),
    ),
    "propose": _Next(
        actions.propose_finding,
        _("Propose a finding"),
        _("The fresh checks prove more false entries than the place explains. Somebody else must decide."),
        _("A second reviewer decides."),
    ),
    "confirm": _Next(
        actions.confirm_finding,
        _("Confirm the finding"),
        _("It stays with the worker's answer. You cannot take this back."),
        _("It is a finding."),
    ),
    "drop": _Next(
        actions.drop_flag,
        _("Drop this flag"),
        _(
            "The reasons and the answer are deleted. The worker is left alone for 60 days. You cannot take this back."
        ),
        _("The flag is deleted."),
    ),
}


@form_page
def flag_next(request: Request, public_id: UUID, step: str) -> HttpResponseBase:
    """One step about a flag, after saying what it does."""
    if step not in NEXT:
        raise Http404
    one, what = _flag(request, public_id), NEXT[step]
    page = reverse("verification:flag", args=[public_id])
    list_ = reverse("verification:workers", args=[one.programme.public_id])
    return ask(
        request,
        lambda _given: what.act(flag_id=public_id, by=request.actor, at=clock.now()),
        title=what.title,
        text=[what.text],
        button=what.title,
        said=what.said,
        done=list_ if step == "drop" else page,
        back=page,
        is_danger=True,
        **_shown(one.programme, str(what.title)),
    )


@form_page
def flag_mine(request: Request, public_id: UUID) -> HttpResponseBase:
    """What a worker is asked about their own entries, and their answer."""
    one = reads.own_flag(request.viewer.account_id or 0, public_id)
    form = SaidForm(request.POST if request.method == "POST" else None)
    by: Actor = request.actor
    done = tried(
        request,
        form,
        lambda given: actions.answer_flag(flag_id=public_id, text=given["text"], by=by, at=clock.now()),
        said=_("Your answer is sent."),
    )
    if done:
        return redirect("verification:flag_mine", public_id=public_id)
    shown = {
        "flag": one,
        "form": form,
        "reasons": reads.sentences(one.reasons),
        "programme_name": named(one.programme.names),
        "until": day_of(one.asked_at + findings.ANSWERS),
        "here": "",
        "crumbs": [(say("Your entries"), "")],
    }
    return render(request, "verification/flag_mine.html", shown, status=done.status)


def _planned(request: Request, public_id: UUID) -> Programme:
    one = programmes.programme_for(request.viewer, public_id)
    if not may_plan(request, one.owner_id):
        raise NotYours(capability=PLAN)
    return one


def _flag(request: Request, public_id: UUID) -> Flag:
    """A flag of a programme whose checks the viewer plans; the worker decides nothing about their own."""
    with system("one flag"):
        one = reads.flag_of(public_id)
    if not may_plan(request, one.programme.owner_id) or one.account_id == request.viewer.account_id:
        raise NotYours(capability=PLAN)
    return one


def _shown(one: Programme, title: str) -> dict[str, Any]:
    list_ = (say("Workers"), reverse("verification:workers", args=[one.public_id]))
    return shown_of(one, list_, (title, ""))
