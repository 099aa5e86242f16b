"""The list of workers with reasons: ten a page, with place and strength; one weak reason alone names nobody."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.rules.measures import ENROLMENTS
from abhiyan.people.models import Account
from abhiyan.people.tests.make import body
from abhiyan.site.tests.cast import Cast
from abhiyan.verification.actions import ask_worker
from abhiyan.verification.models import Look
from abhiyan.verification.queries.looks import BUILT
from abhiyan.verification.refusals import NothingOdd

pytestmark = pytest.mark.django_db(transaction=True)
PLANNER = "state_president"


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


# How often an honest worker shows as much, and anybody among all who were compared.
HINT, CLEAR, STRONG = (0.04, 1.0), (0.0005, 0.9), (1e-7, 0.001)


def looked_at(cast: Cast, role: str, name: str, wanted: float = 1.0, **odd: tuple[float, float]) -> None:
    """Somebody whose entries were compared: how rare each indicator named is; nothing odd in the others."""
    if role not in cast.accounts:
        cast._open(role)
    of = {one: odd.get(one.value, (1.0, 1.0)) for one in BUILT}
    with system("test"):
        Account.objects.filter(pk=cast.accounts[role].pk).update(name=name)
        Look.objects.create(
            programme=cast.world.programme,
            measure=ENROLMENTS,
            unit=cast.world.units["JK-SRI"],
            worker=cast.accounts[role].public_id,
            entries=60,
            hits=[30 if tail < 1 else 0 for tail, _ in of.values()],
            total=[60] * len(BUILT),
            scores=[2.5 if tail < 1 else 0 for tail, _ in of.values()],
            peers=[0.1] * len(BUILT),
            tails=[tail for tail, _ in of.values()],
            luck=[luck for _, luck in of.values()],
            bad=0,
            good=0,
            peers_bad=0,
            wanted=wanted,
            at=NOW,
        )


def rows(cast: Cast, page: str = "", language: str = "en") -> list[str]:
    """The rows of the list, as people read them."""
    path = reverse("verification:workers", args=[cast.world.programme.public_id])
    said = body(cast.client(PLANNER, language), path + page)
    found = said.partition("<tbody>")[2].partition("</tbody>")[0].split("</tr>")[:-1]
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in found]


def test_one_weak_reason_alone_names_nobody_and_nobody_can_be_asked_about_it(cast: Cast) -> None:
    looked_at(cast, "booth_worker", "Asha Weak", digits=HINT)
    assert rows(cast) == []
    ask = reverse(
        "verification:flag_ask",
        args=[cast.world.programme.public_id, cast.accounts["booth_worker"].public_id],
    )
    for answer in (cast.client(PLANNER).get(ask), cast.client(PLANNER).post(ask)):
        assert answer.status_code == 404 and "Asha" not in answer.text
    with pytest.raises(NothingOdd):
        ask_worker(
            programme=cast.world.programme,
            measure=ENROLMENTS,
            worker=cast.accounts["booth_worker"].public_id,
            by=cast.actor(PLANNER),
            at=NOW,
        )


def test_a_row_says_place_office_number_of_reasons_and_strength(cast: Cast) -> None:
    looked_at(cast, "booth_worker", "Surinder Singh", 3.0, digits=HINT, night=HINT)
    looked_at(cast, "booth_president", "Surinder Singh", 2.0, bursts=CLEAR)
    looked_at(cast, "no_office", "Zahoor Bhat", 1.0, bursts=STRONG, night=HINT, ages=HINT)
    first, second, third = rows(cast)
    assert first.startswith("1 Surinder Singh Booth worker, ") and " Srinagar 60 2 weak " in first
    assert second.startswith("2 Surinder Singh Booth president, ") and " Srinagar 60 1 clear " in second
    assert third.startswith("3 Zahoor Bhat Srinagar 60 3 strong ")
    assert "Last digits of phone numbers repeat: " in first
    (one, *_more) = rows(cast, language="hi")
    assert "Surinder" not in one, "the name is in the script of the page"


def test_ten_workers_are_on_a_page_and_a_page_costs_as_much_however_many_there_are(cast: Cast) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert rows(cast)
        return len(found)

    for n in range(3):
        looked_at(cast, f"worker_{n}", f"Worker {n}", 50 - n, bursts=CLEAR)
    asked()
    few = asked()
    for n in range(3, 23):
        looked_at(cast, f"worker_{n}", f"Worker {n}", 50 - n, bursts=CLEAR)
    assert asked() == few
    assert [len(rows(cast, f"?page={page}")) for page in (1, 2, 3)] == [10, 10, 3]
    assert rows(cast, "?page=2")[0].startswith("11 Worker 10 ")
    assert len(rows(cast, "?page=99")) == 3 and len(rows(cast, "?page=x")) == 10
