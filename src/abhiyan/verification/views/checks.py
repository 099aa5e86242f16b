"""A verifier's hour: take a check, call or visit, ask, compare with what was written, say what it comes to."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from abhiyan.core import clock
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.messaging import queries as messaging
from abhiyan.org.viewer import Request
from abhiyan.programmes.rules.activities import Items
from abhiyan.programmes.rules.check_words import CheckWords
from abhiyan.programmes.rules.spoken import spoken_words
from abhiyan.ui.acts import act_page, form_page, tried
from abhiyan.verification import actions
from abhiyan.verification.actions import TryOutcome
from abhiyan.verification.forms import AnswersForm, BackForm, FindingForm, VisitForm
from abhiyan.verification.models import Check
from abhiyan.verification.queries import checks as reads
from abhiyan.verification.queries.checks import InHand
from abhiyan.verification.queries.items import items_to_check
from abhiyan.verification.refusals import AskFirst, NothingForYou, NotTaken
from abhiyan.verification.rules.outcomes import Meaning, contradicts

# The page says this before each end of a try is written.
ENDS = {
    TryOutcome.NO_ANSWER: _(
        "We try again on another day, at another hour. After three tries the check ends as not reached."
    ),
    TryOutcome.LATER: _("We try again on another day, at another hour. It counts as one of three tries."),
    TryOutcome.REFUSED: _(
        "Nobody calls them again for this check. It counts neither as genuine nor as not genuine."
    ),
}
# The same where somebody leaves, by whether the activity has lists to leave: label, text, button.
LEAVES = {
    True: (
        TryOutcome.LEFT.label,
        _("They leave within a minute: no list, no messages, no calls."),
        _("Take them off the lists"),
    ),
    False: (
        pgettext_lazy("of a contact", "No more contact"),
        _("Within a minute their no holds: no messages, no calls, no visits."),
        _("Keep their no"),
    ),
}


@require_GET
def checks_page(request: Request) -> HttpResponseBase:
    """List the checks a verifier has in hand, those for another day, and those finished today."""
    at, account = clock.now(), request.viewer.account_id
    assert account is not None  # the access table asks for a capability
    with system("a verifier's own checks"):
        in_hand = reads.in_hand(account, at=at)
        today = reads.finished_today(account, at=at)
        are_visits = reads.are_free(account, is_visit=True, at=at)
    now = [_line(check_in_hand) for check_in_hand in in_hand if check_in_hand.waits_until is None]
    has = {check_line["is_visit"] for check_line in now}
    context = {
        "here": "checks",
        "crumbs": [(say("My back-checks"), "")],
        "now": now,
        "waiting": [
            _line(check_in_hand) for check_in_hand in in_hand if check_in_hand.waits_until is not None
        ],
        "today": today,
        "may_take": False not in has,
        "may_visit": are_visits and True not in has,
    }
    return render(request, "verification/check_list.html", context)


@require_POST
def check_take(request: Request) -> HttpResponseBase:
    """Get the next check, or the next visit, at random."""
    try:
        taken = actions.take_check(by=request.actor, at=clock.now(), is_visit="visit" in request.POST)
    except NothingForYou as nothing:
        messages.info(request, str(nothing))
        return redirect("verification:checks")
    return redirect("verification:check", public_id=taken.id)


@require_GET
def check(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show one check, at the step it has come to."""
    return _page(request, _own(request, public_id))


@require_POST
def check_begin(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show the number for one call, or the place for one visit; `calls`: the number to fix that visit.

    Each look at a number leaves a row.
    """
    form, calls_first = forms.Form(request.POST), "calls" in request.POST
    begun = tried(
        request,
        form,
        lambda _given: actions.begin_try(
            check_id=public_id, calls_first=calls_first, by=request.actor, at=clock.now()
        ),
    )
    if not begun:
        return _page(request, _own(request, public_id), problems=form, status=begun.status)
    assert begun.value is not None
    found, number = begun.value
    if found.outcome:
        messages.info(request, say("There is nobody to call for this check any more. It is finished."))
        return redirect("verification:checks")
    return _page(request, _own(request, public_id), number=number)


@require_POST
def check_fix(request: Request, public_id: UUID) -> HttpResponseBase:
    """Note when the visit is: it then stays on Today with its day and hour."""
    form = VisitForm(request.POST)
    fixed = tried(
        request,
        form,
        lambda given: actions.fix_visit(
            check_id=public_id,
            when=datetime.combine(given["day"], given["hour"], timezone.get_current_timezone()),
            by=request.actor,
            at=clock.now(),
        ),
        said=_("Noted. You find the visit on Today."),
    )
    if not fixed:
        return _page(request, _own(request, public_id), visit=form, status=fixed.status)
    return redirect("verification:check", public_id=public_id)


@require_POST
def check_said(request: Request, public_id: UUID) -> HttpResponseBase:
    """Close the answers, in the person's own words; then what was written is shown."""
    check_in_hand = _own(request, public_id)
    form = AnswersForm(_asked(check_in_hand.check), request.POST)
    done = tried(
        request,
        form,
        lambda _given: actions.close_answers(
            check_id=public_id, said=form.said, by=request.actor, at=clock.now()
        ),
    )
    if not done:
        return _page(request, check_in_hand, form=form, status=done.status)
    return redirect("verification:check", public_id=public_id)


@form_page
def check_back(request: Request, public_id: UUID) -> HttpResponseBase:
    """Hand a check back, with a reason: somebody else gets it."""
    check_in_hand = _own(request, public_id)
    return act_page(
        request,
        lambda given: actions.hand_back(
            check_id=public_id, reason=given["reason"], by=request.actor, at=clock.now()
        ),
        title=_("Hand this check back"),
        text=[
            _(
                "Somebody else gets it. You never get it again. Those who plan checks see how many are handed back."
            )
        ],
        form=BackForm(request.POST if request.method == "POST" else None),
        button=_("Hand back"),
        done=reverse("verification:checks"),
        back=reverse("verification:check", args=[public_id]),
        said=_("Handed back."),
        **_crumbs(check_in_hand),
    )


@form_page
def check_end(request: Request, public_id: UUID, came: str) -> HttpResponseBase:
    """Ask once, then write, that nobody answered, or they refuse, or leave."""
    or_refuse(came in TryOutcome.values or None)
    check_in_hand, how = _own(request, public_id), TryOutcome(came)
    is_leaving = how == TryOutcome.LEFT
    label, text, button = LEAVES[_asked(check_in_hand.check).leave is not None]
    return act_page(
        request,
        lambda _given: actions.end_check_try(check_id=public_id, came=how, by=request.actor, at=clock.now()),
        title=label if is_leaving else how.label,
        text=[text, _("The check ends without a result.")] if is_leaving else [ENDS[how]],
        button=button if is_leaving else _("Write it down"),
        is_danger=is_leaving,
        done=reverse("verification:checks"),
        back=reverse("verification:check", args=[public_id]),
        said=_("Written down."),
        is_open=check_in_hand.begun is not None,
        **_crumbs(check_in_hand),
    )


@form_page
def check_tell(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show the result of the answers once more, then write it for good."""
    check_in_hand = _own(request, public_id)
    query = request.POST if request.method == "POST" else request.GET
    items = _asked(check_in_hand.check)
    form = FindingForm(items, query)
    if check_in_hand.check.said_at is None:
        raise AskFirst
    if not form.is_valid():
        return _page(request, check_in_hand, finding=form, status=422)
    outcome, leaves = Check.Outcome(form.cleaned_data["outcome"]), form.cleaned_data.get("leaves", False)
    text: list[str | Promise] = [
        *(_contradictions(check_in_hand.check) if outcome == Check.Outcome.GENUINE else []),
        say("Result: %(result)s. It cannot be changed afterwards.") % {"result": outcome.label},
        *([LEAVES[items.leave is not None][1]] if leaves else []),
    ]
    kept = QueryDict(mutable=True)
    kept.update({"outcome": outcome.value} | ({"leaves": "on"} if leaves else {}))
    return act_page(
        request,
        lambda cleaned: actions.conclude_check(
            check_id=public_id,
            outcome=Check.Outcome(cleaned["outcome"]),
            leaves=cleaned.get("leaves", False),
            by=request.actor,
            at=clock.now(),
        ),
        title=_("Finish the check"),
        text=text,
        form=form.hidden(items, request.POST if request.method == "POST" else kept),
        button=_("Finish the check"),
        done=reverse("verification:checks"),
        back=reverse("verification:check", args=[public_id]),
        said=_("Finished. Thank you."),
        is_danger=leaves,
        **_crumbs(check_in_hand),
    )


def _contradictions(one: Check) -> list[str]:
    """List each year that was heard against another written one, and ask whether the result is still right."""
    with system("what a verifier heard, beside what was written"):
        target, said_words = reads.target_of(one), reads.answers_in_check(one)
    if said_words is None:
        return []
    words = say("Heard %(heard)s, written %(written)s. Still right?")
    lines = [
        (said_words.words.get(question.key, ""), target.whom.written.get(question.key, ""))
        for question in _asked(one).questions
    ]
    return [
        words % {"heard": heard, "written": written}
        for heard, written in lines
        if contradicts(written, heard)
    ]


def _own(request: Request, check_id: UUID) -> InHand:
    """Return a check of the viewer, unless it has become one of their own line meanwhile. Refuses NotTaken."""
    account, at = request.viewer.account_id, clock.now()
    assert account is not None  # the access table asks for a capability
    with system("a verifier's own check"):
        actions.return_checks(at=at, account_id=account)
        check_in_hand = reads.one_in_hand(account, check_id, at=at)
    return or_refuse(check_in_hand, NotTaken)


def _asked(one: Check) -> Items:
    return items_to_check(one.frame.programme, one.frame.measure)


def _leave(words: CheckWords, programme_id: int) -> Promise | str:
    """Return how a verifier says that one may leave the roll of a programme."""
    number = messaging.leave_number(programme_id) if words.leave_by else ""
    return str(words.leave_by) % {"number": number} if number else words.leave


def _line(check_in_hand: InHand) -> dict[str, Any]:
    return {
        "id": check_in_hand.check.id,
        "place": check_in_hand.check.stratum.unit.names,
        "is_visit": check_in_hand.check.is_visit,
        "tries": len(check_in_hand.tries),
        "is_said": check_in_hand.check.said_at is not None,
        "waits_until": check_in_hand.waits_until,
    }


def _crumbs(check_in_hand: InHand) -> dict[str, Any]:
    mine = (say("My back-checks"), reverse("verification:checks"))
    title = say("Check by visit") if check_in_hand.check.is_visit else say("Check by phone")
    return {"here": "checks", "crumbs": [mine, (title, "")]}


def _page(
    request: Request,
    check_in_hand: InHand,
    *,
    number: str = "",
    form: AnswersForm | None = None,
    finding: FindingForm | None = None,
    problems: forms.Form | None = None,
    visit: VisitForm | None = None,
    status: int = 200,
) -> HttpResponseBase:
    one = check_in_hand.check
    context = _crumbs(check_in_hand) | {
        "own": check_in_hand,
        "check": one,
        "is_visit": one.is_visit,
        "place": one.stratum.unit.names,
        "number": number,
        "problems": problems,
        "visit": visit or VisitForm(),
        "ends": [
            (
                came.value,
                LEAVES[_asked(one).leave is not None][0] if came == TryOutcome.LEFT else came.label,
            )
            for came in TryOutcome
        ],
    }
    if not one.outcome:
        with system("whom a verifier's own check asks"):
            target, words = reads.target_of(one), reads.answers_in_check(one)
            where = reads.place_in_words(target.unit_id, one.frame.programme.hierarchy)
        context |= {
            "who": target.whom.name,
            "where": where,
            "has_phone": target.phone_id is not None,
        }
        items = _asked(one)
        if words is None:
            context["form"] = form or AnswersForm(items)
            context |= {
                "spoken": spoken_words(items.words.opening, caller=request.viewer.name),
                "whom": items.words.whom,
            }
        else:
            has_met = words.meaning != Meaning.NO_SUCH_PERSON
            context |= {
                "finding": finding or FindingForm(items),
                "rule": items.words.rule,
                "rows": [
                    (
                        question.label,
                        target.whom.written.get(question.key, "") if has_met else "",
                        words.words.get(question.key, ""),
                    )
                    for question in items.questions
                ],
                "leave": _leave(items.words, one.frame.programme_id),
            }
    return render(request, "verification/check.html", context, status=status)
