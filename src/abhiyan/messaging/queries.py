"""Reads of messages. Texts and phones stay sealed: screens show template, class, state and four digits."""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from abhiyan.core import ages, clock, environment, languages, sql
from abhiyan.core.ages import Ages
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.words import organisation_name
from abhiyan.org import queries as org
from abhiyan.org.models import Release
from abhiyan.org.offer_links import OfferLink
from abhiyan.people import queries as people
from abhiyan.people.rules.silence import needs_new_answer
from abhiyan.units import queries as units

from . import adapters
from .models import (
    Inbound,
    Message,
    MorningChoice,
    Number,
    Outage,
    Question,
    Registration,
    Reminder,
    Send,
    Template,
)
from .our_numbers import AnswerWay, OurNumbers
from .recipients import on_phones as on_phones  # noqa: PLC0414
from .rules import audiences, backlog, bulk, hours, mails, questions, reasons, registered, texts

MOST_NEW = 5  # numbers just added that Today names.
ANY_QUESTION = "/q/%s/"  # the page that asks whether somebody joined, and refuses what is no link.
OFFICE = ("org", "office")  # room and kind of the question whether somebody accepts an office.


def messages(*, state: str = "", template: str = "") -> QuerySet[Message]:
    """Messages in the viewer's sight, to be ordered and paged; without those of bulk sends.

    A bulk send to one person would tell here whether that person said no. Its page has its figures.
    """
    rows = Message.objects.filter(send_id=None)
    if state:
        rows = rows.filter(state=state)
    if template:
        rows = rows.filter(template=template)
    return rows


@dataclass(frozen=True, slots=True)
class HeldMessages:
    """A programme has so many messages held back, for one reason."""

    programme_id: int
    reason: str
    n: int


def held_by_reason() -> list[HeldMessages]:
    """Return what is held back, by programme and reason, in the viewer's sight."""
    rows = (
        Message.objects.filter(state=Message.State.HELD)
        .exclude(reason="paused")  # a bulk send's own page says so
        .values("programme_id", "reason")
        .annotate(n=Count("*"))
        .order_by("programme_id", "reason")
    )
    return [HeldMessages(row["programme_id"], row["reason"], row["n"]) for row in rows]


def texts_lacking() -> list[tuple[str, str]]:
    """Code and language of every shipped text that is not published."""
    there = set(Template.objects.filter(is_active=True).values_list("code", "language"))
    return sorted((set(texts.TEXTS) | set(languages.texts_in_languages())) - there)


def held_for_text() -> int:
    """Count the messages that wait because there is no text for them, in the viewer's sight."""
    return Message.objects.filter(state=Message.State.HELD, reason="template").count()


def active_texts(code: str = "") -> dict[tuple[str, str], Template]:
    """The published texts in their newest version, by code and language."""
    rows = Template.objects.filter(is_active=True).order_by("version")
    if code:
        rows = rows.filter(code=code)
    return {(row.code, row.language): row for row in rows}


def texts_under_way(codes: Collection[str]) -> dict[tuple[str, str], Template]:
    """Return the texts of messages under way, by code and language. A replaced bulk text is among them, since what two
    people approved goes on as it was."""
    rows = Template.objects.filter(Q(is_active=True) | Q(code__startswith=bulk.PREFIX), code__in=codes)
    return {(row.code, row.language): row for row in rows.order_by("version")}


def text_for(texts_: Mapping[tuple[str, str], Template], code: str, language: str) -> Template | None:
    """Return the text a message takes: in its language, else in its fallback, the installation's, English."""
    tried = (language, languages.otherwise(language), settings.LANGUAGE_CODE, "en")
    return next(
        (texts_[code, language_code] for language_code in tried if (code, language_code) in texts_), None
    )


def ours(programme_id: int, language: str, numbers: OurNumbers | None = None) -> dict[str, str]:
    """The sender fills these in every text: the organisation's name, and what is said of our numbers."""
    number_blanks = (numbers or OurNumbers()).blanks(programme_id)
    return number_blanks | {"organisation": organisation_name(language)}


def message_as_read(template: str, language: str, values: Mapping[str, str]) -> str:
    """A message as the phone reads it, with these values in its blanks; "" while there is no text for it."""
    found = text_for(active_texts(template), template, language)
    if found is None:
        return ""
    try:
        return texts.fill_text(
            found.text,
            ours(0, found.language)
            | registered.with_short_links(
                texts.in_script(values, found.language), origin=settings.ORIGIN, short=settings.SMS_ORIGIN
            ),
        )
    except KeyError:
        return ""


def count_message_sms(template: str, language: str, values: Mapping[str, str]) -> int:
    """As how many SMS a message is billed with these values in its blanks; 0 while there is no text for it."""
    filled = message_as_read(template, language, values)
    return texts.count_sms(filled) if filled else 0


def why_codes_stay(purpose: str, language: str) -> str:
    """Why a one-time code asked for now would reach nobody: "unset", "wrong" (the way out), "template", "unregistered"
    (no DLT id); "" if it may.

    The answer depends on the channel alone. A page tells it to everybody, so it must not tell who is known. A spent
    budget and a restore hold back no new code.
    """
    code = f"code.{purpose}"
    is_mailed = mails.is_only_mailed(code)
    if is_mailed and not environment.sends_mail():
        return "unset"
    if not is_mailed and (problem := adapters.gateway_problem()):
        return problem
    text = text_for(active_texts(code), code, language)
    values = ours(0, text.language if text else language) | {"code": "0"}
    try:
        made = registered.content(code, text.text, values, origin=settings.SMS_ORIGIN) if text else ""
    except KeyError:  # it asks for more than a code brings
        return "template"
    if text is None:
        return "template"
    key = registered.registration_key(code, text.language, made)
    if environment.DLT_REQUIRED() and not is_mailed and not Registration.objects.filter(key=key).exists():
        return "unregistered"
    return ""


def code_texts() -> Iterable[tuple[str, str]]:
    """Purpose and language of every text of a one-time code that this server is to send."""
    return sorted(
        (code.removeprefix("code."), language)
        for code, language in texts.TEXTS
        if texts.brings_code(code) and (environment.sends_mail() or not mails.is_only_mailed(code))
    )


def outages() -> list[Outage]:
    """Lanes whose gateway does not answer, codes first."""
    return list(Outage.objects.order_by("lane"))


def has_sent_since(since: datetime) -> bool:
    """Return True if a message has left by a gateway since then, as far as we know. In a scope that sees messages."""
    gone = (Message.State.SENT, Message.State.DELIVERED)
    return Message.objects.filter(state__in=gone, sent_at__gte=since).exists()


def oldest_due_s(*, at: datetime) -> float:
    """For how many seconds the longest waiting message has been due; 0 when none is."""
    waiting = Message.objects.filter(state__in=(Message.State.QUEUED, Message.State.LEASED), due_at__lte=at)
    oldest = waiting.order_by("due_at").values_list("due_at", flat=True).first()
    return (at - oldest).total_seconds() if oldest else 0.0


MOST_COUNTED = 20_000  # messages that wait: more are said as "20,000+"


HELD = "held:"  # before the reason, among what waits


def waiting_messages(programme_ids: Sequence[int], *, at: datetime) -> dict[str, Ages]:
    """Count what is due and has not left, of the oldest MOST_COUNTED: "own" of these programmes, "codes", and "others"
    in the same queue. And of these programmes what waits for somebody, as HELD and the reason; of a bulk send that is
    paused its own page says so. In a scope that sees them; one read by index."""
    return _aged(
        f"""(select case when template like 'code.%%' then 'codes'
             when programme_id = any(%(of)s) then 'own' else 'others' end as what, due_at as since
           from (select template, programme_id, due_at from messaging_message where {backlog.DUE} %(at)s
             order by due_at limit %(most)s) m)
         union all
         (select '{HELD}' || reason, queued_at from messaging_message where state = 'held'
           and programme_id = any(%(of)s) and reason <> 'paused' limit %(most)s)""",
        {"of": list(programme_ids)},
        at=at,
    )


def waiting_below(span: tuple[int, int], programme_ids: Sequence[int], *, at: datetime) -> Ages:
    """The same of messages for people below a unit. In a scope that sees them: who asks has seen to it that the viewer
    sees those people."""
    found = _aged(
        f"""select 'own' as what, due_at as since
         from (select unit_id, programme_id, due_at from messaging_message where {backlog.DUE} %(at)s
           and template not like 'code.%%' order by due_at limit %(most)s) m
         where programme_id = any(%(of)s) and exists (select from units_placement p
           where p.unit_id = m.unit_id and p.lo >= %(lo)s and p.lo < %(hi)s)""",
        {"of": list(programme_ids), "lo": span[0], "hi": span[1]},
        at=at,
    )
    return found.get("own", Ages())


def _aged(query: str, values: dict[str, Any], *, at: datetime) -> dict[str, Ages]:
    """Count the rows of a query of (what, since), by what."""
    age_rows = sql.rows(
        f"select what, {ages.COUNTED.format('since')} from ({query}) w group by what",
        values | {"at": at, "most": MOST_COUNTED},
    )
    return ages.ages_by_key(age_rows, at=at, most=MOST_COUNTED)


def number_in_use(called: str) -> Number | None:
    """Our own number of this E.164, if it is in use."""
    return Number.objects.filter(number=called, is_active=True).first()


def new_numbers(*, at: datetime) -> list[Number]:
    """Numbers that were added so recently that they prove nothing yet, the latest first."""
    return list(Number.objects.filter(is_active=True, believed_at__gt=at).order_by("-believed_at")[:MOST_NEW])


def numbers_of_programme(programme_id: int) -> list[Number]:
    """Our numbers of one programme, those in use first."""
    return list(Number.objects.filter(programme_id=programme_id).order_by("-is_active", "number"))


def is_inbound_known(*, provider: str, ref: str, kind: str, number: str, phone: str, text: str = "") -> bool:
    """Return True if this very webhook came before (`inbound_id`)."""
    return Inbound.objects.filter(pk=inbound_id(provider, kind, ref, number, phone, text)).exists()


def inbound_id(provider: str, kind: str, ref: str, number: str, phone: str, text: str = "") -> UUID:
    """The id of a webhook: of the provider's own id, our number, the sender and the words.

    Two gateways that count from 1 use one id twice. Were the id alone the key, the second STOP would count as a resend
    and be lost. A true resend has the same number, sender and words.
    """
    return _inbound(provider, kind, ref, number, phone, text)


def ref_id(provider: str, kind: str, ref: str) -> UUID:
    """Return the id that keeps a provider's own id, so that one used twice is found."""
    return _inbound(provider, kind, ref)


def _inbound(*told: str) -> UUID:
    return UUID(bytes=hashlib.sha256(json.dumps(told).encode(errors="replace")).digest()[:16])


def ids_used_twice(*, since: datetime) -> list[tuple[str, int]]:
    """Numbers of ours with how many webhooks came since then whose provider's id another webhook had before."""
    inbound_counts = (
        Inbound.objects.filter(is_reused=True, at__gt=since).values("number").annotate(n=Count("pk"))
    )
    return list(inbound_counts.order_by("-n", "number").values_list("number", "n"))


def message_id(key: str) -> UUID:
    """Return the id a message is kept under: derived from its sender's key."""
    return UUID(bytes=hashlib.sha256(b"message|" + key.encode()).digest()[:16])


def has_gone(key: str) -> bool:
    """Return True if a message with this key of its sender's has left, as far as we know."""
    gone = (Message.State.SENT, Message.State.DELIVERED)
    return Message.objects.filter(pk=message_id(key), state__in=gone).exists()


@dataclass(frozen=True, slots=True)
class MessageStanding:
    """A message is this far, in words. due_at: when it goes at the earliest, while that lies ahead."""

    state: str
    label: str
    why: str
    due_at: datetime | None

    @property
    def mark(self) -> str:
        """How it is marked: ok, warn, bad, or plain."""
        return _MARKS.get(self.state, "")


_MARKS = {
    Message.State.SENT.value: "ok",
    Message.State.DELIVERED.value: "ok",
    Message.State.HELD.value: "warn",
    Message.State.FAILED.value: "bad",
    Message.State.DROPPED.value: "bad",
}


def message_standings(ids: Collection[UUID], *, at: datetime) -> dict[UUID, MessageStanding]:
    """Return how far messages are, by id; swept ones are left out. As the system."""
    return {
        message.pk: MessageStanding(
            message.state,
            str(message.get_state_display()),
            str(reasons.reason_words(message.reason)) if message.reason else "",
            message.due_at if message.state == Message.State.QUEUED and message.due_at > at else None,
        )
        for message in Message.objects.filter(pk__in=ids)
    }


def asks_from(at: datetime) -> datetime:
    """When a question that is asked now goes out at the earliest: questions keep to the hours."""
    return hours.next_opening(at, settings.TIME_ZONE, open_hours())


def open_hours() -> hours.Hours:
    """The hours in which messages go here, and calls are made: the narrower of the law's and the settings'."""
    return hours.Hours(environment.MESSAGES_FROM(), environment.MESSAGES_UNTIL())


def is_ours(number_: str) -> bool:
    """Return True if a number (E.164) is one of ours: what it writes is a machine's."""
    return Number.objects.filter(number=number_, is_active=True).exists()


def our_number(meaning: str, programme_id: int) -> str:
    """The number with this meaning that serves a programme, as `OurNumbers.of` says; "" while there is none."""
    return OurNumbers().of(meaning, programme_id)


def answer_way(programme_id: int = 0) -> AnswerWay:
    """A text that answers ours goes there, in a programme."""
    return OurNumbers().answer_way(programme_id)


def leave_number(programme_id: int = 0) -> str:
    """The number whose call ends a membership, as a person dials it; empty while none is set. A programme's number
    ends the membership of its own roll; without a programme the first of any roll."""
    return OurNumbers().blanks(programme_id)["leave"]


def stop_number() -> str:
    """The number whose call stops messages and calls, and leaves a membership as it is; empty while none is set."""
    return OurNumbers().blanks()["stop"]


def texts_filled_by(names: Collection[str]) -> list[tuple[str, str]]:
    """Bulk texts in force whose variables are all among these, in every language: code and name."""
    rows = Template.objects.filter(code__startswith=bulk.PREFIX, is_active=True).order_by("name", "code")
    unfit = {template.code for template in rows if not set(bulk.variables(template.text)) <= set(names)}
    return list({template.code: template.name for template in rows if template.code not in unfit}.items())


def send_of(public_id: UUID | None) -> Send | None:
    """A bulk send in the viewer's sight."""
    return Send.objects.filter(public_id=public_id).first() if public_id else None


@dataclass(frozen=True, slots=True)
class SendRecipient:
    """A phone of an audience. reason: why it gets nothing; "" for a phone that gets it. sealed: bound to phone_id."""

    phone_id: UUID
    language: str
    unit_id: int
    reason: str
    sealed: bytes
    last4: str


def about_audience(send: Send, after: UUID, until: UUID, at: datetime) -> dict[str, Any]:
    """Parameters of an audience's rows for a send: phones behind one, up to another, on the day of an instant."""
    spans = units.spans(send.units, send.hierarchy).values()
    return {
        "lowest": min((lo for lo, _hi in spans), default=0),
        "highest": max((hi for _lo, hi in spans), default=0),
        "places": "{" + ",".join(f"[{lo},{hi})" for lo, hi in spans) + "}",
        "of": audiences.read_audience(send.audience)[1],
        "day": clock.day_in(settings.TIME_ZONE, at),
        "after": after,
        "until": until,
    }


def recipients_of(send: Send, phones: Collection[UUID], *, at: datetime) -> dict[UUID, SendRecipient]:
    """Find phones in the audience of a send as it is now, each with why it gets no message, if so. In a system scope.

    A phone that is not in the audience, or that we do not keep, is left out.
    """
    if not phones:
        return {}
    audience, _choice = audiences.read_audience(send.audience)
    ids = [phone_id.int for phone_id in phones]
    params = about_audience(send, UUID(int=max(min(ids) - 1, 0)), UUID(int=max(ids)), at)
    recipients = sql.each(
        SendRecipient,
        "select each.phone_id, each.language, each.unit_id, each.reason, ph.sealed, ph.last4"
        f" from ({audience.rows}) each join people_phone ph on ph.id = each.phone_id"
        " where each.phone_id = any(%(phones)s)",
        params | {"phones": list(phones)},
    )
    return {recipient.phone_id: recipient for recipient in recipients}


def became_of(send: Send) -> tuple[int, dict[str, int]]:
    """Count the messages of a send that have left, and by reason the ones that did not go. In a system scope."""
    rows = Message.objects.filter(send_id=send.pk).order_by().values_list("state", "reason")
    counts = {(state, reason): n for state, reason, n in rows.annotate(n=Count("pk"))}
    gone = (Message.State.SENT, Message.State.DELIVERED)
    held_states = (Message.State.DROPPED, Message.State.HELD)
    kept = Counter[str]()
    for (state, reason), n in counts.items():
        kept[reason] += n if state in held_states else 0
    return sum(n for (state, _reason), n in counts.items() if state in gone), dict(+kept)


def question_digest(part: str) -> bytes:
    """Return what is stored of the common part of a question's links."""
    return keyring().token_digest(f"question|{part}")


def question_by_link(link: str) -> Question | None:
    """The question behind a link of one of its messages, open or not; None: there is no such link. As the system."""
    part, word = questions.parted(link)
    if not part:
        return None
    key = keyring().token
    for question in Question.objects.filter(link_digest=question_digest(part)):
        if any(word == questions.word(key, question.pk, n) for n in range(1, len(question.message_ids) + 1)):
            return question
    return None


def offer_by_link(link: str, *, at: datetime) -> OfferLink | None:
    """Return what a link about an offered office is about; None for any other link. As the system."""
    question = question_by_link(link)
    if question is None or (question.room, question.kind) != OFFICE:
        return None
    is_open = question.answered_at is None and not is_question_over(question, at)
    return OfferLink(question.about, question.phone_id, is_open=is_open, is_accepted=bool(question.is_yes))


def is_question_over(question: Question, at: datetime) -> bool:
    """Return True if the time of a question, or its matter, has ended. Then it takes no YES."""
    return question.closed_at is not None or at >= question.expires_at


def is_link_unnamed(*, link: str, question: Question, at: datetime) -> bool:
    """Return True if this link of a question shows no name: its message named nobody, and the phone has not answered
    since. As the system."""
    early = {questions.word(keyring().token, question.pk, n + 1) for n in range(question.unnamed)}
    return questions.parted(link)[1] in early and needs_new_answer(
        people.last_signs([question.phone_id]).get(question.phone_id), at
    )


def open_question(*, room: str, kind: str, about: UUID, phone_id: UUID, at: datetime) -> Question | None:
    """The question a phone was asked about something, while it waits for an answer. In the phone's or system scope."""
    return Question.objects.filter(
        phone_id=phone_id,
        room=room,
        kind=kind,
        about=about,
        answered_at=None,
        closed_at=None,
        expires_at__gt=at,
    ).first()


def has_answered(phone_id: UUID, *, since: datetime | None = None) -> bool:
    """Return True if a phone has answered a question of ours, ever or since an instant. As the system."""
    answered = Question.objects.filter(phone_id=phone_id, answered_at__isnull=False)
    return answered.filter(answered_at__gt=since).exists() if since else answered.exists()


def phones_told(*, template: str, phone_ids: Collection[UUID]) -> set[UUID]:
    """Return the phones of these that a question of this text waits at, or has reached without an answer. As the
    system."""
    theirs = Question.objects.filter(template=template, phone_id__in=phone_ids, answered_at=None)
    waiting = set(theirs.filter(closed_at=None).values_list("phone_id", flat=True))
    over = {
        phone_id: ids[0]
        for phone_id, ids in theirs.exclude(closed_at=None).values_list("phone_id", "message_ids")
    }
    gone = set(
        Message.objects.filter(pk__in=over.values()).exclude(sent_at=None).values_list("pk", flat=True)
    )
    return waiting | {phone for phone, message in over.items() if message in gone}


def times_told(*, phone_id: UUID, template: str, since: datetime, before: datetime) -> int:
    """Return how many messages of a template were queued for a phone between two instants. In a system scope."""
    return Message.objects.filter(
        phone_id=phone_id, template=template, queued_at__gte=since, queued_at__lt=before
    ).count()


def messages_of_question(question_id: UUID) -> int:
    """Count the messages that have asked a question; 0: it was never asked. As the system."""
    message_ids = Question.objects.filter(pk=question_id).values_list("message_ids", flat=True).first()
    return len(message_ids or ())


def message_of_question(question_id: UUID) -> UUID | None:
    """The message that asked a question first; None: it was never asked. As the system."""
    ids = Question.objects.filter(pk=question_id).values_list("message_ids", flat=True).first()
    return ids[0] if ids else None


def unreached(question_ids: Collection[UUID]) -> set[UUID]:
    """Return the questions of these that never reached their phone: no message of theirs is known to have left. As the
    system."""
    message_ids = dict(Question.objects.filter(pk__in=question_ids).values_list("pk", "message_ids"))
    states = dict(
        Message.objects.filter(pk__in=[one for ids in message_ids.values() for one in ids]).values_list(
            "pk", "state"
        )
    )
    gone = (Message.State.SENT, Message.State.DELIVERED)
    # A message that is swept by now has left, as far as we know.
    return {
        pk
        for pk, ids in message_ids.items()
        if ids and all(states.get(one, gone[0]) not in gone for one in ids)
    }


def question_reached_at(question_id: UUID) -> datetime | None:
    """When the first message of a question left for its phone; None: it has not. As the system."""
    ids = Question.objects.filter(pk=question_id).values_list("message_ids", flat=True).first() or []
    gone = (Message.State.SENT, Message.State.DELIVERED)
    return Message.objects.filter(pk__in=ids[:1], state__in=gone).values_list("sent_at", flat=True).first()


def questions_asked(*, room: str, kind: str, since: datetime, until: datetime) -> list[Question]:
    """Questions first asked within some time and still open, in the order of their ids. As the system."""
    found = Question.objects.filter(
        room=room, kind=kind, asked_at__gte=since, asked_at__lt=until, answered_at=None, closed_at=None
    )
    return list(found.order_by("pk"))


def asked_releases(account_id: int | None, *, at: datetime) -> list[Release]:
    """Return what this person asked to release and may still use or wait for, newest first."""
    return org.releases_asked(account_id, act="messages.release", at=at) if account_id else []


def last_reminders(kind: str, abouts: Collection[int]) -> dict[int, date]:
    """Return the last day on which somebody was reminded of each of these matters, by its key. One query.

    abouts: keys of matters, or of accounts for all that waits for them. The caller has read them in the viewer's scope.
    """
    with system("when people were reminded"):
        return dict(
            sql.rows(
                "select about, max(day) from messaging_reminder"
                " where kind = %s and about = any(%s::bigint[]) group by 1",
                [kind, list(abouts)],
            )
        )


def morning_hour(account_id: int | None) -> int | None:
    """Return the hour at which somebody gets the morning message; None: they get none. In their own scope."""
    return MorningChoice.objects.filter(account_id=account_id or 0).values_list("hour", flat=True).first()


def gets_mails(account_id: int | None) -> bool:
    """Return True if somebody's notices come by e-mail, as they chose. In their own scope."""
    mine = people.own_email(account_id)
    return bool(environment.sends_mail() and mine and mine.gets_notices and not mine.failed_at)


def reminded(kind: str, about: str, **when: Any) -> Exists:
    """Return the condition of rows of whose matter, a column, somebody was reminded at some time."""
    return Exists(Reminder.objects.filter(kind=kind, about=OuterRef(about), **when))
