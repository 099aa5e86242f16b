"""A phone is asked whether an item was so; units close and people are erased while items are about them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from abhiyan.core import news
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.actions import Answered
from abhiyan.messaging.models import Message, Question, Template
from abhiyan.messaging.rules import questions as rules
from abhiyan.messaging.rules import texts
from abhiyan.people.actions.persons import keep_phone
from abhiyan.people.models import Account
from abhiyan.programmes import actions, queries
from abhiyan.programmes.actions import AskedItem, ByReporter, recount_facts
from abhiyan.programmes.models import Item, Programme
from abhiyan.programmes.news import ItemsErased
from abhiyan.programmes.rules import activities
from abhiyan.programmes.rules.activities import Activity
from abhiyan.programmes.rules.check_words import EnteredWords
from abhiyan.programmes.rules.items import facts_of_items, items_of_measure
from abhiyan.programmes.rules.ladder import Ladder
from abhiyan.units import actions as units

from .make import AT, TODAY, Trees, state
from .test_items import ATTENDED, TALKS, report, talk, talks_in

pytestmark = pytest.mark.django_db
PHONE, OTHER = "+919419000001", "+919419000002"
PRESIDENT, SYSTEM = Actor.public(), Actor.system("test")
Heard = list[tuple[UUID, bool, str]]


@pytest.fixture
def trees() -> Iterator[Trees]:
    with system("test"):
        yield state()


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    told: Heard = []

    def hear(*, item: Item, yes: bool, why: str, **_rest: Any) -> None:
        told.append((item.pk, yes, why))

    def of(measure: int, **more: Any) -> activities.Items:
        return items_of_measure(
            "talks",
            measure=measure,
            entered=EnteredWords("%(n)s talks"),
            heard=hear,
            sentence=lambda _item: "Ravi spoke with you.",
            **more,
        )

    monkeypatch.setattr(activities, "_KNOWN", {})
    activity = Activity(
        "talks", "Talks", facts=facts_of_items("talks"), items=(of(TALKS, does_yes_count=True), of(ATTENDED))
    )
    activities.register(activity)
    return told


@pytest.fixture
def run(trees: Trees, heard: Heard) -> Programme:
    messaging.publish_templates(at=NOW, by=SYSTEM)
    Template.objects.create(code="ask.test", language="en", kind=texts.SERVICE, text="{word} {link}")
    Template.objects.create(code="ask.test.unnamed", language="en", kind=texts.SERVICE, text="{word} {link}")
    return talks_in(trees)


def asked(run: Programme, unit_id: int, *, number: str = PHONE, by: int | None = None, **more: Any) -> Item:
    """One talk that was reported and whose phone is asked."""
    phone_id = keep_phone(number=number)
    new = replace(talk(run, unit_id, number), phone_id=phone_id, by_id=by)
    (row,) = actions.report_items(new=[new], at=NOW)
    one = AskedItem(
        item=row,
        template="ask.test",
        blanks={"name": "Ravi"} if more.get("names") else {},
        label="your talk",
        language="en",
        expires_at=NOW + timedelta(days=1),
        **more,
    )
    actions.ask_whether(asked_items=[one], at=NOW)
    return row


def question_of(row: Item) -> Question:
    return Question.objects.get(about=row.public_id)


def word(row: Item, n: int = 1) -> str:
    return rules.word(keyring().token, question_of(row).pk, n)


def said(row: Item, *, yes: bool, at: Any = NOW) -> Answered:
    assert row.phone_id is not None
    return messaging.answer_question(
        phone_id=row.phone_id, yes=yes, code=word(row), channel="sms", ref="x", by=PRESIDENT, at=at
    )


def link_of(row: Item) -> str:
    return rules.link_part(keyring().token, question_of(row).pk, 1)


def ladder(run: Programme, trees: Trees, code: str = "state") -> Ladder:
    return queries.unit_ladder(node=trees.units[code].pk, hierarchy=1, programme=run, measure=TALKS, at=NOW)


def test_a_yes_by_sms_counts_and_confirms_and_a_no_takes_it_back(
    run: Programme,
    trees: Trees,
    heard: Heard,
) -> None:
    row = asked(run, trees.units["b000"].pk)
    assert actions.ask_whether(asked_items=[], at=NOW) == 0 and Message.objects.count() == 1
    assert said(row, yes=True) is Answered.TAKEN
    assert ladder(run, trees) == Ladder(reported=1, counted=1, confirmed=1)
    assert said(row, yes=False) is Answered.TAKEN, "a no is heard after a yes"
    assert ladder(run, trees) == Ladder(reported=1)
    row.refresh_from_db()
    assert row.why == Item.Why.DENIED and heard == [(row.pk, True, ""), (row.pk, False, "")]
    assert recount_facts(at=NOW).is_right


@pytest.mark.parametrize("yes", [True, False])
def test_an_answer_that_comes_too_late_changes_nothing(
    run: Programme, trees: Trees, heard: Heard, yes: bool
) -> None:
    row = asked(run, trees.units["b000"].pk)
    end = question_of(row).expires_at
    assert said(row, yes=yes, at=end) is Answered.OVER
    assert ladder(run, trees) == Ladder(reported=1) and heard == []
    assert said(row, yes=yes, at=end - timedelta(seconds=1)) is Answered.TAKEN


def test_the_page_of_the_link_says_what_was_so_and_takes_either_answer(
    run: Programme,
    trees: Trees,
    heard: Heard,
) -> None:
    row, client = asked(run, trees.units["b000"].pk), Client(headers={"accept-language": "en"})
    address = f"/q/item/{link_of(row)}/"
    page = client.get(address)
    assert (
        page.status_code == 200 and "Ravi spoke with you." in page.text and "noindex" in page["X-Robots-Tag"]
    )
    assert ladder(run, trees).confirmed == 0, "opening answers nothing"
    assert client.post(address, {"answer": "yes"}).status_code == 302
    assert "you confirmed it" in client.get(address).text and ladder(run, trees).confirmed == 1
    client.post(address, {"answer": "no"})
    assert "You said no" in client.get(address).text and ladder(run, trees).counted == 0
    assert client.get("/q/item/guessed/").status_code == 404
    assert len(heard) == 2


def test_a_silent_number_reads_no_name_before_it_has_answered(run: Programme, trees: Trees) -> None:
    row = asked(run, trees.units["b000"].pk, names=True)
    page = Client(headers={"accept-language": "en"}).get(f"/q/item/{link_of(row)}/").text
    assert "Ravi" not in page and "Yes, go on" in page
    assert said(row, yes=True) is Answered.NAMED
    assert ladder(run, trees).confirmed == 0, "it says only whose number it is"


def test_who_reported_an_item_cannot_say_yes_to_it(run: Programme, trees: Trees) -> None:
    reporter = Account.objects.create(
        public_id=uuid4(), phone_id=keep_phone(number=OTHER), name="Ravi", created_at=AT
    )
    row = asked(run, trees.units["b000"].pk, by=reporter.pk)
    here = Actor(kind="person", id=reporter.public_id, account_id=reporter.pk)
    with pytest.raises(ByReporter):
        messaging.answer_link(link=link_of(row), yes=True, by=here, at=NOW)
    own = asked(run, trees.units["b000"].pk, number=OTHER, by=reporter.pk)
    assert not Question.objects.filter(about=own.public_id).exists(), "nor is their own phone asked"


def test_nobody_answers_any_more_what_has_ended(run: Programme, trees: Trees, heard: Heard) -> None:
    row = asked(run, trees.units["b000"].pk)
    actions.end_items(ids=[row.pk], why=Item.Why.UNDONE, at=NOW)
    assert question_of(row).closed_at == NOW and said(row, yes=True) is Answered.OVER
    assert Message.objects.get().state == "dropped" and heard == []


def test_items_go_with_their_unit_and_come_back_with_it(run: Programme, trees: Trees) -> None:
    (ident,) = report(talk(run, trees.units["b000"].pk))
    actions.count_items(ids=[ident], at=AT)
    answers = {"programmes.items": "goes"}
    given: dict[str, Any] = {"on": TODAY, "by": SYSTEM, "at": AT, "answers": answers}
    units.close_units(unit_id=trees.units["b000"].pk, successors=["b001"], **given)
    assert (ladder(run, trees, "b000"), ladder(run, trees, "b001")) == (
        Ladder(),
        Ladder(reported=1, counted=1),
    )
    units.reopen_units(unit_id=trees.units["b000"].pk, by=SYSTEM, at=AT)
    assert (ladder(run, trees, "b001"), ladder(run, trees, "b000")) == (
        Ladder(),
        Ladder(reported=1, counted=1),
    )
    units.close_units(unit_id=trees.units["b000"].pk, **given | {"answers": {"programmes.items": "stays"}})
    assert ladder(run, trees, "b000").counted == 1
    assert recount_facts(at=NOW).is_right


def test_an_erasure_forgets_the_phone_and_keeps_the_count(run: Programme, trees: Trees) -> None:
    row = asked(run, trees.units["b000"].pk)
    said(row, yes=True)
    other = asked(run, trees.units["b000"].pk, number=OTHER)
    assert row.phone_id and other.phone_id
    told: list[ItemsErased] = []
    news.subscribe(ItemsErased, told.append)
    try:
        for phone_id in (row.phone_id, other.phone_id):
            news.tell(ItemsErased((), phone_id, NOW))
    finally:
        news._subscribers[ItemsErased].remove(told.append)
    assert [one.item_ids for one in told] == [(row.public_id,), (), (other.public_id,), ()]
    assert set(Item.objects.values_list("phone_id", "digest")) == {(None, None)}
    assert Question.objects.get(about=other.public_id).closed_at == NOW
    assert ladder(run, trees) == Ladder(reported=2, counted=1, confirmed=1)
