"""One's own account: sessions, second proofs, language."""

from typing import Any
from uuid import UUID

import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.people import queries
from abhiyan.people.actions import factors, passkeys, sessions
from abhiyan.people.models import Account, Factor
from abhiyan.people.rules import totp
from abhiyan.people.visit import Request

from .sign_in import READS, AppCodeForm, acting, own_account, strengthened, told


def _name() -> forms.CharField:
    return forms.CharField(
        label=_("Name"),
        help_text=_("So that you know it again, such as: my phone"),
        max_length=factors.LONGEST_NAME,
        required=False,
    )


class NameForm(forms.Form):
    """What a factor is called."""

    name = _name()


class NewAppForm(AppCodeForm):
    """The first code of a new app, and its name."""

    name = _name()


@require_GET
def account(request: Request) -> HttpResponseBase:
    """Sessions, factors and language of whoever is signed in."""
    return _account(request)


@require_POST
def session_end(request: Request, public_id: UUID) -> HttpResponseBase:
    """End one of my sessions; this one too, if it is meant."""
    at = clock.now()
    own = own_account(request)
    session = request.visit.session
    if session is not None and session.public_id == public_id:
        request.visit.end(at)
        return redirect("people:sign_in")
    if not sessions.end_of_account(account_id=own.pk, public_id=public_id, at=at):
        raise NotFound
    messages.success(request, _("That session is over."))
    return redirect("people:account")


@require_POST
def sessions_end(request: Request) -> HttpResponseBase:
    """End all my sessions but this one."""
    own = own_account(request)
    sessions.end_all_of_account(account_id=own.pk, at=clock.now(), but=request.visit.key)
    messages.success(request, _("All other sessions are over."))
    return redirect("people:account")


@require_http_methods(READS)
def factor_totp(request: Request) -> HttpResponseBase:
    """Set up an authenticator app: scan, type the first code."""
    own = own_account(request)
    at = clock.now()
    form = NewAppForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                factors.confirm_totp(
                    account_id=own.pk,
                    code=form.cleaned_data["code"],
                    name=form.cleaned_data["name"],
                    by=request.actor,
                    at=at,
                )
            except Refused as refused:
                status = told(form, refused)
            else:
                return _set_up(request, own)
    _factor, secret = factors.begin_totp(account_id=own.pk, by=request.actor, at=at)
    link = totp.address(secret, issuer=settings.ORGANISATION or "Abhiyan", account=f"{own.name} {own.last4}")
    shown = {
        "form": form,
        "secret": " ".join(_fours(totp.text(secret))),
        "link": link,
        # Made of numbers only; dark on light whatever the page's colours, or phones cannot read it.
        "picture": mark_safe(  # noqa: S308
            segno.make(link, error="l").svg_inline(svgclass="qr", omitsize=True, dark="#000", light="#fff")
        ),
    }
    return render(request, "people/factor_totp.html", shown, status=status)


@require_http_methods(READS)
def factor_passkey(request: Request) -> HttpResponseBase:
    """Make a passkey on this device."""
    own = own_account(request)
    at = clock.now()
    form = NameForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        challenge = request.visit.facts.get("making") or ""
        request.visit.remember(at, making=None)  # a challenge is for once
        if form.is_valid():
            try:
                passkeys.add_passkey(
                    account_id=own.pk,
                    credential=request.POST.get("credential", ""),
                    challenge=challenge,
                    name=form.cleaned_data["name"],
                    by=request.actor,
                    at=at,
                )
            except Refused as refused:
                status = told(form, refused)
            else:
                return _set_up(request, own)
    options, challenge = passkeys.begin_passkey(account=own)
    request.visit.remember(at, making=challenge)
    return render(request, "people/factor_passkey.html", {"form": form, "options": options}, status=status)


@require_POST
def factor_rename(request: Request, public_id: UUID) -> HttpResponseBase:
    """Give a factor another name."""
    own = own_account(request)
    form = NameForm(request.POST)
    if not form.is_valid():
        return _account(request, status=422)
    factors.rename_factor(
        account_id=own.pk, public_id=public_id, name=form.cleaned_data["name"], by=request.actor
    )
    return redirect("people:account")


@require_POST
def factor_remove(request: Request, public_id: UUID) -> HttpResponseBase:
    """Take a factor out of force."""
    own = own_account(request)
    try:
        factors.remove_factor(account_id=own.pk, public_id=public_id, by=request.actor, at=clock.now())
    except factors.LastFactor as refused:
        return _account(request, refused=refused, status=refused.status)
    messages.success(request, _("Removed."))
    return redirect("people:account")


@require_POST
def recovery_codes(request: Request) -> HttpResponseBase:
    """Ten fresh recovery codes, shown this once."""
    own = own_account(request)
    codes = factors.make_recovery_codes(account_id=own.pk, by=request.actor, at=clock.now())
    return render(request, "people/recovery_codes.html", {"codes": codes})


def _set_up(request: Request, own: Account) -> HttpResponseBase:
    """After a factor was added: the first one makes the session strong, and brings recovery codes with it."""
    at = clock.now()
    if request.visit.is_strong:
        messages.success(request, _("It is set up."))
        return redirect("people:account")
    by = acting(own, request)
    onwards = strengthened(request, own)
    codes = factors.make_recovery_codes(account_id=own.pk, by=by, at=at)
    return render(request, "people/recovery_codes.html", {"codes": codes, "onwards": onwards["Location"]})


def _account(request: Request, *, refused: Refused | None = None, status: int = 200) -> HttpResponseBase:
    own = own_account(request)
    at = clock.now()
    shown: dict[str, Any] = {
        "own": own,
        "refused": refused,
        "sessions": sessions.of_account(account_id=own.pk, at=at),
        "this_session": request.visit.session.public_id if request.visit.session else None,
        "factors": [
            factor for factor in queries.confirmed_factors(own.pk) if factor.kind != Factor.Kind.RECOVERY
        ],
        "codes_left": factors.recovery_codes_left(account_id=own.pk),
        "now": at,
        "crumbs": [(_("My account"), "")],
    }
    return render(request, "people/account.html", shown, status=status)


def _fours(text: str) -> list[str]:
    return [text[n : n + 4] for n in range(0, len(text), 4)]
