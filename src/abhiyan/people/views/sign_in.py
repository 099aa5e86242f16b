"""Signing in: phone, code, second factor. Each step works without script, but the passkey."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from abhiyan.core import address, clock, environment, languages
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import active_language as language_of_page
from abhiyan.people import actions, phones, queries
from abhiyan.people.actions import codes, factors, sessions
from abhiyan.people.actions.sessions import FIELD
from abhiyan.people.models import Account, Factor
from abhiyan.people.visit import VisitRequest
from abhiyan.ui.acts import Tried, form_page, tried
from abhiyan.ui.addresses import address_of
from abhiyan.ui.fields import CodeField, DigitsField


class PhoneForm(forms.Form):
    """Ask which phone is to get the code."""

    phone = DigitsField(
        label=_("Mobile number"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"type": "tel", "autocomplete": "tel-national", "inputmode": "tel", "autofocus": True}
        ),
    )


class CodeForm(forms.Form):
    """The code that came by SMS."""

    code = CodeField()


class AppCodeForm(forms.Form):
    """The code an authenticator app shows."""

    code = DigitsField(
        label=_("Code from your app"),
        help_text=_("Six digits; a new one every 30 seconds."),
        max_length=12,
        widget=forms.TextInput(attrs={"class": "code", "autocomplete": "off", "inputmode": "numeric"}),
    )


class RecoveryForm(forms.Form):
    """One of the codes written down when the second proof was set up."""

    recovery = forms.CharField(
        label=_("Recovery code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class WordForm(forms.Form):
    """The word handed over for a first sign-in."""

    word = forms.CharField(
        label=_("Word from the person who appointed you"),
        help_text=_("Eight letters and digits, such as K7QM-4XHB."),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "class": "code",
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
    )


@form_page
def sign_in(request: VisitRequest) -> HttpResponseBase:
    """Step one: the phone. The answer is the same whether anybody signs in with it or not."""
    form, at = PhoneForm(request.POST or None), clock.now()
    by_email = environment.sends_mail() and request.POST.get("way") == "email"
    purpose = codes.SIGN_IN_BY_EMAIL if by_email else "sign_in"
    attempt = tried(
        request,
        form,
        lambda given: actions.ask_code(
            purpose=purpose,
            phone=given["phone"],
            session=request.visit.need(at).key,
            language=language_of_page(),
            by=request.actor,
            at=at,
            knows=request.visit.knows,
        ),
    )
    if attempt:
        number = phones.parse(form.cleaned_data["phone"]) or ""
        request.visit.remember(
            at,
            sign_in={
                "request": str(attempt.value),
                "purpose": purpose,
                "phone": str(phone_id_of(number)),
                "last4": number[-4:],
                "next": _wanted(request),
            },
        )
        return redirect("people:sign_in_code")
    wanted = _wanted(request)
    if wanted and request.visit.is_strong and not attempt.refused and request.method != "POST":
        return HttpResponseRedirect(wanted)
    door = address_of("org:phone_sign_in")
    if wanted.startswith(FIELD):
        door += "?" + urlencode({"next": wanted})
    context = {"form": form, "next": wanted, "phone_door": door, "sends_mail": environment.sends_mail()}
    if settings.DEMO and address.is_loopback(request):
        with system("the demo's people"):
            context["cast"] = queries.cast_members(language_of_page())
    return render(request, "people/sign_in.html", context, status=attempt.status)


@form_page
def sign_in_code(request: VisitRequest) -> HttpResponseBase:
    """Step two: the code. The session that asked is the only one that may answer.

    A code by e-mail proves no phone, so the session has none: what a phone opens stays shut.
    """
    sign_in_facts: dict[str, Any] = request.visit.facts.get("sign_in") or {}
    if not sign_in_facts:
        return redirect("people:sign_in")
    purpose = sign_in_facts.get("purpose", "sign_in")
    form, at = CodeForm(request.POST or None), clock.now()

    def check(given: dict[str, Any]) -> tuple[Account, UUID]:
        phone_id = actions.check_code(
            request_id=UUID(sign_in_facts["request"]),
            purpose=purpose,
            phone=UUID(sign_in_facts["phone"]),
            session=request.visit.key,
            code=given["code"],
            network=request.visit.origin,
            at=at,
        )
        with system("whose phone this is"):
            account = queries.account_of_phone(phone_id)
        if account is None:
            raise codes.CodeNotRight(field="code")
        return account, phone_id

    done = tried(request, form, check)
    if done.value is not None:
        account, phone_id = done.value
        request.visit.sign_in(account.pk, None if purpose in codes.BY_EMAIL else phone_id, at)
        request.visit.remember(at, next=sign_in_facts.get("next") or None)
        return redirect("people:second_factor")
    context = {
        "form": form,
        "asked": sign_in_facts,
        "purpose": purpose,
        "by_email": purpose in codes.BY_EMAIL,
        "sends_mail": environment.sends_mail(),
    }
    return render(request, "people/sign_in_code.html", context, status=done.status)


@form_page
def second_factor(request: VisitRequest) -> HttpResponseBase:
    """Step three: passkey, app or recovery code; who has none yet shows the handed-over word and sets up the first."""
    account = own_account(request)
    if request.visit.is_strong:
        return HttpResponseRedirect(_onwards(request))
    if lacks_word(request, account):
        return _first_word(request, account)
    if request.method != "POST":
        return _second_factor(request, account)
    arguments: dict[str, Any] = {"account_id": account.pk, "by": request.actor, "at": clock.now()}
    if "recovery" in request.POST:
        form: forms.Form = RecoveryForm(request.POST)
        done: Tried[Any] = tried(
            request, form, lambda given: factors.use_recovery_code(code=given["recovery"], **arguments)
        )
    else:
        form = AppCodeForm(request.POST)
        done = tried(request, form, lambda given: factors.check_totp(code=given["code"], **arguments))
    if done:
        return strengthened(request, account)
    return _second_factor(request, account, form, status=done.status)


def lacks_word(request: VisitRequest, account: Account) -> bool:
    """Return True if this first sign-in has yet to show the word that was handed over."""
    return (
        not request.visit.is_strong
        and not request.visit.facts.get("handed")
        and not queries.confirmed_factors(account.pk)
    )


def _first_word(request: VisitRequest, account: Account) -> HttpResponseBase:
    form, at = WordForm(request.POST or None), clock.now()
    done = tried(
        request,
        form,
        lambda given: actions.check_first_word(
            account_id=account.pk, word=given["word"], by=request.actor, at=at
        ),
    )
    if done:
        request.visit.remember(at, handed=True)
        return redirect("people:second_factor")
    context = {"account": account, "form": form}
    return render(request, "people/first_word.html", context, status=done.status)


@require_POST
def second_factor_passkey(request: VisitRequest) -> HttpResponseBase:
    """Step three by passkey: what the browser signed, for the challenge of this session."""
    from abhiyan.people.actions import passkeys

    account = own_account(request)
    at = clock.now()
    challenge = request.visit.facts.get("asked") or ""
    request.visit.remember(at, asked=None)  # a challenge is for once
    try:
        passkeys.check_passkey(
            account_id=account.pk,
            credential=request.POST.get("credential", ""),
            challenge=challenge,
            by=request.actor,
            at=at,
        )
    except Refused as refused:
        return _second_factor(request, account, status=refused.status, refused=refused)
    return strengthened(request, account)


def _second_factor(
    request: VisitRequest,
    account: Account,
    failed: forms.Form | None = None,
    *,
    status: int = 200,
    refused: Refused | None = None,
) -> HttpResponseBase:
    own = queries.confirmed_factors(account.pk)
    kinds = {factor.kind for factor in own}
    context: dict[str, Any] = {
        "account": account,
        "refused": refused,
        "app_form": failed if isinstance(failed, AppCodeForm) else AppCodeForm(),
        "recovery_form": failed if isinstance(failed, RecoveryForm) else RecoveryForm(),
        "has_app": Factor.Kind.TOTP in kinds,
        "has_passkey": Factor.Kind.PASSKEY in kinds,
        "has_recovery": Factor.Kind.RECOVERY in kinds,
    }
    if context["has_passkey"]:
        from abhiyan.people.actions import passkeys

        options, challenge = passkeys.ask_passkey(account_id=account.pk)
        request.visit.remember(clock.now(), asked=challenge)
        context["options"] = options
    if not kinds & {Factor.Kind.TOTP, Factor.Kind.PASSKEY}:
        return render(request, "people/factor_first.html", context, status=status)
    return render(request, "people/second_factor.html", context, status=status)


@form_page
def console(request: VisitRequest, secret: str) -> HttpResponseBase:
    """The one-time sign-in printed by `abhiyan init`. Opening it signs nobody in: previews and scanners open links."""
    if request.method == "POST":
        at = clock.now()
        account = actions.check_console(secret=secret, by=request.actor, at=at)
        request.visit.sign_in(account.pk, account.phone_id, at)
        request.visit.remember(at, handed=True)
        return redirect("people:second_factor")
    return render(request, "people/console.html")


@require_POST
def demo_sign_in(request: VisitRequest) -> HttpResponseBase:
    """One click to be one of the demo's people, with a session as strong as a passkey's. Demo and loopback only."""
    if not settings.DEMO or not address.is_loopback(request):
        raise NotFound
    try:
        wanted = UUID(request.POST.get("account", ""))
    except ValueError:
        raise NotFound from None
    with system("the demo's people"):
        account = queries.account_by_public_id(wanted)
    if not account.is_demo:
        raise NotFound
    request.visit.sign_in(account.pk, account.phone_id, clock.now(), strong=True)
    return HttpResponseRedirect(_wanted(request) or "/")


@require_POST
def sign_out(request: VisitRequest) -> HttpResponseBase:
    """End this session, and the phone's own in this browser."""
    at = clock.now()
    sessions.end_browsers_phone(token=request.COOKIES.get(settings.PHONE_COOKIE_NAME, ""), at=at)
    request.visit.end(at)
    response = redirect("people:sign_in")
    response["Clear-Site-Data"] = '"cache"'
    return response


@require_POST
def choose_language(request: VisitRequest) -> HttpResponseBase:
    """Read on in another language; signed in, from now on and everywhere. One for the public: in this browser."""
    code = request.POST.get("language", "")
    if code not in languages.public_languages():
        raise actions.accounts.UnknownLanguage(field="language")
    if request.visit.account_id is not None and code in dict(settings.LANGUAGES):
        actions.speak(account_id=request.visit.account_id, language=code)
    response = HttpResponseRedirect(_wanted(request) or "/")
    response.set_cookie(
        "language",
        code,
        max_age=365 * 86_400,
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def own_account(request: VisitRequest) -> Account:
    """The account of this session."""
    return or_refuse(queries.account(request.visit.account_id) if request.visit.account_id else None)


def strengthened(request: VisitRequest, account: Account) -> HttpResponse:
    """The session has shown its second factor: a new cookie, and on to what was wanted."""
    onwards, at = _onwards(request), clock.now()
    request.visit.sign_in(account.pk, request.visit.phone_id, at, strong=True)
    request.visit.phone = sessions.strengthen_phone(
        token=request.COOKIES.get(settings.PHONE_COOKIE_NAME, ""), account_id=account.pk, at=at
    )
    return HttpResponseRedirect(onwards)


def acting(account: Account, request: VisitRequest) -> Actor:
    """Return the person who has just shown a second factor, as the actor of the rest of this request."""
    return Actor(
        kind="person",
        id=account.public_id,
        account_id=account.pk,
        device=request.actor.device,
        origin=request.actor.origin,
    )


def phone_id_of(number: str) -> UUID:
    from abhiyan.core.keys import keyring

    return keyring().phone_id(number)


def _wanted(request: VisitRequest) -> str:
    """Return where the person wanted to go, if it is one of our own addresses."""
    where = request.POST.get("next") or request.GET.get("next") or ""
    safe = where.startswith("/") and url_has_allowed_host_and_scheme(where, allowed_hosts=None)
    return where[:500] if safe else ""


def _onwards(request: VisitRequest) -> str:
    where = str(request.visit.facts.get("next") or "/")
    return where if where not in (reverse("people:sign_in"), reverse("people:second_factor")) else "/"
