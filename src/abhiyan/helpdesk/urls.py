"""Addresses of this room; each has a row in site.access."""

from django.urls import path

from .views import desk, opening, public, times

app_name = "helpdesk"
urlpatterns = [
    path("helpline/", desk.tickets, name="tickets"),
    path("helpline/new/", opening.type_ticket, name="type"),
    path("helpline/times/", times.times, name="times"),
    path("helpline/number/<uuid:public_id>/", opening.helpline, name="helpline"),
    path("helpline/<uuid:public_id>/", desk.ticket, name="ticket"),
    path("helpline/<uuid:public_id>/move/", desk.ticket_move, name="ticket_move"),
    path("helpline/<uuid:public_id>/merge/", desk.ticket_merge, name="ticket_merge"),
    path("helpline/<uuid:public_id>/reopen/", desk.ticket_reopen, name="ticket_reopen"),
    path("helpline/<uuid:public_id>/phone/", desk.ticket_phone, name="ticket_phone"),
    path("help/", public.write, name="write"),
    path("help/sent/", public.sent, name="sent"),
    path("help/<str:link>/", public.solved, name="solved"),
]
