"""The lists this room takes in by staged import: units with their places, and the PIN directory."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from abhiyan.core import clock
from abhiyan.core.numbers import grouped
from abhiyan.core.words import name_in_language
from abhiyan.imports import authority
from abhiyan.imports.kinds import ImportKind, Lacking, Option, RowDifference, RowOutcome
from abhiyan.imports.tables.layout import CellKind as Cell
from abhiyan.imports.tables.layout import Field, Layout
from abhiyan.imports.tables.reading import Batch
from abhiyan.imports.work import Work

from . import actions, staging, unit_lists
from .models import Hierarchy, Kind, Unit, UnitDifference, UnitLacking
from .queries import hanging_on
from .refusals import BadCode, HierarchyUnsaid, SuccessorUnfit
from .rules import hanging
from .staged_closings import newly_closing
from .unit_lists import PLACE, rows_with_places
from .unit_lists import REASONS as UNIT_REASONS

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


def _count_of(key: str, en: str, hi: str, also: str = "") -> Field:
    return Field(key, en, hi, also, Cell.INTEGER, least=0, most=2_000_000_000, is_never_zero=True)


FOR_A_NEW_UNIT = _("needed for a new unit")
UNITS = Layout(
    key="units",
    personal=False,
    fields=(
        Field("code", "Code", "कोड", "unit code, इकाई कोड", Cell.CODE, required=True, max_length=64),
        Field("kind", "Kind", "प्रकार", "type, level, स्तर", Cell.CHOICE, choices=KINDS, needed=FOR_A_NEW_UNIT),
        Field(
            "name_en", "Name in English", "अंग्रेज़ी नाम", "name, unit name, english name", needed=FOR_A_NEW_UNIT
        ),
        Field("name_hi", "Name in Hindi", "हिंदी नाम", "नाम, इकाई का नाम, hindi name"),
        Field(
            "organisational_parent",
            "Organisational parent",
            "संगठन में ऊपर की इकाई",
            "organisational parent code",
            Cell.CODE,
            max_length=64,
        ),
        Field(
            "electoral_parent",
            "Electoral parent",
            "चुनाव में ऊपर की इकाई",
            "electoral parent code",
            Cell.CODE,
            max_length=64,
        ),
        Field(
            "administrative_parent",
            "Administrative parent",
            "प्रशासन में ऊपर की इकाई",
            "administrative parent code",
            Cell.CODE,
            max_length=64,
        ),
        Field("parent", "Parent", "ऊपर की इकाई", "parent code, above", Cell.CODE, max_length=64),
        _count_of("electors", "Electors", "मतदाता संख्या"),
        _count_of("households", "Households", "परिवार संख्या", "houses, घर"),
        Field("lat", "Latitude", "अक्षांश", "", Cell.DECIMAL, least=-90, most=90),
        Field("lon", "Longitude", "देशांतर", "lng", Cell.DECIMAL, least=-180, most=180),
        Field("source", "Source", "स्रोत"),
        Field("sample", "Sample", "नमूना", "is sample", Cell.CHOICE, choices=YES_NO),
        Field("opened_on", "Opened on", "शुरू होने की तारीख़", "opened from, first day, शुरू", Cell.DATE),
        Field("closed_on", "Closed on", "बंद होने की तारीख़", "closed from, closing date, बंद", Cell.DATE),
        Field("successors", "Successors", "उत्तराधिकारी इकाइयाँ", "successor, taken over by, उत्तराधिकारी"),
    ),
)

REASONS = {
    "code_shape": BadCode.message,
    "bad_code": BadCode.message,  # the reader's own reason for signs no list takes
    "code_doubled": _(
        "Rows %(first)s and %(second)s have the same code. Only row %(first)s is used."
        " Correct or remove row %(second)s."
    ),
    "code_case": _("The unit %(known)s has this code in other capitals. Write %(known)s."),
    "code_case_doubled": _(
        "Row %(first)s has this code in other capitals: %(known)s. Codes must differ in more than capitals."
    ),
    "kind_unknown": _("%(field)s is not a kind of unit."),
    "kind_needed": _("%(field)s is needed for a new unit."),
    "kind_fixed": _("The unit is already a %(kind)s. A list cannot change that."),
    "name_needed": _("%(field)s is needed for a new unit."),
    "parent_unknown": _(
        "There is no unit %(parent)s, neither here nor in a correct row of this list. Correct the code."
    ),
    "parent_case": _("There is no unit %(parent)s. Did you mean %(known)s? Write it so."),
    "parent_refused": _("The row of the unit above, %(parent)s, is refused. Correct that row."),
    "parent_not_placed": _("%(parent)s is not in this hierarchy. Give its parent in this list too."),
    "kind_not_in_hierarchy": _(
        "A %(kind)s has no place in the %(hierarchy)s hierarchy. Leave %(field)s empty."
    ),
    "kind_not_allowed_here": _("In the %(hierarchy)s hierarchy, a %(kind)s cannot be below a %(above)s."),
    "cycle": _("Through %(parent)s the unit would be below itself. Correct one of these rows."),
    "parent_closed": _("The unit above, %(parent)s, is closed. Give an open one."),
    "place_far": UNIT_REASONS["place_far"],
    "opened_to_come": _("The day is still to come. Give today or an earlier day."),
    "opened_after": _("The unit closed on %(closed)s. Give that day or an earlier one."),
    "closed_to_come": _("The day is still to come. A unit closes today or on an earlier day."),
    "closed_too_early": _("The unit came to its place on %(since)s. Give that day or a later one."),
    "top_stays": _("The top of a hierarchy cannot be closed. Leave %(field)s empty."),
    "open_below": _("%(n)s open units are below this one. Close them in this list too, or move them."),
    "in_the_way": _("%(what)s: close or change these first. Then the unit can be closed."),
    "successors_of_open": _("Only a closed unit has successors. Give the day it closed."),
    "successor_unfit": SuccessorUnfit.message,
    "outside": _("%(field)s leads outside the unit this list is for."),
    "nowhere": _("A new unit must be below one of your units. Give its parent."),
    "unit_unknown": _("There is no unit with the code %(unit)s."),
}


def _bad_cells(batch: Batch) -> dict[int, list[str]]:
    """The columns the reader refused, by row."""
    columns_by_row: dict[int, list[str]] = defaultdict(list)
    for cell in batch.refused:
        columns_by_row[cell.row] += [cell.field] if cell.field else []  # none: the row as a whole
    return columns_by_row


def _staged(work: Work) -> None:
    """The file's rows into staging, batch by batch: while rows are copied, nothing else can be written."""
    tree_name = work.options.get("hierarchy", "")
    general = int(tree_name) if tree_name else None
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

    staging.open_staging()
    for batch in work.rows():
        staging.stage_rows(cells(batch.rows))
        if batch.faulty:
            bad = _bad_cells(batch)
            staging.stage_faulty([*row, bad[row[0]]] for row in cells(batch.faulty))


def _kind_said(kind: str) -> str:
    return str(Kind(kind).label) if kind in Kind.values else kind


def _thing_said(key: str) -> str:
    return next((str(obstacle.title) for obstacle in hanging.obstacles() if obstacle.key == key), key)


SAID = {
    "kind": _kind_said,
    "above": _kind_said,
    "hierarchy": lambda number: str(Hierarchy(int(number)).label).lower(),
    "what": _thing_said,
}


def _refuse(work: Work, of: Literal["t_staged", "t_pin_staged"] = "t_staged") -> None:
    for row, field, code, facts in staging.staged_refusals(of=of):
        work.refuse(row, field, code, **facts)


def _count(work: Work, counts: staging.StagingCounts) -> None:
    for outcome in ("made", "moved", "changed", "closed", "closed_missing", "same"):
        if n := getattr(counts, outcome):
            work.count(outcome, n)
    noted = {"nowhere": counts.nowhere, "still_closed": counts.still_closed, "lacking": counts.missing}
    noted |= {"closing_missing": counts.closed_missing}
    for what, n in noted.items():
        if n:
            work.note_whole(what, n)
    if counts.closed or counts.closed_missing:
        _note_hanging(work)
    _refuse(work)


def _note_hanging(work: Work) -> None:
    """How much of each thing hangs on the units that are closed, and what becomes of it."""
    answers = _answers(work)
    units = newly_closing()
    for key, counts in hanging_on(units, hanging.things()).items():
        if counts:
            work.note_whole(f"hangs {answers[key]} {key}", sum(counts.values()))


def _answers(work: Work) -> dict[str, str]:
    """Return the answers for everything on units the list closes: as the options say, as far as the bringer may."""
    return hanging.usual_answers(
        wanted=hanging.Answer(work.options.get("hanging") or "goes"),
        may=lambda capability: authority.allows(work.by, capability, unit_id=work.unit_id),
    )


def unit_list_words(whole: Mapping[str, int]) -> list[str]:
    """Say in sentences what is odd about a list as a whole, such as units without a place."""
    sentences = []
    if n := whole.get("nowhere", 0):
        text = ngettext(
            "%(n)s unit of this list has no unit above it. Give the unit above it.",
            "%(n)s units of this list have no unit above them. Give the units above them.",
            n,
        )
        sentences.append(text % {"n": grouped(n)})
    if n := whole.get("still_closed", 0):
        text = ngettext(
            "%(n)s row is of a closed unit. It stays closed.",
            "%(n)s rows are of closed units. They stay closed.",
            n,
        )
        sentences.append(text % {"n": grouped(n)})
    if n := whole.get("lacking", 0):
        closing = whole.get("closing_missing", 0)
        text = ngettext(
            "The list leaves out %(n)s unit that is below its places.",
            "The list leaves out %(n)s units that are below its places.",
            n,
        )
        text += " " + (
            _(
                "%(closing)s of them close today; %(left)s cannot, because open units are below or they run programmes."
            )
            if closing and closing < n
            else _("They close today.")
            if closing
            else _("They stay as they are.")
        )
        sentences.append(text % {"n": grouped(n), "closing": grouped(closing), "left": grouped(n - closing)})
    return sentences + _tells_hanging(whole)


def _tells_hanging(whole: Mapping[str, int]) -> list[str]:
    things = {dependent.key: dependent for dependent in hanging.things()}
    sentences = []
    for what, n in whole.items():
        mark, _sign, rest = what.partition(" ")
        answer, _sign, key = rest.partition(" ")
        if mark == "hangs" and key in things:
            facts = {"what": things[key].title, "n": grouped(n), "answer": hanging.Answer(answer).label}
            if things[key].is_people:  # a bringer of units may not see people, nor how many there are
                sentences.append(_("Of the units that close: %(what)s. %(answer)s.") % facts)
            else:
                sentences.append(_("Of the units that close: %(what)s: %(n)s. %(answer)s.") % facts)
    return sentences


def closing_to_confirm(whole: Mapping[str, int]) -> str:
    """Return the act of a list that its bringer says yes to apart."""
    if not (n := whole.get("closing_missing", 0)):
        return ""
    text = ngettext(
        "Close %(n)s unit that is not in the list", "Close %(n)s units that are not in the list", n
    )
    return text % {"n": grouped(n)}


def lacking_units(import_id: int, first: int, how_many: int) -> Sequence[Lacking]:
    """Known units that a list does not name, by code."""

    rows = Unit.objects.filter(
        pk__in=UnitLacking.objects.filter(import_id=import_id).values("unit_id")
    ).order_by("code")
    units = rows[first : first + min(how_many, 1_000)]
    return [Lacking(unit.code, name_in_language(unit.names), _kind_said(unit.kind)) for unit in units]


def check(work: Work) -> None:
    """Check a list of units and note what it would do."""
    _staged(work)
    day = clock.day_in(settings.TIME_ZONE, work.at)
    _count(
        work,
        actions.preview_units(
            import_id=work.id, on=day, within=work.unit_id, closes_missing=_closes_missing(work)
        ),
    )


def _closes_missing(work: Work) -> bool:
    return work.options.get("close_missing") == "yes"


def commit(work: Work) -> None:
    """Make, change, place and move the units of a list; they stand where it says from today."""
    _staged(work)
    day = clock.day_in(settings.TIME_ZONE, work.at)
    counts = actions.take_in(
        import_id=work.id,
        on=day,
        by=work.by,
        at=work.at,
        within=work.unit_id,
        closes_missing=_closes_missing(work),
        answers=_answers(work),
        tell=work.progress,
    )
    _count(work, counts)


def undo(work: Work) -> None:
    """All units and places as they were before the list."""
    day = clock.day_in(settings.TIME_ZONE, work.at)
    work.count("made", actions.undo_units_import(import_id=work.id, by=work.by, at=work.at, on=day))


def changes_of_units(import_id: int, first: int, how_many: int) -> Sequence[RowDifference]:
    """Return what a list changes of units that exist, field by field."""
    unit_differences = UnitDifference.objects.filter(import_id=import_id).order_by("row", "field")
    return [
        RowDifference(d.row, d.code, d.field, d.old, d.new)
        for d in unit_differences[first : first + min(how_many, 1_000)]
    ]


UNITS_KIND = ImportKind(
    key="units",
    title=_("Units"),
    explains=_("The organisation's units from nation to booth, and their place in each hierarchy."),
    layout=UNITS,
    capability="imports.units",
    outcomes={
        "made": RowOutcome(_("New"), "ok"),
        "moved": RowOutcome(_("Moved"), "warn"),
        "changed": RowOutcome(_("Changed"), "ok"),
        "closed": RowOutcome(_("Closed"), "warn"),
        "closed_missing": RowOutcome(_("Closed, not in the list"), "warn"),
        "same": RowOutcome(_("Unchanged")),
    },
    options=(
        Option(
            key="close_missing",
            title=_("Close units that are not in the list"),
            choices=lambda: [("", str(_("No"))), ("yes", str(_("Yes")))],
            required=False,
            help=_(
                "Only units already here, below the places of the list. We count them, and you "
                "confirm separately."
            ),
        ),
        Option(
            key="hanging",
            title=_("Targets, people and offices of units that close"),
            choices=lambda: [(answer.value, str(answer.label)) for answer in hanging.Answer],
            required=False,
            default=hanging.Answer.GOES,
            help=_("What you can't change stays. Without a successor, everything that can end ends."),
        ),
        Option(
            key="hierarchy",
            title=_("Hierarchy of the column “Parent”"),
            choices=lambda: [("", "—"), *((str(value), str(label)) for value, label in Hierarchy.choices)],
            required=False,
            help=_("Needed only if the list has one column for the unit above."),
        ),
    ),
    reasons=REASONS,
    said=SAID,
    consequences=frozenset({"parent_refused"}),
    check=check,
    commit=commit,
    undo=undo,
    differences=changes_of_units,
    tells=unit_list_words,
    lacking=lacking_units,
    confirms=closing_to_confirm,
)

# PIN codes

PINS = Layout(
    key="pins",
    personal=False,
    fields=(
        Field("pin", "PIN code", "पिन कोड", "pin, pincode, postal code", Cell.PIN, required=True),
        *PLACE,
        Field("sample", "Sample", "नमूना", "is sample", Cell.CHOICE, choices=YES_NO),
    ),
)


def _pins(work: Work, *, write: bool) -> None:
    staging.open_pins()
    for batch in rows_with_places(work):
        staging.stage_pins(((n, pin, code, sample == "yes") for n, pin, code, sample in batch.rows))
        staging.stage_faulty_pins(((n, code) for n, _pin, code, _sample in batch.faulty))
    counts = staging.check_pins(within=work.unit_id)
    if write:
        actions.take_in_pins(import_id=work.id, by=work.by, at=work.at)
    for outcome, n in counts.items():
        if n:
            work.count(outcome, n)
    _refuse(work, "t_pin_staged")


PINS_KIND = ImportKind(
    key="pins",
    title=_("PIN codes"),
    explains=_("Which units a PIN code belongs to. With it we find the place of people without a unit."),
    layout=PINS,
    capability="imports.pins",
    outcomes={"made": RowOutcome(_("New"), "ok"), "same": RowOutcome(_("Unchanged"))},
    reasons=unit_lists.REASONS | REASONS,
    check=lambda work: _pins(work, write=False),
    commit=lambda work: _pins(work, write=True),
    undo=lambda work: work.count("made", actions.take_back_pins(import_id=work.id, by=work.by, at=work.at)),
)
KINDS_OF_LIST = (UNITS_KIND, PINS_KIND)
