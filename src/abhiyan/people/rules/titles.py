"""Titles before names, and names without them: "श्रीमती सुनीता देवी" and "Sunita Devi" may be one person.

A name is kept and shown as it was given. It is compared without titles.
"""

import re
import unicodedata

from abhiyan.core.letters import SHORTENING, without_shortening

# As they are written before names: in Latin letters, then script by script. None has a dot; those are taken off first.
_TITLES = """
shri shree sri sree sh smt shrimati shreemati srimati smti km kum kumari ku sushri mr mrs ms miss
dr doctor prof professor er adv advocate capt captain col maj pt pandit mst musammat janab haji hajji maulana
thiru tmt thirumathi
श्री श्रीमती श्रीमति कुमारी कु सुश्री मिस्टर मिसेज मिस डॉ डा डॉक्टर डाक्टर प्रो प्रोफेसर इंजी एड एडवोकेट अधिवक्ता पं पंडित
जनाब हाजी मौलाना सौ
شری شریمتی جناب محترمہ ڈاکٹر پروفیسر حاجی مولانا
শ্রী শ্রীমতী শ্রীমতি কুমারী সুশ্রী ডাঃ ডা ড ডক্টর অধ্যাপক জনাব হাজী মোছাঃ মোছা
ਸ਼੍ਰੀ ਸ੍ਰੀ ਸ਼੍ਰੀਮਤੀ ਸ੍ਰੀਮਤੀ ਸ਼੍ਰੀਮਾਨ ਕੁਮਾਰੀ ਡਾ
શ્રી શ્રીમતી શ્રીમાન કુમારી કુ ડૉ ડો
ଶ୍ରୀ ଶ୍ରୀମତୀ କୁମାରୀ ଡା ଡଃ
திரு திருமதி ஸ்ரீ டாக்டர்
శ్రీ శ్రీమతి కుమారి డా
ಶ್ರೀ ಶ್ರೀಮತಿ ಕುಮಾರಿ ಡಾ
ശ്രീ ശ്രീമതി കുമാരി ഡോ
"""
_AFTER = "ji jee जी"  # politeness behind a name
_NOT_ALONE = "devi देवी দেবী દેવી ਦੇਵੀ ଦେବୀ దేవి ದೇವಿ ദേവി தேவி دیوی bai बाई"  # no name without the word before it
# A name that is written short. The first of each line replaces the others.
_MOHAMMAD = """
mohammad md mohd mohammed mohamed mohamad muhammad muhammed mahammad mohmad mohmmad mo
मोहम्मद मो मोहम्मद मुहम्मद मोहमद मु
محمد
মোহাম্মদ মোঃ মো মুহাম্মদ মুহম্মদ
ਮੁਹੰਮਦ ਮੁ
"""
_SIGNS = re.compile(f"[{SHORTENING}]")
_PARTS = re.compile("[(),،]")  # between what belongs to a name and what is said beside it
_JOINERS = re.compile("[\u200c\u200d]")


def _plain(text: str) -> str:
    return _JOINERS.sub("", unicodedata.normalize("NFKC", text).casefold())


def _set(text: str) -> frozenset[str]:
    return frozenset(_plain(text).split())


TITLES, AFTER, NOT_ALONE = map(_set, (_TITLES, _AFTER, _NOT_ALONE))
MOHAMMAD = {word: line.split()[0] for line in _plain(_MOHAMMAD).strip().splitlines() for word in line.split()}


def written_words(name: str) -> list[list[str]]:
    """The words of a name in small letters, with initials apart. Words between brackets or commas are a list each."""
    plain = without_shortening(_plain(name), " ")
    return [spoken for part in _PARTS.split(plain) if (spoken := _SIGNS.sub(" ", part).split())]


def words(name: str) -> list[str]:
    """The words of a name as they are compared: small letters, initials apart, no title, Mohammad written out.

    Titles between brackets or commas go wherever they stand: "Kamla Devi (Smt.)". A title that is all there is of a
    name stays: "Kumari". So does one before a word that is no name alone.
    """
    parts = written_words(name)
    named = [part for part in parts if not TITLES.issuperset(part)] or parts
    spoken = [word for part in named for word in part]
    while len(spoken) > 1 and spoken[0] in TITLES and not (len(spoken) == 2 and spoken[1] in NOT_ALONE):
        del spoken[0]
    while len(spoken) > 1 and spoken[-1] in AFTER:
        del spoken[-1]
    return [MOHAMMAD.get(word, word) for word in spoken]
