"""People whose answer is known: planted, mixed in, and what the estimates say with and without enough of them."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from abhiyan.core import sql
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.org.queries import NotYours
from abhiyan.people.models import Account
from abhiyan.people.tests.make import undrawn
from abhiyan.programmes.news import ItemsErased
from abhiyan.site.tests.cast import Cast
from abhiyan.verification.actions import plant_people, refresh_estimates, withdraw_planted
from abhiyan.verification.actions.forgetting import empty_said
from abhiyan.verification.models import Check, Estimate, Frame
from abhiyan.verification.queries.planted import PlantedPerson, known_of, planted_in
from abhiyan.verification.refusals import FrameClosed, NotInFrame, PlantedAlready
from abhiyan.verification.tests.test_checks import SYSTEM, drawn, taken

pytestmark = pytest.mark.django_db(transaction=True)


def people(cast: Cast, first: int, n: int, code: str = "JK-B001") -> list[PlantedPerson]:
    unit = cast.world.units[code].pk
    return [
        PlantedPerson(
            f"Planted {number}", f"+9198765{number:05}", unit, 1, date(2026, 11, 2), {"born": "1980"}
        )
        for number in range(first, first + n)
    ]


def planted(cast: Cast, frame: Frame, first: int, n: int, *, is_genuine: bool) -> None:
    plant_people(
        public_id=frame.public_id,
        people=people(cast, first, n),
        is_genuine=is_genuine,
        by=cast.actor("state_president"),
        at=NOW,
    )


def test_people_are_planted_once_in_their_district_sealed_and_while_the_frame_is_open(cast: Cast) -> None:
    frame = drawn(cast)
    planted(cast, frame, 0, 2, is_genuine=True)
    planted(cast, frame, 2, 1, is_genuine=False)
    with system("test"):
        checks = list(Check.objects.filter(arm=Check.Arm.PLANTED).select_related("stratum__unit"))
        rows = str(sql.rows("select * from verification_check")) + str(sql.rows("select * from core_audit"))
        assert planted_in(frame) == {True: 2, False: 1}
    assert {one.stratum.unit.code for one in checks} == {"JK-SRI"} and not any(one.place for one in checks)
    assert sorted(known.name for one in checks if (known := known_of(one))) == [
        f"Planted {n}" for n in range(3)
    ]
    assert "Planted 1" not in rows and "9876500001" not in rows
    for role, planted_ones in (("verifier_of_srinagar", 0), ("verifier_of_jammu", 3)):
        given_out = [one.arm for one in taken(cast, role, NOW)]
        assert given_out.count(Check.Arm.PLANTED) == planted_ones < len(given_out), (
            "outside their own line, as any other"
        )
    given: Any = {"public_id": frame.public_id, "is_genuine": False, "at": NOW}
    with pytest.raises(PlantedAlready) as twice:
        plant_people(people=[*people(cast, 5, 1), *people(cast, 0, 1)], by=SYSTEM, **given)
    assert twice.value.facts == {"row": 2}
    with pytest.raises(NotInFrame):
        plant_people(people=people(cast, 5, 1, "HP-B001"), by=SYSTEM, **given)
    with pytest.raises(NotYours):
        plant_people(people=people(cast, 5, 1), by=cast.actor("verifier"), **given)
    with system("test"):
        assert planted_in(frame) == {True: 2, False: 1}
        Frame.objects.update(state=Frame.State.CLOSED)
    with pytest.raises(FrameClosed):
        plant_people(people=people(cast, 5, 1), by=SYSTEM, **given)


def test_who_agreed_to_be_planted_is_not_given_themselves(cast: Cast) -> None:
    frame, at = drawn(cast), NOW
    planted(cast, frame, 0, 1, is_genuine=True)
    with system("test"):
        own = people(cast, 0, 1)[0].phone_id
        Account.objects.filter(pk=cast.accounts["verifier_of_jammu"].pk).update(phone_id=own)
    cast._seat("another", "verifier", "JK-JAM", 1)
    for role, gets_it in (("verifier_of_jammu", False), ("another", True)):
        assert (Check.Arm.PLANTED in {one.arm for one in taken(cast, role, at)}) == gets_it


def test_a_planted_check_looks_like_any_other_from_the_call_to_the_result(cast: Cast) -> None:
    frame = drawn(cast)
    me, client, at = cast.accounts["verifier_of_jammu"].pk, cast.client("verifier_of_jammu"), NOW
    planted(cast, frame, 0, 1, is_genuine=False)
    words = {"how": "I called", "when": "In November", "born": "1984", "meaning": "never_joined"}
    seen: list[list[str]] = []
    for arm in (Check.Arm.PLANTED, Check.Arm.RANDOM):
        with system("test"):
            check = Check.objects.filter(arm=arm, stratum__unit__code="JK-SRI")[0]
            Check.objects.filter(id=check.id).update(verifier_id=me, taken_at=at)
        shown = [
            client.get(reverse("verification:checks")),
            client.post(reverse("verification:check_begin", args=[check.id])),
            client.post(reverse("verification:check_said", args=[check.id]), words, follow=True),
            client.post(
                reverse("verification:check_tell", args=[check.id]), {"outcome": "not_genuine"}, follow=True
            ),
        ]
        assert ("Planted 0" in shown[1].text, "+919876500000" in shown[1].text) == (
            arm == Check.Arm.PLANTED,
        ) * 2
        assert all(said in shown[2].text for said in ("Web", "2026", "19")), (
            "how, when and born are written of both"
        )
        with system("test"):
            assert Check.objects.get(id=check.id).outcome == "not_genuine"
            Check.objects.filter(id=check.id).update(done_at=at - timedelta(days=2))  # none of today's
        seen.append([" ".join(re.findall(r"<[a-z][^\s>]*", page.text)) for page in shown])
    assert seen[0] == seen[1]


def finish(frame: Frame) -> None:
    """Every drawn check is genuine; one planted person in ten is noted wrongly."""
    at = NOW
    with system("test"):
        Check.objects.filter(frame=frame, arm=Check.Arm.RANDOM).update(outcome="genuine", done_at=at)
        for n, check in enumerate(Check.objects.filter(frame=frame, arm=Check.Arm.PLANTED).order_by("order")):
            is_said_genuine = check.is_known_genuine != (n % 10 == 0)
            check.outcome, check.done_at = "genuine" if is_said_genuine else "not_genuine", at
            check.save()
    refresh_estimates(at=at)


def test_thirty_of_each_correct_every_estimate_and_with_fewer_they_say_as_answered(
    cast: Cast,
) -> None:
    frame = drawn(cast, 80)
    planted(cast, frame, 0, 30, is_genuine=True)
    planted(cast, frame, 50, 29, is_genuine=False)
    client, page = cast.client("state_president"), reverse("verification:frame", args=[frame.public_id])
    for is_corrected in (False, True):
        finish(frame)
        with system("test"):
            shown = Estimate.objects.filter(frame=frame, rate__isnull=False)
            assert {one.is_corrected for one in shown} == {is_corrected}
        assert ("As answered" in client.get(page).text) is not is_corrected
        planted(cast, frame, 80 + is_corrected, 1, is_genuine=False)


def test_a_planner_plants_by_the_page_and_sees_only_how_many(cast: Cast) -> None:
    frame = drawn(cast)
    page = reverse("verification:planted", args=[frame.public_id])
    client = cast.client("state_president")
    lines = "Bina Devi, 98765 43210, JK-B001, 2026-11-02, 1980\n\nCharu Lal; 9876543211; JK-B004; 2026-11-03; 1971"
    form = {"is_genuine": "yes", "channel": "4", "people": lines, "agreed": "on"}
    for wrong, said in (
        ({"people": "Bina Devi"}, "Line 1: write all 5 parts"),
        ({"people": lines.replace("98765 43210", "98")}, "Line 1: the phone"),
        ({"people": lines.replace("JK-B004", "ZZ")}, "Line 2: there is no unit"),
        ({"people": lines.replace("11-03", "11-33")}, "Line 2: write the day"),
        ({"people": f"{lines}\n{lines}"}, "Line 3: this phone is in this round"),
        ({"agreed": ""}, "agreed"),
    ):
        answer = client.post(page, form | wrong)
        assert answer.status_code == 422 and said in answer.text, said
    assert client.post(page, form).status_code == 302
    shown = undrawn(client.get(page).text)
    assert "2 of 30" in shown and "Bina" not in shown and "43210" not in shown
    client.post(reverse("verification:planted_withdraw", args=[frame.public_id]), {"phone": "98765 43211"})
    assert "1 of 30" in client.get(page).text
    with system("test"):
        gone = Check.objects.get(arm=Check.Arm.PLANTED, planted=None)
    assert known_of(gone) is None and gone.outcome == Check.Outcome.UNRESOLVED
    with system("test"):
        empty_said(erasure=ItemsErased((), keyring().phone_id("+919876543210"), NOW))
        assert not Check.objects.exclude(planted=None).exists(), (
            "who had everything erased is planted no more"
        )
    given: Any = {"public_id": frame.public_id, "by": SYSTEM, "at": NOW}
    with pytest.raises(NotFound):
        withdraw_planted(phone="+919876543211", **given)
