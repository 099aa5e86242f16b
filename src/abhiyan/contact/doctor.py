"""Checks that `abhiyan doctor` makes of call centres: the provider's line answers."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta

from abhiyan.core.doctor import OK, WARN, DoctorFinding, delay_level

from . import bridges, queries

LATELY, PATIENCE = timedelta(days=1), timedelta(minutes=2)  # within PATIENCE a report may still come
SEE = "see the provider, ABHIYAN_BRIDGE_URL, ABHIYAN_BRIDGE_TOKEN and ABHIYAN_BRIDGE_SECRET (docs/sms.md)"


def provider_line(at: datetime) -> Iterable[DoctorFinding]:
    """The provider's line takes calls and reports them. It is down when a day of calls brought no report."""
    n_queues = queries.queues_by_line(at=at)
    if n_queues and bridges.server_bridge() is None:
        yield DoctorFinding(
            WARN,
            f"{n_queues} call queues ask for the provider's line, and no line is set",
            "set ABHIYAN_BRIDGE (docs/sms.md); until then callers use their own phones",
            {"queues": n_queues},
        )
        return
    day = queries.line_between(at - LATELY, at - PATIENCE)
    if day.asked and not day.reported:
        yield DoctorFinding(
            delay_level(),
            f"the provider's line reported none of {day.asked} calls in a day, and refused {day.refused} of them",
            SEE,
            asdict(day),
        )
    else:
        text = f"the provider's line reported {day.reported} of {day.asked} calls in a day"
        yield DoctorFinding(OK, text, facts=asdict(day))


CHECKS = {"line": provider_line}
