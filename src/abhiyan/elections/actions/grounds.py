"""Check that an office has authority over a state, or over all of them."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from abhiyan.core.actor import Actor
from abhiyan.elections import reference
from abhiyan.elections.models import Election
from abhiyan.elections.queries import grounds
from abhiyan.elections.refusals import NotYourGround
from abhiyan.org import queries as org


def require_on_ground(by: Actor, capability: str, *, election: Election, state: str) -> int | None:
    """Refuse (NotYourGround) unless `by` may do this over the ground of a row: its state, or, for "", the nation.

    Returns the unit that answers for it, for the audit; None where an installation has none: only the system may then.
    """
    unit_id = grounds.grounds_of(election, [state]).get(state)
    try:
        org.require(by, capability, at=unit_id or 0)
    except org.NotYours as refused:
        ground = grounds.ground_of(election, state)
        where = (
            reference.reference_state_name(ground, (get_language() or "en")[:2])
            if ground
            else _("all states")
        )
        raise NotYourGround(where=where) from refused
    return unit_id
