"""Addresses of this room; each has a row in site.access."""

from django.urls import URLPattern, URLResolver, path

from .views import deck_templates, dossier, rounds, slides

app_name = "review"
urlpatterns: list[URLPattern | URLResolver] = [
    path("dossier/<str:code>/", dossier.dossier, name="dossier"),
    path("rounds/", rounds.rounds, name="rounds"),
    path("rounds/new/", rounds.round_new, name="round_new"),
    path("rounds/<uuid:public_id>/", rounds.round_, name="round"),
    path("of/<uuid:public_id>/", rounds.review, name="review"),
    path("of/<uuid:public_id>/decide/", rounds.review_decide, name="review_decide"),
    path("of/<uuid:public_id>/reply/", rounds.review_reply, name="review_reply"),
    path("slides/new/", slides.deck_new, name="deck_new"),
    path("slides/template/", deck_templates.deck_templates, name="deck_templates"),
    path("slides/template/use/", deck_templates.deck_template_use, name="deck_template_use"),
    path("slides/template/house/", deck_templates.deck_template_house, name="deck_template_house"),
    path("slides/template/<uuid:version>/", deck_templates.deck_template_file, name="deck_template_file"),
    path(
        "slides/template/<uuid:version>/sample/",
        deck_templates.deck_template_sample,
        name="deck_template_sample",
    ),
    path("slides/<uuid:public_id>/", slides.deck, name="deck"),
    path("slides/<uuid:public_id>/file/<str:ending>/", slides.deck_file, name="deck_file"),
    path("slides/<uuid:public_id>/schedule/", slides.deck_schedule, name="deck_schedule"),
    path(
        "slides/<uuid:public_id>/schedule/<uuid:schedule>/<str:act>/",
        slides.schedule_act,
        name="schedule_act",
    ),
]
