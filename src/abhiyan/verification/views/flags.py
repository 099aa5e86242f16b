"""Workers whose entries look odd, what became of it, and a worker's own answer. No list of it is for anybody else."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.core.actor import Actor
from abhiyan.core.numbers import grouped
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import active_language, day_words, name_in_language
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.ui import tables
from abhiyan.ui.acts import act_page, form_page, tried
from abhiyan.ui.fields import NoteField
from abhiyan.verification import actions
from abhiyan.verification.actions.frames import PLAN
from abhiyan.verification.forms import CompareWorkersForm, SaidForm, TellingForm
from abhiyan.verification.here import may_plan
from abhiyan.verification.models import Flag
from abhiyan.verification.queries import flags as reads
from abhiyan.verification.queries.looks import looks_of
from abhiyan.verification.rules import findings

from .frames import frames_shown, measure_of

MOST, PER_PAGE = 500, 10  # workers looked through, who wants a look most first; and shown on a page


@form_page
def workers_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show workers of a programme with reasons to look closer; compare them again."""
    programme = _planned(request, public_id)
    measure, at = measure_of(programme), clock.now()
    done = tried(
        request,
        CompareWorkersForm(request.POST if request.method == "POST" else None),
        lambda _given: actions.ask_look(programme=programme, measure=measure, by=request.actor, at=at),
        said=_("The workers are being compared. Open this page again in a minute or two."),
    )
    if done:
        return redirect("verification:workers", public_id=public_id)
    today = clock.day_in(programme.zone, at)
    with system("workers whose entries look odd"):
        flag_rows = reads.flag_rows(programme, measure, today, most=MOST)
        fresh = reads.round_under_way(programme, measure)
        ready = None if fresh else reads.ready_for_checks(programme, measure, today)
        leaf = tables.numbered(flag_rows, request.GET, total=len(flag_rows), per=PER_PAGE)
        context = {
            # Not as a file: names beside reasons stay on this page.
            "leaf": leaf.with_rows(lambda rows: reads.named_flag_rows(rows, language=active_language())),
            "fresh": fresh,
            "left": reads.count_unfinished_checks(fresh) if fresh else 0,
            "ready": len(ready.flags) if ready else 0,
            "lacking": _lacking(ready) if ready else "",
            "short": [(place, had, findings.KNOWN - had) for place, had in ready.lacking.items()]
            if ready
            else [],
            "open_frame": ready.frame if ready else None,
        }
    return render(
        request, "verification/worker_list.html", context | frames_shown(programme, (say("Workers"), ""))
    )


def _lacking(ready: reads.Ready) -> str:
    """Say how many districts need more test calls, and how many calls the first of them has."""
    if not ready.lacking:
        return ""
    (first, had), n = next(iter(ready.lacking.items())), len(ready.lacking)
    needs = ngettext(
        "%(n)s district needs %(of)s test calls before fresh checks.",
        "%(n)s districts need %(of)s test calls each before fresh checks.",
        n,
    ) % {"n": grouped(n), "of": findings.KNOWN}
    has = say("%(district)s has %(had)s.") % {"district": first, "had": grouped(had)}
    return f"{needs} {has}"


@form_page
def flag_ask(request: Request, public_id: UUID, worker: UUID) -> HttpResponseBase:
    """Ask a worker about the reasons, after saying what they will see."""
    programme = _planned(request, public_id)
    measure, at = measure_of(programme), clock.now()
    with system("one worker's entries"):
        looks = (
            worker_look
            for worker_look in looks_of(programme, measure, workers=[worker])
            if worker_look.reasons
        )
        look = or_refuse(next(looks, None))
        name = reads.worker_names([worker]).get(worker, "")
    return act_page(
        request,
        lambda _given: actions.ask_worker(
            programme=programme, measure=measure, worker=worker, by=request.actor, at=at
        ),
        title=say("Ask %(name)s") % {"name": name},
        text=[
            _(
                "A reason is not proof. There can be good explanations, such as a fair or a phone that was shared."
            ),
            _(
                "The worker sees these reasons and has 14 days to answer. Nobody else in their line sees them."
            ),
            *(reason.text for reason in look.reasons),
        ],
        button=_("Ask the worker"),
        said=_("The worker sees the question on Today."),
        done=lambda flag: redirect("verification:flag", public_id=flag.pk),
        back=reverse("verification:workers", args=[public_id]),
        is_danger=True,
        **_shown(programme, name),
    )


@require_GET
def flag(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show one flag: reasons, the worker's answer, what fresh checks say, and the next step."""
    one = _flag(request, public_id)
    at = clock.now()
    with system("one flag"):
        name = reads.worker_names([one.worker]).get(one.worker, "")
    case, today = reads.case_of(one), clock.day_in(one.programme.zone, at)
    account = request.viewer.account_id or 0
    may = {
        act.value
        for act in findings.FlagAct
        if findings.barred(case, act, by=account, on=today, proven=one.is_judged) is None
    }
    context = {
        "flag": one,
        "worker": name,
        "reasons": reads.reasons_in_words(one.reasons),
        "support": reads.support_of(one),
        "judged": reads.judgement_in_words(one),
        "may": may,
        "until": day_words(one.asked_at + findings.ANSWERS),
        "ends": case.expires_on,
        "district": name_in_language(one.unit.names),
    }
    return render(request, "verification/flag.html", context | _shown(one.programme, name))


class ProposeForm(forms.Form):
    """The reason for a finding, for the person who decides."""

    reason = NoteField(
        label=_("Why"),
        max_length=300,
        help_text=_(
            "The person who decides reads it, with the numbers and the worker's answer. Write no name."
        ),
    )


@form_page
def flag_propose(request: Request, public_id: UUID) -> HttpResponseBase:
    """Ask a second person to confirm a finding."""
    one = _flag(request, public_id)
    page = reverse("verification:flag", args=[public_id])
    return act_page(
        request,
        lambda given: actions.propose_finding(flag_id=public_id, by=request.actor, at=clock.now(), **given),
        title=_("Propose a finding"),
        text=[
            reads.judgement_in_words(one),
            _("Needs approval by somebody who is neither above nor below you. They see no name."),
        ],
        button=_("Ask for approval"),
        said=_("Request sent. Approvals lists who can decide it."),
        done=page,
        back=page,
        is_danger=True,
        form=ProposeForm(request.POST if request.method == "POST" else None),
        **_shown(one.programme, say("Propose a finding")),
    )


@form_page
def flag_drop(request: Request, public_id: UUID) -> HttpResponseBase:
    """Delete a flag, after saying what that does."""
    one = _flag(request, public_id)
    return act_page(
        request,
        lambda _given: actions.drop_flag(flag_id=public_id, by=request.actor, at=clock.now()),
        title=_("Drop this flag"),
        text=[
            _("The reasons and the answer are deleted. The worker is left alone for 60 days."),
            _("You cannot take this back."),
        ],
        button=_("Drop this flag"),
        said=_("The flag is deleted."),
        done=reverse("verification:workers", args=[one.programme.public_id]),
        back=reverse("verification:flag", args=[public_id]),
        is_danger=True,
        **_shown(one.programme, say("Drop this flag")),
    )


@form_page
def aim_telling(request: Request, public_id: UUID) -> HttpResponseBase:
    """Aim checks where an answer most likely changes who is looked at first."""
    programme = _planned(request, public_id)
    measure, at = measure_of(programme), clock.now()
    list_ = reverse("verification:workers", args=[public_id])
    return act_page(
        request,
        lambda given: actions.ask_aiming(
            programme=programme, measure=measure, by=request.actor, at=at, **given
        ),
        title=_("Aim checks where they tell most"),
        text=[
            _("We check first where one more answer decides."),
            _("No estimate contains these checks."),
            _("Compare the workers again when they are finished: the order is better then."),
        ],
        button=_("Aim checks"),
        said=_("The checks are being chosen. They wait for verifiers, among all others."),
        done=list_,
        back=list_,
        form=TellingForm(request.POST if request.method == "POST" else None),
        **_shown(programme, say("Aim checks")),
    )


@form_page
def fresh_new(request: Request, public_id: UUID) -> HttpResponseBase:
    """Begin fresh checks of every worker who has answered or had time to."""
    programme = _planned(request, public_id)
    measure, at = measure_of(programme), clock.now()
    with system("who can be checked"):
        ready = reads.ready_for_checks(programme, measure, clock.day_in(programme.zone, at))
    n = len(ready.flags)
    list_ = reverse("verification:workers", args=[public_id])
    return act_page(
        request,
        lambda _given: actions.begin_fresh_checks(
            programme=programme, measure=measure, by=request.actor, at=at
        ),
        title=_("Begin fresh checks"),
        text=[
            ngettext(
                "People from elsewhere check entries of %(n)s worker.",
                "People from elsewhere check entries of %(n)s workers.",
                n,
            )
            % {"n": grouped(n)},
            _("What raised a question proves nothing. Only what they find now counts."),
            _("They are judged together, once, when all checks are finished. Nobody sees a number before."),
            _("Questions that are not proven are deleted then."),
            *filter(None, [_lacking(ready)]),
        ],
        button=_("Begin fresh checks"),
        said=_("The checks wait for verifiers, among all others."),
        done=list_,
        back=list_,
        is_open=bool(n),
        is_danger=True,
        **_shown(programme, say("Begin fresh checks")),
    )


@form_page
def flag_mine(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show a worker the questions about their own entries, and take their answer."""
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
    context = {
        "flag": one,
        "form": form,
        "reasons": reads.reasons_in_words(one.reasons),
        "support": reads.support_of(one),
        "judged": reads.judgement_in_words(one),
        "grievance": settings.GRIEVANCE,
        "programme_name": name_in_language(one.programme.names),
        "until": day_words(one.asked_at + findings.ANSWERS),
        "here": "",
        "crumbs": [(say("Your entries"), "")],
    }
    return render(request, "verification/flag_mine.html", context, status=done.status)


def _planned(request: Request, public_id: UUID) -> Programme:
    programme = programmes.programme_for(request.viewer, public_id)
    if not may_plan(request, programme.owner_id):
        raise NotYours(capability=PLAN)
    return programme


def _flag(request: Request, public_id: UUID) -> Flag:
    """Return a flag of a programme whose checks the viewer plans; the worker decides nothing about their own."""
    with system("one flag"):
        one = reads.flag_of(public_id)
    if not may_plan(request, one.programme.owner_id) or one.account_id == request.viewer.account_id:
        raise NotYours(capability=PLAN)
    return one


def _shown(programme: Programme, title: str) -> dict[str, Any]:
    list_ = (say("Workers"), reverse("verification:workers", args=[programme.public_id]))
    return frames_shown(programme, list_, (title, ""))
