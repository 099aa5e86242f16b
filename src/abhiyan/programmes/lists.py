"""The lists this room takes in by staged import: totals of an earlier drive, and who is to be in charge where."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from abhiyan.core.keys import keyring
from abhiyan.core.refusals import NotFound
from abhiyan.core.words import name_in_language
from abhiyan.imports.kinds import ImportKind, Option, RowOutcome
from abhiyan.imports.tables.layout import CellKind, Field, Layout
from abhiyan.imports.work import Work
from abhiyan.org import queries as org
from abhiyan.people import phones
from abhiyan.people import queries as people
from abhiyan.units.unit_lists import PLACE, PLACES, REASONS, every_row, ids_by_code, list_of_figures

from . import actions, queries
from .actions import ProgrammeGone
from .models import InCharge, UnitTotal

TOTALS_KIND = list_of_figures(
    key="totals",
    model=UnitTotal,
    fields={
        "n": Field(
            "total",
            "Total",
            "कुल",
            "members, count, सदस्य, संख्या, सदस्य संख्या",
            CellKind.INTEGER,
            required=True,
            least=0,
            most=2_000_000_000,
        )
    },
    of=("label",),
    said=("source",),
    title=_("Totals of an earlier drive"),
    explains=_(
        "What each unit reached before, as somebody counted it. You can split targets by it; "
        "it is not shown as counted."
    ),
    capability="imports.totals",
    options=(
        Option(
            key="label",
            title=_("What these figures are of"),
            help=_("Such as: Drive of 2019. You choose it by this name when you split targets."),
        ),
        Option(
            key="source",
            title=_("Where the figures are from"),
            help=_("Who counted them, and when. Shown beside the figures."),
        ),
    ),
)

# People to put in charge

ROLES = {
    "in_charge": ("in-charge", "incharge", "in charge", "प्रभारी"),
    "co_in_charge": ("co-in-charge", "co-incharge", "co in charge", "सह प्रभारी", "सह-प्रभारी"),
}
IN_CHARGES = Layout(
    key="in_charges",
    fields=(
        Field("phone", "Phone", "फ़ोन", "mobile, phone number, मोबाइल, मोबाइल नंबर", CellKind.PHONE),
        # Not called an account: a column of that name is taken for a bank's, and never read.
        Field("user", "User", "उपयोगकर्ता", "user id", CellKind.CODE, max_length=36),
        *PLACE,
        Field("role", "Role", "भूमिका", "as, दायित्व", CellKind.CHOICE, choices=ROLES),
    ),
)


def _programmes() -> list[tuple[str, str]]:
    """Return programmes under way, by public id and name."""
    language = (get_language() or "en").partition("-")[0]
    return [
        (str(programme.public_id), name_in_language(programme.names, language))
        for programme in queries.search_programmes("", limit=100, only_open=True)
    ]


def _known_people(work: Work, rows: Sequence[tuple[Any, ...]]) -> dict[UUID | None, int]:
    """Return the people the rows mean, by the id of the phone and by the public id, if the list's bringer may
    see them.

    Anybody else is answered like an unknown person: otherwise a list would tell which numbers sign in here.
    """
    ring = keyring()
    phone_ids = {ring.phone_id(phone) for _row, phone, _user, _code, _role in rows if phone}
    public_ids = {public_id for _row, _phone, user, _code, _role in rows if (public_id := _uuid(user))}
    with org.seen_by(work.by, at=work.at, reason="people a list names"):
        accounts = people.accounts_near(phone_ids=phone_ids, public_ids=public_ids)
    account_by_id: dict[UUID | None, int] = {account.phone_id: account.pk for account in accounts}
    return account_by_id | {account.public_id: account.pk for account in accounts}


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


Fault = tuple[int, str, str, dict[str, object]]  # row, field, code, facts


def _namings(work: Work) -> tuple[int, list[tuple[int, str, actions.Naming]], list[Fault]]:
    """Return the programme's id, the namings of the rows, and the faults of the other rows: all of it at once."""
    rows = every_row(work, phone=phones.parse)
    try:
        programme = queries.programme(UUID(work.options["programme"]))
    except NotFound:
        raise ProgrammeGone from None
    ids, outside = ids_by_code({row[3] for row in rows if row[3]}, work.unit_id)
    account_by_id, ring = _known_people(work, rows), keyring()
    namings: list[tuple[int, str, actions.Naming]] = []
    faults: list[Fault] = []
    for row, phone, user, code, role in rows:
        unit = ids.get(code)
        account = account_by_id.get(ring.phone_id(phone) if phone else _uuid(user))
        if account is None and (phone or user):
            faults.append((row, "phone" if phone else "user", "unknown_account", {}))
        elif account is None and not work.is_refused(row, "phone") and not work.is_refused(row, "user"):
            faults.append((row, "phone", "who_needed", {}))
        if code and unit is None:
            faults.append((row, "unit_code", "unit_unknown", {"unit": code}))
        elif unit in outside:
            faults.append((row, "unit_code", "unit_outside", {"unit": code}))
        elif unit is not None:
            namings.append((row, code, actions.Naming(unit, account, role or InCharge.Role.IN_CHARGE)))
    return programme.pk, namings, faults


def _take(work: Work, *, write: bool) -> None:
    programme_id, found, faults = _namings(work)
    bad = {row for row, _field, _code, _facts in faults}
    sound = [naming for naming in found if naming[0] not in bad and not work.is_refused(naming[0])]
    # Rows that are refused already still get the refusal that nobody may be named there.
    rest = [naming for naming in found if naming[0] in bad or work.is_refused(naming[0])]
    params: dict[str, Any] = {"programme_id": programme_id, "by": work.by, "at": work.at}
    namings = [naming for _row, _code, naming in sound]
    if write:
        answers = actions.name_many(namings=namings, import_id=work.id, **params)
    else:
        answers = actions.look_at_namings(namings=namings, **params)
    answers += actions.look_at_namings(namings=[naming for _row, _code, naming in rest], **params)
    for (row, code, _naming), no in zip(sound + rest, answers, strict=True):
        if no is not None and not isinstance(no, actions.UnknownAccount):  # its own column reports that
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
        "Who is in charge of a programme in which unit. Each of them gets a message and may "
        "decline. They must sign in here already."
    ),
    layout=IN_CHARGES,
    capability="programmes.run",
    outcomes={"named": RowOutcome(_("Will be named"), "ok", _("Named"))},
    options=(Option(key="programme", title=_("Programme"), choices=_programmes),),
    reasons=REASONS
    | {
        "who_needed": _("Write the phone or the user id of the person."),
        "unknown_account": _("Nobody in your units has this phone or user id. Appoint them first."),
        "already_in_charge": _("This person is already in charge in %(unit)s."),
        "scope_outside": _("The programme does not run in %(unit)s."),
        "not_yours": _("Your role can't name in-charges in %(unit)s."),
    },
    places=PLACES,
    check=_check_in_charges,
    commit=_commit_in_charges,
    undo=_undo_in_charges,
    max_bytes=8 << 20,
)
KINDS_OF_LIST = (TOTALS_KIND, IN_CHARGES_KIND)
