"""Addresses of this room."""

from abhiyan.core.access import PUBLIC, STRONG, capability, page
from abhiyan.org.rules.capabilities import LEADS

from .views import board, field

app_name = "stays"
RUN = capability("programmes.run")
urlpatterns = [
    page(
        "stays/answer/<str:link>/",
        board.answer_page,
        opens=PUBLIC,
        act="the page is itself the question; the office assigns again",
        is_own=True,
    ),
    # The page asks whose people they see.
    page("stays/<uuid:public_id>/", board.board, opens=capability(LEADS)),
    page("stays/<uuid:public_id>/assign/", board.assign, opens=RUN, act="is taken back on the board"),
    page(
        "stays/<uuid:public_id>/act/<slug:act>/",
        board.board_act,
        opens=RUN,
        act="is assigned again, or taken back",
    ),
    # Each shows and takes only one's own stay.
    page("field/stay/<uuid:stay>/", field.field_stay, opens=STRONG, act="the office assigns again"),
    page(
        "field/stay/<uuid:stay>/<slug:step>/",
        field.field_step,
        opens=STRONG,
        act="stays; the host may say no to it",
    ),
]
