"""Contact at doors and the growth of lists, as every page above and below knows them."""

from collections.abc import Iterator
from datetime import date
from typing import Any
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
from abhiyan.programmes.rules.ladder import REPORTED
from abhiyan.ui.owed import LateBelow, Owed

from . import queries
from .actions import hear_person, hear_signed
from .models import ContactEntry, ContactTry
from .rules.doors import door_label
from .rules.kinds import BY_CALL, BY_DOOR, BY_LIST, BY_WALK, CALLED, KIND, LISTED, TALKED
from .todo import owes_centres, owes_doors, owes_lists

# Rows of lists that are not items yet: each is reported on the day of its list's import.
_ROWS = f"""
select l.programme_id, {LISTED} as measure, {BY_LIST} as channel, e.unit_id, l.day, {REPORTED} as rung, count(*) as n
  from contact_list l join contact_entry e on e.list_id = l.id
 where l.day is not null and e.is_person and e.item_id is null group by 1, 4, 5"""


def person_of_contact(item_id: UUID, _channel: int, day: date) -> Whom:
    """The person a check asks about a conversation or a place on a list, and what was written. In a system scope.

    A door without a phone is visited. So its label takes the place of a name.
    """
    found = item(item_id)
    if found is None:
        return Whom(None, {})
    met = ContactTry.objects.filter(item_id=found.pk, undone_at=None).select_related("entry").first()
    entry = (met and met.entry) or ContactEntry.objects.filter(item_id=found.pk).first()
    names = people.names_of_accounts([found.by_id] if found.by_id else [])
    who = names.get(found.by_id or 0, "") or (entry.list.signed_with if entry else "")
    name = queries.unsealed_text(entry.person_name, entry.public_id) if entry else ""
    if found.phone_id is None:
        house = met.label if met else door_label(entry.door, entry.lane) if entry else ""
        name = " · ".join(filter(None, (name, house)))
    return Whom(name or None, {"who": who, "when": date_format(day, "j F Y")})


def contact_sentence(met: Item) -> str:
    """The sentence on the page that asks the person. In a system scope."""
    worker = people.names_of_accounts([met.by_id] if met.by_id else []).get(met.by_id or 0, "")
    blanks = {"worker": local_person(worker), "day": date_format(met.day, "j F")}
    return say("%(worker)s talked with you on %(day)s.") % blanks


def wish(listed: Item) -> str:
    """The sentence on the page that asks whether somebody wants to be on the list."""
    entry = ContactEntry.objects.filter(item_id=listed.pk).select_related("list").first()
    if entry is not None and entry.list.signed_on is not None:
        day = date_format(entry.list.signed_on, "j F")
        return say("By %(day)s you signed a form that we may call and write to you.") % {"day": day}
    return say("You want to hear from us again and are on our list.")


def owes_all(*given: Any) -> Iterator[Owed | LateBelow]:
    """Yield the work at doors, that of who runs the programme, and the call centres that are silent."""
    yield from owes_doors(*given)
    yield from owes_lists(*given)
    yield from owes_centres(*given)


DOOR_MEANINGS = {
    "reported": _("The worker notes “talked” at a door."),
    "unsigned": _("The person gave no phone, or their own phone has not answered yet."),
    "counted": _("Once a person, in the window, near the booth, with a sign from their phone."),
    "confirmed": _("The person says yes from their own phone."),
    "uncounted": _(
        "Not counted: a second talk with one person, or a note from far away or outside the window."
    ),
}
LIST_MEANINGS = {
    "reported": _("A row of a list is imported."),
    "unsigned": _("No consent is signed, and the person's own phone has not answered yet."),
    "counted": _("Once a person, with their signed consent or a sign from their phone."),
    "confirmed": _("The person says yes from their own phone."),
    "uncounted": _("Not counted: double rows, and people who said no to us."),
}
CALL_MEANINGS = {
    "reported": _("The caller notes “talked”."),
    "unsigned": _("The caller used their own phone."),
    "counted": _("The line recorded a talk of 20 seconds or more."),
    "confirmed": _("The person says yes from their own phone."),
    "uncounted": _("Not counted: talks of less than 20 seconds, and calls without an answer."),
}

CONTACT_ACTIVITY = Activity(
    kind=KIND,
    name=_("Contact with people"),
    templates=(
        ProgrammeTemplate(
            code="contact",
            names={"en": "Meet people at their doors", "hi": "घर-घर संपर्क"},
            about={
                "en": "Workers talk with people at their doors. Who wants to hear from us again joins the list.",
                "hi": "कार्यकर्ता लोगों से उनके घर पर बात करते हैं। जो हमारे संदेश पाना चाहें, उनका नाम सूची में आता है।",
            },
            measures=(
                MeasureTemplate(TALKED, "talked", {"en": "Talked with", "hi": "बात हुई"}, DOOR_MEANINGS),
                MeasureTemplate(
                    LISTED, "listed", {"en": "People on lists", "hi": "सूचियों में लोग"}, LIST_MEANINGS
                ),
                MeasureTemplate(
                    CALLED,
                    "called",
                    {"en": "Talked with by a call centre", "hi": "कॉल केंद्र से बात हुई"},
                    CALL_MEANINGS,
                ),
            ),
            days=60,
        ),
    ),
    channels=(
        ItemChannel(BY_DOOR, pgettext_lazy("of a contact", "Door of a list")),
        ItemChannel(BY_WALK, pgettext_lazy("of a contact", "Walk without a list")),
        ItemChannel(BY_LIST, _("Imported list")),
        ItemChannel(BY_CALL, _("Call centre")),
    ),
    owes=owes_all,
    page=Page("contact:board", _("Doors and lists"), LEADS),
    facts=f"{facts_of_items(KIND)} union all {_ROWS}",
    orphans={
        "contacts of unknown items": "select count(*) as n from contact_try t where t.item_id is not null"
        " and not exists (select from programmes_item i where i.id = t.item_id)"
    },
    items=(
        items_of_measure(
            KIND,
            measure=TALKED,
            entered=EnteredWords(
                pgettext_lazy("of a frame", "%(n)s talks"),
                worked=ngettext_lazy("%(n)s talk at a door", "%(n)s talks at doors", "many"),
            ),
            questions=(
                CheckQuestion(
                    "who",
                    _("Who talked with you"),
                    _("Did a worker of the organisation talk with you lately? Who?"),
                ),
                CheckQuestion("when", _("When"), _("On which day was it?")),
            ),
            whom=person_of_contact,
            sentence=contact_sentence,
            heard=hear_person,
        ),
        items_of_measure(
            KIND,
            measure=LISTED,
            entered=EnteredWords(
                pgettext_lazy("of a frame", "%(n)s people on the list"),
                worked=ngettext_lazy("%(n)s person put on a list", "%(n)s people put on a list", "many"),
            ),
            questions=(
                CheckQuestion(
                    "who",
                    _("Who asked you"),
                    _("Did somebody ask whether you want to hear from us again? Who?"),
                ),
                CheckQuestion("when", _("When"), _("On which day was it?")),
            ),
            whom=person_of_contact,
            sentence=wish,
            heard=hear_signed,
        ),
        items_of_measure(
            KIND,
            measure=CALLED,
            entered=EnteredWords(
                pgettext_lazy("of a frame", "%(n)s calls"),
                worked=ngettext_lazy("%(n)s talk by phone", "%(n)s talks by phone", "many"),
            ),
            questions=(
                CheckQuestion(
                    "who",
                    _("Who called you"),
                    _("Did somebody of the organisation call you lately? Who?"),
                ),
                CheckQuestion("when", _("When"), _("On which day was it?")),
            ),
            whom=person_of_contact,
            sentence=contact_sentence,
            heard=hear_person,
        ),
    ),
)
