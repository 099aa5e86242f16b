"""The template of slides: its versions, which one is used, and a further one."""

from typing import Any
from uuid import UUID

from django import forms
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.core.words import active_language
from abhiyan.org import queries as org
from abhiyan.org.queries.authority import holds_over_all
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request
from abhiyan.review import refusals
from abhiyan.review.actions import deck_templates as acts
from abhiyan.review.queries import deck_files as files
from abhiyan.ui.acts import form_page, tried
from abhiyan.ui.files import file_answer, sent_bytes
from abhiyan.ui.posts import post_only
from abhiyan.ui.slides.look import layouts_from_json
from abhiyan.work.rules.materials import file_name


def _require(request: Request) -> None:
    if not holds_over_all(request.viewer.account_id or 0, LEADS) or not request.viewer.is_strong:
        raise org.NotYours(capability=LEADS)


class DeckFileForm(forms.Form):
    """One PowerPoint file."""

    file = forms.FileField(
        label=_("PowerPoint file"),
        allow_empty_file=True,  # said by the act
        help_text=_(
            "PPTX or POTX, at most 20 MB, without macros. One layout needs a title and free room below it."
        ),
        widget=forms.FileInput(attrs={"accept": ".pptx,.potx"}),
    )


@form_page
def deck_templates(request: Request) -> HttpResponseBase:
    """Show every version with the one in use; a post is a further one."""
    _require(request)
    form = DeckFileForm(request.POST or None, request.FILES or None)
    done = tried(
        request,
        form,
        lambda given: acts.add_template(
            name=given["file"].name, data=sent_bytes(given["file"]), by=request.actor, at=clock.now()
        ),
        said=_("Slides are made by this template from now on. Look at its sample deck."),
    )
    if done:
        return redirect(request.path)
    versions = files.template_versions()
    context: dict[str, Any] = {
        "here": "",
        "crumbs": [(say("Template of slides"), "")],
        "versions": versions,
        "house_is_used": not any(deck_template.is_used for deck_template in versions),
        "form": form,
        "has_pptx": files.HAS_PPTX,
        "most": acts.LARGEST,
        "too_large": str(refusals.TemplateTooLarge(mb=acts.LARGEST >> 20)),
    }
    return render(request, "review/deck_templates.html", context, status=done.status)


@post_only("review:deck_templates", takes=())
def deck_template_use(request: Request) -> HttpResponseBase:
    """Use another version, or the template of the house."""
    _require(request)
    tried(
        request,
        VersionForm(request.POST),
        lambda given: acts.use_template(public_id=given["version"], by=request.actor, at=clock.now()),
        said=_("Slides are made by this template from now on."),
    )
    return redirect("review:deck_templates")


class VersionForm(forms.Form):
    """One version; empty: the template of the house."""

    version = forms.UUIDField(required=False)


@require_GET
def deck_template_house(request: Request) -> HttpResponseBase:
    """Send the file of the house, to begin one's own from."""
    _require(request)
    return _pptx(files.house_file(), say("Template of slides"))


@require_GET
def deck_template_file(request: Request, version: UUID) -> HttpResponseBase:
    """Send the file of a version, as it is kept."""
    _require(request)
    deck_template = files.template_by(version)
    title = say("Template of slides, version %(number)s") % {"number": deck_template.number}
    return _pptx(deck_template.opened(), title)


@require_GET
def deck_template_sample(request: Request, version: UUID) -> HttpResponseBase:
    """Send a deck of made-up figures in a version, to look at it."""
    _require(request)
    deck_template = files.template_by(version)
    template = (layouts_from_json(deck_template.layouts), deck_template.opened())
    slides = files.sample_slides(active_language())
    data = files.deck_file(
        slides, "pptx", active_language(), template=template, at=clock.now(), with_lines=False
    )
    return _pptx(data, say("Sample"))


def _pptx(data: bytes, title: str) -> HttpResponseBase:
    return file_answer(data, kind=files.KINDS["pptx"], name=file_name(title, "pptx"))
