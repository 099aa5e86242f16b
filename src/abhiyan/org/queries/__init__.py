"""Who looks, who may do what where, who holds what, and what waits for a second person."""

from .authority import NotYours, grants_at, holds, is_root, on_different_lines, require
from .deciding import Deciders, Seat, deciders
from .disputes import Dispute, OwnDispute, claimants, own_dispute, own_disputes, why_not_decide
from .lists import ORDERS, AppointmentRows, VacantRows, sight, with_names
from .offices import (
    Below,
    Holder,
    Vacancy,
    appointment_for,
    cast,
    holders,
    is_anybody_appointed,
    line_of_command,
    office_bearers,
    offices_to_give,
    offices_used,
    vacancies,
    vacancies_below,
)
from .releases import allowed, release_for, releases, releases_asked, releases_refused, releases_to_decide
from .viewers import scope_of, viewer_of, visit_of

__all__ = [
    "ORDERS",
    "AppointmentRows",
    "Below",
    "Deciders",
    "Dispute",
    "Holder",
    "NotYours",
    "OwnDispute",
    "Seat",
    "Vacancy",
    "VacantRows",
    "allowed",
    "appointment_for",
    "cast",
    "claimants",
    "deciders",
    "grants_at",
    "holders",
    "holds",
    "is_anybody_appointed",
    "is_root",
    "line_of_command",
    "office_bearers",
    "offices_to_give",
    "offices_used",
    "on_different_lines",
    "own_dispute",
    "own_disputes",
    "release_for",
    "releases",
    "releases_asked",
    "releases_refused",
    "releases_to_decide",
    "require",
    "scope_of",
    "sight",
    "vacancies",
    "vacancies_below",
    "viewer_of",
    "visit_of",
    "why_not_decide",
    "with_names",
]
