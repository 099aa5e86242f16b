"""Somebody wants to help: an SMS with the link to join, their name for the organiser, and the organiser's task."""

from contextlib import suppress
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from abhiyan.contact import actions as contact
from abhiyan.contact.actions import HeldBack, HelpSaid
from abhiyan.contact.models import ContactTry
from abhiyan.contact.news import HelpOffered, HelpTakenBack
from abhiyan.contact.queries import ContactAsked, calls_for, contact_verdict
from abhiyan.contact.rules import gate, grounds
from abhiyan.core import audit, clock, sql
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.enrolment.actions.members import lock_phone
from abhiyan.enrolment.actions.referrals import call_code
from abhiyan.enrolment.news import MemberPhoneMoved
from abhiyan.enrolment.queries.drives import covered
from abhiyan.enrolment.queries.join import OpenDrive, open_drives
from abhiyan.enrolment.queries.people import is_on_roll
from abhiyan.enrolment.rules.rolls import CONTRIBUTORS
from abhiyan.friends.models import HelpOffer
from abhiyan.friends.queries import help_offers as queries
from abhiyan.messaging import actions as messaging
from abhiyan.org import queries as org
from abhiyan.people import actions as people_acts
from abhiyan.people import queries as people
from abhiyan.people.news import NoTakenBack, PhoneSaidNo
from abhiyan.programmes.news import ItemsErased
from abhiyan.units import queries as units
from abhiyan.work import actions as work
from abhiyan.work.queries.tasks import task_for
from abhiyan.work.rules.tasks import OPEN, Act

# These offices hear that somebody wants to help: they lead, work at doors, enrol, or answer calls.
HEARS = ("contact.meet", "tasks.ask", "enrolment.enrol", "helpdesk.type", "helpdesk.answer")
DUE_DAYS = 7
KEPT = timedelta(days=90)  # name, door and phone of an offer
NEVER = ContactTry.Outcome.NEVER.value
_ORGANISING = "org.appoint"  # who leads a unit and sees its people
_BY = Actor.system("somebody wants to help")


class OfferSettled(Refused, status=409):
    message = _("This person has joined or said no meanwhile.")


def heed_offer(*, event: HelpOffered) -> None:
    """Keep somebody who wants to help, and send them the link once if they agreed. In the transaction of who heard it.

    Nothing is kept of people who are on the roll already. The same phone twice is one offer. Without a programme there,
    or without their consent, no SMS goes out; the organiser has the name and the door.
    """
    with system("somebody wants to help"):
        phone_id, on = event.phone_id, clock.day_in(settings.TIME_ZONE, event.at)
        if phone_id is not None:
            lock_phone(phone_id)
            if is_on_roll(phone_id, CONTRIBUTORS):
                return
            if (former := queries.open_of_phone(phone_id)) is not None:
                _link(former, event.may_text, at=event.at)
                return
        elif HelpOffer.objects.filter(pk=event.offer).exists():
            return
        row = HelpOffer(
            id=event.offer,
            way=event.way,
            unit_id=event.unit_id,
            phone_id=phone_id,
            door=event.door,
            language=event.language,
            by_id=or_refuse(event.by.account_id),
            at=event.at,
            due_on=on + timedelta(days=DUE_DAYS),
        )
        if event.name:
            row.person_name = keyring().seal(event.name.encode(), about=row.pk.bytes)
        if phone_id is not None and people.standing_no(phone_id) is not None:
            row.no_at = event.at
        else:
            row.desk_id = org.nearest_with(row.unit_id, _ORGANISING, on=on)
            row.task_id = _task(row, at=event.at) if row.desk_id else None
        row.save(force_insert=True)
        if row.no_at is None:
            _link(row, event.may_text, at=event.at)


def _link(row: HelpOffer, may_text: bool, *, at: datetime) -> None:
    """Queue the link to join for the phone of an offer, if they agreed; once in a programme."""
    near = _near(row.unit_id, at)
    if row.linked_at is not None or row.phone_id is None or not may_text or near is None:
        return
    code = call_code(programme_id=near.drive.pk, unit_id=near.programme.owner_id, at=at)
    page = settings.ORIGIN + reverse("intake:join_drive", args=[near.drive.join_slug])
    messaging.queue_message(
        template="contributor.join",
        phone=people.number_of_phone(row.phone_id),
        language=row.language or settings.LANGUAGE_CODE,
        blanks={"link": f"{page}?by={code}"},
        key=_link_key(row.phone_id, near),
        unit_id=row.unit_id,
        programme_id=near.drive.pk,
        at=at,
    )
    row.linked_at = at
    row.save(update_fields=["linked_at"])


def _near(unit_id: int, at: datetime) -> OpenDrive | None:
    near = [
        drive
        for drive in open_drives(at)
        if drive.said is CONTRIBUTORS and covered(programme_id=drive.programme.pk, unit_ids=[unit_id])
    ]
    return near[-1] if near else None


def _link_key(phone_id: UUID, near: OpenDrive) -> str:
    return f"contributor|{near.drive.pk}|{phone_id}"


def _task(row: HelpOffer, *, at: datetime) -> UUID:
    """Return the office's open task to ask these people; a new one where there is none. One at a time for an office."""
    desk = or_refuse(row.desk_id)
    sql.wait_for(f"task to ask helpers of {desk}")
    offers = HelpOffer.objects.filter(desk_id=desk, task_id__isnull=False).order_by("-at", "-pk")
    last = offers.values_list("task_id", flat=True).first()
    if last is not None and task_for(last).state in OPEN:
        return last
    due = datetime.combine(row.due_on, time(18), ZoneInfo(settings.TIME_ZONE))
    with override(settings.LANGUAGE_CODE):
        title = say("%(unit)s: ask the people who want to help")
        title %= {"unit": name_in_language(units.unit_by_id(desk).names)[:60]}
        text = say(
            "Their names and doors: menu “Contributors”, then “Who wants to help”. Note there what they say."
        )
    return work.ask_task(what=work.What(title, due, text), unit_id=desk, by=_BY, at=at).public_id


def heed_offer_back(*, event: HelpTakenBack) -> None:
    """Forget an offer that was noted by a slip, and give up its link if it has not left. In that transaction."""
    with system("somebody does not want to help after all"):
        row = HelpOffer.objects.select_for_update().filter(pk=event.offer).first()
        if row is None:
            return
        near = _near(row.unit_id, event.at)
        if near is not None and row.phone_id is not None and row.linked_at is not None:
            messaging.take_messages_back(keys=[_link_key(row.phone_id, near)], at=event.at)
        row.delete()
        _end_task(row.task_id, at=event.at)


def hears_there(account_id: int | None, unit_id: int, *, at: datetime) -> bool:
    """Return whether somebody may note who wants to help in a unit. In a system scope.

    An office of HEARS there may. So may a caller of a call centre over the unit, and a worker on a stay there.
    """
    if account_id is None:
        return False
    return (
        any(org.holds(account_id, right, at=unit_id) for right in HEARS)
        or grounds.is_lent(account_id, unit_id, at)
        or calls_for(account_id, unit_id, at=at)
    )


def note_helper(*, offer: UUID, way: str, unit_id: int, helper: HelpSaid, by: Actor, at: datetime) -> None:
    """Note somebody who wants to help, as they said on a stay, a call, at a meeting or on a form.

    `hears_there` says who may. Refuses
    NotYours, and what `contact.offer_help` refuses.
    """
    with system("somebody wants to help"):
        if not hears_there(by.account_id, unit_id, at=at):
            raise org.NotYours(capability=HEARS[0])
        contact.offer_help(offer=offer, way=way, unit_id=unit_id, helper=helper, by=by, at=at)
        facts = {"way": way}
        audit.record(
            by=by, at=at, act="enrolment.note_helper", subject=str(offer), unit_id=unit_id, facts=facts
        )


def answer_helper(*, offer: UUID, answer: str, helper: HelpSaid, by: Actor, at: datetime) -> None:
    """Note what somebody who wants to help said when the organiser asked, or their number with the consent to the link.

    answer: ASKED or NO of HelpOffer.Answer, or NEVER for a no to all contact; "" leaves it. It needs
    `tasks.ask` at their unit. Refuses NotFound, NotYours, OfferSettled, DoorNumberUnfit,
    NumberOwn.
    """
    listed = queries.open_helper(offer)
    org.require(by, "tasks.ask", at=listed.unit_id)
    with system("somebody who wants to help is asked"):
        row = or_refuse(HelpOffer.objects.select_for_update().filter(pk=offer).first(), NotFound)
        if row.answer == HelpOffer.Answer.NO or row.no_at is not None:
            raise OfferSettled
        if answer == NEVER:
            people_acts.keep_spoken_no(phone_id=row.phone_id, by=by, at=at)
            row.answer, row.answered_at = HelpOffer.Answer.NO.value, at
            row.no_at = at if row.phone_id else None
        elif answer:
            row.answer, row.answered_at = HelpOffer.Answer(answer).value, at
        if helper.phone.strip() and row.phone_id is None:
            row.phone_id = contact.typed_phone(number=helper.phone, account_id=or_refuse(by.account_id))
            lock_phone(row.phone_id)
            if people.standing_no(row.phone_id) is not None:
                row.no_at = at
        row.save()
        if row.answer != HelpOffer.Answer.NO and row.no_at is None:
            _link(row, helper.may_text, at=at)
        _end_task(row.task_id, at=at)
        facts = {"answer": answer}
        audit.record(
            by=by, at=at, act="enrolment.answer_helper", subject=str(offer), unit_id=row.unit_id, facts=facts
        )


def _end_task(task_id: UUID | None, *, at: datetime) -> None:
    """Withdraw the office's task once everybody of it was asked, joined or said no."""
    if task_id is not None and queries.is_task_done(task_id):
        with suppress(work.MovedMeanwhile):  # the office did it
            work.change_task(public_id=task_id, act=Act.WITHDRAW, by=_BY, at=at)


def helper_number(*, offer: UUID, by: Actor, at: datetime) -> str:
    """Return the number (E.164) of somebody who wants to help, for one call; it leaves a row.

    At most 200 numbers a day. It needs `tasks.ask` at their unit, and the gate of calls. Refuses NotFound,
    NotYours, HeldBack, TooMany.
    """
    listed = queries.open_helper(offer)
    org.require(by, "tasks.ask", at=listed.unit_id)
    with system("somebody who wants to help is called"):
        phone_id = or_refuse(HelpOffer.objects.get(pk=offer).phone_id, NotFound)
        call = ContactAsked(listed.unit_id, settings.TIME_ZONE, True, phone_id, has_basis=True)
        if why := contact_verdict(call, at=at).why:
            raise HeldBack(why=gate.WORDS[why])
        return people_acts.reveal_number(phone=phone_id, about=offer, unit_id=listed.unit_id, by=by, at=at)


def heed_helper_no(*, event: PhoneSaidNo) -> None:
    """Take people off every list who wanted to help by a phone that said no.

    In that transaction, in a system scope.
    """
    HelpOffer.objects.filter(phone_id=event.phone_id, no_at=None).update(no_at=event.at)


def heed_helper_no_back(*, event: NoTakenBack) -> None:
    """Put an offer on the list again: its no was a slip of who wrote it. In that transaction, in a system scope."""
    HelpOffer.objects.filter(phone_id=event.phone_id, no_at=event.said_at).update(no_at=None)


def forget_offers(*, event: ItemsErased) -> None:
    """Delete the offers of a phone whose person had everything erased. In that transaction, in a system scope."""
    HelpOffer.objects.filter(phone_id=event.phone_id).delete()


def move_offers(*, moved: MemberPhoneMoved) -> None:
    """Move the offers of a phone with its person to another one. In a system scope."""
    HelpOffer.objects.filter(phone_id=moved.phone_id).update(phone_id=moved.to)


def forget_helper_names(*, at: datetime) -> int:
    """Forget name, door and phone of offers after 90 days; whether they joined is kept. Returns how many. As jobs."""
    before = at - KEPT
    sql.run(
        f"""update enrolment_help_offer o set answer = 'joined', answered_at = coalesce(o.answered_at, o.at)
        from enrolment_help_offer h where h.id = o.id and h.at <= %(before)s and h.forgotten_at is null
         and h.answer <> 'joined' and {queries.BECAME} = 'joined'""",
        {"before": before},
    )
    old = HelpOffer.objects.filter(at__lte=before, forgotten_at=None)
    return old.update(person_name=b"", door="", phone_id=None, forgotten_at=at)
