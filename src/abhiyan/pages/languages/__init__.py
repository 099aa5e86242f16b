"""A language's file: looked through, and put where every process reads it (core.languages, docs/languages.md)."""

import io
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from abhiyan.core import languages
from abhiyan.core.languages import OWN, SCHEDULE, Language, Table
from abhiyan.messaging.rules import texts, words
from abhiyan.people.rules import notices, standard_notice
from abhiyan.ui import build, messages

SHIPPED = {path.stem: path for path in sorted(Path(__file__).parent.glob("*.toml"))}
LARGEST = 1_000_000  # bytes; a whole language has a tenth of that
# Messages to office-bearers, friends and contributors are not among them: they read Hindi or English.
REPLIES = sorted(
    code
    for code in texts.FIXED
    if not code.startswith(("duty.", "office.", "account."))
    and code not in ("code.sign_in", "code.field")
    and texts.FRIEND not in code
    and texts.CONTRIBUTOR not in code
    and not code.startswith("contributor.")
)
LISTS = {"unclear", *words.SETS, *words.PHRASE_SETS, *words.TextWord}
HEAD = {"code": str, "name": str, "otherwise": str, "mark": str, "reviewed_by": str, "reviewed_on": date}
TABLES = ("replies", "words", "notice", "pages")
# The files whose words the public reads. A page of one's own begins with me, in whatever room.
PUBLIC = (
    *(f"*/templates/*/{name}.html" for name in ("me_*", "_me_*", "question_*")),
    *("friends/views/own_help.py", "messaging/link_pages.py"),
    *(f"intake/templates/intake/{name}.html" for name in ("join*", "link_over", "_notice", "_steps")),
    *(f"intake/{name}.py" for name in ("views/join*", "views/link", "actions/te*", "forms")),
    *(f"enrolment/templates/enrolment/{name}.html" for name in ("m[eo]*", "question*", "_[cmpsw]*")),
    *(f"enrolment/views/{name}.py" for name in ("card", "me*", "question")),
    *(f"enrolment/actions/{name}.py" for name in ("claims", "confirming", "moving", "receipts", "t[ei]*")),
    *(f"enrolment/{name}.py" for name in ("choosing", "fields", "forms", "here", "models", "visit")),
    *("enrolment/rules/channels.py", "core/refusals.py"),
    *(
        "enrolment/rules/rolls.py",
        "enrolment/rules/motives.py",
        "enrolment/templates/enrolment/_own_link.html",
    ),
    *("messaging/models.py", "messaging/rules/reasons.py", "messaging/templates/messaging/link_over.html"),
    *("verification/queries/held.py", "people/models.py", "units/models.py"),
    *("people/actions/codes.py", "people/fields.py", "people/templates/people/_code_stopped.html"),
    "people/templates/people/document_check.html",
    "programmes/templates/programmes/item_question.html",
    *(f"verification/templates/verification/{name}.html" for name in ("public", "_public*", "_replay")),
    *(f"helpdesk/templates/helpdesk/{name}.html" for name in ("write", "sent", "solved")),
    *("helpdesk/models.py", "helpdesk/views/public.py", "ui/templates/ui/_helpline.html"),
    *(
        "ui/fields.py",
        "ui/invitations.py",
        "ui/templates/4*.html",
        "ui/templates/ui/error.html",
        "ui/templates/ui/base.html",
    ),
    *("ui/templates/ui/_language.html", "ui/templates/ui/_foot.html", "ui/templates/ui/_told.html"),
)
# The marks a translation may neither lose nor add: pages put it between tags and quotes as it is.
_MARKS = re.compile(r"%\(\w+\)[sd]|%.|%$|\{\w*\}|<[^<>]*>|[<>\"&]")
_UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
Key = tuple[str, str]  # context ("" without one), English


class Wrong(ValueError):
    """A file that is not taken. lines: everything that is wrong: the place in the file first, the remedy last."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = list(lines)
        super().__init__("\n".join(self.lines))


@dataclass(frozen=True)
class LanguageFile:
    """A file that may be taken: its language, its text, and what it lacks or says at length, a line each."""

    language: Language
    text: str
    remarks: list[str]


def read_language_file(path: Path) -> LanguageFile:
    """Look a language's file through. Raises Wrong with all that keeps it from being taken; OSError."""
    with path.open("rb") as file:
        raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise Wrong([f"the file: larger than {LARGEST:,} bytes; a whole language has a tenth of that"])
    try:
        text = raw.decode("utf-8-sig")
        table = tomllib.loads(text)
    except UnicodeDecodeError:
        raise Wrong(["the file: not in UTF-8; save it as UTF-8"]) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Wrong([f"the file: {error}; put that line right, as TOML wants it"]) from None
    if wrong := [*_wrong_head(table), *_unseen("", table)]:
        raise Wrong(wrong)
    language = Language(**table)
    public = strings()
    if wrong := [
        *_wrong_replies(language.replies),
        *_wrong_words(language),
        *_wrong_notice(language.notice),
        *_wrong_pages(language.pages, public),
    ]:
        raise Wrong(wrong)
    return LanguageFile(language, text, [*_remarks(language, public)])


def add_language(path: Path) -> LanguageFile:
    """Look a file through and install it for this process and later ones.

    Raises as `read_language_file` does; then nothing has changed. Its messages go out once they are published
    (messaging.publish_templates).
    """
    language_file = read_language_file(path)
    place = languages.languages_folder() / language_file.language.code
    build.replace_file(place / "LC_MESSAGES" / "django.mo", _compiled(language_file.language))
    build.replace_file(place / languages.FILE, language_file.text.encode())
    languages.read_again()
    return language_file


@cache
def strings() -> dict[Key, str]:
    """Return the strings of pages for the public: context and English -> the English of more than one ("" where
    there is none)."""
    return {
        (context, singular): many
        for room in messages.rooms()
        for context, singular, many in messages.collect(room, PUBLIC).strings
    }


def language_pages(table: Table) -> Iterator[tuple[Key, Any]]:
    """Yield the pages of a file, context by context. A text that is empty is not there."""
    for name, texts_by_key in table.items():
        if isinstance(texts_by_key, Mapping):
            yield from (((name, singular), text) for singular, text in texts_by_key.items() if text)
        elif texts_by_key:
            yield ("", name), texts_by_key


def _compiled(language: Language) -> bytes:
    """Return what Django reads of the pages. Missing strings are Hindi by themselves; English is written out."""
    public = strings()
    text_by_key = dict(language_pages(language.pages))
    if language.otherwise == "en":
        text_by_key = {key: [key[1], many] if many else key[1] for key, many in public.items()} | text_by_key
    catalogue = Catalog(charset="utf-8", fuzzy=False)
    for (context, singular), text in text_by_key.items():
        many = public.get((context, singular), "")
        catalogue.add((singular, many) if many else singular, text, context=context or None)
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


# Faults, a line each


def _near(name: str, known: Iterable[str]) -> str:
    """Return the remedy for a name that is not known."""
    near = get_close_matches(name, list(known), 1)
    return (
        f"did you mean {near[0]}?" if near else "leave it out, or see the names `abhiyan language new` writes"
    )


def _unseen(place: str, said: Any) -> Iterator[str]:
    """Yield signs nobody sees, which could turn a page or an SMS round."""
    if isinstance(said, Mapping):
        for name, part in said.items():
            yield from _unseen(place, name)
            yield from _unseen(f"{place}.{name}".strip("."), part)
    elif isinstance(said, list):
        for part in said:
            yield from _unseen(place, part)
    elif isinstance(said, str) and (match := _UNSEEN.search(said)):
        yield f"{place}: has a sign nobody sees, U+{ord(match[0]):04X}; delete it"


def _wrong_head(said: Mapping[str, Any]) -> Iterator[str]:
    for name, value in said.items():
        if name in TABLES:
            if not isinstance(value, Mapping):
                yield f"{name}: not a table; write [{name}] and its texts below"
        elif name not in HEAD:
            yield f"{name}: not known here; {_near(name, [*HEAD, *TABLES])}"
        elif not isinstance(value, HEAD[name]) or isinstance(value, datetime):
            wanted = "a day, such as 2026-11-23" if name == "reviewed_on" else "a text in quotes"
            yield f"{name}: write {wanted}"
    for name in ("code", "name", "otherwise", "mark"):
        if not str(said.get(name, "")).strip():
            yield f"{name}: missing; write it at the top of the file"
    code, otherwise = (str(said.get(name, "")) for name in ("code", "otherwise"))
    if code in OWN:
        yield f"code: {OWN[code]} comes with Abhiyan; no file changes it"
    elif code and code not in SCHEDULE:
        codes_text = ", ".join(f"{language_code} ({name})" for language_code, name in SCHEDULE.items())
        yield f"code: {code} is no language of the Eighth Schedule; write one of {codes_text}"
    if otherwise and otherwise not in OWN:
        yield 'otherwise: write "hi" or "en", the language in which people read what this one lacks'
    if bool(said.get("reviewed_by")) != bool(said.get("reviewed_on")):
        yield "reviewed_by, reviewed_on: write both, who reviewed every text and on which day, or neither"


def _wrong_replies(replies: Table) -> Iterator[str]:
    for code, text in replies.items():
        place = f'replies."{code}"'
        if code not in REPLIES:
            yield f"{place}: no such message to the public; {_near(code, REPLIES)}"
            continue
        if not isinstance(text, str) or not text.strip():
            yield f"{place}: write a text in quotes, or leave the line out"
            continue
        hindi = texts.TEXTS[code, "hi"]
        yield from _wrong_blanks(place, text, texts.blanks(hindi))
        bare = texts.fill_text(text, dict.fromkeys(texts.blanks(text), "x"))
        if set("[]{}") & set(bare):
            yield f"{place}: a bracket is left over; each [ needs its ], each {{ its }}, and no [ stands within another"
        if (n := texts.count_sms(bare)) > (
            most := 2 * texts.count_sms(texts.fill_text(hindi, dict.fromkeys(texts.blanks(hindi), "x")))
        ):
            yield f"{place}: {n} SMS long, at most {most} are paid for; shorten it"


def _wrong_blanks(
    place: str, text: str, wanted: frozenset[str], *, all_of_them: bool = True
) -> Iterator[str]:
    blanks = texts.blanks(text)
    for blank in sorted(blanks - wanted):
        blanks_text = ", ".join(f"{{{blank_name}}}" for blank_name in sorted(wanted)) or "none"
        yield f"{place}: {{{blank}}} is filled by nothing; the blanks here are: {blanks_text}"
    for blank in sorted(wanted - blanks) if all_of_them else ():
        yield f"{place}: lacks {{{blank}}}; put it where its value belongs"


def _wrong_words(language: Language) -> Iterator[str]:
    wrong = False
    for name, phrases in language.words.items():
        if name not in LISTS:
            wrong = True
            yield f"words.{name}: no such list; {_near(name, LISTS)}"
        elif not isinstance(phrases, list) or not all(
            isinstance(phrase, str) and words.is_phrase(phrase) for phrase in phrases
        ):
            wrong = True
            yield f'words.{name}: write words in quotes between brackets, such as ["…", "…"]'
    if not wrong:
        try:
            words.judge_phrases(language)
        except ValueError as error:
            yield f"words: one phrase under two words ({error}); leave one of them out"


def _wrong_notice(said: Table) -> Iterator[str]:
    if not said:
        return
    for name, part in said.items():
        place = f"notice.{name}"
        if isinstance(part, Mapping):
            if set(part) != {"heading", "text"} or not all(
                isinstance(text, str) and text.strip() for text in part.values()
            ):
                yield f"{place}: write heading and text, each in quotes"
            else:
                yield from _wrong_blanks(place, part["text"], standard_notice.BLANKS, all_of_them=False)
        elif not isinstance(part, str) or not part.strip():
            yield f"{place}: write a text in quotes"
        elif name in standard_notice.PHRASES or name == "title" or name == "short":
            wanted = standard_notice.PHRASES.get(
                name, standard_notice.BLANKS if name == "title" else frozenset()
            )
            yield from _wrong_blanks(place, part, frozenset(wanted), all_of_them=name == "by_call")
        else:
            yield f"{place}: not known here; {_near(name, [*standard_notice.PHRASES, 'title', 'short'])}"
    lacking = [
        name for name in (*standard_notice.PHRASES, "title", "short", *notices.REQUIRED) if name not in said
    ]
    if lacking:
        yield f"notice: lacks {', '.join(lacking)}; write them, or leave the whole notice out"
    if isinstance(short := said.get("short"), str) and len(short) > notices.LONGEST_SHORT:
        yield f"notice.short: {len(short)} characters; it goes out by SMS, so write at most {notices.LONGEST_SHORT}"


def _place(context: str, one: str) -> str:
    """Return the place of a page's text in the file."""
    return ".".join(["pages", *([context] if context else []), f'"{one}"'])


def _wrong_pages(table: Table, public: Mapping[Key, str]) -> Iterator[str]:
    for (context, singular), text in language_pages(table):
        place = _place(context, singular)
        if not singular:  # where a catalogue keeps what it says of itself
            yield f"{place}: the English is missing; leave the line out"
            continue
        many = public.get((context, singular), "")
        forms = text if isinstance(text, list) else [text]
        if not all(isinstance(plural_form, str) for plural_form in forms) or len(forms) != (2 if many else 1):
            wanted = 'two texts, for one and for more: ["…", "…"]' if many else "one text in quotes"
            yield f"{place}: write {wanted}"
            continue
        for form, english in zip(forms, (singular, many), strict=False):
            has, needs = Counter(_MARKS.findall(form)), Counter(_MARKS.findall(english))
            if many and english == singular:  # of one, the number may be left out
                needs &= has
            if has != needs:
                differs = ", ".join(sorted((has - needs) + (needs - has)))
                yield f"{place}: these signs differ from the English: {differs}; use each as often as it does"


def _remarks(language: Language, public: Mapping[Key, str]) -> Iterator[str]:
    there = dict(language_pages(language.pages))
    other = OWN[language.otherwise]
    for code in REPLIES:
        if code not in language.replies:
            yield f'replies."{code}": missing; people get it in {other}'
            continue
        n_parts, hindi = (texts.count_sms(text) for text in (language.replies[code], texts.TEXTS[code, "hi"]))
        if n_parts > hindi:
            yield f'replies."{code}": {n_parts} SMS long, {hindi} in Hindi'
    for name in sorted({*words.TextWord, "polite"} - set(language.words)):
        yield f"words.{name}: missing; only Hindi and English words are understood"
    if not language.notice:
        yield f"notice: missing; people read it in {other}"
    for context, singular in sorted(public.keys() - there.keys()):
        yield f"{_place(context, singular)}: missing; people read it in {other}"
    for context, singular in sorted(there.keys() - public.keys()):
        yield f"{_place(context, singular)}: used no longer; leave it out"
    if not language.is_reviewed:
        yield "reviewed_by, reviewed_on: missing; every page says that nobody has reviewed this translation"
