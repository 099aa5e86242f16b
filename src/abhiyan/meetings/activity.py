"""Meetings, as every page above and below knows them: one item is one attendance."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from abhiyan.programmes.rules.activities import (
    Activity,
    CheckQuestion,
    ItemChannel,
    MeasureTemplate,
    ProgrammeTemplate,
    Step,
    Whom,
)
from abhiyan.programmes.rules.check_words import EnteredWords
from abhiyan.programmes.rules.items import facts_of_items, items_of_measure
from abhiyan.programmes.rules.ladder import CONFIRMED, COUNTED, REPORTED

from . import queries
from .rules.attendance import ATTENDED, KIND, MEANINGS, NAMED, PHONED, TOTAL


def invitee_to_check(item_id: UUID, _channel: int, _day: date) -> Whom:
    """Return the invitee that a check asks about one attendance."""
    attended = queries.attended(item_id)
    return Whom(attended.name, {"meeting": attended.meeting}) if attended else Whom(None, {})


MEETINGS = Activity(
    kind=KIND,
    name=_("Meetings"),
    templates=(
        ProgrammeTemplate(
            code="meetings",
            names={"en": "Meetings", "hi": "बैठकें"},
            about={
                "en": "Meetings are called by office; who came is ticked by name.",
                "hi": "बैठकें पदाधिकारी बुलाते हैं; आने वालों के नाम पर निशान लगता है।",
            },
            measures=(
                MeasureTemplate(ATTENDED, "attended", {"en": "People who came", "hi": "आए हुए लोग"}, MEANINGS),
            ),
            days=90,
        ),
    ),
    channels=(
        ItemChannel(NAMED, _("Ticked by name")),
        ItemChannel(TOTAL, _("Organiser's number")),
        ItemChannel(PHONED, _("Ticked by phone number")),
    ),
    steps=(
        Step("reported", _("Reported"), MEANINGS["reported"], (REPORTED,)),
        Step("counted", _("Ticked at the door"), MEANINGS["counted"], (COUNTED,)),
        Step("confirmed", _("Own YES"), MEANINGS["confirmed"], (CONFIRMED,)),
    ),
    facts=facts_of_items(KIND),
    items=(
        items_of_measure(
            KIND,
            measure=ATTENDED,
            entered=EnteredWords(pgettext_lazy("of a frame", "%(n)s attendances")),
            questions=(
                CheckQuestion("meeting", _("Meeting"), _("Have you lately been to a meeting? Which one?")),
                CheckQuestion("when", _("When"), _("When was that?")),
            ),
            whom=invitee_to_check,
        ),
    ),
)
