"""Root addresses. Each stands in site.access too, or the build fails."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("ui/", include("abhiyan.ui.urls")),
    path("", include("abhiyan.people.urls")),
    path("", include("abhiyan.org.urls")),
]
