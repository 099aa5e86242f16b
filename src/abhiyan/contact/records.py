"""A phone keeps the doors that its worker holds, and a walk without a list."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core.words import named
from abhiyan.org.here import address
from abhiyan.org.rules.capabilities import PHONE_UNITS
from abhiyan.org.viewer import Viewer
from abhiyan.ui.addresses import address_of
from abhiyan.ui.records import KeptPage, RecordKind

from . import queries
from .actions import MEET
from .views import field


def keep(viewer: Viewer, at: datetime) -> Iterator[KeptPage]:  # noqa: ARG001  # alike for every room
    """The doors that the viewer holds, each with its form."""
    if viewer.account_id is None or not viewer.is_strong:
        return
    for one in queries.held_doors(viewer.account_id):
        # The name of a door stays off the start of the field pages.
        yield KeptPage(address_of("contact:field_door", one.public_id), say("A door"), one.door, "enrol")


def keep_walk(viewer: Viewer, at: datetime) -> Iterator[KeptPage]:
    """The list of doors and the walk in the viewer's own booth, for each programme that runs there."""
    home = viewer.home
    if not viewer.is_strong or home is None or home.unit_kind not in PHONE_UNITS:
        return
    if not viewer.may_at(MEET, home.lo):
        return
    for one in queries.running_there(home.unit_id, at=at):
        for page, title in (("field_doors", _("My doors")), ("field_walk", _("Walk without a list"))):
            where = address(address_of(f"contact:{page}", one.public_id), home.unit_code)
            yield KeptPage(where, title, f"{named(one.names)} · {home.unit_name()}", "enrol")


RECORDS = (
    RecordKind(
        code="doors",
        name=_("Door of a list"),
        page="contact:field_door",
        take=field.take_door,
        keep=keep,
        checked=(field.TalkForm,),
    ),
    RecordKind(
        code="walk",
        name=_("Walk without a list"),
        page="contact:field_walk",
        take=field.take_walk,
        keep=keep_walk,
        checked=(field.WalkForm,),
    ),
)
