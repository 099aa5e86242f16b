"""Contact with beneficiaries from nothing to the slide: targets, a list, doors, a convention, YES, checks, numbers.

It answers how many of the 180 really came, and the slide says the number of the board and of a recount.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.urls import reverse

from abhiyan.contact import actions
from abhiyan.contact.actions import Told
from abhiyan.contact.models import ContactEntry, ContactList
from abhiyan.contact.rules.kinds import CALLED, LISTED, TALKED
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.given import time as let_it_be
from abhiyan.meetings import actions as meetings
from abhiyan.meetings.models import Meeting
from abhiyan.meetings.rules.attendance import ATTENDED
from abhiyan.meetings.tests.make import counting, reachable
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.models import Question
from abhiyan.messaging.rules import questions
from abhiyan.messaging.tests.bulk import Kept
from abhiyan.messaging.tests.sending import send_due
from abhiyan.messaging.tests.test_reach import enter
from abhiyan.people.actions.suppressions import keep_spoken_no
from abhiyan.polls.models import Poll
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import unit_ladder
from abhiyan.programmes.rules.ladder import Ladder
from abhiyan.review.tests.test_slides import slides
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.targets import actions as targets
from abhiyan.units.models import Unit
from abhiyan.verification.actions import (
    begin_try,
    close_answers,
    conclude_check,
    draw_frame,
    frames,
    freeze_frame,
    refresh_estimates,
    take_check,
)
from abhiyan.verification.models import Check, Estimate
from abhiyan.verification.queries.checks import SaidUnseen
from abhiyan.verification.refusals import NothingForYou

from .at_doors import POINT
from .make import DAY, TODAY, filled, new_list
from .test_convention import HOLD, invite, registered, started

# Committed: checks are taken one after the other, each in a transaction of its own.
pytestmark = pytest.mark.django_db(transaction=True)
LISTED_PEOPLE, CAME, NUMBER = 60, 44, 180
NEXT_DAY = NOW + DAY
OFFICE, VERIFIER = "state_president", "verifier_elsewhere"


def number(n: int) -> str:
    return f"+9194190{n:05d}"


def opened(cast: Cast) -> Programme:
    """A programme of contact with a target for each of its measures, split below."""
    unit_id = cast.world.units["JK"].pk
    with system("test"):
        made = programmes.make_programme(
            template="contact",
            names={"en": "Meet beneficiaries", "hi": "लाभार्थी संपर्क"},
            owner_id=unit_id,
            unit_ids=[unit_id],
            opens_on=TODAY,
            closes_on=TODAY + 59 * DAY,
            by=SYSTEM,
            at=NOW,
        )
        programmes.open_programme(programme_id=made.pk, by=SYSTEM, at=NOW)
        for measure, n in ((TALKED, 500), (LISTED, 600), (CALLED, 300)):
            whole: dict[str, Any] = {"programme_id": made.pk, "measure": measure, "by": SYSTEM, "at": NOW}
            targets.set_target(unit_id=unit_id, n=n, **whole)
            targets.split_target(unit_id=unit_id, how="equally", **whole)
        made.refresh_from_db()
    return made


def brought(cast: Cast, run: Programme, tmp_path: Path) -> ContactList:
    """A list of people who signed at a desk: made, checked, approved by a data officer, imported."""
    maker = cast.actor(OFFICE)
    new = new_list(signed="desk", signed_on=TODAY, signed_with="Workers of the mandal")
    one = actions.make_list(programme=run, unit_id=cast.world.units["JK-SRI"].pk, new=new, by=maker, at=NOW)
    rows = [f"JK-B001,Person {n},{number(n)},{n}" for n in range(LISTED_PEOPLE)]
    filled(tmp_path, "\n".join(["Unit code,Name,Phone,House", *rows]), one, maker, cast.actor("data_officer"))
    with system("test"):
        one.refresh_from_db()
    return one


def say(phone: str, kind: str, *, yes: bool) -> None:
    """A phone answers its open question of a kind."""
    phone_id = keyring().phone_id(phone)
    with system("test"):
        question = Question.objects.get(phone_id=phone_id, kind=kind)
        word = questions.word(keyring().token, question.pk, 1)
        messaging.answer_question(
            phone_id=phone_id, yes=yes, code=word, channel="sms", ref="1", by=Actor.public(), at=NEXT_DAY
        )


def climbed(cast: Cast, run: Programme, measure: int) -> Ladder:
    """Return the rungs on the board of the state; the ledger equals a recount of the facts."""
    with system("test"):
        programmes.fold_changes(at=NEXT_DAY)
        wrong = [
            each for each in programmes.recount_facts(at=NEXT_DAY).differences if each.programme_id == run.pk
        ]
        assert wrong == []
        unit_id = cast.world.units["JK"].pk
        return unit_ladder(programme=run, node=unit_id, hierarchy=1, measure=measure, at=NEXT_DAY)


def checks(cast: Cast) -> Iterator[Check]:
    while True:
        try:
            yield take_check(by=cast.actor(VERIFIER), at=NEXT_DAY)
        except NothingForYou:
            return


def checked(cast: Cast, run: Programme) -> Estimate:
    """The attendances are frozen, drawn, and asked about by somebody outside the line: all were there."""
    due, me = NEXT_DAY + timedelta(seconds=1), cast.actor(VERIFIER)
    plan = frames.FramePlan(checks=40, source="a round of the beacon", due_at=due, ends_on=TODAY + 9 * DAY)
    frame = freeze_frame(programme=run, measure=ATTENDED, plan=plan, by=SYSTEM, at=NEXT_DAY)
    draw_frame(public_id=frame.public_id, value="8c3fa0", by=SYSTEM, at=due)
    for n, check in enumerate(checks(cast)):
        begin_try(check_id=check.id, by=me, at=NEXT_DAY)
        if not n:
            page = cast.client(VERIFIER).get(reverse("verification:check", args=[check.id])).text
            assert "Person " in page and "Convention" not in page, "named by the list; the answer comes last"
        said = SaidUnseen(words={"meeting": "A convention"}, meaning="joined")
        close_answers(check_id=check.id, said=said, by=me, at=NEXT_DAY)
        conclude_check(check_id=check.id, outcome=Check.Outcome.GENUINE, by=me, at=NEXT_DAY)
    refresh_estimates(at=NEXT_DAY)
    with system("test"):
        unit_id = cast.world.units["JK"].pk
        return Estimate.objects.get(frame=frame, unit_id=unit_id, shade=Estimate.Shade.SIGNED)


def deck(cast: Cast, where: str, **given: str) -> list[tuple[str, str]]:
    """The slides that the office makes: title and words of each."""
    client = cast.client(OFFICE)
    made = client.post(f"/review/slides/new/?{where}", {"language": "en", **given})
    assert made.status_code == 302, made.text[:2000]
    return slides(bytes(client.get(f"{made['Location']}file/pptx/").content))


def test_from_nothing_to_the_slide_and_the_answer_how_many_of_the_180_came(tmp_path: Path) -> None:
    cast = reachable()
    cast._seat(VERIFIER, "verifier", "HP", 1)
    enter(cast.world.units["JK"].pk, closes_at=None, kind=Poll.Kind.NONE)
    run = opened(cast)
    one = brought(cast, run, tmp_path)
    assert climbed(cast, run, LISTED) == Ladder(reported=LISTED_PEOPLE, counted=LISTED_PEOPLE)

    worker, booth = cast.actor("booth_worker"), cast.world.booth
    with system("test"):
        Unit.objects.filter(pk=booth.pk).update(lat=POINT[0], lon=POINT[1])
    taken, _held = actions.take_doors(programme=run, unit_id=booth.pk, by=worker, at=NOW)
    # The doors of the persons 0 to 2: the YES of 0 to a talk confirms their signature as well.
    for n, door in enumerate(taken[:3]):
        told = Told("talked", number(90 + n), point=POINT)
        actions.note_door(entry=door.public_id, told=told, by=worker, at=NOW)
    assert climbed(cast, run, TALKED) == Ladder(reported=3, unsigned=3)

    attending = counting(cast)
    convention = invite(
        cast,
        one,
        registered(cast),
        first_on=TODAY,
        last_on=TODAY,
        starts=HOLD.time(),
        programme_id=attending,
    )
    started(cast, convention)
    send_due(Kept(), at=NOW + timedelta(minutes=9))
    at_the_door(cast, convention, one)
    with system("test"):
        meets = Programme.objects.get(pk=attending)
    assert climbed(cast, meets, ATTENDED) == Ladder(reported=NUMBER, counted=CAME)

    let_it_be(NEXT_DAY)
    with system("test"):
        assert meetings.ask_who_came(at=NEXT_DAY) == CAME
        assert actions.ask_signed(at=NEXT_DAY) == LISTED_PEOPLE - 1, "who said no is not asked"
        assert actions.ask_persons(at=NEXT_DAY) == 3
    for n in range(4):
        say(number(n), "came", yes=n > 0)
    for n in range(2):
        say(number(n), "contact", yes=True)
    say(number(90), "contact", yes=True)
    board = climbed(cast, meets, ATTENDED)
    assert board == Ladder(reported=NUMBER, counted=CAME - 1, confirmed=3), "one says they were not there"
    assert climbed(cast, run, LISTED).confirmed == 2 and climbed(cast, run, TALKED).confirmed == 1
    estimate = checked(cast, meets)
    assert estimate.rate == 1 and estimate.low is not None and estimate.low > 0.8

    came = "3 confirmed, 43 seen by name, 180 reported, 60 invited by message"
    assert came in cast.client(OFFICE).get(f"/meetings/{convention.public_id}/").text
    titles = [title for title, _words in deck(cast, f"meeting={convention.public_id}")]
    assert titles[0] == came and "3 confirmed by their own yes" in titles
    for of, measure, counted in ((meets, ATTENDED, 43), (run, LISTED, 59), (run, TALKED, 1)):
        said = deck(cast, "unit=JK", measure=f"{of.public_id}-{measure}")
        assert re.search(rf"\b{counted}\b", said[1][0]), said[1]
        page = cast.client(OFFICE).get(f"/programmes/{of.public_id}/?unit=JK&measure={measure}").text
        assert re.search(rf"\b{counted}\b", re.sub(r"<[^>]+>", " ", page))
        assert climbed(cast, of, measure).counted == counted


def at_the_door(cast: Cast, convention: Meeting, one: ContactList) -> None:
    """The organiser's phone ticks people of the list by name, and notes the number of everybody."""
    let_it_be(HOLD)
    page = f"/field/meeting/{convention.public_id}/"
    with system("test"):
        rows = ContactEntry.objects.filter(list=one).order_by("pk")
        refs: list[UUID] = list(rows.values_list("public_id", flat=True))
        last = rows[LISTED_PEOPLE - 1].phone_id
        assert last is not None
    with transaction.atomic():
        keep_spoken_no(phone_id=last, by=SYSTEM, at=HOLD)
    client = cast.client(OFFICE)
    shown = client.get(page).text
    assert "Person 0, House 0" in shown and f"Person {LISTED_PEOPLE - 1}," not in shown, (
        "who said no is left out"
    )
    sent = client.post(page, {"invitee": refs[:CAME], "n": NUMBER, "walk_ins": NUMBER - CAME})
    assert sent.status_code == 302
