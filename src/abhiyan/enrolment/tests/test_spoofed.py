"""100,000 spoofed callers in a burst: each a stored claim without cost. Nothing is lost, nothing sent twice."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from abhiyan.core.scope import system
from abhiyan.enrolment.actions import ClaimMessage, sender_key
from abhiyan.enrolment.actions.claims import Waits
from abhiyan.enrolment.rules.channels import Channel, Sign
from abhiyan.intake.actions import replies
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.adapters import Handed, Letter
from abhiyan.messaging.queries import HeldMessages, held_by_reason

from .make import CHANNEL, Ladder, World
from .web import web_world

# In small the same burst is in test_calls, on every version of PostgreSQL.
# One transaction a batch, as in production: a single one cannot hold the locks of 100,000 phones.
pytestmark = pytest.mark.django_db(transaction=True)
CALLERS, BATCH, BUDGET = 100_000, 500, 50
ASHA = World.asha.phone


class Counting:
    """A gateway that takes everything, and knows how often each phone was written to."""

    name = "counting"

    def __init__(self) -> None:
        self.phones: Counter[str] = Counter()

    def hand(self, letter: Letter) -> Handed:
        self.phones[letter.phone] += 1
        return Handed(ok=True, ref=letter.ref)


@pytest.mark.slow
def test_100000_spoofed_callers_in_a_burst_cost_the_budget_and_nothing_is_lost() -> None:
    world = web_world()
    at = world.now
    with system("tests set the budget"):
        messaging.set_allowance(programme_id=world.programme.pk, per_hour=BUDGET, by=CHANNEL, at=at)

    def calls(start: int, *, key: str = "") -> list[ClaimMessage]:
        return [
            ClaimMessage(
                channel=Channel.MISSED_CALL,
                key=sender_key(CHANNEL.id, f"{key}{n}"),
                phone=f"+9198{n:08d}",
                by=CHANNEL.id,
                field_at=at,
                sign=Sign.CALL,
            )
            for n in range(start, start + BATCH)
        ]

    for start in range(0, CALLERS, BATCH):
        answers = world.send(*calls(start))
        assert {type(answer) for answer in answers} == {Waits}
    # Told once more, and calling once more: neither is another caller.
    assert [one.receipt for one in world.send(*calls(CALLERS - BATCH))] == [one.receipt for one in answers]
    assert {type(answer) for answer in world.send(*calls(0, key="again "))} == {Waits}

    # All stored, as reported; nobody counted, nobody known.
    assert world.ladder(world.state) == Ladder(reported=CALLERS + BATCH)
    assert world.count("enrolment_claim") == CALLERS + BATCH
    assert world.count("enrolment_waiting") == world.count("people_phone") == CALLERS
    for table in ("enrolment_membership", "enrolment_enrolment", "people_person", "people_consent"):
        assert world.count(table) == 0, table
    assert world.tallies() == world.recounted()

    # One reply for each; the budget goes out, the rest waits for two people. A code is not held up by them.
    looked_at = 0
    while n := _reply(at):
        looked_at += n
    assert looked_at == CALLERS + BATCH, "the second call of a day is looked at, without a reply"
    assert world.count("messaging_message") == CALLERS
    with system("test"):
        code = {"code": "123456", "leave": ""}
        messaging.queue_message(
            template="code.join", phone=ASHA, language="en", blanks=code, key="code", at=at
        )
    gateway = Counting()
    turns = 0
    for codes in (True, False):
        while leased := messaging.lease(at=at, n=200, codes=codes):
            going = messaging.admit(messages=leased, at=at)
            returned = [(one, gateway.hand(one.letter)) for one in going]
            messaging.settle_messages(returned=returned, adapter=gateway.name, at=at)
            turns += 1
    assert turns < 20, "what is behind the breaker is held in large steps"
    assert gateway.phones.pop(ASHA) == 1
    assert (len(gateway.phones), gateway.phones.total()) == (BUDGET, BUDGET)
    with system("test"):
        assert held_by_reason() == [HeldMessages(world.programme.pk, "budget", CALLERS - BUDGET)]
    assert world.count("messaging_message") == CALLERS + 1

    # An hour later, after more calls of the same phones: nothing goes by itself.
    later = at + timedelta(hours=1)
    world.send(*calls(0, key="still "))
    assert (_reply(later), messaging.lease(at=later, n=200, codes=False)) == (BATCH, [])
    assert world.count("messaging_message") == CALLERS + 1
    assert world.tallies() == world.recounted()


def _reply(at: datetime) -> int:
    with system("tests turn the loop"):
        return replies.reply(at=at)
