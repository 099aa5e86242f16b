"""The lists this room takes in by staged import: totals of an earlier drive, and who is to be in charge where."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from abhiyan.core.imports import Difference, ImportKind, Option, Outcome, Work
from abhiyan.core.keys import keyring
from abhiyan.core.models import JournalPage
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.tables.layout import Field, Kind, Layout
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import named
from abhiyan.people import phones
from abhiyan.people import queries as people
from abhiyan.units import queries as units

from . import actions, queries
from .models import InCharge, Programme, UnitTotal

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
    """Row, code, unit, total of every sound row; the others are refused."""
    rows: list[tuple[int, str, int]] = [row for batch in work.rows() for row in batch.rows]
    ids, outside = _places({code for _row, code, _n in rows}, work.unit_id)
    first: dict[int, int] = {}
    found = []
    for row, code, n in rows:
        unit = ids.get(code)
        if unit is None:
            work.refuse(row, "unit_code", "unit_unknown", unit=code)
        elif unit in outside:
            work.refuse(row, "unit_code", "unit_outside", unit=code)
        elif unit in first:
            work.refuse(row, "unit_code", "doubled", first=first[unit])
        else:
            first[unit] = row
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
_REFUSALS: tuple[type[Refused], ...] = (
    actions.AlreadyInCharge,
    actions.ScopeOutside,
    actions.UnknownAccount,
    NotYours,
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
        for one in queries.search("", limit=100)
        if one.state == Programme.State.OPEN
    ]


def _accounts(rows: Sequence[tuple[Any, ...]]) -> Iterator[UUID | None]:
    """Whom each row means: by the phone if it gives one, else by the account's public id."""
    by_phone = people.accounts_by_phone()
    ring = keyring()
    for _row, phone, user, _code, _role in rows:
        if phone:
            yield by_phone.get(ring.phone_id(phone))
        else:
            try:
                yield UUID(user)
            except ValueError:
                yield None


def _name_all(work: Work) -> tuple[int, list[tuple[int, str, str, dict[str, object]]]]:
    """Name whoever the list names. How many were, and the rows that cannot be: row, field, code, facts."""
    rows = [row for batch in work.rows(phone=phones.parse) for row in batch.rows]
    try:
        programme = queries.programme(UUID(work.options["programme"]))
    except NotFound:
        raise ProgrammeGone from None
    ids, outside = _places({row[3] for row in rows}, work.unit_id)
    named_now = 0
    refused: list[tuple[int, str, str, dict[str, object]]] = []
    accounts = _accounts([row for row in rows if row[1] or row[2]])
    for number, (row, phone, user, code, role) in enumerate(rows):
        if not phone and not user:
            refused.append((row, "phone", "who_needed", {}))
            continue
        who, unit = next(accounts), ids.get(code)
        if who is None:
            refused.append((row, "phone" if phone else "user", "unknown_account", {}))
        elif unit is None or unit in outside:
            refused.append((row, "unit_code", "unit_outside" if unit else "unit_unknown", {"unit": code}))
        else:
            try:
                actions.name_in_charge(
                    programme_id=programme.pk,
                    unit_id=unit,
                    account=who,
                    role=role or InCharge.Role.IN_CHARGE,
                    by=work.by,
                    at=work.at,
                    import_id=work.id,
                )
                named_now += 1
            except _REFUSALS as no:
                refused.append((row, "unit_code", no.code, {"unit": code}))
        work.progress(number, len(rows))
    return named_now, refused


def _check_in_charges(work: Work) -> None:
    """The very acts, and all of them taken back: what would be refused is refused."""
    with transaction.atomic():
        found, refused = _name_all(work)
        transaction.set_rollback(True)
    _tell(work, found, refused)


def _commit_in_charges(work: Work) -> None:
    _tell(work, *_name_all(work))


def _tell(work: Work, found: int, refused: Sequence[tuple[int, str, str, dict[str, object]]]) -> None:
    for row, field, code, facts in refused:
        work.refuse(row, field, code, **facts)
    if found:
        work.count("named", found)


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
        "unknown_account": _("Nobody who signs in here has this phone or user id. Appoint them first."),
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
