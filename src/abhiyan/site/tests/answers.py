"""What every role gets at each address: `tests/access.tsv`, one row for each of both. `make access` writes it.

near, far: what a look brings, with things of the own district and of the other one ("-": the same address).
sent: what a form brings that is about the other district ("-": no form is taken, or it names nothing of others).
"""

import os
from collections.abc import Mapping
from pathlib import Path

from abhiyan.core.access import Access, Address
from abhiyan.site.access import NOT_YOURS, denied, pages

from .cast import EVERYBODY, shown_by

FILE = Path(__file__).resolve().parents[4] / "tests" / "access.tsv"
COLUMNS = ("near", "far", "sent")
IS_WRITING = "ABHIYAN_WRITE_ACCESS" in os.environ
REFUSED, ENTRANCE = "refused", "entrance"
# entrance: sent to where the missing is shown. absent: no such thing in sight. act: not done by looking.
WORDS = {
    200: "open",
    204: ENTRANCE,
    403: REFUSED,
    404: "absent",
    405: "act",
    409: "late",
    422: "wrong",
    400: "wrong",
}
Rows = dict[tuple[str, str], dict[str, str]]


def at_the_door(opens: Access, role: str, *, is_form: bool = False) -> str:
    """What a role gets that the first door keeps out, computed; "" for one who gets past it."""
    missing = denied(opens, *shown_by(role), is_demo=False)
    if not missing:
        return ""
    return REFUSED if is_form or missing == NOT_YOURS else ENTRANCE


def is_sent(page: Address) -> bool:
    """Whether a form is sent there that is about the other district."""
    return bool(page.act) and not page.is_own


def read() -> Rows:
    header, *lines = FILE.read_text().splitlines()
    assert header.split("\t") == ["address", "role", *COLUMNS]
    found = (line.split("\t") for line in lines)
    return {(name, role): dict(zip(COLUMNS, told, strict=True)) for name, role, *told in found}


class Answers:
    """The file, to be compared with; or to be written, where ABHIYAN_WRITE_ACCESS is set."""

    def __init__(self) -> None:
        self.rows = read()
        self.found: Rows = {}

    def hold(self, name: str, column: str, found: Mapping[str, str]) -> None:
        """Every role gets at this address what the file says."""
        for role, told in found.items():
            self.found.setdefault((name, role), {})[column] = told
        if not IS_WRITING:
            known = {role: self.rows.get((name, role), {}).get(column) for role in found}
            assert found == known, "see `make access`"

    def write(self) -> None:
        """Put what was found into the file. Addresses and roles that are gone leave it."""
        rows = read()
        for key, told in self.found.items():
            rows[key] = dict.fromkeys(COLUMNS, "-") | rows.get(key, {}) | told
        lines = [
            "\t".join((name, role, *rows[name, role].values()))
            for name in sorted(pages())
            for role in EVERYBODY
            if (name, role) in rows
        ]
        FILE.write_text("\n".join(["\t".join(("address", "role", *COLUMNS)), *lines]) + "\n")
