"""Addresses of joining, of one's own membership, and of the people of a unit."""

from django.urls import path
from django.views.generic import RedirectView

from . import openapi
from .views import (
    card,
    denials,
    drive,
    funnel,
    join,
    link,
    me_leaving,
    member,
    notice,
    people,
    question,
    rights,
    texts,
    tickets,
    worklists,
)

app_name = "enrolment"
urlpatterns = [
    path("join/", join.join, name="join"),
    path("join/member/", RedirectView.as_view(pattern_name="enrolment:me"), name="join_member"),
    path("join/<slug:slug>/", join.join_drive, name="join_drive"),
    path("join/<slug:slug>/code/", join.join_code, name="join_code"),
    path("join/<slug:slug>/received/", join.join_received, name="join_received"),
    path("join/<slug:slug>/done/", join.join_done, name="join_done"),
    path("join/<slug:slug>/places/", join.join_places, name="join_places"),
    path("j/<slug:link>/", link.link, name="link"),
    path("q/<slug:link>/", question.question, name="question"),
    path("card/<slug:sealed>/", card.card_check, name="card_check"),
    path("me/", member.me, name="me"),
    path("me/code/", member.me_code, name="me_code"),
    path("me/which/", member.me_which, name="me_which"),
    path("me/correct/", member.me_correct, name="me_correct"),
    path("me/confirm/", question.me_confirm, name="me_confirm"),
    path("me/consents/", member.me_consents, name="me_consents"),
    path("me/leave/", me_leaving.me_leave, name="me_leave"),
    path("me/deny/", me_leaving.me_deny, name="me_deny"),
    path("me/back/", me_leaving.me_back, name="me_back"),
    path("me/stop/", me_leaving.me_stop, name="me_stop"),
    path("me/requests/", tickets.me_ticket, name="me_ticket"),
    path("me/erase/", rights.me_erase, name="me_erase"),
    path("me/data/", member.me_data, name="me_data"),
    path("me/card/", member.me_card, name="me_card"),
    path("me/out/", member.me_out, name="me_out"),
    path("people/", people.people, name="people"),
    path("people/denied/", denials.denials, name="denials"),
    path("people/halted/<uuid:public_id>/", denials.halt, name="halt"),
    path("people/export/", people.people_export, name="people_export"),
    path("people/export/<uuid:public_id>/", people.people_download, name="people_download"),
    path("people/requests/", tickets.ticket_list, name="tickets"),
    path("people/requests/<uuid:public_id>/", tickets.ticket, name="ticket"),
    path("people/unplaced/", worklists.unplaced, name="unplaced"),
    path("people/nameless/", worklists.nameless, name="nameless"),
    path("people/nameless/<uuid:claim>/<uuid:member>/", worklists.nameless_settle, name="nameless_settle"),
    path("people/texts/", texts.texts, name="texts"),
    path("people/texts/<uuid:wrote>/", texts.text, name="text"),
    path("people/<uuid:public_id>/", people.person, name="person"),
    path("people/<uuid:public_id>/correct/", people.person_correct, name="person_correct"),
    path("people/<uuid:public_id>/strike-off/", people.person_strike_off, name="person_strike_off"),
    path("people/<uuid:public_id>/reveal/", people.person_reveal, name="person_reveal"),
    path("notice/", notice.notice, name="notice"),
    path("drives/<uuid:public_id>/", drive.drive, name="drive"),
    path("drives/<uuid:public_id>/funnel/", funnel.drive_funnel, name="drive_funnel"),
    path("drives/<uuid:public_id>/poster/", drive.drive_poster, name="drive_poster"),
    path("drives/<uuid:public_id>/set-up/", drive.drive_set_up, name="drive_set_up"),
    path("drives/<uuid:public_id>/codes/", drive.drive_codes, name="drive_codes"),
    path("drives/<uuid:public_id>/tokens/", drive.drive_ask_token, name="drive_ask_token"),
    path(
        "drives/<uuid:public_id>/tokens/make/<uuid:release>/", drive.drive_make_token, name="drive_make_token"
    ),
    path("drives/<uuid:public_id>/tokens/<uuid:token>/end/", drive.drive_end_token, name="drive_end_token"),
    path("drives/<uuid:public_id>/numbers/", drive.drive_number, name="drive_number"),
    path(
        "drives/<uuid:public_id>/numbers/<int:number>/end/", drive.drive_end_number, name="drive_end_number"
    ),
    path("api/v1/openapi.json", openapi.document, name="openapi"),
]
