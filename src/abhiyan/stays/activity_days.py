"""Field days, as every page above and below knows them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from abhiyan.core import clock
from abhiyan.core.words import active_language, local_person, name_in_language
from abhiyan.org.rules.capabilities import LEADS, PHONE_UNITS
from abhiyan.org.viewer import HeldOffice, Viewer
from abhiyan.people import queries as people
from abhiyan.programmes.models import Item
from abhiyan.programmes.queries import MeasureStand, item
from abhiyan.programmes.rules.activities import (
    Activity,
    CheckQuestion,
    ItemChannel,
    MeasureTemplate,
    Page,
    ProgrammeTemplate,
    Whom,
)
from abhiyan.programmes.rules.check_words import GENERAL, EnteredWords
from abhiyan.programmes.rules.items import facts_of_items, items_of_measure
from abhiyan.ui.owed import Owed
from abhiyan.units import queries as units

from . import queries_days as queries
from .actions import IN_AREA
from .queries_days import DAYS, KIND

ELECTED = "plans.read"  # with LEADS: whose office has an area to spend days in
WORDS = replace(
    GENERAL,
    whom=_("the booth president"),
    yes=_("Yes, the leader spent the day in the booth"),
    no=_("No, the leader was not there on that day"),
    genuine=_("Genuine: the leader spent the day there"),
    not_genuine=_("Not genuine: the leader was not there, or on another day"),
    not_said=_("They did not say that the leader was there on that day."),
    known=(
        _("The leader was there, and they will say so"),
        _("The leader was not there, and they will say so"),
    ),
)


def president_of_field_day(item_id: UUID, _channel: int, day: date) -> Whom:
    """The booth president a check asks about one day, and what the leader marked. In a system scope."""
    marked = item(item_id)
    if marked is None or marked.by_id is None:
        return Whom(None, {})
    president = people.account_of_phone(marked.phone_id) if marked.phone_id else None
    leader = people.names_of_accounts([marked.by_id]).get(marked.by_id, "")
    return Whom(president.name if president else None, {"who": leader, "when": date_format(day, "j F Y")})


def field_day_sentence(marked: Item) -> str:
    """The sentence on the page that asks the booth president. In a system scope."""
    leader = people.names_of_accounts([marked.by_id] if marked.by_id else []).get(marked.by_id or 0, "")
    place = units.names_of_units([marked.unit_id], language=active_language()).get(marked.unit_id, "")
    blanks = {"leader": local_person(leader), "place": place, "day": date_format(marked.day, "j F")}
    return say("%(leader)s spent %(day)s in %(place)s.") % blanks


def owed_field_day(viewer: Viewer, home: HeldOffice, stand: MeasureStand, at: datetime) -> Iterator[Owed]:
    """The viewer's own day of today or tomorrow; without a plan, one row to make one. For offices above the booth."""
    if viewer.account_id is None or home.unit_kind in PHONE_UNITS or not viewer.may_any(LEADS, ELECTED):
        return
    programme = stand.programme
    today = clock.day_in(programme.zone, at)
    ahead = queries.days_ahead(viewer.account_id, programme.pk, since=today)
    for card in ahead:
        if card.of.day <= today + timedelta(days=1):
            is_today = card.of.day == today
            title = (
                _("Your field day today: %(place)s") if is_today else _("Your field day tomorrow: %(place)s")
            )
            yield Owed(
                urgency=1 if is_today else 2,
                title=title % {"place": card.place},
                meta=name_in_language(programme.names),
                href=reverse("stays:field_day", args=[card.of.pk]),
                act=_("Mark the day") if is_today else _("Open the day"),
                icon="stay",
            )
    if not ahead:
        yield Owed(
            urgency=3,
            title=_("Plan your next field day"),
            meta=name_in_language(programme.names),
            href=reverse("stays:days"),
            act=_("Choose a day and a booth"),
            icon="stay",
        )


MEANINGS = {
    "reported": _("The leader marks the day on the phone."),
    "unsigned": _("Marked on that day, but a place is not known. The booth president has not said yes."),
    "counted": _("Marked on that day in the leader's own area, and sent within 7 days."),
    "confirmed": _("The booth president says yes."),
    "uncounted": _("Not counted: marked on another day, outside the own area, or sent after 7 days."),
}
DAYS_ACTIVITY = Activity(
    kind=KIND,
    name=_("Field days"),
    templates=(
        ProgrammeTemplate(
            code="field_days",
            names={"en": "Field days", "hi": "क्षेत्र दिवस"},
            about={
                "en": "Legislators and office-bearers spend days in the booths of their own area.",
                "hi": "विधायक, सांसद और पदाधिकारी अपने क्षेत्र के बूथों में दिन बिताते हैं।",
            },
            measures=(MeasureTemplate(DAYS, "days", {"en": "Field days", "hi": "क्षेत्र दिवस"}, MEANINGS),),
            days=90,
        ),
    ),
    channels=(ItemChannel(IN_AREA, _("In the own area")),),
    owes=owed_field_day,
    page=Page("stays:thanks_rule", _("Letter of thanks"), "programmes.run"),
    facts=facts_of_items(KIND),
    orphans={
        "field days of unknown items": "select count(*) as n from stays_field_day d where d.item_id is not null"
        " and not exists (select from programmes_item i where i.id = d.item_id)"
    },
    items=(
        items_of_measure(
            KIND,
            measure=DAYS,
            entered=EnteredWords(
                pgettext_lazy("of a frame", "%(n)s field days"),
                worked=ngettext_lazy("%(n)s field day", "%(n)s field days", "many"),
            ),
            questions=(
                CheckQuestion(
                    "who",
                    _("Who came"),
                    _("Did a leader of the organisation spend a day in your booth lately? Who?"),
                ),
                CheckQuestion("when", _("When"), _("On which day was that?")),
            ),
            whom=president_of_field_day,
            sentence=field_day_sentence,
            words=WORDS,
        ),
    ),
)
