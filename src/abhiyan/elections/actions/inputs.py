"""Read what people give with an act: names in their languages, and votes."""

from collections.abc import Mapping

from abhiyan.core.refusals import or_refuse
from abhiyan.elections import reference
from abhiyan.elections.models import Election
from abhiyan.elections.refusals import NamesMissing, UnknownElection, UnknownState

LARGEST = 2_000_000_000  # votes a seat or a unit can be given: the column holds no more than about that
LONGEST_NAME = 120


def kept_names(given: Mapping[str, str]) -> dict[str, str]:
    """Names as they are kept: the English one, or whichever there is in its place, and all that were given.
    Refuses NamesMissing where none was."""
    names = {language: name.strip()[:LONGEST_NAME] for language, name in given.items() if name.strip()}
    if not names:
        raise NamesMissing(field="names")
    return {"en": names.get("en") or next(iter(names.values()))} | names


def election_of(code: str) -> Election:
    """The election of that code. Refuses UnknownElection."""
    return or_refuse(
        Election.objects.filter(code=code).first(), UnknownElection(field="election", election=code)
    )


def given_state(given: str) -> str:
    """A state by its code or name, as the commission numbers it; "" where none is given. Refuses UnknownState."""
    return or_refuse(reference.eci_code_of(given) if given else "", UnknownState(field="state", state=given))
