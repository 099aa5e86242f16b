"""The part of a contributor's own page: what they can do, and the tasks they have."""

from typing import Any
from uuid import UUID

from abhiyan.enrolment.queries import contributors as queries
from abhiyan.enrolment.queries import people as queries_people
from abhiyan.enrolment.queries.people import Member
from abhiyan.programmes.queries import tasks


def own_help(member: Member | None) -> dict[str, Any]:
    """Return what a contributor's own page shows: what they can do, and the tasks they have."""
    if member is None or not member.is_current:
        return {}
    found_tasks = tasks.tasks_of_helper(member.phone_id, persons_of(member))
    if not member.said.asks_skills:
        return {"own_tasks": found_tasks}
    words = queries.skill_words(queries.skill_form(member.unit_id))
    said = queries.own_skills(member.public_id)
    return {
        "own_tasks": found_tasks,
        "asks_skills": True,
        "own_skills": [words[queries.SKILLS].get(one, one) for one in said.get(queries.SKILLS, ())],
        "own_hours": words[queries.HOURS].get(said.get(queries.HOURS, ""), said.get(queries.HOURS, "")),
    }


def persons_of(member: Member) -> list[UUID]:
    """The entries of one human being on a phone: they may be on several rolls."""
    who = queries_people.told_apart_by(member)
    on_phone = queries_people.own_memberships(member.phone_id)
    return [one.person_id for one in on_phone if queries_people.told_apart_by(one) == who]
