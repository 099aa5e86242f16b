"""Addresses of results and plans."""

from django.urls import path

from .views import (
    below_seats,
    checker,
    creating,
    plans,
    plans_beside,
    results,
    results_classes,
    results_parties,
    results_seat,
    results_sides,
    results_stated,
    results_unit,
    seats,
    withdrawing,
)

app_name = "elections"
urlpatterns = [
    path("", results.elections, name="list"),
    path("parties/", results_parties.parties, name="parties"),
    path("parties/<int:name_id>/separate/", results_parties.separate, name="party_separate"),
    path("units/<str:code>/", results_unit.unit, name="unit"),
    path("results/<str:code>/", results.election, name="election"),
    path("results/<str:code>/seats/", results.seats, name="seats"),
    path("results/<str:code>/seats/<str:state>/<int:number>/", results_seat.seat, name="seat"),
    path("results/<str:code>/alliances/", results_sides.alliances, name="alliances"),
    path("results/<str:code>/alliances/<uuid:public_id>/", results_sides.alliance, name="alliance"),
    path(
        "results/<str:code>/alliances/<uuid:public_id>/withdraw/",
        withdrawing.alliance,
        name="alliance_withdraw",
    ),
    path("results/<str:code>/stated/", results_stated.stated, name="stated"),
    path("results/<str:code>/stated/<int:stated_id>/withdraw/", withdrawing.stated, name="stated_withdraw"),
    path("results/<str:code>/classes/", results_classes.classes, name="classes"),
    path("results/<str:code>/classes/withdraw/", withdrawing.classes, name="classes_withdraw"),
    path("plans/", plans.plans, name="plans"),
    path("plans/new/", creating.create, name="plan_create"),
    path("plans/check/", checker.check, name="plan_check"),
    path("plans/<uuid:public_id>/", plans.plan, name="plan"),
    path("plans/<uuid:public_id>/seats/", seats.edit, name="plan_seats"),
    path("plans/<uuid:public_id>/change/", creating.change, name="plan_change"),
    path("plans/<uuid:public_id>/withdraw/", withdrawing.plan, name="plan_withdraw"),
    path("plans/<uuid:public_id>/compare/", plans_beside.compare, name="plan_compare"),
    path("plans/<uuid:public_id>/sides/", plans_beside.sides, name="plan_sides"),
    path("plans/<uuid:public_id>/below/", below_seats.below, name="plan_below"),
    path("plans/<uuid:public_id>/below/pass/", below_seats.pass_down, name="plan_pass"),
    path("plans/<uuid:public_id>/below/pass-all/", below_seats.pass_all, name="plan_pass_all"),
    path("plans/<uuid:public_id>/below/set/", below_seats.set_part, name="plan_set_part"),
    path("plans/<uuid:public_id>/below/lock/", below_seats.lock_part, name="plan_lock_part"),
]
