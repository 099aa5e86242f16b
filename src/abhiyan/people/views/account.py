"""One's own account: sessions, second proofs, language."""

from typing import Any
from uuid import UUID

import segno
from django import forms
from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from abhiyan.core import clock, environment
from abhiyan.core.refusals import NotFound
from abhiyan.people import mailboxes, queries
from abhiyan.people.actions import factors, sessions
from abhiyan.people.models import Account, Factor
from abhiyan.people.rules import totp
from abhiyan.people.visit import VisitRequest
from abhiyan.ui.acts import act_page, form_page, say_when_done, tried
from abhiyan.ui.addresses import address_of

from .sign_in import AppCodeForm, acting, lacks_word, own_account, strengthened


def _name() -> forms.CharField:
    return forms.CharField(
        label=_("Name"),
        help_text=_("A name to know it by, such as: my phone"),
        max_length=factors.LONGEST_NAME,
        required=False,
    )


class NameForm(forms.Form):
    """Ask for the name of a factor."""

    name = _name()


class NewAppForm(AppCodeForm):
    """The first code of a new app, and its name."""

    name = _name()


@require_GET
def account_page(request: VisitRequest) -> HttpResponseBase:
    """Show sessions, factors and language of the signed-in person."""
    return _account(request)


@form_page
def session_end(request: VisitRequest, public_id: UUID) -> HttpResponseBase:
    """End one of my sessions on another device. This one ends by signing out."""
    at = clock.now()
    own = own_account(request)
    found = {session.public_id: session for session in sessions.of_account(account_id=own.pk, at=at)}
    if public_id not in found:
        raise NotFound
    page = reverse("people:account")
    if request.visit.session is not None and request.visit.session.public_id == public_id:
        return redirect(page)
    return act_page(
        request,
        lambda _given: sessions.end_account_session(account_id=own.pk, public_id=public_id, at=clock.now()),
        title=say("Sign out on this device? %(device)s") % {"device": found[public_id].device or "–"},
        text=[say("The person using it must sign in again, with the second proof.")],
        button=say("Sign out there"),
        said=_("Signed out there."),
        done=page,
        crumbs=[(say("My account"), page), (say("Sign out there"), "")],
        is_danger=True,
    )


@form_page
def sessions_end(request: VisitRequest) -> HttpResponseBase:
    """End all my sessions but this one."""
    own, page = own_account(request), reverse("people:account")
    return act_page(
        request,
        lambda _given: sessions.end_all_of_account(account_id=own.pk, at=clock.now(), but=request.visit.key),
        title=say("Sign out on all other devices?"),
        text=[say("This device stays signed in. The others have to sign in again, with the second proof.")],
        button=say("Sign out everywhere else"),
        said=_("Signed out everywhere else."),
        done=page,
        crumbs=[(say("My account"), page), (say("Sign out everywhere else"), "")],
        is_danger=True,
    )


@form_page
def factor_totp(request: VisitRequest) -> HttpResponseBase:
    """Set up an authenticator app: scan, type the first code."""
    own = own_account(request)
    if lacks_word(request, own):
        return redirect("people:second_factor")
    at = clock.now()
    form = NewAppForm(request.POST or None)
    done = tried(
        request,
        form,
        lambda given: factors.confirm_totp(account_id=own.pk, **given, by=request.actor, at=at),
    )
    if done:
        return _set_up(request, own)
    _factor, secret = factors.begin_totp(account_id=own.pk, by=request.actor, at=at)
    link = totp.otpauth_address(
        secret, issuer=settings.ORGANISATION or "Abhiyan", account=f"{own.name} {own.last4}"
    )
    context = {
        "form": form,
        "secret": " ".join(_fours(totp.secret_for_typing(secret))),
        "link": link,
        # Made of numbers only; dark on light whatever the page's colours, or phones cannot read it.
        "picture": mark_safe(  # noqa: S308
            segno.make(link, error="l").svg_inline(svgclass="qr", omitsize=True, dark="#000", light="#fff")
        ),
    }
    return render(request, "people/factor_totp.html", context, status=done.status)


@form_page
def factor_passkey(request: VisitRequest) -> HttpResponseBase:
    """Make a passkey on this device."""
    from abhiyan.people.actions import passkeys

    own = own_account(request)
    if lacks_word(request, own):
        return redirect("people:second_factor")
    at = clock.now()
    form = NameForm(request.POST or None)
    challenge = request.visit.facts.get("making") or ""
    if request.method == "POST":
        request.visit.remember(at, making=None)  # a challenge is for once
    done = tried(
        request,
        form,
        lambda given: passkeys.add_passkey(
            account_id=own.pk,
            credential=request.POST.get("credential", ""),
            challenge=challenge,
            **given,
            by=request.actor,
            at=at,
        ),
    )
    if done:
        return _set_up(request, own)
    options, challenge = passkeys.begin_passkey(account=own)
    request.visit.remember(at, making=challenge)
    return render(
        request, "people/factor_passkey.html", {"form": form, "options": options}, status=done.status
    )


@require_POST
def factor_rename(request: VisitRequest, public_id: UUID) -> HttpResponseBase:
    """Give a factor another name."""
    own = own_account(request)
    form = NameForm(request.POST)
    if not form.is_valid():
        return _account(request, status=422)
    factors.rename_factor(
        account_id=own.pk, public_id=public_id, name=form.cleaned_data["name"], by=request.actor
    )
    return redirect("people:account")


@form_page
def factor_remove(request: VisitRequest, public_id: UUID) -> HttpResponseBase:
    """Take a factor out of force."""
    own, page = own_account(request), reverse("people:account")
    found = {factor.public_id: factor for factor in queries.confirmed_factors(own.pk)}
    if public_id not in found:
        raise NotFound
    return act_page(
        request,
        lambda _given: factors.remove_factor(
            account_id=own.pk, public_id=public_id, by=request.actor, at=clock.now()
        ),
        title=say("Remove %(name)s?") % {"name": found[public_id].name or say("this second proof")},
        text=[say("You can no longer sign in with it. You can add it again later.")],
        button=say("Remove"),
        said=_("Removed."),
        done=page,
        crumbs=[(say("My account"), page), (say("Remove"), "")],
        is_danger=True,
    )


@form_page
def recovery_codes(request: VisitRequest) -> HttpResponseBase:
    """Ten fresh recovery codes, shown this once."""
    own, page = own_account(request), reverse("people:account")
    left = factors.recovery_codes_left(account_id=own.pk)
    lost = ngettext(
        "The old code you have left stops working.", "The %(n)s old codes you have left stop working.", left
    )
    return act_page(
        request,
        lambda _given: factors.make_recovery_codes(account_id=own.pk, by=request.actor, at=clock.now()),
        title=say("Make new recovery codes?"),
        text=[
            *([lost % {"n": left}] if left else []),
            say("You see the new ones once, on the next page."),
        ],
        button=say("Make new codes"),
        done=lambda codes: render(request, "people/recovery_codes.html", {"codes": codes}),
        back=page,
        crumbs=[(say("My account"), page), (say("New recovery codes"), "")],
    )


def _set_up(request: VisitRequest, own: Account) -> HttpResponseBase:
    """After a factor was added: the first one makes the session strong, and brings recovery codes with it."""
    at = clock.now()
    if request.visit.is_strong:
        say_when_done(request, _("It is set up."))
        return redirect("people:account")
    by = acting(own, request)
    onwards = strengthened(request, own)
    codes = factors.make_recovery_codes(account_id=own.pk, by=by, at=at)
    return render(request, "people/recovery_codes.html", {"codes": codes, "onwards": onwards["Location"]})


def _account(request: VisitRequest, *, status: int = 200) -> HttpResponseBase:
    own = own_account(request)
    at, email = clock.now(), mailboxes.own_email(own.pk)
    context: dict[str, Any] = {
        "own": own,
        "sessions": sessions.of_account(account_id=own.pk, at=at),
        "this_session": request.visit.session.public_id if request.visit.session else None,
        "factors": [
            factor for factor in queries.confirmed_factors(own.pk) if factor.kind != Factor.Kind.RECOVERY
        ],
        "email": email,
        "email_page": address_of("messaging:email") if email or environment.sends_mail() else "",
        "codes_left": factors.recovery_codes_left(account_id=own.pk),
        "now": at,
        "crumbs": [(_("My account"), "")],
    }
    return render(request, "people/account.html", context, status=status)


def _fours(text: str) -> list[str]:
    return [text[n : n + 4] for n in range(0, len(text), 4)]
