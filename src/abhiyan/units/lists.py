"""The lists this room takes in by staged import: units with their places, and the PIN directory."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from abhiyan.core import clock
from abhiyan.core.imports import Difference, ImportKind, Option, Outcome, Work
from abhiyan.core.numbers import grouped
from abhiyan.core.tables.layout import Field, Kind, Layout
from abhiyan.core.tables.reading import Batch

from . import actions, staging
from .models import Hierarchy, UnitDifference
from .refusals import BadCode, HierarchyUnsaid

YES_NO = {"yes": ("y", "true", "1", "हाँ", "हां", "ha"), "no": ("n", "false", "0", "नहीं", "nahin")}
KINDS = {
    "nation": ("country", "राष्ट्र", "देश"),
    "state": ("राज्य", "प्रदेश", "union territory"),
    "region": ("संभाग", "क्षेत्र", "division"),
    "district": ("जिला", "ज़िला", "zila"),
    "mandal": ("मंडल", "मण्डल"),
    "cluster": ("शक्ति केंद्र", "शक्ति केन्द्र", "shakti kendra"),
    "booth": ("बूथ", "मतदान केंद्र", "polling station"),
    "zone": ("ज़ोन", "जोन"),
    "constituency": ("लोकसभा क्षेत्र", "संसदीय क्षेत्र", "parliamentary constituency", "pc"),
    "segment": ("विधानसभा क्षेत्र", "विधानसभा", "assembly constituency", "ac"),
    "block": ("ब्लॉक", "खंड", "विकास खंड"),
    "village": ("गाँव", "गांव", "ग्राम"),
    "ward": ("वार्ड",),
}

FOR_A_NEW_UNIT = _("needed for a new unit")
UNITS = Layout(
    key="units",
    personal=False,
    fields=(
        Field("code", "Code", "कोड", ("unit code", "इकाई कोड"), Kind.CODE, required=True, max_length=64),
        Field(
            "kind",
            "Kind",
            "प्रकार",
            ("type", "level", "स्तर"),
            Kind.CHOICE,
            choices=KINDS,
            needed=FOR_A_NEW_UNIT,
        ),
        Field(
            "name_en",
            "Name in English",
            "अंग्रेज़ी नाम",
            ("name", "unit name", "english name"),
            needed=FOR_A_NEW_UNIT,
        ),
        Field("name_hi", "Name in Hindi", "हिंदी नाम", ("नाम", "इकाई का नाम", "hindi name")),
        Field(
            "organisational_parent",
            "Organisational parent",
            "संगठन में ऊपर की इकाई",
            ("organisational parent code",),
            Kind.CODE,
            max_length=64,
        ),
        Field(
            "electoral_parent",
            "Electoral parent",
            "चुनाव में ऊपर की इकाई",
            ("electoral parent code",),
            Kind.CODE,
            max_length=64,
        ),
        Field(
            "administrative_parent",
            "Administrative parent",
            "प्रशासन में ऊपर की इकाई",
            ("administrative parent code",),
            Kind.CODE,
            max_length=64,
        ),
        Field("parent", "Parent", "ऊपर की इकाई", ("parent code", "above"), Kind.CODE, max_length=64),
        Field("electors", "Electors", "मतदाता संख्या", (), Kind.INTEGER, least=0, most=2_000_000_000),
        Field(
            "households",
            "Households",
            "परिवार संख्या",
            ("houses", "घर"),
            Kind.INTEGER,
            least=0,
            most=2_000_000_000,
        ),
        Field("lat", "Latitude", "अक्षांश", (), Kind.DECIMAL, least=-90, most=90),
        Field("lon", "Longitude", "देशांतर", ("lng",), Kind.DECIMAL, least=-180, most=180),
        Field("source", "Source", "स्रोत"),
        Field("sample", "Sample", "नमूना", ("is sample",), Kind.CHOICE, choices=YES_NO),
    ),
)

REASONS = {
    "code_shape": BadCode.message,
    "bad_code": BadCode.message,  # the reader's own reason for signs no list takes
    "code_doubled": _(
        "%(field)s stands in row %(first)s already. Every unit has one row and a code of its own."
    ),
    "kind_unknown": _("%(field)s is not a kind of unit."),
    "kind_needed": _("%(field)s is needed for a new unit."),
    "kind_fixed": _("The unit is known as a %(kind)s; a list cannot make it another kind."),
    "name_needed": _("%(field)s is needed for a new unit."),
    "parent_unknown": _(
        "There is no unit %(parent)s: it is not known, and no sound row of this list has it. Correct the code."
    ),
    "parent_refused": _("The row of the unit above, %(parent)s, is refused. Correct that row."),
    "parent_not_placed": _("%(parent)s does not stand in this hierarchy. Give its parent in this list too."),
    "kind_not_in_hierarchy": _("A %(kind)s has no place in this hierarchy. Leave %(field)s empty."),
    "kind_not_allowed_here": _("A %(kind)s cannot stand beneath a %(above)s in this hierarchy."),
    "cycle": _(
        "The unit would stand beneath itself, through %(parent)s. Correct one of the rows of the circle."
    ),
    "outside": _("%(field)s leads outside the unit this list is for."),
    "nowhere": _("A new unit must stand beneath a unit of yours: give its parent."),
    "unit_unknown": _("There is no unit with the code %(unit)s."),
}


def _bad_cells(batch: Batch) -> dict[int, list[str]]:
    """The columns the reader refused, by row."""
    found: dict[int, list[str]] = defaultdict(list)
    for cell in batch.refused:
        found[cell.row] += [cell.field] if cell.field else []  # none: the row as a whole
    return found


def _staged(work: Work) -> None:
    """The file's rows into staging, batch by batch: while rows are copied, nothing else can be written."""
    own = work.options.get("hierarchy", "")
    general = int(own) if own else None
    keys = [field.key for field in UNITS.fields]
    places = [keys.index(column) + 1 for column in staging.COLUMNS]
    parent = keys.index("parent") + 1
    slot = 1 + staging.COLUMNS.index(staging.PARENTS[general]) if general else 0
    sample = 1 + staging.COLUMNS.index("sample")

    def cells(rows: Sequence[tuple[Any, ...]]) -> Iterator[list[Any]]:
        for row in rows:
            out = [row[0], *(row[place] for place in places)]
            if row[parent] and not slot:
                raise HierarchyUnsaid(field="hierarchy")
            if slot and out[slot] is None:
                out[slot] = row[parent]
            if out[sample] is not None:
                out[sample] = out[sample] == "yes"
            yield out

    with connection.cursor() as cursor:
        staging.open_staging(cursor)
        for batch in work.rows():
            staging.stage(cursor, cells(batch.rows))
            if batch.faulty:
                bad = _bad_cells(batch)
                staging.stage_faulty(cursor, ([*row, bad[row[0]]] for row in cells(batch.faulty)))


def _refuse(work: Work, of: Literal["t_staged", "t_pin_staged"] = "t_staged") -> None:
    with connection.cursor() as cursor:
        for row, field, code, facts in staging.refusals(cursor, of=of):
            work.refuse(row, field, code, **facts)


def _count(work: Work, counts: staging.Counts) -> None:
    for outcome in ("made", "moved", "changed", "same"):
        if n := getattr(counts, outcome):
            work.count(outcome, n)
    if counts.nowhere:
        work.note_whole("nowhere", counts.nowhere)
    _refuse(work)


def tells(whole: Mapping[str, int]) -> list[str]:
    """Whether a list leaves units without a place: they are in no tree, so below no other unit."""
    if not (n := whole.get("nowhere", 0)):
        return []
    text = ngettext(
        "%(n)s unit of this list stands in no hierarchy, so it is below no other: give the unit above it.",
        "%(n)s units of this list stand in no hierarchy, so they are below no other: give the units above them.",
        n,
    )
    return [text % {"n": grouped(n)}]


def check(work: Work) -> None:
    """What a list of units would do."""
    _staged(work)
    _count(work, actions.preview(import_id=work.id, within=work.unit_id))


def commit(work: Work) -> None:
    """Make, change, place and move the units of a list; they stand where it says from today."""
    _staged(work)
    day = clock.day_in(settings.TIME_ZONE, work.at)
    counts = actions.take_in(
        import_id=work.id, on=day, by=work.by, at=work.at, within=work.unit_id, tell=work.progress
    )
    _count(work, counts)


def undo(work: Work) -> None:
    """All units and places as they were before the list."""
    day = clock.day_in(settings.TIME_ZONE, work.at)
    work.count("made", actions.take_back(import_id=work.id, by=work.by, at=work.at, on=day))


def differences(import_id: int, first: int, how_many: int) -> Sequence[Difference]:
    """What a list changes of units that exist, field by field."""
    found = UnitDifference.objects.filter(import_id=import_id).order_by("row", "field")
    return [
        Difference(d.row, d.code, d.field, d.old, d.new) for d in found[first : first + min(how_many, 1_000)]
    ]


UNITS_KIND = ImportKind(
    key="units",
    title=_("Units"),
    explains=_("The units of the organisation and where they stand: nation to booth, in each hierarchy."),
    layout=UNITS,
    capability="imports.units",
    outcomes={
        "made": Outcome(_("New"), "ok"),
        "moved": Outcome(_("Moved"), "warn"),
        "changed": Outcome(_("Changed"), "ok"),
        "same": Outcome(_("Unchanged")),
    },
    options=(
        Option(
            key="hierarchy",
            title=_("Hierarchy of the column “Parent”"),
            choices=lambda: [("", "—"), *((str(value), str(label)) for value, label in Hierarchy.choices)],
            required=False,
            help=_("Only needed when the list has one column for the unit above."),
        ),
    ),
    reasons=REASONS,
    check=check,
    commit=commit,
    undo=undo,
    differences=differences,
    tells=tells,
)

# PIN codes

PINS = Layout(
    key="pins",
    personal=False,
    fields=(
        Field("pin", "PIN code", "पिन कोड", ("pin", "pincode", "postal code"), Kind.PIN, required=True),
        Field(
            "unit_code",
            "Unit code",
            "इकाई कोड",
            ("code", "unit", "कोड"),
            Kind.CODE,
            required=True,
            max_length=64,
        ),
        Field("sample", "Sample", "नमूना", ("is sample",), Kind.CHOICE, choices=YES_NO),
    ),
)


def _pins(work: Work, *, write: bool) -> None:
    with connection.cursor() as cursor:
        staging.open_pins(cursor)
        for batch in work.rows():
            staging.stage_pins(
                cursor, ((n, pin, code, sample == "yes") for n, pin, code, sample in batch.rows)
            )
            staging.stage_faulty_pins(cursor, ((n, code) for n, _pin, code, _sample in batch.faulty))
        counts = staging.check_pins(cursor, within=work.unit_id)
    if write:
        actions.take_in_pins(import_id=work.id, by=work.by, at=work.at)
    for outcome, n in counts.items():
        if n:
            work.count(outcome, n)
    _refuse(work, "t_pin_staged")


PINS_KIND = ImportKind(
    key="pins",
    title=_("PIN codes"),
    explains=_("Which units a postal PIN code delivers to, so that people without a unit are placed."),
    layout=PINS,
    capability="imports.pins",
    outcomes={"made": Outcome(_("New"), "ok"), "same": Outcome(_("Unchanged"))},
    reasons=REASONS,
    check=lambda work: _pins(work, write=False),
    commit=lambda work: _pins(work, write=True),
    undo=lambda work: work.count("made", actions.take_back_pins(import_id=work.id, by=work.by, at=work.at)),
)
KINDS_OF_LIST = (UNITS_KIND, PINS_KIND)
