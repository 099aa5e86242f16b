"""Names of people that a text may hold: a text that goes up names nobody."""

from collections.abc import Collection

from abhiyan.core import sql

from .rules.called import words_inside

MOST_LEFT = 5_000  # people who left

MOST_BEARERS = 1_000  # names with one word

UNHEARD_BATCHES = 20  # batches of people who joined just now
_BEARERS = """
select p.name from unnest(%(words)s::text[]) asked cross join lateral (
  select w.person_id from people_person_word w where w.word = asked and w.unit_id = any(%(units)s)
  limit %(most)s) w
join people_person p on p.id = w.person_id where p.erased_at is null
union select a.name from unnest(%(words)s::text[]) asked cross join lateral (
  select w.account_id from people_account_word w where w.word = asked and w.unit_id = any(%(units)s)
  limit %(most)s) w
join people_account a on a.id = w.account_id where a.closed_at is null
union select p.name from (select person_ids from people_unheard order by id desc limit %(batches)s) u
cross join unnest(u.person_ids) new (id) join people_person p on p.id = new.id
where p.unit_id = any(%(units)s) and p.name is not null and p.erased_at is null
union (select p.name from people_person p where p.unit_id = any(%(units)s) and p.left_at is not null
  and p.name is not null and p.erased_at is null order by p.left_at desc, p.id limit %(left)s)"""


def names_in(unit_ids: Collection[int], text: str) -> list[str]:
    """Names of units that have a word of a text, as it sounds: of people entered there, and of first offices there.

    Every name is compared, also of people who joined just now, and of the MOST_LEFT people who left last. At most
    MOST_BEARERS names of one word are returned. In a system scope.
    """
    values = {"words": sorted(words_inside(text)), "units": [*unit_ids], "most": MOST_BEARERS}
    return sorted(sql.column(_BEARERS, values | {"batches": UNHEARD_BATCHES, "left": MOST_LEFT}))
