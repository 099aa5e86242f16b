"""Addresses of this room."""

from abhiyan.core.access import capability, page

from .actions import MEET
from .views import field

app_name = "contact"
urlpatterns = [
    # The page asks whether the unit is theirs; the doors are only one's own.
    page("field/doors/<uuid:public_id>/", field.field_doors, opens=capability(MEET)),
    page(
        "field/doors/<uuid:public_id>/<slug:act>/",
        field.field_doors_act,
        opens=capability(MEET),
        act="doors are given back and taken again",
    ),
    page(
        "field/door/<uuid:entry>/",
        field.field_door,
        opens=capability(MEET),
        act="is undone on the same day",
    ),
    page("field/door/<uuid:entry>/number/", field.field_number, opens=capability(MEET), act="shows a number"),
    page(
        "field/walk/<uuid:public_id>/",
        field.field_walk,
        opens=capability(MEET),
        act="is undone on the same day",
    ),
]
