"""A leader's own field days: planned on a page, marked on the phone."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from abhiyan.core import clock
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.org.here import unit_fact
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request
from abhiyan.stays import actions
from abhiyan.stays import queries_days as queries
from abhiyan.stays.activity_days import ELECTED
from abhiyan.stays.models import FieldDay
from abhiyan.stays.rules.days import DayFlaw
from abhiyan.ui.acts import form_page, tried
from abhiyan.ui.fields import DayField
from abhiyan.ui.records import KEPT, RecordSent, RecordShown, RecordTaken, do_record_act
from abhiyan.units import queries as units

from .field import KNOWN, StayMarkForm, sentence_of_mark

SHOWN = timedelta(days=92)
DAY_FLAWS = {
    DayFlaw.FAR: _("The mark lies outside your area, so the day does not count."),
    DayFlaw.LATE: _("The mark was sent after more than 7 days, so the day does not count."),
}


class NoSuchBooth(Refused):
    message = _("No booth of your area is called so. Write its code or its name.")


class SeveralBooths(Refused):
    message = _("Several booths fit: %(booths)s. Write the code of one.")


class PlanDayForm(forms.Form):
    """A day, and the booth to spend it in."""

    day = DayField(label=_("Day"))
    booth = forms.CharField(
        label=_("Booth"),
        max_length=100,
        help_text=_("Its code or its name. It lies in your own area."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "booths"}),
    )


def _booth(account: int, fields: dict[str, Any]) -> int:
    """The booth that was written, by its id. Refuses NoSuchBooth, NotOwnArea, SeveralBooths."""
    text = fields["booth"].replace("\0", "").strip()
    with system("a booth of somebody's area"):
        booths = queries.find_own_booths(account, text, on=fields["day"])
        if not booths and units.ids_of([text]):
            raise actions.NotOwnArea(field="booth")
    if not booths:
        raise NoSuchBooth(field="booth")
    if len(booths) > 1:
        raise SeveralBooths(field="booth", booths=", ".join(f"{row.name()} ({row.code})" for row in booths))
    return booths[0].id


@form_page
def days(request: Request) -> HttpResponseBase:
    """Show one's own field days, by month and one by one, and plan one more."""
    at = clock.now()
    account = request.viewer.account_id or 0
    today = clock.day_in(settings.TIME_ZONE, at)
    form = PlanDayForm(request.POST if request.method == "POST" else None, initial={"day": today})

    def plan(given: dict[str, Any]) -> FieldDay:
        booth = _booth(account, given)
        return actions.plan_day(day=given["day"], unit_id=booth, by=request.actor, at=at)

    done = tried(request, form, plan, said=_("The day is planned."))
    if done:
        return redirect("stays:days")
    rows = queries.own_days(account, since=today - SHOWN)
    with system("somebody's own field days"):
        months = queries.months_of(account, since=(today - SHOWN).replace(day=1))
        has_area = queries.has_area(account, on=today)
        booths = queries.booths_offered(account, on=today)
    context = {
        "here": "days",
        "crumbs": [(say("My field days"), "")],
        "form": form,
        "today": today,
        "days": rows,
        "months": months,
        "has_area": has_area,
        "booths": booths,
    }
    return render(request, "stays/days.html", context, status=done.status)


@require_POST
def day_drop(request: Request, day: UUID) -> HttpResponseBase:
    """Drop a day of one's own that is planned and not marked."""
    actions.drop_day(day=day, by=request.actor, at=clock.now())
    return redirect("stays:days")


@form_page
def field_day_page(request: Request, day: UUID) -> HttpResponseBase:
    """Mark one's own day: a single press, which a phone keeps without a network."""
    at = clock.now()
    form = StayMarkForm(request.POST if request.method == "POST" else None)
    card = queries.own_day(request.viewer.account_id, day)
    done = tried(request, form, partial(_mark, request, day, form, timedelta(0), at), said=sentence_of_mark)
    if done:
        return redirect(request.path)
    context = {
        "own": card,
        "form": form,
        "page": request.path,
        "may_mark": KEPT in request.headers or clock.day_in(settings.TIME_ZONE, at) == card.of.day,
        "flaw": DAY_FLAWS[DayFlaw(card.of.flaw)] if card.of.flaw else "",
    }
    return render(request, "stays/field_day.html", context, status=done.status)


def take_day(request: Request, sent: RecordSent) -> RecordTaken:
    """Take the mark of a day that a phone sends: by the form and the act of its page. A known mark is no error."""
    day: UUID = sent.named["day"]
    form = StayMarkForm(request.POST)
    row = do_record_act(form, partial(_mark, request, day, form, sent.age, clock.now()))
    return RecordTaken(reverse("stays:field_day", args=[day]), str(KNOWN) if row.is_known else "")


def show_day(request: Request, sent: RecordSent) -> RecordShown:
    """Say which day a record would mark. Refuses a day that is not its sender's, or in no area of theirs."""
    card = queries.own_day(request.viewer.account_id, sent.named["day"])
    do_record_act(StayMarkForm(request.POST), dict)
    if not _is_area(request, card.of.unit_id):
        raise actions.AreaLost
    return RecordShown([unit_fact(card.of.unit_id), (say("Field day"), date_format(card.of.day, "j M Y"))])


def _is_area(request: Request, unit_id: int) -> bool:
    """Return whether the viewer has an office over the booth of a field day."""
    spans = units.all_spans([unit_id]).get(unit_id, [])
    return any(
        request.viewer.may_at(capability, *(lo for lo, _hi in spans)) for capability in (LEADS, ELECTED)
    )


def _mark(
    request: Request, day: UUID, form: StayMarkForm, age: timedelta, at: datetime, _given: dict[str, Any]
) -> FieldDay:
    return actions.mark_day(day=day, mark_given=form.given(age), by=request.actor, at=at)
