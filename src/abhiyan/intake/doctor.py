"""Checks of `abhiyan doctor` about drives."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings

from abhiyan.core.doctor import FAIL, OK, DoctorFinding

from .queries.notices import drives_that_wait


def notice_findings(_at: datetime) -> Iterable[DoctorFinding]:
    """Check that each open drive has this organisation's own notice: else people would agree with another one,
    so nobody joins."""
    waiting_drives = drives_that_wait()
    for waiting_drive in waiting_drives:
        yield DoctorFinding(
            FAIL,
            f"joining waits in {waiting_drive.names.get('en') or waiting_drive.name()}: "
            f"its notice was published by {waiting_drive.other}, and"
            f" ABHIYAN_ORGANISATION is {settings.ORGANISATION or 'not set'}",
            "set ABHIYAN_ORGANISATION right and restart; or let an office of nation or state publish the next version"
            " on /notice/, which the drive then takes",
            {"programme": str(waiting_drive.public_id), "other": waiting_drive.other},
        )
    if not waiting_drives:
        yield DoctorFinding(OK, "no open drive has another organisation's notice")


CHECKS = {"notices": notice_findings}
