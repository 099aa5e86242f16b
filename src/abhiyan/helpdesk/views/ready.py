"""Texts to answer with: the list of a unit, a new one, a change."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from abhiyan.core import clock, languages
from abhiyan.core.words import active_language
from abhiyan.helpdesk import actions, queries
from abhiyan.helpdesk.fields import kind_choices
from abhiyan.helpdesk.models import ReadyAnswer
from abhiyan.helpdesk.rules import tickets as rules
from abhiyan.org.here import page_unit
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import act_page, form_page
from abhiyan.ui.forms import offer
from abhiyan.ui.lists import Column, Table, list_response
from abhiyan.units import queries as units

EVERY = _("Every kind")


def _kind(row: tuple[ReadyAnswer, str, str]) -> str:
    return row[2] or str(EVERY)


COLUMNS: tuple[Column[tuple[ReadyAnswer, str, str]], ...] = (
    Column("text", _("Answer"), lambda row: row[0].text, is_name=True),
    Column("kind", _("About"), _kind, order="kind", css="under"),
    Column(
        "language",
        _("Language"),
        lambda row: languages.own_language_name(row[0].language),
        order="language",
        css="under",
    ),
    Column("unit", _("Unit"), lambda row: row[1]),
    Column(
        "used", _("Status"), lambda row: say("in use") if row[0].is_used else say("not used"), order="is_used"
    ),
    Column("acts", _("Acts"), is_for_acts=True, css="end"),
)


def _with_units(some: list[ReadyAnswer]) -> list[tuple[ReadyAnswer, str, str]]:
    names = units.names_of_units({ready_answer.unit_id for ready_answer in some}, language=active_language())
    titles = dict(kind_choices(with_closed=True))
    return [
        (ready_answer, names.get(ready_answer.unit_id, ""), titles.get(ready_answer.kind, ""))
        for ready_answer in some
    ]


@require_GET
def ready(request: Request) -> HttpResponseBase:
    """The texts a unit answers with: its own, those above it and those below."""
    here = page_unit(request)
    may = request.viewer.may_at(LEADS, here.span[0])
    table: Table[tuple[ReadyAnswer, str, str]] = Table(
        request,
        COLUMNS,
        queries.ready_around(here.unit.id, here.span),
        name="ready-answers",
        caption=_("Ready answers"),
        sort="kind",
        finish=_with_units,
        without=() if request.viewer.may(LEADS) else ("acts",),
        is_brief=True,
    )
    context = {
        "here": "helpline",
        "crumbs": [(say("Helpline"), reverse("helpdesk:tickets")), (say("Ready answers"), "")],
        "where": here.name,
        "unit": here.unit.code,
        "may": may,
    }
    return list_response(request, "helpdesk/ready_list.html", table, context)


class ReadyForm(forms.Form):
    """A text to answer with."""

    kind = forms.ChoiceField(label=_("About"), required=False)
    language = forms.ChoiceField(label=_("Language"))
    text = forms.CharField(
        label=_("Answer"),
        help_text=_("It goes out as it stands. Write no name and no number of a person."),
        max_length=rules.LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    is_used = forms.BooleanField(label=_("In use"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(
            self,
            kind=[("", EVERY), *kind_choices(with_closed=True)],
            language=list(languages.public_languages().items()),
        )


@form_page
def ready_new(request: Request) -> HttpResponseBase:
    """Keep a text for a unit and those below it."""
    here = page_unit(request)
    form = ReadyForm(request.POST or None, initial={"language": active_language()})
    del form.fields["is_used"]
    return act_page(
        request,
        lambda given: actions.keep_ready(unit_id=here.unit.id, by=request.actor, at=clock.now(), **given),
        form=form,
        title=_("New ready answer"),
        text=[say("For the offices of %(unit)s and below.") % {"unit": here.name}],
        button=_("Save the answer"),
        done=here.href(reverse("helpdesk:ready")),
        said=_("Saved. You can change it here at any time."),
        **_way(say("New ready answer")),
    )


@form_page
def ready_change(request: Request, public_id: UUID) -> HttpResponseBase:
    """Change a text, or take it out of use; both are taken back here."""
    ready_answer = queries.ready(public_id)
    initial = {name: getattr(ready_answer, name) for name in ("kind", "language", "text", "is_used")}
    return act_page(
        request,
        lambda given: actions.change_ready(ready=public_id, by=request.actor, at=clock.now(), **given),
        form=ReadyForm(request.POST if request.method == "POST" else None, initial=initial),
        title=_("Change the ready answer"),
        button=_("Save the answer"),
        done=reverse("helpdesk:ready"),
        said=_("Saved. You can change it here at any time."),
        **_way(say("Change")),
    )


def _way(name: str) -> dict[str, Any]:
    page = reverse("helpdesk:ready")
    return {
        "here": "helpline",
        "crumbs": [
            (say("Helpline"), reverse("helpdesk:tickets")),
            (say("Ready answers"), page),
            (name, ""),
        ],
    }
