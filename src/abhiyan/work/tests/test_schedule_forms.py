"""A form that changes: who still asks the old version, and how they move on without touching what was asked."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.forms.models import FormVersion, Submission
from abhiyan.forms.rules.questions import FormQuestion, QuestionKind
from abhiyan.forms.tests.make import form_in_use, question
from abhiyan.site.tests.cast import Cast
from abhiyan.work.actions.schedule_forms import (
    FigureNotAsked,
    FormIsNewest,
    FormStays,
    NoNextPeriod,
    ask_newest_form,
    stay_with_form,
)
from abhiyan.work.models import Schedule
from abhiyan.work.queries import schedule_forms as found
from abhiyan.work.rules.schedules import Period

from .test_schedules_pages import TODAY, ask, cast, due_page, page  # noqa: F401  # fixtures

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
Ask = Callable[..., Schedule]
COUNT, WHY = question("count", QuestionKind.WHOLE), question("why", QuestionKind.TEXT)


def changed(first: FormVersion, *questions: FormQuestion, number: int = 2) -> FormVersion:
    """A newer version in use of a form."""
    with system("test"):
        return FormVersion.objects.create(
            form=first.form,
            number=number,
            questions=[one.plain() for one in questions],
            made_at=NOW,
            used_from=NOW,
        )


@pytest.fixture
def first(cast: Cast) -> FormVersion:  # noqa: F811
    return form_in_use(cast.world.state, COUNT)


def weekly(ask: Ask, first: FormVersion, **more: Any) -> Schedule:  # noqa: F811
    asked = {"wanted": "report", "rhythm": "weekly", "first_on": TODAY - 9 * DAY, "form_id": first.form_id}
    return ask(**(asked | more))


def moves(cast: Cast, one: Schedule, act: Callable[..., int] = ask_newest_form, *, at: datetime = NOW) -> int:  # noqa: F811
    with cast.as_("state_president"):
        return act(public_id=one.public_id, by=cast.actor("state_president"), at=at)


def asked_on(one: Schedule, day: date) -> int:
    """The number of the version that is asked in the period of a day."""
    with system("test"):
        fresh = Schedule.objects.select_related("form", "programme").get(pk=one.pk)
        period = fresh.timing.period_of(day)
        assert period is not None
        form = found.in_period(fresh, period).form
    assert form is not None
    return form.number


def test_each_period_keeps_its_version(cast: Cast, ask: Ask, first: FormVersion) -> None:  # noqa: F811
    one = weekly(ask, first)
    changed(first, COUNT, WHY)
    assert moves(cast, one) == 1
    now, after = TODAY, TODAY + 7 * DAY
    assert [asked_on(one, day) for day in (TODAY - 7 * DAY, now, after, after + 21 * DAY)] == [1, 1, 2, 2]
    changed(first, WHY, COUNT, number=3)
    assert moves(cast, one, at=NOW + 7 * DAY) == 1
    assert [asked_on(one, day) for day in (now, after, after + 7 * DAY)] == [1, 2, 3]


def test_two_versions_before_the_next_period_leave_only_the_newest(
    cast: Cast,  # noqa: F811
    ask: Ask,  # noqa: F811
    first: FormVersion,
) -> None:
    one = weekly(ask, first)
    for number in (2, 3):
        changed(first, COUNT, WHY, number=number)
        moves(cast, one)
    with system("test"):
        assert len(Schedule.objects.get(pk=one.pk).later_forms) == 1
    assert asked_on(one, TODAY + 7 * DAY) == 3
    assert moves(cast, one, stay_with_form) == 1
    assert asked_on(one, TODAY + 7 * DAY) == 1
    with pytest.raises(FormStays):
        moves(cast, one, stay_with_form)


def test_a_period_that_began_is_not_taken_back(cast: Cast, ask: Ask, first: FormVersion) -> None:  # noqa: F811
    one = weekly(ask, first)
    changed(first, COUNT, WHY)
    moves(cast, one)
    with pytest.raises(FormStays):
        moves(cast, one, stay_with_form, at=NOW + 7 * DAY)
    with pytest.raises(FormIsNewest):
        moves(cast, one, at=NOW + 7 * DAY)


def test_what_is_asked_once_or_lacks_its_figure_stays(cast: Cast, ask: Ask, first: FormVersion) -> None:  # noqa: F811
    once = weekly(ask, first, rhythm="once", first_on=TODAY)
    counted = weekly(ask, first, programme_id=cast.world.programme.pk, figures={"count": 1}, first_on=TODAY)
    changed(first, WHY)
    with pytest.raises(NoNextPeriod):
        moves(cast, once)
    with pytest.raises(FigureNotAsked) as refused:
        moves(cast, counted)
    assert "“count”" in str(refused.value)
    other = changed(first, question("count", QuestionKind.DECIMAL), number=3)
    assert other.number == 3
    with pytest.raises(FigureNotAsked):
        moves(cast, counted)


def test_what_was_passed_on_moves_with_it(cast: Cast, ask: Ask, first: FormVersion) -> None:  # noqa: F811
    one = weekly(ask, first)
    own = form_in_use(cast.world.state, COUNT)
    with system("test"):
        shared = {
            "typed_title": "Tiffin",
            "wanted": "report",
            "rhythm": "weekly",
            "first_on": TODAY - 2 * DAY,
        }
        shared |= {
            "last_on": TODAY + 40 * DAY,
            "hour": one.hour,
            "body_kind": "wing",
            "asked_at": NOW,
            "above": one,
        }
        below = [
            Schedule.objects.create(
                public_id=form.form.public_id, unit=cast.world.units[unit], form=form, **shared
            )
            for form, unit in ((first, "JK-SRI"), (own, "JK-SRI-M1"))
        ]
    changed(first, COUNT, WHY)
    assert moves(cast, one) == 2
    assert [asked_on(each, TODAY + 7 * DAY) for each in below] == [2, 1]


def test_the_page_of_a_form_says_who_asks_an_old_version_and_moves_it_on(
    cast: Cast,  # noqa: F811
    ask: Ask,  # noqa: F811
    first: FormVersion,
) -> None:
    state, mandal = cast.client("state_president"), cast.client("mandal_president")
    form, asked = (reverse(name, args=[first.form.public_id]) for name in ("forms:form", "work:form_asked"))
    assert asked not in page(state, form)
    one = weekly(ask, first)
    assert "1 meeting or report asks it" in page(state, form)
    changed(first, COUNT, WHY)
    assert "1 meeting or report asks an older version" in page(state, form) and asked in page(state, form)
    assert "Ask the newest version" in page(state, asked)
    assert "Ask the newest version" not in page(mandal, asked)
    act = reverse("work:schedule_act", args=[one.public_id, "newest-form"])
    assert mandal.post(act).status_code == 403
    assert state.post(act).status_code == 302
    assert "version 2 from" in page(state, asked) and "Stay with the old one" in page(state, asked)
    assert "1 meeting or report asks it" in page(state, form)
    back = reverse("work:schedule_act", args=[one.public_id, "same-form"])
    assert state.post(back).status_code == 302
    assert "1 meeting or report asks an older version" in page(state, form)


def test_a_unit_fills_in_the_version_of_the_period(
    cast: Cast,  # noqa: F811
    ask: Ask,  # noqa: F811
    first: FormVersion,
) -> None:
    one = weekly(ask, first)
    changed(first, COUNT, WHY)
    moves(cast, one)
    begins = Period(TODAY - 2 * DAY, TODAY + 4 * DAY)
    after = begins.ends_on + DAY
    mandal = cast.client("mandal_president")
    assert "q-why" not in page(mandal, due_page(one))
    given.time(NOW + 6 * DAY)
    mandal = cast.client("mandal_president")
    assert "q-why" in page(mandal, due_page(one))
    late = due_page(one, **{"from": begins.begins_on.isoformat()})
    assert "q-why" not in page(mandal, late), "the period before keeps its version"
    assert post(
        mandal, due_page(one, act="report", **{"from": after.isoformat()}), {"q-count": "3", "q-why": "Rain"}
    )
    assert post(
        mandal, due_page(one, act="report", **{"from": begins.begins_on.isoformat()}), {"q-count": "4"}
    )
    with system("test"):
        sent = list(Submission.objects.order_by("version__number").values_list("version__number", "answers"))
    assert sent == [(1, {"count": 4}), (2, {"count": 3, "why": "Rain"})]


def post(client: Client, where: str, data: dict[str, str]) -> bool:
    return client.post(where, data).status_code == 302
