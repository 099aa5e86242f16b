"""Share what samples of the demo need: their messages go out, to nobody."""

from datetime import datetime

from . import actions as messaging
from .adapters import Handed

BATCH = 500


def go_out(at: datetime) -> None:
    """Send what is due to nobody: the phones of the demo belong to nobody."""
    while leased := messaging.lease(at=at, n=BATCH, codes=False):
        going = messaging.admit(messages=leased, at=at)
        messaging.settle_messages(
            returned=[
                (going_message, Handed(ok=True, ref=str(going_message.message.id))) for going_message in going
            ],
            adapter="file",
            at=at,
        )
