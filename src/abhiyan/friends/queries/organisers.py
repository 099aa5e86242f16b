"""Organisers of friends in office, friends who have none, and how many friends each has. In a system scope."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from abhiyan.contact.models import ContactTry
from abhiyan.core import sql
from abhiyan.enrolment.rules.measures import LATELY
from abhiyan.enrolment.rules.rolls import FRIENDS, ORGANISER_OFFICE
from abhiyan.friends.models import FriendOrganiser
from abhiyan.friends.rules.organisers import OrganiserPost
from abhiyan.org import queries as org
from abhiyan.people import queries as people
from abhiyan.units import queries as units

QUIET = LATELY
# Entries m of today, of people who had nothing erased.
LIVING = """m.ended_on is null and m.merged_into is null
 and exists (select from people_person p where p.id = m.person_id and p.left_at is null)"""
LIVING_FRIEND = f"""{LIVING}
 and m.roll_id in (select l.id from enrolment_roll l where l.code = '{FRIENDS.code}')"""
NO_SAID = "exists (select from people_suppression x where x.phone_id = m.phone_id and x.lifted_at is null)"


_UNSHARED = f"""from enrolment_membership m
 left join enrolment_referred d on d.programme_id = m.programme_id and d.membership = m.public_id
 left join enrolment_referral r on r.id = d.referral_id and r.account_id is not null
 where {LIVING_FRIEND} and not exists (select from enrolment_friend_organiser o
   where o.membership = m.public_id and o.ended_at is null)"""
MOST_LINKS = 200


@dataclass(frozen=True, slots=True)
class UnsharedFriend:
    """A friend without an organiser. link_id: of the worker's link by which they joined."""

    public_id: UUID
    unit_id: int
    phone_id: UUID
    link_id: int | None


def posts_in_office(*, on: date) -> list[OrganiserPost]:
    """Return the organisers of friends in office on a day. Four queries."""
    holders = org.held_office(ORGANISER_OFFICE, on=on)
    spans = units.all_spans({unit_id for _account, unit_id in holders})
    phones = people.phones_behind({account for account, _unit in holders})
    return [
        OrganiserPost(account, unit_id, spans[unit_id], phones[account])
        for account, unit_id in holders
        if unit_id in spans and account in phones
    ]


def links_of_unshared() -> list[tuple[int, int, int]]:
    """Return links of workers by which friends without an organiser joined: link, account, unit. One query."""
    links = sql.rows(
        f"select distinct r.id, r.account_id, r.unit_id {_UNSHARED} and r.id is not null order by 1 limit %s",
        [MOST_LINKS],
    )
    return [(link, account, unit) for link, account, unit in links]


def unshared_friends(posts: Sequence[int], links: Sequence[int], *, most: int) -> list[UnsharedFriend]:
    """Return friends without an organiser that an organiser may take. One query.

    posts: units with organisers. links: of workers who are in office.
    """
    return sql.each(
        UnsharedFriend,
        f"""select m.public_id, m.unit_id, m.phone_id, r.id {_UNSHARED}
         and (r.id = any(%(links)s) or exists (select from units_placement c join units_placement p
           on p.unit_id = any(%(posts)s) and p.lo < c.hi and c.lo < p.hi where c.unit_id = m.unit_id))
         order by m.at, m.id limit %(most)s""",
        {"posts": list(posts), "links": list(links), "most": most},
    )


def count_friends_of(accounts: Sequence[int]) -> dict[int, int]:
    """Count the friends of each organiser now. One query."""
    return dict(
        sql.rows(
            f"""select o.account_id, count(*) from enrolment_friend_organiser o
             join enrolment_membership m on m.public_id = o.membership and {LIVING_FRIEND}
             where o.ended_at is null and o.account_id = any(%s) group by 1""",
            [list(accounts)],
        )
    )


@dataclass(frozen=True, slots=True)
class GivenFriend:
    """A friend who may get another organiser."""

    public_id: UUID
    unit_id: int


def friends_to_give(
    span: tuple[int, int],
    *,
    to: OrganiserPost,
    from_account: int | None,
    friend: UUID | None,
    most: int,
) -> list[GivenFriend]:
    """Return friends within [lo, hi) that an organiser may take by hand: of their unit and below. One query.

    from_account: friends of one organiser; None: friends without one. friend: one friend, of any organiser.
    """
    whose = "o.account_id is not distinct from %(account)s" if friend is None else "m.public_id = %(friend)s"
    return sql.each(
        GivenFriend,
        f"""select m.public_id, m.unit_id from enrolment_membership m
         left join enrolment_friend_organiser o on o.membership = m.public_id and o.ended_at is null
         where {LIVING_FRIEND} and {whose} and m.phone_id <> all(%(phones)s::uuid[])
         and (o.account_id, o.post_id) is distinct from (%(to)s, %(post)s)
         and exists (select from units_placement c where c.unit_id = m.unit_id and c.lo >= %(lo)s and c.lo < %(hi)s)
         and exists (select from units_placement c join units_placement p
           on p.unit_id = %(post)s and c.lo >= p.lo and c.hi <= p.hi where c.unit_id = m.unit_id)
         order by m.at, m.id limit %(most)s""",
        {
            "account": from_account,
            "friend": friend,
            "phones": list(to.phones),
            "to": to.account_id,
            "post": to.unit_id,
            "lo": span[0],
            "hi": span[1],
            "most": most,
        },
    )


def lie_in(rows: Sequence[FriendOrganiser], unit_id: int) -> bool:
    """Return whether the friends of a change all live in a unit or below it. Two queries."""
    spans = units.all_spans({unit_id, *(row.unit_id for row in rows)})
    return all(
        any(
            lo <= at and end <= hi
            for lo, hi in spans.get(unit_id, ())
            for at, end in spans.get(row.unit_id, ())
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class OrganiserFriends:
    """The numbers of an organiser's friends in a unit. account_id: None for friends without an organiser.

    quiet: nobody spoke with them for 30 days.
    """

    account_id: int | None
    post_id: int | None
    friends: int
    quiet: int
    public_id: UUID | None = None
    name: str = ""
    place: str = ""


# The friends of a place with their organiser and their newest talk.
_OF_PLACE = f"""from enrolment_membership m
 join units_placement c on c.unit_id = m.unit_id and c.lo >= %(lo)s and c.lo < %(hi)s
 left join enrolment_friend_organiser o on o.membership = m.public_id and o.ended_at is null
 left join (select a.about, max(a.at) as at from contact_try a where a.way = '{ContactTry.Way.FRIEND.value}'
   and a.outcome = '{ContactTry.Outcome.TALKED.value}' and a.undone_at is null group by 1) t on t.about = m.id
 where {LIVING_FRIEND} and not {NO_SAID}"""


def organisers_below(
    span: tuple[int, int], posts: Sequence[OrganiserPost], *, language: str, at: datetime
) -> list[OrganiserFriends]:
    """Return the organisers of a unit and below, and those of friends who live there, with how many friends.

    Those with the most friends nobody spoke with come first. Four queries.
    """
    counted = sql.each(
        OrganiserFriends,
        "select o.account_id, o.post_id, count(*), count(*) filter (where coalesce(t.at, m.at) < %(before)s)"
        f" {_OF_PLACE} group by 1, 2",
        {"lo": span[0], "hi": span[1], "before": at - QUIET},
    )
    holder_keys = {(row.account_id, row.post_id) for row in counted}
    free = [
        OrganiserFriends(post.account_id, post.unit_id, 0, 0)
        for post in posts_within(span, posts)
        if (post.account_id, post.unit_id) not in holder_keys
    ]
    rows = [*counted, *free]
    accounts = people.accounts({row.account_id for row in rows if row.account_id})
    names = units.names_of_units({row.post_id for row in rows if row.post_id}, language=language)
    named_rows = [
        replace(
            row,
            public_id=accounts[row.account_id].public_id if row.account_id in accounts else None,
            name=accounts[row.account_id].name if row.account_id in accounts else "",
            place=names.get(row.post_id or 0, ""),
        )
        for row in rows
    ]
    return sorted(named_rows, key=lambda row: (-row.quiet, -row.friends, row.account_id or 0))


def posts_within(span: tuple[int, int], posts: Sequence[OrganiserPost]) -> list[OrganiserPost]:
    """Return the organisers whose office is in a unit [lo, hi) or below it."""
    return [post for post in posts if any(span[0] <= lo and hi <= span[1] for lo, hi in post.spans)]


@dataclass(frozen=True, slots=True)
class FriendsGiven:
    """One change by hand that lasts. n: so many of its friends are still with the new organiser."""

    share: UUID
    at: datetime
    account_id: int
    n: int
    name: str = ""


def changes_by_hand(span: tuple[int, int], *, most: int) -> list[FriendsGiven]:
    """Return the newest changes by hand of friends who all live within [lo, hi). Two queries."""
    changes = sql.each(
        FriendsGiven,
        """select o.share, min(o.from_at), min(o.account_id), count(*) from enrolment_friend_organiser o
         where o.share is not null and o.ended_at is null group by 1
         having bool_and(exists (select from units_placement c
           where c.unit_id = o.unit_id and c.lo >= %(lo)s and c.lo < %(hi)s))
         order by 2 desc, 1 limit %(most)s""",
        {"lo": span[0], "hi": span[1], "most": most},
    )
    names = people.names_of_accounts([change.account_id for change in changes])
    return [replace(change, name=names.get(change.account_id, "")) for change in changes]


def organiser_of(friend: UUID) -> tuple[int, str] | None:
    """Return the account and name of a friend's organiser. None: the friend has none. In a system scope."""
    row = FriendOrganiser.objects.filter(membership=friend, ended_at=None).first()
    if row is None:
        return None
    return row.account_id, people.names_of_accounts([row.account_id]).get(row.account_id, "")
