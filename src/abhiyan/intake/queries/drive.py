"""Reads of a drive's own page: what it is set to, its tokens, where a token or a switch may reach."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core import sql
from abhiyan.core.numbers import grouped
from abhiyan.core.refusals import NotFound, or_refuse
from abhiyan.core.scope import system
from abhiyan.enrolment.queries.drives import SPANS
from abhiyan.intake.models import ChannelToken
from abhiyan.messaging import queries as messaging
from abhiyan.org import queries as org
from abhiyan.org.models import Release
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.units import queries as units
from abhiyan.units.models import Kind

MOST_UNITS = 200  # a choice longer than this is no choice


@dataclass(frozen=True, slots=True)
class Token:
    """A channel's token as its drive's page shows it."""

    row: ChannelToken
    unit: str
    is_over: bool  # ended, or expired


def tokens(programme_id: int, *, manages: bool, language: str, at: datetime) -> list[Token]:
    """Return a drive's tokens, those in force first. Managers of its channels see all, others their own units'."""
    if manages:  # an IT administrator sees no people, but the tokens
        with system("the tokens of a drive"):
            return _tokens(programme_id, language, at)
    return _tokens(programme_id, language, at)


def _tokens(programme_id: int, language: str, at: datetime) -> list[Token]:
    rows = list(ChannelToken.objects.filter(programme_id=programme_id).order_by("-made_at", "-pk"))
    names = units.names_of_units({row.unit_id for row in rows}, language=language)
    found = [
        Token(row, names.get(row.unit_id, ""), row.ended_at is not None or row.expires_at <= at)
        for row in rows
    ]
    return sorted(found, key=lambda token: token.is_over)


def token_of(programme_id: int, public_id: UUID) -> ChannelToken:
    """Return one token of a drive for any reader: the page has checked the right. NotFound."""
    with system("a token of a drive"):
        channel_token = ChannelToken.objects.filter(programme_id=programme_id, public_id=public_id).first()
    if channel_token is None:
        raise NotFound
    return channel_token


def releases_of_drive(account_id: int | None, programme_id: int, *, act: str, at: datetime) -> list[Release]:
    """Return what somebody asked for in this drive (a key of org.rules.releases) and still waits for, or may do."""
    releases = org.releases_asked(account_id, act=act, at=at) if account_id else []
    return [release for release in releases if release.payload.get("programme_id") == programme_id]


def asked_by(account_id: int | None, programme_id: int, release: UUID, *, act: str) -> Release:
    """Return what the account asked for in this drive, in any state. NotFound."""
    if account_id is None:
        raise NotFound
    releases = org.releases().filter(public_id=release, act=act, asked_by=account_id)
    return or_refuse(releases.filter(payload__programme_id=programme_id).first())


def stopped_by_closing(public_id: UUID) -> list[str]:
    """Say what stops when a drive closes."""
    programme = programmes.programme(public_id)
    numbers = sum(number.is_active for number in messaging.numbers_of_programme(programme.pk))
    with system("what stops with a drive"):
        tokens = ChannelToken.objects.filter(programme_id=programme.pk, ended_at=None).count()
    sentences = [_("Nobody can join any more: no web, no call or SMS, no paper.")]
    if numbers:
        sentences.append(
            ngettext(
                "Calls to its number are no longer counted.",
                "Calls to its %(n)s numbers are no longer counted.",
                numbers,
            )
            % {"n": grouped(numbers)}
        )
    if tokens:
        sentences.append(
            ngettext("Its token is refused.", "Its %(n)s tokens are refused.", tokens)
            % {"n": grouped(tokens)}
        )
    return sentences


def drive_units(programme: Programme) -> list[units.UnitRow]:
    """Return the units a drive covers, and those right below them."""
    covered = [
        units.row_of_unit(unit_id, programme.hierarchy) for unit_id in programmes.scope_units(programme)
    ]
    unit_rows = {row.id: row for row in covered}
    for row in covered:
        if len(unit_rows) < MOST_UNITS:
            unit_rows |= {
                unit.id: unit for unit in units.children(row.id, programme.hierarchy, limit=100).rows
            }
    return [row for row in unit_rows.values() if row.lo is not None][:MOST_UNITS]


def planned_seats(programme: Programme) -> tuple[int, int, int]:
    """Count a programme's open constituencies, those of them with segments in the tree, and its segments.

    It counts in the programme's own hierarchy. One query.
    """
    row = sql.row(
        "with seat as (select distinct u.id, u.kind, t.lo, t.hi from programmes_programme p"
        f" join lateral (select a.lo, a.hi from {SPANS}) a on true"
        " join units_placement t on t.hierarchy = p.hierarchy and t.valid_to is null and t.lo >= a.lo"
        " and t.lo < a.hi"
        " join units_unit u on u.id = t.unit_id and u.closed_on is null and u.kind = any(%s)"
        " where p.id = %s)"
        " select count(*) filter (where kind = %s),"
        " count(*) filter (where kind = %s and exists ("
        "   select from seat part where part.kind = %s and part.lo >= seat.lo and part.lo < seat.hi)),"
        " count(*) filter (where kind = %s) from seat",
        [
            [Kind.CONSTITUENCY, Kind.SEGMENT],
            programme.pk,
            Kind.CONSTITUENCY,
            Kind.CONSTITUENCY,
            Kind.SEGMENT,
            Kind.SEGMENT,
        ],
    )
    constituencies, n_known, segments = row or (0, 0, 0)
    return constituencies, n_known, segments


def drive_states(programme: Programme) -> list[units.UnitRow]:
    """Return the states a drive lies in, or spreads over: codes are switched off by state."""
    unit_rows: dict[int, units.UnitRow] = {}
    for unit_id in programmes.scope_units(programme):
        path = units.path_of_unit(unit_id, programme.hierarchy)
        inside = [row for row in path if row.kind == Kind.STATE]
        below = [] if inside else units.children(unit_id, programme.hierarchy, limit=100).rows
        unit_rows |= {row.id: row for row in (*inside, *below) if row.kind == Kind.STATE}
    return list(unit_rows.values())
