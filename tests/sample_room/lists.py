"""The list this room takes in: beds by village."""

from django.utils.translation import gettext_lazy as _

from abhiyan.imports.tables.layout import CellKind, Field
from abhiyan.units.unit_lists import list_of_figures

from .models import Village

BEDS = list_of_figures(
    key="beds",
    model=Village,
    fields={
        "beds": Field("beds", "Beds", "बिस्तर", "places", CellKind.INTEGER, required=True, least=0, most=1_000)
    },
    title=_("Beds in villages"),
    explains=_("How many workers can sleep in each village."),
    capability="programmes.run",
)
KINDS_OF_LIST = (BEDS,)
