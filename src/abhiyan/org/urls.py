"""Addresses of appointments and releases."""

from abhiyan.core.access import FINAL, PUBLIC, STRONG, capability, page, phone_access, visitor

from .rules.capabilities import LEADS
from .views import (
    appointments,
    bodies,
    body_kinds,
    emergency,
    ending,
    office_offers,
    own_offices,
    phones,
    releases,
)

app_name = "org"
APPOINTING = capability("org.appoint", "org.officers")
BODIES = capability("org.bodies")
OWN_OFFICES = capability("org.offices")
urlpatterns = [
    page("field/sign-in/", phones.phone_sign_in, opens=PUBLIC, act="one signs out", is_own=True),
    page(
        "field/sign-in/code/",
        phones.phone_sign_in_code,
        opens=visitor("org:phone_sign_in"),
        act="one signs out",
        is_own=True,
    ),
    page("field/phones/", phones.my_phones, opens=phone_access()),
    page("field/phones/<uuid:public_id>/<str:act>/", phones.my_phone_act, opens=phone_access(), act=FINAL),
    page("phones/", phones.phone_list, name="phones", opens=capability(LEADS)),
    page("phones/<uuid:public_id>/<str:act>/", phones.phone_act, opens=capability("org.appoint"), act=FINAL),
    page("appointments/", appointments.appointments, opens=capability("org.read")),
    page(
        "appointments/new/",
        appointments.appoint_page,
        name="appoint",
        opens=APPOINTING,
        act="is ended; who holds the office already is asked about",
    ),
    page("appointments/<uuid:public_id>/", appointments.appointment, opens=STRONG),
    page(
        "appointments/<uuid:public_id>/answer/",
        office_offers.answer_offer_page,
        name="answer_offer",
        opens=STRONG,
        act="one may step down, or is appointed again",
    ),
    page(
        "appointments/<uuid:public_id>/word/",
        office_offers.first_word,
        opens=APPOINTING,
        act="a newer word takes its place",
    ),
    # Everybody may resign; the act asks about the others.
    page(
        "appointments/<uuid:public_id>/end/",
        ending.end_appointment_page,
        name="end_appointment",
        opens=STRONG,
        act=FINAL,
    ),
    page(
        "appointments/<uuid:public_id>/decide/",
        ending.dispute_page,
        name="decide",
        opens=capability("org.decide"),
        act=FINAL,
    ),
    page(
        "appointments/<uuid:public_id>/reset/",
        appointments.factor_reset_page,
        name="ask_factor_reset",
        opens=capability("org.factors"),
        act="waits for a second person",
    ),
    page("bodies/", bodies.bodies, opens=capability("org.read")),
    page("bodies/new/", bodies.body_new, opens=BODIES, act="is renamed, or dissolved"),
    page("bodies/<int:body_id>/", bodies.body, opens=capability("org.read")),
    page("bodies/<int:body_id>/change/", bodies.body_change, opens=BODIES, act="is changed again"),
    page("bodies/<int:body_id>/dissolve/", bodies.body_end, opens=BODIES, act=FINAL),
    page("bodies/kinds/", body_kinds.body_kind_list, name="body_kinds", opens=OWN_OFFICES),
    page("bodies/kinds/new/", body_kinds.body_kind_new, opens=OWN_OFFICES, act="waits for a second person"),
    page(
        "bodies/kinds/<int:kind_id>/change/",
        body_kinds.body_kind_change,
        opens=OWN_OFFICES,
        act="waits for a second person",
    ),
    page("bodies/kinds/<int:kind_id>/close/", body_kinds.body_kind_close, opens=OWN_OFFICES, act=FINAL),
    page("emergency/", emergency.emergency, opens=STRONG, act="two people end it"),
    # The link in the message is the proof.
    page(
        "office/<str:link>/",
        office_offers.office_offer,
        opens=PUBLIC,
        act="one may step down, or is appointed again",
        is_own=True,
    ),
    page("offices/", own_offices.own_office_list, name="offices", opens=OWN_OFFICES),
    page("offices/new/", own_offices.office_new, opens=OWN_OFFICES, act="waits for a second person"),
    page(
        "offices/<int:office_id>/change/",
        own_offices.office_change,
        opens=OWN_OFFICES,
        act="waits for a second person",
    ),
    page("offices/<int:office_id>/end/", own_offices.office_end, opens=OWN_OFFICES, act=FINAL),
    page("releases/", releases.releases_page, name="releases", opens=STRONG),
    page(
        "releases/<uuid:public_id>/decide/",
        releases.release_decision_page,
        name="decide_release",
        opens=capability("org.release", "org.approve"),
        act=FINAL,
    ),
    page(
        "releases/<uuid:public_id>/stop/",
        releases.stop_reset_page,
        name="stop_reset",
        opens=STRONG,
        act="the reset can be asked for again",
    ),
    page(
        "releases/<uuid:public_id>/reset/",
        releases.reset_factors_page,
        name="reset_factors",
        opens=capability("org.factors"),
        act=FINAL,
    ),
]
