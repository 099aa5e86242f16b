"""Make texts to the demo's number: requests to the helpline, and words our rules answer. Samples."""

from datetime import datetime, timedelta
from uuid import uuid5

from abhiyan.intake.actions import texts
from abhiyan.messaging.rules import inbound
from abhiyan.programmes.models import Programme

from .claims import BY
from .data_files import sample_words


def bring_texts(programme: Programme, number: str, at: datetime) -> None:
    """Write each text as its webhook brings it."""
    for n, sample_text in enumerate(sample_words().texts):
        wrote_at = at - timedelta(hours=sample_text.hours)
        phone = f"+91720000{sample_text.phone}"
        ref = str(uuid5(programme.public_id, f"text {n}"))
        sms = inbound.Sms("generic", ref, phone, number, sample_text.text, wrote_at)
        texts.hear_text(text_in=texts.TextIn(sms, "sms", number, "join", programme.pk), by=BY, at=wrote_at)
