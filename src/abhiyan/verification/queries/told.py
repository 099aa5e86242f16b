"""Rows of estimates as `programmes.rules.estimated` takes them: one shape behind every page, slide and file."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from abhiyan.core.clock import day_in
from abhiyan.org.here import unit_address
from abhiyan.programmes.rules.estimated import Estimated, RealShare
from abhiyan.ui.addresses import address_of
from abhiyan.verification.models import Estimate, Frame
from abhiyan.verification.rules.estimates import GRADED, Method

from .frames import frame_days

METHODS = {
    Method.WILSON: _("Wilson's"),
    Method.EXACT: _("exact (Clopper–Pearson)"),
    Method.COUNTED: _("none, every item was checked"),
}
SHADES = (
    Estimate.Shade.ENTERED,
    Estimate.Shade.SIGNED,
    Estimate.Shade.UNSIGNED,
    Estimate.Shade.CONFIRMED,
)


# One frame speaks for a unit everywhere: the newest closed one with a figure of all who were entered, or a grade;
# else the newest with one; else the newest. f: frames; a, e: rows of all entered and of the counted in a unit.
_HAS_FIGURE = "(a.rate is not null or coalesce(e.grade, '') <> '')"
SPEAKS_FIRST = f"({_HAS_FIGURE} and f.state = '{Frame.State.CLOSED}') desc, {_HAS_FIGURE} desc, f.number desc"


def share_columns(row: str) -> str:
    """Return the columns of one row of estimates that `share_of` reads. row: its alias in the statement."""
    return (
        f"{row}.items, {row}.genuine + {row}.not_genuine, {row}.refused + {row}.unresolved, {row}.rate, {row}.low,"
        f" {row}.high, {row}.method, {row}.is_corrected, {row}.unchecked"
    )


COLUMNS = 9  # of `share_columns`


def share_of(*row: Any) -> RealShare:
    """Return one row of estimates, from the columns of `share_columns`; nothing where there is no row."""
    items, finished, not_told, rate, low, high, method, is_corrected, unchecked = row
    if items is None:
        return RealShare()
    if rate is None:
        return RealShare(items, finished, not_told, unchecked=unchecked)
    return RealShare(items, finished, not_told, rate, low, high, METHODS[Method(method)], is_corrected)


def since_of(frame: Frame) -> date:
    """Return the first day of a frame's entries: when the frame before was frozen, else the programme's first day."""
    return frame_days(frame)[0] or frame.programme.opens_on


def estimated_of_unit(
    frame: Frame, code: str, rows: Mapping[int, Estimate], *, since: date | None, on: date
) -> Estimated:
    """Build what a frame says of one unit. rows: its estimates by shade; since: of `since_of`."""
    entered, counted, unanswered, confirmed = (_of_row(rows.get(shade)) for shade in SHADES)
    estimate = estimated_of(
        frame.public_id,
        code,
        kind=frame.programme.kind,
        measure=frame.measure,
        frozen_at=frame.frozen_at,
        since=since,
        ends_on=frame.ends_on if frame.state == Frame.State.DRAWN and frame.ends_on >= on else None,
        reported=(rows[Estimate.Shade.ENTERED].reported or 0) if Estimate.Shade.ENTERED in rows else 0,
        shares=(entered, counted, unanswered),
    )
    return replace(estimate, confirmed=confirmed)


def estimated_of(
    public_id: Any,
    code: str,
    *,
    kind: str,
    measure: int,
    frozen_at: datetime,
    since: date | None,
    ends_on: date | None,
    reported: int,
    shares: tuple[RealShare, RealShare, RealShare],
    finished: int | None = None,
    grade: str = "",
) -> Estimated:
    """Return a frame's result in a unit, from its three shares: entered, counted, unanswered.

    finished: of them all, unless given. code: of the unit, or empty where it is in another tree than the frame.
    """
    entered, counted, unanswered = shares
    return Estimated(
        frozen_on=day_in(settings.TIME_ZONE, frozen_at),
        wanted=GRADED,
        href=_href(public_id, code) if code else None,
        reported=reported,
        entered=entered,
        counted=counted,
        unanswered=unanswered,
        since=since,
        finished=entered.finished if finished is None and entered.items else finished,
        ends_on=ends_on,
        grade=grade,
        kind=kind,
        measure=measure,
    )


def _of_row(row: Estimate | None) -> RealShare:
    if row is None:
        return RealShare()
    share = (row.items, row.finished, row.not_told, row.rate, row.low, row.high, row.method, row.is_corrected)
    return share_of(*share, row.unchecked)


def _address(frame: Any, code: str) -> str:
    return unit_address(address_of("verification:frame_beside", frame), code)


_href = lazy(_address, str)  # a list of fifty units asks for none
