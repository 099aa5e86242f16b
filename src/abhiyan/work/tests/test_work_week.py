"""A week of work: somebody's own items of the last seven days, and what came of each. Never somebody else's."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils.translation import ngettext_lazy, override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abhiyan.core.scope import system
from abhiyan.programmes import actions
from abhiyan.programmes.models import Item
from abhiyan.programmes.rules import activities
from abhiyan.programmes.rules.activities import Activity
from abhiyan.programmes.rules.check_words import EnteredWords
from abhiyan.programmes.rules.items import facts_of_items, items_of_measure
from abhiyan.programmes.tests.make import AT, TODAY, Trees, state
from abhiyan.programmes.tests.test_items import TALKS, talk, talks_in
from abhiyan.ui.recorded import DAYS, WorkDone, WorkWeek
from abhiyan.work.queries import record

pytestmark = pytest.mark.django_db
MINE, OTHER = 1, 2  # accounts
FATES = ("reported", "counted", "waiting", "confirmed", "undone", "struck")
ITEMS = st.lists(
    st.tuples(st.sampled_from((MINE, OTHER)), st.integers(0, DAYS + 2), st.sampled_from(FATES)), max_size=12
)


@pytest.fixture(autouse=True)
def talks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activities, "_KNOWN", {})
    of = (
        items_of_measure(
            "talks",
            measure=TALKS,
            entered=EnteredWords("%(n)s talks", worked=ngettext_lazy("%(n)s talk", "%(n)s talks", "many")),
        ),
    )
    activities.register(Activity("talks", "Talks", facts=facts_of_items("talks"), items=of))


@pytest.fixture
def trees() -> Iterator[Trees]:
    with system("test"):
        made = state()
        made.resize()
        yield made


def expected(some: list[tuple[int, int, str]]) -> str:
    """The sentence of my week, counted by hand."""
    fates = [fate for whose, ago, fate in some if whose == MINE and ago < DAYS and fate != "undone"]
    if not fates:
        return ""
    yes, waits = fates.count("confirmed"), fates.count("waiting")
    words = [f"{fates.count('counted') + yes} counted"]
    words += [f"{yes} confirmed"] if yes else []
    words += [f"{waits} waiting for a sign from the phone"] if waits else []
    return f"{len(fates)} talk{'s' * (len(fates) > 1)}: {', '.join(words)}"


@pytest.mark.examples(15, 150)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(some=ITEMS)
def test_the_week_is_ones_own_items_and_what_came_of_them(
    trees: Trees, some: list[tuple[int, int, str]]
) -> None:
    Item.objects.all().delete()
    run = talks_in(trees)
    for key, (whose, ago, fate) in enumerate(some):
        new = replace(talk(run, trees.units["b000"].pk, key, day=TODAY - timedelta(days=ago)), by_id=whose)
        ids = [one.pk for one in actions.report_items(new=[new], at=AT)]
        if fate in ("counted", "confirmed", "waiting"):
            actions.count_items(ids=ids, at=AT, is_signed=fate != "waiting")
        if fate == "confirmed":
            actions.confirm_items(ids=ids, at=AT)
        if fate in ("undone", "struck"):
            actions.end_items(ids=ids, why=Item.Why(fate), at=AT)
    with override("en"):
        week = record.week_of_work(MINE, at=AT)
        assert week.short == expected(some)
    assert bool(week.thanks) == ("confirmed" in week.short)


def test_the_thanks_count_what_people_said_and_the_first_two_kinds_are_named() -> None:
    work = [WorkDone("9 talks", "7 counted", 5), WorkDone("2 stays", "1 counted", 1), WorkDone("1 task done")]
    week = WorkWeek(work)
    assert week.short == "9 talks: 7 counted; 2 stays: 1 counted"
    assert "6" in week.thanks
    assert WorkWeek([WorkDone("1 task done")]).thanks == "" == WorkWeek([]).short
