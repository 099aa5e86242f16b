"""Results of checks are shown on the ladder of a unit and of a programme, in lists and their files."""

import csv
import io
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override

from abhiyan.core import clock, lot
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.actions import strike_off
from abhiyan.enrolment.rules.measures import ENROLMENTS
from abhiyan.programmes.actions import type_figure
from abhiyan.programmes.queries.checked import picture_of, truth_of
from abhiyan.programmes.rules.estimated import Estimated, RealShare
from abhiyan.programmes.rules.ladder import Ladder
from abhiyan.site.tests.cast import Cast
from abhiyan.verification.actions import close_frame, estimate_frame, refresh_estimates
from abhiyan.verification.models import Check, Estimate, Frame, Stratum
from abhiyan.verification.queries.beside import speaking_frames
from abhiyan.verification.queries.latest import ask_latest
from abhiyan.verification.queries.opening import item_of_check
from abhiyan.verification.rules.beside import FrameFigures
from abhiyan.verification.tests.test_checks import ACROSS, drawn

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def checked(cast: Cast) -> Frame:
    """A frame of 45 items in each of two districts, 22 of each checked: all genuine in one, none in the other."""
    frame, at = drawn(cast, 90), NOW
    with system("test"):
        for code, outcome in (("JK-SRI", Check.Outcome.GENUINE), ("JK-JAM", Check.Outcome.NOT_GENUINE)):
            of = Check.objects.filter(frame=frame, stratum__unit__code=code, arm=Check.Arm.RANDOM)
            of.update(outcome=outcome, done_at=at)
    refresh_estimates(at=at)
    return frame


def seen(cast: Cast, role: str, page: str) -> str:
    """The text of a page, without its tags."""
    response = cast.client(role).get(page)
    assert response.status_code == 200, page
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.text))


def unit_page(code: str) -> str:
    return reverse("pages:unit", args=[code]) + "?show=all"


def test_the_unit_page_has_the_estimate_in_a_box_and_says_of_which_frame(cast: Cast, checked: Frame) -> None:
    page = cast.client("state_president").get(unit_page("JK")).text
    (real,) = re.findall(r'<div class="real">.*?</svg>', page, re.DOTALL)
    assert 'class="hundred"' in real and 'class="wh"' in real, "no box from 0 to 100, or no whisker"
    assert "<svg" not in page.partition('class="ladder"')[2].partition('class="r1"')[2].partition("</tr>")[0]
    text = seen(cast, "state_president", unit_page("JK"))
    assert "Of 90 people entered from" in text and "By group, from" in text
    assert "44 checks answered, 0 refused, not reached or not asked yet" in text
    assert "Provisional until 1 Dec 2027" in text and "As answered" in text
    assert "no back-checks yet" not in text
    # Below the districts there are grades, past 19 checks; of what has fewer nothing says how many.
    assert "Grade, of 19 checks" in seen(cast, "state_president", unit_page("JK-SRI"))
    units = {unit.pk: unit.code for unit in cast.world.units.values()}
    with cast.as_("national_president"):
        found = ask_latest([checked.programme_id], list(units), NOW.date())()
    said = {units[unit]: one for (_, measure, unit), one in found.items() if measure == ENROLMENTS}
    grades = {code: one.grade for code, one in said.items() if one.grade}
    assert grades == {"JK-B001": "A", "JK-SRI-M1": "A", "JK-SRI-M1-C1": "A", "JK-B004": "C", "JK-JAM-M1": "C"}
    assert {code for code, one in said.items() if one.finished} - set(grades) == {
        "IN",
        "JK",
        "JK-SRI",
        "JK-JAM",
        *ACROSS,
    }


def test_a_grade_is_of_the_first_checks_also_when_their_entries_count_no_more(
    cast: Cast, checked: Frame
) -> None:
    at, asker = NOW, cast.actor("state_president")
    with system("test"):
        of = Check.objects.filter(frame=checked, stratum__unit__code="JK-SRI", arm=Check.Arm.RANDOM)
        false = [one for one in of if item_of_check(one).unit_id == cast.world.units["JK-B001"].pk][:3]
        for nth, one in enumerate(false):
            Check.objects.filter(id=one.id).update(
                outcome=Check.Outcome.NOT_GENUINE, done_at=at - timedelta(hours=9 - nth)
            )
        members = [item_of_check(one).item_id for one in false]
        estimate_frame(frame=checked, at=at)
    booth = Estimate.objects.filter(frame=checked, unit=cast.world.units["JK-B001"])
    with system("test"):
        assert booth.get().grade == "B"
    for member in members:
        strike_off(membership=member, reason="not_genuine", by=asker, at=at)
    with system("test"):
        estimate_frame(frame=checked, at=at)
        assert booth.get().grade == "B", "it moved with who was struck off"
        assert booth.get().not_genuine == 3
    close_frame(public_id=checked.public_id, by=asker, at=at + timedelta(days=800))
    with system("test"):
        assert booth.get().grade == "B"
    # On the page of the frame stand estimates: a unit with a grade has none, and no items of its own there.
    page = reverse("verification:frame", args=[checked.public_id])
    text = seen(cast, "state_president", f"{page}?unit=JK-SRI")
    assert "No units to compare below" in text


def test_a_frame_of_before_places_were_kept_has_its_grades(cast: Cast, checked: Frame) -> None:
    with system("test"):
        graded = Estimate.objects.filter(frame=checked).exclude(grade="")
        before = set(graded.values_list("unit__code", "grade"))
        graded.delete()
        Stratum.objects.filter(frame=checked).update(places=b"")
        estimate_frame(frame=checked, at=NOW)
        assert before and set(graded.all().values_list("unit__code", "grade")) == before


def test_before_enough_checks_there_is_no_number(cast: Cast) -> None:
    frame = drawn(cast)
    assert "no back-checks yet" not in seen(cast, "state_president", unit_page("JK"))
    why = "not enough checks (0 of 19): 19 are lacking"
    assert why in seen(cast, "state_president", unit_page("JK"))
    assert "not enough checks: fewer than 19 are answered" in seen(
        cast, "booth_president", unit_page("JK-B001")
    )
    page = reverse("programmes:programme", args=[frame.programme.public_id])
    assert why in seen(cast, "state_president", page)


def test_the_newest_closed_frame_with_a_figure_speaks_everywhere(cast: Cast, checked: Frame) -> None:
    """A frame under way never outranks a closed one; without a closed one that has a figure, the newest speaks."""
    unit = cast.world.units["JK"]
    with system("test"):
        rows = list(Estimate.objects.filter(frame=checked, unit=unit))
        newer = Frame.objects.get(pk=checked.pk)
        newer.pk, newer.public_id, newer.number = None, lot.uuid(), checked.number + 1
        newer.save(force_insert=True)
        for row in rows:
            row.pk, row.frame = None, newer
            row.save(force_insert=True)

    def speaks() -> int:
        with cast.as_("state_president"):
            (frame,) = speaking_frames([checked.programme_id], unit.pk).values()
            found = ask_latest([checked.programme_id], [unit.pk], NOW.date())()
        page = reverse("verification:frame_beside", args=[frame.public_id])
        assert page in str(found[checked.programme_id, ENROLMENTS, unit.pk].href), (
            "another frame on the ladder"
        )
        return frame.number

    assert speaks() == newer.number, "both have a figure and none is closed: the newest"
    of_newer = Estimate.objects.filter(frame=newer, unit=unit)
    with system("test"):
        of_newer.update(rate=None, low=None, high=None)
    assert speaks() == checked.number, "the newest with a figure"
    with system("test"):
        of_newer.update(rate=0.5, low=0.1, high=0.9)
        Frame.objects.filter(pk=checked.pk).update(state=Frame.State.CLOSED)
    assert speaks() == checked.number, "the newest closed one with a figure"
    with system("test"):
        Estimate.objects.filter(frame=checked, unit=unit).update(rate=None, low=None, high=None)
    assert speaks() == newer.number


def test_programmes_and_their_files_have_the_estimate_too(cast: Cast, checked: Frame) -> None:
    programme = reverse("programmes:programme", args=[checked.programme.public_id])
    assert "checks answered" in seen(cast, "state_president", programme)
    below = reverse("programmes:below", args=[checked.programme.public_id])
    for page in (f"{programme}?unit=JK", unit_page("JK"), f"{below}?unit=JK&level=district"):
        client = cast.client("state_president")
        answer = client.get(f"{page}&format=csv")
        file = b"".join(answer) if answer.streaming else answer.content
        lines = file.decode().splitlines()
        assert "Real, of 100,Real, of 100, at least" in lines[0].replace('"', ""), page
        (srinagar,) = [line for line in lines if "Srinagar" in line]
        assert "22 checks answered" in srinagar, page


def test_reported_stands_beside_checked_by_the_least_the_gap_can_be(cast: Cast, checked: Frame) -> None:
    at, state = NOW, cast.actor("state_president")
    one = checked.programme
    with cast.as_("state_president"):
        type_figure(
            programme=one,
            measure=ENROLMENTS,
            unit_id=cast.world.units["JK-JAM"].pk,
            begins_on=one.opens_on,
            ends_on=clock.day_in(one.zone, at),
            n=4_321,
            by=state,
            at=at,
        )
    beside = reverse("verification:frame_beside", args=[checked.public_id])
    page = f"{beside}?unit=JK"
    assert page in cast.client("state_president").get("/units/JK/?show=all").text
    elsewhere = cast.client("constituency_in_charge").get("/units/JK-PC1/?in=electoral&show=all").text
    assert beside not in elsewhere, "the page compares units of the drive's own tree"
    text = seen(cast, "state_president", page)
    assert text.index("Jammu 1 4,321") < text.index("Srinagar 2 –"), "the certain gap of Jammu is the larger"
    assert "Of these 2 ranges, about 0.1 miss the truth by chance." in text
    assert "Same rank" not in text and "As answered" in text
    file = b"".join(cast.client("state_president").get(f"{page}&format=csv")).decode()
    rows = list(csv.DictReader(io.StringIO(file.removeprefix("\ufeff"))))
    assert [(row["Code"], row["Rank"], row["Unit said"]) for row in rows] == [
        ("JK-JAM", "1", "4321"),
        ("JK-SRI", "2", ""),
    ]
    assert int(rows[0]["Not real, at least"]) > 60 and rows[1]["Not real, at least"] == "0"
    booths = b"".join(cast.client("state_president").get(f"{page}&level=booth&format=csv")).decode()
    assert booths.count("JK-") == 2 and "JK-B" not in booths, "no estimate below districts"
    # Counts are rounded for a reader from outside.
    with system("test"):
        of_jammu = Estimate.objects.filter(frame=checked, unit__code="JK-JAM")
        of_jammu.filter(reported__gt=0).update(reported=53)
    for role in ("state_president", "district_in_charge"):
        answer = cast.client(role).get(f"{page}&format=csv")
        rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode().removeprefix("\ufeff"))))
        shown = [int(row[key]) for row in rows for key in ("Reported", "Entries", "Counted")]
        html = cast.client(role).get(page).text.partition("<table")[2]
        assert html.count('class="hundred"') == 2, "each has its box from 0 to 100"
        assert 'class="f2' not in html, "and no bar, whose length would tell counts"
        is_rounded = role == "district_in_charge"
        assert all(n % 10 == 0 for n in shown[:3]) == is_rounded, role
    # From below nobody sees more than the counts of their own state, and what they may not see is rounded.
    outside = b"".join(cast.client("district_in_charge").get(f"{page}&format=csv")).decode()
    assert "4321" not in outside and "4320" not in outside, "what was typed today stands outside tomorrow"
    with system("test"):
        Estimate.objects.filter(frame=checked, unit__code="JK-JAM").update(
            genuine=4, not_genuine=3, rate=None, low=None
        )
    assert "not enough checks (7 of 19): 12 are lacking" in seen(cast, "state_president", page)
    with system("test"):
        Estimate.objects.filter(frame=checked, unit__code="JK-JAM").update(drawn=7)
    top_up = reverse("verification:frame_top_up", args=[checked.public_id])
    assert f'href="{top_up}"' in cast.client("state_president").get(page).text, "who plans may draw more"
    assert top_up not in cast.client("district_in_charge").get(page).text


def test_the_gap_is_what_the_upper_end_leaves_of_everybody_entered() -> None:
    of = FrameFigures(200, RealShare(130, 40, 5, 0.8, 0.7, 0.9), RealShare(100), RealShare(30))
    assert of.least_gap == pytest.approx(0.1)
    assert replace(of, reported=5_000).least_gap == of.least_gap, "repeat calls are no people"
    assert replace(of, entered=RealShare(130, 4, 5)).least_gap is None


ONE = Estimated(
    frozen_on=date(2026, 11, 9),
    wanted=19,
    href="/",
    reported=29_474,
    entered=RealShare(17_162, 206, 20, 0.868, 0.803, 0.93),
    counted=RealShare(8_832, 106, 12, 0.838, 0.71, 0.912),
    unanswered=RealShare(8_330, 100, 8, 0.899, 0.802, 0.972),
    finished=206,
    kind="drive",
    measure=1,
)


def test_the_sentence_speaks_of_people_and_repeat_calls_are_a_line_of_their_own() -> None:
    with override("en"):
        first, later = truth_of(ONE), truth_of(replace(ONE, since=date(2026, 10, 29)))
    assert first.sentence == (
        "Of 17,162 people entered up to 9 Nov 2026, about 87 of 100 are real (80 to 93), from 206 checks."
    )
    assert first.parts == (
        "By group, up to 9 Nov 2026: Counted 84 of 100 (71–91), from 106 checks; "
        "Phone not answered yet 90 of 100 (80–97), from 100 checks."
    )
    assert first.no_entry == "12,312 calls and forms became no entry."
    assert "people entered from 29 Oct 2026 to 9 Nov 2026, about" in later.sentence
    assert "By group, from 29 Oct 2026 to 9 Nov 2026" in later.parts


def test_seen_from_outside_counts_are_rounded_and_below_10_there_is_no_estimate() -> None:
    ladder = Ladder(counted=20_004, unsigned=3_000)
    exact, rounded = picture_of(ONE, ladder), picture_of(ONE, replace(ladder, is_rounded=True))
    assert (exact["estimate"], exact["low"], exact["high"]) == (0.868, 0.803, 0.93)
    assert (rounded["estimate"], rounded["low"], rounded["high"]) == (0.868, 0.803, 0.93)
    assert "17,162" in str(exact["note"]) and "12,312" in str(exact["how"])
    assert "17,160" in str(rounded["note"]) and "12,310" in str(rounded["how"])
    few = replace(ONE, entered=replace(ONE.entered, items=9))
    shown = picture_of(few, replace(ladder, is_rounded=True))
    with override("en"):
        assert "estimate" not in shown and str(shown["note"]) == str(shown["short"]) == "fewer than 10"


@pytest.mark.parametrize("is_rounded", [True, False])
def test_a_part_with_too_few_checks_takes_nothing_from_the_whole(is_rounded: bool) -> None:
    """Twelve districts once read "not enough checks" where their counted people had fewer than 19."""
    few = replace(ONE, counted=RealShare(items=9_000, finished=12))
    with override("en"):
        shown = picture_of(few, Ladder(counted=20_000, is_rounded=is_rounded))
        assert shown["estimate"] == 0.868 and "about 87 of 100 are real" in str(shown["note"])
        assert "not enough" not in f"{shown['note']} {shown['short']} {shown['how']}"
