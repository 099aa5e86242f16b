"""Persons: corrected, and moved with whoever knows where they live. Authority is asked by the act that calls."""

from uuid import UUID

from abhiyan.people.models import Consent, Person


def correct_person(*, person: Person, name: str | None, birth_year: int | None) -> None:
    """Write a person's name and year of birth as they are right. The act that calls leaves the trail."""
    person.name, person.birth_year = name, birth_year
    person.save(update_fields=["name", "birth_year"])


def move_person(*, person_id: UUID, unit_id: int) -> None:
    """A person lives in another unit: so do their consents. The act that calls leaves the trail."""
    Person.objects.filter(pk=person_id).update(unit_id=unit_id)
    Consent.objects.filter(person_id=person_id).update(unit_id=unit_id)
