"""Addresses of the pages that gather: Today, Unit, search, launch and the field."""

from abhiyan.core.access import FINAL, PUBLIC, STRONG, capability, page, phone_access
from abhiyan.dialogues import records as calls
from abhiyan.meetings.views import attendance
from abhiyan.org.rules.capabilities import LEADS, REPRESENTS
from abhiyan.work.views import dues

from .views import (
    bearer,
    closing,
    field,
    held,
    launch,
    membership_votes,
    morning,
    readings,
    ready,
    search,
    today,
    unit,
)

app_name = "pages"
CALLS = capability(LEADS, REPRESENTS)
WATCHING = capability("data.watch")

urlpatterns = [
    # It sends people who are not signed in to do so.
    page("", today.viewer_today_page, name="today", opens=PUBLIC),
    page("today/", today.today_all, opens=STRONG),
    # It concerns the own unit alone.
    page(
        "today/take/",
        today.take_row_form,
        name="today_take",
        opens=capability(LEADS),
        act="is given back",
        is_own=True,
    ),
    # It is of the own unit, and of people that one leads.
    page(
        "today/morning/",
        morning.morning,
        name="morning",
        opens=capability(LEADS),
        act="shows numbers",
        is_own=True,
    ),
    page(
        "today/morning/hour/",
        morning.choose_hour,
        name="morning_hour",
        opens=capability(LEADS),
        act="is switched off",
        is_own=True,
    ),
    page("units/", unit.own_unit_page, name="units", opens=STRONG),
    page("units/<str:code>/", unit.page_of_unit, name="unit", opens=STRONG),
    page("units/<str:code>/more/", unit.unit_more, opens=STRONG),
    page(
        "units/<str:code>/close/",
        closing.close_unit_page,
        name="unit_close",
        opens=capability("imports.units"),
        act=FINAL,
    ),
    page(
        "units/<str:code>/open/",
        closing.open_unit_again_form,
        name="unit_open",
        opens=capability("imports.units"),
        act="is closed again",
    ),
    page("units/<str:code>/membership-and-votes/", membership_votes.membership_votes, opens=STRONG),
    # Each room asks what of its own may be seen.
    page("launch/<uuid:public_id>/", launch.launch_page, name="launch", opens=STRONG),
    page("launch/<uuid:public_id>/ready/", ready.ready, opens=STRONG),
    # The view asks whether the reader may call this person.
    page("bearers/<uuid:public_id>/", bearer.bearer_page, name="bearer", opens=CALLS, act="shows a number"),
    page(
        "bearers/<uuid:public_id>/talk/",
        bearer.bearer_talk,
        opens=CALLS,
        act="the note is deleted",
    ),
    page(
        "bearers/<uuid:public_id>/talk/<uuid:talk>/<str:act>/",
        bearer.bearer_promise,
        opens=CALLS,
        act="another answer takes its place",
    ),
    page("search/", search.search_page, name="search", opens=STRONG),
    page("readings/", readings.reader_list, opens=WATCHING),
    page("readings/person/", readings.person_read, opens=WATCHING),
    page("readings/<uuid:public_id>/", readings.reader, opens=WATCHING),
    page("field/start/", field.field_start, opens=phone_access()),
    page("field/list/<slug:tile>/", field.field_list, opens=phone_access()),
    page("field/outbox/", field.field_outbox, opens=phone_access(is_of_ended=True)),
    page("field/keep.json", field.field_keep, opens=phone_access()),
    page("field/worker.js", field.field_worker, opens=PUBLIC),
    page("field/app.webmanifest", field.field_manifest, opens=PUBLIC),
    # Each record's own page and act ask who may. Records from a phone that was signed out are kept apart.
    page(
        "field/send/",
        field.field_send,
        opens=phone_access(is_of_ended=True),
        act="as the page of the record says",
    ),
    page("phones/held/", held.held_records_page, name="held", opens=capability("org.appoint")),
    page(
        "phones/held/<uuid:public_id>/<str:act>/", held.held_act, opens=capability("org.appoint"), act=FINAL
    ),
    page(
        "field/due/<uuid:public_id>/",
        dues.field_due,
        opens=phone_access(),
        act="is sent again until it is accepted",
    ),
    # The leader whose call it is.
    page(
        "field/call/<uuid:call>/",
        calls.field_call,
        opens=capability(LEADS),
        act="stays; the president may say no to it",
    ),
    # Who manages the meeting.
    page(
        "field/meeting/<uuid:public_id>/", attendance.field_meeting, opens=STRONG, act="a tick is taken back"
    ),
]
