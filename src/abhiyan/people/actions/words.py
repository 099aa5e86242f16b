"""The words by which search finds people, written: for new people by a loop, for corrected ones at once."""

from collections.abc import Collection
from uuid import UUID

from abhiyan.core import sql
from abhiyan.people.models import Person, PersonWord
from abhiyan.people.rules.called import sounds

AT_ONCE = 5  # batches of one turn
_NEXT = """delete from people_unheard where id in (select id from people_unheard order by id limit %s
 for update skip locked) returning person_ids"""


def write_person_words(*, person_ids: Collection[UUID]) -> None:
    """Write the words of these people's names in place of the old ones. In a system scope.

    People who left or were erased have none.
    """
    PersonWord.objects.filter(person_id__in=person_ids).delete()
    persons = Person.objects.filter(pk__in=person_ids, left_at=None, erased_at=None, name__isnull=False)
    PersonWord.objects.bulk_create(
        (
            PersonWord(person_id=pk, word=word, unit_id=unit_id)
            for pk, name, unit_id in persons.order_by("pk")
            .select_for_update()
            .values_list("pk", "name", "unit_id")
            for word in sounds(name or "")
        ),
        batch_size=5_000,
        ignore_conflicts=True,
    )


def hear_new(*, batches: int = AT_ONCE) -> int:
    """Write the words of people who joined since the last turn; how many people. In a system scope."""
    heard = [ident for (ids,) in sql.rows(_NEXT, [batches]) for ident in ids]
    if heard:
        write_person_words(person_ids=heard)
    return len(heard)
