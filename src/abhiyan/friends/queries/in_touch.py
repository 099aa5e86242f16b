"""The friends of an organiser: how long nobody spoke with them, what they promised, and one of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from abhiyan.contact.models import ContactTry
from abhiyan.core import sql
from abhiyan.core.refusals import or_refuse
from abhiyan.core.rows import Rows
from abhiyan.core.scope import system
from abhiyan.enrolment.queries.people import member_or_none
from abhiyan.enrolment.rules.channels import RECORD
from abhiyan.enrolment.rules.measures import ENROLMENTS
from abhiyan.enrolment.rules.rolls import FRIENDS
from abhiyan.friends.models import FriendOrganiser, FriendPromise
from abhiyan.org import queries as org
from abhiyan.people import queries as people
from abhiyan.people.models import Purpose
from abhiyan.people.rules.called import is_called
from abhiyan.programmes import queries as programmes
from abhiyan.units import queries as units

from .organisers import NO_SAID, QUIET

FRIEND = ContactTry.Way.FRIEND.value  # what such a try is about is the membership
OPEN_PROMISE = "w.membership = m.public_id and w.done_at is null and w.taken_back_at is null"
_PROMISED = f"exists (select from enrolment_friend_promise w where {OPEN_PROMISE})"
COLUMNS = f"m.id, m.public_id, p.name, m.phone_id, m.unit_id, m.programme_id, m.at, t.at, {_PROMISED}"
# By the organiser (friends_of_organiser), then each friend by ids, then their newest talk (contact_try_about).
_OWN = f"""from enrolment_friend_organiser o
 join enrolment_membership m on m.public_id = o.membership and m.ended_on is null and m.merged_into is null
 join enrolment_roll l on l.id = m.roll_id and l.code = '{FRIENDS.code}'
 join people_person p on p.id = m.person_id and p.left_at is null
 left join lateral (select a.at from contact_try a where a.way = '{FRIEND}' and a.about = m.id
   and a.outcome = '{ContactTry.Outcome.TALKED.value}' and a.undone_at is null order by a.at desc limit 1) t on true
 where o.ended_at is null and o.account_id = %(account)s and o.post_id = any(%(posts)s)
 and m.phone_id <> all(%(own)s::uuid[])"""
_LISTED = f" and not {NO_SAID}"
# It leaves out friends whose number was wrong, or whose last try lets them rest.
_QUIET = f""" and coalesce(t.at, m.at) < %(before)s
 and not exists (select from contact_try a where a.way = '{FRIEND}' and a.about = m.id and a.undone_at is null
   and (a.again_at > %(at)s or a.outcome = '{ContactTry.Outcome.WRONG_NUMBER.value}'))"""
SHOWN = {"": "", "quiet": _QUIET, "promised": f" and {_PROMISED}"}  # of a list of friends


@dataclass(frozen=True, slots=True)
class OwnFriend:
    """A friend of an organiser. spoken_at: None: nobody spoke with them since they joined."""

    id: UUID
    public_id: UUID
    name: str
    phone_id: UUID
    unit_id: int
    programme_id: int
    joined_at: datetime
    spoken_at: datetime | None
    has_promised: bool
    place: str = ""


def posts_of(account_id: int) -> list[int]:
    """Return the units by which an account keeps friends, where it still enrols. In a system scope.

    Friends are an organiser's no more once the office there ended.
    """
    posts = FriendOrganiser.objects.filter(account_id=account_id, ended_at=None)
    post_ids = posts.order_by("post_id").values_list("post_id", flat=True).distinct()
    return [unit_id for unit_id in post_ids if org.holds(account_id, RECORD, at=unit_id)]


def _of(account_id: int) -> dict[str, object]:
    """Return the values of `_OWN`: an organiser's posts, and own phones, for an organiser may have joined too."""
    posts = posts_of(account_id)
    phones = list(people.account_phones(account_id)) if posts else []
    return {"account": account_id, "posts": posts, "own": phones}


def own_friends(
    account_id: int, *, show: str = "", name: str = "", language: str, at: datetime
) -> Rows[OwnFriend]:
    """Return an organiser's friends, the longest silence first. In a system scope.

    show: a key of `SHOWN`. name: as it sounds. Friends who said no to us are not on it.
    """

    def finish(friends: list[OwnFriend]) -> list[OwnFriend]:
        names = units.names_of_units({friend.unit_id for friend in friends}, language=language)
        return [replace(friend, place=names.get(friend.unit_id, "")) for friend in friends]

    values = _of(account_id) | {"before": at - QUIET, "at": at}
    called = ""
    if name:  # those of one organiser are few
        friends = sql.rows(f"select m.id, p.name {_OWN}{_LISTED}", values)
        called = " and m.id = any(%(called)s)"
        values |= {"called": [friend for friend, own_name in friends if is_called(own_name or "", name)]}
    return Rows(
        COLUMNS,
        _OWN + _LISTED + SHOWN[show] + called,
        values,
        orders={"since": ("coalesce(t.at, m.at)",), "name": ("p.name",)},
        make=OwnFriend,
        finish=finish,
        last="m.id",
    )


def count_quiet(account_id: int, *, at: datetime, most: int) -> int:
    """Count an organiser's friends nobody spoke with for 30 days, up to `most`. One query where there is no friend."""
    with system("friends nobody spoke with"):
        values = _of(account_id)
        if not values["posts"]:
            return 0
        n = sql.value(
            f"select count(*) from (select 1 {_OWN}{_LISTED}{_QUIET} limit %(most)s) f",
            values | {"before": at - QUIET, "at": at, "most": most},
        )
    return int(n or 0)


def own_friend(account_id: int | None, public_id: UUID) -> OwnFriend:
    """Return a friend of this organiser, however lately somebody spoke with them; else NotFound.

    An organiser whose office there ended gets NotFound too.
    """
    with system("a friend of an organiser"):
        friends = sql.each(
            OwnFriend,
            f"select {COLUMNS} {_OWN} and m.public_id = %(friend)s limit 1",
            _of(account_id or 0) | {"friend": public_id},
        )
    return or_refuse(friends[0] if friends else None)


def promises_of(friend: UUID) -> list[FriendPromise]:
    """Return what a friend promised, the open ones first. In a system scope."""
    promises = FriendPromise.objects.filter(membership=friend, taken_back_at=None)
    return sorted(promises.order_by("at", "pk"), key=lambda promise: promise.done_at is not None)


def agreed_to_calls(friend: OwnFriend) -> bool:
    """Return whether a friend agreed to be called. In a system scope."""
    return sql.exists(
        "select 1 from people_consent c join enrolment_membership m on m.person_id = c.person_id"
        f" where m.id = %s and c.purpose = {Purpose.CALLS.value} and c.withdrawn_at is null limit 1",
        [friend.id],
    )


def friend_by_id(public_id: UUID) -> tuple[UUID, int] | None:
    """Return the membership and the unit of somebody who is a friend now. In a system scope."""
    friends = sql.rows(
        "select m.id, m.unit_id from enrolment_membership m join enrolment_roll l on l.id = m.roll_id"
        " where m.public_id = %s and l.code = %s and m.ended_on is null and m.merged_into is null",
        [public_id, FRIENDS.code],
    )
    return (friends[0][0], friends[0][1]) if friends else None


def friends_at(friend: UUID, unit_ids: Sequence[int], *, at: datetime) -> dict[int, int]:
    """Count by unit the friends that the programme of a friend counts there now.

    In a system scope, which counts exactly.
    """
    programme = programmes.programme_by_id(or_refuse(member_or_none(friend)).programme_id)
    return {
        unit_id: programmes.unit_ladder(
            node=unit_id, hierarchy=tree, programme=programme, measure=ENROLMENTS, at=at
        ).counted
        or 0
        for unit_id in unit_ids
        for tree in units.hierarchies_of(unit_id)[:1]
    }


def friend_unit_name(friend: OwnFriend, language: str) -> str:
    """Return the name of the unit of a friend."""
    return units.names_of_units([friend.unit_id], language=language).get(friend.unit_id, "")
