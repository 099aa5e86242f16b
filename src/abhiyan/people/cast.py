"""Show the demo's people on the sign-in page: the room that knows offices names them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CastMember:
    """One demo person that a click signs in as."""

    account: UUID
    name: str
    office: str
    unit: str


_tellers: list[Callable[[str], Sequence[CastMember]]] = []


def add_cast_teller(teller: Callable[[str], Sequence[CastMember]]) -> None:
    """Have `teller(language)` name the demo's people; called once, from AppConfig.ready()."""
    if teller not in _tellers:
        _tellers.append(teller)


def cast_members(language: str) -> list[CastMember]:
    return [part for teller in _tellers for part in teller(language)]
