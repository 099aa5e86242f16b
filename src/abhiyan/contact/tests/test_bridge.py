"""The provider's bridge: nobody rings before a caller is on the line, and only its true record counts a talk."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from abhiyan.contact import actions, bridges
from abhiyan.contact.actions import CallTold
from abhiyan.contact.actions.bridging import BridgeAskedOut, BridgeBusy, BridgeOff
from abhiyan.contact.actions.calls import BridgeWorks
from abhiyan.contact.actions.outcomes import RingFirst
from abhiyan.contact.bridges import BridgeCall, FakeBridge, FakeStep, ref_of, sign_callback, story
from abhiyan.contact.models import CallQueue, CallTurn
from abhiyan.core.actor import Actor
from abhiyan.core.models import AuditEntry
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.waits import until
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.messaging.rules import signatures
from abhiyan.messaging.tests import sink as ways
from abhiyan.messaging.tests.sink import Sink
from abhiyan.org.tests.make import World, actor
from abhiyan.people import actions as people
from abhiyan.people.models import Account, Suppression
from abhiyan.people.queries import number_of_phone
from abhiyan.people.tests.make import browser, undrawn
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import unit_ladder

from .at_calls import call_programme, people_to_call, queue_of, seated
from .at_doors import entries

pytestmark = pytest.mark.django_db
JOBS = Actor.system("test")
SECRET = "a secret of the provider, drawn at random"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DOCS = Path(__file__).parents[4] / "docs"


@pytest.fixture
def run(world: World) -> Programme:
    made = call_programme(world.unit("N1"))
    queue_of(made, people_to_call(made, world.unit("N1111"), 2), by_bridge=True)
    return made


@pytest.fixture
def caller(world: World, run: Programme, centre: int) -> Account:
    return seated(centre, world.unit("N11"), 0)


@pytest.fixture
def peer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    """A provider on a socket of its own, which this server uses."""
    with ways.sink(ways.take) as one:
        monkeypatch.setenv("ABHIYAN_BRIDGE", "http")
        monkeypatch.setenv("ABHIYAN_BRIDGE_URL", one.url)
        monkeypatch.setenv("ABHIYAN_BRIDGE_TOKEN", "word")
        monkeypatch.setenv("ABHIYAN_BRIDGE_SECRET", SECRET)
        yield one


@pytest.fixture
def turn(centre: int, caller: Account) -> UUID:
    """One person in front of the caller."""
    return or_refuse(actions.take_next(body_id=centre, languages=("hi",), by=actor(caller), at=NOW)).pk


def now(turn: UUID) -> CallTurn:
    with system("test"):
        return CallTurn.objects.select_related("queue", "entry").get(pk=turn)


def press(caller: Account, turn: UUID, act: str = "line") -> str:
    """The button of a caller's page; what the page says then."""
    page = browser(caller)
    page.post(f"/contact/calls/{turn}/{act}/")
    return page.get("/contact/calls/").text


def heard(told: Mapping[str, Any], after: timedelta = timedelta(0), **by: str) -> tuple[int, dict[str, Any]]:
    """The address of reports answers a genuine one, so long after noon."""
    given.time(NOW + after)
    body, headers = sign_callback(told, at=NOW + after, **by)
    answer = Client().post(bridges.ADDRESS, body, content_type="application/json", headers=dict(headers))
    return answer.status_code, answer.json()


def talk(turn: UUID, seconds: int, after: timedelta = MINUTE, n: int = 1) -> int:
    """The provider's whole report of one call; the status of its last part."""
    ref = ref_of(turn, n)
    for told in ({"event": "agent"}, {"event": "person"}, {"event": "ended", "seconds": seconds}):
        status, _said = heard({"ref": ref} | told, after)
    return status


def note(turn: UUID, caller: Account, outcome: str = "talked", at: datetime = NOW + MINUTE) -> None:
    actions.note_centre_call(turn=turn, told=CallTold(outcome), by=actor(caller), at=at)


def counts(run: Programme, world: World) -> tuple[int, ...]:
    with system("test"):
        programmes.fold_changes(at=NOW)
        assert programmes.recount_facts(at=NOW).is_right
        seen = unit_ladder(node=world.unit("N1"), hierarchy=1, programme=run, measure=3, at=NOW)
    return tuple(n or 0 for n in (seen.reported, seen.unsigned, seen.counted, seen.confirmed))


def say_no(turn: UUID) -> None:
    with system("test"):
        people.suppress(phone_id=or_refuse(now(turn).entry.phone_id), channel=1, by=JOBS, at=NOW)


def test_the_provider_calls_the_caller_then_the_person_and_its_record_counts_the_talk(
    world: World, run: Programme, caller: Account, peer: Sink, turn: UUID
) -> None:
    shown = press(caller, turn)
    with system("test"):
        number, own = (number_of_phone(one) for one in (or_refuse(now(turn).entry.phone_id), caller.phone_id))
        told = AuditEntry.objects.get(act="contact.ring_by_bridge")
    assert peer.bodies == [{"ref": ref_of(turn, 1), "agent": own, "person": number}]
    assert "Your phone rings" in shown and "tel:" not in shown and number[-5:] not in undrawn(shown)
    assert number[-5:] not in undrawn(str(told.facts) + told.subject)
    assert heard({"ref": ref_of(turn, 1), "event": "agent"}) == (200, {"outcome": "accepted", "dial": True})
    assert "You are on the line" in browser(caller).get("/contact/calls/").text
    assert talk(turn, 20) == 200
    assert (now(turn).told, now(turn).talked_s, now(turn).way) == ("ended", 20, "bridge")
    note(turn, caller)
    assert counts(run, world) == (1, 0, 1, 0)


def test_a_short_talk_keeps_the_unsigned_shade(
    world: World, run: Programme, caller: Account, peer: Sink, turn: UUID
) -> None:
    press(caller, turn)
    talk(turn, 19)
    note(turn, caller)
    assert counts(run, world) == (1, 1, 0, 0)


def test_a_record_that_comes_late_counts_the_talk_and_twice_is_once(
    world: World, run: Programme, caller: Account, peer: Sink, turn: UUID
) -> None:
    press(caller, turn)
    note(turn, caller)
    assert counts(run, world) == (1, 1, 0, 0)
    for _n in range(2):
        assert heard({"ref": ref_of(turn, 1), "event": "ended", "seconds": 40}, 3 * HOUR)[0] == 200
        assert counts(run, world) == (1, 0, 1, 0)
    with system("test"):
        assert AuditEntry.objects.filter(act="contact.bridge_ended").count() == 1


def test_the_first_record_of_a_call_stands_and_steps_out_of_order_change_nothing(
    caller: Account, peer: Sink, turn: UUID
) -> None:
    press(caller, turn)
    ref = ref_of(turn, 1)
    assert heard({"ref": ref, "event": "ended", "seconds": 5}, MINUTE)[0] == 200
    for told in ({"event": "ended", "seconds": 50}, {"event": "person"}, {"event": "agent"}):
        status, said = heard({"ref": ref} | told, MINUTE)
        assert (status, said["dial"]) == (200, False)
        assert (now(turn).told, now(turn).talked_s) == ("ended", 5)


@pytest.mark.parametrize(
    ("lie", "status", "field"),
    [
        ({"event": "ended", "seconds": -25}, 422, "seconds"),
        ({"event": "ended", "seconds": 63}, 422, "seconds"),  # a minute after it was asked for
        ({"event": "ended", "seconds": 10**30}, 422, "seconds"),
        ({"event": "ended", "seconds": True}, 422, "seconds"),
        ({"event": "ended", "seconds": 25.5}, 422, "seconds"),
        ({"event": "ended"}, 422, "seconds"),
        ({"event": "married"}, 422, "event"),
        ({"event": ["agent"]}, 422, "event"),
        ({"event": "agent", "ref": 5}, 422, "ref"),
        ({"event": "agent", "ref": "x" * 101}, 422, "ref"),
        ({"event": "agent", "ref": "१" * 34}, 404, "ref"),
        ({"event": "agent", "ref": ref_of(UUID(int=7), 1)}, 404, "ref"),
        ({"event": "ended", "seconds": 25, "ref": ref_of(UUID(int=7), 1)}, 404, "ref"),
    ],
)
def test_a_lie_is_refused_by_its_field_and_leaves_nothing(
    caller: Account, peer: Sink, turn: UUID, lie: dict[str, Any], status: int, field: str
) -> None:
    press(caller, turn)
    got, said = heard({"ref": ref_of(turn, 1)} | lie, MINUTE)
    assert (got, said.get("field") or said["errors"][0]["field"]) == (status, field)
    assert (now(turn).told, now(turn).talked_s) == ("asked", None)


def test_what_is_not_signed_by_the_provider_now_as_a_bridge_is_refused(
    caller: Account, peer: Sink, turn: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(caller, turn)
    told = {"ref": ref_of(turn, 1), "event": "ended", "seconds": 0}
    body, headers = sign_callback(told, at=NOW)
    at_s = int(NOW.timestamp())

    def post(body: bytes, header: str, **more: Any) -> int:
        send = {"X-Signature": header}
        return Client().post(bridges.ADDRESS, body, content_type="application/json", headers=send).status_code

    good = headers["X-Signature"]
    as_call = f"t={at_s},v2={signatures.generic_signature(at_s, 'call', body, SECRET)}"
    for header in ("", "t=,v2=", f"t={'9' * 60},v2=x", good[:-1] + "g", as_call, good.replace("v2", "v1")):
        assert post(body, header) == 403, header
    assert post(body + b" ", good) == 403
    assert post(b"{}" + b" " * bridges.BODY_BYTES, good) == 403
    assert heard(told, by="another secret, as long as the right one")[0] == 403
    given.time(NOW + timedelta(seconds=301))
    assert post(body, good) == 403, "a replay after five minutes"
    given.time(NOW)
    assert Client().get(bridges.ADDRESS).status_code == 405
    assert (now(turn).told, now(turn).talked_s) == ("asked", None)
    for body in (b"", b"[]", b"\xff", b"[" * 4000, b'{"ref": "\x00"}'):
        assert post(body, f"t={at_s},v2={signatures.generic_signature(at_s, 'bridge', body, SECRET)}") == 422
    monkeypatch.setenv("ABHIYAN_BRIDGE", "off")
    body, headers = sign_callback(told, at=NOW, by=SECRET)
    assert post(body, headers["X-Signature"]) == 403


def test_a_no_between_the_lease_and_the_ring_asks_nothing_of_the_provider(
    caller: Account, peer: Sink, turn: UUID
) -> None:
    say_no(turn)
    assert "Not called" in press(caller, turn)
    assert not peer.bodies and entries(pk=now(turn).entry_id)[0].why_out == "opted_out"


def test_a_no_while_the_callers_phone_rings_keeps_the_persons_phone_silent(
    caller: Account, peer: Sink, turn: UUID
) -> None:
    press(caller, turn)
    say_no(turn)
    assert heard({"ref": ref_of(turn, 1), "event": "agent"})[1]["dial"] is False
    assert (now(turn).outcome, entries(pk=now(turn).entry_id)[0].why_out) == ("held", "opted_out")


def test_a_person_who_was_taken_back_is_not_called_and_a_late_record_counts_nothing(
    world: World, run: Programme, centre: int, caller: Account, peer: Sink, turn: UUID
) -> None:
    head = actor(seated(centre, world.unit("N11"), 1, "call_supervisor"))
    press(caller, turn)
    actions.take_person_back(body_id=centre, turn=turn, by=head, at=NOW)
    ref = ref_of(turn, 1)
    assert heard({"ref": ref, "event": "agent"})[1]["dial"] is False
    assert heard({"ref": ref, "event": "ended", "seconds": 30}, MINUTE)[0] == 200
    assert (now(turn).outcome, now(turn).talked_s) == ("taken", 30)
    assert counts(run, world) == (0, 0, 0, 0) and entries(pk=now(turn).entry_id)[0].state == "ready"


def test_a_provider_that_never_reports_lets_the_caller_call_again_five_times_in_all(
    world: World, run: Programme, caller: Account, peer: Sink, turn: UUID
) -> None:
    for n in range(5):
        at = NOW + n * 2 * MINUTE
        actions.ring_by_bridge(turn=turn, by=actor(caller), at=at)
        with pytest.raises(BridgeBusy):
            actions.ring_by_bridge(turn=turn, by=actor(caller), at=at + MINUTE / 2)
    with pytest.raises(BridgeAskedOut):
        actions.ring_by_bridge(turn=turn, by=actor(caller), at=NOW + 10 * MINUTE)
    assert [one["ref"] for one in peer.bodies] == [ref_of(turn, n) for n in range(1, 6)]
    with pytest.raises(BridgeWorks):
        actions.ring(turn=turn, by=actor(caller), at=NOW)
    note(turn, caller, at=NOW + 11 * MINUTE)
    assert counts(run, world) == (1, 1, 0, 0)
    status, said = heard({"ref": ref_of(turn, 2), "event": "agent"}, 12 * MINUTE)
    assert (status, said["dial"]) == (200, False), "an earlier call that comes now rings nobody"
    heard({"ref": ref_of(turn, 2), "event": "ended", "seconds": 90}, 12 * MINUTE)
    assert counts(run, world) == (1, 0, 1, 0), "its record is true all the same"


def test_two_tabs_that_press_call_ask_for_one_call(caller: Account, peer: Sink, turn: UUID) -> None:
    press(caller, turn)
    assert "Your call is under way" in press(caller, turn)
    assert len(peer.bodies) == 1


@pytest.mark.parametrize(
    ("manner", "told"),
    [(ways.answer("503 Away"), "down"), (ways.answer("401 No"), "down"), (ways.cut, "unconfirmed")],
)
def test_a_line_that_is_down_says_so_and_the_own_phone_takes_over(
    caller: Account, peer: Sink, turn: UUID, manner: ways.Manner, told: str
) -> None:
    with pytest.raises(BridgeWorks):
        actions.ring(turn=turn, by=actor(caller), at=NOW)
    assert "tel:" not in press(caller, turn, "ring"), "while the line works no number is shown"
    peer.manner = manner
    shown = press(caller, turn)
    assert "line was slow" in shown if told == "unconfirmed" else "line does not answer" in shown
    assert "Use your own phone" in shown and "tel:" not in shown
    press(caller, turn)
    assert {one["ref"] for one in peer.bodies} == {ref_of(turn, 1)}, "the same call, not another"
    assert "tel:+91" in press(caller, turn, "ring")
    assert (now(turn).way, now(turn).told) == ("own", told)
    with pytest.raises(BridgeOff):
        actions.ring_by_bridge(turn=turn, by=actor(caller), at=NOW)
    assert heard({"ref": ref_of(turn, 1), "event": "agent"})[1]["dial"] is False
    heard({"ref": ref_of(turn, 1), "event": "ended", "seconds": 40}, MINUTE)
    note(turn, caller)
    assert now(turn).way == "own"


def test_a_call_that_was_not_taken_is_no_call_to_note(caller: Account, peer: Sink, turn: UUID) -> None:
    peer.manner = ways.answer("503 Away")
    press(caller, turn)
    with pytest.raises(RingFirst):
        note(turn, caller)


def test_a_provider_that_takes_the_request_and_says_nothing_is_slow_and_may_still_call(
    world: World, run: Programme, caller: Account, peer: Sink, turn: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridges, "WAIT_S", 2.0)
    peer.manner = ways.hang
    assert "line was slow" in press(caller, turn)
    assert talk(turn, 30) == 200
    note(turn, caller)
    assert counts(run, world) == (1, 0, 1, 0)


def test_an_office_chooses_the_line_and_the_last_day_of_a_queue(world: World, run: Programme) -> None:
    one = people_to_call(run, world.unit("N1111"), 1)
    page, address = browser(world.holder("state_president", "N1")), f"/contact/{run.public_id}/calling/"
    told = {
        "title": "By line",
        "lists": str(one.public_id),
        "opens": "10:00",
        "closes": "21:00",
        "priority": "5",
    }
    told |= {"by_bridge": "on", "last_day": "2026-12-01"}
    made = page.post(f"{address}new/?unit=N1", told)
    assert made.status_code == 302, made.text
    with system("test"):
        queue = CallQueue.objects.get(typed_title="By line")
    assert (queue.by_bridge, str(queue.last_day)) == (True, "2026-12-01")
    shown = page.get(f"{address}?unit=N1").text
    assert "Provider's line" in shown.replace("&#x27;", "'") and "1 December" in shown


def test_without_a_line_the_page_says_so_and_the_own_phone_rings(caller: Account, turn: UUID) -> None:
    shown = press(caller, turn)
    assert "line is switched off" in shown and "Show the number and ring" in shown
    assert "tel:+91" in press(caller, turn, "ring")


def test_a_report_that_is_faster_than_the_providers_answer_is_believed(
    world: World, run: Programme, caller: Account, peer: Sink, turn: UUID
) -> None:
    ref = ref_of(turn, 1)
    assert heard({"ref": ref, "event": "person"})[0] == 404, "nobody was asked to call"
    assert heard({"ref": ref, "event": "agent"})[1]["dial"] is True
    assert (now(turn).asks, now(turn).told, now(turn).way) == (1, "agent", "bridge")
    assert "You are on the line" in press(caller, turn) and not peer.bodies
    assert heard({"ref": ref_of(turn, 3), "event": "agent"})[0] == 404


class BridgePeer:
    """Plays the fake provider's stories over the protocol: it answers as told, and its reports are sent by `play`."""

    def __init__(self) -> None:
        self.steps: list[FakeStep] = []

    def manner(self, line: ways.Line, asked: dict[str, Any]) -> None:
        handed, steps = story(BridgeCall(asked["ref"], asked["agent"], asked["person"], NOW))
        self.steps += steps
        answer = ways.cut if handed.reason else ways.take
        (answer if handed.ok else ways.answer("503 Away"))(line, asked)

    def play(self) -> list[tuple[int, bool]]:
        answers = []
        for step in self.steps:
            status, said = heard(step.told, timedelta(seconds=step.after_s))
            answers.append((status, said.get("dial", False)))
        return answers


@pytest.mark.parametrize(
    ("digit", "taken", "statuses", "told", "talked_s"),
    [
        ("1", "asked", [200] * 3, "ended", 25),
        ("5", "down", [], "down", None),
        ("6", "unconfirmed", [200] * 3, "ended", 25),
        ("7", "asked", [200] * 6, "ended", 25),
        ("8", "asked", [200, 200, 422, 422, 404, 422], "person", None),
        ("9", "asked", [200] * 2, "ended", 0),
    ],
)
def test_the_fake_provider_of_the_demo_tells_each_story(
    caller: Account,
    peer: Sink,
    turn: UUID,
    digit: str,
    taken: str,
    statuses: list[int],
    told: str,
    talked_s: int | None,
) -> None:
    with system("test"):
        (phone_id,) = people.keep_phones(phones=[f"+91941909999{digit}"])
        entry = now(turn).entry
        entry.phone_id = phone_id
        entry.save(update_fields=["phone_id"])
    provider = BridgePeer()
    peer.manner = provider.manner
    press(caller, turn)
    assert now(turn).told == taken
    answers = provider.play()
    assert [status for status, _dial in answers] == statuses
    assert sum(dial for _status, dial in answers) == {"5": 0, "7": 2}.get(digit, 1)
    assert (now(turn).told, now(turn).talked_s) == (told, talked_s)


def test_the_demo_dials_nobody_whatever_is_set_and_reports_to_itself(peer: Sink, settings: Any) -> None:
    assert isinstance(bridges.server_bridge(), bridges.HttpBridge) and bridges.secret() == SECRET
    settings.DEMO = True
    assert isinstance(bridges.server_bridge(), FakeBridge) and bridges.secret() != SECRET
    one = BridgeCall(ref_of(uuid4(), 1), "+919419000001", "+919419000002", NOW)
    steps: list[tuple[FakeStep, datetime]] = []
    assert FakeBridge(lambda *step: steps.append(step)).call(one) == story(one)[0]
    assert [due - NOW for _step, due in steps] == [timedelta(seconds=n) for n in (4, 8, 35)]
    settings.ORIGIN = peer.url.removesuffix("/send")
    bridges.report_later(FakeStep(0, steps[0][0].told), NOW)
    until(lambda: peer.bodies == [{"ref": one.ref, "event": "agent"}])


def test_no_more_contact_is_kept_as_a_persons_own_word(caller: Account, peer: Sink, turn: UUID) -> None:
    press(caller, turn)
    assert "No more contact (9)" in browser(caller).get("/contact/calls/").text
    note(turn, caller, "never")
    with system("test"):
        kept = Suppression.objects.get(phone_id=or_refuse(now(turn).entry.phone_id))
    assert kept.channel == Channel.WORD


def test_the_documented_vector_is_what_we_check() -> None:
    text = (DOCS / "sms.md").read_text()
    body = b'{"ref":"0b0f1e2d3c4b5a69788796a5b4c3d2e1-1","event":"ended","seconds":42}'
    made = signatures.generic_signature(1_795_000_000, "bridge", body, "0123456789abcdef0123456789abcdef")
    at = datetime.fromtimestamp(1_795_000_000, NOW.tzinfo)
    assert body.decode() in text and f"t=1795000000,v2={made}" in text
    assert bridges.read_bridge(body) == bridges.BridgeReport(
        "0b0f1e2d3c4b5a69788796a5b4c3d2e1-1", "ended", 42
    )
    header = f"t=1795000000,v2={made}"
    assert signatures.generic_holds(header, "bridge", body, "0123456789abcdef0123456789abcdef", at)
    assert json.loads(body)["ref"] == ref_of(*or_refuse(bridges.turn_of_ref(json.loads(body)["ref"])))
