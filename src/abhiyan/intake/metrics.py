"""The room gives `/metrics` its figures of people who join."""

from datetime import datetime

from abhiyan.core import counters
from abhiyan.core.metrics import DatabaseMetric
from abhiyan.enrolment.rules.channels import CHANNELS, Channel
from abhiyan.enrolment.rules.rolls import KIND
from abhiyan.programmes.actions.pace import REPORTED


def _joins(_at: datetime) -> dict[str, float]:
    """Return how many were reported in membership drives, by every channel there is."""
    counted = counters.read_counters(REPORTED)
    return {
        Channel(channel.number).name.lower(): float(counted.get(f"{KIND}/{channel.number}", 0))
        for channel in CHANNELS
    }


METRICS = {
    "joins": DatabaseMetric(
        "People reported in membership drives, as noted once a minute", _joins, "channel", is_counter=True
    ),
}
