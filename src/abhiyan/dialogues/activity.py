"""The activity *Dialogues*: its programme template, its rungs and its questions."""

from datetime import date
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from abhiyan.core.words import local_person
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
from abhiyan.programmes.rules.items import facts_of_items, items_of_measure

from .actions import BY_PHONE, TALKS
from .models import Dialogue
from .queries import KIND
from .todo import owed_home_calls


def president_of_talk(item_id: UUID, _channel: int, day: date) -> Whom:
    """Return the president to ask in a check of a talk, and the leader's note. In a system scope."""
    talk = item(item_id)
    call = Dialogue.objects.filter(item_id=talk.pk).first() if talk else None
    if call is None:
        return Whom(None, {})
    names = people.names_of_accounts([call.president_id, call.leader_id])
    written = {"who": names.get(call.leader_id, ""), "when": date_format(day, "j F Y")}
    return Whom(names.get(call.president_id), written)


def talk_sentence(talk: Item) -> str:
    """Return the sentence on the page of the president's question. In a system scope."""
    leader = people.names_of_accounts([talk.by_id] if talk.by_id else []).get(talk.by_id or 0, "")
    return say("%(leader)s spoke with you by phone on %(day)s.") % {
        "leader": local_person(leader),
        "day": date_format(talk.day, "j F"),
    }


MEANINGS = {
    "reported": _("The leader notes: we talked."),
    "counted": _("The booth president says yes, by the end of the next day."),
    "confirmed": _("The same yes of the booth president."),
    "uncounted": _("Not counted: a yes after the next day, or a second talk on the same day."),
}
DIALOGUES = Activity(
    kind=KIND,
    name=_("Calls to booth presidents"),
    templates=(
        ProgrammeTemplate(
            code="dialogues",
            names={"en": "Dialogues", "hi": "बूथ संवाद"},
            about={
                "en": "Each leader calls two booth presidents a day and asks what the booth needs.",
                "hi": "हर नेता की ओर से रोज़ दो बूथ अध्यक्षों को कॉल: बूथ को क्या चाहिए?",
            },
            measures=(MeasureTemplate(TALKS, "talks", {"en": "Talks", "hi": "बातचीत"}, MEANINGS),),
            days=180,
        ),
    ),
    channels=(ItemChannel(BY_PHONE, _("Phone call")),),
    page=Page("dialogues:board", _("Calls to booth presidents"), LEADS),
    owes=owed_home_calls,
    facts=facts_of_items(KIND),
    orphans={
        "talks of unknown items": "select count(*) as n from dialogues_dialogue d where d.item_id is not null"
        " and not exists (select from programmes_item i where i.id = d.item_id)"
    },
    items=(
        items_of_measure(
            KIND,
            measure=TALKS,
            entered=EnteredWords(
                pgettext_lazy("of a frame", "%(n)s talks with booth presidents"),
                worked=ngettext_lazy(
                    "%(n)s talk with a booth president", "%(n)s talks with booth presidents", "many"
                ),
            ),
            questions=(
                CheckQuestion(
                    "who", _("Who called"), _("Did a leader of the organisation call you lately? Who?")
                ),
                CheckQuestion("when", _("When"), _("On which day was that?")),
            ),
            whom=president_of_talk,
            does_yes_count=True,
            sentence=talk_sentence,
        ),
    ),
)
