"""Public schemes a list of beneficiaries may be of, and those whose name alone would say too much.

Source of schemes.csv: names from public knowledge of central schemes; ministries and years are unverified. The column
`reveals` is ours: what being on such a list would say about a person.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REVEALS: dict[str, Promise] = {
    "health": _("health"),
    "widowhood or disability": _("widowhood or disability"),
    "maternity": _("maternity"),
    "caste": _("caste"),
    "children": _("children"),
}


@dataclass(frozen=True, slots=True)
class Scheme:
    """A public scheme. reveals: of REVEALS, why no list may be of it; empty where one may."""

    code: str
    name: str
    reveals: str


@cache
def schemes() -> dict[str, Scheme]:
    """Every scheme known, by its code."""
    with (Path(__file__).parent / "schemes.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: Scheme(row["code"], row["name"], row["reveals"]) for row in csv.DictReader(file)}


def scheme_name(code: str) -> str:
    """The name of a scheme; its code where it is not known any more."""
    one = schemes().get(code)
    return one.name if one else code
