"""Links from pages of programmes: a due's check-in list and who wants to help there; in-charges are announced."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from abhiyan.org.here import Here, unit_address
from abhiyan.org.viewer import Viewer
from abhiyan.programmes.models import Programme
from abhiyan.ui.addresses import address_of
from abhiyan.ui.doors import Door
from abhiyan.work.models import Schedule
from abhiyan.work.queries.schedules import AskedUnit
from abhiyan.work.rules.schedules import Period

from .drafted import ANNOUNCE


def beside(
    viewer: Viewer,
    *,
    due: tuple[Schedule, AskedUnit, Period] | None = None,
    programme: tuple[Programme, Here] | None = None,
    form: object = None,  # noqa: ARG001  # alike for every room
) -> Iterator[Door]:
    """due: for who may answer it. programme: its in-charges, with the unit of the page."""
    if due is not None and due[1].body_id is None:
        way = "meeting" if due[0].is_meeting else "form"
        page = unit_address(address_of("friends:helper_new"), due[1].code, way=way)
        yield Door(_("Somebody wants to help"), page, icon="people")
    if due is not None and due[0].is_meeting and due[1].body_id is None:
        schedule, asked_unit, period = due
        page = unit_address(
            address_of("meetings:check_in", schedule.public_id),
            asked_unit.code,
            **{"from": period.begins_on.isoformat()},
        )
        yield Door(_("Check-in by name"), page, icon="check")
    if programme is not None and programme[0].state == Programme.State.OPEN:
        one, here = programme
        if viewer.office_over("messages.circular", here.span[0]):
            page = unit_address(
                address_of("messaging:circular_new"),
                here.unit.code,
                here.hierarchy,
                draft=f"{ANNOUNCE}{one.public_id}",
            )
            yield Door(_("Announce in-charges"), page, icon="mail")
