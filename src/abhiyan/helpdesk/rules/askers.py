"""Askers of requests. The room that keeps the people names them, as far as a viewer may read them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from abhiyan.core.actor import Actor
from abhiyan.org.viewer import Viewer


@dataclass(frozen=True, slots=True)
class AskerStep:
    """One press that usually helps. href: of a page, or with is_act of an act that it posts to. words: what it puts
    into the answer, in the language of the request; then there is no href."""

    label: str
    icon: str
    href: str = ""
    is_act: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody on the phone of a request. facts: pairs of a label and what is so, such as the roll and the card."""

    name: str
    href: str
    facts: Sequence[tuple[str, str]] = ()
    steps: Sequence[AskerStep] = ()


@dataclass(frozen=True, slots=True)
class AskerLook:
    """A look at the request of a phone. language: of its asker."""

    phone_id: UUID
    viewer: Viewer
    by: Actor
    language: str
    at: datetime


Askers = Callable[[AskerLook], Sequence[Asker]]
_told: list[Askers] = []


def register(askers: Askers) -> None:
    """Register what names askers, once in the ready() of its room. It runs in the viewer's own scope, and leaves a row
    in the trail for each name. It names only people the viewer may read, so others learn nothing of the phone."""
    _told.append(askers)


def askers_of(look: AskerLook) -> list[Asker]:
    """Return everybody on the phone that the viewer may read."""
    return [asker for reader in _told for asker in reader(look)]
