"""Addresses of this room."""

from abhiyan.core.access import capability, page
from abhiyan.org.rules.capabilities import LEADS

from . import views

app_name = "dialogues"
urlpatterns = [
    # Each shows and takes only one's own calls.
    page("", views.calls, opens=capability(LEADS)),
    page("away/", views.away, opens=capability(LEADS), act="is removed", is_own=True),
    page("away/<uuid:absence>/", views.away_remove, opens=capability(LEADS), act="is noted again"),
    page(
        "call/<uuid:call>/", views.call, opens=capability(LEADS), act="stays; the president may say no to it"
    ),
    page("call/<uuid:call>/number/", views.number, opens=capability(LEADS), act="shows a number"),
    # The page checks that the viewer sees the unit's people.
    page("<uuid:public_id>/", views.board, opens=capability(LEADS)),
    page("<uuid:public_id>/callers/", views.callers, opens=capability("programmes.run"), act="is set again"),
]
