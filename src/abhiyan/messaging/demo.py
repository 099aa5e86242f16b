"""What the samples of the demo share: their messages go out, to nobody."""

from datetime import datetime

from . import actions as messaging
from .adapters import Handed

BATCH = 500


def go_out(at: datetime) -> None:
    """What is due goes out, to nobody: the phones of the demo are nobody's."""
    while leased := messaging.lease(at=at, n=BATCH, codes=False):
        going = messaging.admit(messages=leased, at=at)
        messaging.settle(
            returned=[(one, Handed(ok=True, ref=str(one.message.id))) for one in going], adapter="file", at=at
        )
