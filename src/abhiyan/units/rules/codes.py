"""Codes of units: which one a unit may have, and booths as electoral rolls and people write them for short."""

import re

from abhiyan.core.letters import plain_digits

from .levels import RESERVED

# Read alike by Python and by PostgreSQL. Its ends are no dots: "." and ".." are steps in an address.
PATTERN = r"^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,62}[A-Za-z0-9_])?$"
_CODE = re.compile(PATTERN[1:-1])


def is_unit_code(text: str) -> bool:
    """Return True if a unit may have this code."""
    return _CODE.fullmatch(text) is not None and text != RESERVED


_NUMBER = r"(?:(?:नंबर|नम्बर|नं|न|संख्या|सं|क्रमांक|क्र|number|num|no)[ .:]*)?"
_SEAT = r"(?:(?:विधानसभा(?: क्षेत्र)?|विस|assembly|constituency|ac)[ .:]*)?"
_BOOTH = r"(?:(?:बूथ|भाग|(?:मतदान )?के(?:ं|न्)द्र|booth|part|polling station|ps)[ .:]*)"
# A word of other kinds may lead, as in "Katra 56/126".
_SHORT = re.compile(
    rf"(?:[^0-9]{{1,20}} )?{_SEAT}{_NUMBER}0*([0-9]{{1,4}})"
    rf"(?: ?[/–-] ?|[ ,]*{_BOOTH}){_NUMBER}0*([0-9]{{1,5}})",
    re.IGNORECASE,
)
_PART = re.compile(rf"{_BOOTH}?{_NUMBER}0*([0-9]{{1,5}})", re.IGNORECASE)


def whole_code(written: str, *, state: str = "", seat: str = "") -> str:
    """The whole code of a booth that is written short; empty where it is not, or where nobody can know it.

    "56/126" of a list of JK is JK-56-126. So is "126" in a list of the one seat JK-56. Words for seat, booth and
    number may lead: "AC 56 Part 126", "बूथ सं. १२६".
    """
    written = plain_digits(written)
    if state and (short := _SHORT.fullmatch(written)):
        return f"{state}-{short[1]}-{short[2]}"
    if seat and (part := _PART.fullmatch(written)):
        return f"{seat}-{part[1]}"
    return ""
