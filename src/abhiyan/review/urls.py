"""Addresses of this room; each has a row in site.access."""

from django.urls import URLPattern, URLResolver, path

from .views import dossier, rounds

app_name = "review"
urlpatterns: list[URLPattern | URLResolver] = [
    path("dossier/<str:code>/", dossier.dossier, name="dossier"),
    path("rounds/", rounds.rounds, name="rounds"),
    path("rounds/new/", rounds.round_new, name="round_new"),
    path("rounds/<uuid:public_id>/", rounds.round_, name="round"),
    path("of/<uuid:public_id>/", rounds.review, name="review"),
    path("of/<uuid:public_id>/decide/", rounds.review_decide, name="review_decide"),
    path("of/<uuid:public_id>/reply/", rounds.review_reply, name="review_reply"),
]
