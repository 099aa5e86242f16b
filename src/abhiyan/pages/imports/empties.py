"""Empty lists have a row for each place, with its code and name. The office fills in the rest."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.words import active_language
from abhiyan.imports.kinds import ImportKind, kind_of_import
from abhiyan.org.viewer import Request
from abhiyan.ui import tables
from abhiyan.units import queries as units
from abhiyan.units.queries.filling import PlaceToFill
from abhiyan.units.unit_lists import PART_NO, SEAT_NO, UNIT

from .forms import EmptyForm, kinds_of

MOST_PLACES = {
    "xlsx": 150_000,
    "csv": 1_200_000,
}  # a sheet is made in memory; a text is written as it is read
NOT_TO_FILL = (SEAT_NO.key, PART_NO.key)  # the code says it


class TooManyPlaces(Refused):
    message = _(
        "%(n)s places are more than one file takes (%(most)s). Take the CSV, or another kind of place."
    )


def filled_rows(of_kind: ImportKind, places: Iterable[PlaceToFill]) -> tuple[list[str], Iterator[list[Any]]]:
    """Return the header and the rows of an empty list.

    A list that has columns for the name of a place gets it there. Other lists get two columns behind the code,
    which they do not read.
    """
    fields = [field for field in of_kind.layout.fields if field.key not in NOT_TO_FILL]
    keys = [field.key for field in fields]
    after = keys.index(UNIT.key) + 1
    head = [field.label(active_language()) for field in fields]
    has_names = "place" in keys
    if not has_names:
        head[after:after] = [say("Called"), say("Within")]

    def rows() -> Iterator[list[Any]]:
        for place in places:
            value_by_key = {UNIT.key: place.code, "place": place.name, "mandal": place.mandal}
            row: list[Any] = [value_by_key.get(key, "") for key in keys]
            if not has_names:
                row[after:after] = [place.name, place.above]
            yield row

    return head, rows()


@require_GET
def empty_list_file(request: Request, key: str, ending: str) -> HttpResponseBase:
    """Give an empty list of a kind to fill in, in the reader's language.

    It has a row for each place, with its code and name, where a unit and a kind of place are chosen.
    """
    of_kind = kind_of_import(key)
    if of_kind not in kinds_of(request.viewer) or ending not in MOST_PLACES:
        raise NotFound
    head = of_kind.layout.headers(active_language())
    rows: Iterator[Sequence[Any]] = iter(())
    if of_kind.places and request.GET:
        form = EmptyForm(of_kind, request.viewer, request.GET)
        if not form.is_valid():
            raise NotFound
        unit_id, level = form.unit_id, form.cleaned_data["level"]
        n, most = units.count_of_kind(unit_id, level), MOST_PLACES[ending]
        if n > most:
            raise TooManyPlaces(n=n, most=most)
        head, rows = filled_rows(of_kind, units.places_to_fill(unit_id, level))
    return tables.file_response(key, ending, head, rows)
