"""Addresses of this room."""

from abhiyan.core.access import FINAL, STRONG, TOKEN, capability, page
from abhiyan.org.rules.capabilities import LEADS

from .actions import MEET, RUN
from .views import board, bridge, calls, centre, field, inbound, lists

app_name = "contact"
urlpatterns = [
    # The page asks whether the unit is theirs; the doors are only one's own.
    page("field/doors/<uuid:public_id>/", field.field_doors, opens=capability(MEET)),
    page(
        "field/doors/<uuid:public_id>/<slug:act>/",
        field.field_doors_act,
        opens=capability(MEET),
        act="doors are given back and taken again",
    ),
    page(
        "field/door/<uuid:entry>/",
        field.field_door,
        opens=capability(MEET),
        act="is undone on the same day",
    ),
    page("field/door/<uuid:entry>/number/", field.field_number, opens=capability(MEET), act="shows a number"),
    page(
        "field/walk/<uuid:public_id>/",
        field.field_walk,
        opens=capability(MEET),
        act="is undone on the same day",
    ),
    # Each page asks for a seat in the call centre; a seat of a body gives no capability.
    # A provider's machine. The view asks for its signature.
    page(
        "contact/bridge/",
        bridge.bridge_report,
        name="bridge",
        opens=TOKEN,
        act="is a record of what happened",
        is_own=True,
    ),
    page("contact/calls/", calls.centre_calls_page, name="calls", opens=STRONG),
    page("contact/calls/today/", calls.own_calls_page, name="own_calls", opens=STRONG),
    page("contact/calls/inbound/", inbound.inbound, opens=STRONG, act="the request is merged, or answered"),
    page(
        "contact/calls/<uuid:call>/",
        calls.centre_call_page,
        name="call",
        opens=STRONG,
        act="is taken back, and corrected on the same day",
    ),
    page("contact/calls/<uuid:call>/<slug:act>/", calls.call_act, opens=STRONG, act="shows a number"),
    page("contact/calls/<slug:act>/", calls.calls_act, opens=STRONG, act="is given back"),
    page("contact/centre/", centre.own_centre, opens=STRONG),
    page("contact/centre/<int:body_id>/", centre.centre, opens=STRONG),
    page(
        "contact/centre/<int:body_id>/<slug:act>/", centre.centre_act, opens=STRONG, act="the centre goes on"
    ),
    # Each page asks whose people the viewer sees.
    page("contact/<uuid:public_id>/calling/", centre.calling, opens=capability(LEADS)),
    page(
        "contact/<uuid:public_id>/calling/new/",
        centre.calling_new,
        opens=capability(RUN),
        act="the queue is paused",
    ),
    page(
        "contact/<uuid:public_id>/calling/remind/", centre.calling_remind, opens=capability(LEADS), act=FINAL
    ),
    page(
        "contact/<uuid:public_id>/calling/<int:body_id>/",
        centre.calling_centre,
        opens=capability(LEADS),
    ),
    page(
        "contact/calling/<uuid:queue>/words/",
        centre.calling_words,
        opens=capability(RUN),
        act="the words are written again",
    ),
    page(
        "contact/calling/<uuid:queue>/<slug:act>/",
        centre.calling_act,
        opens=capability(RUN),
        act="the queue goes on",
    ),
    page("contact/<uuid:public_id>/", board.board, opens=capability(LEADS)),
    page("contact/<uuid:public_id>/lists/", lists.lists, opens=capability(LEADS)),
    page(
        "contact/<uuid:public_id>/lists/new/", lists.list_new, opens=capability(RUN), act="the list is ended"
    ),
    page("contact/list/<uuid:public_id>/", lists.list_page, name="list", opens=capability(LEADS)),
    page("contact/list/<uuid:public_id>/document/", lists.list_document, opens=capability(LEADS)),
    page("contact/list/<uuid:public_id>/end/", lists.list_end, opens=capability(RUN), act=FINAL),
    page(
        "contact/list/<uuid:public_id>/act/<slug:act>/",
        lists.list_act,
        opens=capability(RUN),
        act="another person decides; the list is ended",
    ),
]
