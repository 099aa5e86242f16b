"""Addresses of this room."""

from abhiyan.core.access import PUBLIC, capability, page
from abhiyan.org.rules.capabilities import LEADS

from . import views

app_name = "stays"
RUN = capability("programmes.run")
urlpatterns = [
    page(
        "answer/<str:link>/",
        views.answer_page,
        opens=PUBLIC,
        act="the page is itself the question; the office assigns again",
        is_own=True,
    ),
    # Whose people they see, the page asks.
    page("<uuid:public_id>/", views.board, opens=capability(LEADS)),
    page("<uuid:public_id>/assign/", views.assign, opens=RUN, act="is taken back on the board"),
    page(
        "<uuid:public_id>/act/<slug:act>/", views.board_act, opens=RUN, act="is assigned again, or taken back"
    ),
]
