"""The lists this room takes in by staged import: totals of an earlier drive, and who is to be in charge where."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.core.imports import Difference, ImportKind, Option, Outcome, Work
from abhiyan.core.keys import keyring
from abhiyan.core.models import JournalPage
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.scope import NOTHING, Scope, scoped, system
from abhiyan.core.tables.layout import Field, Kind, Layout
from abhiyan.org import queries as org
from abhiyan.org.viewer import named
from abhiyan.people import phones
from abhiyan.people import queries as people
from abhiyan.units import queries as units

from . import actions, queries
from .models import InCharge, UnitTotal

_UNIT = Field(
    "unit_code",
    "Unit code",
    "इकाई कोड",
    ("code", "unit", "कोड", "इकाई"),
    Kind.CODE,
    required=True,
    max_length=64,
)
_AT_ONCE = 5_000

REASONS = {
    "unit_unknown": _("There is no unit with the code %(unit)s."),
    "unit_outside": _("The unit %(unit)s does not stand below the unit this list is for."),
    "doubled": _("This stands in row %(first)s already."),
}


def _places(codes: set[str], within: int | None) -> tuple[dict[str, int], set[int]]:
    """Ids by code, and those ids that do not stand at or below `within` in any hierarchy."""
    ids = units.ids_of(codes)
    if within is None:
        return ids, set()
    bounds = units.all_spans([within]).get(within, [])
    spans = units.all_spans(ids.values())
    outside = {
        unit
        for unit in ids.values()
        if not any(lo <= own < hi for own, _end in spans.get(unit, []) for lo, hi in bounds)
    }
    return ids, outside


def _read(work: Work, **more: Any) -> list[tuple[Any, ...]]:
    """Every row in the order of the file; also those with a cell that was refused (None there)."""
    rows = [row for batch in work.rows(**more) for row in (*batch.rows, *batch.faulty)]
    return sorted(rows, key=lambda row: int(row[0]))


# What an earlier drive reached

TOTALS = Layout(
    key="totals",
    personal=False,
    fields=(
        _UNIT,
        Field(
            "total",
            "Total",
            "कुल",
            ("members", "count", "सदस्य", "संख्या", "सदस्य संख्या"),
            Kind.INTEGER,
            required=True,
            least=0,
            most=2_000_000_000,
        ),
    ),
)


def _figures(work: Work) -> list[tuple[int, str, int, int]]:
    """Row, code, unit, total of every sound row; the others are refused, for all that is wrong with them."""
    rows = _read(work)
    ids, outside = _places({code for _row, code, _n in rows if code}, work.unit_id)
    first: dict[int, int] = {}
    found = []
    for row, code, n in rows:
        unit = ids.get(code)
        if not code:
            continue  # refused by the reader
        if unit is None:
            work.refuse(row, "unit_code", "unit_unknown", unit=code)
        elif unit in outside:
            work.refuse(row, "unit_code", "unit_outside", unit=code)
        elif unit in first:
            work.refuse(row, "unit_code", "doubled", first=str(first[unit]))  # a row, no count
        else:
            first[unit] = row
            if not work.is_refused(row):
                found.append((row, code, unit, n))
    return found


def _known(work: Work, figures: Sequence[tuple[int, str, int, int]]) -> dict[int, int]:
    found = UnitTotal.objects.filter(
        label=work.options["label"], unit_id__in=[unit for _r, _c, unit, _n in figures]
    )
    return dict(found.values_list("unit_id", "n"))


def _count(work: Work, figures: Sequence[tuple[int, str, int, int]], known: dict[int, int]) -> None:
    for _row, _code, unit, n in figures:
        work.count("new" if unit not in known else "same" if known[unit] == n else "changed")


def _check_totals(work: Work) -> None:
    figures = _figures(work)
    known = _known(work, figures)
    _count(work, figures, known)
    changed = [
        [row, code, known[unit], n] for row, code, unit, n in figures if unit in known and known[unit] != n
    ]
    for start in range(0, len(changed), _AT_ONCE):
        work.keep({"changed": changed[start : start + _AT_ONCE]})


def _commit_totals(work: Work) -> None:
    figures = _figures(work)
    _count(work, figures, _known(work, figures))
    for start in range(0, len(figures), _AT_ONCE):
        before = actions.take_in_totals(
            label=work.options["label"],
            source=work.options["source"],
            figures=[(unit, n, row) for row, _code, unit, n in figures[start : start + _AT_ONCE]],
            import_id=work.id,
            by=work.by,
            at=work.at,
        )
        work.keep({"before": before})
        work.progress(start + _AT_ONCE, len(figures))


def _undo_totals(work: Work) -> None:
    for page in work.kept(backwards=True):
        n = actions.take_back_totals(
            label=work.options["label"],
            before=page.get("before", ()),
            import_id=work.id,
            by=work.by,
            at=work.at,
        )
        work.count("new", n)


def _differences(import_id: int, first: int, how_many: int) -> Sequence[Difference]:
    found = [
        Difference(row, code, "total", str(old), str(new))
        for page in JournalPage.objects.filter(import_id=import_id).order_by("number")
        for row, code, old, new in page.facts.get("changed", ())
    ]
    return found[first : first + how_many]


TOTALS_KIND = ImportKind(
    key="totals",
    title=_("Totals of an earlier drive"),
    explains=_(
        "What each unit reached before, as somebody counted it: a basis for splitting targets. It is on no ladder."
    ),
    layout=TOTALS,
    capability="imports.totals",
    outcomes={
        "new": Outcome(_("New"), "ok"),
        "changed": Outcome(_("Changed"), "ok"),
        "same": Outcome(_("Unchanged")),
    },
    options=(
        Option(
            key="label",
            title=_("What they are of"),
            help=_("Such as: Drive of 2019. Targets are split by this name."),
        ),
        Option(
            key="source",
            title=_("Where the figures are from"),
            help=_("Who counted them, and when: it stands beside them."),
        ),
    ),
    reasons=REASONS,
    check=_check_totals,
    commit=_commit_totals,
    undo=_undo_totals,
    differences=_differences,
)

# Who is to be in charge

ROLES = {
    "in_charge": ("in-charge", "incharge", "in charge", "प्रभारी"),
    "co_in_charge": ("co-in-charge", "co-incharge", "co in charge", "सह प्रभारी", "सह-प्रभारी"),
}
IN_CHARGES = Layout(
    key="in_charges",
    fields=(
        Field("phone", "Phone", "फ़ोन", ("mobile", "phone number", "मोबाइल", "मोबाइल नंबर"), Kind.PHONE),
        # Not called an account: a column of that name is taken for a bank's, and never read.
        Field("user", "User", "उपयोगकर्ता", ("user id",), Kind.CODE, max_length=36),
        _UNIT,
        Field("role", "Role", "भूमिका", ("as", "दायित्व"), Kind.CHOICE, choices=ROLES),
    ),
)


class ProgrammeGone(Refused):
    """The programme of the list is no more."""

    code = "programme_gone"
    message = _(
        "The programme this list belongs to is no longer there. Begin a new import and choose another."
    )


def _programmes() -> list[tuple[str, str]]:
    """Programmes under way, by public id and name."""
    language = (get_language() or "en").partition("-")[0]
    return [
        (str(one.public_id), named(one.names, language))
        for one in queries.search("", limit=100, only_open=True)
    ]


def _known_people(work: Work, rows: Sequence[tuple[Any, ...]]) -> dict[UUID | None, int]:
    """Whom the rows mean, by the id of the phone and by the public id: of those whom the list's bringer may see.

    Anybody else is answered like nobody: else a list would tell which numbers sign in here.
    """
    ring = keyring()
    phone_ids = {ring.phone_id(phone) for _row, phone, _user, _code, _role in rows if phone}
    public_ids = {one for _row, _phone, user, _code, _role in rows if (one := _uuid(user))}
    with _sight_of(work):
        found = people.accounts_near(phone_ids=phone_ids, public_ids=public_ids)
    known: dict[UUID | None, int] = {account.phone_id: account.pk for account in found}
    return known | {account.public_id: account.pk for account in found}


def _sight_of(work: Work) -> AbstractContextManager[Scope]:
    if work.by.kind == "system":
        return system("a list from the console")
    on = clock.day_in(settings.TIME_ZONE, work.at)
    own = org.scope_of(work.by.account_id, on) if work.by.account_id is not None else NOTHING
    return scoped(replace(own, reason="people a list names"))


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


Fault = tuple[int, str, str, dict[str, object]]  # row, field, code, facts


def _namings(work: Work) -> tuple[int, list[tuple[int, str, actions.Naming]], list[Fault]]:
    """The programme's id, whom the rows would name where, and what is wrong with the others: all of it at once."""
    rows = _read(work, phone=phones.parse)
    try:
        programme = queries.programme(UUID(work.options["programme"]))
    except NotFound:
        raise ProgrammeGone from None
    ids, outside = _places({row[3] for row in rows if row[3]}, work.unit_id)
    known, ring = _known_people(work, rows), keyring()
    found: list[tuple[int, str, actions.Naming]] = []
    faults: list[Fault] = []
    for row, phone, user, code, role in rows:
        unit = ids.get(code)
        account = known.get(ring.phone_id(phone) if phone else _uuid(user))
        if account is None and (phone or user):
            faults.append((row, "phone" if phone else "user", "unknown_account", {}))
        elif account is None and not work.is_refused(row, "phone") and not work.is_refused(row, "user"):
            faults.append((row, "phone", "who_needed", {}))
        if code and unit is None:
            faults.append((row, "unit_code", "unit_unknown", {"unit": code}))
        elif unit in outside:
            faults.append((row, "unit_code", "unit_outside", {"unit": code}))
        elif unit is not None:
            found.append((row, code, actions.Naming(unit, account, role or InCharge.Role.IN_CHARGE)))
    return programme.pk, found, faults


def _take(work: Work, *, write: bool) -> None:
    programme_id, found, faults = _namings(work)
    bad = {row for row, _field, _code, _facts in faults}
    sound = [one for one in found if one[0] not in bad and not work.is_refused(one[0])]
    # Of rows that are refused already it is still told when nobody may be named there.
    rest = [one for one in found if one[0] in bad or work.is_refused(one[0])]
    asked: dict[str, Any] = {"programme_id": programme_id, "by": work.by, "at": work.at}
    namings = [naming for _row, _code, naming in sound]
    if write:
        answers = actions.name_many(namings=namings, import_id=work.id, **asked)
    else:
        answers = actions.look_at_namings(namings=namings, **asked)
    answers += actions.look_at_namings(namings=[naming for _row, _code, naming in rest], **asked)
    for (row, code, _naming), no in zip(sound + rest, answers, strict=True):
        if no is not None and not isinstance(no, actions.UnknownAccount):  # that is told by its own column
            faults.append((row, "unit_code", no.code, {"unit": code}))
    for row, field, code, facts in sorted(faults, key=lambda fault: fault[0]):
        work.refuse(row, field, code, **facts)
    if n := sum(no is None for no in answers[: len(sound)]):
        work.count("named", n)


def _check_in_charges(work: Work) -> None:
    _take(work, write=False)


def _commit_in_charges(work: Work) -> None:
    _take(work, write=True)


def _undo_in_charges(work: Work) -> None:
    work.count("named", actions.end_named_by(import_id=work.id, by=work.by, at=work.at))


IN_CHARGES_KIND = ImportKind(
    key="in_charges",
    title=_("In-charges of a programme"),
    explains=_(
        "Who answers for a programme in which unit. Each is told and may decline; they must sign in here already."
    ),
    layout=IN_CHARGES,
    capability="programmes.run",
    outcomes={"named": Outcome(_("Named"), "ok")},
    options=(Option(key="programme", title=_("Programme"), choices=_programmes),),
    reasons=REASONS
    | {
        "who_needed": _("Give the phone or the user id of the person."),
        "unknown_account": _("Nobody in your units signs in with this phone or user id. Appoint them first."),
        "already_in_charge": _("This person is already in charge in %(unit)s."),
        "scope_outside": _("The programme does not run in %(unit)s."),
        "not_yours": _("Your appointments do not let you name somebody in %(unit)s."),
    },
    check=_check_in_charges,
    commit=_commit_in_charges,
    undo=_undo_in_charges,
    max_bytes=8 << 20,
)
KINDS_OF_LIST = (TOTALS_KIND, IN_CHARGES_KIND)
