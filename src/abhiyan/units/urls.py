"""Addresses for choosing a unit; the unit's own page gathers from every room and is in site."""

from abhiyan.core.access import STRONG, page

from . import views

app_name = "units"
urlpatterns = [
    page("", views.unit_search, name="search", opens=STRONG),
    page("<str:code>/below/", views.unit_children, name="children", opens=STRONG),
]
