"""The page a card's code leads to: valid or not, what it is, and the initials. No more; it asks nobody who they are."""

from uuid import UUID

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from abhiyan.core import clock, declared, limits
from abhiyan.core.scope import system
from abhiyan.people import documents, queries
from abhiyan.people.rules.documents import name_initials
from abhiyan.people.visit import VisitRequest

NOBODYS = UUID(int=0)


@require_GET
def document_check(request: VisitRequest, sealed: str) -> HttpResponseBase:
    """Show if a card or certificate is valid. Altered, never issued, revoked and over are answered alike."""
    at = clock.now()
    with system("a document is checked"):  # also where the seal is wrong: it takes as long
        holder = queries.document_holder(documents.document_of_code(sealed) or NOBODYS)
    if not holder:
        limits.count_or_refuse(declared.LINK_WRONG, request.visit.origin, at=at)
    context = {"kind": holder[0].label, "initials": name_initials(holder[1]), "at": at} if holder else {}
    response = render(request, "people/document_check.html", context, status=200 if holder else 404)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    return response
