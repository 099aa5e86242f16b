"""Verifiers beside each other: who guesses, says the same each time or errs stands out, and nobody else does."""

import random
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from scipy.stats import fisher_exact

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.site.tests.cast import Cast
from abhiyan.verification.models import Check, Frame, Stratum
from abhiyan.verification.queries.agreement import AgreementQuestion, verifiers_of
from abhiyan.verification.rules.agreement import PAIRS, unlike
from abhiyan.verification.tests.test_checks import drawn

GENUINE, NOT_GENUINE = Check.Outcome.GENUINE, Check.Outcome.NOT_GENUINE


def test_a_verifier_who_says_the_same_each_time_stands_out_and_makes_nobody_else_do_so() -> None:
    """Asha says "genuine" each time; of the others one in seven finds somebody who is not."""
    honest = {key: {1: (52, 60)} for key in ("Bina", "Charu", "Dilip", "Esha")}
    found = unlike({"Asha": {1: (90, 90)}, **honest})
    assert [one.key for one in found] == ["Asha"]
    assert unlike(honest) == [] and unlike({}) == [] and unlike({"Asha": {1: (1, 2)}}) == []
    worst = unlike({"Farid": {1: (10, 60)}, **honest})
    assert [one.key for one in worst] == ["Farid"] and worst[0].share < worst[0].others


def test_of_one_part_the_chance_is_fishers() -> None:
    for own, n, had, of in ((9, 20, 70, 90), (0, 12, 30, 60), (33, 40, 20, 55)):
        (found,) = unlike({"Asha": {1: (own, n)}, "others": {1: (had, of)}}, false=2.0)[:1]
        assert found.chance == pytest.approx(fisher_exact([[own, n - own], [had, of - had]]).pvalue, rel=1e-9)


def test_who_checks_in_a_worse_district_does_not_stand_out() -> None:
    """In one district 9 of 10 are genuine, in another 4: each of four verifiers checks mostly in one."""
    told = {
        "Asha": {"good": (81, 90), "bad": (4, 10)},
        "Bina": {"good": (72, 80), "bad": (8, 20)},
        "Charu": {"good": (9, 10), "bad": (36, 90)},
        "Dilip": {"good": (18, 20), "bad": (32, 80)},
    }
    assert unlike(told) == []
    assert unlike({"Asha": {"good": (1, 1)}, "Bina": {"bad": (0, 9)}}) == [], "nobody to compare with"


def test_where_nobody_differs_somebody_is_named_in_at_most_one_of_twenty() -> None:
    chance = random.Random(15)
    named = 0
    for _ in range(200):
        told = {
            one: {
                part: (sum(chance.random() < rate for _ in range(15)), 15)
                for part, rate in ((1, 0.9), (2, 0.6), (3, 0.75))
            }
            for one in range(8)
        }
        named += bool(unlike(told))
    assert named <= 200 * 0.05


def told(cast: Cast, who: dict[str, tuple[float, float]], each: int = 40) -> Frame:
    """A frame whose verifiers have told. who: role -> (how often they say genuine, minutes)."""
    frame = drawn(cast, 4)
    at, chance = NOW, random.Random(15)
    with system("test"):
        Check.objects.filter(frame=frame).delete()
        stratum = Stratum.objects.filter(frame=frame).order_by("key")[0]
        rows: list[Check] = []
        for role, (share, minutes) in who.items():
            for _ in range(each):
                rows.append(
                    Check(
                        id=uuid4(),
                        frame=frame,
                        stratum=stratum,
                        order=len(rows) + 1,
                        place=len(rows),
                        verifier_id=cast.accounts[role].pk,
                        taken_at=at - timedelta(minutes=minutes),
                        done_at=at,
                        outcome=GENUINE if chance.random() < share else NOT_GENUINE,
                    )
                )
        Check.objects.bulk_create(rows)
    return frame


OFFICES = ("verifier", "verifier_of_srinagar", "verifier_of_jammu", "booth_worker", "cluster_in_charge")


@pytest.mark.django_db(transaction=True)
def test_the_verifier_who_guesses_and_the_one_who_says_the_same_stand_out_and_nobody_else(cast: Cast) -> None:
    guesses, same, *honest = OFFICES
    frame = told(cast, {guesses: (0.4, 0.5), same: (1.0, 4), **dict.fromkeys(honest, (0.8, 4))})
    with system("test"):
        found = {one.account_id: one for one in verifiers_of(frame).each}
    assert set(found[cast.accounts[guesses].pk].unlike) == {
        AgreementQuestion.GENUINE,
        AgreementQuestion.QUICK,
    }
    assert set(found[cast.accounts[same].pk].unlike) == {AgreementQuestion.GENUINE}
    assert not any(found[cast.accounts[role].pk].unlike for role in honest)
    assert found[cast.accounts[honest[0]].pk].seconds == 240
    page = cast.client("state_president").get(reverse("verification:verifiers", args=[frame.public_id])).text
    assert "Finishes 100 of 100 within a minute; others, 0." in page and "4:00" in page
    assert cast.accounts[guesses].name in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("pairs", "said"), [(PAIRS - 1, "too few pairs"), (PAIRS, "kappa")])
def test_of_a_few_pairs_no_agreement_is_shown(cast: Cast, pairs: int, said: str) -> None:
    frame = told(cast, {OFFICES[0]: (0.6, 4)}, each=pairs)
    with system("test"):
        for check in Check.objects.filter(frame=frame):
            check.id, check.arm, check.verifier_id = uuid4(), Check.Arm.SECOND, cast.accounts[OFFICES[1]].pk
            check.save(force_insert=True)
    page = cast.client("state_president").get(reverse("verification:verifiers", args=[frame.public_id])).text
    assert f"{pairs} entries were checked by two" in page
    assert ("too few pairs" in page, "kappa" in page) == (said == "too few pairs", said == "kappa")


@pytest.mark.django_db(transaction=True)
def test_second_checks_and_known_answers_are_tallied_for_each_verifier(cast: Cast) -> None:
    first, second = OFFICES[:2]
    frame = told(cast, {first: (0.8, 4)}, each=PAIRS)
    with system("test"):
        for n, check in enumerate(Check.objects.filter(frame=frame).order_by("order")):
            check.id, check.arm, check.verifier_id = uuid4(), Check.Arm.SECOND, cast.accounts[second].pk
            if n == 0:
                check.outcome = NOT_GENUINE if check.outcome == GENUINE else GENUINE
            check.save(force_insert=True)
            check.id, check.arm, check.place = uuid4(), Check.Arm.PLANTED, None
            check.is_known_genuine, check.outcome = n < 10, GENUINE
            check.save(force_insert=True)
        found = verifiers_of(frame)
    one, other = sorted(found.each, key=lambda each: each.planted)
    assert found.pairs == one.pairs == other.pairs == PAIRS
    assert found.kappa == one.kappa == other.kappa == pytest.approx(0.75, abs=0.2)
    assert (other.planted, other.planted_right, other.taken, other.genuine) == (PAIRS, 10, 2 * PAIRS, 0)
    assert (one.planted, one.taken, one.genuine + one.not_genuine) == (0, PAIRS, PAIRS)
