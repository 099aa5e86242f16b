"""Own links of workers and friends, and how many joined by each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from abhiyan.core import sql
from abhiyan.core.scope import system
from abhiyan.core.words import active_language, local_person
from abhiyan.enrolment.models import Drive
from abhiyan.enrolment.models_referrals import Referral
from abhiyan.people import queries as people
from abhiyan.units import queries as units

from .terms import LATEST

_COUNTS = f"""select d.referral_id, count(*), count(*) filter (where m.ended_on is null),
 count(e.confirmed_at) filter (where m.ended_on is null)
 from enrolment_referred d join enrolment_membership m on m.public_id = d.membership
 {LATEST} where d.referral_id = any(%s) group by 1"""


@dataclass(frozen=True, slots=True)
class Invited:
    """A worker's link and its results.

    joined: all who ever joined by it; members, confirmed: the members among them today.
    """

    referral: Referral
    name: str
    unit: str
    joined: int
    members: int
    confirmed: int


def shared_first(programme_ids: Sequence[int], *, organises: bool) -> int | None:
    """Return the programme whose link somebody shares: of friends for their organiser, else of members; else
    the first."""
    drives = Drive.objects.filter(programme_id__in=programme_ids, roll__gives_way=organises)
    theirs = set(drives.filter(roll__stands_beside=False).values_list("programme_id", flat=True))
    return next(
        (programme_id for programme_id in programme_ids if programme_id in theirs),
        next(iter(programme_ids), None),
    )


def own_referrals(account_id: int | None, programme_id: int) -> list[Referral]:
    """Return a worker's own links to a drive. In their scope."""
    found = Referral.objects.filter(account_id=account_id or 0, programme_id=programme_id)
    return list(found.order_by("made_at"))


def referrals(span: tuple[int, int], programme_id: int) -> QuerySet[Referral]:
    """Return the links to a drive of workers of a unit and all below it, in the viewer's sight."""
    placed = RawSQL("select unit_id from units_placement where lo >= %s and lo < %s", span)
    found = Referral.objects.filter(programme_id=programme_id, unit_id__in=placed, membership=None)
    return found.exclude(account_id=None)


def referral_rows(found: Sequence[Referral]) -> list[Invited]:
    """Return what lists say of these links. It has only counts of people."""
    places = units.names_of_units({referral.unit_id for referral in found}, language=active_language())
    with system("how many joined by workers' links"):
        names = people.names_of_accounts({referral.account_id for referral in found if referral.account_id})
        counts = {
            referral_id: rest
            for referral_id, *rest in sql.rows(_COUNTS, [[referral.pk for referral in found]])
        }
    return [
        Invited(
            referral,
            local_person(names.get(referral.account_id or 0, "")),
            places.get(referral.unit_id, ""),
            *counts.get(referral.pk, (0, 0, 0)),
        )
        for referral in found
    ]


def joined_since(account_id: int, since: datetime) -> tuple[int, int]:
    """Return how many members joined by somebody's own links from then on, and how many said yes. In a system scope."""
    row = sql.row(
        f"""select count(*), count(e.confirmed_at) from enrolment_referral r
        join enrolment_referred d on d.referral_id = r.id and d.at >= %(since)s
        join enrolment_membership m on m.public_id = d.membership and m.ended_on is null
        {LATEST} where r.account_id = %(account)s""",
        {"account": account_id, "since": since},
    )
    return row[0], row[1]


def counts_of(code: str) -> tuple[int, int, int]:
    """Return how many joined by a friend's own link, how many of them are still on the list, and how many confirmed."""
    with system("how many joined by a friend's link"):
        link = Referral.objects.filter(code=code).values_list("pk", flat=True)
        for _of, joined, still, confirmed in sql.rows(_COUNTS, [list(link)]):
            return joined, still, confirmed
    return 0, 0, 0


def joined_by_calls(programme_id: int) -> tuple[int, int, int]:
    """Return how many joined by the link that call centres send, how many stayed, and how many confirmed."""
    with system("how many joined after a call"):
        link = Referral.objects.filter(programme_id=programme_id, account_id=None, membership=None)
        for _of, joined, still, confirmed in sql.rows(_COUNTS, [list(link.values_list("pk", flat=True))]):
            return joined, still, confirmed
    return 0, 0, 0


def inviter_of(membership: UUID) -> str:
    """Return the name behind the link by which a member joined; "" of none. In the viewer's scope."""
    inviter = sql.value(
        "select r.account_id from enrolment_referred d join enrolment_referral r on r.id = d.referral_id"
        " where d.membership = %s order by d.at limit 1",
        [membership],
    )
    if inviter is None:
        return ""
    with system("who invited a member"):
        return local_person(people.names_of_accounts([inviter]).get(inviter, ""))
