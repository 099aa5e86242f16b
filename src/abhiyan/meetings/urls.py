"""Addresses of this room."""

from abhiyan.core.access import FINAL, PUBLIC, STRONG, capability, page
from abhiyan.messaging.link_pages import link_page

from .views import acting, answering, calling, checking_in, files, meetings

app_name = "meetings"
ASKING = capability("tasks.ask")
urlpatterns = [
    # Each shows only the meetings that the reader leads or is invited to.
    page("", meetings.meetings_page, name="list", opens=STRONG),
    page("new/", calling.meeting_new, opens=ASKING, act="is cancelled"),
    # Asks who answers for the unit.
    page("asked/<uuid:public_id>/", checking_in.check_in, opens=ASKING, act="a tick is taken back"),
    page(
        "answer/<str:link>/",
        link_page,
        {"of": answering.ANSWER},
        name="answer_page",
        opens=PUBLIC,
        act="the page is itself the question; signed in one answers otherwise",
        is_own=True,
    ),
    page("<uuid:public_id>/", meetings.meeting, opens=STRONG),
    page(
        "<uuid:public_id>/act/<slug:act>/",
        acting.meeting_act,
        opens=STRONG,
        act="an answer is changed, a tick taken back, a number replaced, a decision taken out",
    ),
    page(
        "<uuid:public_id>/change/<slug:step>/",
        calling.meeting_step,
        opens=ASKING,
        act="the day is changed again; who is invited may say no",
    ),
    page("<uuid:public_id>/file/<slug:kind>/", files.meeting_file, opens=STRONG),
    page("<uuid:public_id>/cancel/", calling.meeting_cancel, opens=ASKING, act=FINAL),
]
