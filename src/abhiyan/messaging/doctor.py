"""Check messages for `abhiyan doctor`."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from abhiyan.core import environment
from abhiyan.core.doctor import FAIL, OK, WARN, DoctorFinding, delay_level

from . import mail, queries
from . import registrations as reads

PUBLISH = "run `abhiyan migrate`, which publishes the shipped texts and lets go what waits for them"

REGISTER = "`abhiyan texts export`, register what has no id on the DLT portal, then `abhiyan texts import`"


def service_texts(_at: datetime) -> Iterable[DoctorFinding]:
    """Every service message has its text: without one a code is never sent, and nobody can sign in by it."""
    lacking, n_held = queries.texts_lacking(), queries.held_for_text()
    facts = {"lacking": len(lacking), "held": n_held}
    if lacking:
        named = ", ".join(f"{code} ({language})" for code, language in lacking)
        yield DoctorFinding(FAIL, f"texts of messages are not published: {named}", PUBLISH, facts)
    if n_held:
        yield DoctorFinding(
            FAIL,
            f"{n_held} messages are held back for want of a text",
            f"{PUBLISH}; Messages (/messages/?state=held) shows which",
            facts,
        )
    if not lacking and not n_held:
        yield DoctorFinding(OK, "every service message has its text", facts=facts)


FIXES = {
    "unset": (
        "no way out is set: messages go into a file and reach nobody",
        "set ABHIYAN_SMS (docs/sms.md)",
    ),
    "wrong": ("the way out is set wrongly", "put ABHIYAN_SMS and what it needs right (docs/sms.md)"),
    "template": ("a text of theirs is missing or asks for too much", PUBLISH),
    "unregistered": ("a text of theirs has no DLT template id", REGISTER),
}


def codes(_at: datetime) -> Iterable[DoctorFinding]:
    """One-time codes can leave. If they cannot, the pages that ask for one say so to everybody."""
    why = {
        reason
        for purpose, language in queries.code_texts()
        if (reason := queries.why_codes_stay(purpose, language))
    }
    for reason in sorted(why):
        sentence, fix = FIXES[reason]
        yield DoctorFinding(
            WARN if reason == "unset" else FAIL, f"one-time codes reach nobody: {sentence}", fix
        )
    if not why:
        yield DoctorFinding(OK, "one-time codes can leave")


WAITING = {"codes": "one-time codes", "send": "messages"}
WAITING |= {"mail_codes": "one-time codes by e-mail", "mail": "mails"}


def gateway_outages(_at: datetime) -> Iterable[DoctorFinding]:
    """The gateway answers."""
    away = queries.outages()
    for outage in away:
        yield DoctorFinding(
            delay_level(),
            f"the gateway has not taken {WAITING.get(outage.lane, outage.lane)} since"
            f" {outage.since:%Y-%m-%d %H:%M} UTC ({outage.reason})",
            "see the gateway, ABHIYAN_SMS_URL and ABHIYAN_SMS_TOKEN; what waits goes by itself when it answers",
        )
    if not away:
        yield DoctorFinding(OK, "no gateway is known to be away")


def mail_readiness(_at: datetime) -> Iterable[DoctorFinding]:
    """The mail server lets us in, where one is set."""
    if environment.EMAIL() != "smtp":
        yield DoctorFinding(OK, f"no mail server is set (ABHIYAN_EMAIL={environment.EMAIL()})")
    elif reason := mail.trouble():
        since = [outage.since for outage in queries.outages() if outage.lane.startswith("mail")]
        waits = f"; mails wait since {min(since):%Y-%m-%d %H:%M} UTC" if since else ""
        yield DoctorFinding(
            delay_level(),
            f"the mail server {environment.EMAIL_HOST()} does not let us in ({reason}){waits}",
            "see ABHIYAN_EMAIL_HOST, _PORT, _TLS, _USER and _PASSWORD_FILE (docs/email.md)",
        )
    else:
        yield DoctorFinding(OK, f"the mail server {environment.EMAIL_HOST()} lets us in")


def registrations(_at: datetime) -> Iterable[DoctorFinding]:
    """Every text that this server may send has its template id on DLT, where ids are needed or prepared."""
    is_required = environment.DLT_REQUIRED()
    if not is_required and not environment.DLT_ENTITY():
        yield DoctorFinding(OK, "no text carries DLT ids: ABHIYAN_DLT_ENTITY is not set")
        return
    lacking, n_held = reads.unregistered(), reads.held_for_dlt()
    facts = {"lacking": len(lacking), "held": n_held}
    if lacking:
        codes = ", ".join(sorted({content_template.code for content_template in lacking})[:5])
        more = ", …" if len({text.code for text in lacking}) > 5 else ""
        yield DoctorFinding(
            FAIL if is_required else WARN,
            f"{len(lacking)} texts have no DLT template id ({codes}{more})",
            REGISTER,
            facts,
        )
    if n_held:
        yield DoctorFinding(
            FAIL,
            f"{sum(n_held.values())} messages are held back for DLT"
            f" ({n_held.get('unregistered', 0)} without an id, {n_held.get('misfit', 0)} with too long a name or word)",
            f"{REGISTER}; Messages (/messages/?state=held) shows which",
            facts,
        )
    if not lacking and not n_held:
        yield DoctorFinding(OK, "every text has its DLT template id", facts=facts)


LATELY = timedelta(days=7)


def ids(at: datetime) -> Iterable[DoctorFinding]:
    """No gateway gives two webhooks one id. Both are heard, but then a resend looks like a new one."""
    number_counts = queries.ids_used_twice(since=at - LATELY)
    for number, n in number_counts:
        yield DoctorFinding(
            WARN,
            f"{n} calls or texts to {number or 'a number of ours'} in 7 days came with an id that was used before",
            "let the gateway give each call and text an id of its own (docs/sms.md)",
            {"number": number, "n": n},
        )
    if not number_counts:
        yield DoctorFinding(OK, "gateways give each call and text an id of its own")


def ways_to_answer(_at: datetime) -> Iterable[DoctorFinding]:
    """Texts of every programme say where an answer by text goes."""
    way = queries.answer_way()
    if way.number:
        yield DoctorFinding(OK, f"people answer our messages by text to {way.number}")
    elif way.takes_replies:
        yield DoctorFinding(OK, "people answer our messages by replying to them (ABHIYAN_SMS_REPLIES)")
    else:
        yield DoctorFinding(
            WARN,
            "messages ask for answers by their link only: who has no internet cannot answer",
            "add a number that means *Answers to our messages*, or set ABHIYAN_SMS_REPLIES (docs/sms.md)",
        )


CHECKS = {
    "texts": service_texts,
    "registrations": registrations,
    "codes": codes,
    "gateway": gateway_outages,
    "email": mail_readiness,
    "answers": ways_to_answer,
    "ids": ids,
}
