"""Reads of friends' certificates: the sheet, segments with their counts, who is next, and what is printed."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from abhiyan.core import sql
from abhiyan.core.policy import EVERYTHING, PEOPLE
from abhiyan.core.refusals import NotFound
from abhiyan.core.rows import Rows
from abhiyan.core.scope import system
from abhiyan.core.words import active_language, name_in_language
from abhiyan.enrolment.queries.drives import SPANS
from abhiyan.enrolment.rules.measures import ENROLMENTS
from abhiyan.friends.models import CertificateBatch, CertificateSheet
from abhiyan.friends.rules.certificates import CERTIFICATE
from abhiyan.people.models import RevokeReason
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules.estimated import estimated_rungs, is_doubted
from abhiyan.units import queries as units
from abhiyan.units.models import Kind

MOST_BATCHES = 50  # shown
# Units `pl` within a segment `%(segment)s`, in the programme's tree.
_WITHIN = """units_placement s join units_placement pl on pl.hierarchy = s.hierarchy and pl.lo >= s.lo and pl.lo < s.hi
 where s.unit_id = %(segment)s and s.hierarchy = %(hierarchy)s and s.lo is not null"""
# Segments `u`, at `t`, that a programme `p` covers.
_COVERED = f"""from programmes_programme p
 join units_placement t on t.hierarchy = p.hierarchy and t.valid_to is null and t.lo is not null
 join units_unit u on u.id = t.unit_id and u.kind = '{Kind.SEGMENT.value}' and u.closed_on is null
 left join units_unit o on o.id = t.parent_id
 where p.id = %(programme)s and exists (select from {SPANS} where t.lo >= a.lo and t.lo < a.hi)"""
# Confirmed friends who are on the roll now: `m` of the term `e` of a programme.
_FRIENDS = """enrolment_enrolment e join enrolment_membership m on m.id = e.membership_id and m.term = e.term
 where e.programme_id = %(programme)s and e.confirmed_at is not null and e.ended_at is null
 and m.ended_on is null and m.struck_at is null and m.merged_into is null"""
_VALID = f"""exists (select from people_document d join enrolment_membership v on v.public_id = d.about
 where d.about = c.friend and d.kind = '{CERTIFICATE}' and d.revoked_at is null and v.ended_on is null)"""


def sheet_of(programme_id: int) -> CertificateSheet | None:
    """Return the sheet in force of a programme. In a system scope."""
    return CertificateSheet.objects.filter(programme_id=programme_id, replaced_at=None).first()


def _of(programme: Programme, segment: int) -> dict[str, Any]:
    return {"programme": programme.pk, "hierarchy": programme.hierarchy, "segment": segment}


def is_segment(programme: Programme, unit_id: int) -> bool:
    """Return True for an open segment that a programme covers."""
    return sql.exists(
        f"select {_COVERED} and u.id = %(unit)s",
        {"programme": programme.pk, "unit": unit_id},
    )


def segments_in(programme: Programme, unit_id: int) -> list[int]:
    """Return the open segments of a programme within a unit, in the order of its tree; of a segment itself alone."""
    return sql.column(
        f"""select u.id {_COVERED} and exists (select from units_placement s where s.unit_id = %(unit)s
 and s.hierarchy = p.hierarchy and s.lo is not null and t.lo >= s.lo and t.lo < s.hi) order by t.lo""",
        {"programme": programme.pk, "unit": unit_id},
    )


def ready(programme: Programme, segments: Collection[int], *, each: int, on: date) -> dict[int, int]:
    """Count the friends of each segment who would get a certificate now, up to its number. A segment without any is
    left out, and so is one that checks have stopped. In a system scope."""
    rows = sql.rows(
        f"""select u.id, least(%(each)s - (select count(*) from enrolment_certificate g
  where g.programme_id = %(programme)s and g.segment_id = u.id),
 (select count(*) from {_FRIENDS} and e.unit_id in (select pl.unit_id from units_placement s
   join units_placement pl on pl.hierarchy = s.hierarchy and pl.lo >= s.lo and pl.lo < s.hi
   where s.unit_id = u.id and s.hierarchy = %(hierarchy)s and s.lo is not null)
  and not exists (select from enrolment_certificate c where c.friend = m.public_id)))::int
 from unnest(%(units)s::bigint[]) with ordinality u(id, n) order by u.n""",
        {"programme": programme.pk, "hierarchy": programme.hierarchy, "units": list(segments), "each": each},
    )
    bad = doubted(programme, list(segments), on=on) if rows else set()
    return {unit: n for unit, n in rows if n > 0 and unit not in bad}


def doubted(programme: Programme, segments: Collection[int], *, on: date) -> set[int]:
    """Return the segments whose estimate raises a flag. In a system scope."""
    estimates = estimated_rungs([programme.pk], list(segments), on=on)
    return {
        unit
        for (_programme, measure, unit), estimate in estimates.items()
        if measure == ENROLMENTS and is_doubted(estimate)
    }


def given(programme: Programme, segment: int) -> int:
    """Count the certificates given in a segment, valid or not. In a system scope."""
    return sql.count(
        "select count(*) from enrolment_certificate where programme_id = %(programme)s and segment_id = %(segment)s",
        _of(programme, segment),
    )


def friends_of(programme: Programme, segment: int) -> list[UUID]:
    """Return the friends of a segment who were given certificates, valid or not. In a system scope."""
    return sql.column(
        "select friend from enrolment_certificate where programme_id = %(programme)s and segment_id = %(segment)s"
        " order by friend",
        _of(programme, segment),
    )


def next_friends(programme: Programme, segment: int, *, most: int) -> dict[UUID, UUID]:
    """Return the next confirmed friends of a segment without a certificate: membership -> person.

    The earliest first. In a system scope.
    """
    rows = sql.rows(
        f"""select m.public_id, m.person_id from {_FRIENDS}
 and e.unit_id in (select pl.unit_id from {_WITHIN})
 and not exists (select from enrolment_certificate c where c.friend = m.public_id)
 order by e.confirmed_at, e.id limit %(most)s""",
        _of(programme, segment) | {"most": most},
    )
    return dict(rows)


def is_valid(friend: UUID) -> bool:
    """Return True while somebody's certificate is valid. In a system scope."""
    return sql.exists(f"select from (select %s::uuid as friend) c where {_VALID}", [friend])


def home_of_friend(friend: UUID) -> int:
    """Return the unit where a friend lives. NotFound. In a system scope."""
    unit_id = sql.value("select unit_id from enrolment_membership where public_id = %s", [friend])
    if unit_id is None:
        raise NotFound
    return int(unit_id)


def unit_name_of(unit_id: int) -> str:
    """Return a unit's name in the reader's language."""
    return units.names_of_units([unit_id], language=active_language()).get(unit_id, "")


# The office's page


@dataclass(frozen=True, slots=True)
class SegmentOfCertificates:
    """A segment with its counts. confirmed: friends who have said yes and are on the roll."""

    unit_id: int
    code: str
    names: dict[str, str]
    above: dict[str, str] | None
    confirmed: int = 0
    given: int = 0
    handed: int = 0
    ended: int = 0
    left: int = 0
    is_in_doubt: bool = False

    @property
    def name(self) -> str:
        return name_in_language(self.names)

    @property
    def may_ask(self) -> bool:
        return self.left > 0 and self.confirmed > self.given - self.ended and not self.is_in_doubt


_COUNTS = f"""select u.id,
 (select count(*)::int from {_FRIENDS} and e.unit_id in (select pl.unit_id from units_placement s
   join units_placement pl on pl.hierarchy = s.hierarchy and pl.lo >= s.lo and pl.lo < s.hi
   where s.unit_id = u.id and s.hierarchy = %(hierarchy)s and s.lo is not null)),
 count(c.friend)::int, count(c.friend) filter (where c.is_valid and c.handed_at is not null)::int,
 count(c.friend) filter (where not c.is_valid)::int
 from units_unit u left join lateral (select c.friend, c.handed_at, {_VALID} as is_valid from enrolment_certificate c
  where c.programme_id = %(programme)s and c.segment_id = u.id) c on true
 where u.id = any(%(units)s) group by u.id"""


def certificate_segments(programme: Programme, *, each: int, on: date) -> Rows[SegmentOfCertificates]:
    """Return the segments of a programme whose people the scope in force sees, with their counts: three queries
    a page."""

    def finish(rows: list[SegmentOfCertificates]) -> list[SegmentOfCertificates]:
        ids = [segment_of_certificates.unit_id for segment_of_certificates in rows]
        with system("certificates of segments in sight"):
            numbers = {
                row[0]: row[1:]
                for row in sql.rows(
                    _COUNTS,
                    {"programme": programme.pk, "hierarchy": programme.hierarchy, "units": ids},
                )
            }
            bad = doubted(programme, ids, on=on) if ids else set()
        return [
            replace(
                segment_of_certificates,
                confirmed=numbers[segment_of_certificates.unit_id][0],
                given=numbers[segment_of_certificates.unit_id][1],
                handed=numbers[segment_of_certificates.unit_id][2],
                ended=numbers[segment_of_certificates.unit_id][3],
                left=max(each - numbers[segment_of_certificates.unit_id][1], 0),
                is_in_doubt=segment_of_certificates.unit_id in bad,
            )
            for segment_of_certificates in rows
        ]

    return Rows(
        "u.id, u.code, u.names, o.names",
        f"{_COVERED} and ({EVERYTHING} or t.lo <@ {PEOPLE})",
        {"programme": programme.pk},
        orders={"place": ("t.lo",)},
        make=SegmentOfCertificates,
        finish=finish,
        last="u.id",
    )


def batches_of_certificates(programme: Programme) -> list[CertificateBatch]:
    """Return the latest batches of a programme, in the sight of the scope in force."""
    certificate_batches = CertificateBatch.objects.filter(programme_id=programme.pk).order_by("-at", "id")
    return list(certificate_batches[:MOST_BATCHES])


def batch_in_sight(programme: Programme, ident: UUID) -> CertificateBatch:
    """Return one batch. NotFound outside the scope in force."""
    certificate_batch = CertificateBatch.objects.filter(programme_id=programme.pk, pk=ident).first()
    if certificate_batch is None:
        raise NotFound
    return certificate_batch


# The list of organisers


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """One certificate as lists show it."""

    friend: UUID
    name: str | None
    unit_names: dict[str, str]
    unit_id: int
    segment_id: int
    given_at: datetime
    handed_at: datetime | None
    is_valid: bool
    why: str

    @property
    def unit(self) -> str:
        return name_in_language(self.unit_names)

    @property
    def reason(self) -> str:
        """Say why the certificate ended."""
        return "" if self.is_valid else str(RevokeReason(self.why or RevokeReason.ENDED).label)


_ROW = """c.friend, p.name, u.names, m.unit_id, c.segment_id, d.issued_at, c.handed_at,
 d.revoked_at is null and m.ended_on is null, d.revoke_reason"""
_CERTIFICATES = f"""from enrolment_certificate c join enrolment_membership m on m.public_id = c.friend
 join units_unit u on u.id = m.unit_id left join people_person p on p.id = m.person_id
 join people_document d on d.about = c.friend and d.kind = '{CERTIFICATE}'
 where c.programme_id = %(programme)s"""


def certificates(programme: Programme, span: tuple[int, int], *, state: str) -> Rows[CertificateRow]:
    """Return certificates of friends who live within [lo, hi), in the sight of the scope in force.

    state: "" not handed over, "handed", "ended".
    """
    chosen = {
        "": "d.revoked_at is null and m.ended_on is null and c.handed_at is null",
        "handed": "d.revoked_at is null and m.ended_on is null and c.handed_at is not null",
        "ended": "(d.revoked_at is not null or m.ended_on is not null)",
    }[state]
    return Rows(
        _ROW,
        f"""{_CERTIFICATES} and {chosen} and exists (select from units_placement w where w.unit_id = m.unit_id
 and w.lo >= %(lo)s and w.lo < %(hi)s)""",
        {"programme": programme.pk, "lo": span[0], "hi": span[1]},
        orders={"place": ("m.unit_id",), "name": ("p.name",)},
        make=CertificateRow,
        last="c.friend",
    )


def count_to_hand_over(programme: Programme, span: tuple[int, int], *, most: int) -> int:
    """Count the certificates that wait to be handed over within [lo, hi), up to `most`. One query."""
    n = certificates(programme, span, state="").counted(most)
    return most if n is None else n


def certificate_in_sight(programme: Programme, friend: UUID) -> CertificateRow:
    """Return one certificate. NotFound outside the scope in force."""
    params = {"programme": programme.pk, "friend": friend}
    certificate = sql.row(f"select {_ROW} {_CERTIFICATES} and c.friend = %(friend)s", params)
    if certificate is None:
        raise NotFound
    return CertificateRow(*certificate)


# What is printed


@dataclass(frozen=True, slots=True)
class PrintedFriend:
    """One certificate as it is printed. document: its id. segment, above: names of the segment and of its parent."""

    document: UUID
    name: str
    segment: dict[str, str]
    above: dict[str, str]
    confirmed_at: datetime
    issued_at: datetime
    sheet_id: UUID


_PRINTED = f"""select d.id, coalesce(p.name, ''), u.names, coalesce(o.names, '{{{{}}}}'), e.confirmed_at, d.issued_at,
 b.sheet_id
 from enrolment_certificate c join enrolment_certificate_batch b on b.id = c.batch_id
 join programmes_programme g on g.id = c.programme_id
 join enrolment_membership m on m.public_id = c.friend and m.ended_on is null
 join enrolment_enrolment e on e.membership_id = m.id and e.term = m.term
 join people_person p on p.id = m.person_id and p.left_at is null
 join people_document d on d.about = c.friend and d.kind = '{CERTIFICATE}' and d.revoked_at is null
 join units_unit u on u.id = c.segment_id
 left join units_placement t on t.unit_id = c.segment_id and t.hierarchy = g.hierarchy and t.valid_to is null
 left join units_unit o on o.id = t.parent_id
 where {{whose}} and e.confirmed_at is not null order by e.confirmed_at, c.friend"""


def printed_of_batch(batch: UUID) -> list[PrintedFriend]:
    """Return the certificates of a batch that are valid now, in their order. In a system scope; one query."""
    return sql.each(PrintedFriend, _PRINTED.format(whose="c.batch_id = %s"), [batch])


def printed_of_friend(friend: UUID) -> PrintedFriend | None:
    """Return a friend's own certificate, the latest; None where none is valid. In a system scope."""
    friends = sql.each(PrintedFriend, _PRINTED.format(whose="c.friend = %s"), [friend])
    return friends[-1] if friends else None


@dataclass(frozen=True, slots=True)
class UntoldCertificate:
    """A certificate whose friend has not got the link, with the sealed phone."""

    friend: UUID
    programme_id: int
    unit_id: int
    phone_id: UUID
    sealed: bytes
    language: str
    is_valid: bool


def untold(most: int) -> list[UntoldCertificate]:
    """Return certificates whose friends have not got the link. Locked. In a transaction, as jobs."""
    return sql.each(
        UntoldCertificate,
        f"""select c.friend, c.programme_id, m.unit_id, m.phone_id, f.sealed, coalesce(p.language, ''), {_VALID}
 from enrolment_certificate c join enrolment_membership m on m.public_id = c.friend
 join people_phone f on f.id = m.phone_id left join people_person p on p.id = m.person_id
 where c.told_at is null order by c.friend limit %s for update of c skip locked""",
        [most],
    )


def has_certificate(friend: UUID) -> bool:
    """Return True if a friend has a valid certificate. In the scope of their phone."""
    with system("a friend's own certificate"):
        return is_valid(friend)
