"""The list this room takes in: people or doors of an approved contact list."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import small_cells
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.forms.rules.words import refused_in
from abhiyan.imports.kinds import ImportKind, Option, RowOutcome
from abhiyan.imports.models import StagedImport
from abhiyan.imports.queries import preview_of
from abhiyan.imports.tables.sensitive import sensitive
from abhiyan.imports.tables.sniffing import SniffedColumn
from abhiyan.imports.work import Work
from abhiyan.org import queries as org
from abhiyan.people import phones
from abhiyan.people import queries as people
from abhiyan.units import queries as units
from abhiyan.units.models import Unit
from abhiyan.units.rules.ground import km_outside
from abhiyan.units.unit_lists import REASONS, ids_by_code, rows_with_places

from . import actions, office
from .actions import NewEntry
from .layout import LAYOUT
from .models import ContactEntry, ContactList

AT_ONCE = 5_000
MOST_ON_PHONE = 5  # rows of one number; more are no family
TOLD_FROM_PCT = 30  # so many doubles are said apart
_PHONE = 3  # of a row: its number, the unit's code, the name, the phone


class SensitiveColumns(Refused):
    """The whole file is refused: who holds such a column holds more than a contact needs."""

    message = _(
        "Take these columns out of the file and bring it again: %(columns)s. No contact list may hold them."
    )


def _choices() -> list[tuple[str, str]]:
    contact_lists = ContactList.objects.filter(
        state__in=[state for state in ContactList.State if state != "ended"], day=None
    )
    return [
        (str(contact_list.public_id), contact_list.title)
        for contact_list in contact_lists.order_by("-made_at")[:200]
    ]


def _page(options: Mapping[str, str]) -> tuple[str, str] | None:
    contact_list = office.for_import(options["list"])
    return contact_list.title, reverse("contact:list", args=[contact_list.public_id])


def _waits(options: Mapping[str, str], import_id: int, at: datetime) -> Refused | None:
    """Why a checked file may not be imported yet; of one that waits for approval, who can give it."""
    contact_list = office.for_import(options["list"])
    if contact_list.state == ContactList.State.ASKED:
        with system("who can approve a list"):
            release = org.release_about(actions.ACT, list=str(contact_list.public_id))
        whom = org.deciders([release], at=at)[release.pk].whom_to_ask() if release is not None else ""
        return actions.ListAsked(whom=whom)
    if contact_list.state != ContactList.State.APPROVED:
        return actions.ListWaits()
    return None if contact_list.import_id == import_id else actions.AnotherFileApproved()


def _require_harmless(work: Work) -> None:
    """Refuse the file where a header asks for what nobody may hold, or says how somebody votes."""
    preview = or_refuse(preview_of(StagedImport.objects.get(pk=work.id)))
    barred = [
        sniffed_column.header or sniffed_column.letter
        for sniffed_column in preview.columns
        if _is_barred(sniffed_column)
    ]
    if barred:
        raise SensitiveColumns(columns=", ".join(dict.fromkeys(barred)))


def _is_barred(column: SniffedColumn) -> bool:
    """Return True if a header asks for what no list may hold, or the cells do. A phrase that was allowed does not."""
    return bool(refused_in(column.header) or (column.sensitive and not sensitive(column.header)))


def _crowded(work: Work, contact_list: ContactList) -> set[str]:
    """Return the numbers of more rows than a family shares."""
    seen: Counter[str] = Counter()
    for batch in rows_with_places(work, within=contact_list.unit_id, phone=phones.parse):
        seen.update(row[_PHONE] for row in (*batch.rows, *batch.faulty) if row[_PHONE])
    return {phone for phone, n in seen.items() if n > MOST_ON_PHONE}


def _slices(work: Work, contact_list: ContactList) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a file in the order they come, some thousands at a time."""
    slice_rows: list[tuple[Any, ...]] = []
    for batch in rows_with_places(work, within=contact_list.unit_id, phone=phones.parse):
        slice_rows += sorted((*batch.rows, *batch.faulty), key=lambda row: int(row[0]))
        while len(slice_rows) >= AT_ONCE:
            yield slice_rows[:AT_ONCE]
            slice_rows = slice_rows[AT_ONCE:]
    if slice_rows:
        yield slice_rows


def _take(work: Work, contact_list: ContactList, *, write: bool) -> int:
    """Read every row; with `write`, keep what is sound. Return how many said no, in whole tens; 0: fewer than 10.

    The person who brings a list sees nobody's no. Else they could ask about one number: by a list of it, or by two
    lists that differ in it. So a row of somebody who said no counts as any other row, and is left out. Before the
    import only the second person reads how many these are.
    """
    _require_harmless(work)
    crowded, taken = _crowded(work, contact_list), set[UUID]()
    n_silent = 0
    ids: dict[str, int] = {}
    outside: set[int] = set()
    there_are: dict[int, Unit] = {}
    persons: Counter[int] = Counter()
    ring = keyring()
    for rows in _slices(work, contact_list):
        fresh = {row[1] for row in rows if row[1]} - ids.keys()
        if fresh:
            unit_by_code, beyond = ids_by_code(fresh, contact_list.unit_id)
            ids |= unit_by_code
            outside |= beyond
            there_are |= units.units_by_id(unit_by_code.values())
        phone_ids = {row[3]: ring.phone_id(row[3]) for row in rows if row[3] and row[3] not in crowded}
        silent = people.phones_that_said_no(phone_ids.values())
        there = set(
            ContactEntry.objects.filter(
                list__programme_id=contact_list.programme_id, phone_id__in=list(phone_ids.values())
            ).values_list("phone_id", flat=True)
        )
        new: list[NewEntry] = []
        for number, code, name, phone, door, lane, language, lat, lon in rows:
            unit, phone_id = ids.get(code) if code else None, phone_ids.get(phone)
            if code and unit is None:
                work.refuse(number, "unit_code", "unit_unknown", unit=code)
            elif unit in outside:
                work.refuse(number, "unit_code", "unit_outside", unit=code)
            elif unit is not None and (km := _km_outside(there_are[unit], lat, lon)):
                work.refuse(number, "lat", "place_far", unit=code, km=km)
            if phone and phone in crowded:
                work.refuse(number, "phone", "phone_crowded")
            if work.is_refused(number) or unit is None:
                continue
            if phone_id is not None and (phone_id in taken or phone_id in there):
                work.count("double")
            else:
                if phone_id is not None:
                    taken.add(phone_id)
                is_person = bool(name or phone)
                work.count("person" if is_person else "door")
                if phone_id is not None and phone_id in silent:
                    n_silent += 1
                    continue
                persons[unit] += is_person
                new.append(
                    NewEntry(unit, name or "", phone or "", door or "", lane or "", language or "", lat, lon)
                )
        if write and new:
            actions.add_entries(to=contact_list, some=new)
    n = work.counts["double"]
    sound = n + work.counts["person"] + work.counts["door"]
    n_silent_shown = (small_cells.shown_count(n_silent) or 0) if sound > small_cells.STEP else 0
    if write and n_silent_shown:
        work.count("opted_out", n_silent_shown)
    work.note_whole("double_pct", n * 100 // sound if sound else 0)
    if write:
        actions.end_filling(to=contact_list, persons=+persons, by=work.by, at=work.at)
    return n_silent_shown


def _km_outside(unit: Unit, lat: float | None, lon: float | None) -> int | None:
    """Return how far a door is from its unit, where it cannot be there."""
    if lat is None or lon is None or unit.lat is None or unit.lon is None:
        return None
    return km_outside((lat, lon), kind=unit.kind, centre=(unit.lat, unit.lon))


def _check(work: Work) -> None:
    contact_list = office.for_import(work.options["list"])
    actions.lock_list(public_id=contact_list.public_id, states=actions.OPEN)
    n_silent_shown = _take(work, contact_list, write=False)
    actions.note_checked(
        public_id=contact_list.public_id,
        import_id=work.id,
        columns=work.mapping.keys(),
        rows=work.counts["person"] + work.counts["door"],
        double=work.counts["double"],
        opted_out=n_silent_shown,
    )


def _commit(work: Work) -> None:
    contact_list = office.for_import(work.options["list"])
    contact_list = actions.lock_list(public_id=contact_list.public_id, states=set(ContactList.State))
    if refused := _waits(work.options, work.id, work.at):
        raise refused
    if contact_list.day is not None or sorted(work.mapping) != contact_list.columns:
        raise actions.AnotherFileApproved
    _take(work, contact_list, write=True)


def _undo(work: Work) -> None:
    work.count("undone", actions.empty_list(import_id=work.id, by=work.by, at=work.at))


def _tells(noted: Mapping[str, int]) -> list[str]:
    pct = noted.get("double_pct", 0)
    if pct < TOLD_FROM_PCT:
        return []
    return [say("%(pct)s%% of the sound rows are double. Ask where the list comes from.") % {"pct": pct}]


LIST = ImportKind(
    key="contact",
    title=_("People or doors of a contact list"),
    explains=_(
        "First make the list on the page of its programme, with its source and basis. A second person approves it "
        "before it is imported. Rows without a name and a phone are doors."
    ),
    layout=LAYOUT,
    capability=actions.RUN,
    outcomes={
        "person": RowOutcome(_("People on the list"), "ok"),
        "door": RowOutcome(_("Doors without a name"), "ok"),
        "double": RowOutcome(_("The same phone again: once is enough"), "warn"),
        "opted_out": RowOutcome(_("Of these, left out after a no (whole tens)"), "warn"),
        "undone": RowOutcome(_("Taken back")),
    },
    options=(Option(key="list", title=_("Contact list"), choices=_choices),),
    reasons=REASONS
    | {"phone_crowded": _("More than 5 rows have this number. No family shares a phone so widely.")},
    tells=_tells,
    belongs=_page,
    places=("booth", "village", "ward"),
    waits=_waits,
    check=_check,
    commit=_commit,
    undo=_undo,
)
KINDS_OF_LIST = (LIST,)
