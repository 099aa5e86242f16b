"""Makes a number that people call and write to, and a batch of paper, in the world of `tests/kill/world.py`.

The release before runs it, so it keeps to acts of that release.
"""

import json
import os
import sys
from datetime import UTC, datetime
from importlib import import_module, util

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abhiyan.site.settings")
NUMBER = "+918045612345"
TOKEN = "the token by which the provider signs"
AN_HOUR = 100_000  # replies
SHEETS = 50


def main() -> None:
    """Print the secret of the number's address, and the number of the batch."""
    import django

    django.setup()
    from abhiyan.core.actor import Actor
    from abhiyan.core.scope import system
    from abhiyan.messaging import actions as messaging
    from abhiyan.programmes.models import Programme
    from abhiyan.units.models import Unit

    # The release before keeps paper in the room of enrolment.
    room = "paper" if util.find_spec("abhiyan.paper") else "enrolment"
    batches = import_module(f"abhiyan.{room}.actions.batches")
    at, by = datetime.now(UTC), Actor.system("test of the update")
    with system("test of the update"):
        programme = Programme.objects.get(kind="drive").pk
        for each in (0, programme):
            messaging.set_allowance(programme_id=each, per_hour=AN_HOUR, by=by, at=at)
        secret = messaging.connect_number(
            number=NUMBER,
            provider="generic",
            meaning="join",
            programme_id=programme,
            signing_token=TOKEN,
            by=by,
            at=at,
        )
        batch = batches.make_batch(
            programme_id=programme,
            unit_id=Unit.objects.get(code="S").pk,
            sheets=SHEETS,
            language="hi",
            by=by,
            at=at,
        )
    sys.stdout.write(json.dumps({"secret": secret, "batch": batch.number}) + "\n")


if __name__ == "__main__":
    main()
