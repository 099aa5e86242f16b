"""Addresses of this room; each has a row in site.access."""

from django.urls import path

from .views import acting, desk, many, opening, public, ready, times

app_name = "helpdesk"
urlpatterns = [
    path("helpline/", desk.tickets, name="tickets"),
    path("helpline/new/", opening.type_ticket, name="type"),
    path("helpline/times/", times.times, name="times"),
    path("helpline/many/", many.many, name="many"),
    path("helpline/many/<uuid:release>/", many.many_approved, name="many_approved"),
    path("helpline/answers/", ready.ready, name="ready"),
    path("helpline/answers/new/", ready.ready_new, name="ready_new"),
    path("helpline/answers/<uuid:public_id>/", ready.ready_change, name="ready_change"),
    path("helpline/number/<uuid:public_id>/", opening.helpline, name="helpline"),
    path("helpline/<uuid:public_id>/", desk.ticket, name="ticket"),
    path("helpline/<uuid:public_id>/move/", acting.ticket_move, name="ticket_move"),
    path("helpline/<uuid:public_id>/merge/", acting.ticket_merge, name="ticket_merge"),
    path("helpline/<uuid:public_id>/reopen/", acting.ticket_reopen, name="ticket_reopen"),
    path("helpline/<uuid:public_id>/phone/", acting.ticket_phone, name="ticket_phone"),
    path("help/", public.write, name="write"),
    path("help/sent/", public.sent, name="sent"),
    path("help/<str:link>/", public.solved, name="solved"),
]
