"""A friends plan is held against itself."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.core.numbers import grouped
from abhiyan.elections.rules.arithmetic import checked, read_plan
from abhiyan.intake.rules.plan_numbers import PlannedFriends, plan_contradictions, plan_sentence


def said(plan: PlannedFriends) -> list[str]:
    with translation.override("en"):
        return [str(text) % given for text, given in plan_contradictions(plan)]


def test_the_plan_of_65_constituencies_is_read_and_its_contradiction_named() -> None:
    plan = PlannedFriends(65, 65, 390, friends=325_000, each=5_000, certificates=750)
    product, constituency = said(plan)
    assert "make 19,50,000, and not 3,25,000" in product and "each segment needs 834" in product
    assert "5,000 friends in each of 65 constituencies make 3,25,000" in constituency


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (PlannedFriends(1, 1, 2, friends=10, each=5), []),
        (PlannedFriends(1, 1, 2, each=5), []),
        (PlannedFriends(0, 0, 0, friends=10, each=5, certificates=9), []),
        (PlannedFriends(1, 1, 2, each=5, certificates=6), ["more than the 5 friends of a segment"]),
        (PlannedFriends(1, 1, 2, friends=10, certificates=6), ["make 12, more than the 10 friends"]),
    ],
)
def test_each_contradiction_is_said_by_itself(plan: PlannedFriends, words: list[str]) -> None:
    found = said(plan)
    assert len(found) == len(words) and all(part in text for part, text in zip(words, found, strict=True))


@given(
    constituencies=st.integers(1, 70),
    per=st.integers(1, 10),
    each=st.integers(0, 10_000),
    share=st.floats(0, 1),
)
def test_numbers_that_multiply_out_contradict_nothing(
    constituencies: int, per: int, each: int, share: float
) -> None:
    segments = constituencies * per
    plan = PlannedFriends(
        constituencies,
        constituencies,
        segments,
        friends=segments * each,
        each=each,
        certificates=int(each * share),
    )
    assert said(plan) == []


def test_segments_that_the_tree_lacks_are_asked_for_and_never_taken_for_none() -> None:
    known: dict[str, Any] = {"friends": 325_000, "each": 5_000, "certificates": 750}
    plan = PlannedFriends(65, 5, 90, **known)
    with translation.override("en"):
        assert plan_sentence(plan).startswith(
            "65 constituencies, segments known in 5 of them, 3,25,000 friends"
        )
    unknown, constituency = said(plan)
    assert "Segments are known in 5 of 65 constituencies" in unknown
    assert "5,000 friends in each of 65 constituencies make 3,25,000" in constituency
    product, constituency = said(PlannedFriends(65, 5, 90, **known, parts=Decimal(6)))
    assert "in each of about 390 segments make 19,50,000, and not 3,25,000" in product
    assert "each segment needs 834" in product and "65 constituencies make" in constituency


@given(
    constituencies=st.integers(1, 70),
    known=st.integers(0, 70),
    parts=st.decimals("0.1", 20, places=1),
    each=st.integers(1, 10_000),
    friends=st.integers(1, 1_000_000),
)
def test_check_a_plan_and_the_page_of_friends_say_the_same_of_a_sentence(
    constituencies: int, known: int, parts: Decimal, each: int, friends: int
) -> None:
    known = min(known, constituencies - 1)
    plan = PlannedFriends(constituencies, known, 18 * known, friends=friends, each=each, parts=parts)
    check = checked(read_plan(f"{constituencies} constituencies × {each} = {friends}"), parts)
    words = [text for text in said(plan) if "and not" in text]
    assert bool(words) == (not check.readings[1].fits)
    assert all(
        f"make {grouped(check.readings[1].product)}, and not {grouped(friends)}" in text for text in words
    )


@pytest.mark.django_db
def test_the_page_of_a_friends_programme_reads_the_plan_and_a_membership_drive_has_none() -> None:
    from abhiyan.enrolment.tests.test_two_rolls import friends_programme
    from abhiyan.enrolment.tests.web import officer, web_world

    world = web_world()
    friends = friends_programme(world, hierarchy=2)
    client = officer(world, "state_president", "JK", hierarchy=2)
    page = f"/drives/{friends.public_id}/"
    plain = client.get(page).content.decode()
    assert "1 constituency, 3 segments" in plain and "segment needs" not in plain
    typed = client.get(page, {"friends": "3,25,000", "each": "5000", "certificates": "750"}).content.decode()
    assert "3,25,000 friends in all, 5,000 friends in each segment, 750 certificates in each segment" in typed
    assert "make 15,000, and not 3,25,000" in typed
    wrong = client.get(page, {"friends": "many", "each": "5000"})
    assert wrong.status_code == 200 and "make 15,000" not in wrong.content.decode()
    other = client.get(f"/drives/{world.programme.public_id}/").content.decode()
    assert "The numbers of the plan" not in other
