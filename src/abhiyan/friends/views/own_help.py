"""Contributors see their skills and tasks on their own page, and friends give an opinion."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from abhiyan.core import clock
from abhiyan.enrolment.queries import people as queries_people
from abhiyan.enrolment.queries.page_parts import PagePart
from abhiyan.enrolment.queries.people import Member
from abhiyan.enrolment.rules.rolls import FRIENDS
from abhiyan.friends.actions.in_touch import friend_asked, opinion_link
from abhiyan.friends.queries import contributors as queries
from abhiyan.work.queries import tasks


def own_help(member: Member, at: datetime) -> Iterator[PagePart]:
    """Yield for one's own page what a contributor can do, their tasks, and where a friend gives an opinion."""
    if member.is_current:
        yield PagePart("friends/_me_help.html", _help_facts(member, at=at))


def _help_facts(member: Member, *, at: datetime) -> dict[str, Any]:
    found_tasks = tasks.tasks_of_helper(member.phone_id, persons_of(member))
    if not member.said.asks_skills:
        return {"own_tasks": found_tasks, "own_opinion": _opinion(member, at=at)}
    words = queries.skill_words(queries.skill_form(member.unit_id))
    skills = queries.own_skills(member.public_id)
    return {
        "own_tasks": found_tasks,
        "asks_skills": True,
        "own_skills": [words[queries.SKILLS].get(skill, skill) for skill in skills.get(queries.SKILLS, ())],
        "own_hours": words[queries.HOURS].get(skills.get(queries.HOURS, ""), skills.get(queries.HOURS, "")),
    }


def _opinion(member: Member, *, at: datetime) -> str:
    """Return the address at which a friend says what they think; "" where nobody asks for opinions."""
    if member.said is not FRIENDS:
        return ""
    link = opinion_link(member.public_id, on=clock.day_in(settings.TIME_ZONE, at))
    return reverse("friends:own_opinion", args=[link]) if friend_asked(link, at=at) else ""


def persons_of(member: Member) -> list[UUID]:
    """Return the entries of one human being on a phone: they may be on several rolls."""
    who = queries_people.told_apart_by(member)
    on_phone = queries_people.own_memberships(member.phone_id)
    return [one.person_id for one in on_phone if queries_people.told_apart_by(one) == who]
