"""A friend belongs to the nearest organiser by place, and organisers of one place share evenly."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class OrganiserPost:
    """An organiser in office. unit_id: of the office. spans: its positions in every tree. phones: their own."""

    account_id: int
    unit_id: int
    spans: Sequence[Span]
    phones: Collection[UUID] = ()


def nearest_posts(spans: Sequence[Span], posts: Sequence[OrganiserPost]) -> list[OrganiserPost]:
    """Return the organisers of the smallest unit around a place. spans: the positions of the place.

    Without an organiser at the place or above it, these are all organisers within it. So a friend whose village is not
    known yet belongs to somebody too.
    """
    above: list[tuple[int, OrganiserPost]] = []
    within: list[OrganiserPost] = []
    for post in posts:
        sizes = [hi - lo for lo, hi in post.spans for at, end in spans if lo <= at and end <= hi]
        if sizes:
            above.append((min(sizes), post))
        elif any(at <= lo and hi <= end for lo, hi in post.spans for at, end in spans):
            within.append(post)
    if not above:
        return within
    smallest = min(size for size, _post in above)
    return [post for size, post in above if size == smallest]


def least_loaded(
    posts: Sequence[OrganiserPost], n_friends: Mapping[int, int], *, phone_id: UUID
) -> OrganiserPost | None:
    """Return the organiser with the fewest friends. An organiser never gets their own entry.

    n_friends: by account. The older of two equal accounts takes the friend.
    """
    others = [post for post in posts if phone_id not in post.phones]
    return min(others, key=lambda post: (n_friends.get(post.account_id, 0), post.account_id), default=None)
