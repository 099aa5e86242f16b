"""A form is filled in once, accepted, sent back, mended; and seen by those above and by who sent it."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abhiyan.core import lot, sql
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import scoped, system
from abhiyan.forms import actions, queries
from abhiyan.forms.models import FormVersion, Submission, SubmissionStep
from abhiyan.org.queries import viewer_of
from abhiyan.org.tests.make import AT, SYSTEM, TODAY, World, actor
from abhiyan.people.models import Account
from abhiyan.units.news import UnitsGoing

from .make import form_in_use

pytestmark = pytest.mark.django_db
ANSWERS = {"held": True, "came": 23}


@pytest.fixture
def version(world: World) -> FormVersion:
    return form_in_use(world.units["N1"])


@pytest.fixture
def mandal(world: World) -> Account:
    return world.holder("mandal_president", "N111", name="Bilal Dar")


def sent(world: World, version: FormVersion, by: Account, key: str = "one", **other: Any) -> Submission:
    told: dict[str, Any] = {"unit_id": world.unit("N111"), "answers": ANSWERS, **other}
    return actions.submit_form(key=key, version=version, **told, by=actor(by), at=AT)


def seen_by(account: Account) -> set[UUID]:
    with scoped(viewer_of(account_id=account.pk, on=TODAY).scope):
        return set(Submission.objects.values_list("pk", flat=True))


def test_the_same_form_sent_twice_is_one_submission_with_one_line_of_history(
    world: World, version: FormVersion, mandal: Account
) -> None:
    first, again = sent(world, version, mandal), sent(world, version, mandal)
    assert first.pk == again.pk
    with system("test"):
        assert SubmissionStep.objects.filter(submission=first).count() == 1
    assert sent(world, version, mandal, key="two").pk != first.pk
    other = world.holder("mandal_president", "N112")
    assert sent(world, version, other).pk != first.pk


@pytest.mark.parametrize(
    "other", [{"answers": {"held": False}}, {"about": ("due", "7")}, {"place": [32.7, 74.8, 9]}]
)
def test_under_a_known_key_other_answers_are_refused_and_the_first_stay(
    world: World, version: FormVersion, mandal: Account, other: dict[str, Any]
) -> None:
    first = sent(world, version, mandal)
    with pytest.raises(actions.SentOtherwise):
        sent(world, version, mandal, **other)
    with system("test"):
        assert Submission.objects.get().answers == first.answers == ANSWERS


def test_answers_that_do_not_fit_are_refused_by_field_and_leave_nothing(
    world: World, version: FormVersion, mandal: Account
) -> None:
    with pytest.raises(actions.AnswersUnfit) as refused:
        sent(world, version, mandal, answers={"held": True, "came": 10**9})
    assert list(refused.value.facts["errors"]) == ["came"]  # type: ignore[call-overload]
    with system("test"):
        assert not Submission.objects.exists()


def test_a_draft_is_not_filled_in(world: World, version: FormVersion, mandal: Account) -> None:
    version.used_from = None
    with pytest.raises(actions.AnswersUnfit):
        sent(world, version, mandal)


# state, act -> state; every other act is refused and changes nothing.
MOVES = {
    ("reported", "accept"): "accepted",
    ("accepted", "accept"): "accepted",
    ("reported", "send back"): "returned",
    ("accepted", "send back"): "returned",
    ("reported", "mend"): "reported",
    ("returned", "mend"): "reported",
}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(["send again", "accept", "send back", "mend"]), max_size=9))
def test_in_whatever_order_it_is_sent_decided_and_mended_state_and_history_agree(
    world: World, version: FormVersion, mandal: Account, steps: list[str]
) -> None:
    key = str(lot.uuid())
    one = sent(world, version, mandal, key=key).pk
    state, lines = "reported", ["sent"]
    do: dict[str, Callable[[], Any]] = {
        "accept": lambda: actions.accept(submission_id=one, by=SYSTEM, at=AT),
        "send back": lambda: actions.send_back(submission_id=one, reason="Why?", by=SYSTEM, at=AT),
        "mend": lambda: actions.mend(submission_id=one, answers={"held": False}, by=SYSTEM, at=AT),
    }
    for step in steps:
        if step == "send again":  # the phone did not hear the first answer
            assert sent(world, version, mandal, key=key).pk == one
        elif (state, step) in MOVES:
            do[step]()
            lines += {"accept": ["accepted"] * (state != "accepted"), "mend": ["mended"]}.get(
                step, ["returned"]
            )
            state = MOVES[state, step]
        else:
            with pytest.raises(actions.WrongState):
                do[step]()
    with system("test"):
        kept = Submission.objects.get(pk=one)
        history = list(
            SubmissionStep.objects.filter(submission=one).order_by("pk").values_list("act", flat=True)
        )
    assert (kept.state, history) == (state, lines)
    assert kept.answers == ({"held": False} if "mended" in lines else ANSWERS)
    assert bool(kept.reason) == (state == "returned")


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "a\0b"])
def test_sending_back_takes_a_reason(
    world: World, version: FormVersion, mandal: Account, reason: str
) -> None:
    one = sent(world, version, mandal)
    with pytest.raises(actions.ReturnReasonMissing):
        actions.send_back(submission_id=one.pk, reason=reason, by=SYSTEM, at=AT)


def test_a_submission_is_seen_by_the_line_above_and_by_who_sent_it(
    world: World, version: FormVersion, mandal: Account
) -> None:
    worker = world.holder("booth_worker", "N1111")
    one = sent(world, version, mandal).pk
    own = sent(world, version, worker, unit_id=world.unit("N1111")).pk
    booth, district = world.holder("booth_president", "N1111"), world.holder("district_president", "N11")
    assert seen_by(mandal) == seen_by(district) == {one, own}
    assert seen_by(booth) == seen_by(worker) == {own}
    for office, code in (
        ("district_president", "N12"),
        ("state_president", "N2"),
        ("it_administrator", "N1"),
        ("verifier", "N111"),
        ("call_centre_agent", "N11"),
    ):
        assert seen_by(world.holder(office, code)) == set(), office
    with scoped(viewer_of(account_id=booth.pk, on=TODAY).scope):
        assert {step.submission_id for step in SubmissionStep.objects.all()} == {own}
        with pytest.raises(NotFound):
            queries.submission_for(one)


def test_no_page_changes_the_history(world: World, version: FormVersion, mandal: Account) -> None:
    one = sent(world, version, mandal)
    with system("test"):
        assert SubmissionStep.objects.filter(submission=one).update(reason="other") == 0


def test_forms_of_the_own_line_are_offered_and_those_of_another_state_are_not(world: World) -> None:
    forms = {code: form_in_use(world.units[code]).form for code in ("N", "N1", "N12", "N2")}
    with system("test"):
        FormVersion.objects.filter(form=forms["N"]).update(used_from=None)
    for office, code, offered in (
        ("state_president", "N1", {"N1", "N12"}),
        ("mandal_president", "N111", {"N1"}),
        ("mandal_president", "N121", {"N1", "N12"}),
        ("booth_worker", "N2111", {"N2"}),
    ):
        viewer = viewer_of(account_id=world.holder(office, code).pk, on=TODAY)
        with scoped(viewer.scope):
            found = {form.unit.code for form in queries.forms_for(viewer)}
        assert found == offered, (office, code)
    assert queries.latest_version(forms["N"].pk) is None


def test_units_with_forms_do_not_vanish_with_their_import(
    world: World, version: FormVersion, mandal: Account
) -> None:
    sent(world, version, mandal)
    told = UnitsGoing(import_id=1, by=SYSTEM, at=AT)
    for code, is_used in (("N1", True), ("N111", True), ("N112", False)):
        with system("test"):
            sql.run("delete from units_change")
            sql.run(
                "insert into units_change (import_id, row, unit_id, change) values (1, 1, %s, 'made')",
                [world.unit(code)],
            )
        with pytest.raises(actions.FormUnitsInUse) if is_used else nullcontext():
            actions.refuse_units_going(units_going=told)
