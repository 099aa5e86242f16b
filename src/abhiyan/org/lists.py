"""The list this room takes in: who is to hold which office, also as districts keep their lists of booths."""

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from abhiyan.core import limits, sql
from abhiyan.core.refusals import Refused
from abhiyan.core.words import name_in_language
from abhiyan.imports.kinds import ImportKind, Option, RowOutcome
from abhiyan.imports.tables.layout import PHONES, CellKind, Field, Layout
from abhiyan.imports.work import Work
from abhiyan.people import phones
from abhiyan.people.actions.accounts import NotAName, OfficeInName
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy
from abhiyan.units.models import Kind as UnitKind
from abhiyan.units.rules import levels
from abhiyan.units.unit_lists import PART_NO, PLACES, REASONS, SEAT_NO, ids_by_code, whole_codes

from . import actions, queries
from .actions import appointments
from .models import Office
from .rules import granting

MOST_ROWS = 5_000
LOCKS_A_ROW = 3  # the office in the unit, the account and the phone, until the list is done
LAYOUT = Layout(
    key="appointments",
    fields=(
        Field(
            "phone",
            "Phone",
            "फ़ोन",
            PHONES,
            CellKind.PHONE,
            required=True,
        ),
        Field(
            "name",
            "Name",
            "नाम",
            "president, booth president, अध्यक्ष, अध्यक्ष का नाम, बूथ अध्यक्ष",
            CellKind.NAME,
            required=True,
            max_length=100,
        ),
        Field("office", "Office", "दायित्व", "post, designation, पद"),
        Field(
            "unit_code",
            "Unit code",
            "इकाई कोड",
            "code, booth code, booth, कोड, बूथ कोड, बूथ",
            CellKind.CODE,
            max_length=64,
        ),
        SEAT_NO,
        PART_NO,
        Field("mandal", "Mandal", "मंडल", "मण्डल"),
        Field("cluster", "Cluster", "शक्ति केंद्र", "shakti kendra, शक्ति केन्द्र"),
        Field("place", "Unit", "इकाई", "unit name, name of the centre, केंद्र का नाम, मतदान केंद्र"),
        Field(
            "body", "Committee or wing", "समिति या मोर्चा", "committee, wing, department, समिति, मोर्चा, विभाग"
        ),
        Field(
            "since",
            "Since",
            "कब से",
            "from, start date, नियुक्ति की तारीख",
            CellKind.DATE,
            least=date(1950, 1, 1),
            ahead_days=366,
        ),
    ),
)
# The cell that what the act refuses is about.
_FIELDS = {"unit": "unit_code", "account": "phone", "starts_on": "since", "ends_on": "since"}
_OF_THE_ACT = (
    appointments.OfficeNotHere,
    appointments.UnitNotPlaced,
    appointments.NoSeatLeft,
    appointments.SeatHeld,
    appointments.TooManyOffices,
    appointments.OfficerElsewhere,
    appointments.AccountClosed,
    appointments.BeyondYourOwn,
)
Cells = dict[str, Any]


class TooManyRows(Refused):
    message = _("The list has more than %(most)s rows. Cut it into several files.")


def offices() -> list[tuple[str, str]]:
    """The offices a list may give, by code and name."""
    return [
        (office.code, name_in_language(office.names))
        for office in queries.offices_used()
        if not granting.is_of_officers(office.capabilities)
    ]


def most_rows() -> int:
    """The rows that one list of appointments may have. All its locks are in the server's one table of locks.
    PostgreSQL's defaults have room for 2,133 rows, and the embedded server for MOST_ROWS."""
    room = sql.value(
        "select current_setting('max_locks_per_transaction')::int * current_setting('max_connections')::int"
    )
    return min(MOST_ROWS, int(room) // LOCKS_A_ROW)


def _take(work: Work, *, write: bool) -> None:
    """Appoint each row by the act of the page. Without `write` all of it is undone again: that is the check."""
    rows = sorted(
        (row for batch in work.rows(phone=phones.parse) for row in (*batch.rows, *batch.faulty)),
        key=lambda row: int(row[0]),
    )
    if len(rows) > (most := most_rows()):
        raise TooManyRows(most=most)
    cells = {row[0]: dict(zip((one.key for one in LAYOUT.fields), row[1:], strict=True)) for row in rows}
    faults: list[tuple[int, str, str, dict[str, Any]]] = []
    given = _offices(work, cells, faults)
    places = _places(work, cells, given, faults)
    trees = {
        unit: tree for tree in reversed(levels.HIERARCHIES) for unit in units.spans(places.values(), tree)
    }
    bad = {fault[0] for fault in faults}
    made: list[str] = []
    with transaction.atomic(), nullcontext() if write else limits.given_back():
        for n, (number, cells_of_row) in enumerate(cells.items()):
            work.progress(n, len(cells))
            if number in bad or work.is_refused(number):
                continue
            try:
                with transaction.atomic():
                    appointment = actions.appoint_new(
                        phone=cells_of_row["phone"],
                        name=cells_of_row["name"],
                        office=given[number].code,
                        unit_id=places[number],
                        hierarchy=trees.get(places[number], Hierarchy.ORGANISATIONAL),
                        body_id=_body(places[number], cells_of_row["body"]),
                        starts_on=cells_of_row["since"],
                        disputing=(),
                        is_only_offered=True,
                        by=work.by,
                        at=work.at,
                    )
                made.append(str(appointment.public_id))
            except appointments.AlreadyHolds:
                work.count("same")
            except Refused as refused:
                refusal_code = refused.code if refused.code in LIST.reasons else Refused.code
                facts = {
                    key: fact for key, fact in refused.facts.items() if key in ("seats", "most", "n", "day")
                }
                field = _FIELDS.get(refused.field, refused.field)
                is_cell = LAYOUT.field(field) is not None
                faults.append((number, field if is_cell else "office", refusal_code, facts))
        if not write:
            transaction.set_rollback(True)
    for number, field, code, facts in sorted(faults, key=lambda fault: fault[0]):
        work.refuse(number, field, code, **facts)
    if made:
        work.count("offered", len(made))
        if write:
            work.keep({"made": made})


class BodyUnknown(Refused):
    message = _("This unit has no committee, wing or department of this name.")


def _body(unit_id: int, name: str | None) -> int | None:
    """The body of that name in a unit; none where no name is given. Refuses BodyUnknown."""
    if not name:
        return None
    body_id = queries.body_called(unit_id, name)
    if body_id is None:
        raise BodyUnknown(field="body")
    return body_id


def _offices(work: Work, cells: dict[int, Cells], faults: list[Any]) -> dict[int, Office]:
    """The office of each row, by its name or code; of rows that name none the one said for the whole list."""
    known = {
        name.casefold(): one
        for one in queries.offices_used(near=work.unit_id)
        for name in (one.code, *one.names.values())
    }
    usual = known.get(work.options.get("office", ""))
    found: dict[int, Office] = {}
    for number, row_cells in cells.items():
        office = known.get(row_cells["office"].casefold()) if row_cells["office"] else usual
        if office is None:
            faults.append(
                (number, "office", "office_unknown" if row_cells["office"] else "office_needed", {})
            )
        else:
            found[number] = office
    return found


def _places(
    work: Work, cells: dict[int, Cells], given: dict[int, Office], faults: list[Any]
) -> dict[int, int]:
    """The unit of each row: by its code, by the numbers of seat and part, or by its name below the list's unit."""
    written = {
        number: row_cells["unit_code"] or f"{row_cells['seat_no'] or ''}/{row_cells['part_no']}".strip("/")
        for number, row_cells in cells.items()
        if row_cells["unit_code"] or row_cells["part_no"]
    }
    meant = whole_codes(set(written.values()), work.unit_id)
    codes = {
        number: meant[unit_code] or unit_code
        for number, unit_code in written.items()
        if meant[unit_code] or cells[number]["unit_code"] or cells[number]["seat_no"]
    }
    ids, outside = ids_by_code(set(codes.values()), work.unit_id)
    unit_ids: dict[int, int] = {}
    for number, cells_of_row in cells.items():
        if number not in given:
            continue
        field = "unit_code" if cells_of_row["unit_code"] else "part_no"
        code = codes.get(number)
        if code is None:
            some = _called(work, cells_of_row, given[number])
            if len(some) == 1:
                unit_ids[number] = some[0]
            else:
                faults.append((number, "place", "unit_several" if some else "unit_unnamed", {}))
        elif not meant[written[number]]:
            faults.append((number, field, "unit_short", {"unit": code}))
        elif code not in ids:
            faults.append((number, field, "unit_unknown", {"unit": code}))
        elif ids[code] in outside:
            faults.append((number, field, "unit_outside", {"unit": code}))
        else:
            unit_ids[number] = ids[code]
    return unit_ids


def _called(work: Work, each: Cells, office: Office) -> Sequence[int]:
    """The units of the office's kind that a row names, within the mandal and cluster it names."""
    kind = next(iter(office.kinds), "")
    name = each["place"] or each.get(kind)
    if not kind or not name or work.unit_id is None:
        return []
    tree = next(
        (tree_name for tree_name in levels.HIERARCHIES if levels.level_of_kind(tree_name, kind) is not None),
        None,
    )
    within = list(units.spans([work.unit_id], tree).values()) if tree else []
    for above in (UnitKind.MANDAL, UnitKind.CLUSTER):
        if each[above] and kind != above:
            spans = [units.called_below(lo, hi, above, each[above]) for lo, hi in within]
            within = [(lo, hi) for some in spans for _unit, lo, hi in some]
    return [unit for lo, hi in within for unit, _lo, _hi in units.called_below(lo, hi, kind, name)]


def _check(work: Work) -> None:
    _take(work, write=False)


def _commit(work: Work) -> None:
    _take(work, write=True)


def _undo(work: Work) -> None:
    for page in work.kept():
        for public_id in page["made"]:
            appointment = queries.offered_office(public_id)
            if appointment is not None:
                actions.end_appointment(
                    public_id=appointment.public_id, reason="list taken back", by=work.by, at=work.at
                )
            work.count("offered" if appointment else "stays")


LIST = ImportKind(
    key="appointments",
    title=_("Appointments"),
    explains=_("Who is to hold which office in which unit. Each of them gets an offer and may decline."),
    layout=LAYOUT,
    capability="imports.appointments",
    outcomes={
        "offered": RowOutcome(_("Appointed, to be accepted"), "ok"),
        "same": RowOutcome(_("Hold this office or were offered it already")),
        "stays": RowOutcome(_("Accepted already: stay appointed"), "warn"),
    },
    options=(
        Option(
            key="office",
            title=_("Office"),
            choices=lambda: [("", "—"), *offices()],
            required=False,
            default="",
            help=_("Used for rows that name no office, as in a list of booths and their presidents."),
        ),
    ),
    reasons=REASONS
    | {refusal.code: refusal.message for refusal in (*_OF_THE_ACT, NotAName, OfficeInName)}
    | {
        BodyUnknown.code: BodyUnknown.message,
        Refused.code: Refused.message,
        "not_yours": _("Your role can't give this office there. Ask the level above to appoint."),
        "office_needed": _("Write the office, or choose one for the whole list."),
        "office_unknown": _("There is no office of this name. Write it as the list of offices does."),
        "unit_unnamed": _("No unit of this name is below the unit this list is for. Write its code."),
        "unit_several": _("Several units have this name. Write the unit's code."),
    },
    places=PLACES,
    check=_check,
    commit=_commit,
    undo=_undo,
    max_bytes=8 << 20,
)
KINDS_OF_LIST = (LIST,)
