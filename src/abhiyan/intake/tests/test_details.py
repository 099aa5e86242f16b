"""Name, year of birth and PIN code by SMS: read in any order, and nothing guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.intake.rules.details import Details, read_details

ASHA = Details("Asha Devi", 1980, "190001")
YEAR = 2026


@pytest.mark.parametrize(
    "text",
    [
        "Asha Devi, 1980, 190001",
        "Asha Devi 1980 190 001",
        "190001 1980 Asha Devi",
        "1980\n190-001\nAsha Devi",
        "Asha Devi 1 9 0 0 0 1 1980",
        "My name is Asha Devi, born 1980, PIN code: 190001.",
        "Asha Devi, 15/08/1980, 190001, 98765 43210",
        "Asha Devi, Rampur, 1980, 190001",
        "Asha Devi 1980190001",
        "Asha Devi 😀 १९८० १९०००१",
        "Asha Devi, 1980, 190001, thank you 🙏",
        "Ａsha Devi，１９８０，１９０００１",
    ],
)
def test_all_three_are_found(text: str) -> None:
    assert read_details(text, this_year=YEAR) == ASHA


def test_a_name_in_any_script_is_kept() -> None:
    assert read_details("नाम: आशा देवी, जन्म वर्ष: १९८०, पिन: १९०००१", this_year=YEAR).name == "आशा देवी"
    assert read_details("آشا دیوی ۱۹۸۰ ۱۹۰۰۰۱", this_year=YEAR) == Details("آشا دیوی", 1980, "190001")
    assert read_details("Stopinder Singh 1980 190001", this_year=YEAR).name == "Stopinder Singh"


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("Asha Devi, 190001", ("year",)),
        ("1980 190001", ("name",)),
        ("Asha Devi 1980", ("pin",)),
        ("Asha Devi 2030 190001", ("year",)),
        ("Asha Devi 1899 190001", ("year",)),
        ("Asha Devi 1980 1981 190001", ("year",)),
        ("Asha Devi 1980 190001 190002", ("pin",)),
        ("1980, Asha Devi, Srinagar, 190001", ("name",)),
        ("A 1980 190001", ("name",)),
        ("😀 1980 190001", ("name",)),
        ("hello", ("year", "pin")),
        ("", ("name", "year", "pin")),
    ],
)
def test_what_is_missing_or_unclear_is_named(text: str, lacking: tuple[str, ...]) -> None:
    assert read_details(text, this_year=YEAR).lacking == lacking


def test_an_age_is_told_from_a_year() -> None:
    said = read_details("Asha Devi 45 190001", this_year=YEAR)
    assert (said.age, said.birth_year, said.is_complete) == (45, YEAR - 45, True)
    assert not read_details("I am 45", this_year=YEAR).is_attempt
    assert read_details("Asha Devi 1980 190001 house 45", this_year=YEAR).age is None


def test_only_numbers_make_a_text_an_attempt_to_join() -> None:
    assert not read_details("Where is the meeting", this_year=YEAR).is_attempt
    assert read_details("Asha 190001", this_year=YEAR).is_attempt


NAMES = st.sampled_from(
    ["Asha Devi", "आशा देवी", "S. K. Sharma", "Ram s", "O'Brien", "آشا", "Stopinder Singh", "ஆஷா தேவி"]
)
DIGITS = st.sampled_from(["0123456789", "०१२३४५६७८९", "０１２３４５６７８９", "۰۱۲۳۴۵۶۷۸۹"])


@given(
    NAMES,
    st.integers(1906, YEAR),
    st.integers(100_000, 999_999),
    st.permutations([0, 1, 2]),
    st.sampled_from([", ", " ", "\n", " / ", "; ", ",", "  "]),
    st.sampled_from(["{0}", "{1} {2}", "{1}-{2}"]),
    DIGITS,
)
def test_any_order_and_script_is_read_back(
    name: str, year: int, pin: int, order: list[int], between: str, shape: str, digits: str
) -> None:
    written = str(pin)
    pin_text = shape.format(written, written[:3], written[3:])
    parts = [name, str(year), pin_text]
    text = between.join(parts[each] for each in order).translate(str.maketrans("0123456789", digits))
    found = read_details(text, this_year=YEAR)
    assert (found.name, found.birth_year, found.pin) == (name, year, written)


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    found = read_details(text, this_year=YEAR)
    assert found.birth_year is None or 1906 <= found.birth_year <= YEAR
    assert found.pin is None or (len(found.pin) == 6 and found.pin.isascii())
    assert found == read_details(text, this_year=YEAR)
