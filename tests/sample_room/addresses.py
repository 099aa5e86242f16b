"""Addresses that a room adds to site/urls.py."""

from django.urls import include, path

from abhiyan.site import urls

urlpatterns = [path("nights/", include("sample_room.urls")), *urls.urlpatterns]
handler500 = urls.handler500
