"""Addresses of this room."""

from abhiyan.core.access import FINAL, PUBLIC, STRONG, capability, page, phone_access
from abhiyan.messaging.link_pages import link_page
from abhiyan.org.rules.capabilities import LEADS

from .activity_days import ELECTED
from .views import board, days, field, thanks

app_name = "stays"
RUN = capability("programmes.run")
OWN_AREA = capability(LEADS, ELECTED)  # the acts ask whose area
urlpatterns = [
    page(
        "stays/answer/<str:link>/",
        link_page,
        {"of": board.ANSWER},
        name="answer_page",
        opens=PUBLIC,
        act="the page is itself the question; the office assigns again",
        is_own=True,
    ),
    # The page asks whose people they see.
    page("stays/<uuid:public_id>/", board.board, opens=capability(LEADS)),
    page(
        "stays/<uuid:public_id>/assign/",
        board.assign_stay_page,
        name="assign",
        opens=RUN,
        act="is taken back on the board",
    ),
    page(
        "stays/<uuid:public_id>/act/<slug:act>/",
        board.board_act,
        opens=RUN,
        act="is assigned again, or taken back",
    ),
    page("stays/days/", days.days, opens=OWN_AREA, act="is planned again, or dropped", is_own=True),
    page("stays/days/<uuid:day>/drop/", days.day_drop, opens=OWN_AREA, act="is planned again"),
    page(
        "stays/days/<uuid:public_id>/letter/<slug:month>/",
        thanks.letter_page,
        name="letter",
        opens=OWN_AREA,
        act="an office above may take it back",
        is_own=True,
    ),
    page("stays/days/letter/<uuid:letter>/", thanks.letter_file, opens=OWN_AREA),
    page("stays/days/letter/<uuid:letter>/end/", thanks.letter_end, opens=RUN, act=FINAL),
    page("stays/days/<uuid:public_id>/thanks/", thanks.thanks_rule, opens=RUN, act="is set again"),
    page(
        "field/day/<uuid:day>/",
        days.field_day_page,
        name="field_day",
        opens=OWN_AREA,
        act="stays; the booth president may say no to it",
    ),
    # Each shows and takes only one's own stay.
    # By one SMS code too: then the page does not name the host.
    page("field/stay/<uuid:stay>/", field.field_stay, opens=phone_access(), act="the office assigns again"),
    page(
        "field/stay/<uuid:stay>/no/",
        field.host_no,
        opens=phone_access(),
        act="stays; the host takes it back by their own phone",
    ),
    page("field/stay/<uuid:stay>/host/", field.host_number, opens=STRONG, act="shows a number"),
    page(
        "field/stay/<uuid:stay>/<slug:step>/",
        field.field_step,
        opens=phone_access(),
        act="stays; the host may say no to it",
    ),
]
