"""Phones as people write them."""

import random
from importlib.resources import files

import phonenumbers
import pytest

from abhiyan.people import phones


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("9876543210", "+919876543210"),
        ("09876543210", "+919876543210"),
        ("919876543210", "+919876543210"),
        ("+919876543210", "+919876543210"),
        ("+91 98765 43210", "+919876543210"),
        ("0091-98765-43210", "+919876543210"),
        ("९८७६५४३२१०", "+919876543210"),
        ("\u202a+91\u00a098765\u201143210\u202c", "+919876543210"),  # copied out of a contact card
        ("98765\u200b43210", "+919876543210"),
        ("9876５43210", "+919876543210"),  # digits of every script
        ("+447400123456", "+447400123456"),
    ],
)
def test_a_mobile_is_understood_however_it_is_written(written: str, meant: str) -> None:
    assert phones.parse(written) == meant


@pytest.mark.parametrize(
    "written",
    ["", " ", "+", "12345", "1234567890", "01942452000", "98765432101", "phone", "9" * 5000, "98765\x0043210"]
    + [
        "+91",
        "+910000000000",
        "١٢٣",
        "98765²3210",
        "'; drop table claim; --",
        "+91+9876543210",
    ],
)
def test_what_is_no_mobile_is_none(written: str) -> None:
    assert phones.parse(written) is None


def test_the_table_agrees_with_phonenumbers_on_twenty_thousand_numbers() -> None:
    chance = random.Random(20)
    mobile = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    for _ in range(20_000):
        digits = f"{chance.randint(1, 9)}{chance.randint(0, 999_999_999):09d}"
        number = phonenumbers.parse(digits, "IN")
        is_mobile = phonenumbers.number_type(number) in mobile
        expected = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        assert phones.parse(digits) == (expected if is_mobile else None), digits


@pytest.mark.slow
def test_the_table_is_the_one_its_generator_makes() -> None:
    kept = files("abhiyan.people").joinpath("indian_mobiles.txt").read_text("ascii").split()
    assert kept == phones.make_table()


def test_a_masked_phone_shows_four_digits() -> None:
    assert phones.masked_phone("4213") == "+91 ••••• •4213"
