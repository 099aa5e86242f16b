"""Names the members who ask at the helpline, as far as the viewer may read them, and offers what usually helps."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from abhiyan.core.words import local_person
from abhiyan.helpdesk.rules.askers import Asker, AskerLook, AskerStep
from abhiyan.messaging import queries as messaging
from abhiyan.people import queries as known
from abhiyan.people.actions.reading import ReadEnough, read_person
from abhiyan.programmes.models import Rung
from abhiyan.units import queries as units

from .actions.members import MEMBER_CARD
from .queries import people as queries
from .queries.people import Member
from .rules.number import member_number


def askers_on(look: AskerLook) -> Sequence[Asker]:
    """Return the members on a phone that the viewer may read, each with steps that usually help.

    Row security shows them, and the viewer needs people.read there. Others get none, as for an unknown phone. Each look
    leaves a row in the trail and counts among the people read in a day. Past that number the list is empty.
    """
    members = [] if not look.viewer.may("people.read") else queries.members_asking(look.phone_id)
    spans = units.all_spans({member.unit_id for member in members}) if members else {}
    lows = {unit: [lo for lo, _hi in some] for unit, some in spans.items()}
    seen = [member for member in members if look.viewer.may_at("people.read", *lows.get(member.unit_id, []))]
    named = []
    with suppress(ReadEnough):
        for member in seen:
            read_person(about=member.public_id, by=look.by, unit_id=member.unit_id, at=look.at)
            may_correct = member.is_current and look.viewer.may_at("enrolment.correct", *lows[member.unit_id])
            named.append(_asker(member, may_correct=may_correct, language=look.language))
    return named


def _asker(member: Member, *, may_correct: bool, language: str) -> Asker:
    wanted = queries.card_wanted(member.public_id)
    card = known.standing_document(MEMBER_CARD, member.public_id)
    facts = [
        (_("Number"), member_number(member.public_id)),
        (_("Roll"), member.roll_name()),
        (_("Place"), member.unit_name()),
        (_("Status"), str(Rung(member.rung).label) if member.is_current else _("Term over")),
    ]
    if member.said.has_card:
        facts.append((_("Card"), _since(_("since %(day)s"), card.issued_at) if card else _("none yet")))
    if wanted is not None:
        sentence = _("printed on %(day)s") if wanted.printed_at else _("asked for on %(day)s")
        facts.append((_("Printed card"), _since(sentence, wanted.printed_at or wanted.asked_at)))
    steps = list(
        _acts(member, is_asked=wanted is not None and wanted.printed_at is None) if may_correct else ()
    )
    with translation.override(language):
        words = dict(_words(member))
    labels = {
        "card": (_("Send the card"), "qr"),
        "phone": (_("Change of number"), "phone"),
        "leave": (_("How to leave"), "leave"),
        "stop": (_("Stop messages"), "stop"),
    }
    steps += [AskerStep(*labels[key], words=text) for key, text in words.items()]
    page = reverse("enrolment:person", args=[member.public_id])
    name = local_person(member.name) if member.name else member_number(member.public_id)
    return Asker(name, page, facts, steps)


def _since(words: str, at: datetime) -> str:
    return words % {"day": date_format(at, "j F Y")}


def _acts(member: Member, *, is_asked: bool) -> Iterator[AskerStep]:
    if member.said.has_card and not is_asked:
        address = reverse("enrolment:person_card_wanted", args=[member.public_id])
        yield AskerStep(_("Have the card printed"), "print", address, is_act=True)
    yield AskerStep(
        _("Correct the entry"), "edit", reverse("enrolment:person_correct", args=[member.public_id])
    )


def _words(member: Member) -> Iterator[tuple[str, str]]:
    """Return words for an answer about what only the person's own phone does, in the language in force."""

    def link(name: str) -> str:
        return str(settings.ORIGIN) + reverse(name)

    if member.said.has_card:
        yield "card", _("Your card: %(link)s") % {"link": link("enrolment:me_card")}
    yield "phone", _("To change your number: %(link)s") % {"link": link("enrolment:me_phone")}
    leave, stop = messaging.leave_number(member.programme_id), messaging.stop_number()
    yield "leave", _by_call(_("To leave: %(link)s"), leave) % {"link": link("enrolment:me_leave")}
    yield (
        "stop",
        _by_call(_("To stop messages and calls: %(link)s"), stop) % {"link": link("enrolment:me")},
    )


def _by_call(words: str, number: str) -> str:
    return words + " " + _("or give a missed call to %(number)s") % {"number": number} if number else words
