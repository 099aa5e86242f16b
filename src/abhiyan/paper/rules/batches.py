"""Numbers of printed batches, and which pictures of their sheets are taken."""

import hashlib
import re
import string
from collections.abc import Iterable
from uuid import UUID

from abhiyan.core.letters import only_digits, plain_digits
from abhiyan.core.pictures import picture_kind

LARGEST = 8 << 20  # bytes of one picture: what a phone's camera makes
MOST_AT_ONCE = 20  # pictures of one request
MOST_SHEETS = 50  # of one batch: one PDF
ROWS = 10  # people on one sheet
KINDS = {"jpg": "image/jpeg", "png": "image/png"}
_START = 1000  # the first batch has four digits, so that no small number passes for one
# ISO 7064, MOD 11-10: one wrong or swapped digit is noticed.
_MOD = 10
# The content of the code on a sheet. Its host is not asked: an installation may move, and its sheets lie in a drawer.
_CODE = re.compile(r"https?://[^/\s]{1,100}/paper/([0-9]{4,10}-[0-9])/\?sheet=([1-9][0-9]?)")


def batch_number(batch_id: int) -> str:
    """Return the number as it is printed and typed: 1042-7."""
    digits = str(batch_id + _START)
    return f"{digits}-{_check(digits)}"


def read_batch_number(text: str) -> int | None:
    """Return the batch a typed number means, however its digits are written; None: none."""
    plain = plain_digits(text)
    digits = only_digits(plain)
    if (
        set(plain) - set("- " + string.digits)
        or not 5 <= len(digits) <= 10
        or _check(digits[:-1]) != int(digits[-1])
    ):
        return None
    number = int(digits[:-1]) - _START
    return number if number > 0 else None


def sheet_code(page: str, sheet: int) -> str:
    """Return the content of the code on a sheet. page: the address of its batch."""
    return f"{page}?sheet={sheet}"


def read_code(text: str) -> tuple[int, int] | None:
    """Return the batch and the number of the sheet that a code names; None: it is no code of ours.

    A stranger's text.
    """
    match = _CODE.fullmatch(text)
    batch = read_batch_number(match[1]) if match else None
    return (batch, int(match[2])) if match and batch else None


def ranges(numbers: Iterable[int]) -> str:
    """Write numbers as people do: 1–3, 5, 6."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and runs[-1][-1] == number - 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ", ".join(("–" if run[-1] - run[0] > 1 else ", ").join(map(str, run)) for run in runs)


def _check(digits: str) -> int:
    left = _MOD
    for digit in digits:
        left = (left + int(digit)) % _MOD or _MOD
        left = left * 2 % (_MOD + 1)
    return (_MOD + 1 - left) % _MOD


def photos_digest(photos: Iterable[UUID]) -> str:
    """Return a digest of the photographs a page showed, so that nothing is done with others."""
    return hashlib.sha256(b"".join(sorted(photo_id.bytes for photo_id in photos))).hexdigest()


def picture_media_type(data: bytes) -> str | None:
    """Return the media type of a picture by how it begins and ends; None for anything else, whatever its name says."""
    kind = picture_kind(data)
    return KINDS[kind] if kind else None
