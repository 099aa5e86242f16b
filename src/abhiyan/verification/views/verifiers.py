"""Verifiers of a frame beside each other; and the people with a known answer, who measure all of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.core.words import local_person
from abhiyan.org.viewer import Request
from abhiyan.programmes.rules import activities
from abhiyan.ui.acts import act_page, form_page, tried
from abhiyan.ui.forms import offer
from abhiyan.ui.lists import Column, Table, list_response, page_with_list
from abhiyan.verification import actions
from abhiyan.verification.forms import PlantForm, WithdrawForm
from abhiyan.verification.here import may_plan
from abhiyan.verification.models import Frame
from abhiyan.verification.queries.agreement import AgreementQuestion, VerifierChecks, verifiers_of
from abhiyan.verification.queries.items import items_to_check
from abhiyan.verification.queries.planted import PlantedPerson, planted_in, questions_to_type
from abhiyan.verification.queries.ties import verifier_units
from abhiyan.verification.rules.agreement import PAIRS, Unlike
from abhiyan.verification.rules.estimates import PLANTED

from .frames import frames_shown, planned_frame

# It names what to ask about, never what somebody did: there can be good reasons.
DIFFERS = {
    AgreementQuestion.GENUINE: _("Finds %(own)s of 100 genuine; others in the same places, %(others)s."),
    AgreementQuestion.NOT_REACHED: _("Does not reach %(own)s of 100; others in the same places, %(others)s."),
    AgreementQuestion.REFUSED: _("%(own)s of 100 refuse; with others in the same places, %(others)s."),
    AgreementQuestion.PLANTED: _(
        "Of %(of)s known answers %(n)s came out differently; with others, about %(others)s of 100."
    ),
    AgreementQuestion.QUICK: _("Finishes %(own)s of 100 within a minute; others, %(others)s."),
}


def differs(verifier_checks: VerifierChecks) -> list[str]:
    """Say where a verifier's checks differ from the others' by more than luck."""

    def sentence(question: AgreementQuestion, found: Unlike[int]) -> str:
        shares = {"own": round(100 * found.share), "others": round(100 * found.others)}
        return DIFFERS[question] % (
            shares
            | {"n": verifier_checks.planted - verifier_checks.planted_right, "of": verifier_checks.planted}
        )

    return [sentence(*question_pair) for question_pair in verifier_checks.unlike.items()]


def _took(one: VerifierChecks) -> str | None:
    """Return minutes and seconds, 3:20."""
    return None if one.seconds is None else "{}:{:02}".format(*divmod(round(one.seconds), 60))


def _right(one: VerifierChecks) -> str | None:
    """Say how many known answers were right, and of how many."""
    return say("%(n)s of %(of)s right") % {"n": one.planted_right, "of": one.planted} if one.planted else None


def _agreement(one: VerifierChecks) -> str | None:
    """Return Cohen's kappa; of a few pairs that they are too few."""
    if one.kappa is not None:
        return f"{one.kappa:.2f}"
    return say("too few pairs") if 0 < one.pairs < PAIRS else None


COLUMNS: tuple[Column[VerifierChecks], ...] = (
    Column(
        "name", _("Verifier"), lambda row: local_person(row.name), order=True, is_name=True, names_people=True
    ),
    Column("taken", _("Checks taken"), lambda row: row.taken, css="num", order=True),
    Column("genuine", _("Genuine"), lambda row: row.genuine, css="num", order=True),
    Column("not_genuine", _("Not genuine"), lambda row: row.not_genuine, css="num", order=True),
    Column("refused", _("Refuses"), lambda row: row.refused, css="num", order=True),
    Column("not_reached", _("Not reached"), lambda row: row.not_reached, css="num", order=True),
    Column("passed", _("Handed back or let lie"), lambda row: row.passed, css="num", order=True),
    Column("right", _("Known answers"), _right, css="num"),
    Column("pairs", _("Checked by two"), lambda row: row.pairs, only_in_file=True),
    Column("kappa", _("Agreement"), _agreement, css="num"),
    Column("seconds", _("Time of a check"), _took, css="num", order=lambda row: row.seconds),
    Column("ties", _("People they know")),
    Column(
        "differs", _("What differs from others"), lambda row: " ".join(differs(row)), only_in_file=True
    ),  # above the table, in sentences
)


def shown_in(frame: Frame, title: str, *between: tuple[str, str]) -> dict[str, Any]:
    """Return what a page below a frame's is given. between: crumbs of pages between the frame's and this."""
    name = say("Round of checks %(number)s") % {"number": frame.number}
    above = (name, reverse("verification:frame", args=[frame.public_id]))
    return frames_shown(frame.programme, above, *between, (title, "")) | {"frame": frame, "heading": title}


@page_with_list
def verifiers(request: Request, public_id: UUID) -> HttpResponseBase:
    """List the verifiers of a frame, and where one differs from the others by more than luck."""
    frame = planned_frame(request, public_id)
    with system("how the verifiers of a frame agree"):
        found = verifiers_of(frame)
        day = clock.day_in(settings.TIME_ZONE, clock.now())
        places = verifier_units([verifier_checks.account_id for verifier_checks in found.each], day)
        own_units = {unit_id for unit_id in set(places.values()) if may_plan(request, unit_id)}
    table = Table(
        request,
        COLUMNS,
        found.each,
        name="verifiers",
        caption=_("Verifiers"),
        sort="-taken",
        unit_id=frame.unit_id,
    )
    context = shown_in(frame, say("Verifiers")) | {
        "found": found,
        "least_pairs": PAIRS,
        "below": {account_id for account_id, unit_id in places.items() if unit_id in own_units},
        "differ": [
            (local_person(verifier_checks.name), differs(verifier_checks))
            for verifier_checks in found.each
            if verifier_checks.unlike
        ],
    }
    return list_response(request, "verification/verifier_list.html", table, context)


@form_page
def planted(request: Request, public_id: UUID) -> HttpResponseBase:
    """Count the people with a known answer in a frame, with a form for more. Nobody sees who they are."""
    frame = planned_frame(request, public_id)
    words = items_to_check(frame.programme, frame.measure).words
    form = PlantForm(request.POST if request.method == "POST" else None, questions_to_type(frame), words)
    ways = activities.activity_of(frame.programme.kind).channels
    offer(form, channel=[(channel.number, channel.label) for channel in ways])

    def plant(given: dict[str, Any], at: datetime) -> int:
        channel = int(given["channel"])
        people = [
            PlantedPerson(name, phone, unit, channel, day, written)
            for name, phone, unit, day, written in given["people"]
        ]
        return actions.plant_people(
            public_id=public_id,
            people=people,
            is_genuine=given["is_genuine"] == "yes",
            by=request.actor,
            at=at,
        )

    done = tried(
        request, form, lambda given: plant(given, clock.now()), said=_("They are mixed in among the checks.")
    )
    if done:
        return redirect("verification:planted", public_id=public_id)
    with system("how many known answers a frame has"):
        had = planted_in(frame)
    context = shown_in(frame, say("Known answers")) | {
        "form": form,
        "words": words,
        "had": {"genuine": had[True], "false": had[False], "any": any(had.values())},
        "wanted": PLANTED,
        "is_open": frame.state != Frame.State.CLOSED,
    }
    return render(request, "verification/planted.html", context, status=done.status)


@form_page
def planted_withdraw(request: Request, public_id: UUID) -> HttpResponseBase:
    """Withdraw somebody whose answer is known and who wishes to be asked no more."""
    frame = planned_frame(request, public_id)
    return act_page(
        request,
        lambda given: actions.withdraw_planted(
            public_id=public_id, phone=given["phone"], by=request.actor, at=clock.now()
        ),
        title=_("Remove a person"),
        text=[_("Nobody calls them for this round again. We delete what we keep of them here.")],
        button=_("Remove"),
        is_danger=True,
        done=reverse("verification:planted", args=[public_id]),
        said=_("The person is removed."),
        form=WithdrawForm(request.POST if request.method == "POST" else None),
        **shown_in(frame, say("Known answers")),
    )
