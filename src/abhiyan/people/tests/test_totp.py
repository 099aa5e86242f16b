"""TOTP against the vectors of RFC 6238, appendix B (SHA-1; the last six of its eight digits)."""

from datetime import UTC, datetime

import pytest

from abhiyan.people.rules import totp

SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_rfc(second: int, code: str) -> None:
    at = datetime.fromtimestamp(second, UTC)
    assert totp.totp_code(SECRET, totp.step_at(at)) == code
    assert totp.totp_step(SECRET, code, at) == second // 30


def test_a_clock_may_be_one_step_off_and_no_more() -> None:
    at = datetime.fromtimestamp(1_000_000 * 30 + 5, UTC)
    near = {
        step: totp.totp_step(SECRET, totp.totp_code(SECRET, step), at) for step in range(999_997, 1_000_004)
    }
    assert [step for step, found in near.items() if found is not None] == [999_999, 1_000_000, 1_000_001]


@pytest.mark.parametrize("code", ["", "abc", "२८७०८२", "\x00", "0" * 100])
def test_garbage_is_no_code(code: str) -> None:
    assert totp.totp_step(SECRET, code, datetime.fromtimestamp(59, UTC)) is None


def test_the_address_names_issuer_and_account() -> None:
    link = totp.otpauth_address(SECRET, issuer="Jan Sangathan", account="Asha: 3210")
    assert link.startswith("otpauth://totp/Jan%20Sangathan%3AAsha%3A%203210?secret=GEZDGNBV")
    assert link.endswith("&issuer=Jan%20Sangathan")
