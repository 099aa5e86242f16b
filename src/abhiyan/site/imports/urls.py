"""Addresses of the Imports pages."""

from django.urls import path

from . import views

app_name = "imports"
urlpatterns = [
    path("", views.list_, name="list"),
    path("new/<slug:key>/", views.begin, name="begin"),
    path("new/<slug:key>/empty.<str:ending>", views.empty, name="empty"),
    path("<uuid:public_id>/", views.one, name="one"),
    path("<uuid:public_id>/piece/", views.piece, name="piece"),
    path("<uuid:public_id>/rest/", views.rest, name="rest"),
    path("<uuid:public_id>/columns/", views.columns, name="columns"),
    path("<uuid:public_id>/progress/", views.progress, name="progress"),
    path("<uuid:public_id>/refused/", views.refused, name="refused"),
    path("<uuid:public_id>/differences/", views.differences, name="differences"),
    path("<uuid:public_id>/lacking/", views.lacking, name="lacking"),
    path("<uuid:public_id>/<str:step>/", views.step, name="step"),
]
