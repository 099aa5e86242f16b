"""The standard notice an organisation begins its own with, and a notice as one text that people write and read.

As one text: the title first, then each part beneath its heading, which stands on a line beginning with #.
What only the organisation knows stands in square brackets; while any is left the notice is not to be published.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from .notices import SAMPLE, NoticeText, Section, shipped

LANGUAGES = ("hi", "en")
SHORT = {"en": "First reply to a call or an SMS", "hi": "कॉल या SMS का पहला जवाब"}
NO_NAME = {"en": "[name of the organisation]", "hi": "[संगठन का नाम]"}
_NO_CONTACT = {
    "en": "[name of the data officer], [telephone and e-mail]",
    "hi": "[डेटा अधिकारी का नाम], [फ़ोन और ई-मेल]",
}
_BY_CALL = {"en": ", or by calling {leave}", "hi": ", या {leave} पर कॉल करके"}
_STANDARD = shipped("standard_notice.toml")  # with blanks for what an installation knows of itself
_HOLE = re.compile(r"\[[^\[\]]*\]")
OTHER = "more"  # key of a part with a heading of the organisation's own


def standard(language: str, *, organisation: str, contact: str, page: str, leave_number: str) -> NoticeText:
    """The shipped text with what an installation knows of itself filled in. No number, no promise of one.

    contact: who answers about people's data. Once published it is words of that version, as everything else.
    """
    by_call = _BY_CALL[language].format(leave=leave_number) if leave_number else ""
    told = {
        "name": organisation or NO_NAME[language],
        "contact": contact or _NO_CONTACT[language],
        "page": page,
        "by_call": by_call,
    }
    text = _STANDARD[language]
    return NoticeText(
        title=text.title.format(**told),
        sections=[replace(section, text=section.text.format(**told)) for section in text.sections],
        short=text.short,
    )


def written(text: NoticeText, language: str) -> str:
    """A notice as one text, for a page with one box per language."""
    parts = [(section.heading, section.text) for section in text.sections] + [(SHORT[language], text.short)]
    return "\n\n".join([text.title, *(f"# {heading}\n{said}" for heading, said in parts)]) + "\n"


def read(typed: str, language: str, *, before: Iterable[Section] = ()) -> NoticeText:
    """What somebody wrote, as a notice. before: the parts of the version it began from, whose headings are known too.

    Lacking parts are simply not there: `notices.missing` names them.
    """
    keys = _keys(language, before)
    title: list[str] = []
    parts: list[tuple[str, list[str]]] = []
    for line in typed.splitlines():
        if line.lstrip().startswith("#"):
            parts.append((" ".join(line.lstrip(" #\t").split()), []))
        else:
            (parts[-1][1] if parts else title).extend(line.split())
    short = ""
    sections = []
    for heading, words in parts:
        if heading == SHORT[language]:
            short = " ".join(words)
        else:
            sections.append(Section(keys.get(heading, OTHER), heading, " ".join(words)))
    return NoticeText(" ".join(title), sections, short)


def _keys(language: str, before: Iterable[Section]) -> Mapping[str, str]:
    """heading -> key, of the standard text, the sample and the version before."""
    known = [
        *SAMPLE[language].sections,
        *_STANDARD[language].sections,
        *(section for section in before if section.key),
    ]
    return {" ".join(section.heading.split()): section.key for section in known}


def heading(key: str, language: str) -> str:
    """How a required part is headed, to name one that is missing."""
    if key == "short":
        return SHORT[language]
    return next((section.heading for section in _STANDARD[language].sections if section.key == key), key)


def holes(text: str) -> list[str]:
    """What is still to be filled in, in square brackets."""
    return list(dict.fromkeys(_HOLE.findall(text)))
