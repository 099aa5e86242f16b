"""Column names as people write them, and the columns we never read."""

import pytest

from abhiyan.imports.tables.headers import guess
from abhiyan.imports.tables.layout import CellKind, Field, Layout
from abhiyan.imports.tables.sensitive import looks_sensitive, sensitive

PAPER = Layout(
    "paper",
    (
        Field(
            "phone",
            "Mobile number",
            "मोबाइल नंबर",
            "phone, फ़ोन, दूरभाष, contact number",
            CellKind.PHONE,
            True,
        ),
        Field("name", "Name", "नाम", "member name, पूरा नाम", CellKind.NAME),
        Field("birth_year", "Birth year", "जन्म वर्ष", "year of birth, yob", CellKind.YEAR),
        Field("booth", "Booth", "बूथ", "booth number, मतदान केंद्र", CellKind.CODE),
        Field("district", "District", "ज़िला"),
    ),
)


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("Mobile No.", "phone"),
        ("MOBILE", "phone"),
        ("mobile_number", "phone"),
        ("MobileNumber", "phone"),
        ("Moblie Number", "phone"),
        ("मोबाईल नं.", "phone"),
        ("मोबाइल नम्बर *", "phone"),
        ("फोन", "phone"),
        ("\ufeffPhone", "phone"),
        ("Contact  Number (10 digits)", "phone"),
        ("Full Name", "name"),
        ("Member's Name", "name"),
        ("नाम / Name", "name"),
        ("Name (नाम)", "name"),
        ("सदस्य का नाम", "name"),
        ("Year of Birth (YYYY)", "birth_year"),
        ("जन्म-वर्ष", "birth_year"),
        ("Booth No", "booth"),
        ("मतदान केन्द्र", "booth"),
        ("जिला", "district"),
        ("DISTRICT ", "district"),
    ],
)
def test_a_header_is_understood(header: str, key: str) -> None:
    assert guess([header], PAPER) == {key: 0}


@pytest.mark.parametrize(
    "header", ["Father's Name", "पिता का नाम", "S. No.", "क्रमांक", "Sub-district", "Remarks", "", "9812345678"]
)
def test_another_header_is_not_mistaken(header: str) -> None:
    assert guess([header], PAPER) == {}


def test_each_field_gets_one_column_and_the_best() -> None:
    headers = ["Members Name", "Phone", "Name", "Mobile number"]
    assert guess(headers, PAPER) == {"phone": 3, "name": 2}


def test_a_name_that_stands_twice_is_left_open() -> None:
    assert guess(["Name", "Phone", "name "], PAPER) == {"phone": 1}


@pytest.mark.parametrize(
    ("header", "category"),
    [
        ("Aadhaar", "aadhaar"),
        ("AADHAR NO", "aadhaar"),
        ("Adhar_Card", "aadhaar"),
        ("AadhaarNumber", "aadhaar"),
        ("आधार संख्या", "aadhaar"),
        ("UID", "aadhaar"),
        ("EPIC No.", "voter_id"),
        ("Voter ID", "voter_id"),
        ("voterid", "voter_id"),
        ("मतदाता पहचान पत्र", "voter_id"),
        ("PAN", "other_id"),
        ("राशन कार्ड", "other_id"),
        ("Caste", "caste"),
        ("Sub-Caste", "caste"),
        ("CasteName", "caste"),
        ("जाति", "caste"),
        ("उपजाति", "caste"),
        ("jati", "caste"),
        ("SC/ST/OBC", "caste"),
        ("Social category", "caste"),
        ("Religion", "religion"),
        ("धर्म", "religion"),
        ("Dharm", "religion"),
        ("Bank A/c No", "bank"),
        ("IFSC", "bank"),
        ("Account Number", "bank"),
        ("बैंक खाता", "bank"),
        ("Health status", "health"),
        ("Blood Group", "health"),
        ("दिव्यांगता", "health"),
        ("Thumb impression", "biometric"),
        ("नाम / जाति", "caste"),
        ("जा\u200bति", "caste"),
    ],
)
def test_a_sensitive_header_is_known(header: str, category: str) -> None:
    assert sensitive(header) == category


@pytest.mark.parametrize(
    "header",
    [
        "Name",
        "नाम",
        "Gender",
        "आयु",
        "Age",
        "Mobile",
        "मतदाता संख्या",
        "Voters",
        "Total electors",
        "Panchayat",
        "पंचायत",
    ]
    + [
        "Epicentre",
        "Newcastle",
        "Gujarati",
        "Reservation",
        "Embankment",
        "Address",
        "पता",
        "Unit",
        "Parent code",
        "Accountant",
    ],
)
def test_a_harmless_header_is_not_dropped(header: str) -> None:
    assert sensitive(header) is None


def test_a_list_cannot_ask_for_a_sensitive_column() -> None:
    with pytest.raises(ValueError, match="never read"):
        Field("caste", "Caste", "जाति")


@pytest.mark.parametrize(
    ("cells", "category"),
    [
        # Numbers made up with the right check digit.
        (["234123412346", "2341 2341 2346", "234123412346", "234123412346", "234123412346"], "aadhaar"),
        (["234123412345"] * 5, None),
        (["919812345678"] * 5, None),
        (["ABC1234567", "XYZ7654321", "ABC1234560", "JKL0000001", "MNO0000002"], "voter_id"),
        (["ABCDE1234F"] * 5, "other_id"),
        (["SBIN0001234"] * 5, "bank"),
        (["OBC", "SC", "GEN", "General", "ST"], "caste"),
        (["OBC", "SC", "GEN", "General"], None),  # too few to tell
        (["B0000123"] * 9, None),
    ],
)
def test_a_sensitive_column_is_known_by_its_cells(cells: list[str], category: str | None) -> None:
    assert looks_sensitive(cells) == category
