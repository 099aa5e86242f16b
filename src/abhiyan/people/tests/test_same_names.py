"""Two names may be one person's: titles, initials, brothers and sisters of one phone."""

import pytest

from abhiyan.people.rules import titles
from abhiyan.people.rules.doubles import SURE, JudgedPair, Known, judge_pair


def told(one: str, other: str, *, phone: str = "a", year: int | None = 1980) -> JudgedPair:
    """Return what is said of two entries of one booth that the search holds for one person."""
    return judge_pair(Known(one, 1980, "a", 1), Known(other, year, phone, 1), score=99, is_twin=False)


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("श्रीमती सुनीता देवी", "सुनीता देवी"),
        ("Smt. Kamla Devi", "kamla devi"),
        ("Shri Dr.Ram Lal Ji", "ram lal"),
        ("শ্রীমতী সুনীতা দাস", "সুনীতা দাস"),
        ("ਸ਼੍ਰੀਮਤੀ ਗੁਰਮੀਤ ਕੌਰ", "ਗੁਰਮੀਤ ਕੌਰ"),
        ("திருமதி. சுனிதா", "சுனிதா"),
        ("Sunita Kumari", "sunita kumari"),
        ("Kumari", "kumari"),
        ("Sri Devi", "sri devi"),
        ("मो॰ अली", "मोहम्मद अली"),
        ("মোঃ আলী", "মোহাম্মদ আলী"),
        ("Dr. (Mrs.) Kamla Devi", "kamla devi"),
        ("Kamla Devi (Smt.)", "kamla devi"),
        ("Ram Lal, Advocate", "ram lal"),
        ("Smt:Kamla Devi", "kamla devi"),
        ("कु० सुनीता", "सुनीता"),
        ("कु0 सुनीता", "सुनीता"),
        ("मो॥ अली", "मोहम्मद अली"),
        ("Harbhajan Singh (Junior)", "harbhajan singh junior"),
    ],
)
def test_titles_are_no_part_of_a_name_that_is_compared(written: str, compared: str) -> None:
    assert titles.words(written) == [titles._plain(word) for word in compared.split()]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("सुनीता देवी", "श्रीमती सुनीता देवी"),
        ("Smt. Kamla Devi", "Kamla Devi"),
        ("श्री मोहन लाल", "Mohan Lal"),
        ("Md. Aslam", "Mohammad Aslam"),
        ("S.R.Vasanthan", "S. R. Vasanthan"),
        ("S. Ilango", "Ilango S"),
        ("Chaudhary Ram Lal", "Ram Lal Chaudhary"),
        ("سنیتا دیوی", "Sunita Devi"),
        ("سنیتا دیوی", "सुनीता देवी"),
        ("كريم خان", "کریم خان"),
        ("موہن لال", "Mohan Lal"),
        ("فاطمہ بی", "Fatima Bi"),
        ("ਗੁਰਮੀਤ ਕੌਰ", "Gurmeet Kaur"),
        ("সুনীতা দেবী", "Sunita Devi"),
        ("Bimla Devi", "Vimla Devi"),
        ("Suneeta Devi", "Sunita"),
        ("Dr. (Mrs.) Kamla Devi", "Kamla Devi"),
        ("ایم۔ اسلم", "ایم اسلم"),
        ("Ram Lal S/o Shyam Lal", "Ram Lal"),
        ("Prof. (Dr.) Anil Koul", "Anil Koul"),
        ("Ch. Mohan Lal", "Mohan Lal"),
    ],
)
def test_one_name_written_twice_may_be_sure(one: str, other: str) -> None:
    assert told(one, other).score >= SURE and not told(one, other).is_twin


@pytest.mark.parametrize("name", ["Gurbachan Singh", "कमला देवी", "সুনীতা দাস", "ਗੁਰਮੀਤ ਕੌਰ", "રમેશ પટેલ", "ସୁନୀତା ଦାସ"])
@pytest.mark.parametrize("before", ["Sardar", "Late", "Master", "Hon'ble", "ठाकुर", "Subedar Major"])
@pytest.mark.parametrize("is_twin", [True, False])
def test_words_before_a_whole_name_make_no_twins_and_nothing_sure(
    name: str, before: str, is_twin: bool
) -> None:
    two = Known(name, 1980, "a", 1), Known(f"{before} {name}", 1980, "a", 1)
    for pair in (two, two[::-1]):
        found = judge_pair(*pair, score=99, is_twin=is_twin)
        assert (found.is_twin, found.score, found.reasons[0]) == (False, SURE - 1, "words_before")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("सोनू बडयाल", "मोनू बडयाल"),
        ("Sonu", "Monu Badyal"),
        ("Kamla Devi", "Vimla Devi"),
        ("Ramesh Koul", "Suresh Koul"),
    ],
)
def test_names_with_another_first_consonant_are_twins_on_one_phone_and_only_there(
    one: str, other: str
) -> None:
    assert told(one, other) == JudgedPair(0, True, ["other_first", "same_phone", "same_year", "same_place"])
    for elsewhere in (told(one, other, phone="b"), told(one, other, year=1981), told(one, other, year=None)):
        assert not elsewhere.is_twin and elsewhere.score < SURE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rina Devi", "Rani Devi"),
        ("Raju", "Raja"),
        ("Asha Devi", "Usha Devi"),
        ("Rajesh Koul", "Rakesh Koul"),
        ("Ram Kumar Sharma", "Ram Lal Sharma"),
        ("Mohammad Aslam Khan", "Mohd. Akram Khan"),
        ("S. Kumar", "R. Kumar"),
        ("Ram Lal s/o Shyam Lal", "Ram Lal s/o Mohan Lal"),
        ("সুনীতা দেবী", "সীমা দেবী"),
        ("రాజేశ్వరి ఎస్", "రేణుక ఎస్"),
        ("ਗੁਰਮੀਤ ਕੌਰ", "ਗੋਪਾਲ ਕੌਰ"),
        ("سنیتا دیوی", "سیما دیوی"),
        ("رمیش کول", "سریش کول"),
    ],
)
@pytest.mark.parametrize("phone", ["a", "b"])
def test_other_names_are_never_sure(one: str, other: str, phone: str) -> None:
    assert told(one, other, phone=phone).score < SURE
