"""Friends get an organiser: by the link they joined by, by place and evenly, or by hand.

One transaction at a time changes organisers (`_alone`). A friend has one organiser at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, clock, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.enrolment.news import MembersMoved
from abhiyan.enrolment.rules.channels import RECORD
from abhiyan.friends.models import FriendOrganiser, FriendPromise
from abhiyan.friends.queries import organisers as queries
from abhiyan.friends.rules.organisers import OrganiserPost, least_loaded, nearest_posts
from abhiyan.org import queries as org
from abhiyan.org.news import AppointmentEnded
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.programmes.news import ItemsErased
from abhiyan.units import queries as units

AT_ONCE = 500  # friends of one turn
MOST_GIVEN = 2_000  # by hand, in one act
Way = FriendOrganiser.Way


class OrganiserGone(Refused, status=409):
    message = _("This organiser is not in office here. Choose another one.")


class NobodyToGive(Refused, status=409):
    message = _("No friend here fits. The new organiser takes only friends of their own unit and below.")


class ShareOver(Refused, status=409):
    message = _("These friends have gone on to somebody else. Nothing is left to take back.")


@dataclass(frozen=True, slots=True)
class OrganiserSeat:
    """An organiser in the unit of their office."""

    account_id: int
    unit_id: int


def share_friends(*, at: datetime) -> int:
    """Give friends without an organiser one. Return how many. As jobs.

    The worker by whose link they joined takes them, while in office. Others go to the nearest organiser by place,
    evenly among those of one unit.
    """
    _alone()
    posts = queries.posts_in_office(on=clock.day_in(settings.TIME_ZONE, at))
    links = {
        link: OrganiserSeat(account, unit)
        for link, account, unit in queries.links_of_unshared()
        if org.holds(account, RECORD, at=unit)
    }
    friends = queries.unshared_friends([post.unit_id for post in posts], list(links), most=AT_ONCE)
    spans = units.all_spans({friend.unit_id for friend in friends})
    near = {
        unit: nearest_posts(spans.get(unit, ()), posts) for unit in {friend.unit_id for friend in friends}
    }
    n_of = queries.count_friends_of(list({post.account_id for post in posts}))
    rows = []
    for friend in friends:
        seat: OrganiserSeat | OrganiserPost | None = links.get(friend.link_id or 0)
        way = Way.LINK
        if seat is None:
            seat, way = least_loaded(near[friend.unit_id], n_of, phone_id=friend.phone_id), Way.PLACE
        if seat is None:
            continue
        n_of[seat.account_id] = n_of.get(seat.account_id, 0) + 1
        rows.append(
            FriendOrganiser(
                membership=friend.public_id,
                unit_id=friend.unit_id,
                account_id=seat.account_id,
                post_id=seat.unit_id,
                way=way,
                from_at=at,
            )
        )
    FriendOrganiser.objects.bulk_create(rows)
    return len(rows)


def give_friends(
    *,
    to: OrganiserSeat,
    unit_id: int,
    hierarchy: int,
    from_account: int | None = None,
    friend: UUID | None = None,
    most: int = MOST_GIVEN,
    by: Actor,
    at: datetime,
) -> tuple[UUID, int]:
    """Give friends of a unit and below to an organiser, by hand. Return the id of the change, and how many.

    from_account: those of one organiser; None: friends without one. friend: one friend, whosever they are. An organiser
    takes only friends of the unit of their office and below. It needs `tasks.ask` at the unit and an office of the new
    organiser there. Refuses NotYours, OrganiserGone, NobodyToGive.
    """
    org.require(by, LEADS, at=unit_id)
    share, span = lot.uuid(), units.span(unit_id, hierarchy)
    with system("friends get another organiser"):
        _alone()
        posts = queries.posts_in_office(on=clock.day_in(settings.TIME_ZONE, at))
        seats = [seat for seat in posts if (seat.account_id, seat.unit_id) == (to.account_id, to.unit_id)]
        post = or_refuse(next(iter(seats), None), OrganiserGone)
        if not any(span[0] <= lo and hi <= span[1] for lo, hi in post.spans):
            raise OrganiserGone(field="to")
        chosen = queries.friends_to_give(
            span, to=post, from_account=from_account, friend=friend, most=min(most, MOST_GIVEN)
        )
        if not chosen:
            raise NobodyToGive(field="to")
        _end(chosen, at=at)
        FriendOrganiser.objects.bulk_create(
            FriendOrganiser(
                membership=friend_given.public_id,
                unit_id=friend_given.unit_id,
                account_id=post.account_id,
                post_id=post.unit_id,
                way=Way.HAND,
                share=share,
                by_id=by.account_id,
                from_at=at,
            )
            for friend_given in chosen
        )
        audit.record(
            by=by, at=at, act="enrolment.give_friends", subject=str(share), unit_id=unit_id, n=len(chosen)
        )
    return share, len(chosen)


def take_friends_back(*, share: UUID, unit_id: int, by: Actor, at: datetime) -> int:
    """Take a change by hand back: its friends go to who had them before, while in office. Return how many.

    The others get an organiser by place. It needs `tasks.ask` at the unit, and the change lies there. Refuses NotYours,
    ShareOver.
    """
    org.require(by, LEADS, at=unit_id)
    with system("friends go back to their organiser"):
        _alone()
        rows = list(FriendOrganiser.objects.filter(share=share, ended_at=None).order_by("pk"))
        if not rows or not queries.lie_in(rows, unit_id):
            raise ShareOver
        theirs = [row.membership for row in rows]
        former = FriendOrganiser.objects.filter(membership__in=theirs, ended_at=rows[0].from_at)
        before = {row.membership: row for row in former.order_by("pk")}  # the newest of each
        _end(rows, at=at)
        seats: dict[tuple[int, int], bool] = {}
        again = []
        for row in before.values():
            seat = row.account_id, row.post_id
            if seat not in seats:
                seats[seat] = org.holds(row.account_id, RECORD, at=row.post_id)
            if seats[seat]:
                row.pk, row.from_at, row.ended_at = None, at, None
                again.append(row)
        FriendOrganiser.objects.bulk_create(again)
        audit.record(
            by=by,
            at=at,
            act="enrolment.take_friends_back",
            subject=str(share),
            unit_id=unit_id,
            n=len(rows),
        )
    return len(rows)


def follow_friends(*, moved: MembersMoved) -> None:
    """Take friends who live elsewhere now from an organiser whose unit is not theirs.

    In the transaction of the move. In a system scope.
    """
    every = FriendOrganiser.objects.filter(membership__in=moved.memberships)
    theirs = list(every)
    if not theirs:
        return
    every.update(unit_id=moved.unit_id)
    FriendPromise.objects.filter(membership__in=moved.memberships).update(unit_id=moved.unit_id)
    spans = units.all_spans([moved.unit_id, *(row.post_id for row in theirs)])
    here = spans.get(moved.unit_id, [])
    gone = [
        row.pk
        for row in theirs
        if not any(lo < end and at_ < hi for lo, hi in spans.get(row.post_id, ()) for at_, end in here)
    ]
    every.filter(pk__in=gone, ended_at=None).update(ended_at=moved.at)


def leave_friends(*, ending: AppointmentEnded) -> None:
    """Free the friends of an ended office for the next organiser by place. In the transaction of that act."""
    with system("an organiser's office ended"):
        rows = FriendOrganiser.objects.filter(account_id=ending.account_id, ended_at=None)
        posts = set(rows.values_list("post_id", flat=True))
        over = [post for post in posts if not org.holds(ending.account_id, RECORD, at=post)]
        rows.filter(post_id__in=over).update(ended_at=ending.at)


def forget_friends(*, erasure: ItemsErased) -> None:
    """Forget whose friends these were and what they promised: they were erased. In a system scope."""
    FriendOrganiser.objects.filter(membership__in=erasure.item_ids).delete()
    FriendPromise.objects.filter(membership__in=erasure.item_ids).delete()


def _alone() -> None:
    sql.wait_for("organisers of friends")


def _end(some: Sequence[queries.GivenFriend | FriendOrganiser], *, at: datetime) -> None:
    theirs = [row.membership if isinstance(row, FriendOrganiser) else row.public_id for row in some]
    FriendOrganiser.objects.filter(membership__in=theirs, ended_at=None).update(ended_at=at)
