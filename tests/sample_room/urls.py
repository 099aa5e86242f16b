"""Addresses of this room."""

from abhiyan.core.access import STRONG, capability, page

from . import views

app_name = "nights"
urlpatterns = [
    page("<uuid:public_id>/", views.stays, opens=STRONG),
    page(
        "<uuid:public_id>/report/",
        views.report,
        opens=capability("enrolment.enrol"),
        act="a stay stays reported; a new report corrects it",
    ),
]
