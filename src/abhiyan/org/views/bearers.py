"""Names on a page open the person sheet of an office-bearer its reader leads."""

from collections.abc import Collection

from django.conf import settings
from django.http import HttpRequest

from abhiyan.core import clock
from abhiyan.org import queries
from abhiyan.org.viewer import NOBODY, Viewer
from abhiyan.ui.addresses import address_of


def sheets(request: HttpRequest, accounts: Collection[int]) -> dict[int, str]:
    """The addresses of person sheets, of the accounts that the reader of a request leads. One query."""
    viewer: Viewer = getattr(request, "viewer", NOBODY)
    found = queries.led(viewer, accounts, on=clock.today(settings.TIME_ZONE))
    return {account: address_of("site:bearer", public_id) for account, public_id in found.items()}
