"""A phone keeps the doors that its worker holds, and a walk without a list."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from abhiyan.core.words import name_in_language
from abhiyan.org.here import unit_address
from abhiyan.org.rules.capabilities import PHONE_UNITS
from abhiyan.org.viewer import Viewer
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import programme_by_id
from abhiyan.ui.addresses import address_of
from abhiyan.ui.records import KeptPage, RecordKind
from abhiyan.units import queries as units

from . import queries
from .actions import MEET
from .views import calls, field


def keep_doors(viewer: Viewer, at: datetime) -> Iterator[KeptPage]:  # noqa: ARG001  # alike for every room
    """The doors that the viewer holds: the list of each programme and booth, and the form of each door."""
    if viewer.account_id is None or not viewer.is_strong:
        return
    doors = queries.held_doors(viewer.account_id)
    for (programme_id, unit_id), n in Counter((door.programme_id, door.unit_id) for door in doors).items():
        unit = units.unit_by_id(unit_id)
        yield _list_of(programme_by_id(programme_id), unit.code, name_in_language(unit.names), n)
    for held_door in doors:
        where = address_of("contact:field_door", held_door.public_id)
        yield KeptPage(where, held_door.label, "", 0, is_listed=False)


def keep_walk(viewer: Viewer, at: datetime) -> Iterator[KeptPage]:
    """A walk, and the list to take doors from, in the viewer's own booth, for each programme at doors there."""
    home = viewer.home
    if not viewer.is_strong or home is None or home.unit_kind not in PHONE_UNITS:
        return
    if not viewer.may_at(MEET, home.lo):
        return
    doors = queries.held_doors(viewer.account_id or 0)
    for programme in queries.running_there(home.unit_id, at=at):
        if not any((door.programme_id, door.unit_id) == (programme.pk, home.unit_id) for door in doors):
            yield _list_of(programme, home.unit_code, home.unit_name(), 0)
        where = unit_address(address_of("contact:field_walk", programme.public_id), home.unit_code)
        yield KeptPage(where, _("Walk without a list"), "", 0, is_listed=False)


def _list_of(programme: Programme, unit_code: str, unit_name: str, n: int) -> KeptPage:
    where = unit_address(address_of("contact:field_doors", programme.public_id), unit_code)
    return KeptPage(where, name_in_language(programme.names), unit_name, n)


def keep_no_call(viewer: Viewer, at: datetime) -> Iterator[KeptPage]:  # noqa: ARG001  # alike for every room
    """No phone keeps a page of the desk, where the server alone checks the form."""
    return iter(())


RECORDS = (
    RecordKind(
        code="turn",
        name=_("Call of a call centre"),
        page="contact:call",
        tile="",
        take=calls.take_turn_record,
        show=calls.show_turn_record,
        keep=keep_no_call,
    ),
    RecordKind(
        code="doors",
        name=_("Door of a list"),
        page="contact:field_door",
        tile="doors",
        take=field.take_door,
        show=field.show_door,
        keep=keep_doors,
        checked=(field.TalkForm,),
    ),
    RecordKind(
        code="walk",
        name=_("Walk without a list"),
        page="contact:field_walk",
        tile="doors",
        take=field.take_walk,
        show=field.show_walk,
        keep=keep_walk,
        checked=(field.WalkForm,),
    ),
)
