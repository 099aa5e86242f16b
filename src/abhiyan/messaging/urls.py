from django.urls import path

from . import views

app_name = "messaging"
urlpatterns = [
    path("", views.list_, name="list"),
    path("ask/", views.ask, name="ask"),
    path("release/<uuid:public_id>/", views.release, name="release"),
]
