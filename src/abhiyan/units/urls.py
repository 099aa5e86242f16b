"""Addresses for choosing a unit; the unit's own page gathers from every room and stands in site."""

from django.urls import path

from . import views

app_name = "units"
urlpatterns = [
    path("", views.search, name="search"),
    path("<str:code>/below/", views.children, name="children"),
]
