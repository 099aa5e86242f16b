"""Words for kinds of places that people write beside a name: "गाँव कटरा", "village Katra", "Katra, Distt. Reasi"."""

import unicodedata

_WORDS = """
village villages vill gaon gav gram tehsil tahsil taluk taluka mandal block district distt dist zila jila
post po ps city town state
गाँव गांव गाव ग्राम गाम तहसील तालुका मंडल मण्डल ब्लॉक ब्लाक खंड खण्ड प्रखंड प्रखण्ड जिला ज़िला जिले ज़िले
पोस्ट डाकघर थाना शहर कस्बा क़स्बा राज्य प्रदेश
"""
_AROUND = ",.;:-–—/()[]\"'।"


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold().strip(_AROUND)


KIND_WORDS = frozenset(map(_plain, _WORDS.split()))


def without_kinds(text: str) -> str:
    """The text without words for kinds of places; as it is where it has no other words."""
    return " ".join(word for word in text.split() if _plain(word) not in KIND_WORDS) or text
