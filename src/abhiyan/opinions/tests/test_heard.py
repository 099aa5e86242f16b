"""The board of what the field heard counts answers by unit, week and question, for each reader."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.forms import actions as forms
from abhiyan.forms import queries as forms_queries
from abhiyan.forms.models import Form, Submission
from abhiyan.forms.rules.heard import span_code, span_of, weeks_until
from abhiyan.forms.tests.make import OF_EVERY_KIND, form_in_use
from abhiyan.org.tests.make import World, actor
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser

pytestmark = pytest.mark.django_db
PAGE, TODAY = "opinions:heard", NOW.date()


def send(
    world: World, form: Form, code: str, n: int, *, at: datetime = NOW, mood: str = "few", **more: Any
) -> Account:
    """Somebody of a unit fills the form in n times."""
    version = forms_queries.latest_version(form.pk)
    assert version is not None
    by = world.holder("booth_worker", code)
    for number in range(n):
        forms.submit_form(
            key=f"{mood} {at} {number}",
            version=version,
            unit_id=world.unit(code),
            answers={"held": True, "came": number + 1, "mood": mood, **more},
            by=actor(by),
            at=at,
        )
    return by


def told(reader: Account, **asked: str) -> dict[tuple[str, str], list[str]]:
    """By question and answer: how many, sum and average, as the file of the board has them."""
    page = browser(reader).get(reverse(PAGE), {"format": "csv", "source": "all", **asked})
    lines = page.getvalue().decode("utf-8-sig").splitlines()
    rows = [line.split(",") for line in lines[1:]]
    return {(row[1], row[0]): row[3:] for row in rows}


def test_choices_are_counted_numbers_summed_and_words_counted_alone(world: World) -> None:
    form = form_in_use(world.units["N1"], *OF_EVERY_KIND).form
    send(world, form, "N1111", 3, topics=["many"], words="Water comes late")
    send(world, form, "N1211", 2, mood="many", share=2.5)
    above = world.holder("state_president", "N1")
    found = told(above, unit="N1")
    assert found["Was it held?", "Yes"] == ["5", "", ""]
    assert found["Mood", "Few"][0] == "3" and found["Mood", "Many"][0] == "2"
    assert found["Topics", "Many"][0] == "3"
    assert found["How many came?", "A number"] == ["5", "9", "1.8"], "1, 2, 3 and 1, 2"
    assert found["Share", "A number"] == ["2", "5", "2.5"]
    assert found["Words", "In own words"] == ["3", "", ""]
    assert not any(question in ("Day", "Place", "Picture") for question, _answer in found)
    below = told(above, unit="N12")
    assert below["Mood", "Many"] == ["2", "", ""] and ("Mood", "Few") not in below


def test_a_week_counts_its_own_answers_and_what_was_sent_back_counts_nowhere(world: World) -> None:
    form = form_in_use(world.units["N1"], *OF_EVERY_KIND).form
    send(world, form, "N1111", 2)
    last = NOW - timedelta(days=7)
    by = send(world, form, "N1111", 4, at=last)
    weeks, above = weeks_until(TODAY, 2), world.holder("state_president", "N1")
    for days, n in ((weeks[0], "2"), (weeks[1], "4"), (None, "6")):
        asked = {"days": span_code(days)} if days else {}
        assert told(above, unit="N1", **asked)["Mood", "Few"][0] == n
    with system("test"):
        back = Submission.objects.filter(form=form, at=last).values_list("pk", flat=True)[0]
    forms.send_back(submission_id=back, reason="Wrong place", by=actor(by), at=NOW)
    assert told(above, unit="N1")["Mood", "Few"][0] == "5"


def test_from_outside_tens_of_closed_days_are_read_and_nothing_below_ten(world: World) -> None:
    form = form_in_use(world.units["N1"], *OF_EVERY_KIND).form
    send(world, form, "N1111", 23, at=NOW - timedelta(days=1))
    send(world, form, "N1112", 9, at=NOW - timedelta(days=1), mood="many")
    send(world, form, "N1111", 4)
    beside = world.holder("district_president", "N12")
    found = told(beside, unit="N1")
    assert found["Mood", "Few"] == ["20", "", ""]
    assert ("Mood", "Many") not in found
    assert found["How many came?", "A number"] == ["30", "", ""], "a sum would tell of one person"
    odd = span_code((TODAY - timedelta(days=3), TODAY - timedelta(days=1)))
    assert told(beside, unit="N1", days=odd) == found, "no span of their own"


def test_the_board_opens_to_who_sees_the_counts_and_shows_forms_near_them(world: World) -> None:
    form = form_in_use(world.units["N1"], *OF_EVERY_KIND).form
    send(world, form, "N1111", 3)
    above = browser(world.holder("state_president", "N1"))
    page = above.get(reverse(PAGE), {"unit": "N1", "source": "all"}).text
    assert "What the field heard" in page and "Few" in page
    assert "Nobody has answered yet" in above.get(reverse(PAGE), {"unit": "N12"}).text
    other = browser(world.holder("state_president", "N2"))
    assert other.get(reverse(PAGE), {"unit": "N1"}).status_code in (403, 200)
    assert "Few" not in other.get(reverse(PAGE), {"unit": "N1", "source": "all"}).text


def called(world: World, name: str) -> Form:
    """A form in use, with a name of its own."""
    form = form_in_use(world.units["N1"], *OF_EVERY_KIND).form
    form.names = {"en": name, "hi": name}
    with system("test"):
        form.save()
    return form


def opened(reader: Account, **asked: str) -> dict[str, str]:
    """The board as it opens: by form or talk, how many."""
    page = browser(reader).get(reverse(PAGE), {"format": "csv", **asked})
    return dict(line.rsplit(",", 1) for line in page.getvalue().decode("utf-8-sig").splitlines()[1:])


def test_the_board_opens_by_form_and_a_press_shows_the_questions_of_one(world: World) -> None:
    form = form_in_use(world.units["N1"], *OF_EVERY_KIND).form
    other = called(world, "Second")
    send(world, form, "N1111", 3, topics=["many"])
    send(world, other, "N1211", 2, at=NOW - timedelta(days=8))
    above = world.holder("state_president", "N1")
    first, second = form.names["en"], "Second"
    assert opened(above, unit="N1") == {first: "3", second: "2"}, "filled forms, however many questions"
    assert opened(above, unit="N12") == {second: "2"} and opened(above, unit="N1122") == {}
    week = span_code(weeks_until(TODAY, 1)[0])
    assert opened(above, unit="N1", days=week) == {first: "3"}
    page = browser(above).get(reverse(PAGE), {"unit": "N1", "days": week}).text
    assert "Mood" not in page
    link = f"source={form.public_id}"
    assert page.count(f"days={week}&amp;{link}") == 1
    questions = browser(above).get(reverse(PAGE), {"unit": "N1", "source": str(form.public_id)}).text
    assert "Mood" in questions and "Few" in questions
    assert told(above, unit="N1", source=str(other.public_id))["Mood", "Few"][0] == "2"


def test_the_forms_of_a_board_have_the_small_cells_of_their_answers(world: World) -> None:
    form = form_in_use(world.units["N1"], *OF_EVERY_KIND).form
    few = called(world, "Few")
    send(world, form, "N1111", 23, at=NOW - timedelta(days=1))
    send(world, few, "N1112", 9, at=NOW - timedelta(days=1))
    send(world, form, "N1111", 4)
    beside = world.holder("district_president", "N12")
    assert opened(beside, unit="N1") == {form.names["en"]: "20"}
    above = world.holder("state_president", "N1")
    assert opened(above, unit="N1") == {form.names["en"]: "27", "Few": "9"}
    by = send(world, few, "N1111", 1, at=NOW - timedelta(hours=2))
    with system("test"):
        back = Submission.objects.filter(form=few).latest("at").pk
    forms.send_back(submission_id=back, reason="Wrong place", by=actor(by), at=NOW)
    assert opened(above, unit="N1")["Few"] == "9"


@pytest.mark.parametrize(
    "code", ["", "x", "2026-11-01", "2026-11-02_2026-11-01", "1999-01-01_2026-01-01", "9999-12-31_9999-12-31"]
)
def test_an_address_with_wrong_days_means_all_days(code: str) -> None:
    assert span_of(code) is None
