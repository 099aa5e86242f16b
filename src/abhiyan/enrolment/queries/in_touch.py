"""Friends nobody spoke with for 30 days. Each organiser has the friends who joined by the organiser's own link."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from abhiyan.contact.models import ContactTry
from abhiyan.core import sql
from abhiyan.core.refusals import needed
from abhiyan.core.rows import Rows
from abhiyan.core.scope import system
from abhiyan.enrolment.models import Membership
from abhiyan.enrolment.paper.models import Referral
from abhiyan.enrolment.rules.rolls import FRIENDS
from abhiyan.org import queries as org
from abhiyan.people import queries as people
from abhiyan.people.models import Purpose
from abhiyan.programmes import queries as programmes
from abhiyan.units import queries as units

FRIEND = ContactTry.Way.FRIEND.value  # what such a try is about is the membership
QUIET = timedelta(days=30)
COLUMNS = "m.id, m.public_id, p.name, m.phone_id, m.unit_id, m.programme_id, d.at, t.at"
RECORD = "enrolment.enrol"  # whose office gave it made a link there
# By the link (referred_by), then each friend by ids, then their newest talk (contact_try_about).
_OWN = f"""from enrolment_referral r join enrolment_referred d on d.referral_id = r.id
 join enrolment_membership m on m.public_id = d.membership and m.ended_on is null and m.merged_into is null
 join enrolment_roll l on l.id = m.roll_id and l.code = '{FRIENDS.code}'
 join people_person p on p.id = m.person_id and p.left_at is null
 left join lateral (select a.at from contact_try a where a.way = '{FRIEND}' and a.about = m.id
   and a.outcome = '{ContactTry.Outcome.TALKED.value}' and a.undone_at is null order by a.at desc limit 1) t on true
 where r.id = any(%(links)s) and m.phone_id <> all(%(own)s::uuid[])"""
# It leaves out friends who said no to us, whose number was wrong, or whose last try lets them rest.
_QUIET = f""" and coalesce(t.at, d.at) < %(before)s
 and not exists (select from people_suppression x where x.phone_id = m.phone_id and x.lifted_at is null)
 and not exists (select from contact_try a where a.way = '{FRIEND}' and a.about = m.id and a.undone_at is null
   and (a.again_at > %(at)s or a.outcome = '{ContactTry.Outcome.WRONG_NUMBER.value}'))"""


@dataclass(frozen=True, slots=True)
class QuietFriend:
    """A friend that an organiser invited. spoken_at: None: nobody spoke with them since they joined."""

    id: UUID
    public_id: UUID
    name: str
    phone_id: UUID
    unit_id: int
    programme_id: int
    joined_at: datetime
    spoken_at: datetime | None
    place: str = ""


def links_in_office(account_id: int) -> list[int]:
    """Return the own links of an account whose units it still enrols in. In a system scope.

    With the office the link ends. So friends who joined by it are the organiser's no more.
    """
    links = Referral.objects.filter(account_id=account_id).values_list("pk", "unit_id")
    return [pk for pk, unit_id in links if org.holds(account_id, RECORD, at=unit_id)]


def _of(account_id: int) -> dict[str, object]:
    """Return the values of `_OWN`: an organiser's own links, and own phones, for an organiser may have joined too."""
    links = links_in_office(account_id)
    return {"links": links, "own": list(people.own_phones(account_id)) if links else []}


def quiet_friends(account_id: int, *, language: str, at: datetime) -> Rows[QuietFriend]:
    """An organiser's friends nobody spoke with for 30 days, the longest silence first. In a system scope."""

    def finish(found: list[QuietFriend]) -> list[QuietFriend]:
        names = units.names_of({one.unit_id for one in found}, language=language)
        return [replace(one, place=names.get(one.unit_id, "")) for one in found]

    return Rows(
        COLUMNS,
        _OWN + _QUIET,
        _of(account_id) | {"before": at - QUIET, "at": at},
        orders={"since": ("coalesce(t.at, d.at)",)},
        make=QuietFriend,
        finish=finish,
        last="m.id",
    )


def count_quiet(account_id: int, *, at: datetime, most: int) -> int:
    """Count these friends, up to `most`. One query where there is no own link."""
    with system("friends nobody spoke with"):
        given = _of(account_id)
        if not given["links"]:
            return 0
        found = sql.value(
            f"select count(*) from (select 1 {_OWN}{_QUIET} limit %(most)s) f",
            given | {"before": at - QUIET, "at": at, "most": most},
        )
    return int(found or 0)


def own_friend(account_id: int | None, public_id: UUID) -> QuietFriend:
    """Return a friend that this organiser invited, however lately somebody spoke with them; else NotFound.

    An organiser whose office there ended gets NotFound too.
    """
    with system("a friend of an organiser"):
        found = sql.each(
            QuietFriend,
            f"select {COLUMNS} {_OWN} and m.public_id = %(friend)s limit 1",
            _of(account_id or 0) | {"friend": public_id},
        )
    return needed(found[0] if found else None)


def agreed_to_calls(one: QuietFriend) -> bool:
    """Return whether a friend agreed to be called. In a system scope."""
    return sql.exists(
        "select 1 from people_consent c join enrolment_membership m on m.person_id = c.person_id"
        f" where m.id = %s and c.purpose = {Purpose.CALLS.value} and c.withdrawn_at is null limit 1",
        [one.id],
    )


def friend_by_id(public_id: UUID) -> tuple[UUID, int] | None:
    """The membership and the unit of somebody who is a friend now. In a system scope."""
    found = sql.rows(
        "select m.id, m.unit_id from enrolment_membership m join enrolment_roll l on l.id = m.roll_id"
        " where m.public_id = %s and l.code = %s and m.ended_on is null and m.merged_into is null",
        [public_id, FRIENDS.code],
    )
    return (found[0][0], found[0][1]) if found else None


def friends_at(friend: UUID, unit_ids: Sequence[int], *, at: datetime) -> dict[int, int]:
    """By unit: how many friends the programme of a friend counts there now. In a system scope, which counts exactly."""
    programme = programmes.programme_by_id(Membership.objects.get(public_id=friend).programme_id)
    return {
        each: programmes.ladder(node=each, hierarchy=tree, programme=programme, at=at).counted or 0
        for each in unit_ids
        for tree in units.hierarchies_of(each)[:1]
    }


def placed(one: QuietFriend, language: str) -> str:
    """The name of the unit of a friend."""
    return units.names_of([one.unit_id], language=language).get(one.unit_id, "")
