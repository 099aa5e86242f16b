"""Addresses of this room."""

from abhiyan.core.access import PUBLIC, capability, page
from abhiyan.messaging.link_pages import link_page

from .views import acting, desk, kinds, many, needs, opening, public, ready, times

app_name = "helpdesk"
DESKS = capability("helpdesk.answer", "helpdesk.named")
ANSWERING = capability("helpdesk.answer")
ASKING = capability("tasks.ask")
RUNNING = capability("programmes.run")
urlpatterns = [
    # The pages and acts ask whose requests.
    page("helpline/", desk.tickets_page, name="tickets", opens=DESKS),
    page(
        "helpline/new/",
        opening.type_ticket_page,
        name="type",
        opens=capability("helpdesk.type"),
        act="is merged, or answered",
    ),
    page("helpline/times/", times.answer_times_page, name="times", opens=ANSWERING),
    page("helpline/needs/", needs.needs, opens=ANSWERING),
    page("helpline/kinds/", kinds.kind_list, opens=RUNNING),
    page("helpline/kinds/new/", kinds.kind_new, opens=RUNNING, act="is closed", is_own=True),
    page("helpline/kinds/<slug:code>/", kinds.kind_rename, opens=RUNNING, act="is renamed again"),
    page(
        "helpline/kinds/<slug:code>/<slug:act>/", kinds.kind_act, opens=RUNNING, act="each act has its other"
    ),
    page("helpline/many/", many.many, opens=ANSWERING, act="each is opened again, and answered again"),
    page(
        "helpline/many/<uuid:release>/",
        many.many_approved,
        opens=ANSWERING,
        act="each is opened again, and answered again",
    ),
    page("helpline/answers/", ready.ready, opens=DESKS),
    page("helpline/answers/new/", ready.ready_new, opens=ASKING, act="is taken out of use"),
    page("helpline/answers/<uuid:public_id>/", ready.ready_change, opens=ASKING, act="is changed back"),
    page(
        "helpline/number/<uuid:public_id>/",
        opening.helpline,
        opens=capability("programmes.run"),
        act="is set again, by two people",
    ),
    page(
        "helpline/<uuid:public_id>/",
        desk.ticket_page,
        name="ticket",
        opens=DESKS,
        act="is opened again, and answered again",
    ),
    page(
        "helpline/<uuid:public_id>/phone/",
        acting.ticket_phone,
        opens=DESKS,
        act="shows a number, and the next call says what came of it",
    ),
    page(
        "helpline/<uuid:public_id>/<str:step>/",
        acting.ticket_step,
        opens=DESKS,
        act="is moved back, opened again, or answered again",
    ),
    page(
        "help/",
        public.write_request_page,
        name="write",
        opens=PUBLIC,
        act="is answered by an office",
        is_own=True,
    ),
    page("help/sent/", public.request_sent_page, name="sent", opens=PUBLIC),
    page(
        "help/<str:link>/",
        link_page,
        {"of": public.ANSWER},
        name="solved",
        opens=PUBLIC,
        act="the page is itself the question; after a yes one may say no",
        is_own=True,
    ),
]
