"""Read the phones' words that ended terms: for the person and the data officer; to others only a count."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from abhiyan.core import sql
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.small_cells import shown_count
from abhiyan.core.words import name_in_language
from abhiyan.enrolment.models import Halt, HeldLeave, Membership, Parting
from abhiyan.enrolment.rules import bursts, endings
from abhiyan.enrolment.rules.channels import CHANNELS, Channel
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import LedgerNode
from abhiyan.ui import numbers
from abhiyan.ui.numbers import grouped

from .people import senders
from .terms import first_call

MOST_HALTS = 20


@dataclass(frozen=True, slots=True)
class EntrySource:
    """The source of an entry, in words: its sender and its time. is_own: nobody for the person."""

    who: str
    entered_at: datetime
    is_own: bool
    term_id: UUID


def count_denied(node: LedgerNode, programme: Programme, *, at: datetime) -> int | None:
    """Count the people below a unit who said that they never joined a drive, or one beneath it.

    The count is a day old, and in fives: at least so many; None: fewer than five. Readers who do not see the
    people there get it rounded to 10 and from 10 on.
    """
    with system("how many never joined"):
        n = sql.count(
            "select count(*) from enrolment_parting x where x.kind = %(denied)s"
            " and x.programme_id = any(%(programmes)s) and x.at < %(until)s"
            " and x.unit_id in (select p.unit_id from units_placement p"
            " where p.hierarchy = %(hierarchy)s and p.lo >= %(lo)s and p.lo < %(hi)s)",
            {
                "denied": endings.DENIED,
                "programmes": programme.counted_ids,
                "until": bursts.shown_until(at=at, zone=programme.zone),
                "hierarchy": node.hierarchy,
                "lo": node.lo,
                "hi": node.hi,
            },
        )
    return bursts.noes_shown(n) if node.is_exact else shown_count(n)


def noes_today(
    programme_ids: Sequence[int], span: tuple[int, int] | None, *, at: datetime, zone: str
) -> dict[str, int]:
    """Count the terms phones ended since midnight, by kind (rules.endings); span: only below a unit.

    In a system scope; the caller rounds it.
    """
    midnight = datetime.combine(at.astimezone(ZoneInfo(zone)).date(), time(), ZoneInfo(zone))
    lo, hi = span or (None, None)
    return dict(
        sql.rows(
            "select x.kind, count(*) from enrolment_parting x where x.at >= %(since)s and x.undone_at is null"
            " and x.programme_id = any(%(of)s) and (%(lo)s::bigint is null or exists (select from units_placement p"
            " where p.unit_id = x.unit_id and p.lo >= %(lo)s and p.lo < %(hi)s)) group by 1",
            {"since": midnight, "of": list(programme_ids), "lo": lo, "hi": hi},
        )
    )


def denied_at(phone_id: UUID, at: datetime) -> list[EntrySource]:
    """Return the sources of entries that a phone said, at this instant, nobody on it had made. In a system scope."""
    return entry_sources(list(Parting.objects.filter(phone_id=phone_id, kind="denied", at=at).order_by("pk")))


def left_at(phone_id: UUID, at: datetime) -> list[Membership]:
    """Return the memberships that a phone's word, at this instant, ended by leaving: on it, and on other phones of the
    same people. In a system scope."""
    partings = Parting.objects.filter(said_by=phone_id, kind=endings.LEFT, at=at, undone_at=None)
    ids = list(partings.values_list("public_id", flat=True))
    return list(Membership.objects.filter(public_id__in=ids).order_by("roll_id", "id"))


_OF_TERM = f"""select coalesce(w.completed_import, c.import_id), c.by, c.channel, c.at, e.unit_id
 from enrolment_enrolment e join enrolment_claim c on c.id = e.claim_id
 {first_call()} where e.id = %s"""


def source_of_term(term_id: UUID) -> EntrySource | None:
    """Return the source of the entry that opened a term. In a system scope."""
    row = sql.row(_OF_TERM, [term_id])
    if row is None:
        return None
    import_id, by, channel, at, unit_id = row
    return entry_sources(
        [Parting(import_id=import_id, by=by, entered_channel=channel, entered_at=at, unit_id=unit_id)]
    )[0]


@dataclass(frozen=True, slots=True)
class Denied:
    """An entry whose phone says that nobody joined, as the data officer reads it."""

    public_id: UUID
    at: datetime
    name: str
    unit: str
    channel: int
    source: EntrySource
    by: UUID
    import_id: int | None
    device: str


PER_PAGE = 50


def denied_entries(
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
    newest_first: bool = True,
    span: tuple[int, int] | None = None,
    sender: UUID | None = None,
    import_id: int | None = None,
) -> list[Denied]:
    """Return denied entries in the viewer's scope, a page of them: only the data officer's shows any.

    after: instant and public id of the last of the page before. span: positions of a unit and all below it.
    sender, import_id: of one source.
    """
    partings = Parting.objects.filter(kind=endings.DENIED)
    if span is not None:
        partings = partings.filter(
            unit_id__in=RawSQL("select unit_id from units_placement where lo >= %s and lo < %s", span)
        )
    if sender is not None:
        partings = partings.filter(by=sender)
    if import_id is not None:
        partings = partings.filter(import_id=import_id)
    if after is not None:
        at, last = after
        beyond = "lt" if newest_first else "gt"
        partings = partings.filter(Q(**{f"at__{beyond}": at}) | Q(**{"at": at, f"public_id__{beyond}": last}))
    order = ("-at", "-public_id") if newest_first else ("at", "public_id")
    rows = list(partings.order_by(*order)[:limit])
    with system("where denied entries came from, for the data officer"):
        origins = entry_sources(rows)
        places = _places(rows)
    ring = keyring()
    return [
        Denied(
            public_id=parting.public_id,
            at=parting.at,
            name=ring.unseal(bytes(parting.sealed_name), about=parting.pk.bytes).decode()
            if parting.sealed_name
            else "",
            unit=name_in_language(places.get(parting.unit_id, {})),
            channel=parting.entered_channel,
            source=source,
            by=parting.by,
            import_id=parting.import_id,
            device=parting.device,
        )
        for parting, source in zip(rows, origins, strict=True)
    ]


def counted_for_sender(account: UUID, *, at: datetime, zone: str) -> int | None:
    """Count at least how many people somebody entered say that they never joined, in fives; None below five,
    and of whole days that are a day old. In a system scope: nobody's name is in it."""
    return _shown(Parting.objects.filter(by=account), at, zone)


def counted_for_both(
    account: UUID, unit_id: int, *, at: datetime, zone: str
) -> tuple[int | None, int | None]:
    """Count the same of a sender, and of the entries of one booth, village or ward. One query."""
    sender, here = Q(by=account), Q(unit_id=unit_id)
    until = bursts.shown_until(at=at, zone=zone)
    counts = Parting.objects.filter(sender | here, kind=endings.DENIED, at__lt=until).aggregate(
        own=Count("pk", filter=sender), here=Count("pk", filter=here)
    )
    return bursts.noes_shown(counts["own"]), bursts.noes_shown(counts["here"])


def counted_of_batch(number: str, import_ids: Iterable[int], *, at: datetime, zone: str) -> int | None:
    """Return the same of the rows of a printed batch, of these lists. In a system scope."""
    mine = Parting.objects.filter(import_id__in=list(import_ids), device=f"paper {number}")
    return _shown(mine, at, zone)


def _shown(partings: "QuerySet[Parting]", at: datetime, zone: str) -> int | None:
    until = bursts.shown_until(at=at, zone=zone)
    return bursts.noes_shown(partings.filter(kind=endings.DENIED, at__lt=until).count())


def halt_for(public_id: UUID) -> Halt:
    """Return a stopped list or sender, in the viewer's scope. NotFound."""
    return or_refuse(Halt.objects.filter(public_id=public_id).first())


def halts() -> list[Halt]:
    """Return the stopped lists and senders in the viewer's scope, the latest first."""
    return list(Halt.objects.filter(ended_at=None).order_by("-at")[:MOST_HALTS])


def what(halt: Halt) -> str:
    """Say what was stopped. In a system scope."""
    if halt.kind == Halt.Kind.LIST:
        name = sql.value("select file_name from core_import where id = %s", [halt.import_id])
        return str(name or _("A paper list"))
    if halt.kind == Halt.Kind.SENDER and halt.sender is not None:
        return senders([halt.sender]).get(halt.sender, "") or _("A worker without an account")
    return _("Leaving by call or text")


def how_many(halt: Halt) -> str:
    """Say why it was stopped: how many said no, of how many, and if these are few."""
    figures = {
        "n": grouped(halt.noes),
        "of": grouped(halt.entries),
        "share": numbers.share(halt.noes, halt.entries),
    }
    if halt.kind == Halt.Kind.CALLS:
        return (
            _(
                "%(n)s members left by call or text within an hour; %(of)s in the whole week. Numbers may be forged."
            )
            % figures
        )
    words = (
        _("%(n)s of the list's %(of)s people (%(share)s) left within a day, or say they never joined.")
        if halt.kind == Halt.Kind.LIST
        else _(
            "%(n)s of the %(of)s people entered in a week (%(share)s) left within a day, or say they never joined."
        )
    )
    few = _("That is too few to be sure. Ask first.") if bursts.is_few(halt.entries) else ""
    return f"{words % figures} {few}".strip()


def import_of(halt: Halt) -> UUID | None:
    """Return the list's own page, by its public id. In a system scope."""
    public_id: UUID | None = sql.value("select public_id from core_import where id = %s", [halt.import_id])
    return public_id


def held_leavings() -> int:
    """Count the leavings that wait. In a system scope."""
    return HeldLeave.objects.count()


def entry_sources(partings: list[Parting]) -> list[EntrySource]:
    """Return in order who sent each entry in: an office-bearer by name, a channel by its own, a list by its place.

    In a system scope: the person concerned may know.
    """
    names = senders([parting.by for parting in partings])
    places = _places(partings)
    return [
        EntrySource(
            _who(parting, names.get(parting.by, ""), name_in_language(places.get(parting.unit_id, {}))),
            parting.entered_at,
            is_own=parting.by not in names and not _is_listed(parting),
            term_id=parting.pk,
        )
        for parting in partings
    ]


def _is_listed(parting: Parting) -> bool:
    return parting.entered_channel == Channel.PAPER or parting.import_id is not None


def _who(parting: Parting, name: str, place: str) -> str:
    if _is_listed(parting):
        if f", {place}, " in f", {name}, ":  # their office names the unit already
            return _("%(name)s (paper list)") % {"name": name}
        if name:
            return _("%(name)s (paper list, %(place)s)") % {"name": name, "place": place}
        return _("A paper list, %(place)s") % {"place": place}
    if name:
        return name
    labels = {channel.number: str(channel.label) for channel in CHANNELS}
    return labels.get(parting.entered_channel, place)


def _places(partings: list[Parting]) -> dict[int, dict[str, Any]]:
    return dict(
        sql.rows(
            "select id, names from units_unit where id = any(%s)", [[parting.unit_id for parting in partings]]
        )
    )
