"""Texts of bulk messages: the list, a new one or a new version, and one with its hash and certificate."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound
from abhiyan.messaging import actions, sends
from abhiyan.messaging.forms import CertificateForm, FindForm, TextForm
from abhiyan.messaging.models import Template
from abhiyan.messaging.rules import audiences
from abhiyan.messaging.rules import texts as texts_
from abhiyan.org import queries as org
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import form_page, tried
from abhiyan.ui.lists import Column, Table, list_response
from abhiyan.units import queries as units

CAPABILITY = "messages.send"
COLUMNS: tuple[Column[Template], ...] = (
    Column("name", _("Text"), lambda row: row.name, order="name", is_name=True),
    Column("language", _("Language"), lambda row: language_name(row.language), order="language", css="under"),
    Column("version", _("Version"), lambda row: row.version, css="num", order="version"),
    Column("header", _("Sender name"), lambda row: row.header, order="header"),
    Column("registration", _("DLT template id"), lambda row: row.registration, css="nums"),
    Column("parts", _("SMS parts"), lambda row: texts_.count_sms(sends.sample_text(row)), css="num"),
    Column("certificate", _("Certificate valid until"), lambda row: row.certificate_until, css="nums end"),
)


def language_name(code: str) -> str:
    """Return the name of a language on the page."""
    return str(dict(settings.LANGUAGES).get(code, code))


def ordered_wordings(code: str) -> dict[str, Template]:
    """A bulk text by language, in the order in which languages are offered; none where there is no such text."""
    templates = sends.wordings(code)
    return {language: templates[language] for language, _name in settings.LANGUAGES if language in templates}


def own_unit(request: Request) -> int:
    """The unit where the viewer holds the right to send; NotYours where there is none."""
    for office in request.viewer.appointments:
        if CAPABILITY in office.capabilities:
            return office.unit_id
    raise org.NotYours(capability=CAPABILITY)


@require_GET
def bulk_texts_page(request: Request) -> HttpResponseBase:
    """Bulk texts in force, each language a row."""
    find = FindForm(request.GET)
    table = Table(
        request,
        COLUMNS,
        sends.texts_in_force().filter(name__icontains=find.wanted),
        name="texts",
        caption=_("Bulk texts"),
        sort="name",
        is_brief=True,
    )
    context = {
        "here": "messages",
        "crumbs": [(_("Messages"), reverse("messaging:list")), (_("Bulk texts"), "")],
        "find": find,
    }
    return list_response(request, "messaging/text_list.html", table, context)


@form_page
def text_new(request: Request) -> HttpResponseBase:
    """Register a text, the next version of one (`?follows=`), or the ready text to an audience (`?audience=`), with
    which a send to it goes on."""
    unit_id, follows = own_unit(request), request.GET.get("follows", "")
    before = ordered_wordings(follows)
    if follows and not before:
        raise NotFound
    audience = request.GET.get("audience", "")[:100]
    form = TextForm(request.POST or None, initial=_initial(before) or _ready(audience))

    def register(given: dict[str, Any]) -> str:
        return actions.register_text(
            name=given["name"],
            entity=given["entity"],
            header=given["header"],
            wordings={
                language: actions.Wording(given[f"text_{language}"], given[f"registration_{language}"])
                for language, _name in settings.LANGUAGES
            },
            follows=follows,
            unit_id=unit_id,
            by=request.actor,
            at=clock.now(),
        )

    done = tried(request, form, register, said=_("The text is kept. It takes sends from now on."))
    if done.value and audiences.to_say(audience):
        query = {key: request.GET[key] for key in ("unit", "in", "audience") if key in request.GET}
        return redirect(f"{reverse('messaging:send_new')}?{urlencode(query | {'text': done.value})}")
    if done.value:
        return redirect("messaging:text", code=done.value)
    title = _("Change the text") if before else _("New bulk text")
    context = {
        "here": "messages",
        "form": form,
        "title": title,
        "is_change": bool(before),
        "crumbs": [(_("Bulk texts"), reverse("messaging:texts")), (title, "")],
    }
    return render(request, "messaging/text_new.html", context, status=done.status)


def _ready(audience: str) -> dict[str, str]:
    """The ready text to an audience that is offered, in each language; nothing to others."""
    if not audiences.to_say(audience):
        return {}
    known, _of = audiences.read_audience(audience)
    return {"name": str(known.name)} | {f"text_{language}": text for language, text in known.ready.items()}


def _initial(before: dict[str, Template]) -> dict[str, str]:
    if not before:
        return {}
    first = next(iter(before.values()))
    initial = {"name": first.name, "entity": first.entity, "header": first.header}
    for language, template in before.items():
        initial |= {f"text_{language}": template.text, f"registration_{language}": template.registration}
    return initial


@form_page
def bulk_text_page(request: Request, code: str) -> HttpResponseBase:
    """One text: its exact words, ids, hash, length and certificate in each language, and its versions."""
    versions = sends.bulk_text_versions(code)
    templates = ordered_wordings(code)
    if not templates:
        raise NotFound
    offered = [(language, language_name(language)) for language in templates]
    form = CertificateForm(request.POST or None, languages=offered)
    done = tried(
        request,
        form,
        lambda given: actions.certify_text(code=code, by=request.actor, at=clock.now(), **given),
        said=_("The certificate is kept. Its hash equals that of the text."),
    )
    if done:
        return redirect("messaging:text", code=code)
    first = next(iter(templates.values()))
    owner = units.all_spans([first.unit_id or 0]).get(first.unit_id or 0, [])
    context = {
        "here": "messages",
        "is_ours": request.viewer.may_at(CAPABILITY, *(lo for lo, _hi in owner)),
        "code": code,
        "first": first,
        "texts": [
            (template, language_name(template.language), texts_.count_sms(sends.sample_text(template)))
            for template in templates.values()
        ],
        "earlier": [
            (template, language_name(template.language)) for template in versions if template.code != code
        ],
        "form": form,
        "crumbs": [
            (_("Messages"), reverse("messaging:list")),
            (_("Bulk texts"), reverse("messaging:texts")),
            (first.name, ""),
        ],
    }
    return render(request, "messaging/text.html", context, status=done.status)
