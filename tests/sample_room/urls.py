"""Addresses of this room; each has a row in site.access."""

from django.urls import path

from . import views

app_name = "nights"
urlpatterns = [
    path("<uuid:public_id>/", views.stays, name="stays"),
    path("<uuid:public_id>/report/", views.report, name="report"),
]
