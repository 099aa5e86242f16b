"""Addresses of this room."""

from abhiyan.core.access import FINAL, capability, page
from abhiyan.org.rules.capabilities import LEADS

from .views import calls, leading, organisation

app_name = "dialogues"
urlpatterns = [
    # Each shows and takes only one's own calls.
    page("", calls.own_dialogues_page, name="calls", opens=capability(LEADS)),
    page("away/", calls.away, opens=capability(LEADS), act="is removed", is_own=True),
    page("away/<uuid:absence>/", calls.away_remove, opens=capability(LEADS), act="is noted again"),
    page(
        "call/<uuid:call>/",
        calls.dialogue_page,
        name="call",
        opens=capability(LEADS),
        act="stays; the president may say no to it",
    ),
    page(
        "call/<uuid:call>/number/",
        calls.president_number_page,
        name="number",
        opens=capability(LEADS),
        act="shows a number",
    ),
    # These check that the viewer sees the unit's people.
    page("<uuid:public_id>/", calls.board, opens=capability(LEADS)),
    page(
        "<uuid:public_id>/organisation/",
        organisation.booths_organisation,
        name="organisation",
        opens=capability(LEADS),
    ),
    page("<uuid:public_id>/leaders/", leading.leaders_who_call, name="leaders", opens=capability(LEADS)),
    page(
        "<uuid:public_id>/leaders/remind/",
        leading.leaders_reminded,
        name="leaders_remind",
        opens=capability(LEADS),
        act=FINAL,
    ),
    page(
        "<uuid:public_id>/callers/",
        calls.calling_offices_page,
        name="callers",
        opens=capability("programmes.run"),
        act="is set again",
    ),
]
