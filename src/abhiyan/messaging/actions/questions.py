"""Questions to phones: asked by any room, answered by a text with the word or by the link, told to the room by news.

An answer finds its question by phone and word. Each message of a question has a word and a link of its own, so one
knows which was answered. Locks: the phone first, then its questions, then what the room does about the answer.

A question that names somebody goes to a number that has been silent for long by a text that names nobody
(`<template>.unnamed`). A YES to that says only that the number is theirs: it is then asked by name.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from abhiyan.core import declared, limits, news
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.messaging.models import Message, Question
from abhiyan.messaging.news import QuestionAnswered, QuestionsUnanswered
from abhiyan.messaging.queries import (
    ANY_QUESTION,
    is_over,
    is_unnamed,
    message_id,
    question_by_link,
    question_digest,
)
from abhiyan.messaging.rules import hours, texts
from abhiyan.messaging.rules import questions as rules
from abhiyan.people import queries as people
from abhiyan.people.actions.persons import lock_phones, note_sign
from abhiyan.people.rules.silence import needs_new_answer

from .queueing import Outgoing, send_many, take_back

WHICH = "reply.which"
SHORT_LINK = "/q/%s"  # leads to the question's own page
AT_ONCE = 500  # phones locked together by the loop
BARE_WITHIN = timedelta(days=3)  # so long an answer without a word can mean only the last message
TEXTED = ("sms", "whatsapp")
OPEN = Q(answered_at=None, closed_at=None)


class Answered(StrEnum):
    """What became of an answer."""

    TAKEN = "taken"  # the room was told
    AGAIN = "again"  # this question was answered so before
    WHICH = "which"  # no word, and several questions are open, or an old one: the phone is told what to send
    SILENT = "silent"  # the same, and it was asked before: nothing is sent
    NAMED = "named"  # a YES to a message that named nobody: the phone may be asked by name now
    NONE = "none"  # no word, and no question is open
    WRONG = "wrong"  # no question of this phone has this word
    OVER = "over"  # the question is over; of a NO its room still hears, where it asked for that
    LIMITED = "limited"  # too many words today: this one was not looked at


@dataclass(frozen=True, slots=True)
class PhoneQuestion:
    """One question to one phone (E.164).

    room, kind, about: whose it is, what is asked, and the public id of what it is about; with the phone they make it
    the same question. template: begins with "ask.", or "duty." for office-bearers; its blanks besides `word` and
    `link` are given. label: the matter in a few words of the language, said where an answer does not name its question.
    remind_at: asked once more then. address: of the page the link opens, with %s. names: whether the blank `name` names
    somebody; then last_sign is what `needs_new_answer` asks for, as far as the room knows, and a blank `day` stands for
    the name. hears_late_no: the room hears a NO also when the question is over, for it ends what is the person's own,
    such as a membership. Any other question closes to YES and NO at the same time, so no figure leans to one of them.
    """

    room: str
    kind: str
    about: UUID
    phone: str = field(repr=False)
    language: str
    template: str
    blanks: dict[str, str] = field(repr=False)
    label: str = field(repr=False)
    expires_at: datetime
    remind_at: datetime | None = None
    unit_id: int | None = None
    programme_id: int = 0
    address: str = ANY_QUESTION
    names: bool = False
    last_sign: datetime | None = None
    hears_late_no: bool = False

    def is_unnamed(self, at: datetime) -> bool:
        """Whether it names nobody until the phone has answered: nor when it is asked once more."""
        return self.names and needs_new_answer(self.last_sign, self.remind_at or at)


def question_id(*, room: str, kind: str, about: UUID, phone_id: UUID) -> UUID:
    """A question's id."""
    told = f"question|{room}|{kind}|{about}|{phone_id}"
    return UUID(bytes=sha256(told.encode()).digest()[:16])


def ask(*, asking: PhoneQuestion, at: datetime) -> bool:
    """Ask one question; see `ask_many`. Whether it was new."""
    return ask_many(askings=[asking], at=at) == 1


def ask_many(*, askings: Sequence[PhoneQuestion], at: datetime) -> int:
    """Put down questions and queue their messages, in the transaction under way. How many were new.

    A question that was asked before, open or over, is not asked again.
    """
    if not askings:
        return 0
    ring = keyring()
    by_id: dict[UUID, PhoneQuestion] = {}
    for one in askings:
        assert one.template.startswith(("ask.", "duty."))
        phone_id = ring.phone_id(one.phone)
        by_id[question_id(room=one.room, kind=one.kind, about=one.about, phone_id=phone_id)] = one
    new = [_new(ident, one, at) for ident, one in sorted(by_id.items())]
    with system("questions are asked"):
        known = set(Question.objects.filter(pk__in=by_id).values_list("pk", flat=True))
        fresh = [one for one in new if one.pk not in known]
        Question.objects.bulk_create(fresh)
        send_many(messages=[_letter(one, 1, _unsealed(one)) for one in fresh], at=at)
    return len(fresh)


def answer(
    *,
    phone_id: UUID,
    yes: bool,
    code: str,
    channel: str,
    ref: str,
    by: Actor,
    at: datetime,
    about: UUID | None = None,
    is_alone: bool = True,
) -> Answered:
    """A phone answers YES or NO by a text, with the word of a question or with none (code ""). In a transaction.

    channel: "sms", "whatsapp", or "page" for the phone's own page, which names who is on it; ref: the provider's id of
    the text. Told to the room that asked, in this transaction.
    Without a word a text answers the only open question, while its message is out for less than three days; an office
    is accepted with the word alone. Else the phone is told once what to send. about: only what was asked about this.
    is_alone: whether a bare answer can mean nothing else, as far as the room knows.
    """
    word = rules.clean(code)
    with system("a phone answers a question"):
        lock_phones([phone_id])
        theirs = Question.objects.filter(phone_id=phone_id, **({"about": about} if about else {}))
        mine = list(theirs.order_by("asked_at", "pk").select_for_update())
        if not word and not code.strip():
            still_open = [one for one in mine if _is_open(one, at)]
            if not (
                is_alone and channel in TEXTED and len(still_open) == 1 and (n := _out(still_open[0], at))
            ):
                return _which(phone_id, still_open, at)
            return _heard(still_open[0], n, yes=yes, channel=channel, ref=ref, by=by, at=at)
        if limits.is_full(declared.QUESTION_WORDS, str(phone_id), at=at):
            return Answered.LIMITED
        found = [(one, n) for one in mine for n in _numbers(one) if word == _word(one, n)] if word else []
        if len({one.pk for one, _n in found}) != 1:  # or two questions of a phone that happen to share a word
            limits.take(declared.QUESTION_WORDS, str(phone_id), at=at)
            return Answered.WRONG
        return _heard(*found[0], yes=yes, channel=channel, ref=ref, by=by, at=at)


def _heard(one: Question, n: int, *, yes: bool, channel: str, ref: str, by: Actor, at: datetime) -> Answered:
    """The answer by text to message n of a question. A YES to one that names nobody brings the name first."""
    if yes and n <= one.unnamed and channel != "page":
        return _by_name(one, at)
    return _take(one, n, yes=yes, by_word=True, channel=channel, ref=ref, by=by, at=at)


def _out(one: Question, at: datetime) -> int:
    """The number of a question's last message that left less than three days ago; 0 of none, and where an office is
    offered."""
    if not one.template.startswith("ask."):
        return 0
    gone = Message.objects.filter(
        pk__in=one.message_ids,
        state__in=(Message.State.SENT, Message.State.DELIVERED),
        sent_at__gt=at - BARE_WITHIN,
    )
    out = set(gone.values_list("pk", flat=True))
    return max((n for n, ident in enumerate(one.message_ids, 1) if ident in out), default=0)


def programme_asked(*, phone_id: UUID, code: str) -> int | None:
    """The programme whose question has this word, also one that is over: what a LEAVE beside it means. None where the
    phone was asked nothing by it, or by no programme. In a system scope."""
    word = rules.clean(code)
    mine = Question.objects.filter(phone_id=phone_id) if word else ()
    return next((one.programme_id for one in mine for n in _numbers(one) if word == _word(one, n)), 0) or None


def answer_link(*, link: str, yes: bool, by: Actor, at: datetime, why: str = "") -> Answered:
    """Somebody who opened a question's link presses YES or NO. In a transaction. WRONG: there is no such link.

    why: what they said beside it. What the room refuses is raised, and the question stays as it was.
    """
    with system("a link answers a question"):
        found = question_by_link(link)
        if found is None:
            return Answered.WRONG
        was_unnamed = is_unnamed(link=link, question=found, at=at)
        if yes:
            note_sign(phone_id=found.phone_id, at=at)
        lock_phones([found.phone_id])
        one = Question.objects.select_for_update().get(pk=found.pk)
        word = rules.parted(link)[1]
        n = next(n for n in _numbers(one) if _word(one, n) == word)
        if yes and was_unnamed:
            return Answered.NAMED
        return _take(one, n, yes=yes, by_word=False, channel="link", ref="", by=by, at=at, why=why)


def close(*, ids: Collection[UUID], at: datetime, but_answering: bool = False) -> int:
    """What these questions are about has ended: nobody has to answer them any more. How many were open.

    In the transaction of the act that ends it, whose phones are locked. What has not left does not go.
    but_answering: the act has locked no phones, but what an answer to them waits for; what is being answered this
    moment is passed over, and its room finds that the matter has ended.
    """
    with system("questions are over"):
        found = Question.objects.filter(OPEN, pk__in=ids).order_by("pk")
        return _close(list(found.select_for_update(skip_locked=but_answering)), at)


def reword(*, ids: Collection[UUID], blanks: dict[str, str], label: str) -> None:
    """What open questions say has changed: their next message says it so. In the transaction of the act that changes
    it, whose phones are locked. blanks: those that changed."""
    with system("questions say something else"):
        found = list(Question.objects.filter(OPEN, pk__in=ids).order_by("pk").select_for_update())
        for one in found:
            told = _unsealed(one)
            told |= {"blanks": told["blanks"] | blanks, "label": label}
            one.sealed = _sealed(one.pk, told)
        Question.objects.bulk_update(found, ["sealed"])


def close_by_phone(*, phone_id: UUID, at: datetime) -> int:
    """The phone has said no: it is asked nothing more. How many questions were open."""
    with system("questions are over"):
        mine = list(Question.objects.filter(OPEN, phone_id=phone_id).order_by("pk").select_for_update())
        _close(mine, at)
        _tell_unanswered(mine, at)
    return len(mine)


def remind(*, at: datetime) -> int:
    """Ask once more what nobody has answered, inside the hours. Returns how many. In a transaction, as jobs."""
    if not hours.is_open(at, settings.TIME_ZONE):
        return 0
    due = Question.objects.filter(OPEN, remind_at__lte=at, expires_at__gt=at).order_by("remind_at", "pk")
    found = list(due.select_for_update(skip_locked=True)[:AT_ONCE])
    signs = people.last_signs({one.phone_id for one in found if one.unnamed})
    letters = []
    for one in found:
        if one.unnamed == len(one.message_ids) and needs_new_answer(signs.get(one.phone_id), at):
            one.unnamed += 1
        one.message_ids = [*one.message_ids, message_id(_key(one, len(one.message_ids) + 1))]
        one.remind_at = None
        letters.append(_letter(one, len(one.message_ids), _unsealed(one)))
    Question.objects.bulk_update(found, ["message_ids", "unnamed", "remind_at"])
    send_many(messages=letters, at=at)
    return len(found)


def expire(*, at: datetime) -> int:
    """End the questions whose time is over, and tell their rooms. Returns how many. In a transaction, as jobs."""
    due = Question.objects.filter(OPEN, expires_at__lte=at).order_by("expires_at")[:AT_ONCE]
    ids = {one.pk: one.phone_id for one in due}
    if not ids:
        return 0
    lock_phones(ids.values())
    found = list(Question.objects.filter(OPEN, pk__in=ids).order_by("pk").select_for_update())
    _close(found, at)
    _tell_unanswered(found, at)
    return len(found)


# What the acts share


def _new(ident: UUID, one: PhoneQuestion, at: datetime) -> Question:
    ring = keyring()
    told = {"phone": one.phone, "blanks": one.blanks, "label": one.label}
    row = Question(
        id=ident,
        room=one.room,
        kind=one.kind,
        about=one.about,
        phone_id=ring.phone_id(one.phone),
        language=one.language,
        template=one.template,
        address=one.address,
        sealed=_sealed(ident, told),
        link_digest=question_digest(rules.parted(rules.link(ring.token, ident, 1))[0]),
        unit_id=one.unit_id,
        programme_id=one.programme_id,
        asked_at=at,
        remind_at=one.remind_at,
        expires_at=one.expires_at,
        unnamed=int(one.is_unnamed(at)),
        hears_late_no=one.hears_late_no,
    )
    row.message_ids = [message_id(_key(row, 1))]
    return row


def _key(one: Question, n: int) -> str:
    return f"question|{one.pk}|{n}"


def _sealed(ident: UUID, told: dict[str, Any]) -> bytes:
    return keyring().seal(json.dumps(told, ensure_ascii=False).encode(), about=ident.bytes)


def _unsealed(one: Question) -> dict[str, Any]:
    assert one.sealed is not None
    told: dict[str, Any] = json.loads(keyring().unseal(bytes(one.sealed), about=one.pk.bytes))
    return told


def _letter(one: Question, n: int, told: dict[str, Any]) -> Outgoing:
    """Message number n of a question."""
    link = settings.ORIGIN + SHORT_LINK % rules.link(keyring().token, one.pk, n)
    blanks = told["blanks"] | {"word": _word(one, n), "link": link}
    template = one.template
    if n <= one.unnamed:
        template += ".unnamed"
        del blanks["name"]
    return Outgoing(
        template=template,
        phone=told["phone"],
        language=one.language,
        blanks=blanks,
        key=_key(one, n),
        kind=texts.kind(one.template),
        unit_id=one.unit_id,
        programme_id=one.programme_id,
    )


def _word(one: Question, n: int) -> str:
    return rules.word(keyring().token, one.pk, n)


def _numbers(one: Question) -> range:
    return range(1, len(one.message_ids) + 1)


def _by_name(one: Question, at: datetime) -> Answered:
    """The phone answered a message that named nobody: it gets the one that names whom it is about, once."""
    if not _is_open(one, at):
        return Answered.OVER
    if len(one.message_ids) == one.unnamed:
        one.message_ids, one.remind_at = [*one.message_ids, message_id(_key(one, one.unnamed + 1))], None
        one.save(update_fields=["message_ids", "remind_at"])
        send_many(messages=[_letter(one, one.unnamed + 1, _unsealed(one))], at=at)
    return Answered.NAMED


def _is_open(one: Question, at: datetime) -> bool:
    return one.answered_at is None and not is_over(one, at)


def _take(
    one: Question,
    n: int,
    *,
    yes: bool,
    by_word: bool,
    channel: str,
    ref: str,
    by: Actor,
    at: datetime,
    why: str = "",
) -> Answered:
    """The answer to message n of a question; phone and question are locked."""
    if one.is_yes is yes:
        return Answered.AGAIN
    if not (_is_open(one, at) if yes else one.hears_late_no or not is_over(one, at)):
        return Answered.OVER
    _take_back(one, at)
    one.answered_at, one.is_yes, one.message_id = at, yes, one.message_ids[n - 1]
    one.channel, one.ref, one.remind_at, one.sealed = channel, ref, None, None
    one.save()
    told = QuestionAnswered(
        one.room,
        one.kind,
        one.about,
        one.phone_id,
        yes,
        by_word,
        channel,
        one.message_id,
        one.language,
        why,
        by,
        at,
    )
    news.tell(told)
    return Answered.TAKEN


def _which(phone_id: UUID, still_open: list[Question], at: datetime) -> Answered:
    """Tell the phone once what to send for each of the open questions, by a message with a word for each.

    A number whose bare NO is the first we hear of it for long reads days, and no names.
    """
    if not still_open:
        return Answered.NONE
    if all(one.which_at is not None for one in still_open):
        return Answered.SILENT
    key = f"which|{phone_id}|{at.timestamp()}"
    is_silent = needs_new_answer(people.last_signs([phone_id]).get(phone_id), at)
    choices, told, last = [], {}, still_open[-1]
    for one in still_open:
        told = _unsealed(one)
        label = told["label"]
        if is_silent and one.unnamed == len(one.message_ids):
            one.unnamed, label = one.unnamed + 1, told["blanks"]["day"]
        one.message_ids, one.which_at = [*one.message_ids, message_id(key)], at
        said = {"label": label, "word": _word(one, len(one.message_ids))}
        with translation.override(last.language):
            choices.append(_('%(label)s: "YES %(word)s" or "NO %(word)s"') % said)
        one.save(update_fields=["message_ids", "unnamed", "which_at"])
    reply = Outgoing(
        template=WHICH,
        phone=told["phone"],
        language=last.language,
        blanks={"choices": " / ".join(choices)},
        key=key,
        unit_id=last.unit_id,
        programme_id=last.programme_id,
    )
    send_many(messages=[reply], at=at)
    return Answered.WHICH


def _close(found: list[Question], at: datetime) -> int:
    for one in found:
        one.closed_at, one.remind_at, one.sealed = at, None, None
    Question.objects.bulk_update(found, ["closed_at", "remind_at", "sealed"])
    take_back(keys=[_key(one, n) for one in found for n in _numbers(one)], at=at)
    return len(found)


def _tell_unanswered(found: list[Question], at: datetime) -> None:
    told: dict[tuple[str, str], list[UUID]] = {}
    for one in found:
        told.setdefault((one.room, one.kind), []).append(one.about)
    for (room, kind), abouts in sorted(told.items()):
        news.tell(QuestionsUnanswered(room, kind, tuple(abouts), at))


def _take_back(one: Question, at: datetime) -> None:
    """Of a question that is answered, what has not left does not go."""
    take_back(keys=[_key(one, n) for n in _numbers(one)], at=at)
