"""Items, whatever happens to them: the ledger is what a recount finds, and what a simple model expects."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID, uuid5

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abhiyan.core import sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.programmes import actions, queries
from abhiyan.programmes.actions import KnownOtherwise, NewItem, item_key, recount_facts
from abhiyan.programmes.actions import trees as totals
from abhiyan.programmes.models import Delta, Item, Programme, ProgrammeUnit
from abhiyan.programmes.rules import activities
from abhiyan.programmes.rules.activities import Activity
from abhiyan.programmes.rules.check_words import EnteredWords
from abhiyan.programmes.rules.items import facts_of_items, items_of_measure
from abhiyan.programmes.rules.ladder import CONFIRMED, COUNTED, REPORTED, UNSIGNED, Ladder

from .make import AT, TODAY, Trees, programme, state

pytestmark = pytest.mark.django_db
TALKS, ATTENDED = 1, 2  # measures: a YES counts a talk, and not an attendance
BY_HAND = 1
PHONES = uuid5(UUID(int=0), "phones")
SYSTEM = Actor.system("test")
WHYS = (Item.Why.STRUCK, Item.Why.DENIED, Item.Why.LEFT, Item.Why.UNDONE)


@pytest.fixture(autouse=True)
def talks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totals, "LARGE", 2)
    monkeypatch.setattr(activities, "_KNOWN", {})
    words = EnteredWords("%(n)s talks")
    of = (
        items_of_measure("talks", measure=TALKS, entered=words, does_yes_count=True),
        items_of_measure("talks", measure=ATTENDED, entered=words),
    )
    activities.register(Activity("talks", "Talks", facts=facts_of_items("talks"), items=of))


@pytest.fixture
def trees() -> Iterator[Trees]:
    with system("test"):
        made = state()
        made.resize()
        yield made


@pytest.fixture
def run(trees: Trees) -> Programme:
    return talks_in(trees)


def talks_in(trees: Trees) -> Programme:
    made = programme(trees.units["state"])
    Programme.objects.filter(pk=made.pk).update(kind="talks")
    ProgrammeUnit.objects.create(programme=made, unit=trees.units["state"])
    made.refresh_from_db()
    return made


def talk(
    run: Programme, unit_id: int, key: object = 0, *, day: date = TODAY, measure: int = TALKS
) -> NewItem:
    return NewItem(
        item_key("talk", key), run.pk, measure, BY_HAND, unit_id, day, phone_id=uuid5(PHONES, str(key))
    )


def read(run: Programme, trees: Trees, code: str, measure: int = TALKS) -> Ladder:
    return queries.unit_ladder(node=trees.units[code].pk, hierarchy=1, programme=run, measure=measure, at=AT)


def report(*new: NewItem) -> list[UUID]:
    return [one.pk for one in actions.report_items(new=new, at=AT)]


def test_an_item_climbs_the_ladder_and_comes_down_again(trees: Trees, run: Programme) -> None:
    booth = trees.units["b000"].pk
    (ident,) = ids = report(talk(run, booth))
    assert read(run, trees, "state") == Ladder(reported=1)
    assert actions.count_items(ids=ids, at=AT, is_signed=False) == 1
    assert read(run, trees, "state") == Ladder(reported=1, unsigned=1)
    assert actions.sign_items(ids=ids, at=AT) == 1
    assert actions.confirm_items(ids=ids, at=AT) == 1
    assert read(run, trees, "b000") == Ladder(reported=1, counted=1, confirmed=1)
    for again in (actions.sign_items, actions.count_items, actions.confirm_items):
        assert again(ids=ids, at=AT) == 0
    assert actions.end_items(ids=ids, why=Item.Why.STRUCK, at=AT) == 1
    assert read(run, trees, "state") == Ladder(reported=1)
    assert actions.count_items(ids=ids, at=AT) == actions.confirm_items(ids=ids, at=AT) == 0, "it has ended"
    assert Item.objects.get(pk=ident).why == "struck"


def test_a_yes_counts_where_the_activity_says_so_and_else_waits_for_the_count(
    trees: Trees, run: Programme
) -> None:
    booth = trees.units["b000"].pk
    talked, attended = report(talk(run, booth, 1), talk(run, booth, 2, measure=ATTENDED))
    assert actions.confirm_items(ids=[talked, attended], at=AT) == 2
    assert read(run, trees, "state") == Ladder(reported=1, counted=1, confirmed=1)
    assert read(run, trees, "state", ATTENDED) == Ladder(reported=1)
    actions.count_items(ids=[attended], at=AT)
    assert read(run, trees, "state", ATTENDED) == Ladder(reported=1, counted=1, confirmed=1)


def test_the_same_item_twice_is_once_and_with_other_content_refused(trees: Trees, run: Programme) -> None:
    booth, other = trees.units["b000"].pk, trees.units["b001"].pk
    one = replace(talk(run, booth), device="phone", lat=28.6, lon=77.2)
    first = report(one, one)
    assert first == report(replace(one, is_counted=True)) * 2, "what became of it is no content"
    for changed in (replace(one, unit_id=other), replace(one, seconds=3), replace(one, lat=28.7)):
        with pytest.raises(KnownOtherwise), transaction.atomic():
            report(changed)
    actions.move_items(from_unit=booth, to_unit=other, at=AT)
    actions.end_items(ids=first, why=Item.Why.UNDONE, at=AT)
    actions.erase_items(phone_ids=[one.phone_id or UUID(int=0)], at=AT)
    assert report(one) == first[:1], "also when it has moved, ended and been erased"
    row = Item.objects.get()
    assert (row.unit_id, row.phone_id, row.lat, row.device) == (other, None, None, "")
    assert read(run, trees, "state") == Ladder(reported=1)


def test_an_organisers_number_is_reported_and_never_counts(trees: Trees, run: Programme) -> None:
    total = replace(talk(run, trees.units["b000"].pk, measure=ATTENDED), n=40)
    (ident,) = report(total)
    assert read(run, trees, "state", ATTENDED) == Ladder(reported=40)
    actions.set_total(id=ident, n=0, at=AT)
    assert read(run, trees, "state", ATTENDED) == Ladder()
    actions.set_total(id=ident, n=7, at=AT)
    assert read(run, trees, "state", ATTENDED) == Ladder(reported=7)
    with pytest.raises(NotFound):
        actions.set_total(id=item_key("nobody"), n=1, at=AT)
    with pytest.raises(Exception, match="item_total_never_counts"), transaction.atomic():
        actions.count_items(ids=[ident], at=AT)


def test_nothing_is_posted_again_for_what_is_known(trees: Trees, run: Programme) -> None:
    ids = report(talk(run, trees.units["b000"].pk))
    posted = Delta.objects.count()
    report(talk(run, trees.units["b000"].pk))
    actions.sign_items(ids=ids, at=AT)  # it never was without a sign
    assert Delta.objects.count() == posted


def test_items_of_a_closed_programme_stay_at_their_unit(trees: Trees, run: Programme) -> None:
    booth, other = trees.units["b000"].pk, trees.units["b001"].pk
    report(talk(run, booth))
    Programme.objects.filter(pk=run.pk).update(state=Programme.State.CLOSED)
    assert actions.move_items(from_unit=booth, to_unit=other, at=AT) == []
    Programme.objects.filter(pk=run.pk).update(state=Programme.State.OPEN)
    ProgrammeUnit.objects.filter(programme=run).update(unit=trees.units["d1"])
    assert actions.move_items(from_unit=booth, to_unit=other, at=AT) == [], "it does not run there"


def test_who_reported_an_item_sees_it_and_nobody_without_a_scope_does(trees: Trees, run: Programme) -> None:
    report(replace(talk(run, trees.units["b000"].pk), by_id=7))
    for scope, seen in ((Scope(), 0), (Scope(account=8), 0), (Scope(account=7), 1)):
        with scoped(scope):
            assert Item.objects.count() == seen
            assert Item.objects.update(why="left", ended_at=AT) == 0, "acts alone write"


# A history


@dataclass
class Known:
    """One item as the model knows it."""

    new: NewItem
    unit: str
    n: int = 1
    counted: bool = False
    signed: bool = True
    confirmed: bool = False
    ended: str = ""

    def rungs(self) -> list[tuple[int, int]]:
        found = [(REPORTED, self.n)]
        if self.counted and not self.ended:
            found.append((COUNTED if self.signed else UNSIGNED, 1))
            found += [(CONFIRMED, 1)] if self.confirmed else []
        return found


BOOTHS = ("b000", "b001", "b010", "b100")
A_STEP = st.tuples(
    st.sampled_from(
        (
            "report",
            "report",
            "report",
            "again",
            "sign",
            "count",
            "confirm",
            "end",
            "total",
            "move",
            "erase",
            "fold",
        )
    ),
    st.integers(0, 40),
    st.integers(0, 40),
)


@pytest.mark.examples(25, 300)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=st.lists(A_STEP, min_size=5, max_size=40))
def test_the_ledger_equals_a_recount_whatever_happens_to_items(
    trees: Trees, steps: list[tuple[str, int, int]]
) -> None:
    with transaction.atomic():
        history = History(trees)
        for step in steps:
            history.do(*step)
        history.check()
        actions.fold_changes(at=AT)
        history.check()
        transaction.set_rollback(True)


class History:
    def __init__(self, trees: Trees) -> None:
        self.trees, self.run, self.known = trees, talks_in(trees), dict[UUID, Known]()

    def some(self, a: int, b: int) -> list[Known]:
        """One to three of the known."""
        every = list(self.known.values())
        return [every[(a + at) % len(every)] for at in range(min(len(every), b % 3 + 1))] if every else []

    def do(self, step: str, a: int, b: int) -> None:
        some = self.some(a, b)
        ids = [one.new.id for one in some]
        if step == "report":
            self.report(a, b)
        elif step == "again" and some:
            report(*(one.new for one in some))
        elif step == "sign":
            actions.sign_items(ids=ids, at=AT)
            for one in some:
                one.signed = one.signed or not one.ended
        elif step == "count":
            countable = [one for one in some if one.new.n == 1]
            actions.count_items(ids=[one.new.id for one in countable], at=AT, is_signed=bool(b % 2))
            for one in countable:
                if not one.counted and not one.ended:
                    one.counted, one.signed = True, bool(b % 2) or one.confirmed
        elif step == "confirm":
            confirmable = [one for one in some if one.new.n == 1]
            actions.confirm_items(ids=[one.new.id for one in confirmable], at=AT)
            for one in confirmable:
                if not one.ended:
                    one.counted = one.counted or one.new.measure == TALKS
                    one.signed = one.signed or not one.confirmed
                    one.confirmed = True
        elif step == "end":
            why = WHYS[b % 4]
            actions.end_items(ids=ids, why=why, at=AT)
            for one in some:
                one.ended = why if why == Item.Why.DENIED else one.ended or why
        elif step == "total":
            for one in some:
                if one.new.n != 1:
                    one.n = b
                    actions.set_total(id=one.new.id, n=b, at=AT)
        elif step == "move":
            old, new = BOOTHS[a % 4], BOOTHS[b % 4]
            actions.move_items(from_unit=self.trees.units[old].pk, to_unit=self.trees.units[new].pk, at=AT)
            for one in self.known.values():
                one.unit = new if one.unit == old else one.unit
        elif step == "erase":
            actions.erase_items(phone_ids=[one.new.phone_id for one in some if one.new.phone_id], at=AT)
        elif step == "fold":
            actions.fold_changes(at=AT)

    def report(self, a: int, b: int) -> None:
        """Up to three, some of them known; a third of them an organiser's number."""
        for key in range(a, a + b % 3 + 1):
            is_total = key % 3 == 0
            new = replace(
                talk(
                    self.run,
                    self.trees.units[BOOTHS[key % 4]].pk,
                    key,
                    day=TODAY - timedelta(days=key % 5),
                    measure=ATTENDED if is_total or key % 2 else TALKS,
                ),
                n=key + 2 if is_total else 1,
                is_counted=not is_total and key % 7 == 0,
                is_signed=key % 2 == 0,
            )
            report(new)
            known = Known(new, BOOTHS[key % 4], n=new.n, counted=new.is_counted, signed=new.is_signed)
            self.known.setdefault(new.id, known)

    def check(self) -> None:
        assert recount_facts(at=AT).is_right
        wanted: Counter[tuple[str, int, date, int]] = Counter()
        for one in self.known.values():
            for rung, n in one.rungs():
                wanted[one.unit, one.new.measure, one.new.day, rung] += n
        found = sql.rows(
            "select u.code, f.measure, f.day, f.rung, f.n from"
            f" ({facts_of_items('talks')}) f join units_unit u on u.id = f.unit_id"
            " where f.programme_id = %s and f.n <> 0",
            [self.run.pk],
        )
        assert {tuple(row[:4]): row[4] for row in found} == {key: n for key, n in wanted.items() if n}
        rows = {one.pk: one for one in Item.objects.filter(programme=self.run)}
        assert {ident: row.why for ident, row in rows.items()} == {
            ident: one.ended for ident, one in self.known.items()
        }
        said = {
            ident: [
                (rung, 1)
                for rung, is_there in (
                    (COUNTED, row.is_counted),
                    (UNSIGNED, row.waits),
                    (CONFIRMED, row.is_confirmed),
                )
                if is_there
            ]
            for ident, row in rows.items()
        }
        assert said == {ident: one.rungs()[1:] for ident, one in self.known.items()}, (
            "a page that asks the row says what the ladder says"
        )
