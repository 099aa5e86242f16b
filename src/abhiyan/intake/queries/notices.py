"""Joining waits in a drive while its notice is another organisation's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings

from abhiyan.core import sql
from abhiyan.core.words import name_in_language
from abhiyan.enrolment.models import Drive
from abhiyan.people import queries as people
from abhiyan.people.models import Notice
from abhiyan.people.rules.notices import other_than
from abhiyan.programmes.models import Programme

RUNNING = (Programme.State.OPEN.value,)
NOT_OVER = (Programme.State.DRAFT.value, *RUNNING)


@dataclass(frozen=True, slots=True)
class DriveThatWaits:
    """A drive whose notice is another organisation's. other: that organisation's name."""

    programme_id: int
    public_id: UUID
    names: dict[str, str]
    notice: str
    other: str

    def name(self) -> str:
        return name_in_language(self.names)


def names_other(drive: Drive) -> str:
    """Return the organisation whose notice a drive has if that is another than this one, else ""."""
    return other_than(people.published_by(drive.notice_code, drive.notice_version), settings.ORGANISATION)


def drives_that_wait(*, states: Sequence[str] = RUNNING, notice: str = "") -> list[DriveThatWaits]:
    """Return the drives where joining waits, oldest first. notice: only of this code.

    In a scope that sees programmes.
    """
    rows = sql.rows(
        """select d.programme_id, p.public_id, p.names, d.notice_code, max(n.organisation)
             from enrolment_drive d join programmes_programme p on p.id = d.programme_id
             join people_notice n on n.code = d.notice_code and n.version = d.notice_version
            where p.state = any(%s) and not d.from_lists and (%s = '' or d.notice_code = %s)
            group by 1, 2, 3, 4 order by 1""",
        [list(states), notice, notice],
    )
    waiting_drives = [DriveThatWaits(*row) for row in rows]
    return [
        waiting_drive
        for waiting_drive in waiting_drives
        if other_than(waiting_drive.other, settings.ORGANISATION)
    ]


def notice_shown(notice: Notice) -> dict[str, Any]:
    """Return what the template of a notice wants: the part read first, and the folded part."""
    folded = {"rights", "board", "contact"}
    parts = _triples(notice)
    return {
        "notice": notice,
        "sections": [(heading, text) for key, heading, text in parts if key not in folded],
        "rights": [(heading, text) for key, heading, text in parts if key in folded],
    }


def _triples(notice: Notice) -> list[tuple[str, str, str]]:
    """Return a notice's sections: key, heading, text; notices of older shape have no key."""
    return [tuple(part) if len(part) == 3 else ("", *part) for part in notice.sections]
