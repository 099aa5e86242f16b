"""The fixed texts of service messages (texts.toml), and filling their blanks.

Texts of codes follow law.md O2: who sends, what the code does, who must never have it, how to refuse.
Every text names the organisation and how to stop (T5). Blanks are in braces. A part in square brackets is left out if
one of its blanks is empty: so no text promises a number that an installation lacks. A bar parts two ways to say it; the
first whose blanks are full is taken. A way that begins with `reply?` asks for that blank too, and does not say it.

The sender fills what texts say of our numbers (`messaging.our_numbers`). {answer} takes answers by text. `reply` is
full where a reply to the text itself reaches us. {join} reads the details of who joins. {stop} and {leave} are numbers
to call.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from abhiyan.core.words import people_in

SERVICE, DUTY, OUTREACH = 1, 2, 3

# (template code, language) -> text. Published by `actions.publish_templates`, under the version below.
TEXTS: dict[tuple[str, str], str] = {
    (code, language): text
    for code, wordings in tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8")).items()
    for language, text in wordings.items()
}
FIXED = frozenset(
    code for code, _language in TEXTS
)  # codes of shipped texts: their words are nobody's to choose
# To office-bearers, with words somebody wrote, or news of them. In the silence before a poll only our own words go.
NEWS = frozenset(
    {"duty.circular", "duty.task_tomorrow", "duty.task_late", "duty.asked", "duty.ask", "duty.slides"}
    | {"duty.meeting", "duty.meeting_moved", "duty.meeting_off"}
)
# Texts that were shipped otherwise before; every other is in its first version.
VERSIONS = {
    "ask.confirm": 3,
    "ask.confirm.contributor": 2,
    "ask.confirm.contributor.unnamed": 2,
    "ask.confirm.friend": 2,
    "ask.confirm.friend.unnamed": 2,
    "ask.confirm.unnamed": 3,
    "ask.host": 2,
    "ask.listed": 3,
    "ask.listed.contributor": 2,
    "ask.listed.friend": 2,
    "ask.met": 2,
    "ask.phone": 3,
    "ask.solved": 2,
    "ask.spoke": 2,
    "ask.stayed": 2,
    "ask.talked": 2,
    "ask.visited": 2,
    "back.receipt": 2,
    "certificate.ready": 2,
    "code.door": 2,
    "code.door.contributor": 2,
    "code.door.friend": 2,
    "code.join": 3,
    "code.join.contributor": 2,
    "code.join.friend": 2,
    "code.leave": 2,
    "code.member": 3,
    "code.phone": 2,
    "contributor.join": 2,
    "contributor.task": 2,
    "deny.receipt": 5,
    "drive.joined": 2,
    "drive.joined.contributor": 2,
    "drive.joined.friend": 2,
    "drive.reply": 5,
    "drive.reply.contributor": 2,
    "drive.reply.friend": 2,
    "drive.reply_yes": 4,
    "drive.reply_yes.contributor": 2,
    "drive.reply_yes.friend": 2,
    "duty.circular": 2,
    "duty.in_charge": 2,
    "duty.meeting": 2,
    "duty.meeting_moved": 2,
    "duty.office": 3,
    "duty.slides": 2,
    "duty.stay": 2,
    "duty.today": 2,
    "held.receipt": 2,
    "leave.receipt": 6,
    "phone.receipt": 2,
    "reply.which": 3,
    "stop.receipt": 4,
    "text.help": 4,
    "text.lacking": 2,
    "text.media": 3,
    "ticket.opened": 2,
}
# About a request, and at once: they answer what the person just wrote.
PROMPT = frozenset({"ticket.opened", "ticket.again", "ticket.late", "ticket.solved"})
PROOF = "code.email"  # It goes to an address that its owner has just entered.
EMAIL_ONLY = frozenset({PROOF, "code.sign_in.email"})  # These are never an SMS, so never on DLT.
WITH_NUMBERS = frozenset({"duty.calls", "duty.morning"})  # These bring numbers or names of others.
# They begin the texts that people wait for: codes, joining, our questions, the helpline, offices, proofs, a breach.
PEOPLE_DEPEND_ON = ("code.", "drive.", "contributor.join", "text.", "ask.", "reply.", "ticket.") + (
    "office.",
    "account.",
    "incident.",
)
FRIEND, CONTRIBUTOR = ".friend", ".contributor"  # end the codes of texts to them; members read other words
PEOPLE = frozenset({"by", "calls", "host", "leader", "name", "worker"})  # blanks that name people
_BLANK = re.compile(r"\{([a-z_]+)\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_ASKED = re.compile(r"([a-z_]+)\?")


def text_version(code: str) -> int:
    """In which version a text is shipped."""
    return VERSIONS.get(code, 1)


def text_kind(code: str) -> int:
    """The class of messages a text is for: to office-bearers, of what they owe; or service."""
    return DUTY if code.startswith("duty.") else SERVICE


def brings_code(code: str) -> bool:
    """Return True if a text brings a one-time code, for which somebody waits at a screen."""
    return code.startswith("code.")


def is_prompt(code: str) -> bool:
    """Return True if a text answers what the phone did. A question is ours, and so is an office's answer."""
    return not is_question(code) or code in PROMPT


def is_question(code: str) -> bool:
    """Return True if a text asks something, is about a request, or brings a certificate: nobody waits for it.

    It never goes to a phone that said no.
    """
    return code.startswith(("ask.", "ticket.", "certificate."))


def passes_stop(code: str) -> bool:
    """Return True if a text leaves during an emergency stop: a code, an answer, a question of ours, or a duty.

    Words that somebody wrote, news and lists of numbers wait, and so does every text of a kind that is not named here.
    """
    is_duty = code.startswith("duty.") and code not in NEWS | WITH_NUMBERS
    return is_duty or ".receipt" in code or code.startswith(PEOPLE_DEPEND_ON)


def blanks(text: str) -> frozenset[str]:
    """Names of the blanks of a text."""
    return frozenset(_BLANK.findall(text))


def required_blanks(text: str) -> frozenset[str]:
    """Names of the blanks that a text always has."""
    return blanks(_OPTIONAL.sub("", text))


def optional_blanks(text: str) -> frozenset[str]:
    """Names of the blanks that decide which of its optional parts a text has."""
    ways = [way for part in _OPTIONAL.findall(text) for way in part.split("|")]
    return frozenset().union(*map(_decided_by, ways)) - required_blanks(text)


def _decided_by(way: str) -> frozenset[str]:
    question_match = _ASKED.match(way)
    return blanks(way) | ({question_match[1]} if question_match else set())


def fill_text(text: str, values: dict[str, str]) -> str:
    """The text with its blanks filled; what fills them is taken as it is, on one line. KeyError: a blank is missing.

    A part in square brackets stands only when each of its blanks has something to say; of parts with a bar between
    them, the first that does.
    """

    def kept(part: re.Match[str]) -> str:
        ways = part[1].split("|")
        fits = (way for way in ways if all(values.get(name, "").strip() for name in _decided_by(way)))
        way = next(fits, "")
        question_match = _ASKED.match(way)
        return way[question_match.end() :] if question_match else way

    text = _OPTIONAL.sub(kept, text)
    return _BLANK.sub(lambda match: " ".join(values[match[1]].split()), text)


def in_script(values: Mapping[str, str], language: str) -> dict[str, str]:
    """The values of a service text with people's names in the script of its language."""
    return {name: people_in(value, language) if name in PEOPLE else value for name, value in values.items()}


def length(text: str) -> tuple[int, bool]:
    """How long a text is in an SMS, and whether each of its characters has 7 bits (3GPP TS 23.038)."""
    if all(letter in _GSM for letter in text):
        return len(text) + sum(letter in "^{}\\[~]|€" for letter in text), True
    return len(text.encode("utf-16-be", errors="replace")) // 2, False


def count_sms(text: str) -> int:
    """Count the SMS a text is billed as: 160/153 characters of GSM 7-bit, else 70/67 of UCS-2 (3GPP TS 23.038)."""
    size, is_narrow = length(text)
    single, joined = (160, 153) if is_narrow else (70, 67)
    return 1 if size <= single else -(-size // joined)


_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)
