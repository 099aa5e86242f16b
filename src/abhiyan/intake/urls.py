"""Addresses of joining, and of a drive: its channels, its numbers, its notice."""

from django.views.generic import RedirectView

from abhiyan.core import access
from abhiyan.core.access import FINAL, PUBLIC, STRONG, capability, page

from . import openapi
from .views import drive, funnel, join, joined, link, notice, referrals, telling, unanswered

app_name = "intake"
MEMBER = access.member("enrolment:me")
ENTERING = capability("enrolment.enrol")
PEOPLE = capability("people.read")
NOTICES = capability("notices.publish")
RUNNING = capability("programmes.run")
CHANNELS = capability("channels.manage")
urlpatterns = [
    page("join/", join.join_page, name="join", opens=PUBLIC, act="one may leave", is_own=True),
    page(
        "join/member/",
        RedirectView.as_view(pattern_name="enrolment:me"),
        name="join_member",
        opens=PUBLIC,
        act="leads to one's own membership",
        is_own=True,
    ),
    page("join/<slug:slug>/", join.join_drive, opens=PUBLIC, act="one may leave", is_own=True),
    # Without its session it leads back to the form.
    page("join/<slug:slug>/code/", join.join_code, opens=PUBLIC, act="one may leave", is_own=True),
    page("join/<slug:slug>/received/", join.join_received, opens=PUBLIC),
    page("join/<slug:slug>/done/", joined.join_done, opens=MEMBER, act="shows a card", is_own=True),
    page("join/<slug:slug>/places/", join.join_places, opens=PUBLIC),
    page(
        "j/<slug:link>/", link.joining_link_page, name="link", opens=PUBLIC, act="one may leave", is_own=True
    ),
    page(
        "field/card/<uuid:public_id>/",
        telling.field_card,
        opens=ENTERING,
        act="whoever was told or not there comes back",
    ),
    page("people/unanswered/", unanswered.unanswered_page, name="unanswered", opens=ENTERING),
    page(
        "people/unanswered/<uuid:public_id>/",
        unanswered.unanswered_visit,
        opens=ENTERING,
        act="is undone beside the tick",
    ),
    page(
        "people/unanswered/<uuid:public_id>/no/",
        unanswered.unanswered_no,
        opens=ENTERING,
        act=FINAL,
    ),
    # The acts ask whether somebody may there: printed forms, and photographs of their sheets.
    page("notice/", notice.notice_page, name="notice", opens=NOTICES, act=FINAL, is_own=True),
    page(
        "notice/<int:number>/<slug:language>/",
        notice.notice_audio,
        opens=NOTICES,
        act="is removed, and added again",
        is_own=True,
    ),
    page("join/hear/<int:number>/<slug:language>/", notice.notice_heard, opens=PUBLIC),
    # The acts of a drive's own page ask whether somebody may there.
    page("drives/<uuid:public_id>/", drive.drive, opens=STRONG),
    page("drives/<uuid:public_id>/funnel/", funnel.drive_funnel, opens=STRONG),
    page("drives/<uuid:public_id>/poster/", drive.drive_poster, opens=STRONG),
    page(
        "drives/<uuid:public_id>/poster/<slug:language>/",
        referrals.drive_poster_pdf,
        opens=STRONG,
        file_goes_on="a poster: it says how to join",
    ),
    page(
        "drives/<uuid:public_id>/my-link/",
        referrals.drive_link,
        opens=ENTERING,
        act="a link nobody uses does nothing",
    ),
    page("my-link/", referrals.own_link_page, name="own_link", opens=ENTERING),
    page("drives/<uuid:public_id>/invited/", referrals.drive_referrals, opens=PEOPLE),
    page("drives/<uuid:public_id>/set-up/", drive.drive_set_up, opens=RUNNING, act="is changed back"),
    page("drives/<uuid:public_id>/codes/", drive.drive_codes, opens=RUNNING, act="waits for a second person"),
    page(
        "drives/<uuid:public_id>/tokens/",
        drive.drive_ask_token,
        opens=CHANNELS,
        act="waits for a second person",
    ),
    page(
        "drives/<uuid:public_id>/tokens/make/<uuid:release>/",
        drive.drive_make_token,
        opens=CHANNELS,
        act="is ended",
    ),
    page(
        "drives/<uuid:public_id>/tokens/<uuid:token>/end/", drive.drive_end_token, opens=CHANNELS, act=FINAL
    ),
    page(
        "drives/<uuid:public_id>/numbers/",
        drive.drive_number,
        opens=CHANNELS,
        act="waits for a second person",
    ),
    page(
        "drives/<uuid:public_id>/numbers/add/<uuid:release>/",
        drive.drive_add_number,
        opens=CHANNELS,
        act="is ended",
    ),
    page(
        "drives/<uuid:public_id>/numbers/<int:number>/end/",
        drive.drive_end_number,
        opens=CHANNELS,
        act="waits for a second person",
    ),
    page("api/v1/openapi.json", openapi.document, name="openapi", opens=PUBLIC),
]
