from django.urls import include, path

from .views import bulk_texts, circulars, messages, offices, sends

app_name = "messaging"
pages = [
    path("", messages.list_, name="list"),
    path("ask/", messages.ask, name="ask"),
    path("release/<uuid:public_id>/", messages.release, name="release"),
    path("circulars/", circulars.circulars, name="circulars"),
    path("circulars/new/", circulars.circular_new, name="circular_new"),
    path("circulars/<uuid:public_id>/", circulars.circular, name="circular"),
    path("circulars/<uuid:public_id>/<str:step>/", circulars.circular_step, name="circular_step"),
    path("texts/", bulk_texts.texts, name="texts"),
    path("texts/new/", bulk_texts.text_new, name="text_new"),
    path("texts/<str:code>/", bulk_texts.text, name="text"),
    path("sends/", sends.sends, name="sends"),
    path("sends/new/", sends.send_new, name="send_new"),
    path("sends/<uuid:public_id>/", sends.send, name="send"),
    path("sends/<uuid:public_id>/progress/", sends.send_progress, name="send_progress"),
    path("sends/<uuid:public_id>/<str:step>/", sends.send_step, name="send_step"),
]
urlpatterns = [
    path("messages/", include(pages)),
    path("office/<str:link>/", offices.office, name="office"),
]
