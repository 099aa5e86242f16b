"""Addresses of joining, of one's own membership, and of the people of a unit."""

from django.views.generic import RedirectView

from abhiyan.core import access
from abhiyan.core.access import FINAL, PUBLIC, STRONG, capability, page, phone, visitor

from . import openapi
from .views import (
    batches,
    certificates,
    contributors,
    denials,
    door,
    door_entries,
    doubles,
    drive,
    funnel,
    in_touch,
    join,
    joined,
    link,
    me_leaving,
    me_phone,
    member,
    notice,
    people,
    photos,
    placing,
    question,
    referrals,
    rights,
    telling,
    tickets,
    typing,
    worklists,
)

app_name = "enrolment"
MEMBER = access.member("enrolment:me")
AT_DOORS = phone("enrolment.enrol")
ENTERING = capability("enrolment.enrol")
PEOPLE = capability("people.read")
STRIKING_OFF = capability("enrolment.strike_off")
LEADING = capability("tasks.ask")
OFFICERS = capability("org.approve")
PLACING = capability("enrolment.place")
CORRECTING = capability("enrolment.correct")
NOTICES = capability("notices.publish")
RUNNING = capability("programmes.run")
CHANNELS = capability("channels.manage")
urlpatterns = [
    page("join/", join.join, opens=PUBLIC, act="one may leave", is_own=True),
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
    page("j/<slug:link>/", link.link, opens=PUBLIC, act="one may leave", is_own=True),
    page(
        "q/<slug:link>/",
        question.question,
        opens=PUBLIC,
        act="the page is itself the question; after a yes one may say no, after a no join again",
        is_own=True,
    ),
    page(
        "q/opinion/<str:link>/",
        in_touch.own_opinion,
        opens=PUBLIC,
        act="nothing goes up with a name",
        is_own=True,
    ),
    page("friends/", in_touch.quiet_friends, opens=ENTERING),
    page(
        "friends/<uuid:public_id>/", in_touch.friend, opens=ENTERING, act="the next try says what came of it"
    ),
    page("moved/<slug:link>/", me_phone.moved, opens=PUBLIC, act="one changes the number again", is_own=True),
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
    page("me/skills/", contributors.me_skills, opens=MEMBER, act="is said anew", is_own=True),
    page(
        "me/tasks/<uuid:public_id>/",
        contributors.me_task,
        opens=MEMBER,
        act="is taken back on the same page",
        is_own=True,
    ),
    page("me/certificate/", certificates.me_certificate, opens=MEMBER, is_own=True),
    page("me/out/", member.me_out, opens=PUBLIC, act="one proves the phone again", is_own=True),
    page("field/", door.field, opens=AT_DOORS, act="the person may leave; who never joined says so"),
    page("field/entries/", door_entries.field_entries, opens=AT_DOORS),
    page("field/tries/", door_entries.field_try, opens=AT_DOORS, act="is undone beside the note of it"),
    page(
        "field/card/<uuid:public_id>/",
        telling.field_card,
        opens=ENTERING,
        act="whoever was told or not there comes back",
    ),
    page("field/<uuid:public_id>/", door.field_entry, opens=AT_DOORS, act="the person may leave"),
    page("people/", people.people, opens=PEOPLE),
    page("people/contributors/", contributors.contributor_list, name="contributors", opens=PEOPLE),
    page(
        "people/contributors/task/",
        contributors.contributor_task,
        opens=LEADING,
        act="the task is withdrawn on its page",
    ),
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
    page("people/requests/", tickets.ticket_list, name="tickets", opens=OFFICERS),
    page("people/requests/<uuid:public_id>/", tickets.ticket, opens=OFFICERS, act="the person may ask again"),
    page("people/unplaced/", worklists.unplaced, opens=PLACING, act="the place is corrected"),
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
    page("people/nameless/", worklists.nameless, opens=PLACING),
    page("people/nameless/<uuid:claim>/<uuid:member>/", worklists.nameless_settle, opens=PLACING, act=FINAL),
    page("people/<uuid:public_id>/", people.person, opens=PEOPLE),
    page(
        "people/<uuid:public_id>/correct/", people.person_correct, opens=CORRECTING, act="is corrected again"
    ),
    page("people/<uuid:public_id>/strike-off/", people.person_strike_off, opens=STRIKING_OFF, act=FINAL),
    page("people/<uuid:public_id>/card/revoke/", people.person_revoke_card, opens=CORRECTING, act=FINAL),
    page(
        "people/<uuid:public_id>/reveal/",
        people.person_reveal,
        opens=capability("people.reveal"),
        act="shows a number",
    ),
    # The acts ask whether somebody may there: printed forms, and photographs of their sheets.
    page("paper/", batches.paper_list, opens=ENTERING),
    page("paper/new/", batches.paper_new, opens=ENTERING, act="a batch nobody fills does nothing"),
    page("paper/<slug:number>/", batches.paper_batch, opens=ENTERING, act="a photo is removed"),
    page("paper/<slug:number>/form/", batches.paper_form, opens=ENTERING),
    page(
        "paper/<slug:number>/type/",
        typing.paper_type,
        opens=capability("imports.paper"),
        act="the list is discarded, or undone",
    ),
    page("paper/<slug:number>/sheets/<int:sheet>/", photos.paper_sheet, opens=ENTERING, act=FINAL),
    page("paper/<slug:number>/photos/<uuid:photo>/", photos.paper_photo, opens=PEOPLE),
    page("paper/<slug:number>/photos/<uuid:photo>/small/", photos.paper_photo_small, opens=PEOPLE),
    page(
        "paper/<slug:number>/photos/<uuid:photo>/change/",
        photos.paper_photo_change,
        opens=ENTERING,
        act="is changed again, or turned on",
    ),
    page(
        "paper/<slug:number>/photos/<uuid:photo>/remove/",
        photos.paper_photo_remove,
        opens=ENTERING,
        act=FINAL,
    ),
    page("notice/", notice.notice, opens=NOTICES, act=FINAL, is_own=True),
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
    page("drives/<uuid:public_id>/poster/<slug:language>/", referrals.drive_poster_pdf, opens=STRONG),
    page(
        "drives/<uuid:public_id>/my-link/",
        referrals.drive_link,
        opens=ENTERING,
        act="a link nobody uses does nothing",
    ),
    page("my-link/", referrals.own_link, opens=ENTERING),
    page("drives/<uuid:public_id>/invited/", referrals.drive_referrals, opens=PEOPLE),
    page("drives/<uuid:public_id>/set-up/", drive.drive_set_up, opens=RUNNING, act="is changed back"),
    page("drives/<uuid:public_id>/codes/", drive.drive_codes, opens=RUNNING, act="is switched back"),
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
    # Certificates of friends: names go to a printer, so a batch needs a second person.
    page("drives/<uuid:public_id>/certificates/", certificates.certificates, opens=PEOPLE),
    page(
        "drives/<uuid:public_id>/certificates/sheet/",
        certificates.certificate_sheet,
        opens=RUNNING,
        act="is changed again",
    ),
    page("drives/<uuid:public_id>/certificates/preview/", certificates.certificate_preview, opens=RUNNING),
    page(
        "drives/<uuid:public_id>/certificates/ask/",
        certificates.certificate_ask,
        opens=capability("people.export"),
        act="waits for a second person",
    ),
    page(
        "drives/<uuid:public_id>/certificates/batches/<uuid:batch>/",
        certificates.certificate_pdf,
        opens=capability("people.export"),
    ),
    page("drives/<uuid:public_id>/certificates/list/", certificates.certificate_list, opens=PEOPLE),
    page(
        "drives/<uuid:public_id>/certificates/<uuid:friend>/end/",
        certificates.certificate_revoke,
        opens=RUNNING,
        act=FINAL,
    ),
    page(
        "drives/<uuid:public_id>/certificates/<uuid:friend>/<slug:act>/",
        certificates.certificate_act,
        opens=ENTERING,
        act="is taken back beside it",
    ),
    page("api/v1/openapi.json", openapi.document, name="openapi", opens=PUBLIC),
]
