"""Who may import. Core knows no offices: the room that does hands in its question when the software starts."""

from typing import Protocol

from django.utils.translation import gettext_lazy as _

from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused


class ImportAuthorityMissing(Refused, code="not_yours", status=403):
    """No room has said who may: so nobody may."""

    message = _("Your role can't do this here. Ask the office above yours.")


class CapabilityCheck(Protocol):
    """Refuses unless `by` holds the capability over the unit `at` (an id); None: over the whole organisation."""

    def __call__(self, by: Actor, capability: str, *, at: int | None) -> None: ...


_ask: CapabilityCheck | None = None


def use(ask: CapabilityCheck) -> None:
    """Hand in the question, in an AppConfig.ready()."""
    global _ask
    _ask = ask


def require_for_list(by: Actor, capability: str, *, unit_id: int | None) -> None:
    """Refuse unless `by` may. A list of no unit, as the console brings it, needs authority everywhere."""
    if by.kind == "system":
        return
    if _ask is None:
        raise ImportAuthorityMissing
    _ask(by, capability, at=unit_id)


def allows(by: Actor, capability: str, *, unit_id: int | None) -> bool:
    """Return True if `require_for_list` would let `by`: what a page offers."""
    try:
        require_for_list(by, capability, unit_id=unit_id)
    except Refused:
        return False
    return True
