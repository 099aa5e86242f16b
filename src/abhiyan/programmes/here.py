"""The pages of a programme of one kind: the unit that each is about, and the way to it."""

from uuid import UUID

from django.urls import reverse

from abhiyan.core.refusals import NotFound
from abhiyan.core.words import name_in_language
from abhiyan.org.here import Here, page_unit
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request

from .models import Programme
from .queries import covers_part, programme_of_kind


def page_of_people(request: Request, public_id: UUID, kind: str) -> tuple[Programme, Here]:
    """Return the programme of a page about people, and the page's unit.

    NotFound for a programme of another kind or one that does not lie there. NotYours where the viewer sees no people.
    """
    programme = programme_of_kind(public_id, kind)
    here = page_unit(request, hierarchy=programme.hierarchy)
    if not covers_part(programme, here.span):
        raise NotFound
    if not request.viewer.sees_people_at(here.span[0]):
        raise NotYours
    return programme, here


def way_from_programme(programme: Programme, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the way to a page of a programme's room: the programme's own page, then more."""
    return [
        (name_in_language(programme.names), reverse("programmes:programme", args=[programme.public_id])),
        *more,
    ]
