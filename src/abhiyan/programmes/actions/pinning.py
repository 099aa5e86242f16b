"""Pin a programme to one's own Today, and take it off again."""

from datetime import datetime

from django.db import transaction

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import or_refuse
from abhiyan.programmes.models import PinnedProgramme, Programme


def pin_programme(*, programme: Programme, by: Actor, at: datetime) -> None:
    """Put a programme first on the actor's own Today, in place of another one.

    programme: in the actor's sight. Everybody with an account may. Refuses NotFound.
    """
    with transaction.atomic():
        PinnedProgramme.objects.update_or_create(
            account_id=or_refuse(by.account_id), defaults={"programme": programme, "pinned_at": at}
        )
        audit.record(by=by, at=at, act="programmes.pin", subject=str(programme.public_id))


def unpin_programme(*, programme: Programme, by: Actor, at: datetime) -> None:
    """Take a programme off the first place of the actor's Today. Refuses NotFound."""
    with transaction.atomic():
        PinnedProgramme.objects.filter(account_id=or_refuse(by.account_id), programme=programme).delete()
        audit.record(by=by, at=at, act="programmes.unpin", subject=str(programme.public_id))
