"""Addresses of incidents with people's data, for data officers."""

from abhiyan.core.access import capability, page

from . import views

app_name = "incidents"
WATCHING = capability("data.watch")
urlpatterns = [
    page("incidents/", views.incident_list, name="incidents", opens=WATCHING),
    page("incidents/new/", views.incident_new, opens=WATCHING, act="it is corrected, and closed"),
    page("incidents/<uuid:public_id>/", views.incident, opens=WATCHING),
    page(
        "incidents/<uuid:public_id>/change/",
        views.incident_change,
        opens=WATCHING,
        act="is changed again",
    ),
    page("incidents/<uuid:public_id>/count/", views.incident_count, opens=WATCHING, act="is counted again"),
    page(
        "incidents/<uuid:public_id>/tell/",
        views.incident_tell,
        opens=WATCHING,
        act="a second person decides",
    ),
    page(
        "incidents/<uuid:public_id>/report/",
        views.incident_report,
        opens=WATCHING,
        act="a later note stands beside it",
    ),
    page("incidents/<uuid:public_id>/untold/", views.incident_untold, opens=WATCHING),
    page(
        "incidents/<uuid:public_id>/<str:act>/",
        views.incident_act,
        opens=WATCHING,
        act="is opened again",
    ),
]
