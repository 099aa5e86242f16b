"""Parties that results of several elections know under several codes."""

from collections.abc import Collection, Mapping


def last_name(code: str, named: Mapping[str, str]) -> str:
    """The code a party has now. named: earlier code -> the one that followed, without circles."""
    while code in named:
        code = named[code]
    return code


def match_party_codes(named: Mapping[str, str], stood: Collection[str]) -> dict[str, str]:
    """Return code in an earlier election -> code of the same party in a later one.

    A code that stood itself keeps its own; so does one that two parties of now come from, since nobody can tell whose
    votes those were.
    """
    codes = {*named, *named.values()}
    heirs: dict[str, list[str]] = {}
    for code in codes & set(stood):
        heirs.setdefault(last_name(code, named), []).append(code)
    names = {}
    for code in codes - set(stood):
        now = heirs.get(last_name(code, named), [])
        if len(now) == 1:
            names[code] = now[0]
    return names
