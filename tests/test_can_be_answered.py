"""A text that asks for an answer says where it goes, and it stays short: every text, language and way to fill it."""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import abhiyan
from abhiyan.messaging import our_numbers
from abhiyan.messaging.rules import registered, texts
from abhiyan.pages.languages import SHIPPED
from abhiyan.pages.tests.test_addresses_of_messages import OWN_PAGE, PATHS

SOURCE = Path(abhiyan.__file__).parent
DOC = Path(__file__).parents[1] / "docs" / "messages.md"
BEGIN, END = "<!-- parts: begin -->\n", "<!-- parts: end -->"
ALL = texts.TEXTS | {
    (code, language): text
    for language, path in SHIPPED.items()
    for code, text in tomllib.loads(path.read_text("utf-8")).get("replies", {}).items()
}
ANSWER, JOIN, STOP, LEAVE = "+918000000001", "+918000000002", "+918000000003", "+918000000004"
# An installation has a number for answers, a header that takes replies, or neither; and perhaps numbers to call.
WAYS = [
    {"answer": answer, "reply": reply, "join": join, "stop": stop, "leave": leave}
    for (answer, reply, join), stop, leave in product(
        [(ANSWER, "", JOIN), (ANSWER, "", ""), ("", "1", ""), ("", "", "")], ["", STOP], ["", LEAVE]
    )
]
# Words by which a text asks to be answered by a text.
ASKS = re.compile(
    r"(?<!not )\b(?:[Ww]rite|[Rr]eply|[Ss]end)\b|\b(?:YES|NO|LEAVE|STOP)\b"
    r"|भेजें|लिखें|बंद करें|“छोड़ें”|بھیجیں|لکھیں|بند کریں|“چھوڑیں”"
)
OF_A_REPLY = re.compile(r"\b[Rr]eply\b|जवाब में|جواب میں")
BY_CALL = re.compile(r"[Mm]issed call to$|पर मिस्ड कॉल|پر مسڈ کال")
# They answer what a phone wrote to a number of ours, so it knows one. `duty.ask` asks to sign in, and `calls` to note.
KNOWS_ONE = {"text.help", "text.media", "text.lacking", "reply.which"}
NO_ASKING = {"duty.calls"}
WRITES_A_WORD = re.compile(
    r"\b(?:[Ww]rite|[Rr]eply|[Ss]end|[Tt]ext|SMS)\b[^.]{0,60}\b(?:YES|NO|LEAVE|STOP|JOIN)\b"
)
# This one tells an office how to word a bulk text.
TO_OFFICES = {"The text must say how to stop messages. Write {stop} for our number, or the word STOP."}

LONGEST = {
    "en": {"day": "28 November", "days": "26 to 28 November", "until": "30 November"},
    "hi": {"day": "28 नवंबर", "days": "26–28 नवंबर", "until": "30 नवंबर"},
    "ur": {"day": "28 نومبر", "days": "26–28 نومبر", "until": "30 نومبر"},
}
NAMES = {
    "en": ("Sunita Devi", "Booth 56/126, Katra"),
    "hi": ("सुनीता देवी", "बूथ 56/126, कटरा"),
    "ur": ("سنیتا دیوی", "بوتھ 56/126، کٹرا"),
}
ORGANISATIONS = {"en": "Jan Sangathan", "hi": "जन संगठन", "ur": "جن سنگٹھن"}
SHORT, WORD = "https://jnsg.in", "GFGS"
# Texts of more than two parts when they are filled as usual, and why.
LAW = "the law asks for these words: who sends, what it does, what it is not for, how to refuse"
NOTICE = "the short notice of the law"
NAMED = "names, place and day, beside two ways to answer"
STOPS = "the law asks how to stop, beside the question and two ways to answer"
OFFICE_WORDS = "an office's own words"
LONG_LINK = "its link says unit, body and day"
MAILED = "it goes by e-mail alone, which has no parts"
LONGER = {
    "code.email": MAILED,
    "code.sign_in.email": MAILED,
    "code.door": LAW,
    "code.join": LAW,
    "drive.reply": NOTICE,
    "drive.reply_yes": NOTICE,
    "ask.confirm": STOPS,
    "ask.host": NAMED,
    "ask.met": NAMED,
    "ask.phone": "what moves where and until when, beside two ways to object",
    "ask.stayed": NAMED,
    "ask.visited": NAMED,
    "duty.meeting": NAMED,
    "duty.meeting_moved": NAMED,
    "duty.office": NAMED,
    "duty.stay": NAMED,
    "ask.listed": STOPS,
    "drive.joined": "the law asks how to leave and how to stop, beside number and card",
    "deny.receipt": "what it ends, what stays, and how to leave it",
    "leave.receipt": "what it ends, what stays, how to leave it, how to undo it",
    "stop.receipt": "what it ends, what stays, and how to leave it",
    "held.receipt": "what waits, and how to leave at once or stay",
    "erase.receipt": "what is erased, and what the law keeps until when",
    "ticket.reply": OFFICE_WORDS,
    "ask.solved": OFFICE_WORDS,
    "contributor": "what is asked for, and how to stop",
    "duty.ask": LONG_LINK,
    "duty.asked": LONG_LINK,
    "duty.calls": "the booth presidents to call",
    "duty.morning": "figures of the day, and three leaders with numbers",
}


def usual(code: str, language: str) -> dict[str, str]:
    """The longest usual values of a text's blanks."""
    name, place = NAMES[language]
    path = next((path for begins, path in PATHS.items() if code.startswith(begins)), OWN_PAGE)
    values = dict.fromkeys(("name", "leader", "worker", "host"), name) | dict.fromkeys(
        ("unit", "place"), place
    )
    values |= dict.fromkeys(registered.ADDRESSES, SHORT + path) | LONGEST[language]
    values |= {
        "organisation": ORGANISATIONS[language],
        "word": WORD,
        "code": "482913",
        "number": "JK-4F7Q-2M9X",
        "ending": "0031",
        "born": "1984",
        "title": {"en": "Workers' meeting", "hi": "कार्यकर्ता बैठक", "ur": "کارکن میٹنگ"}[language],
        "office": {"en": "Booth president", "hi": "बूथ अध्यक्ष", "ur": "بوتھ صدر"}[language],
        "by": name,
        "page": f"{SHORT}/join/jk-2026/",
        "lacking": {"en": "year of birth or age", "hi": "जन्म का साल या उम्र", "ur": "پیدائش کا سال یا عمر"}[
            language
        ],
        "role": {"en": "in-charge", "hi": "प्रभारी", "ur": "انچارج"}[language],
        "programme": {"en": "Membership drive 2026", "hi": "सदस्यता अभियान 2026", "ur": "رکنیت مہم 2026"}[
            language
        ],
        "more": "3",
        "calls": "; ".join([f"{place}, {name}, {ANSWER}"] * (3 if code == "duty.morning" else 2)),
        "standing": {
            "en": "Membership drive: 10,349 counted. Due by today: 26,517. Needed from now on: 1,481 a day.",
            "hi": "सदस्यता अभियान: 10,349 गिने गए। आज तक होने थे: 26,517। अब से रोज़ चाहिए: 1,481।",
            "ur": "",
        }[language],
        "help": "+918000000005",
        "hear": "",
    }
    free = {
        "en": "Please look at the road near the school.",
        "hi": "स्कूल के पास की सड़क देख लें।",
        "ur": "اسکول کے پاس کی سڑک دیکھ لیں۔",
    }
    return {blank: values.get(blank, free[language]) for blank in texts.blanks(ALL[code, language])}


def fillings(code: str, language: str) -> Iterator[tuple[Mapping[str, str], str]]:
    """Each way to fill a text: what our numbers are, and the text. Parts of its own stand or not, each by itself."""
    text = ALL[code, language]
    own = sorted(
        texts.optional_blanks(text)
        - set(our_numbers.OUR_BLANKS)
        - ({"word"} if code.startswith(registered.ASKED) else set())
    )
    values = usual(code, language) | {"hear": f"{SHORT}/join/hear/3/hi/"}
    for way in WAYS:
        for there in product([True, False], repeat=len(own)):
            lacking = {name: "" for name, is_there in zip(own, there, strict=True) if not is_there}
            yield way, texts.fill_text(text, values | lacking | way)


@pytest.mark.parametrize(("code", "language"), sorted(ALL))
def test_a_text_that_asks_for_an_answer_says_where_it_goes(code: str, language: str) -> None:
    if code in NO_ASKING:
        return
    for way, said in fillings(code, language):
        numbers = [way["answer"], way["join"]]
        for asked in ASKS.finditer(said):
            before, behind = (
                said[max(0, asked.start() - 90) : asked.end()],
                said[asked.start() : asked.start() + 90],
            )
            is_told = any(number and number in f"{before} {behind}" for number in numbers)
            is_reply = bool(way["reply"] and OF_A_REPLY.search(f"{before} {behind}"))
            assert is_told or is_reply or (code in KNOWS_ONE and not way["join"]), (way, asked[0], said)


@pytest.mark.parametrize(("code", "language"), sorted(ALL))
def test_a_question_can_always_be_answered(code: str, language: str) -> None:
    """By a number, by a reply, or by its link alone. A number to call says so."""
    for way, said in fillings(code, language):
        if code.startswith("ask."):
            assert SHORT in said, said
            assert not way["answer"] or way["answer"] in said, said
        for name in ("stop", "leave"):
            if way[name] and way[name] in said:
                n = said.index(way[name])
                assert BY_CALL.search(said[n - 20 : n].rstrip()) or BY_CALL.search(said[n : n + 30]), said
        assert not set("[]{}|") & set(said) and "  " not in said and "?R" not in said, said


def test_no_page_tells_anybody_to_write_a_word() -> None:
    """Pages, scripts and sheets do not know which number takes texts: they name a number to call, or a link."""
    found: set[str] = set()
    for path in SOURCE.glob("*/locale/hi/LC_MESSAGES/django.po"):
        with path.open("rb") as file:
            for one in read_po(file):
                ids = [one.id] if isinstance(one.id, str) else one.id
                found |= {str(text) for text in ids if WRITES_A_WORD.search(str(text))}
    found -= TO_OFFICES
    assert not found


@pytest.mark.parametrize(("code", "language"), sorted(ALL))
def test_a_text_has_one_way_for_each_thing_that_may_lack(code: str, language: str) -> None:
    """Each way is registered on DLT by hand."""
    fixed = {"organisation": "Jan Sangathan", "notice": "We keep your name."}
    now = list(
        registered.contents(
            code,
            ALL[code, language],
            fixed=fixed,
            origin=SHORT,
            lacking=frozenset({"reply"}),
            always=frozenset({"answer", "stop", "leave", "join"}),
        )
    )
    assert len(now) <= 12, (code, language, len(now))


def parts(code: str, language: str) -> int:
    """SMS parts with all numbers there and the longest usual values."""
    way = {"answer": ANSWER, "reply": "", "join": JOIN, "stop": STOP, "leave": LEAVE}
    return texts.count_sms(texts.fill_text(ALL[code, language], usual(code, language) | way))


def table() -> str:
    """The table of docs/messages.md."""
    codes = sorted({code for code, _language in ALL})
    rows = ["| text | English | Hindi | Urdu | why more than two |", "|---|---|---|---|---|"]
    for code in codes:
        found = [str(parts(code, each)) if (code, each) in ALL else "–" for each in ("en", "hi", "ur")]
        rows.append(
            f"| `{code}` | {' | '.join(found)} | {reason(code) if any(n > '2' for n in found if n != '–') else ''} |"
        )
    return "\n".join(rows) + "\n"


def reason(code: str) -> str:
    """Why a text may be longer than two parts; "" for no reason."""
    return next(
        (why for begins, why in LONGER.items() if code == begins or code.startswith(f"{begins}.")), ""
    )


@pytest.mark.parametrize(("code", "language"), sorted(ALL))
def test_a_text_has_at_most_two_parts_or_a_reason(code: str, language: str) -> None:
    assert parts(code, language) <= 2 or reason(code), (
        parts(code, language),
        texts.fill_text(ALL[code, language], usual(code, language) | WAYS[0]),
    )


def test_the_table_of_texts_is_up_to_date() -> None:
    """ABHIYAN_WRITE_TEXTS=yes writes it."""
    said = DOC.read_text("utf-8")
    before, _begin, rest = said.partition(BEGIN)
    there, _end, behind = rest.partition(END)
    if os.environ.get("ABHIYAN_WRITE_TEXTS"):
        DOC.write_text(before + BEGIN + table() + END + behind, "utf-8")
        return
    assert there == table(), "run this test with ABHIYAN_WRITE_TEXTS=yes"
