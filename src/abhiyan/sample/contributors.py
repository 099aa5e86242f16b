"""The demo's contributors: a programme of the state, five people of each of its districts, and two tasks.

They say what they can do and how many hours they have. The state's president asks two of them; one has done the task.
"""

import itertools
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.samples import SampleGround
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.enrolment import actions as enrolment
from abhiyan.friends.actions import contributors as acts
from abhiyan.friends.queries import contributors as queries
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.models import Programme
from abhiyan.targets import actions as targets
from abhiyan.units.models import Hierarchy
from abhiyan.work import actions as work
from abhiyan.work.queries import tasks
from abhiyan.work.rules.tasks import Act

from . import friends, history, people, tree
from .claims import BY, join_by_web
from .data_files import sample_words

WORDS = sample_words().contributors
PHONES_FROM = 46_700_000
DAYS, LONGEST, TARGET = 20, 120, 500
EACH = 5  # contributors of a district


def gather_contributors(ground: SampleGround, rows: Sequence[tree.UnitRowSample]) -> Programme:
    """Make the programme. People join it from every district of the state and say how they can help."""
    homes = _homes(rows)
    opened = datetime.combine(ground.today - timedelta(days=DAYS), time(9), history.ZONE)
    with system("demo"):
        made = _programme(ground, opened)
    crowd = people.sample_people(f"contributors {ground.seed}", first=PHONES_FROM)
    persons = list(itertools.islice(crowd, len(homes)))
    joined = opened + timedelta(days=4)
    claim_outcomes = join_by_web(made.pk, persons, homes, at=joined)
    helpers, can, hours = [], WORDS.skills, WORDS.hours
    for n, (sample_person, outcome) in enumerate(zip(persons, claim_outcomes, strict=True)):
        if outcome.membership is not None:
            helpers.append(outcome.membership)
            skills = sorted({can[n % len(can)], can[n // 2 % len(can)]})
            with scoped(Scope(phone=keyring().phone_id(sample_person.phone))):
                acts.note_skills(
                    membership=outcome.membership,
                    answers={queries.SKILLS: skills, queries.HOURS: hours[n // 3 % len(hours)]},
                    by=Actor(kind="citizen", id=outcome.membership),
                    at=joined + timedelta(minutes=n + 1),
                )
    _ask(ground, helpers[:2])
    return made


def _homes(rows: Sequence[tree.UnitRowSample]) -> list[str]:
    """Return the codes of some booths of each district of the state."""
    above = {row.code: row.organisational_parent for row in rows}
    booths: dict[str, list[str]] = {}
    for row in rows:
        if row.kind == "booth":
            booths.setdefault(above[above[row.organisational_parent]], []).append(row.code)
    return [code for codes in booths.values() for code in codes[:: max(1, len(codes) // EACH)][:EACH]]


def _programme(ground: SampleGround, opened: datetime) -> Programme:
    by, state = ground.actor("state_president"), ground.ids["JK"]
    friends.publish_sample_notice("contributors", at=opened)
    made = programmes.make_programme(
        template="contributors",
        names=WORDS.names.by_language(),
        owner_id=state,
        unit_ids=[state],
        opens_on=opened.date(),
        closes_on=opened.date() + timedelta(days=LONGEST),
        by=by,
        at=opened,
        is_sample=True,
    )
    programmes.open_programme(programme_id=made.pk, by=by, at=opened)
    targets.set_target(programme_id=made.pk, unit_id=state, n=TARGET, by=by, at=opened)
    enrolment.set_up_drive(programme_id=made.pk, join_slug="help", by=BY, at=opened)
    made.refresh_from_db()
    return made


def _ask(ground: SampleGround, some: Sequence[UUID]) -> None:
    """Give a task to two contributors. The first says that it is done."""
    at = ground.at - timedelta(hours=30)
    with system("demo"):
        acts.ask_helpers(
            what=work.What(WORDS.task, due_at=ground.at + timedelta(days=3)),
            to=some,
            unit_id=ground.ids["JK"],
            hierarchy=Hierarchy.ORGANISATIONAL,
            by=ground.actor("state_president"),
            at=at,
        )
        first, *_others = queries.chosen_contributors(some)
    # The demo runs as the jobs, whose role sees no task without a reason.
    with scoped(Scope(phone=first.phone_id, everything=True, reason="demo")):
        (task,) = tasks.tasks_of_helper(first.phone_id, [first.person_id])
        by = Actor(kind="citizen", id=first.public_id)
        work.change_task(public_id=task.public_id, act=Act.DO, by=by, at=at + timedelta(hours=5))
