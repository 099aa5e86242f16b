"""Aimed checks: at most half, at random, in a ledger of their own and in no estimate."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.rules.measures import ENROLMENTS
from abhiyan.enrolment.tests.make import Human
from abhiyan.org.queries import NotYours
from abhiyan.site.tests.cast import Cast
from abhiyan.verification import tasks
from abhiyan.verification.actions import aim_checks, ask_aiming, estimate_frame, look_at_workers
from abhiyan.verification.actions.assigning import REST
from abhiyan.verification.models import Aim, Check, Estimate, Frame
from abhiyan.verification.queries.aims import places_at, workers_at
from abhiyan.verification.queries.opening import opened_many
from abhiyan.verification.refusals import FrameClosed, NotDrawn, TooManyAimed, TooWide, WhyMissing
from abhiyan.verification.tests.test_checks import SYSTEM, drawn, taken
from abhiyan.verification.tests.test_looks import HASTY, HONEST, rows_of_ten_workers

pytestmark = pytest.mark.django_db(transaction=True)


def aim(cast: Cast, frame: Frame, code: str, checks: int, worker: UUID | None = None, **more: object) -> Aim:
    given = {"reason": "many joined in one night", "by": SYSTEM, "at": NOW} | more
    return aim_checks(
        public_id=frame.public_id,
        unit_id=cast.world.units[code].pk,
        worker=worker,
        checks=checks,
        **given,  # type: ignore[arg-type]  # a test's own words
    )


def test_at_most_half_of_a_unit_is_aimed_at_whatever_was_drawn(cast: Cast) -> None:
    frame = drawn(cast, 40)
    aim(cast, frame, "JK-B001", 15)
    with system("test"):
        places = set(places_at(frame, cast.world.units["JK-B001"].pk, None))
        of = {arm: set(Check.objects.filter(arm=arm).values_list("stratum_id", "place")) for arm in (1, 2)}
    assert len(places) == 45 and len(of[2]) == 15 and of[2] <= places
    with pytest.raises(TooManyAimed) as many:
        aim(cast, frame, "JK-SRI", 8)
    assert many.value.facts == {"most": 7}
    with system("test"):  # nobody learns what was drawn: where everything is, an aim is still not refused
        Check.objects.bulk_create(
            Check(id=uuid4(), frame=frame, stratum_id=stratum, order=100 + n, place=place)
            for n, (stratum, place) in enumerate(places - of[1])
        )
    aim(cast, frame, "JK-B001", 7)
    with system("test"):
        aimed = set(Check.objects.filter(arm=Check.Arm.TARGETED).values_list("stratum_id", "place"))
    assert len(aimed) == 22 and aimed & of[1] and aimed - of[1], (
        "by lot: one aim in 10⁹ has none of the drawn"
    )
    for role in (
        "booth_president",
        "district_in_charge",
    ):  # the line of command does not learn where one looks
        with cast.as_(role):
            assert not AuditEntry.objects.filter(act="verification.aim_checks").exists(), role


def test_who_is_drawn_too_is_asked_for_the_aim_a_week_later_by_somebody_else(cast: Cast) -> None:
    frame = drawn(cast, 40)
    aim(cast, frame, "JK-B001", 22)
    for role in ("second", "third"):
        cast._seat(role, "verifier", "JK-JAM", 1)
    with system("test"):
        drawn_too = set(Check.objects.filter(arm=Check.Arm.RANDOM).values_list("stratum_id", "place"))

    def aimed_for(role: str, at: datetime) -> list[bool]:
        """Return for each aimed check of a verifier whether its item is drawn too."""
        aimed = [one for one in taken(cast, role, at) if one.arm == Check.Arm.TARGETED]
        return [(one.stratum_id, one.place) in drawn_too for one in aimed]

    at = NOW
    first = aimed_for("verifier_of_jammu", at)
    again = 22 - len(first)
    assert first and again and not any(first)
    assert aimed_for("second", at) == [], "what is checked twice by lot"
    assert aimed_for("third", at + REST - timedelta(seconds=1)) == []
    assert aimed_for("third", at + REST) == [True] * again


def test_checks_are_aimed_only_at_a_drawn_frame_in_a_district_with_a_reason_by_who_plans(cast: Cast) -> None:
    frame = drawn(cast)
    for wrong, code, more in (
        (TooWide, "JK", {}),
        (WhyMissing, "JK-B001", {"reason": " "}),
        (TooManyAimed, "JK-B001", {"worker": uuid4()}),
        (NotYours, "JK-B001", {"by": cast.actor("district_in_charge")}),
    ):
        with pytest.raises(wrong):
            aim(cast, frame, code, 1, **more)
    for state, refused in ((Frame.State.FROZEN, NotDrawn), (Frame.State.CLOSED, FrameClosed)):
        with system("test"):
            Frame.objects.update(state=state)
        with pytest.raises(refused):
            aim(cast, frame, "JK-B001", 1)
    with system("test"):
        assert not Aim.objects.exists()


outcomes = st.sampled_from([*Check.Outcome.values, ""])


def test_no_aimed_planted_or_second_check_changes_an_estimate(cast: Cast) -> None:
    frame = drawn(cast, 60)
    at = NOW
    aim(cast, frame, "JK-B001", 10)
    with system("test"):
        Check.objects.filter(arm=Check.Arm.RANDOM).update(outcome="genuine", done_at=at)
        for arm in (Check.Arm.SECOND, Check.Arm.PLANTED):
            for of in Check.objects.filter(arm=Check.Arm.RANDOM)[:10]:
                of.id, of.arm, of.outcome = uuid4(), arm, ""
                of.is_known_genuine = True if arm == Check.Arm.PLANTED else None
                of.save(force_insert=True)
        others = list(Check.objects.exclude(arm=Check.Arm.RANDOM))

    def estimates() -> list[tuple[object, ...]]:
        with system("test"):
            estimate_frame(frame=frame, at=at)
            told = Estimate.objects.filter(frame=frame).order_by("unit", "shade")
            return list(
                told.values_list("unit", "shade", "drawn", "genuine", "not_genuine", "low", "high", "grade")
            )

    before = estimates()

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(outcomes, min_size=len(others), max_size=len(others)))
    def holds(said: list[str]) -> None:
        for check, outcome in zip(others, said, strict=True):
            check.outcome, check.done_at = outcome, at if outcome else None
        with system("test"):
            Check.objects.bulk_update(others, ["outcome", "done_at"])
        assert estimates() == before

    holds()


def test_a_planner_aims_at_a_worker_by_the_page_and_reads_the_tally(cast: Cast) -> None:
    worker = cast.actor("booth_worker")
    for n in range(6):
        cast.world.paper_row(of=Human(f"Paper {chr(65 + n)}", 1980, f"+91979722000{n}"), by=worker)
    frame = drawn(cast)
    client = cast.client("state_president")
    new = reverse("verification:aim_new", args=[frame.public_id])
    with system("test"):
        workers = workers_at(frame, cast.world.units["JK-B001"].pk)
    assert "Aim the checks" not in client.get(new).text
    assert workers == [(worker.id, "booth_worker", 6)]
    assert "booth_worker (6)" in client.get(f"{new}?unit=JK-B001").text
    form = {"unit": "JK-B001", "worker": str(worker.id), "checks": "4", "reason": "many joined in one night"}
    refused = client.post(new, form)
    assert refused.status_code == 422 and "At most 3 here" in refused.text
    assert client.post(new, form | {"checks": "3"}).status_code == 302
    with system("test"):
        ids = list(Check.objects.filter(arm=Check.Arm.TARGETED).values_list("id", flat=True))
        Check.objects.filter(id=ids[0]).update(outcome="not_genuine", done_at=NOW + timedelta(seconds=1))
    page = client.get(reverse("verification:aims", args=[frame.public_id]) + "?format=csv")
    assert "many joined in one night" in (text := b"".join(page.streaming_content).decode())  # type: ignore[attr-defined] # streamed
    assert text.splitlines()[1].endswith("3,0,1,0,2") and "booth_worker" not in text, "no file names a worker"


def test_a_unit_nobody_knows_and_one_too_wide_are_told_at_the_field(cast: Cast) -> None:
    of = [drawn(cast, 10).public_id]
    new, client = reverse("verification:aim_new", args=of), cast.client("state_president")
    for typed, said in (("Nowhere", "No unit fits."), ("JK", "Choose a district")):
        told = client.get(f"{new}?unit={typed}")
        assert said in told.text and 'aria-invalid="true"' in told.text and "Aim the checks" not in told.text
        assert reverse("verification:aims", args=of) in told.text, "a way back"
        if typed == "Nowhere":
            assert told.status_code == 422 and 'value="Nowhere"' in told.text


def test_checks_go_where_an_answer_tells_most_one_entry_of_a_worker_and_once(cast: Cast) -> None:
    """The order of the list of workers decides: a worker in the middle of it, not one about whose entries all
    is known."""
    cast.world.send(*rows_of_ten_workers(cast))
    programme, at = cast.world.programme, NOW
    with pytest.raises(NotDrawn):
        ask_aiming(programme=programme, measure=ENROLMENTS, checks=4, by=cast.actor("state_president"), at=at)
    frame = drawn(cast, 20)
    look_at_workers(programme=programme, measure=ENROLMENTS, by=SYSTEM, at=at)
    with pytest.raises(TooManyAimed):
        ask_aiming(
            programme=programme, measure=ENROLMENTS, checks=501, by=cast.actor("state_president"), at=at
        )
    with pytest.raises(NotYours):
        ask_aiming(
            programme=programme, measure=ENROLMENTS, checks=4, by=cast.actor("district_in_charge"), at=at
        )
    planner = cast.accounts["state_president"].pk
    ask_aiming(programme=programme, measure=ENROLMENTS, checks=4, by=cast.actor("state_president"), at=at)
    ident, of = str(uuid4()), str(frame.public_id)
    tasks.aim(aim=ident, frame=of, checks=4, account=planner)
    tasks.aim(aim=ident, frame=of, checks=4, account=planner)  # its process was killed after it had finished
    with system("test"):
        (made,) = Aim.objects.all()
        checks = list(Check.objects.filter(aim=made))
        whose = [item.by for item in opened_many(one.id for one in checks).values()]
    assert made.checks == len(checks) == 4 == len(set(whose))
    assert made.account_id == planner
    page = cast.client("state_president").get(reverse("verification:aims", args=[frame.public_id])).text
    assert "Where an answer tells most" in page
    assert not any(cast.accounts[role].name in page for role in (*HONEST, HASTY)), "it names no worker"
