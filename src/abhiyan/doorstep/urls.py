"""Addresses of the worker's own pages at doors."""

from abhiyan.core.access import page, phone_access

from .views import door, entries

app_name = "doorstep"
AT_DOORS = phone_access("enrolment.enrol")
urlpatterns = [
    page(
        "field/",
        door.door_page,
        name="field",
        opens=AT_DOORS,
        act="the person may leave; who never joined says so",
    ),
    page("field/entries/", entries.field_entries, opens=AT_DOORS),
    page("field/tries/", entries.field_try, opens=AT_DOORS, act="is undone beside the note of it"),
    page("field/<uuid:public_id>/", door.field_entry, opens=AT_DOORS, act="the person may leave"),
]
