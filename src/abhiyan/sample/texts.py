"""Make texts to the demo's number: requests to the helpline, and words our rules answer. Samples."""

from datetime import datetime, timedelta
from uuid import uuid5

from abhiyan.intake.actions import texts
from abhiyan.messaging.rules import inbound
from abhiyan.programmes.models import Programme

from .claims import BY

# Last digits of the phone, hours ago, text.
WRITTEN = (
    ("0001", 30, "मेरा सदस्यता कार्ड नहीं आया (नमूना)"),
    ("0001", 28, "कार्ड कब मिलेगा? (नमूना)"),
    ("0002", 20, "My village is missing in your list (sample)"),
    ("0003", 9, "बैठक कहाँ है? (नमूना)"),
    ("0003", 8, "धन्यवाद"),
    ("0004", 5, "HELP"),
)


def bring_texts(programme: Programme, number: str, at: datetime) -> None:
    """Write each text as its webhook brings it."""
    for n, (last, hours, text) in enumerate(WRITTEN):
        wrote_at = at - timedelta(hours=hours)
        ref = str(uuid5(programme.public_id, f"text {n}"))
        sms = inbound.Sms("generic", ref, f"+91720000{last}", number, text, wrote_at)
        texts.hear_text(text_in=texts.TextIn(sms, "sms", number, "join", programme.pk), by=BY, at=wrote_at)
