"""A meeting of another district: for the tests of access."""

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from abhiyan.meetings import actions, queries

if TYPE_CHECKING:
    from abhiyan.site.tests.cast import Cast

NAMES = ("meeting", "meeting_act", "meeting_file", "meeting_step", "meeting_cancel")


def meeting_elsewhere(cast: "Cast", at: datetime) -> dict[str, Any]:
    """Call a meeting and return it for the addresses of this room."""
    unit_id, by = cast.world.units["JK-JAM"].pk, cast.actor("district_elsewhere")
    day = at.date() + timedelta(days=5)
    inviting = queries.Inviting(("district_in_charge",))
    plan = actions.MeetingPlan("meeting", "Planted meeting by invitation", day, day, time(10), "Planted hall")
    with cast.as_("district_elsewhere"):
        made = actions.call_meeting(
            plan=plan, inviting=inviting, unit_id=unit_id, hierarchy=1, expected=1, by=by, at=at
        )
    return dict.fromkeys((*(f"meetings:{name}" for name in NAMES), "pages:field_meeting"), made)
