"""What a notice must say (DPDP Rules 2025, rule 3; Act s.5), and the marked sample an installation begins with."""

from collections.abc import Sequence
from dataclasses import dataclass

# Who collects, what data, for which purposes, withdrawing, one's rights, complaining to the Board, who answers.
REQUIRED = ("who", "data", "purposes", "withdraw", "rights", "board", "contact")


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a notice. key: of REQUIRED, or any other for what is said besides."""

    key: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class NoticeText:
    """A notice in one language. short: for the first reply to a call or an SMS."""

    title: str
    sections: Sequence[Section]
    short: str


def missing(text: NoticeText) -> list[str]:
    """Keys of required sections that are absent or empty."""
    said = {section.key for section in text.sections if section.heading.strip() and section.text.strip()}
    lacking = [key for key in REQUIRED if key not in said]
    return lacking + ([] if text.title.strip() else ["title"]) + ([] if text.short.strip() else ["short"])


SAMPLE = {
    "en": NoticeText(
        title="Before you join: what we keep and why (sample text)",
        sections=(
            Section("who", "Who collects", "The organisation named at the top of this page, for its roll."),
            Section(
                "data",
                "What we keep",
                "Your name, mobile number, year of birth, and the place where you vote or live. Nothing else: no "
                "Aadhaar, no caste, no religion, no health, and never how you vote.",
            ),
            Section(
                "purposes",
                "What for",
                "To keep the roll of members. Calls and messages only if you agree to each of them "
                "separately; you can be a member without them.",
            ),
            Section(
                "age",
                "Who can join",
                "Only people who are 18 or older. If you are younger, nothing you write here is kept.",
            ),
            Section(
                "withdraw",
                "Leaving and taking back your yes",
                "At any time and as easily as joining: on your member page. We then stop at once.",
            ),
            Section(
                "rights",
                "Your rights",
                "See what is held about you and who got it, have it corrected or completed, and name somebody "
                "who acts for you. You get an answer within 30 days.",
            ),
            Section(
                "board",
                "If you are not content",
                "You can complain to us first, and to the Data Protection Board of India.",
            ),
            Section(
                "contact",
                "Who answers",
                "A real notice names the data officer here, with telephone and e-mail. (Sample: not for real use.)",
            ),
        ),
        short="We keep your number to answer this call. Notice and joining: by the link. 18 or older only.",
    ),
    "hi": NoticeText(
        title="जुड़ने से पहले: हम क्या रखते हैं और क्यों (नमूना)",
        sections=(
            Section("who", "कौन लेता है", "इस पन्ने के ऊपर लिखा संगठन, अपनी सदस्य सूची के लिए।"),
            Section(
                "data",
                "हम क्या रखते हैं",
                "आपका नाम, मोबाइल नंबर, जन्म का वर्ष, और वह जगह जहाँ आप वोट देते या रहते हैं। इसके अलावा कुछ नहीं: न आधार, न "
                "जाति, न धर्म, न स्वास्थ्य, और यह कभी नहीं कि आप किसे वोट देते हैं।",
            ),
            Section(
                "purposes",
                "किस लिए",
                "सदस्य सूची रखने के लिए। फ़ोन और संदेश तभी, जब आप हर एक के लिए अलग से हाँ कहें; उनके बिना भी आप सदस्य बन "
                "सकते हैं।",
            ),
            Section(
                "age",
                "कौन जुड़ सकता है",
                "केवल 18 वर्ष या उससे बड़े लोग। इससे छोटे हों तो आपका लिखा कुछ भी नहीं रखा जाता।",
            ),
            Section(
                "withdraw",
                "छोड़ना और अपनी हाँ वापस लेना",
                "जब चाहें, उतनी ही आसानी से जितनी आसानी से जुड़े: अपने सदस्य पन्ने पर। हम उसी समय रुक जाते हैं।",
            ),
            Section(
                "rights",
                "आपके अधिकार",
                "देखना कि आपके बारे में क्या रखा है और किसे दिया गया, उसे ठीक या पूरा करवाना, और अपनी ओर से किसी को नामित "
                "करना। जवाब 30 दिन के भीतर मिलता है।",
            ),
            Section(
                "board",
                "यदि आप संतुष्ट न हों",
                "पहले हमसे शिकायत करें; आप भारत के डेटा संरक्षण बोर्ड से भी शिकायत कर सकते हैं।",
            ),
            Section(
                "contact",
                "जवाब कौन देता है",
                "असली सूचना में यहाँ डेटा अधिकारी का नाम, फ़ोन और ई-मेल होता है। (नमूना: असली उपयोग के लिए नहीं।)",
            ),
        ),
        short="इस कॉल का जवाब देने के लिए हम आपका नंबर रखते हैं। सूचना और जुड़ना: लिंक से। केवल 18 वर्ष या बड़े।",
    ),
}
