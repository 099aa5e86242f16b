"""Village stays, as every page above and below knows them."""

from datetime import date
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from abhiyan.core.words import active_language, local_person
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.people import queries as people
from abhiyan.programmes.models import Item
from abhiyan.programmes.queries import item
from abhiyan.programmes.rules.activities import (
    Activity,
    CheckQuestion,
    ItemChannel,
    MeasureTemplate,
    Page,
    ProgrammeTemplate,
    Whom,
)
from abhiyan.programmes.rules.check_words import EnteredWords
from abhiyan.programmes.rules.items import PASSED, facts_of_items, items_of_measure
from abhiyan.units import queries as units

from .actions import IN_PLACE, STAYS, hear_host
from .models import Stay
from .queries import KIND
from .todo import owes_stays


def host_to_check(item_id: UUID, _channel: int, day: date) -> Whom:
    """The host a check asks about one stay, and what the worker recorded. In a system scope."""
    counted = item(item_id)
    stay = Stay.objects.filter(item_id=counted.pk).first() if counted else None
    if stay is None:
        return Whom(None, {})
    names = people.names_of_accounts([stay.worker_id])
    written = {"who": names.get(stay.worker_id, ""), "when": date_format(day, "j F Y")}
    return Whom(stay.host_name or None, written)


def stay_sentence(stay: Item) -> str:
    """The sentence on the page that asks the host. In a system scope."""
    worker = people.names_of_accounts([stay.by_id] if stay.by_id else []).get(stay.by_id or 0, "")
    place = units.names_of_units([stay.unit_id], language=active_language()).get(stay.unit_id, "")
    blanks = {"worker": local_person(worker), "place": place, "day": date_format(stay.day, "j F")}
    return say("%(worker)s stayed with you in %(place)s for 24 hours from %(day)s.") % blanks


# The worker is asked about these (`verification.ask_worker`); they stop no count.
DOUBTS = f"""
select t.programme_id, a.public_id as by, d.code from stays_stay t join people_account a on a.id = t.worker_id
  join programmes_item i on i.id = t.item_id and {PASSED}
  join (values ('speed', 'way'), ('clock', 'clock'), ('same_point', 'point')) d(flaw, code) on d.flaw = t.flaw"""

MEANINGS = {
    "reported": _("The worker records the arrival."),
    "unsigned": _("24 hours, but a place is not known. The host has not said yes."),
    "counted": _("24 hours between arrival and departure, both within 2 km, sent within 7 days."),
    "confirmed": _("The host or the booth president says yes, asked on the evening of departure."),
    "uncounted": _("Not counted: less than 24 hours, a mark more than 2 km away, or sent after 7 days."),
}
STAYS_ACTIVITY = Activity(
    kind=KIND,
    name=_("Village stays"),
    templates=(
        ProgrammeTemplate(
            code="stays",
            names={"en": "Village stays", "hi": "गाँव प्रवास"},
            about={
                "en": "Every booth, village and ward gets a worker for at least 24 hours.",
                "hi": "हर बूथ, गाँव और वार्ड में एक कार्यकर्ता का कम से कम 24 घंटे का प्रवास।",
            },
            measures=(MeasureTemplate(STAYS, "stays", {"en": "Stays", "hi": "प्रवास"}, MEANINGS),),
            days=3,
        ),
    ),
    channels=(ItemChannel(IN_PLACE, _("In the place")),),
    is_by_place=True,
    owes=owes_stays,
    page=Page("stays:board", _("Stays by place"), LEADS),
    facts=facts_of_items(KIND),
    orphans={
        "stays of unknown items": "select count(*) as n from stays_stay s where s.item_id is not null"
        " and not exists (select from programmes_item i where i.id = s.item_id)"
    },
    items=(
        items_of_measure(
            KIND,
            measure=STAYS,
            entered=EnteredWords(
                pgettext_lazy("of a frame", "%(n)s stays"),
                worked=ngettext_lazy("%(n)s stay", "%(n)s stays", "many"),
            ),
            questions=(
                CheckQuestion(
                    "who", _("Who stayed"), _("Did a worker of the organisation stay with you lately? Who?")
                ),
                CheckQuestion("when", _("When"), _("On which day did they come?")),
            ),
            whom=host_to_check,
            sentence=stay_sentence,
            heard=hear_host,
            doubts=DOUBTS,
        ),
    ),
)
