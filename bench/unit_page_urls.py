"""The product's addresses and `/bare/`, which answers with nothing but who asks."""

from django.http import HttpRequest, HttpResponse

from abhiyan.core.access import STRONG, page
from abhiyan.site.urls import urlpatterns as own


def bare(request: HttpRequest) -> HttpResponse:
    """The least a page can be: session, viewer, scope, and a word."""
    return HttpResponse(f"<p>{request.viewer.name}</p>")  # type: ignore[attr-defined]  # the middleware sets it


urlpatterns = [page("bare/", bare, opens=STRONG), *own]
