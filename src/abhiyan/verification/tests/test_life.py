"""The life of a frame: a value that never came, more checks, the close; and the page everybody may read."""

import json
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.rules.measures import ENROLMENTS
from abhiyan.org.actions import decide_release
from abhiyan.org.models import Appointment
from abhiyan.programmes.rules.concluded import concluded_items
from abhiyan.site.tests.cast import Cast
from abhiyan.verification.actions import (
    ask_redraw,
    assigning,
    close_frame,
    close_page,
    draw_frame,
    frames,
    freeze_frame,
    open_page,
    redraws,
    refresh_estimates,
    top_up_frame,
)
from abhiyan.verification.commands import draw as command
from abhiyan.verification.models import Check, Draw, Estimate, Frame
from abhiyan.verification.queries.frames import file_of, more_of, published
from abhiyan.verification.queries.opening import items_by_stratum
from abhiyan.verification.refusals import (
    ChecksOpen,
    DrawnAlready,
    EndPassed,
    FrameClosed,
    NamedBefore,
    NotDrawn,
    NotDue,
    NothingMore,
    ValueKnown,
)
from abhiyan.verification.tests.test_checks import drawn, taken

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor(kind="system", id=uuid4())


def frozen(cast: Cast) -> Frame:
    """A frame whose value was due an hour ago."""
    at = NOW - timedelta(hours=2)
    plan = frames.FramePlan(
        checks=20, floor=1, source="drand round 7", due_at=at + timedelta(hours=1), ends_on=date(2027, 12, 1)
    )
    return freeze_frame(programme=cast.world.programme, measure=ENROLMENTS, plan=plan, by=SYSTEM, at=at)


def another(**more: object) -> redraws.Value:
    now = NOW
    given = {
        "source": "the lottery of 5 December",
        "due_at": now + timedelta(hours=1),
        "ends_on": date(2027, 12, 9),
    }
    return redraws.Value(**(given | more))  # type: ignore[arg-type]  # of several types


def test_a_value_that_never_came_is_replaced_by_two_people_and_both_stay_in_sight(cast: Cast) -> None:
    frame, asker, at = frozen(cast), cast.actor("state_president"), NOW
    for value, refusal in (
        (another(source="DRAND round 7"), NamedBefore),
        (another(due_at=at - timedelta(minutes=1)), ValueKnown),
    ):
        with pytest.raises(refusal):
            ask_redraw(public_id=frame.public_id, value=value, reason="The beacon stopped", by=asker, at=at)
    asked = ask_redraw(
        public_id=frame.public_id, value=another(), reason="The beacon stopped", by=asker, at=at
    )
    with system("test"):
        assert Draw.objects.filter(frame=frame).count() == 1, "nothing happens before somebody else approves"
    page = reverse("verification:frame", args=[frame.public_id])
    assert "Can be approved by" in cast.client("state_president").get(page).text
    decide = reverse("org:decide_release", args=[asked.public_id]) + "?allow=yes"
    assert "drand round 7" in cast.client("national_president").get(decide).text
    decide_release(public_id=asked.public_id, allow=True, by=cast.actor("national_president"), at=at)
    shown = cast.client("district_in_charge").get(page).text
    for words in ("drand round 7", "It never came.", "The beacon stopped", "the lottery of 5 December"):
        assert words in shown
    with pytest.raises(NotDue):
        ask_redraw(
            public_id=frame.public_id, value=another(source="dice at noon"), reason="x", by=asker, at=at
        )
    later = at + timedelta(hours=2)
    draw_frame(public_id=frame.public_id, value="123456", by=asker, at=later)
    with pytest.raises(DrawnAlready):
        ask_redraw(
            public_id=frame.public_id, value=another(source="dice at noon"), reason="x", by=asker, at=later
        )
    with system("test"):
        void, used = Draw.objects.filter(frame=frame).order_by("number")
        assert (void.value, void.void_reason, used.value) == ("", "The beacon stopped", "123456")


def test_a_value_that_came_after_all_ends_the_request_for_another(cast: Cast) -> None:
    frame, asker, at = frozen(cast), cast.actor("state_president"), NOW
    asked = ask_redraw(public_id=frame.public_id, value=another(), reason="late", by=asker, at=at)
    draw_frame(public_id=frame.public_id, value="8c3fa0", by=asker, at=at)
    with system("test"):
        asked.refresh_from_db()
    assert asked.state == asked.State.WITHDRAWN


def test_an_approval_that_comes_too_late_names_nothing_and_what_was_not_drawn_has_no_more_and_no_close(
    cast: Cast,
) -> None:
    frame, asker, at = frozen(cast), cast.actor("state_president"), NOW
    with pytest.raises(NotDrawn):
        top_up_frame(public_id=frame.public_id, checks=40, by=asker, at=at)
    with pytest.raises(NotDrawn):
        close_frame(public_id=frame.public_id, by=asker, at=at)
    asked = ask_redraw(
        public_id=frame.public_id, value=another(), reason="late", by=cast.actor("state_president"), at=at
    )
    with pytest.raises(ValueKnown):
        decide_release(
            public_id=asked.public_id,
            allow=True,
            by=cast.actor("national_president"),
            at=at + timedelta(hours=3),
        )
    with system("test"):
        assert Draw.objects.get(frame=frame).void_at is None


def test_more_checks_follow_the_first_in_the_same_order_and_anybody_repeats_them(
    cast: Cast, tmp_path: Path
) -> None:
    frame, asker, at = drawn(cast, 20), cast.actor("state_president"), NOW
    with system("test"):
        before = set(Check.objects.filter(frame=frame).values_list("id", flat=True))
    with pytest.raises(NothingMore):
        top_up_frame(public_id=frame.public_id, checks=20, by=asker, at=at)
    assert top_up_frame(public_id=frame.public_id, checks=31, by=asker, at=at) in (10, 11)
    with system("test"):
        now = set(Check.objects.filter(frame=frame).values_list("id", flat=True))
        wanted = {
            (one.stratum.key, one.order)
            for one in Check.objects.filter(frame=frame).select_related("stratum")
        }
        file, more = tmp_path / "frame.txt", tmp_path / "more.json"
        file.write_bytes(b"".join(file_of(frame)))
        more.write_text(more_of(frame))
        assert Estimate.objects.get(frame=frame, unit=cast.world.state, shade=1).drawn == len(now)
    assert before < now
    told = CliRunner().invoke(command, ["--replay", str(file), "8c3fa0", "--more", str(more), "--json"])
    assert {(one["stratum"], one["order"]) for one in json.loads(told.output)["drawn"]} == wanted
    more.write_text(more.read_text().replace(frame.hash, "0" * 64))
    told = CliRunner().invoke(command, ["--replay", str(file), "8c3fa0", "--more", str(more)])
    assert told.exit_code and "of another frame" in told.output
    over = at + timedelta(days=800)
    with pytest.raises(EndPassed):
        top_up_frame(public_id=frame.public_id, checks=40, by=asker, at=over)


def test_nobody_stops_at_the_result_they_like_and_what_is_open_at_the_end_is_unresolved(
    cast: Cast, tmp_path: Path
) -> None:
    frame, asker, at = drawn(cast, 20), cast.actor("state_president"), NOW
    taken(cast, "verifier_of_srinagar", at)
    with pytest.raises(ChecksOpen):
        close_frame(public_id=frame.public_id, by=asker, at=at)
    with system("test"):
        Check.objects.exclude(outcome="").update(said=b"sealed")
        open_ = Check.objects.filter(frame=frame, outcome="").count()
    over = at + timedelta(days=800)
    closed = close_frame(public_id=frame.public_id, by=asker, at=over)
    with system("test"):
        assert open_ and open_ == Check.objects.filter(frame=frame, outcome="unresolved").count()
        assert not Check.objects.exclude(said=None).exists()
        one = Estimate.objects.get(frame=frame, unit=cast.world.state, shade=1)
        file = tmp_path / "frame.txt"
        file.write_bytes(b"".join(file_of(frame)))
    assert one.at == over and one.unresolved >= 1
    words = published(closed).command.split()[2:]
    told = CliRunner().invoke(command, [words[0], str(file), *words[2:], "--json"])
    items = {one["item"] for one in json.loads(told.output)["drawn"]}
    assert len(items) == 20 and cast.membership(cast.own_member).hex not in file.read_text()
    with pytest.raises(FrameClosed):
        close_frame(public_id=frame.public_id, by=asker, at=over)


def test_a_frame_closes_when_every_check_is_finished(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assigning, "MOST_OF_A_WORKER", 1_000)
    frame, asker, at = drawn(cast, 20), cast.actor("state_president"), NOW
    page = reverse("verification:frame", args=[frame.public_id])
    assert "Close this round of checks" not in cast.client("state_president").get(page).text
    for role in ("verifier_of_srinagar", "verifier_of_jammu"):
        taken(cast, role, at)
    assert "Close this round of checks" in cast.client("state_president").get(page).text
    with system("test"):
        assert concluded_items(frame.programme_id, frame.measure) == {}, "nobody reads results before"
    assert close_frame(public_id=frame.public_id, by=asker, at=at).state == Frame.State.CLOSED
    with system("test"):
        results = concluded_items(frame.programme_id, frame.measure)
        genuine = Check.objects.filter(frame=frame, arm=Check.Arm.RANDOM, outcome="genuine").count()
        assert sum(results.values()) == genuine > 0
        assert set(results) <= {item for ids in items_by_stratum(frame).values() for item in ids}


def test_the_public_page_shows_frames_and_no_person_while_its_owner_lets_it(cast: Cast) -> None:
    frame, asker, at = drawn(cast, 20), cast.actor("state_president"), NOW
    refresh_estimates(at=at)
    programme = cast.world.programme
    page = reverse("verification:public", args=[programme.public_id])
    file = reverse("verification:public_file", args=[programme.public_id, frame.public_id])
    anybody = Client(headers={"accept-language": "en"})
    assert anybody.get(page).status_code == anybody.get(file).status_code == 404
    open_page(programme=programme, by=asker, at=at)
    shown = anybody.get(page).text
    with CaptureQueriesContext(connection) as asked:
        assert frame.hash in anybody.get(page).text
    assert sum("verification_" in one["sql"] for one in asked) == 1, (
        "a page that was just read is not read again"
    )
    assert frame.hash in shown and "8c3fa0" in shown and "Srinagar" in shown
    assert "Asha" not in shown and "verifier" not in shown
    assert b"".join(anybody.get(file).streaming_content).startswith(b"{")  # type: ignore[attr-defined]  # streamed
    close_page(programme=programme, by=asker, at=at)
    assert anybody.get(page).status_code == anybody.get(file).status_code == 404


def test_a_planner_walks_a_frame_through_its_pages(cast: Cast) -> None:
    client, frame = cast.client("state_president"), drawn(cast, 20)
    more = reverse("verification:frame_top_up", args=[frame.public_id])
    assert "one of them" in client.post(more, {}).text
    planned = client.post(more, {"checks": "30"})
    assert "10 checks more" in planned.text
    client.post(more, {"checks": "30", "sure": "yes"})
    by_width = client.post(more, {"width": "18"}).text
    assert "checks more" in by_width
    page = reverse("verification:frame", args=[frame.public_id])
    assert "File of later checks" in client.get(page).text
    close = reverse("verification:frame_close", args=[frame.public_id])
    assert "not finished" in client.post(close, {}).text
    with system("test"):
        Frame.objects.update(ends_on=date(2026, 1, 1))
    assert "Close this round of checks" in client.get("/today/").text
    client.post(close, {})
    assert "the key is public" in client.get(page).text
    programme = reverse("programmes:programme", args=[cast.world.programme.public_id])
    assert "Back-checks" in client.get(programme).text


def offers(cast: Cast, act: str, frame: Frame) -> tuple[str, bool]:
    """Return the text of an act's page, and whether it offers its form. A way back to the frame it has always."""
    page = cast.client("state_president").get(reverse(f"verification:frame_{act}", args=[frame.public_id]))
    back = reverse("verification:frame", args=[frame.public_id])
    assert page.status_code == 200 and page.text.count(f'href="{back}"') >= 2, act
    return page.text, "<main" in page.text and 'method="post"' in page.text.partition("<main")[2]


def test_an_act_whose_time_is_over_or_not_come_offers_no_form_and_says_why(cast: Cast) -> None:
    drawn_already = "This round has been drawn."
    with system("test"):
        frame = frozen(cast)
    assert offers(cast, "draw", frame)[1] and offers(cast, "redraw", frame)[1]
    assert "has not been drawn" in offers(cast, "top_up", frame)[0] and not offers(cast, "close", frame)[1]
    ask_redraw(
        public_id=frame.public_id,
        value=another(),
        reason="The beacon stopped",
        by=cast.actor("state_president"),
        at=NOW,
    )
    told, is_open = offers(cast, "redraw", frame)
    assert "Another value was asked for." in told and "Can be approved by" in told and not is_open
    draw_frame(public_id=frame.public_id, value="8c3fa0", by=SYSTEM, at=NOW)
    for act, said in (("draw", drawn_already), ("redraw", drawn_already), ("close", "are not finished")):
        told, is_open = offers(cast, act, frame)
        assert said in told and not is_open, act
    assert offers(cast, "top_up", frame)[1]
    with system("tests move time"):
        Frame.objects.update(ends_on=date(2026, 1, 1))
    assert "The last day of checking is over" in offers(cast, "top_up", frame)[0]
    assert offers(cast, "close", frame)[1]


def test_a_frame_closed_with_too_few_checks_says_so_and_waits_for_none(cast: Cast) -> None:
    frame = drawn(cast, 20)
    page = reverse("verification:frame", args=[frame.public_id])
    refresh_estimates(at=NOW)
    assert "not enough checks (0 of 19): 19 are lacking" in cast.client("state_president").get(page).text
    close_frame(public_id=frame.public_id, by=SYSTEM, at=NOW + timedelta(days=800))
    told = cast.client("state_president").get(page).text
    assert "Status" in told and "drawn just now" not in told
    assert "not enough checks (0 of 19)" in told and "more give" not in told and " yet" not in told


def test_today_tells_a_planner_what_a_frame_waits_for(cast: Cast) -> None:
    client, frame = cast.client("state_president"), frozen(cast)
    assert "drand round 7 was due on" in client.get("/today/").text
    assert "drand round 7" not in cast.client("district_in_charge").get("/today/").text
    draw_frame(public_id=frame.public_id, value="8c3fa0", by=SYSTEM, at=NOW)
    assert "nobody who may check" not in client.get("/today/").text
    with system("test"):
        Appointment.objects.filter(office__code="verifier").exclude(unit=cast.world.units["JK-JAM"]).delete()
    told = client.get("/today/").text
    assert "1 district has nobody who may check" in told and "Jammu" in told


def test_past_its_end_nobody_reads_that_checks_go_on(cast: Cast) -> None:
    frame = drawn(cast, 20)
    refresh_estimates(at=NOW)
    with system("tests move time"):
        Frame.objects.update(ends_on=date(2026, 1, 1))
    open_page(programme=cast.world.programme, by=cast.actor("state_president"), at=NOW)
    page = reverse("verification:public", args=[cast.world.programme.public_id])
    told = Client(headers={"accept-language": "en"}).get(page).text
    assert "The last day of checking was 1 Jan 2026." in told and "Checks go on" not in told
    page = reverse("verification:frame", args=[frame.public_id])
    assert "Close this round." in cast.client("state_president").get(page).text
    told = cast.client("district_in_charge").get(page).text
    assert "final once the round is closed" in told and "Close this round of checks" not in told


def test_while_the_page_is_public_an_office_that_plans_nothing_gets_the_file_there(cast: Cast) -> None:
    frame = drawn(cast, 20)
    page = reverse("verification:frame", args=[frame.public_id])
    client = cast.client("district_in_charge")
    assert "Published file" not in client.get(page).text
    open_page(programme=cast.world.programme, by=cast.actor("state_president"), at=NOW)
    assert reverse("verification:public_file", args=[cast.world.programme.public_id, frame.public_id]) in (
        client.get(page).text
    )
