"""One's own e-mail address: enter it, prove it by a code, choose what comes there, remove it."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock, environment
from abhiyan.core.refusals import NotFound, or_refuse
from abhiyan.core.words import active_language
from abhiyan.messaging import actions
from abhiyan.org.viewer import Request
from abhiyan.people import actions as people
from abhiyan.people import queries
from abhiyan.people.models import Account
from abhiyan.people.rules.emails import LONGEST
from abhiyan.ui.acts import act_page, form_page, tried
from abhiyan.ui.fields import CodeField
from abhiyan.ui.posts import post_only

TITLE = _("My e-mail address")
ASKED = "email_code"  # a fact of the session: the request that is to be answered


class AddressForm(forms.Form):
    """The address to be proven."""

    address = forms.CharField(
        label=_("E-mail address"),
        max_length=LONGEST,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )


class MailCodeForm(forms.Form):
    """The code that came by e-mail."""

    code = CodeField()


class NoticesForm(forms.Form):
    """The way of notices: never both."""

    way = forms.ChoiceField(
        label=_("Notices of my office"),
        choices=[("sms", _("By SMS")), ("email", _("By e-mail, in place of SMS"))],
        widget=forms.RadioSelect,
    )


@form_page
def email(request: Request) -> HttpResponseBase:
    """Show one's own address, masked; enter one where there is none that works."""
    at, form = clock.now(), AddressForm(request.POST or None)
    _own(request)
    entered = tried(
        request,
        form,
        lambda typed: actions.enter_email(
            viewer=request.viewer,
            **typed,
            session=request.visit.key,
            language=active_language(),
            by=request.actor,
            at=at,
        ),
    )
    if entered.value is not None:
        request.visit.remember(at, **{ASKED: str(entered.value)})
        return redirect("messaging:email_code")
    return _page(request, {"form": form}, status=entered.status)


@form_page
def email_code(request: Request) -> HttpResponseBase:
    """Prove the address that was entered in this session."""
    account, request_id = _own(request), request.visit.facts.get(ASKED)
    if not request_id:
        return redirect("messaging:email")
    at, form = clock.now(), MailCodeForm(request.POST or None)
    done = tried(
        request,
        form,
        lambda typed: people.prove_email(
            account=account,
            request_id=UUID(request_id),
            session=request.visit.key,
            code=typed["code"],
            network=request.visit.origin,
            by=request.actor,
            at=at,
        ),
        said=_("The address is yours. Choose what comes there."),
    )
    if done:
        request.visit.remember(at, **{ASKED: None})
        return redirect("messaging:email")
    return _page(request, {"code_form": form}, status=done.status)


@post_only("messaging:email", takes=())
def email_notices(request: Request) -> HttpResponseBase:
    """Choose whether notices come by SMS or by e-mail."""
    account, at, form = _own(request), clock.now(), NoticesForm(request.POST)
    done = tried(
        request,
        form,
        lambda typed: people.choose_email(
            account=account, is_for_notices=typed["way"] == "email", by=request.actor, at=at
        ),
        said=_("Saved."),
    )
    if done:
        return redirect("messaging:email")
    return _page(request, {"notices_form": form}, status=done.status)


@form_page
def email_remove(request: Request) -> HttpResponseBase:
    """Delete the address."""
    account, page = _own(request), reverse("messaging:email")
    if queries.own_email(account.pk) is None:
        raise NotFound
    return act_page(
        request,
        lambda _given: people.forget_email(account_id=account.pk, by=request.actor, at=clock.now()),
        title=_("Remove your e-mail address?"),
        text=[_("We delete it. Codes and notices come by SMS again.")],
        button=_("Remove"),
        said=_("Removed."),
        done=reverse("people:account"),
        crumbs=[*_crumbs()[:-1], (TITLE, page), (_("Remove"), "")],
        is_danger=True,
    )


def _own(request: Request) -> Account:
    """The viewer's account. Without mails from this server the page opens only for owners of an address."""
    account = or_refuse(queries.account(or_refuse(request.viewer.account_id)))
    if not environment.sends_mail() and queries.own_email(account.pk) is None:
        raise NotFound
    return account


def _page(request: Request, page_forms: dict[str, Any], *, status: int = 200) -> HttpResponseBase:
    mine = queries.own_email(request.viewer.account_id)
    way = "email" if mine is not None and mine.gets_notices else "sms"
    context = {
        "mine": mine,
        "may_enter": environment.sends_mail() and (mine is None or not mine.is_proven or mine.failed_at),
        "form": AddressForm(),
        "notices_form": NoticesForm(initial={"way": way}),
        "crumbs": _crumbs(),
    }
    return render(request, "messaging/email.html", context | page_forms, status=status)


def _crumbs() -> list[tuple[Any, str]]:
    return [(_("My account"), reverse("people:account")), (TITLE, "")]
