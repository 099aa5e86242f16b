"""Addresses that are only posted to, and the page each belongs to.

A refused act answers with its page in place, at its own address. Links on that page (also filters, the pager, the
language and reloading) ask that address again, by looking. They lead on to the page, with the same query. So a form
puts the query of its page into its action, and nothing on a refused page leads to a blank 405.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.http import HttpRequest, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

R = TypeVar("R", bound=HttpRequest)
P = ParamSpec("P")


def post_only(
    page: str, *, takes: Sequence[str] | None = None
) -> Callable[[Callable[Concatenate[R, P], HttpResponseBase]], Callable[Concatenate[R, P], HttpResponseBase]]:
    """Makes a view of POST alone. Looking at its address (GET, HEAD) leads to `page`; anything else is 405.

    page: URL name. takes: which of the view's own arguments the page's address has; None for all of them.
    """

    def decorator(
        view: Callable[Concatenate[R, P], HttpResponseBase],
    ) -> Callable[Concatenate[R, P], HttpResponseBase]:
        @wraps(view)
        def checked_view(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method == "POST":
                return view(request, *args, **kwargs)
            if request.method not in ("GET", "HEAD"):
                return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
            filled = {name: value for name, value in kwargs.items() if takes is None or name in takes}
            query = request.META.get("QUERY_STRING", "")
            return HttpResponseRedirect(reverse(page, kwargs=filled) + (f"?{query}" if query else ""))

        return checked_view

    return decorator
