"""The rules of joining, as tables."""

from datetime import UTC, date, datetime, timedelta

import pytest

from abhiyan.enrolment.rules import names
from abhiyan.enrolment.rules.age import Age, age_on
from abhiyan.enrolment.rules.phone import PhoneMembership, PhoneVerdict, decide_claim
from abhiyan.intake.rules.window import Fall, fall, field_instant

NOON = datetime(2026, 11, 10, 6, 30, tzinfo=UTC)
ASHA, MOHAN = ("asha devi", 1980), ("mohan lal", 1975)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  Asha   Devi ", "Asha Devi"),
        ("Asha\tDevi\n", "Asha Devi"),
        ("Asha\u200b\u202eDevi", "AshaDevi"),
        ("क\u093c", "क\u093c"),  # composed as Unicode composes
        ("e\u0301lan", "élan"),
        ("श्\u200dरी", "श्\u200dरी"),
        ("रा\u200cम", "राम"),
        ("", None),
        ("   ", None),
        ("123", None),
        ("<script>alert(1)</script>", None),
        ("Ra'ce <b>x</b>", None),
        ("Asha Devi 2", None),
        ("आशा २", None),
        ("asha@example.com", None),
        ("D'Souza", "D'Souza"),
        ("D’Souza", "D’Souza"),
        ("Anne-Marie", "Anne-Marie"),
        ("A.K. Singh (Junior)", "A.K. Singh (Junior)"),
        ("Ram s/o Shyam", "Ram s/o Shyam"),
        ("Ram @ Shyam Lal", "Ram @ Shyam Lal"),
        ("मो. अली", "मो. अली"),
        ("मो॰ अली", "मो॰ अली"),
        ("એસ૰આર૰ મહેતા", "એસ૰આર૰ મહેતા"),
        ("ਸ੶ ਸਿੰਘ", "ਸ੶ ਸਿੰਘ"),
        ("মো: করিম", "মো: করিম"),
        ("Md: Karim", "Md: Karim"),
        ("Smt:Kamla", "Smt:Kamla"),
        ("Dr:Ram:Lal", None),
        ("ایم۔ اسلم", "ایم۔ اسلم"),
        ("మొ॥ అలీ", "మొ॥ అలీ"),
        ("कु० सुनीता", "कु० सुनीता"),
        ("कु0 सुनीता", "कु0 सुनीता"),
        ("মো০ আলী", "মো০ আলী"),
        ("कु।सुनीता", "कु।सुनीता"),
        ("Md0 Karim", None),
        ("सुनीता 0", None),
        ("सुनीता०१", None),
        ("mailto:karim", None),
        ("http://karim", None),
        ("Name:", None),
        ("தமிழ்ச்செல்வி", "தமிழ்ச்செல்வி"),
        ("محمد علی", "محمد علی"),
        ("A\x00", None),
        ("\udfff", None),
        ("ा" * 3, None),
        ("a" * 200, "a" * 200),
        ("a" * 201, None),
    ],
)
def test_a_name_is_cleaned_or_none(written: str, kept: str | None) -> None:
    assert names.clean_name(written) == kept


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ASHA DEVI", "asha devi"),
        ("श्\u200dरी", "श्री"),
        ("ﬁna", "FINA"),
        ("STRASSE", "straße"),
        ("सुनीता देवी", "श्रीमती सुनीता देवी"),
        ("Smt. Kamla Devi", "Kamla Devi"),
        ("Dr.A.K.Singh", "A. K. Singh"),
        ("Md. Aslam", "Mohammad Aslam"),
        ("S.R.Vasanthan", "S R Vasanthan"),
    ],
)
def test_case_joiners_dots_and_titles_make_nobody_else(one: str, other: str) -> None:
    assert names.key(one) == names.key(other)


@pytest.mark.parametrize(
    ("birth_year", "says", "age"),
    [
        (2007, False, Age.ADULT),
        (2008, False, Age.MINOR),
        (2008, True, Age.ADULT),
        (2009, True, Age.MINOR),
        (2026, False, Age.MINOR),
        (2027, False, Age.IMPOSSIBLE),
        (1906, False, Age.ADULT),
        (1905, False, Age.IMPOSSIBLE),
    ],
)
def test_of_age_by_the_year_alone(birth_year: int, says: bool, age: Age) -> None:
    assert age_on(year=2026, birth_year=birth_year, minimum=18, says_adult=says) is age


@pytest.mark.parametrize(
    ("said", "dated"),
    [
        (None, NOON),
        (NOON - timedelta(days=400), NOON - timedelta(days=400)),
        (NOON + timedelta(hours=1), NOON),
        (NOON + timedelta(hours=1, microseconds=1), None),
        (NOON.replace(tzinfo=None), None),
        (datetime(1999, 12, 31, tzinfo=UTC), None),
    ],
)
def test_the_instant_a_claim_is_dated(said: datetime | None, dated: datetime | None) -> None:
    assert field_instant(field_at=said, at=NOON) == dated


@pytest.mark.parametrize(
    ("day", "arrived", "where"),
    [(1, 1, Fall.INSIDE), (20, 27, Fall.INSIDE), (20, 28, Fall.LATE), (21, 21, Fall.AFTER)],
)
def test_where_a_day_falls(day: int, arrived: int, where: Fall) -> None:
    window = {"opens_on": date(2026, 11, 1), "closes_on": date(2026, 11, 20)}
    assert fall(day=date(2026, 11, day), arrived_on=date(2026, 11, arrived), **window) is where
    assert fall(day=date(2026, 10, 31), arrived_on=date(2026, 11, 1), **window) is Fall.BEFORE


def known(
    slot: int, who: tuple[str, int] | None, *, live: bool = True, struck: bool = False, here: bool = True
) -> PhoneMembership:
    return PhoneMembership(slot, who, live, struck, here)


@pytest.mark.parametrize(
    ("who", "signed", "people", "verdict"),
    [
        (ASHA, False, [], (PhoneVerdict.JOIN, 0)),
        (ASHA, False, [known(0, ASHA)], (PhoneVerdict.ALREADY, 0)),
        (MOHAN, False, [known(0, ASHA)], (PhoneVerdict.JOIN, 1)),
        (ASHA, False, [known(0, ASHA, here=False)], (PhoneVerdict.RENEW, 0)),
        (ASHA, False, [known(0, ASHA, live=False)], (PhoneVerdict.RENEW, 0)),
        (ASHA, False, [known(0, ASHA, live=False, struck=True)], (PhoneVerdict.WORKLIST, 0)),
        (ASHA, True, [known(0, ASHA, live=False, struck=True)], (PhoneVerdict.RENEW, 0)),
        (MOHAN, False, [known(0, ASHA, live=False, struck=True)], (PhoneVerdict.JOIN, 1)),
        (MOHAN, False, [known(0, ASHA), known(1, ("c", 1))], (PhoneVerdict.FULL, 0)),
        (
            MOHAN,
            False,
            [known(0, ASHA), known(1, MOHAN, live=False), known(2, ("c", 1))],
            (PhoneVerdict.FULL, 0),
        ),
        (None, True, [], (PhoneVerdict.WAIT, 0)),
        (None, True, [known(0, ASHA)], (PhoneVerdict.ALREADY, 0)),
        (None, True, [known(0, ASHA, here=False)], (PhoneVerdict.RENEW, 0)),
        (None, True, [known(0, ASHA, live=False)], (PhoneVerdict.WAIT, 0)),
        (None, True, [known(0, ASHA), known(1, MOHAN)], (PhoneVerdict.WORKLIST, 0)),
    ],
)
def test_whose_a_claim_is(
    who: tuple[str, int] | None,
    signed: bool,
    people: list[PhoneMembership],
    verdict: tuple[PhoneVerdict, int],
) -> None:
    told = decide_claim(
        who=who, name_key=None, is_signed=signed, is_suppressed=False, phone_memberships=people, limit=2
    )
    assert told == verdict


def test_a_phone_that_said_no_is_opened_by_its_own_sign_only() -> None:
    for signed, verdict in ((False, PhoneVerdict.SUPPRESSED), (True, PhoneVerdict.JOIN)):
        told = decide_claim(
            who=ASHA, name_key=None, is_signed=signed, is_suppressed=True, phone_memberships=[], limit=4
        )
        assert told[0] is verdict


def test_a_call_that_names_somebody_else_does_not_speak_for_the_member() -> None:
    told = decide_claim(
        who=None,
        name_key="mohan lal",
        is_signed=True,
        is_suppressed=False,
        phone_memberships=[known(0, ASHA)],
        limit=4,
    )
    assert told == (PhoneVerdict.WAIT, 0)
