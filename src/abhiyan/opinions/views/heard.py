"""The board of what the field heard: forms and talks of a unit and below, and their answers by question and week."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.core.cut import Cut
from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.forms import queries as forms_queries
from abhiyan.forms.queries import heard
from abhiyan.forms.queries.heard import HeardAnswer, HeardForm, HeardIn
from abhiyan.forms.rules.heard import Days, span_code, span_of, weeks_until
from abhiyan.opinions import queries
from abhiyan.opinions.queries import HeardQuote
from abhiyan.org import queries as org
from abhiyan.org.here import Here, page_unit, unit_address
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request, Viewer
from abhiyan.ui.forms import offer
from abhiyan.ui.lists import Column, Table, list_response, page_with_list

from .opinions import opinion_crumbs

WEEKS = 8  # to choose from
COLUMNS: tuple[Column[HeardAnswer], ...] = (
    Column("answer", _("Answer"), lambda row: row.answer, order=True, is_name=True),
    Column("question", _("Question"), lambda row: row.question, order=True, css="under"),
    Column("form", _("Asked in"), lambda row: row.asked_at, order=True, css="under"),
    Column("n", _("How many"), lambda row: row.n, order=True, css="num end"),
    Column("total", _("Sum"), lambda row: row.summed, order=True, css="num"),
    Column("average", _("Average"), lambda row: row.average, order=True, css="num"),
)


FORM_COLUMNS: tuple[Column[HeardForm], ...] = (
    Column("form", _("Asked in"), lambda row: row.label, order=True, is_name=True),
    Column("n", _("How many"), lambda row: row.n, order=True, css="num end"),
)
EVERY = "all"  # in addresses: every source


class HeardFilters(forms.Form):
    """The days of the answers, and the form, talk or programme that asked."""

    days = forms.ChoiceField(label=_("Week"), required=False)
    source = forms.ChoiceField(label=_("Asked in"), required=False)


@page_with_list
def field_answers(request: Request) -> HttpResponseBase:
    """List the forms that were filled in a unit and below, with the quotes that came up to its desk.

    With a source, list how often each answer to its questions was given.
    """
    at = clock.now()
    here = page_unit(request, counts=True)
    days = _days(request, here, at=at)
    place = HeardIn.seen_by(request.viewer, here.span, at=at, days=days)
    sources = {source.code: source for source in heard.room_sources(request.viewer)}
    wanted = request.GET.get("source", "")
    with system("answers of a unit are counted"):
        answered = heard.forms_answered(place, forms_queries.forms_near(request.viewer))
        talks = heard.room_questions()
        choices = {code: source.label for code, source in sources.items()}
        choices |= {str(form.public_id): name_in_language(form.names) for form in answered}
        choices |= {talk.code: str(talk.asked_at) for talk in talks}
        choices |= {EVERY: say("All questions")}
        chosen = wanted if wanted in choices else ""
        place = replace(place, source=sources.get(chosen))
        if chosen:
            rows = heard.heard_in(
                place,
                [form for form in answered if place.source or chosen in (EVERY, str(form.public_id))],
                [talk for talk in talks if chosen in (EVERY, talk.code)],
            )
        else:
            filled = heard.heard_forms(place, answered, talks)
        quotes = _quotes(request.viewer, here, place)
    filters = HeardFilters(request.GET)
    offer(
        filters,
        days=[("", _("All")), *_spans(days, at=at)],
        source=[("", _("By form")), *choices.items()],
    )
    about: dict[str, Any] = {"narrowed": filters, "unit_id": here.unit.id, "is_brief": True}
    table: Table[Any]
    if chosen:
        table = Table(request, COLUMNS, rows, name="heard", caption=_("Answers"), **about)
    else:
        table = Table(
            request, FORM_COLUMNS, filled, name="heard-forms", caption=_("Forms and talks"), **about
        )
    start = say("What the field heard")
    days_asked = {"days": span_code(days)} if days else {}
    context = {
        **opinion_crumbs(
            *([(start, here.href(**days_asked)), (choices[chosen], "")] if chosen else [(start, "")])
        ),
        "is_by_form": not chosen,
        "days": days_asked.get("days", ""),
        "unit": here,
        "filters": filters,
        "quotes": quotes,
        "opinions": unit_address(reverse("opinions:opinions"), here.unit.code) if quotes else "",
    }
    return list_response(request, "opinions/heard.html", table, context)


def _quotes(viewer: Viewer, here: Here, place: HeardIn) -> Cut[HeardQuote]:
    """The quotes that came up to a unit, for who decides at its desk; none for others."""
    if not org.decides(viewer, queries.CARRY, at=here.unit.id):
        return Cut()
    return queries.quotes_up(here.unit.id, place)


def _days(request: Request, here: Here, *, at: datetime) -> Days | None:
    """The days that the address asks for. A leader of the unit chooses any. Others choose weeks: other spans could tell
    of one person."""
    chosen = span_of(request.GET.get("days", ""))
    is_led = request.viewer.scope.everything or request.viewer.may_at(LEADS, here.span[0])
    weeks = weeks_until(clock.day_in(settings.TIME_ZONE, at), WEEKS)
    return chosen if chosen in weeks or is_led else None


def _spans(chosen: Days | None, *, at: datetime) -> list[tuple[str, str]]:
    spans = weeks_until(clock.day_in(settings.TIME_ZONE, at), WEEKS)
    if chosen and chosen not in spans:
        spans = [chosen, *spans]
    return [(span_code(week), " – ".join(date_format(day, "j M") for day in week)) for week in spans]
