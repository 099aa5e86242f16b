"""Members of an earlier drive, brought as a list with its source and lawful basis (law.md E4).

They become members of a closed drive of that name, which takes nothing but such lists. They count there as reported and
*phone not answered yet*, and nowhere else; no consent goes with them, so nothing is sent to them until they act. Then
they renew.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from functools import partial
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.enrolment import actions as enrolment
from abhiyan.enrolment.actions import claims as refusals
from abhiyan.enrolment.actions.setting_up import drives_of_lists, only_lists, youngest
from abhiyan.enrolment.rules.age import Age, age_on, born_as_listed
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.rules.rolls import KIND as DRIVE
from abhiyan.imports.kinds import ImportKind, Option, RowOutcome
from abhiyan.imports.tables.layout import AGES, CellKind, Field, Layout
from abhiyan.imports.work import Work
from abhiyan.people import phones
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.models import Programme
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy
from abhiyan.units.unit_lists import PLACE, REASONS, ids_by_code, rows_with_places

from . import actions

AT_ONCE = 500
FIRST_DAY = date(2000, 1, 1)
MEMBERS = Layout(
    key="earlier_members",
    fields=(
        Field(
            "phone",
            "Phone",
            "फ़ोन",
            "mobile, mobile number, मोबाइल, मोबाइल नंबर",
            CellKind.PHONE,
            required=True,
        ),
        Field("name", "Name", "नाम", "full name, member name, सदस्य का नाम", CellKind.NAME, required=True),
        Field(
            "birth_year",
            "Birth year",
            "जन्म का साल",
            f"year of birth, dob, जन्म वर्ष, जन्म तिथि, {AGES}",
            CellKind.YEAR,
            required=True,
        ),
        *PLACE,
        Field(
            "joined_on",
            "Day of joining",
            "जुड़ने का दिन",
            "date of joining, joined on, day, date, दिनांक, तारीख",
            CellKind.DATE,
            required=True,
            least=FIRST_DAY,
        ),
    ),
)
BASES = (
    ("consent", _("They agreed to be members, on a form we keep")),
    ("members", _("They are our own members, by our rules of that time")),
)
_REFUSALS = [
    kind
    for kind in vars(refusals).values()
    if isinstance(kind, type) and issubclass(kind, refusals.ClaimRefused) and kind.code != Refused.code
]


class NothingSound(Refused):
    message = _("No row of this list can be taken in.")


def _sound(work: Work) -> list[tuple[Any, ...]]:
    """Return rows that can be taken, with the id of their unit at the end; the others are refused.

    Minors are forgotten.
    """
    today = clock.day_in(settings.TIME_ZONE, work.at)
    minimum = youngest()

    def minor(row: tuple[Any, ...]) -> str | None:
        year = row[3]
        return (
            "minor"
            if year is not None
            and age_on(year=today.year, birth_year=year, minimum=minimum, says_adult=False) is Age.MINOR
            else None
        )

    born = partial(born_as_listed, year=today.year, minimum=minimum)
    found_rows = rows_with_places(work, phone=phones.parse, born=born, discard=minor)
    rows = [row for batch in found_rows for row in batch.rows]
    ids, outside = ids_by_code({row[4] for row in rows}, work.unit_id)
    sound_lines = []
    for row in rows:
        unit = ids.get(row[4])
        if unit is None:
            work.refuse(row[0], "unit_code", "unit_unknown", unit=row[4])
        elif unit in outside:
            work.refuse(row[0], "unit_code", "unit_outside", unit=row[4])
        elif row[5] >= today:
            work.refuse(row[0], "joined_on", "not_past")
        else:
            sound_lines.append((*row, unit))
    return sound_lines


def _check(work: Work) -> None:
    if n := len(_sound(work)):
        work.count("joined", n)


def _commit(work: Work) -> None:
    with system("members of an earlier drive"):
        work.read_anew()
        rows = _sound(work)
        if not rows:
            raise NothingSound
        drive = _drive(work, rows)
    zone = ZoneInfo(drive.zone)
    done = 0
    for some in _chunks(rows):
        claims = [
            enrolment.ClaimMessage(
                channel=Channel.EARLIER.value,
                key=bytes.fromhex(work.file_sha256)[:16]
                + work.id.to_bytes(8, "big")
                + row[0].to_bytes(4, "big"),
                phone=row[1],
                by=work.by.id,
                name=row[2],
                birth_year=row[3],
                unit_id=row[6],
                field_at=datetime.combine(row[5], time(12), zone),
                consents=(),
            )
            for row in some
        ]
        answers = actions.enrol_batch(
            programme_id=drive.pk, claims=claims, by=work.by, at=work.at, import_id=work.id
        )
        for row, answer in zip(some, answers, strict=True):
            if isinstance(answer, enrolment.ClaimRefused):
                if not isinstance(answer, refusals.Suppressed):  # a list of one row would tell
                    work.refuse(row[0], _COLUMN.get(answer.on, answer.on), answer.code, **answer.facts)
                work.count(answer.code if answer.code in LIST.outcomes else "not_taken")
            else:
                work.count(answer.code)
        done += len(some)
        work.progress(done, len(rows))


_COLUMN = {"unit": "unit_code", "field_at": "joined_on"}


def _drive(work: Work, rows: Sequence[tuple[Any, ...]]) -> Programme:
    """Return the closed drive of this name at the list's unit, made with the first list of it."""
    owner = work.unit_id or units.roots(Hierarchy.ORGANISATIONAL)[0].id
    days = [row[5] for row in rows]
    made = programmes.make_past(
        kind=DRIVE,
        name=work.options["name"].strip(),
        owner_id=owner,
        opens_on=min(days),
        closes_on=max(days),
        among=drives_of_lists(),
        by=work.by,
        at=work.at,
    )
    only_lists(programme_id=made.pk)
    return made


def _chunks(rows: Sequence[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    left = iter(rows)
    while some := list(islice(left, AT_ONCE)):
        yield some


def _undo(work: Work) -> None:
    work.count("undone", enrolment.undo_claims(import_id=work.id, by=work.by, at=work.at))


LIST = ImportKind(
    key="earlier_members",
    title=_("Members of an earlier drive"),
    explains=_(
        "People who were members before: phone, name, birth year, unit and day of joining. They count in the "
        "earlier drive only. We send them nothing until they act; when they join again, they renew."
    ),
    layout=MEMBERS,
    capability="imports.totals",
    outcomes={
        "joined": RowOutcome(_("Members of the earlier drive"), "ok"),
        "renewed": RowOutcome(_("Will renew"), "ok", _("Renewed")),
        "already_member": RowOutcome(_("Members already")),
        "on_worklist": RowOutcome(_("To be checked by a person"), "warn"),
        "phone_full": RowOutcome(_("Phone full"), "warn"),
        "suppressed": RowOutcome(_("The phone said no (whole tens)"), "bad", within="joined"),
        "not_taken": RowOutcome(_("Not taken in"), "bad"),
        "undone": RowOutcome(_("Withdrawn")),
    },
    options=(
        Option(
            "name",
            _("Name of the earlier drive"),
            help=_("Such as: Drive of 2019. Lists of one name go together."),
        ),
        Option(
            "basis", _("Lawful basis of this list"), choices=lambda: [(key, str(text)) for key, text in BASES]
        ),
        Option(
            "source",
            _("Where the list is from"),
            help=_("Who kept it, and since when."),
        ),
    ),
    reasons={kind.code: kind.message for kind in _REFUSALS}
    | REASONS
    | {"not_past": _("The day of joining must be in the past.")},
    discarded={"minor": _("Under 18: we keep only this count")},
    check=_check,
    commit=_commit,
    undo=_undo,
    atomic=False,
    max_bytes=32 << 20,
)
