"""The circular that announces who is in charge of a programme."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound
from abhiyan.core.words import local_person, name_in_language
from abhiyan.helpdesk import helplines
from abhiyan.org.here import Here, unit_address
from abhiyan.org.viewer import Viewer
from abhiyan.programmes import queries as programmes
from abhiyan.ui.addresses import address_of

ANNOUNCE = "in-charges:"  # and the public id of a programme
MOST_NAMED = 100  # in-charges; the page of the programme has all


def drafted(viewer: Viewer, draft: str, here: Here, *, at: datetime) -> dict[str, str] | None:
    """Subject and text of a draft: in-charges with office and unit, the highest level first, and the helpline.

    For readers of the programme. Returns None for a draft of another room, or without a programme.
    """
    if not draft.startswith(ANNOUNCE):
        return None
    try:
        programme = programmes.programme_for(viewer, UUID(draft.removeprefix(ANNOUNCE)))
    except (ValueError, NotFound):
        return None
    lo, hi = here.span
    on, more = clock.day_in(settings.TIME_ZONE, at), 0
    lines: list[str] = []
    for level in programmes.coverage(programme, lo=lo, hi=hi, on=on):
        rows = programmes.charges(programme, lo=lo, hi=hi, on=on, viewer=viewer, level=level.kind)
        some = rows[: MOST_NAMED - len(lines)]
        more += len(rows) - len(some)
        lines += [_line(charge_row) for charge_row in some]
    if more:
        page = unit_address(address_of("programmes:in_charges", programme.public_id), here.unit.code)
        lines.append(_("All names: %(address)s") % {"address": settings.ORIGIN + page})
    line = helplines.of_programme(programme.pk, helplines.running_helplines())
    if line is not None and line.number:
        lines.append("\n" + _("Helpline: %(number)s") % {"number": line.number})
    subject = _("In charge of %(programme)s: %(unit)s") % {
        "programme": name_in_language(programme.names),
        "unit": here.name,
    }
    return {"title": subject[:200], "text": "\n".join(lines)}


def _line(charge_row: programmes.ChargeRow) -> str:
    office = next((name_in_language(office) for office, _unit in charge_row.offices), charge_row.role_name)
    unit = name_in_language(charge_row.unit_names)
    return f"{unit} ({charge_row.kind_name}): {local_person(charge_row.name)}, {office}"
