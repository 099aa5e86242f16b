"""An SMS or WhatsApp message to one of our numbers does what its word says (messaging.rules.words).

JOIN, or name, year of birth and PIN code, make a claim. Before the notice has gone to the phone the claim waits, as a
call does, and the details wait sealed for a YES; after it they complete the claim at once. YES and NO answer our
questions; a NO to none, LEAVE and STOP are `leaving`'s. A text that no word explains is a request to the helpline at
once. Details that cannot be read, and pictures, are answered once in a week; the next one is a request too.

Nobody hears from outside who is a member: every text is answered alike, and replies go to the phone alone. One to each
text, a few a day, none to the same text again: so two machines do not talk to each other.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from abhiyan.core import declared, languages, limits
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import NotFound, TooMany, or_refuse
from abhiyan.core.scope import system
from abhiyan.enrolment.actions.claim_keys import waiting_id
from abhiyan.enrolment.actions.claims import (
    AlreadyMember,
    ClaimMessage,
    ClaimOutcome,
    ClaimRefused,
    Joined,
    PhoneFull,
    PhoneInvalid,
    Renewed,
    Waits,
)
from abhiyan.enrolment.actions.first_calls import note_language
from abhiyan.enrolment.actions.leaving import come_back, deny_by_phone, leave_by_phone, stop_by_phone
from abhiyan.enrolment.actions.members import living, lock_phone
from abhiyan.enrolment.actions.placing import note_where
from abhiyan.enrolment.actions.receipts import BACK, DENY, LEAVE, PAGE, STOP, send_receipt
from abhiyan.enrolment.queries import join
from abhiyan.enrolment.queries.drives import is_drive
from abhiyan.enrolment.queries.first_calls import has_memberships, waiting_row
from abhiyan.enrolment.rules.age import Age, age_on
from abhiyan.enrolment.rules.channels import HOOKS, Sign
from abhiyan.enrolment.rules.ids import sender_key
from abhiyan.helpdesk import actions as helpdesk
from abhiyan.helpdesk.models import Ticket
from abhiyan.intake.models import Text
from abhiyan.intake.queries.texts import already_text, text_id, waits_for_yes
from abhiyan.intake.rules import details
from abhiyan.messaging import actions as messaging
from abhiyan.messaging import queries as messaging_queries
from abhiyan.messaging.models import Number
from abhiyan.messaging.rules import inbound, words
from abhiyan.messaging.rules.words import TextWord
from abhiyan.org import queries as org
from abhiyan.people import actions as people
from abhiyan.people import phones
from abhiyan.people import queries as people_queries
from abhiyan.people.news import PhoneSaidNo
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.news import ItemsErased
from abhiyan.units import queries as units

from .replies import CALL, LATEST

_LACKING = {
    "name": pgettext_lazy("missing in an SMS", "name"),
    "year": _("year of birth or age"),
    "pin": _("PIN code in 6 digits"),
}


_RECEIPTS = {TextWord.STOP: STOP, TextWord.NO: DENY, TextWord.LEAVE: LEAVE}
UNDOING = ("join", "answers")  # meanings of numbers that take a JOIN after a LEAVE
_MEANT = {Number.Meaning.LEAVE.value: TextWord.LEAVE, Number.Meaning.STOP.value: TextWord.STOP}


@dataclass(frozen=True, slots=True)
class TextIn:
    """One text as it came. hook: the word of its address, sms or chat; the rest is of our number it was sent to."""

    text: inbound.Sms
    hook: str
    number: str
    meaning: str
    programme_id: int | None
    is_believed: bool = True  # false while the number is new: then it shows no phone's own sign

    @property
    def ref(self) -> str:
        return f"{self.text.provider}|{self.text.id}"


@dataclass(frozen=True, slots=True)
class Joining:
    """A claim to be stored, and what is done once it is (`follow_up_joining`). held: what waits for a YES, where it has
    to."""

    claim: ClaimMessage
    language: str
    held: dict[str, Any] | None = None
    pin: str = ""  # of several places: said, but no place yet


def bare(text_in: TextIn, *, by: Actor) -> ClaimMessage:
    """Return the claim of a text that says no more than JOIN: as of a call, its reply comes later."""
    hook = HOOKS[text_in.hook]
    return ClaimMessage(
        channel=hook.number,
        key=sender_key(by.id, text_in.ref),
        phone=text_in.text.sender,
        by=by.id,
        field_at=text_in.text.at,
        sign=hook.sign if text_in.is_believed else Sign.NONE,
    )


def hear_text(*, text_in: TextIn, by: Actor, at: datetime) -> Joining | None:
    """Do what a text asks for. Returns the claim it makes, which is then to be stored; None where all is done.

    A text that comes again, whole or in part, changes nothing. Refuses PhoneInvalid where a number of no drive
    hears from no mobile; a drive's own counts those by its claims.
    """
    text = text_in.text
    phone = phones.parse(text.sender)
    reading = words.read_said_text(text.text)
    language = (
        reading.language if reading.language in languages.public_languages() else str(settings.LANGUAGE_CODE)
    )
    word = reading.word if not text.other else None
    if word is None and not text.other:  # whatever is written to such a number
        word = _MEANT.get(text_in.meaning)
    if phone is None:  # a company's sender name, a short code, a hidden number: never answered
        if word in words.REFUSING and (who := inbound.sms_writer(text)):
            _show_no(text_in, who, language, by, at)
        if text_in.programme_id is None:
            raise PhoneInvalid(field="from")
        return Joining(bare(text_in, by=by), "")
    with system("a text came: was it told before?"):
        if messaging_queries.is_inbound_known(
            provider=text.provider,
            ref=text.id,
            kind=text_in.hook,
            number=text_in.number,
            phone=phone,
            text=text.text,
        ):
            return None
        is_strange = bool(text.other) and text.other not in inbound.UNWRITTEN
        has_words = bool(text.text.strip()) and text.other not in inbound.NEWS
        if messaging_queries.is_ours(phone) or (is_strange and not has_words):
            note_text(text_in, phone, "machine" if not text.other else "quiet", at)
            return None
        if word is not TextWord.NO and text_in.is_believed:  # a number that is somebody else's by now says no
            people.note_sign(phone_id=keyring().phone_id(phone), at=at)
    answering = _Answering(text_in, phone, keyring().phone_id(phone), language, by, at)
    if is_strange:
        answering.ask()
        return None
    # A new number's texts prove the phone only with the word of our own message.
    is_answer = word is TextWord.YES or word is TextWord.NO
    if (
        is_answer
        and (text_in.is_believed or reading.code)
        and answering.question(yes=word is TextWord.YES, code=reading.code)
    ):
        return None
    if word is TextWord.YES:
        return answering.joins(reading.rest, is_join=False, is_yes=True)
    if word in words.REFUSING:
        answering.refuse(word, reading.code)
        return None
    if word is TextWord.THANKS:
        with system("a text needs no answer"):
            note_text(text_in, phone, word.value, at)
        return None
    if word is TextWord.HELP and not reading.rest:
        if text_in.meaning == Number.Meaning.HELP:
            answering.ask()
        else:
            answering.say("text.help", outcome="help")
        return None
    if (
        word is TextWord.JOIN
        and text_in.meaning in UNDOING
        and text_in.is_believed
        and _is_meant(reading, at)
    ):
        answering.back()
    return answering.joins(reading.rest, is_join=word is TextWord.JOIN, is_yes=False)


def _is_meant(reading: words.SaidText, at: datetime) -> bool:
    """Return True if a JOIN asks to be back: alone, or with details. "Membership card kab milega" does not."""
    return not reading.rest or details.read_details(reading.rest, this_year=at.year).is_attempt


@dataclass(frozen=True, slots=True)
class _Answering:
    """One text of one phone, being dealt with."""

    told: TextIn
    phone: str
    phone_id: UUID
    language: str
    by: Actor
    at: datetime

    def question(self, *, yes: bool, code: str) -> bool:
        """Return True if a question of ours heard it. A NO that answers none is one all the same."""
        answers = messaging.Answered
        with system("a text answers a question"):
            answer = messaging.answer_question(
                phone_id=self.phone_id,
                yes=yes,
                code=code,
                channel="whatsapp" if self.told.hook == "chat" else "sms",
                ref=self.told.text.id,
                by=self.by,
                at=self.at,
                is_alone=not (yes and self._waits_for_yes()),
            )
            if answer in (answers.TAKEN, answers.AGAIN, answers.WHICH, answers.NAMED) or (
                yes and answer in (answers.SILENT, answers.OVER)
            ):
                note_text(self.told, self.phone, f"question_{answer}", self.at)
                return True
        if answer is answers.OVER:  # a NO that comes too late counts for nothing, and is not lost
            self.ask()
            return True
        return False

    def _waits_for_yes(self) -> bool:
        """Return True if a bare YES may also say yes to the phone's own details."""
        programme_id = self.told.programme_id
        return programme_id is not None and bool(
            waits_for_yes(programme_id=programme_id, phone_ids=[self.phone_id], at=self.at)
        )

    def refuse(self, word: TextWord, code: str) -> None:
        """Refuse by STOP, LEAVE or NO: done at once, then a receipt.

        code: of the message whose roll a LEAVE means; else that of the number.
        """
        arguments: dict[str, Any] = {
            "phone": self.phone,
            "channel": HOOKS[self.told.hook].number,
            "by": self.by,
            "at": self.at,
        }
        if word is TextWord.STOP:
            stop_by_phone(**arguments)
        elif word is TextWord.NO:
            deny_by_phone(**arguments, is_believed=self.told.is_believed)
        else:
            programme_id = self._roll_asked(code) if code else None
            if programme_id is None and self.told.meaning != "answers":
                programme_id = self.told.programme_id
            leave_by_phone(**arguments, programme_id=programme_id, is_believed=self.told.is_believed)
        self._receipt(_RECEIPTS[word], outcome=word.value)

    def _roll_asked(self, code: str) -> int | None:
        """Return the drive that asked this phone by a message with this word; None where it was of no drive."""
        with system("the message that a leaving answers"):
            programme_id = messaging.programme_asked(phone_id=self.phone_id, code=code)
            return programme_id if programme_id and is_drive(programme_id) else None

    def _receipt(self, word: str, *, outcome: str) -> None:
        with system("the receipt of a word"):
            if note_text(self.told, self.phone, outcome, self.at):
                send_receipt(
                    of=word,
                    phone=self.phone,
                    language=self.language,
                    programme_id=self.told.programme_id or 0,
                    at=self.at,
                )

    def back(self) -> None:
        """Take back a LEAVE by a JOIN of the same phone within a week; who has left nothing is not concerned."""
        with system("a text asks to come back"):
            has_members = has_memberships(self.phone_id)
            no = people_queries.standing_no(self.phone_id) if has_members else None
        if no is None or (self.told.text.at or self.at) <= no.at:
            return
        try:
            n = come_back(phone=self.phone, channel=HOOKS[self.told.hook].number, by=self.by, at=self.at)
        except PhoneFull:  # others have joined on it since
            return
        if n:
            self._receipt(BACK, outcome="back")

    def _is_overtaken(self) -> bool:
        """Return True if the text was delivered late, and the phone has said no since."""
        with system("has a phone said no since its text?"):
            no = people_queries.standing_no(self.phone_id)
        said_at = self.told.text.at
        return no is not None and said_at is not None and said_at <= no.at

    def joins(self, rest: str, *, is_join: bool, is_yes: bool) -> Joining | None:
        """Return the joining of somebody who joins, or seems to; what cannot be read as that is a mistake."""
        message, at = self.told, self.at
        says_one_word = (is_join or is_yes) and not rest
        if message.meaning != "join" or message.programme_id is None:
            self._unread(says_one_word)
            return None
        if self._is_overtaken():
            if is_join or is_yes or details.read_details(rest, this_year=at.year).is_attempt:
                with system("somebody joined by a text, and said no since"):
                    note_text(message, self.phone, "overtaken", at)
            else:  # a no to us is none to an answer
                self._unread(says_one_word)
            return None
        with system("somebody joins by a text"):
            joining = Joining(bare(message, by=self.by), self.language)
            try:
                drive = join.drive_of(message.programme_id)
            except NotFound:  # not open yet: the act refuses it
                return joining
            year = at.astimezone(ZoneInfo(drive.programme.zone)).year
            facts = details.read_details(rest, this_year=year)
            born = facts.birth_year if facts.is_attempt else None
            says_adult = facts.says_adult(drive.drive.roll.minimum_age)
            if born is not None and not _is_adult(born, year, drive, says_adult=says_adult):
                joining.claim.birth_year = born  # the act counts a minor, and keeps nothing
                return joining
            waiting = waiting_row(UUID(bytes=waiting_id(self.phone_id.bytes, message.programme_id)))
            is_noticed = waiting is not None and messaging_queries.has_gone(
                f"reply|{message.programme_id}|{self.phone_id}"
            )
            if facts.is_complete:
                return self._whole(joining, facts, drive, is_noticed=is_noticed)
            if is_yes and not rest and (draft := self._held(drive)) and is_noticed:
                joining.claim.name, joining.claim.birth_year = draft["name"], draft["birth_year"]
                joining.claim.says_adult = draft.get("says_adult", False)
                joining.claim.unit_id = draft["unit_id"]
                return self._noticed(replace(joining, pin=draft.get("pin") or ""), drive)
            is_asked = waiting is not None and waiting.replied_at is not None
            is_begun = is_yes and is_asked and waiting is not None and waiting.completed_at is None
            is_meant = is_join or facts.is_attempt or is_begun
            if is_meant and (not is_asked or (is_join and not rest)):
                return joining  # the reply to the first of them asks for all three
        if is_meant:
            self.mistake("text.lacking", lacking=facts.lacking)
        else:
            self._unread(says_one_word)
        return None

    def _unread(self, says_one_word: bool) -> None:
        """Answer a text that joins nobody: a picture, or a word of ours that means nothing here. Else a person does."""
        if self.told.text.other:
            self.mistake("text.media")
        elif says_one_word:
            self.say("text.help", outcome="help")
        else:
            self.ask()

    def _whole(
        self, joining: Joining, facts: details.Details, drive: join.OpenDrive, *, is_noticed: bool
    ) -> Joining:
        claim = joining.claim
        claim.name, claim.birth_year = facts.name, facts.birth_year
        claim.says_adult = facts.says_adult(drive.drive.roll.minimum_age)
        unit_id = _place(facts.pin or "", drive)
        if is_noticed:
            claim.unit_id = unit_id
            return self._noticed(replace(joining, pin=facts.pin or ""), drive)
        draft = {"name": facts.name, "birth_year": facts.birth_year, "unit_id": unit_id, "pin": facts.pin}
        draft |= {"age": facts.age, "says_adult": claim.says_adult}
        return Joining(claim, joining.language, draft)

    def _noticed(self, joining: Joining, drive: join.OpenDrive) -> Joining:
        joining.claim.notice_version = drive.drive.notice_version
        joining.claim.language = joining.language
        return joining

    def _held(self, drive: join.OpenDrive) -> dict[str, Any] | None:
        row = Text.objects.filter(pk=text_id(self.phone_id, drive.programme.pk)).first()
        no = people_queries.standing_no(self.phone_id)
        if row is None or row.purge_at <= self.at or (no is not None and no.at >= row.at):
            return None
        draft: dict[str, Any] = json.loads(keyring().unseal(bytes(row.sealed), about=row.pk.bytes))
        return draft

    def say(self, template: str, *, outcome: str, **blanks: str) -> None:
        """Send one reply to this text, once."""
        with system("a text is answered"):
            if note_text(self.told, self.phone, outcome, self.at):
                self._reply(template, **blanks)

    def ask(self) -> None:
        """Ask the helpline: only a person can answer this. The receipt tells the request's number.

        A text that asks nothing is kept there without a time.
        """
        text = self.told.text
        is_quiet = words.asks_nothing(text.text) or (bool(text.other) and text.other not in inbound.UNWRITTEN)
        with system("a text becomes a request"):
            lock_phone(self.phone_id)
            if note_text(self.told, self.phone, "quiet" if is_quiet else "request", self.at):
                _request(self.told, self.phone, self.language, self.by, self.at, is_quiet=is_quiet)

    def mistake(self, template: str, *, lacking: Sequence[str] = ()) -> None:
        """Note that something a rule asks for is missing: the first of a week is answered, the next a person reads."""
        try:
            limits.count_or_refuse(declared.TEXT_MISTAKE, self.phone_id.bytes, at=self.at)
        except TooMany:
            self.ask()
            return
        with translation.override(self.language):
            missing = ", ".join(str(_LACKING[fact]) for fact in lacking)
        self.say(template, outcome="mistake", **({"lacking": missing} if lacking else {}))

    def _reply(self, template: str, **blanks: str) -> None:
        if not _may_reply(self.phone_id, self.told.text.text, self.at):
            return
        blanks |= {"page": _page(self.told.programme_id)}
        messaging.queue_message(
            template=template,
            phone=self.phone,
            language=self.language,
            blanks=blanks,
            key=f"text|{self.told.ref}",
            programme_id=self.told.programme_id or 0,
            at=self.at,
        )


def follow_up_joining(
    *, text_in: TextIn, joining: Joining, outcome: ClaimOutcome | ClaimRefused, at: datetime
) -> None:
    """Follow up on the stored claim of a text: keep what waits for a YES, and inform a member that they are one.

    Twice is once. New members are welcomed, as by any way (`welcoming`).
    """
    phone = phones.parse(text_in.text.sender)
    if phone is None or text_in.programme_id is None or isinstance(outcome, ClaimRefused):
        return
    phone_id, ring = keyring().phone_id(phone), keyring()
    ident = text_id(phone_id, text_in.programme_id)
    with system("a text's claim is stored"):
        if joining.language:  # so that its reply speaks it
            first = UUID(bytes=waiting_id(phone_id.bytes, text_in.programme_id))
            note_language(waiting_id=first, language=joining.language)
        if isinstance(outcome, Waits) and joining.held is not None:
            Text.objects.update_or_create(
                pk=ident,
                defaults={
                    "phone_id": phone_id,
                    "sealed": ring.seal(
                        json.dumps(joining.held, ensure_ascii=False).encode(), about=ident.bytes
                    ),
                    "at": at,
                    "purge_at": at + LATEST,
                },
            )
        if joining.claim.notice_version is None or not isinstance(outcome, Joined | Renewed | AlreadyMember):
            return
        Text.objects.filter(pk=ident).delete()
        note_where(claim=outcome.receipt, text=joining.pin)
        if _may_reply(phone_id, text_in.text.text, at) and isinstance(outcome, AlreadyMember):
            messaging.queue_message(
                template=already_text(outcome.membership),
                phone=phone,
                language=joining.language,
                blanks={"link": settings.ORIGIN + PAGE},
                key=f"text|{text_in.ref}",
                programme_id=text_in.programme_id,
                at=at,
            )


def forget_erased(*, erasure: ItemsErased) -> None:
    """Drop what a phone wrote when its last member had everything erased. In a system scope."""
    if not living(erasure.phone_id).exists():
        Text.objects.filter(phone_id=erasure.phone_id).delete()


def forget_texts_of_phone(*, phone_no: PhoneSaidNo) -> None:
    """Forget the details of a phone that has said no: they wait for no YES any more. In its transaction.

    Parts of a text are heard.
    """
    Text.objects.filter(phone_id=phone_no.phone_id, hear_at=None).delete()


def forget_texts(*, at: datetime) -> int:
    """Delete texts whose time is over. Returns how many. In a transaction, as jobs."""
    n, _by_model = Text.objects.filter(purge_at__lte=at).delete()
    return n


def ask_by_call(
    *, programme_id: int | None, phone: str, ref: str, number: str, by: Actor, at: datetime
) -> None:
    """Ask for a call back: somebody called the number for help. phone: E.164. A call told again is one."""
    call: dict[str, Any] = {
        "provider": ref.partition("|")[0],
        "ref": ref,
        "kind": CALL,
        "number": number,
        "phone": phone,
    }
    with system("a call asks for help"):
        lock_phone(keyring().phone_id(phone))
        if not messaging.note_inbound(**call, outcome="request", at=at):
            return
        people.note_sign(phone_id=keyring().phone_id(phone), at=at)
        opening = helpdesk.Opening(
            way=Ticket.Way.CALL,
            phone=phone,
            texts=[""],
            unit_id=_owner(programme_id),
            language=str(settings.LANGUAGE_CODE),
            programme_id=programme_id or 0,
        )
        helpdesk.add_own(opening=opening, by=by, at=at)


def _request(
    message: TextIn,
    phone: str,
    language: str,
    by: Actor,
    at: datetime,
    *,
    who: str = "",
    is_quiet: bool = False,
) -> None:
    """Make one request from a text. who: the person to look for, where there is no phone.

    is_quiet: it asks nothing.
    """
    opening = helpdesk.Opening(
        way=Ticket.Way.CHAT if message.hook == "chat" else Ticket.Way.SMS,
        phone=phone,
        texts=[message.text.text or message.text.other],
        unit_id=_owner(message.programme_id),
        language=language,
        programme_id=message.programme_id or 0,
    )
    if who:
        helpdesk.add_without_phone(opening=replace(opening, name=who), by=by, at=at)
    elif is_quiet:
        helpdesk.keep_quiet(opening=opening, by=by, at=at)
    else:
        helpdesk.add_own(opening=opening, by=by, at=at)


def _show_no(message: TextIn, who: str, language: str, by: Actor, at: datetime) -> None:
    """Show an office that somebody refuses whose phone number nobody tells us: it settles that."""
    with system("a no without a phone number"):
        if note_text(message, who, "no_phone", at):
            _request(message, "", language, by, at, who=who)


def _owner(programme_id: int | None) -> int:
    """Return the unit that gets the requests to a number: the programme's, else the top."""
    if programme_id is None:
        return or_refuse(org.top_unit())
    return programmes.programme_by_id(programme_id).owner_id


def _is_adult(born: int, year: int, drive: join.OpenDrive, *, says_adult: bool) -> bool:
    minimum = drive.drive.roll.minimum_age
    return age_on(year=year, birth_year=born, minimum=minimum, says_adult=says_adult) is Age.ADULT


def _place(pin: str, drive: join.OpenDrive) -> int | None:
    """Return the only place of the drive with this PIN code; None where there are several, as on the page."""
    places = join.units_to_join(drive, units.by_pin(pin, limit=join.LOOKED_AT))
    return places[0].id if len(places) == 1 else None


def _page(programme_id: int | None) -> str:
    """Return the page of the drive, with the notice and the contact; of all drives, where the number is of none."""
    slug = ""
    if programme_id is not None:
        try:
            slug = f"{join.drive_of(programme_id).drive.join_slug}/"
        except NotFound:
            slug = ""
    return f"{settings.ORIGIN}/join/{slug}"


def note_text(text_in: TextIn, phone: str, outcome: str, at: datetime) -> bool:
    """Keep that it came. Returns True for the first time."""
    return messaging.note_inbound(
        provider=text_in.text.provider,
        ref=text_in.text.id,
        kind=text_in.hook,
        phone=phone,
        number=text_in.number,
        outcome=outcome,
        at=at,
        text=text_in.text.text,
    )


def _may_reply(phone_id: UUID, text: str, at: datetime) -> bool:
    """Return True for a few replies a day, and one to the same text: a machine that answers us is not answered
    for ever."""
    same = hashlib.sha256(words.plainly(text).casefold().strip().encode(errors="replace")).digest()
    try:
        limits.count_or_refuse(declared.TEXT_SAME, phone_id.bytes + same, at=at)
        limits.count_or_refuse(declared.TEXT_REPLIES, phone_id.bytes, at=at)
    except TooMany:
        return False
    return True
