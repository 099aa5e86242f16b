"""The fixed texts of service messages, and filling their blanks.

Texts of codes follow law.md O2: who sends, what the code does, whom never to give it to, how to refuse.
Every text names the organisation and how to stop (T5). Blanks stand in braces. What stands in square brackets is left
out where one of its blanks is empty: a number that an installation does not have is not promised.
"""

import re

SERVICE, DUTY, OUTREACH = 1, 2, 3

# (template code, language) -> text. Published by `actions.publish_templates`, under the version below.
TEXTS: dict[tuple[str, str], str] = {
    ("code.sign_in", "en"): "{code} is your code to sign in to {organisation}. Tell it to nobody. "
    "If you did not ask for it, do nothing.",
    ("code.sign_in", "hi"): "{organisation} में प्रवेश का कोड {code} है। किसी को न बताएँ। आपने नहीं माँगा तो कुछ न करें।",
    (
        "code.join",
        "en",
    ): "{code}: typing this code makes you a member of {organisation}. Never give it to anyone "
    "for treatment, ration, a job or a scheme. Not you? Do nothing.[ Leave: {leave}]",
    ("code.join", "hi"): "{code}: यह कोड डालने से आप {organisation} के सदस्य बनेंगे। इलाज, राशन, नौकरी या योजना के "
    "लिए किसी को न दें। आपने नहीं माँगा तो कुछ न करें।[ छोड़ें: {leave}]",
    ("code.member", "en"): "{code} opens your membership page at {organisation}. Tell it to nobody. "
    "If you did not ask for it, do nothing.",
    ("code.member", "hi"): "{organisation} में आपकी सदस्यता का पृष्ठ खोलने का कोड {code} है। किसी को न बताएँ। "
    "आपने नहीं माँगा तो कुछ न करें।",
    ("code.leave", "en"): "{code}: typing this code ends your membership of {organisation}. "
    "If you did not ask for it, do nothing.",
    ("code.leave", "hi"): "{code}: यह कोड डालने से {organisation} की आपकी सदस्यता समाप्त होगी। "
    "आपने नहीं माँगा तो कुछ न करें।",
    (
        "drive.reply",
        "en",
    ): "{organisation}: {notice} To become a member open {link} .[ Hear the notice: {hear}.] "
    "Not you? Do nothing.[ Stop: {leave}]",
    ("drive.reply", "hi"): "{organisation}: {notice} सदस्य बनने के लिए {link} खोलें।[ सूचना सुनें: {hear}।] "
    "नहीं बनना तो कुछ न करें।[ रोकें: {leave}]",
    ("drive.already", "en"): "{organisation}: you are already a member. See, correct or leave: {link}",
    ("drive.already", "hi"): "{organisation}: आप पहले से सदस्य हैं। देखें, सुधारें या छोड़ें: {link}",
    ("duty.in_charge", "en"): "{organisation}: you are named {role} of {programme} in {unit}. "
    "Accept or decline: {link}",
    ("duty.in_charge", "hi"): "{organisation}: {unit} में {programme} के लिए आपको {role} बनाया गया है। "
    "स्वीकार करें या मना करें: {link}",
    ("duty.office", "en"): "{organisation}: you are named {office}, {unit}. Accept or decline: {link}",
    ("duty.office", "hi"): "{organisation}: आपको {office}, {unit} बनाया गया है। स्वीकार करें या मना करें: {link}",
    ("account.reset_asked", "en"): "{organisation}: a reset of your second sign-in proof was asked for. "
    "Not you? Sign in and stop it: {link}",
    ("account.reset_asked", "hi"): "{organisation}: आपके साइन इन का दूसरा प्रमाण हटाने का अनुरोध आया है। "
    "आपने नहीं कहा तो साइन इन करके रोकें: {link}",
    ("account.reset_done", "en"): "{organisation}: your second sign-in proof was reset. "
    "Not you? Tell the level above at once.",
    ("account.reset_done", "hi"): "{organisation}: आपके साइन इन का दूसरा प्रमाण हटा दिया गया है। "
    "आपने नहीं कहा तो तुरंत ऊपर के स्तर को बताएँ।",
    # Whoever calls to leave gets it, a member or not: it is true of both, and tells nobody which.
    ("leave.receipt", "en"): "{organisation}: as you asked, we will not write or call again. "
    "If you had joined, you have left. Only your own phone can ask to join.",
    ("leave.receipt", "hi"): "{organisation}: आपके कहने पर अब हम संदेश या कॉल नहीं करेंगे। "
    "आप जुड़े थे तो अब नहीं हैं। जुड़ने के लिए केवल आपका अपना फ़ोन कह सकता है।",
}
# Texts that were shipped otherwise before; every other is in its first version.
VERSIONS = {"code.join": 2, "drive.reply": 2, "leave.receipt": 2}
OF_A_CODE = ("code", "leave")  # what a one-time code brings to fill its text
_BLANK = re.compile(r"\{([a-z_]+)\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")


def version(code: str) -> int:
    """In which version a text is shipped."""
    return VERSIONS.get(code, 1)


def kind(code: str) -> int:
    """The class of messages a text is for: to office-bearers, of what they owe; or service."""
    return DUTY if code.startswith("duty.") else SERVICE


def is_code(code: str) -> bool:
    """Whether a text brings a one-time code, for which somebody waits at a screen."""
    return code.startswith("code.")


def blanks(text: str) -> frozenset[str]:
    """Names of the blanks of a text."""
    return frozenset(_BLANK.findall(text))


def fill(text: str, values: dict[str, str]) -> str:
    """The text with its blanks filled; what fills them is taken as it is, on one line. KeyError: a blank is missing.

    A part in square brackets stands only when each of its blanks has something to say.
    """

    def kept(part: re.Match[str]) -> str:
        return part[1] if all(values.get(name, "").strip() for name in blanks(part[1])) else ""

    text = _OPTIONAL.sub(kept, text)
    return _BLANK.sub(lambda match: " ".join(values[match[1]].split()), text)


def parts(text: str) -> int:
    """How many SMS a text is billed as: 160/153 characters of GSM 7-bit, else 70/67 of UCS-2 (3GPP TS 23.038)."""
    if all(letter in _GSM for letter in text):
        length = len(text) + sum(letter in "^{}\\[~]|€" for letter in text)
        single, joined = 160, 153
    else:
        length, single, joined = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= single else -(-length // joined)


_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)
