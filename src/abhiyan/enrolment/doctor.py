"""Checks of `abhiyan doctor` about drives."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings

from abhiyan.core.doctor import FAIL, OK, DoctorFinding

from .queries.notices import drives_that_wait


def notices(_at: datetime) -> Iterable[DoctorFinding]:
    """Check that each open drive has this organisation's own notice: else people would agree with another one,
    so nobody joins."""
    found = drives_that_wait()
    for one in found:
        yield DoctorFinding(
            FAIL,
            f"joining waits in {one.names.get('en') or one.name()}: its notice was published by {one.other}, and"
            f" ABHIYAN_ORGANISATION is {settings.ORGANISATION or 'not set'}",
            "set ABHIYAN_ORGANISATION right and restart; or let an office of nation or state publish the next version"
            " on /notice/, which the drive then takes",
            {"programme": str(one.public_id), "other": one.other},
        )
    if not found:
        yield DoctorFinding(OK, "no open drive has another organisation's notice")


CHECKS = {"notices": notices}
