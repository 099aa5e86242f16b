"""Stays from nothing to the slide: a target, places, 24 hours, reports, hosts' YES, a draw, checks, an estimate.

The slide answers how many places had a worker for 24 hours, and what they heard. It equals the board and a recount.
"""

import csv
import re
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from abhiyan.contact.tests.test_contact_from_nothing_journey import deck
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.make import Human
from abhiyan.enrolment.tests.web import open_me
from abhiyan.forms.models import Submission
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.models import Question
from abhiyan.messaging.rules import questions
from abhiyan.opinions import actions as opinions
from abhiyan.opinions.models import Opinion
from abhiyan.org import actions as org
from abhiyan.pages.tests.test_titles_tell_the_truth import made, titles_on_their_pages
from abhiyan.people import actions as people
from abhiyan.people.models import Account
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.models import Item, Programme
from abhiyan.programmes.queries import unit_ladder
from abhiyan.programmes.rules.ladder import Ladder
from abhiyan.review.models import Deck
from abhiyan.review.tests.test_slides import slides as slides_in
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.stays import actions
from abhiyan.stays.actions import STAYS, MarkGiven, NewStay, StayReport
from abhiyan.stays.models import Stay
from abhiyan.stays.numbers import source_code
from abhiyan.stays.rules.stays import StayStep
from abhiyan.targets import actions as targets
from abhiyan.units.models import Kind, Placement, Unit
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

from .make import DAY, POINT, TODAY

# Committed: checks are taken one after the other, each in a transaction of its own.
pytestmark = pytest.mark.django_db(transaction=True)
PLACES, WENT, STAYED, WATER, YES = 50, 48, 47, 30, 20
OFFICE, VERIFIER = "state_president", "verifier_of_srinagar"
HOUR = timedelta(hours=1)
LEFT, EVENING = NOW + 25 * HOUR, NOW + 31 * HOUR  # 13:00 and 19:00 in India


def host(n: int) -> str:
    return f"+9194191{n:05d}"


HOSTS = [
    Human(name, 1960, host(n)) for n, name in enumerate(("Meena Devi", "Gopal Dass"))
]  # they are members


def opened(cast: Cast) -> Programme:
    """A programme of stays with a target for its measure, split below."""
    unit_id = cast.world.units["JK"].pk
    with system("test"):
        made = programmes.make_programme(
            template="stays",
            names={"en": "Village stays", "hi": "गाँव प्रवास"},
            owner_id=unit_id,
            unit_ids=[unit_id],
            opens_on=TODAY,
            closes_on=TODAY + 2 * DAY,
            by=SYSTEM,
            at=NOW,
        )
        programmes.open_programme(programme_id=made.pk, by=SYSTEM, at=NOW)
        whole: dict[str, Any] = {"programme_id": made.pk, "measure": STAYS, "by": SYSTEM, "at": NOW}
        targets.set_target(unit_id=unit_id, n=60, **whole)
        targets.split_target(unit_id=unit_id, how="equally", **whole)
        made.refresh_from_db()
    return made


def places(cast: Cast) -> list[Unit]:
    """New booths of a mandal, each with a point of its own."""
    with system("test"):
        mandal = Placement.objects.get(unit__code="JK-JAM-M1", hierarchy=1, valid_to=None)
        assert mandal.hi is not None
        made = Unit.objects.bulk_create(
            Unit(
                code=f"JK-S{n:03d}",
                kind=Kind.BOOTH,
                names={"en": f"Booth {n}", "hi": f"बूथ {n}"},
                lat=POINT[0] + n / 50,
                lon=POINT[1],
            )
            for n in range(PLACES)
        )
        Placement.objects.bulk_create(
            Placement(
                hierarchy=1,
                unit=unit,
                parent_id=mandal.unit_id,
                depth=mandal.depth + 1,
                lo=mandal.hi - 2 * PLACES + 2 * n,
                hi=mandal.hi - 2 * PLACES + 2 * n + 2,
                leaves=1,
                valid_from=mandal.valid_from,
            )
            for n, unit in enumerate(made)
        )
    return made


def workers(booths: list[Unit]) -> list[Account]:
    """A worker with a phone and an office in each booth; everybody stays in the next one."""
    with system("test"):
        made = []
        for n, booth in enumerate(booths):
            account = people.open_account(
                phone=f"+9194192{n:05d}", name=f"Worker {n}", language="en", by=SYSTEM, at=NOW
            )
            org.appoint(
                account_id=account.pk,
                office="booth_worker",
                unit_id=booth.pk,
                starts_on=TODAY - 30 * DAY,
                by=SYSTEM,
                at=NOW,
            )
            made.append(account)
    return made


def marked(stay: Stay, n: int, step: StayStep, at: datetime, by: Actor, place: Unit) -> None:
    assert place.lat is not None and place.lon is not None
    mark = MarkGiven((place.lat, place.lon), 15)
    actions.add_mark(stay=stay.pk, step=step, mark_given=mark, by=by, at=at)


def reported(stay: Stay, n: int, by: Actor) -> None:
    """A worker writes what they heard: water in most places, roads in the rest."""
    answers = {"homes": 2, "problems": ["water" if n < WATER else "road"]}
    if n < len(HOSTS):
        answers["heard"] = f"The tap of lane {n + 1} is dry"
    actions.add_report(stay=stay.pk, report=StayReport(answers), by=by, at=LEFT)


def says(phone: str, *, yes: bool) -> None:
    """A host answers our question by SMS."""
    phone_id = keyring().phone_id(phone)
    with system("test"):
        question = Question.objects.get(phone_id=phone_id)
        word = questions.word(keyring().token, question.pk, 1)
        messaging.answer_question(
            phone_id=phone_id, yes=yes, code=word, channel="sms", ref="1", by=Actor.public(), at=EVENING
        )


def climbed(cast: Cast, run: Programme) -> Ladder:
    """Return the rungs of the state; the ledger equals a recount of the facts."""
    with system("test"):
        programmes.fold_changes(at=EVENING)
        wrong = [
            row for row in programmes.recount_facts(at=EVENING).differences if row.programme_id == run.pk
        ]
        assert wrong == []
        unit_id = cast.world.units["JK"].pk
        return unit_ladder(programme=run, node=unit_id, hierarchy=1, measure=STAYS, at=EVENING)


def checked(cast: Cast, run: Programme) -> Estimate:
    """The stays are frozen, drawn, and asked about by somebody outside the line: all were there."""
    due, me = EVENING + timedelta(seconds=1), cast.actor(VERIFIER)
    plan = frames.FramePlan(checks=40, source="a round of the beacon", due_at=due, ends_on=TODAY + 9 * DAY)
    frame = freeze_frame(programme=run, measure=STAYS, plan=plan, by=SYSTEM, at=EVENING)
    draw_frame(public_id=frame.public_id, value="8c3fa0", by=SYSTEM, at=due)
    for _check in range(PLACES):
        try:
            check = take_check(by=me, at=EVENING)
        except NothingForYou:
            break
        begin_try(check_id=check.id, by=me, at=EVENING)
        said = SaidUnseen(words={"who": "A worker"}, meaning="joined")
        close_answers(check_id=check.id, said=said, by=me, at=EVENING)
        conclude_check(check_id=check.id, outcome=Check.Outcome.GENUINE, by=me, at=EVENING)
    refresh_estimates(at=EVENING)
    with system("test"):
        return Estimate.objects.get(frame=frame, unit__code="JK-JAM", shade=Estimate.Shade.SIGNED)


def passed_up(cast: Cast, at: datetime) -> int:
    """The mandal and the district pass a quote up, without a name. Return the number of its host."""
    with system("test"):
        opinion = Opinion.objects.earliest("at", "pk")
        report = Submission.objects.get(pk=opinion.pk)
        words, name = report.answers["heard"], Stay.objects.get(pk=report.about_id).host_name
    for office in ("mandal_of_jammu", "district_elsewhere"):
        by = cast.actor(office)
        # An account of the cast is called “district_elsewhere of another place”.
        opinions.pass_opinion(public_id=opinion.public_id, text=words, no_names=["of"], by=by, at=at)
    return int(name.removeprefix("Host "))


def board_heard(cast: Cast, run: Programme) -> Counter[str]:
    """The answers of the board of what the field heard, for this programme."""
    asked = {"unit": "JK", "source": source_code(run), "format": "csv"}
    page = cast.client(OFFICE).get(reverse("opinions:heard"), asked).getvalue().decode("utf-8-sig")
    return Counter({row[0]: int(row[3]) for row in list(csv.reader(page.splitlines()))[1:]})


def test_from_nothing_to_the_slide_and_what_places_with_a_worker_for_24_hours_heard() -> None:
    cast = Cast.make()
    for role, office, unit in (
        (VERIFIER, "verifier", "JK-SRI"),
        ("mandal_of_jammu", "mandal_president", "JK-JAM-M1"),
    ):
        cast._seat(role, office, unit, 1)
    for human in HOSTS:
        cast.world.web_join(of=human, unit=cast.world.far_booth)
    run, booths = opened(cast), places(cast)
    people_there = workers(booths)

    # Places are assigned, and workers accept.
    stays = []
    for n, worker in enumerate(people_there):
        new = NewStay(booths[(n + 1) % PLACES].pk, worker.pk, f"Host {n}", host(n))
        stays.append(actions.assign_stay(programme=run, new=new, by=cast.actor(OFFICE), at=NOW))
    acts = [Actor("person", worker.public_id, worker.pk) for worker in people_there]
    for stay, by in zip(stays[:WENT], acts, strict=False):
        actions.answer_stay(stay=stay.pk, accepts=True, by=by, at=NOW)
    board = f"/stays/{run.public_id}/?unit=JK"
    assert "What workers heard" not in cast.client(OFFICE).get(board).text

    # 24 hours in each place, but for a worker who leaves early; each writes a report.
    given.time(LEFT)
    for n, (stay, by) in enumerate(zip(stays[:WENT], acts, strict=False)):
        place = booths[(n + 1) % PLACES]
        marked(stay, n, StayStep.ARRIVE, NOW, by, place)
        marked(stay, n, StayStep.LEAVE, LEFT if n < STAYED else NOW + 20 * HOUR, by, place)
        reported(stay, n, by)
    assert climbed(cast, run) == Ladder(reported=WENT, counted=STAYED)

    # In the evening the hosts are asked. Some say YES, one says NO, the rest is silent.
    given.time(EVENING)
    with system("test"):
        assert actions.ask_hosts(at=EVENING) == STAYED
    for n in range(YES):
        says(host(n), yes=True)
    says(host(STAYED - 1), yes=False)
    seen = climbed(cast, run)
    assert seen == Ladder(reported=WENT, counted=STAYED - 1, confirmed=YES), "a NO leaves what was reported"
    estimate = checked(cast, run)
    assert estimate.rate == 1 and estimate.low is not None and estimate.low > 0.8
    quoted = passed_up(cast, EVENING)

    # The number on the slide is that of the board and of a recount.
    with system("test"):
        facts = Item.objects.filter(programme=run, counted_at__isnull=False, ended_at=None)
        assert facts.count() == seen.counted
    page = cast.client(OFFICE).get(board).text
    assert f"{YES} confirmed, {STAYED - 1} counted, {WENT} reported by arrival" in page
    heard = board_heard(cast, run)
    assert heard["Water"] == WATER and heard["Roads"] == WENT - WATER - 1, (
        "not in the report of the denied stay"
    )
    slides = deck(cast, "unit=JK", measure=f"{run.public_id}-{STAYS}")
    titled = dict(slides)
    said = titled[f"{STAYED - 1} places had a worker for 24 hours; what they heard"]
    assert f"Water | {heard['Water']}" in said and f"Roads | {heard['Roads']}" in said
    assert f"{YES} confirmed, {STAYED - 1} counted, {WENT} reported by arrival" in said
    assert re.search(r"Real: .*\d", said), said
    assert (
        "The tap of lane" in titled["1 quote came up from stays"]
        and "Worker" not in titled["1 quote came up from stays"]
    )

    # The quote is for the desk that passes it on. The office above reads the same slides without it.
    with system("test"):
        kept = reverse("review:deck_file", args=[Deck.objects.latest("pk").public_id, "pptx"])
    above = slides_in(bytes(cast.client("national_president").get(kept).content))
    assert said in dict(above).values() and "The tap of lane" not in str(above)

    client = cast.client(OFFICE)
    address = made(client, "?unit=JK", measure=f"{run.public_id}-{STAYS}")
    assert set(titled) == set(titles_on_their_pages(client, address)), "each number is on the page behind it"

    # An erasure takes the report and its quote out of board, page and slide at once.
    leaver = open_me(HOSTS[quoted])
    leaver.get("/me/")
    assert leaver.post("/me/erase/").status_code == 200
    assert board_heard(cast, run) == heard - Counter({"Water": 1, "A number": 1, "In own words": 1})
    slides = deck(cast, "unit=JK", measure=f"{run.public_id}-{STAYS}")
    assert "The tap of lane" not in str(slides) and f"Water | {WATER - 1}" in str(slides)
    assert "The tap of lane" not in cast.client(OFFICE).get(reverse("opinions:heard"), {"unit": "JK"}).text
