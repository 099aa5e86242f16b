"""Addresses of joining, of one's own membership, and of the people of a unit."""

from django.views.generic import RedirectView

from abhiyan.core import access
from abhiyan.core.access import FINAL, PUBLIC, STRONG, capability, page, visitor
from abhiyan.messaging.link_pages import link_page

from . import openapi
from .views import (
    card_desk,
    denials,
    doubles,
    drive,
    funnel,
    join,
    joined,
    link,
    me_card,
    me_leaving,
    me_phone,
    member,
    notice,
    people,
    placing,
    question,
    referrals,
    rights,
    telling,
    tickets,
    unanswered,
    worklists,
)

app_name = "enrolment"
MEMBER = access.member("enrolment:me")
ENTERING = capability("enrolment.enrol")
PEOPLE = capability("people.read")
STRIKING_OFF = capability("enrolment.strike_off")
OFFICERS = capability("org.approve")
PLACING = capability("enrolment.place")
CORRECTING = capability("enrolment.correct")
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
        "q/<slug:link>/",
        link_page,
        {"of": question.ANSWER},
        name="question",
        opens=PUBLIC,
        act="the page is itself the question; after a yes one may say no, after a no join again",
        is_own=True,
    ),
    page(
        "moved/<slug:link>/",
        link_page,
        {"of": me_phone.OBJECTION},
        name="moved",
        opens=PUBLIC,
        act="one changes the number again",
        is_own=True,
    ),
    page("me/", member.me, opens=PUBLIC, act="asks for a code", is_own=True),
    page("me/code/", member.me_code, opens=visitor("enrolment:me"), act="proves a phone", is_own=True),
    page("me/which/", member.me_which, opens=MEMBER, act="says who one is", is_own=True),
    page("me/correct/", member.me_correct, opens=MEMBER, act="is corrected again", is_own=True),
    page("me/confirm/", question.me_confirm, opens=MEMBER, act="one may leave", is_own=True),
    page("me/consents/", member.me_consents, opens=MEMBER, act="is given and taken back", is_own=True),
    page("me/leave/", me_leaving.me_leave, opens=MEMBER, act=FINAL, is_own=True),
    page("me/deny/", me_leaving.me_deny, opens=MEMBER, act=FINAL, is_own=True),
    page("me/back/", me_leaving.me_back, opens=MEMBER, act="one leaves again", is_own=True),
    page("me/stop/", me_leaving.me_stop, opens=MEMBER, act="a consent is given again", is_own=True),
    page("me/phone/", me_phone.me_phone, opens=PUBLIC, act="asks for a code", is_own=True),
    page(
        "me/phone/code/",
        me_phone.me_phone_code,
        opens=visitor("enrolment:me_phone"),
        act="the old phone takes it back within a week",
        is_own=True,
    ),
    page(
        "me/phone/<uuid:change>/stop/",
        me_phone.me_phone_stop,
        opens=MEMBER,
        act="one asks again",
        is_own=True,
    ),
    page("me/requests/", tickets.me_ticket, opens=MEMBER, act="is answered", is_own=True),
    page("me/erase/", rights.me_erase, opens=MEMBER, act=FINAL, is_own=True),
    page("me/data/", member.me_data, opens=MEMBER, act="hands over one's data", is_own=True),
    page("me/card/new/", me_card.me_card_new, opens=MEMBER, act=FINAL, is_own=True),
    page("me/card/paper/", me_card.me_card_paper, opens=MEMBER, act="asks for a printed card", is_own=True),
    page("me/card/", member.me_card, opens=MEMBER, act="shows a card", is_own=True),
    page(
        "me/card/card.pdf",
        member.me_card_file,
        {"kind": "pdf"},
        name="me_card_pdf",
        opens=MEMBER,
        act="hands over one's card",
        is_own=True,
    ),
    page(
        "me/card/card.png",
        member.me_card_file,
        {"kind": "png"},
        name="me_card_png",
        opens=MEMBER,
        act="hands over one's card",
        is_own=True,
    ),
    page("me/out/", member.me_out, opens=PUBLIC, act="one proves the phone again", is_own=True),
    page(
        "field/card/<uuid:public_id>/",
        telling.field_card,
        opens=ENTERING,
        act="whoever was told or not there comes back",
    ),
    page("people/", people.drive_members_page, name="people", opens=PEOPLE),
    page("people/doubles/", doubles.double_list, name="doubles", opens=STRIKING_OFF),
    page("people/doubles/look/", doubles.doubles_look, opens=STRIKING_OFF, act="only looks", is_own=True),
    page(
        "people/doubles/many/",
        doubles.doubles_ask,
        opens=STRIKING_OFF,
        act="waits for a second person",
        is_own=True,
    ),
    page(
        "people/doubles/many/<uuid:release>/",
        doubles.doubles_many,
        opens=STRIKING_OFF,
        act="each merge is undone",
    ),
    page(
        "people/doubles/<uuid:public_id>/",
        doubles.double,
        opens=STRIKING_OFF,
        act="a merge is undone, and what was told apart is looked at again",
    ),
    page("people/denied/", denials.denials, opens=OFFICERS),
    page(
        "people/halted/<uuid:public_id>/",
        denials.halt,
        opens=capability("enrolment.strike_off", "org.approve"),
        act="a new burst stops it again",
    ),
    page(
        "people/export/",
        people.people_export,
        opens=capability("people.export"),
        act="waits for a second person",
    ),
    page(
        "people/export/<uuid:public_id>/",
        people.people_download,
        opens=capability("people.export"),
        act="the list can be asked for again",
    ),
    page(
        "people/cards/",
        card_desk.cards_to_print,
        opens=capability("cards.print"),
        act="they are printed again",
    ),
    page("people/requests/", tickets.ticket_list, name="tickets", opens=OFFICERS),
    page(
        "people/requests/<uuid:public_id>/",
        tickets.member_ticket_page,
        name="ticket",
        opens=OFFICERS,
        act="the person may ask again",
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
    page(
        "people/unplaced/",
        worklists.unplaced_page,
        name="unplaced",
        opens=PLACING,
        act="the place is corrected",
    ),
    page("people/unplaced/groups/", placing.placing_groups, opens=PLACING),
    page(
        "people/unplaced/groups/<int:unit_id>/",
        placing.placing_place,
        opens=PLACING,
        act="is taken back on the page of the groups",
    ),
    page(
        "people/unplaced/undo/<uuid:public_id>/",
        placing.placing_undo,
        opens=PLACING,
        act="the entries are placed again",
    ),
    page("people/nameless/", worklists.nameless_page, name="nameless", opens=PLACING),
    page("people/nameless/<uuid:claim>/<uuid:member>/", worklists.nameless_settle, opens=PLACING, act=FINAL),
    page("people/<uuid:public_id>/", people.person_page, name="person", opens=PEOPLE),
    page(
        "people/<uuid:public_id>/correct/", people.person_correct, opens=CORRECTING, act="is corrected again"
    ),
    page("people/<uuid:public_id>/strike-off/", people.person_strike_off, opens=STRIKING_OFF, act=FINAL),
    page(
        "people/<uuid:public_id>/card/wanted/",
        card_desk.person_card_wanted,
        opens=CORRECTING,
        act="asks an office to print a card",
    ),
    page("people/<uuid:public_id>/card/revoke/", people.person_revoke_card, opens=CORRECTING, act=FINAL),
    page(
        "people/<uuid:public_id>/reveal/",
        people.person_reveal,
        opens=capability("people.reveal"),
        act="shows a number",
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
