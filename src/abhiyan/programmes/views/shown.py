"""What several pages of programmes show alike."""

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.forms import Form
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.org.viewer import Request, Viewer, named
from abhiyan.programmes.models import Programme
from abhiyan.units import queries as units

Crumbs = Sequence[tuple[str, str]]


def language() -> str:
    """Two letters of the language this page is in."""
    return (get_language() or "en").partition("-")[0]


def today(at: datetime) -> date:
    return clock.day_in(settings.TIME_ZONE, at)


def name_of(programme: Programme) -> str:
    return named(programme.names, language())


def crumbs(*more: tuple[str, str]) -> Crumbs:
    return [(_("Programmes"), reverse("programmes:list")), *more]


def unit_of(viewer: Viewer, programme: Programme, code: str) -> units.UnitRow:
    """The unit a page of a programme is about: the one asked for, else the viewer's own, else the owner's.

    NotFound when it does not stand in the programme's hierarchy, or its counts are out of the viewer's sight.
    """
    hierarchy = programme.hierarchy
    if code:
        row = units.standing(units.unit(code).pk, hierarchy)
    else:
        row = units.standing(programme.owner_id, hierarchy)
        home = viewer.home
        is_inside = home is not None and row.lo is not None and row.lo <= home.lo < (row.hi or 0)
        if home is not None and (is_inside or row.lo is None or not viewer.sees_counts_at(row.lo)):
            row = units.standing(home.unit_id, hierarchy)
    if row.lo is None or not viewer.sees_counts_at(row.lo):
        raise NotFound
    return row


def refuse(form: Form, refused: Refused) -> int:
    """Put a refusal beside its field, or above the form; returns the status of the answer."""
    form.add_error(refused.field if refused.field in form.fields else None, str(refused))
    return refused.status


def may(request: Request, capability: str, unit_id: int) -> bool:
    """Whether the viewer may do this over a unit: for showing a button; the act asks again."""
    positions = [lo for lo, _hi in units.all_spans([unit_id]).get(unit_id, [])]
    return request.viewer.may_at(capability, *positions)
