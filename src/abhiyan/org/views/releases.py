"""Show what one person asked and another must approve."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, clock
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.org import actions, queries
from abhiyan.org.models import Release
from abhiyan.org.rules.releases import (
    DECIDED_LASTS,
    DONE_BY_APPROVAL,
    NAMES,
    details_of,
    names_people,
    release_use_page,
)
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import act_page, form_page
from abhiyan.ui.lists import Column, Table, list_response, page_with_list


@dataclass(frozen=True, slots=True)
class AskedRelease:
    """A request, and what its reader may do about it. asker: with office and unit. why_not: why they may not decide it,
    and who could. href: where what they asked is done, once approved."""

    one: Release
    name: str
    asker: str = ""
    may_decide: bool = False
    may_reset: bool = False
    why_not: str = ""
    href: str = ""


COLUMNS: tuple[Column[AskedRelease], ...] = (
    Column("act", _("What"), lambda row: row.name, order="act", is_name=True),
    Column("reason", _("Reason"), lambda row: row.one.reason, only_in_file=True, names_people=True),
    Column("unit", _("Unit"), lambda row: name_in_language(row.one.unit.names)),
    Column("asker", _("Asked by"), lambda row: row.asker, names_people=True),
    Column("asked", _("Asked"), lambda row: row.one.asked_at, order="asked_at"),
    Column("state", _("Status"), lambda row: row.one.get_state_display(), order="state"),
    Column(
        "decider",
        _("Decided by"),
        lambda row: _annotated(row.one, "decider"),
        only_in_file=True,
        names_people=True,
    ),
    Column("decided", _("Decided"), lambda row: row.one.decided_at, only_in_file=True),
    Column("acts", _("Acts"), is_for_acts=True),
)


def _annotated(release: Release, name: str) -> str:
    return getattr(release, name, "") or ""


class ReleaseFilters(forms.Form):
    """Which releases to show."""

    act = forms.ChoiceField(label=_("What"), required=False, choices=[("", _("All")), *NAMES.items()])
    state = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("All")), *Release.State.choices]
    )


@page_with_list
def releases_page(request: Request) -> HttpResponseBase:
    """Show what waits for the viewer's yes, what they asked, and what was decided in their sight."""
    filters = ReleaseFilters(request.GET)
    chosen = (
        {name: value for name, value in filters.cleaned_data.items() if value} if filters.is_valid() else {}
    )
    rows, at = queries.releases_for(request.viewer).filter(**chosen), clock.now()

    def judged(found: list[Release]) -> list[AskedRelease]:
        return _judged(found, request.viewer.account_id, at=at)

    table = Table(
        request,
        COLUMNS,
        rows,
        name="releases",
        caption=_("Requests"),
        sort="-asked",
        finish=judged,
        narrowed=filters,
    )
    context = {
        "here": "appointments",
        "filters": filters,
        "is_narrowed": bool(chosen),
        "now": at,
        "crumbs": [(_("Approvals"), "")],
    }
    return list_response(request, "org/release_list.html", table, context)


def _judged(found: list[Release], account_id: int | None, *, at: datetime) -> list[AskedRelease]:
    waiting = [
        release for release in found if release.state == Release.State.ASKED and release.expires_at > at
    ]
    deciders, askers = queries.deciders(waiting, at=at), queries.askers(found)
    return [
        replace(_asked(release, account_id, deciders.get(release.pk), at=at), asker=askers[release.pk])
        for release in found
    ]


def _asked(
    release: Release, account_id: int | None, deciders: queries.Deciders | None, *, at: datetime
) -> AskedRelease:
    """deciders: who may, while it waits."""
    name = str(NAMES.get(release.act, release.act))
    if deciders is not None:
        refusal = deciders.refusal(account_id)
        why_not = f"{refusal} {deciders.whom_to_ask()}" if refusal else ""
        return AskedRelease(release, name, may_decide=refusal is None, why_not=why_not)
    if release.state == Release.State.ASKED:
        return AskedRelease(release, name, why_not=str(actions.Lapsed()))
    usable = (
        release.state == Release.State.RELEASED and release.asked_by == account_id and release.expires_at > at
    )
    page = release_use_page(release.act)
    return AskedRelease(
        release,
        name,
        may_reset=usable and release.act == "factors.reset",
        href=page(release) if usable and page else "",
    )


class ReleaseDecisionForm(forms.Form):
    """Yes or no to what somebody asked."""

    allow = forms.ChoiceField(choices=[("yes", _("Approve")), ("no", _("Refuse"))], widget=forms.HiddenInput)


@form_page
def release_decision_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Say yes or no (`?allow=` yes, no)."""
    release = queries.release_for(request.viewer, public_id)
    page = reverse("org:releases")
    form = ReleaseDecisionForm(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        return redirect(page)
    if request.method == "GET":
        with system("who may read what a request is about"):
            actions.require_to_decide(release=release, by=request.actor, at=clock.now())
            if names_people(release.act):
                audit.record(
                    by=request.actor,
                    at=clock.now(),
                    act="org.read_request",
                    subject=str(release.public_id),
                    unit_id=release.unit_id,
                )
    allow = form.cleaned_data["allow"] == "yes"
    return act_page(
        request,
        lambda _given: actions.decide_release(
            public_id=public_id, allow=allow, by=request.actor, at=clock.now()
        ),
        form=form,
        title=say("Approve this: %(what)s?") % _about(release)
        if allow
        else say("Refuse this: %(what)s?") % _about(release),
        text=[
            say("%(who)s asked for it, in %(unit)s: %(why)s")
            % (_about(release) | {"who": queries.askers([release])[release.pk] or say("Somebody")}),
            *details_of(release),
            _what_follows(release, allow=allow),
        ],
        button=say("Approve") if allow else say("Refuse"),
        said=_("Approved.") if allow else _("Refused."),
        done=page,
        is_danger=allow,
        here="appointments",
        crumbs=[(say("Approvals"), page), (say("Decide"), "")],
    )


def _what_follows(release: Release, *, allow: bool) -> str:
    if not allow:
        return say("%(who)s can ask again.") % _about(release)
    if release.act in DONE_BY_APPROVAL:
        return say("Once you approve, it is in force. You cannot take that back.")
    hours = int(DECIDED_LASTS.total_seconds() // 3600)
    return say(
        "Once you approve, %(who)s can do it once, within %(hours)s hours. You cannot take that back."
    ) % (_about(release) | {"hours": hours})


@form_page
def reset_factors_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Carry out a reset that was allowed."""
    release = queries.release_for(request.viewer, public_id)
    if release.act != "factors.reset":
        raise NotFound
    page = reverse("org:releases")
    return act_page(
        request,
        lambda _given: actions.reset_factors(release=public_id, by=request.actor, at=clock.now()),
        title=say("Reset this second proof now?"),
        text=[
            say("Asked in %(unit)s: %(why)s") % _about(release),
            say("The person's passkeys and apps stop working, and all their sessions end."),
            say("At the next sign-in they set up a new one, with a word that you tell them."),
        ],
        button=say("Reset it now"),
        done=lambda word: render(
            request, "org/first_word.html", {"word": word, "back": page, "here": "appointments"}
        ),
        back=page,
        here="appointments",
        crumbs=[(say("Approvals"), page), (say("Reset"), "")],
        is_danger=True,
    )


@form_page
def stop_reset_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Stop a reset of one's own second proof."""
    own = {
        release.public_id: release for release in queries.resets_of(request.viewer.public_id, at=clock.now())
    }
    if public_id not in own:
        raise NotFound
    return act_page(
        request,
        lambda _given: actions.stop_reset(public_id=public_id, by=request.actor, at=clock.now()),
        title=say("Stop the reset of your second proof?"),
        text=[
            say("Asked in %(unit)s: %(why)s") % _about(own[public_id]),
            say(
                "Your passkeys and apps stay as they are. Your number may be in other hands: tell the level above."
            ),
        ],
        button=say("Stop it"),
        said=_("Stopped. Your second proof stays."),
        done="/",
        back="/",
        here="today",
        crumbs=[(say("Stop it"), "")],
        is_danger=True,
    )


def _about(release: Release) -> dict[str, str]:
    return {
        "what": str(NAMES.get(release.act, release.act)),
        "who": _annotated(release, "asker") or say("Somebody"),
        "unit": name_in_language(release.unit.names),
        "why": release.reason,
    }
