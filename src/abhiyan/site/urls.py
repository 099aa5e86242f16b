"""Root addresses. Each stands in site.access too, or the build fails."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
