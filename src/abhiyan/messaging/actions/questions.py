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
    is_link_unnamed,
    is_question_over,
    message_id,
    question_by_link,
    question_digest,
)
from abhiyan.messaging.rules import hours, texts
from abhiyan.messaging.rules import questions as rules
from abhiyan.people import queries as people
from abhiyan.people.actions.persons import lock_phones, note_sign
from abhiyan.people.rules.silence import needs_new_answer

from .queueing import Outgoing, send_many, take_messages_back

WHICH = "reply.which"
SHORT_LINK = "/q/%s"  # leads to the question's own page
AT_ONCE = 500  # phones locked together by the loop
BARE_WITHIN = timedelta(days=3)  # so long an answer without a word can mean only the last message
TEXTED = ("sms", "whatsapp")
OPEN = Q(answered_at=None, closed_at=None)


class Answered(StrEnum):
    """An answer has one of these outcomes."""

    TAKEN = "taken"  # the room has it.
    AGAIN = "again"  # this question was answered so before.
    WHICH = "which"  # no word, and several questions are open, or an old one: a message says what to send.
    SILENT = "silent"  # the same, and it was asked before: nothing is sent.
    NAMED = "named"  # a YES to a message that named nobody: the phone may be asked by name now.
    NONE = "none"  # no word, and no question is open.
    WRONG = "wrong"  # no question of this phone has this word.
    OVER = "over"  # the question is over; of a NO its room still hears, where it asked for that.
    LIMITED = "limited"  # too many words today: this one was not looked at.


@dataclass(frozen=True, slots=True)
class PhoneQuestion:
    """One question to one phone (E.164).

    room, kind, about: whose it is, what is asked, and the public id of what it is about; with the phone they make it
    the same question. template: begins with "ask.", or "duty." for office-bearers; its blanks besides `word` and
    `link` are given. label: the matter in a few words of the language, said where an answer does not name its question.
    remind_at: asked once more then. address: of the page the link opens, with %s. names: whether the blank `name` names
    somebody; then last_sign is what `needs_new_answer` asks for, as far as the room knows, and a blank `day` replaces
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
        """Return True if it names nobody until the phone has answered: nor when it is asked once more."""
        return self.names and needs_new_answer(self.last_sign, self.remind_at or at)


def question_id(*, room: str, kind: str, about: UUID, phone_id: UUID) -> UUID:
    """A question's id."""
    key = f"question|{room}|{kind}|{about}|{phone_id}"
    return UUID(bytes=sha256(key.encode()).digest()[:16])


def ask_question(*, asking: PhoneQuestion, at: datetime) -> bool:
    """Ask one question; see `ask_many`. Returns True if it was new."""
    return ask_many(askings=[asking], at=at) == 1


def ask_many(*, askings: Sequence[PhoneQuestion], at: datetime) -> int:
    """Put down questions and queue their messages, in the transaction under way. Returns how many were new.

    A question that was asked before, open or over, is not asked again.
    """
    if not askings:
        return 0
    ring = keyring()
    by_id: dict[UUID, PhoneQuestion] = {}
    for asking in askings:
        assert asking.template.startswith(("ask.", "duty."))
        phone_id = ring.phone_id(asking.phone)
        by_id[question_id(room=asking.room, kind=asking.kind, about=asking.about, phone_id=phone_id)] = asking
    new = [_new(ident, asking, at) for ident, asking in sorted(by_id.items())]
    with system("questions are asked"):
        old_ids = set(Question.objects.filter(pk__in=by_id).values_list("pk", flat=True))
        fresh = [question for question in new if question.pk not in old_ids]
        Question.objects.bulk_create(fresh)
        send_many(messages=[_letter(question, 1, _unsealed(question)) for question in fresh], at=at)
    return len(fresh)


def answer_question(
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
    is accepted with the word alone. Else the phone gets one message on what to send. about: only what was asked about
    this. is_alone: whether a bare answer can mean nothing else, as far as the room knows.
    """
    word = rules.clean_word(code)
    with system("a phone answers a question"):
        lock_phones([phone_id])
        theirs = Question.objects.filter(phone_id=phone_id, **({"about": about} if about else {}))
        mine = list(theirs.order_by("asked_at", "pk").select_for_update())
        if not word and not code.strip():
            still_open = [question for question in mine if _is_open(question, at)]
            if not (
                is_alone and channel in TEXTED and len(still_open) == 1 and (n := _out(still_open[0], at))
            ):
                return _which(phone_id, still_open, at)
            return _heard(still_open[0], n, yes=yes, channel=channel, ref=ref, by=by, at=at)
        if limits.is_used_up(declared.QUESTION_WORDS, str(phone_id), at=at):
            return Answered.LIMITED
        matches = (
            [(question, n) for question in mine for n in _numbers(question) if word == _word(question, n)]
            if word
            else []
        )
        # Two questions of a phone may happen to share a word.
        if len({question.pk for question, _n in matches}) != 1:
            limits.count_or_refuse(declared.QUESTION_WORDS, str(phone_id), at=at)
            return Answered.WRONG
        return _heard(*matches[0], yes=yes, channel=channel, ref=ref, by=by, at=at)


def _heard(
    question: Question, n: int, *, yes: bool, channel: str, ref: str, by: Actor, at: datetime
) -> Answered:
    """The answer by text to message n of a question. A YES to one that names nobody brings the name first."""
    if yes and n <= question.unnamed and channel != "page":
        return _by_name(question, at)
    return _take(question, n, yes=yes, by_word=True, channel=channel, ref=ref, by=by, at=at)


def _out(question: Question, at: datetime) -> int:
    """The number of a question's last message that left less than three days ago; 0 of none, and where an office is
    offered."""
    if not question.template.startswith("ask."):
        return 0
    gone = Message.objects.filter(
        pk__in=question.message_ids,
        state__in=(Message.State.SENT, Message.State.DELIVERED),
        sent_at__gt=at - BARE_WITHIN,
    )
    out = set(gone.values_list("pk", flat=True))
    return max((n for n, ident in enumerate(question.message_ids, 1) if ident in out), default=0)


def programme_asked(*, phone_id: UUID, code: str) -> int | None:
    """The programme whose question has this word, also one that is over: what a LEAVE beside it means. None where the
    phone was asked nothing by it, or by no programme. In a system scope."""
    word = rules.clean_word(code)
    mine = Question.objects.filter(phone_id=phone_id) if word else ()
    return (
        next(
            (
                question.programme_id
                for question in mine
                for n in _numbers(question)
                if word == _word(question, n)
            ),
            0,
        )
        or None
    )


def answer_link(*, link: str, yes: bool, by: Actor, at: datetime, why: str = "") -> Answered:
    """Somebody who opened a question's link presses YES or NO. In a transaction. WRONG: there is no such link.

    why: what they said beside it. A refusal of the room is raised, and the question stays as it was.
    """
    with system("a link answers a question"):
        question = question_by_link(link)
        if question is None:
            return Answered.WRONG
        was_unnamed = is_link_unnamed(link=link, question=question, at=at)
        if yes:
            note_sign(phone_id=question.phone_id, at=at)
        lock_phones([question.phone_id])
        row = Question.objects.select_for_update().get(pk=question.pk)
        word = rules.parted(link)[1]
        n = next(n for n in _numbers(row) if _word(row, n) == word)
        if yes and was_unnamed:
            return Answered.NAMED
        return _take(row, n, yes=yes, by_word=False, channel="link", ref="", by=by, at=at, why=why)


def close_questions(*, ids: Collection[UUID], at: datetime, but_answering: bool = False) -> int:
    """Close these questions, whose matter has ended: nobody has to answer them any more. Returns how many were open.

    In the transaction of the act that ends it, whose phones are locked. Messages that have not left do not go.
    but_answering: the act has locked no phones, but what an answer to them waits for; what is being answered this
    moment is passed over, and its room finds that the matter has ended.
    """
    with system("questions are over"):
        questions = Question.objects.filter(OPEN, pk__in=ids).order_by("pk")
        return _close(list(questions.select_for_update(skip_locked=but_answering)), at)


def reword(*, ids: Collection[UUID], blanks: dict[str, str], label: str) -> None:
    """Change what open questions say: their next message has the new words. In the transaction of the act that changes
    it, whose phones are locked. blanks: only the changed ones."""
    with system("questions say something else"):
        questions = list(Question.objects.filter(OPEN, pk__in=ids).order_by("pk").select_for_update())
        for question in questions:
            content = _unsealed(question)
            content |= {"blanks": content["blanks"] | blanks, "label": label}
            question.sealed = _sealed(question.pk, content)
        Question.objects.bulk_update(questions, ["sealed"])


def close_by_phone(*, phone_id: UUID, at: datetime) -> int:
    """The phone has said no: it is asked nothing more. Return how many questions were open."""
    with system("questions are over"):
        mine = list(Question.objects.filter(OPEN, phone_id=phone_id).order_by("pk").select_for_update())
        _close(mine, at)
        _tell_unanswered(mine, at)
    return len(mine)


def remind_unanswered(*, at: datetime) -> int:
    """Ask once more what nobody has answered, inside the hours. Returns how many. In a transaction, as jobs."""
    if not hours.is_in_hours(at, settings.TIME_ZONE):
        return 0
    due = Question.objects.filter(OPEN, remind_at__lte=at, expires_at__gt=at).order_by("remind_at", "pk")
    questions = list(due.select_for_update(skip_locked=True)[:AT_ONCE])
    signs = people.last_signs({question.phone_id for question in questions if question.unnamed})
    letters = []
    for question in questions:
        if question.unnamed == len(question.message_ids) and needs_new_answer(
            signs.get(question.phone_id), at
        ):
            question.unnamed += 1
        question.message_ids = [
            *question.message_ids,
            message_id(_key(question, len(question.message_ids) + 1)),
        ]
        question.remind_at = None
        letters.append(_letter(question, len(question.message_ids), _unsealed(question)))
    Question.objects.bulk_update(questions, ["message_ids", "unnamed", "remind_at"])
    send_many(messages=letters, at=at)
    return len(questions)


def expire(*, at: datetime) -> int:
    """End the questions whose time is over, and tell their rooms. Returns how many. In a transaction, as jobs."""
    due = Question.objects.filter(OPEN, expires_at__lte=at).order_by("expires_at")[:AT_ONCE]
    ids = {question.pk: question.phone_id for question in due}
    if not ids:
        return 0
    lock_phones(ids.values())
    questions = list(Question.objects.filter(OPEN, pk__in=ids).order_by("pk").select_for_update())
    _close(questions, at)
    _tell_unanswered(questions, at)
    return len(questions)


# What the acts share


def _new(ident: UUID, asking: PhoneQuestion, at: datetime) -> Question:
    ring = keyring()
    content = {"phone": asking.phone, "blanks": asking.blanks, "label": asking.label}
    row = Question(
        id=ident,
        room=asking.room,
        kind=asking.kind,
        about=asking.about,
        phone_id=ring.phone_id(asking.phone),
        language=asking.language,
        template=asking.template,
        address=asking.address,
        sealed=_sealed(ident, content),
        link_digest=question_digest(rules.parted(rules.link_part(ring.token, ident, 1))[0]),
        unit_id=asking.unit_id,
        programme_id=asking.programme_id,
        asked_at=at,
        remind_at=asking.remind_at,
        expires_at=asking.expires_at,
        unnamed=int(asking.is_unnamed(at)),
        hears_late_no=asking.hears_late_no,
    )
    row.message_ids = [message_id(_key(row, 1))]
    return row


def _key(question: Question, n: int) -> str:
    return f"question|{question.pk}|{n}"


def _sealed(ident: UUID, content: dict[str, Any]) -> bytes:
    return keyring().seal(json.dumps(content, ensure_ascii=False).encode(), about=ident.bytes)


def _unsealed(question: Question) -> dict[str, Any]:
    assert question.sealed is not None
    content: dict[str, Any] = json.loads(keyring().unseal(bytes(question.sealed), about=question.pk.bytes))
    return content


def _letter(question: Question, n: int, content: dict[str, Any]) -> Outgoing:
    """Message number n of a question."""
    link = settings.ORIGIN + SHORT_LINK % rules.link_part(keyring().token, question.pk, n)
    blanks = content["blanks"] | {"word": _word(question, n), "link": link}
    template = question.template
    if n <= question.unnamed:
        template += ".unnamed"
        del blanks["name"]
    return Outgoing(
        template=template,
        phone=content["phone"],
        language=question.language,
        blanks=blanks,
        key=_key(question, n),
        kind=texts.text_kind(question.template),
        unit_id=question.unit_id,
        programme_id=question.programme_id,
    )


def _word(question: Question, n: int) -> str:
    return rules.word(keyring().token, question.pk, n)


def _numbers(question: Question) -> range:
    return range(1, len(question.message_ids) + 1)


def _by_name(question: Question, at: datetime) -> Answered:
    """Queue the message with the person's name, once, after the phone answered a message that named nobody."""
    if not _is_open(question, at):
        return Answered.OVER
    if len(question.message_ids) == question.unnamed:
        question.message_ids, question.remind_at = (
            [*question.message_ids, message_id(_key(question, question.unnamed + 1))],
            None,
        )
        question.save(update_fields=["message_ids", "remind_at"])
        send_many(messages=[_letter(question, question.unnamed + 1, _unsealed(question))], at=at)
    return Answered.NAMED


def _is_open(question: Question, at: datetime) -> bool:
    return question.answered_at is None and not is_question_over(question, at)


def _take(
    question: Question,
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
    if question.is_yes is yes:
        return Answered.AGAIN
    if not (_is_open(question, at) if yes else question.hears_late_no or not is_question_over(question, at)):
        return Answered.OVER
    _take_back(question, at)
    question.answered_at, question.is_yes, question.message_id = at, yes, question.message_ids[n - 1]
    question.channel, question.ref, question.remind_at, question.sealed = channel, ref, None, None
    question.save()
    event = QuestionAnswered(
        question.room,
        question.kind,
        question.about,
        question.phone_id,
        yes,
        by_word,
        channel,
        question.message_id,
        question.language,
        why,
        by,
        at,
    )
    news.tell(event)
    return Answered.TAKEN


def _which(phone_id: UUID, still_open: list[Question], at: datetime) -> Answered:
    """Tell the phone once what to send for each of the open questions, by a message with a word for each.

    A number whose bare NO is the first we hear of it for long reads days, and no names.
    """
    if not still_open:
        return Answered.NONE
    if all(question.which_at is not None for question in still_open):
        return Answered.SILENT
    key = f"which|{phone_id}|{at.timestamp()}"
    is_silent = needs_new_answer(people.last_signs([phone_id]).get(phone_id), at)
    choices, content, last = [], {}, still_open[-1]
    for question in still_open:
        content = _unsealed(question)
        label = content["label"]
        if is_silent and question.unnamed == len(question.message_ids):
            question.unnamed, label = question.unnamed + 1, content["blanks"]["day"]
        question.message_ids, question.which_at = [*question.message_ids, message_id(key)], at
        choice = {"label": label, "word": _word(question, len(question.message_ids))}
        with translation.override(last.language):
            choices.append(_('%(label)s: "YES %(word)s" or "NO %(word)s"') % choice)
        question.save(update_fields=["message_ids", "unnamed", "which_at"])
    reply = Outgoing(
        template=WHICH,
        phone=content["phone"],
        language=last.language,
        blanks={"choices": " / ".join(choices)},
        key=key,
        unit_id=last.unit_id,
        programme_id=last.programme_id,
    )
    send_many(messages=[reply], at=at)
    return Answered.WHICH


def _close(questions: list[Question], at: datetime) -> int:
    for question in questions:
        question.closed_at, question.remind_at, question.sealed = at, None, None
    Question.objects.bulk_update(questions, ["closed_at", "remind_at", "sealed"])
    take_messages_back(keys=[_key(question, n) for question in questions for n in _numbers(question)], at=at)
    return len(questions)


def _tell_unanswered(questions: list[Question], at: datetime) -> None:
    by_kind: dict[tuple[str, str], list[UUID]] = {}
    for question in questions:
        by_kind.setdefault((question.room, question.kind), []).append(question.about)
    for (room, kind), abouts in sorted(by_kind.items()):
        news.tell(QuestionsUnanswered(room, kind, tuple(abouts), at))


def _take_back(question: Question, at: datetime) -> None:
    """Take back the unsent messages of an answered question."""
    take_messages_back(keys=[_key(question, n) for n in _numbers(question)], at=at)
