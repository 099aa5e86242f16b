"""The sender of a phone that was signed out: what it sends is judged, and done, by the offices of that moment.

The accepter of a record lends it no right of their own. They only say that it may count.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy

from abhiyan.core.actor import Actor
from abhiyan.core.scope import scoped
from abhiyan.org.middleware import request_actor
from abhiyan.org.queries import as_held, viewer_then
from abhiyan.org.viewer import Request
from abhiyan.people.actions.sessions import SignedOutPhone
from abhiyan.people.visit import Visit


@contextmanager
def as_sender(
    request: Request, phone: SignedOutPhone, *, accepted_by: Actor | None = None
) -> Iterator[Request]:
    """See and act as the account of a phone might when the phone was signed out. Gives the request in its name.

    accepted_by: who accepts what it sent, for the trail.
    """
    own, by = copy(request), request.actor
    own.visit = Visit(device=request.visit.device, origin=by.origin)
    own.viewer = viewer_then(phone)
    kind = request_actor(own.viewer, own.visit).kind
    own.actor = Actor(
        kind=kind,
        id=phone.holder,
        account_id=phone.account_id,
        device=str(phone.public_id),
        origin=by.origin,
        accepted_by=accepted_by,
    )
    with as_held(phone.account_id, at=phone.ended_at), scoped(own.viewer.scope):
        yield own
