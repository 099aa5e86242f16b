"""The list this room takes in: workers, their places and hosts."""

from typing import Any
from uuid import UUID

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
from abhiyan.programmes.actions import ProgrammeGone
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import open_programmes_of, programme
from abhiyan.units.unit_lists import PLACE, REASONS, every_row, ids_by_code

from . import actions, refusals
from .actions import LONGEST_HOST, NewStay
from .queries import KIND

AT_ONCE = 5_000
LAYOUT = Layout(
    key="stays",
    fields=(
        *PLACE,
        Field(
            "phone",
            "Worker's phone",
            "कार्यकर्ता का फ़ोन",
            "phone, mobile, worker, worker phone, फ़ोन, मोबाइल, कार्यकर्ता",
            CellKind.PHONE,
            required=True,
        ),
        Field("host", "Host", "मेज़बान", "host name, मेज़बान का नाम", CellKind.NAME, max_length=LONGEST_HOST),
        Field("host_phone", "Host's phone", "मेज़बान का फ़ोन", "host phone, host mobile", CellKind.PHONE),
    ),
)
# The cell of each reason against a stay.
_CELLS: dict[Any, str] = {
    refusals.NoSuchPlace: "unit_code",
    refusals.PlaceTaken: "unit_code",
    refusals.StayWorkerUnknown: "phone",
    refusals.WorkerElsewhere: "phone",
    refusals.FromOutside: "phone",
    refusals.HostIsWorker: "host_phone",
}


def _choices() -> list[tuple[str, str]]:
    return [(str(run.public_id), name_in_language(run.names)) for run in open_programmes_of(KIND)]


def _programme(work: Work) -> Programme:
    try:
        run = programme(UUID(work.options["programme"]))
    except NotFound:
        raise ProgrammeGone from None
    actions.require_open(programme=run, at=work.at)
    return run


def _known(work: Work, ids: list[UUID]) -> dict[UUID, int]:
    """Accounts by phone, only within the bringer's sight: a list must not tell which numbers sign in here."""
    accounts: dict[UUID, int] = {}
    with org.seen_by(work.by, at=work.at, reason="people a list names"):
        for start in range(0, len(ids), AT_ONCE):
            some = people.accounts_near(phone_ids=ids[start : start + AT_ONCE])
            accounts |= {account.phone_id: account.pk for account in some}
    return accounts


def _take(work: Work, *, write: bool) -> None:
    run = _programme(work)
    rows = every_row(work, within=work.unit_id or run.owner_id, phone=phones.parse)
    ids, outside = ids_by_code({row[1] for row in rows if row[1]}, work.unit_id)
    ring = keyring()
    phone_ids = {row[2]: ring.phone_id(row[2]) for row in rows if row[2]}
    accounts = _known(work, list(phone_ids.values()))
    stays: list[tuple[int, NewStay]] = []
    for number, code, phone, host, host_phone in rows:
        unit, worker = ids.get(code), accounts.get(phone_ids[phone]) if phone else None
        if code and unit is None:
            work.refuse(number, "unit_code", "unit_unknown", unit=code)
        elif unit in outside:
            work.refuse(number, "unit_code", "unit_outside", unit=code)
        if phone and worker is None:
            work.refuse(number, "phone", refusals.StayWorkerUnknown.code)
        if unit is not None and worker is not None and not work.is_refused(number):
            stays.append((number, NewStay(unit, worker, host or "", host_phone or "")))
    bad = actions.unfit(programme=run, some=[new for _number, new in stays], at=work.at)
    for n, why in sorted(bad.items()):
        work.refuse(stays[n][0], _CELLS[why], why.code)
    fit = [new for n, (_number, new) in enumerate(stays) if n not in bad]
    if fit:
        work.count("assigned", len(fit))
    for start in range(0, len(fit) if write else 0, AT_ONCE):
        actions.store(
            programme=run, some=fit[start : start + AT_ONCE], by=work.by, at=work.at, import_id=work.id
        )
        work.progress(start, len(fit))


def _check(work: Work) -> None:
    _take(work, write=False)


def _commit(work: Work) -> None:
    _take(work, write=True)


def _undo(work: Work) -> None:
    gone, stay = actions.withdraw_import(import_id=work.id, by=work.by, at=work.at)
    for outcome, n in (("assigned", gone), ("there", stay)):
        if n:
            work.count(outcome, n)


LIST = ImportKind(
    key="stays",
    title=_("Village stays: workers and places"),
    explains=_(
        "Which worker stays in which booth, village or ward, and with which host. Workers hold an office already. "
        "Each gets a message and may decline."
    ),
    layout=LAYOUT,
    capability="programmes.run",
    outcomes={
        "assigned": RowOutcome(_("Will be assigned"), "ok", _("Assigned")),
        "there": RowOutcome(_("There already: stay assigned"), "warn"),
    },
    options=(Option(key="programme", title=_("Programme"), choices=_choices),),
    reasons=REASONS | {why.code: why.message for why in _CELLS},
    places=("booth", "village", "ward"),
    check=_check,
    commit=_commit,
    undo=_undo,
)
KINDS_OF_LIST = (LIST,)
