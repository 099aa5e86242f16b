"""Addresses of this room."""

from django.urls import URLPattern, URLResolver

from abhiyan.core.access import FINAL, STRONG, capability, page

from .views import deck_templates, dossier, leader_reports, printing, reviews, rounds, slides

app_name = "review"
ASKING = capability("tasks.ask")
urlpatterns: list[URLPattern | URLResolver] = [
    # The view asks who sees the unit's counts.
    page("dossier/<str:code>/", dossier.dossier, opens=STRONG),
    page("dossier/<str:code>/print/", printing.dossier_print, opens=STRONG),
    # The view asks who leads the unit from above.
    page(
        "report/",
        leader_reports.leader_report,
        opens=ASKING,
        act="the same day again replaces it, and empty it is taken back",
    ),
    page("rounds/", rounds.rounds_page, name="rounds", opens=STRONG),
    page("rounds/new/", rounds.round_new, opens=ASKING, act="ends by itself on its last day"),
    # It shows only the reviews that the reader may see.
    page("rounds/<uuid:public_id>/", rounds.round_, name="round", opens=STRONG),
    page(
        "rounds/<uuid:public_id>/last-day/",
        rounds.round_change,
        opens=ASKING,
        act="the last day is changed again",
    ),
    page(
        "rounds/<uuid:public_id>/stand-in/<str:code>/",
        rounds.round_stand_in,
        opens=ASKING,
        act="another one replaces them",
    ),
    page("rounds/<uuid:public_id>/reviewers/", rounds.round_reviewers, opens=ASKING),
    page(
        "rounds/<uuid:public_id>/remind/",
        rounds.round_remind,
        opens=ASKING,
        act=FINAL,
    ),
    page(
        "rounds/<uuid:public_id>/decide/",
        rounds.round_work,
        opens=ASKING,
        act="each decision is amended on its page until the round ends",
    ),
    page("rounds/<uuid:public_id>/week/", printing.round_week, opens=ASKING),
    page("of/<uuid:public_id>/", reviews.review, opens=STRONG),
    page(
        "of/<uuid:public_id>/decide/",
        reviews.review_decide,
        opens=ASKING,
        act="is amended until the round ends; every minute stays",
    ),
    page(
        "of/<uuid:public_id>/meeting/",
        reviews.review_meeting,
        opens=ASKING,
        act="another day replaces it, or none",
    ),
    # The act asks who leads the unit, or is the office-bearer.
    page(
        "of/<uuid:public_id>/reply/",
        reviews.review_reply,
        opens=STRONG,
        act="one's own words, and the page says that they are sent once",
    ),
    # The view asks who sees the unit's counts; a link shows each reader their own.
    page(
        "slides/new/",
        slides.deck_new,
        opens=STRONG,
        act="a link; whoever opens it sees what they may see",
        is_own=True,
    ),
    # The act asks who leads the whole organisation.
    page(
        "slides/template/", deck_templates.deck_templates, opens=ASKING, act="another version is used again"
    ),
    page(
        "slides/template/use/",
        deck_templates.deck_template_use,
        opens=ASKING,
        act="another version is used again",
    ),
    page("slides/template/house/", deck_templates.deck_template_house, opens=ASKING),
    page("slides/template/<uuid:version>/", deck_templates.deck_template_file, opens=ASKING),
    page("slides/template/<uuid:version>/sample/", deck_templates.deck_template_sample, opens=ASKING),
    page("slides/<uuid:public_id>/", slides.deck, opens=STRONG),
    page("slides/<uuid:public_id>/file/<str:ending>/", slides.deck_file_page, name="deck_file", opens=STRONG),
    page(
        "slides/<uuid:public_id>/schedule/",
        slides.deck_schedule,
        opens=STRONG,
        act="is paused or ended",
        is_own=True,
    ),
    page(
        "slides/<uuid:public_id>/schedule/<uuid:schedule>/<str:act>/",
        slides.deck_schedule_form,
        name="schedule_act",
        opens=STRONG,
        act="what is paused is resumed; what is ended is set again",
    ),
]
