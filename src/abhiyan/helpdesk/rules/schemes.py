"""Public schemes that requests are about and lists of beneficiaries may be of.

The name of some schemes alone would say too much of a person: no list and no request is of these.

A list of a public health scheme, open to whole groups of households, is a list of the scheme. It is nobody's health.

Source of schemes.csv: names from public knowledge of central schemes, in English and in Hindi; ministries and years are
unverified. The column `reveals` is ours: what being on such a list would say about a person.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core.words import name_in_language

REVEALS: dict[str, Promise] = {
    "widowhood or disability": _("widowhood or disability"),
    "maternity": _("maternity"),
    "caste": _("caste"),
    "children": _("children"),
}


# The public offices of the schemes a list may be of, by the ministry in the file.
OFFICES: dict[str, Promise] = {
    "Agriculture & Farmers Welfare": _("Ministry of Agriculture and Farmers Welfare"),
    "Consumer Affairs, Food & Public Distribution": _(
        "Ministry of Consumer Affairs, Food and Public Distribution"
    ),
    "Finance": _("Ministry of Finance"),
    "Fisheries, Animal Husbandry & Dairying": _("Ministry of Fisheries, Animal Husbandry and Dairying"),
    "Health & Family Welfare": _("Ministry of Health and Family Welfare"),
    "Housing & Urban Affairs": _("Ministry of Housing and Urban Affairs"),
    "Jal Shakti": _("Ministry of Jal Shakti"),
    "Labour & Employment": _("Ministry of Labour and Employment"),
    "Micro, Small & Medium Enterprises": _("Ministry of Micro, Small and Medium Enterprises"),
    "New & Renewable Energy": _("Ministry of New and Renewable Energy"),
    "Petroleum & Natural Gas": _("Ministry of Petroleum and Natural Gas"),
    "Power": _("Ministry of Power"),
    "Rural Development": _("Ministry of Rural Development"),
}


@dataclass(frozen=True, slots=True)
class Scheme:
    """A public scheme. reveals: of REVEALS, why no list may be of it; empty where one may.

    names: by language. ministry: as the file has it; a key of OFFICES where a list may be of the scheme.
    """

    code: str
    names: Mapping[str, str]
    reveals: str
    ministry: str

    @property
    def name(self) -> str:
        """Its name in the reader's language."""
        return name_in_language(self.names)

    @property
    def office(self) -> str:
        """The public office that answers for it."""
        return str(OFFICES[self.ministry])


@cache
def schemes() -> dict[str, Scheme]:
    """Every scheme known, by its code."""
    with (Path(__file__).parent / "schemes.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return {
            row["code"]: Scheme(
                row["code"], {"en": row["name"], "hi": row["name_hi"]}, row["reveals"], row["ministry"]
            )
            for row in rows
        }


def open_schemes() -> dict[str, Scheme]:
    """Schemes whose name says nothing sensitive of a person, by code."""
    return {code: scheme for code, scheme in schemes().items() if not scheme.reveals}


def office_sentence(code: str) -> str:
    """Say where people ask for a scheme, in the reader's language; "" where the scheme is not known."""
    scheme = open_schemes().get(code)
    words = say("Public office for %(scheme)s: %(office)s.")
    return words % {"scheme": scheme.name, "office": scheme.office} if scheme else ""


def scheme_name(code: str) -> str:
    """The name of a scheme in the reader's language; its code where it is not known any more."""
    scheme = schemes().get(code)
    return scheme.name if scheme else code
