"""Addresses of one's own membership, and of the people of a unit."""

from abhiyan.core import access
from abhiyan.core.access import FINAL, PUBLIC, capability, page, visitor
from abhiyan.messaging.link_pages import link_page

from .views import (
    card,
    card_desk,
    denials,
    doubles,
    me_leaving,
    me_phone,
    me_ticket,
    member,
    people,
    placing,
    question,
    rights,
    tickets,
    worklists,
)

app_name = "enrolment"
MEMBER = access.member("enrolment:me")
PEOPLE = capability("people.read")
STRIKING_OFF = capability("enrolment.strike_off")
OFFICERS = capability("org.approve")
PLACING = capability("enrolment.place")
CORRECTING = capability("enrolment.correct")
urlpatterns = [
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
    page("me/requests/", me_ticket.me_ticket, opens=MEMBER, act="is answered", is_own=True),
    page("me/erase/", rights.me_erase, opens=MEMBER, act=FINAL, is_own=True),
    page("me/data/", member.me_data, opens=MEMBER, act="hands over one's data", is_own=True),
    page("me/card/new/", card.me_card_new, opens=MEMBER, act=FINAL, is_own=True),
    page("me/card/paper/", card.me_card_paper, opens=MEMBER, act="asks for a printed card", is_own=True),
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
]
