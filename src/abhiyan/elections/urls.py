"""Addresses of results and plans."""

from abhiyan.core.access import FINAL, STRONG, capability, page

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
RESULTS = capability("results.import")
PLANNING = capability("plans.make")
PLANS = capability("plans.read", "plans.make")
urlpatterns = [
    # Results are published facts. The acts ask who may name sides or sort units.
    page("", results.elections_page, name="list", opens=STRONG),
    page("parties/", results_parties.parties_page, name="parties", opens=STRONG, act="is separated"),
    page(
        "parties/<int:name_id>/separate/",
        results_parties.separate,
        name="party_separate",
        opens=RESULTS,
        act="is joined again",
    ),
    page("units/<str:code>/", results_unit.unit_results_page, name="unit", opens=STRONG),
    page("results/<str:code>/", results.election_page, name="election", opens=STRONG),
    page("results/<str:code>/seats/", results.seats_page, name="seats", opens=STRONG),
    page(
        "results/<str:code>/seats/<str:state>/<int:number>/",
        results_seat.seat_page,
        name="seat",
        opens=STRONG,
    ),
    page(
        "results/<str:code>/alliances/",
        results_sides.alliances_page,
        name="alliances",
        opens=STRONG,
        act="is changed again, or withdrawn",
    ),
    page(
        "results/<str:code>/alliances/<uuid:public_id>/",
        results_sides.alliance_page,
        name="alliance",
        opens=STRONG,
        act="is changed again, or withdrawn",
    ),
    page(
        "results/<str:code>/alliances/<uuid:public_id>/withdraw/",
        withdrawing.alliance_withdrawal_page,
        name="alliance_withdraw",
        opens=PLANNING,
        act=FINAL,
    ),
    page(
        "results/<str:code>/stated/",
        results_stated.stated_page,
        name="stated",
        opens=RESULTS,
        act="is withdrawn",
    ),
    page(
        "results/<str:code>/stated/<int:stated_id>/withdraw/",
        withdrawing.stated_withdrawal_page,
        name="stated_withdraw",
        opens=RESULTS,
        act=FINAL,
    ),
    page(
        "results/<str:code>/classes/",
        results_classes.classes_page,
        name="classes",
        opens=STRONG,
        act="a new rule takes its place, or it is withdrawn",
    ),
    page(
        "results/<str:code>/classes/withdraw/",
        withdrawing.classes_withdrawal_page,
        name="classes_withdraw",
        opens=PLANNING,
        act=FINAL,
    ),
    # A plan out of sight is not there.
    page("plans/", plans.plans_page, name="plans", opens=PLANS),
    page("plans/new/", creating.create_plan_page, name="plan_create", opens=PLANNING, act="is withdrawn"),
    page("plans/check/", checker.check, name="plan_check", opens=STRONG, act="writes nothing", is_own=True),
    page("plans/<uuid:public_id>/", plans.plan_page, name="plan", opens=PLANS),
    page(
        "plans/<uuid:public_id>/seats/",
        seats.edit,
        name="plan_seats",
        opens=PLANNING,
        act="makes a version; the one before stays",
    ),
    page(
        "plans/<uuid:public_id>/change/",
        creating.change_plan_page,
        name="plan_change",
        opens=PLANNING,
        act="makes a version; the one before stays",
    ),
    page(
        "plans/<uuid:public_id>/withdraw/",
        withdrawing.plan_withdrawal_page,
        name="plan_withdraw",
        opens=PLANNING,
        act=FINAL,
    ),
    page("plans/<uuid:public_id>/compare/", plans_beside.compare, name="plan_compare", opens=PLANS),
    page("plans/<uuid:public_id>/sides/", plans_beside.sides, name="plan_sides", opens=PLANS),
    page("plans/<uuid:public_id>/below/", below_seats.plan_below_page, name="plan_below", opens=PLANS),
    page(
        "plans/<uuid:public_id>/below/pass/",
        below_seats.pass_down,
        name="plan_pass",
        opens=PLANNING,
        act="is passed again",
    ),
    page(
        "plans/<uuid:public_id>/below/pass-all/",
        below_seats.pass_all,
        name="plan_pass_all",
        opens=PLANNING,
        act="is passed again",
    ),
    page(
        "plans/<uuid:public_id>/below/set/",
        below_seats.set_part,
        name="plan_set_part",
        opens=PLANNING,
        act="is set again",
    ),
    page(
        "plans/<uuid:public_id>/below/lock/",
        below_seats.lock_part_page,
        name="plan_lock_part",
        opens=PLANNING,
        act="is unlocked",
    ),
]
