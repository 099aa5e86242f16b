"""The standard notice an organisation begins its own with, and a notice as one text that people write and read.

As one text: the title first, then each part beneath its heading, which stands on a line beginning with #.
What only the organisation knows stands in square brackets; while any is left the notice is not to be published.
"""

import re
from collections.abc import Iterable, Mapping

from .notices import SAMPLE, NoticeText, Section

LANGUAGES = ("hi", "en")
SHORT = {"en": "First reply to a call or an SMS", "hi": "कॉल या SMS का पहला जवाब"}
NO_NAME = {"en": "[name of the organisation]", "hi": "[संगठन का नाम]"}
_NO_CONTACT = {
    "en": "[name of the data officer], [telephone and e-mail]",
    "hi": "[डेटा अधिकारी का नाम], [फ़ोन और ई-मेल]",
}
_TITLE = {
    "en": "Before you join {name}: what we keep and why",
    "hi": "{name} से जुड़ने से पहले: हम क्या रखते हैं और क्यों",
}
_BY_CALL = {"en": ", or by calling {leave}", "hi": ", या {leave} पर कॉल करके"}
_SECTIONS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "en": (
        ("who", "Who collects", "{name}, [address], collects what you give here and answers for it."),
        (
            "data",
            "What we keep",
            (
                "Your name, mobile number, year of birth, and the place where you vote or live; when and how you "
                "joined; and what you agreed to. Nothing else: no Aadhaar, no caste, no religion, no health, and "
                "never how you vote."
            ),
        ),
        (
            "purposes",
            "What for",
            (
                "To keep the roll of members. Calls and messages only if you agree to each of them separately; you can "
                "be a member without them."
            ),
        ),
        (
            "age",
            "Who can join",
            "Only people who are 18 or older. If you are younger, nothing you write here is kept.",
        ),
        (
            "withdraw",
            "Leaving and taking back your yes",
            "At any time and as easily as joining: on your member page, {page}{by_call}. We then stop at once.",
        ),
        (
            "rights",
            "Your rights",
            (
                "On your member page, {page}, you see what is held about you, correct it, take back a yes, and leave. "
                "You may also ask us who got it, have it completed, and name somebody who acts for you. You get an "
                "answer within 30 days."
            ),
        ),
        (
            "board",
            "If you are not content",
            "You can complain to us first, and to the Data Protection Board of India.",
        ),
        ("contact", "Whom to ask", "{contact}, {name}."),
    ),
    "hi": (
        ("who", "कौन लेता है", "{name}, [पता]। आप यहाँ जो देते हैं वह यही संगठन लेता है और उसका जवाब देता है।"),
        (
            "data",
            "हम क्या रखते हैं",
            (
                "आपका नाम, मोबाइल नंबर, जन्म का वर्ष, और वह जगह जहाँ आप वोट देते या रहते हैं; आप कब और कैसे जुड़े; और आपने किस "
                "बात की हाँ कही। इसके अलावा कुछ नहीं: न आधार, न जाति, न धर्म, न स्वास्थ्य, और यह कभी नहीं कि आप किसे वोट देते हैं।"
            ),
        ),
        (
            "purposes",
            "किस लिए",
            "सदस्य सूची रखने के लिए। फ़ोन और संदेश तभी, जब आप हर एक के लिए अलग से हाँ कहें; उनके बिना भी आप सदस्य बन सकते हैं।",
        ),
        (
            "age",
            "कौन जुड़ सकता है",
            "केवल 18 वर्ष या उससे बड़े लोग। इससे छोटे हों तो आपका लिखा कुछ भी नहीं रखा जाता।",
        ),
        (
            "withdraw",
            "छोड़ना और अपनी हाँ वापस लेना",
            "जब चाहें, उतनी ही आसानी से जितनी आसानी से जुड़े: अपने सदस्य पन्ने {page} पर{by_call}। हम उसी समय रुक जाते हैं।",
        ),
        (
            "rights",
            "आपके अधिकार",
            (
                "अपने सदस्य पन्ने {page} पर आप देखते हैं कि आपके बारे में क्या रखा है, उसे ठीक करते हैं, अपनी हाँ वापस लेते हैं और "
                "सदस्यता छोड़ते हैं। आप हमसे यह भी पूछ सकते हैं कि वह किसे दिया गया, उसे पूरा करवा सकते हैं, और अपनी ओर से "
                "किसी को नामित कर सकते हैं। जवाब 30 दिन के भीतर मिलता है।"
            ),
        ),
        (
            "board",
            "यदि आप संतुष्ट न हों",
            "पहले हमसे शिकायत करें; आप भारत के डेटा संरक्षण बोर्ड से भी शिकायत कर सकते हैं।",
        ),
        ("contact", "किससे पूछें", "{contact}, {name}।"),
    ),
}
_SHORT = {
    "en": "We keep your number to answer this call. What we keep and why, and joining: by the link. 18 or older only.",
    "hi": "इस कॉल का जवाब देने के लिए हम आपका नंबर रखते हैं। क्या रखते हैं और क्यों, और जुड़ना: लिंक से। केवल 18 वर्ष या बड़े।",
}
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
    return NoticeText(
        title=_TITLE[language].format(**told),
        sections=[Section(key, heading, text.format(**told)) for key, heading, text in _SECTIONS[language]],
        short=_SHORT[language],
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
    known = {section.heading: section.key for section in SAMPLE[language].sections}
    known |= {heading: key for key, heading, _text in _SECTIONS[language]}
    return known | {" ".join(section.heading.split()): section.key for section in before if section.key}


def heading(key: str, language: str) -> str:
    """How a required part is headed, to name one that is missing."""
    if key == "short":
        return SHORT[language]
    return next((heading for known, heading, _text in _SECTIONS[language] if known == key), key)


def holes(text: str) -> list[str]:
    """What is still to be filled in, in square brackets."""
    return list(dict.fromkeys(_HOLE.findall(text)))
