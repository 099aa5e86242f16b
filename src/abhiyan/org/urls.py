"""Addresses of appointments and releases."""

from django.urls import path

from .views import appointments, ending, offers, polls, releases

app_name = "org"
urlpatterns = [
    path("appointments/", appointments.appointments, name="appointments"),
    path("appointments/new/", appointments.appoint, name="appoint"),
    path("appointments/<uuid:public_id>/", appointments.appointment, name="appointment"),
    path("appointments/<uuid:public_id>/answer/", offers.answer_offer, name="answer_offer"),
    path("appointments/<uuid:public_id>/word/", offers.first_word, name="first_word"),
    path("appointments/<uuid:public_id>/end/", ending.end_appointment, name="end_appointment"),
    path("appointments/<uuid:public_id>/decide/", ending.decide, name="decide"),
    path("appointments/<uuid:public_id>/reset/", appointments.ask_factor_reset, name="ask_factor_reset"),
    path("polls/", polls.polls, name="polls"),
    path("polls/new/", polls.new, name="poll_new"),
    path("polls/preview/", polls.preview, name="poll_preview"),
    path("polls/<uuid:public_id>/", polls.poll, name="poll"),
    path("polls/<uuid:public_id>/withdraw/", polls.withdraw, name="poll_withdraw"),
    path("polls/<uuid:public_id>/take-back/", polls.take_back, name="poll_take_back"),
    path("releases/", releases.releases, name="releases"),
    path("releases/<uuid:public_id>/decide/", releases.decide_release, name="decide_release"),
    path("releases/<uuid:public_id>/stop/", releases.stop_reset, name="stop_reset"),
    path("releases/<uuid:public_id>/reset/", releases.reset_factors, name="reset_factors"),
]
