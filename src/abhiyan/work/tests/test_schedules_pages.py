"""The pages of meetings and reports: who sees which, what a form refuses, how many queries they ask."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.forms.models import FormVersion, Submission
from abhiyan.forms.rules.questions import QuestionKind
from abhiyan.forms.rules.ready import ready_forms
from abhiyan.forms.tests.make import form_in_use, question
from abhiyan.polls import actions as polls
from abhiyan.programmes.models import OwnFigure
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.work.actions.schedules import Asking, ask_units
from abhiyan.work.models import Due, Schedule
from abhiyan.work.rules.schedules import DueState

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PICTURE = bytes.fromhex(  # one white point
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)
TODAY = NOW.date()
MONTH = date(2026, 11, 1)


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


@pytest.fixture
def ask(cast: Cast) -> Callable[..., Schedule]:
    def asked(expected: int = 3, by: str = "state_president", **other: Any) -> Schedule:
        given: dict[str, Any] = {
            "title": "Tiffin",
            "wanted": "meeting",
            "rhythm": "monthly",
            "first_on": date(2026, 3, 1),
        }
        given |= {"last_on": TODAY + 60 * DAY, "office": "mandal_president", "kind": "mandal"} | other
        unit = cast.world.units["JK" if by == "state_president" else "JK-SRI"].pk
        with cast.as_(by):
            return ask_units(
                asking=Asking(**given), unit_id=unit, expected=expected, by=cast.actor(by), at=NOW - DAY
            )

    return asked


def page(client: Client, where: str) -> str:
    answer = client.get(where)
    assert answer.status_code == 200, (where, answer.status_code)
    return answer.content.decode()


def due_page(one: Schedule, unit: str = "JK-SRI-M1", act: str = "", **more: str) -> str:
    name, of = ("work:due_act", [one.public_id, act]) if act else ("work:due", [one.public_id])
    return (
        reverse(name, args=of) + f"?unit={unit}" + "".join(f"&{key}={value}" for key, value in more.items())
    )


def test_asking_shows_whom_it_reaches_first(cast: Cast) -> None:
    client = cast.client("state_president")
    where = reverse("work:asked_new") + "?unit=JK"
    form = {
        "title": "Tiffin",
        "wanted": "meeting",
        "whom": "office:mandal_president:mandal",
        "rhythm": "monthly",
    }
    form |= {
        "first_on": TODAY.isoformat(),
        "last_on": (TODAY + 60 * DAY).isoformat(),
        "hour": "18:00",
        "unit": "JK",
    }
    seen = client.post(where, form).content.decode()
    assert "This reaches 3 units: Mandal president." in seen and "In 2 of them the office is vacant" in seen
    assert "25 Nov 2026" not in seen and "due by 30 Nov 2026, 18:00" in seen
    wrong = client.post(where, form | {"expected": "office:mandal_president:mandal=2"})
    assert wrong.status_code == 409 and "Meanwhile it would ask 3" in wrong.content.decode()
    late = client.post(
        where, form | {"expected": "office:mandal_president:mandal=3", "last_on": "2026-11-01"}
    )
    assert late.status_code == 422 and "The last day is not over" in late.content.decode()
    changed = client.post(where, form | {"expected": "office:mandal_president:mandal=3", "again": "1"})
    assert changed.status_code == 200 and "This reaches 3 units" in changed.content.decode()
    done = client.post(where, form | {"expected": "office:mandal_president:mandal=3"})
    with system("test"):
        one = Schedule.objects.get()
    assert done["Location"] == reverse("work:schedule", args=[one.public_id])
    asked = reverse("work:asked")
    assert "Tiffin" in page(client, asked) and "Tiffin" in page(client, f"{asked}?kind=meeting")
    assert "Tiffin" not in page(client, f"{asked}?kind=report"), "reports alone"


def test_only_some_are_asked_and_the_title_is_in_both_languages(cast: Cast) -> None:
    client = cast.client("state_president")
    where = reverse("work:asked_new") + "?unit=JK"
    sent = {"title": "Tiffin", "other_title": "टिफ़िन", "wanted": "meeting", "rhythm": "once", "hour": "18:00"}
    sent |= {"first_on": TODAY.isoformat(), "last_on": (TODAY + 60 * DAY).isoformat()}
    sent |= {"whom": "office:mandal_president:mandal", "named": "JK-SRI-M1", "unit": "JK"}
    seen = client.post(where, sent).content.decode()
    assert "This reaches 1 unit: Mandal president, in 1 named unit." in seen
    key = f"office:mandal_president:mandal||{cast.world.units['JK-SRI-M1'].pk}"
    assert f'value="{key}=1"' in seen
    wrong = client.post(where, sent | {"named": "Atlantis"})
    assert wrong.status_code == 422 and "We know no unit “Atlantis” here." in wrong.content.decode()
    assert "<details open>" in wrong.content.decode(), "the field with the error is seen"
    other = client.post(where, sent | {"named": "JK-SRI-M2", "expected": f"{key}=1"})
    assert other.status_code == 200, "another unit was shown: the names come first again"
    assert client.post(where, sent | {"expected": f"{key}=1"}).status_code == 302
    with system("test"):
        one = Schedule.objects.get()
    board = page(client, reverse("work:schedule", args=[one.public_id]))
    assert "JK-SRI-M1" in board and "JK-SRI-M2" not in board and "Tiffin" in board
    client.cookies["language"] = "hi"
    assert "टिफ़िन" in page(client, reverse("work:asked"))


def test_only_numbers_that_the_chosen_form_has_are_offered(cast: Cast) -> None:
    first = form_in_use(
        cast.world.state, question("count", QuestionKind.WHOLE), question("why", QuestionKind.TEXT)
    )
    second = form_in_use(cast.world.state, question("homes", QuestionKind.WHOLE))
    client = cast.client("state_president")
    where = reverse("work:asked_new") + "?unit=JK"
    assert "figure_" not in page(client, where), "no form is chosen yet"
    sent = {"title": "Weekly", "wanted": "report", "whom": "office:mandal_president:mandal", "rhythm": "once"}
    sent |= {"first_on": TODAY.isoformat(), "last_on": (TODAY + 9 * DAY).isoformat(), "hour": "18:00"}
    sent |= {"programme": str(cast.world.programme.public_id), "form_id": str(first.form_id)}
    seen = client.post(where, sent).content.decode()
    assert f'value="{first.form_id}:count"' in seen
    assert ":why" not in seen and ":homes" not in seen
    for other in ({"wanted": "meeting"}, {"programme": ""}, {"whom": "body:committee"}):
        assert "figure_" not in client.post(where, sent | other).content.decode(), other
    typed = client.post(where, sent | {"form_id": ""}).content.decode()
    assert 'value=":typed"' in typed and ":count" not in typed
    stale = sent | {"form_id": str(second.form_id), "figure_1": f"{first.form_id}:count"}
    again = client.post(where, stale | {"again": "1"}).content.decode()
    assert f'value="{second.form_id}:homes"' in again and "aria-invalid" not in again
    refused = client.post(where, stale | {"expected": "office:mandal_president:mandal=3"})
    assert refused.status_code == 422 and "Select a valid choice" in refused.content.decode()


def test_a_mandal_answers_and_the_board_shows_it(cast: Cast, ask: Callable[..., Schedule]) -> None:
    one = ask()
    mandal, state = cast.client("mandal_president"), cast.client("state_president")
    board = reverse("work:schedule", args=[one.public_id])
    assert mandal.get(board)["Location"].startswith(reverse("work:due", args=[one.public_id]))
    today = page(mandal, "/today/")
    assert "Plan it for 30 Nov" in today and "Tiffin" in today
    planned = mandal.post(due_page(one, act="plan"))
    assert planned.status_code == 302
    assert "48 hours before a poll" not in page(mandal, due_page(one))
    refused = mandal.post(due_page(one, act="hold"), {"on": TODAY.isoformat(), "people": "10000"})
    assert refused.status_code == 422 and "from 1 to 9,999" in refused.content.decode()
    assert (
        mandal.post(due_page(one, act="hold"), {"on": TODAY.isoformat(), "people": "23"}).status_code == 302
    )
    assert "23" in page(mandal, due_page(one)) and "Take it back" in page(mandal, due_page(one))
    seen = page(state, board)
    assert "People reported" in seen and ">23<" in seen
    file = state.get(f"{board}?format=csv")
    lines = b"".join(file).decode().splitlines()
    assert len(lines) == 4 and "JK-SRI-M1" in lines[-1] and "on time" in lines[-1]
    assert page(state, f"{board}?unit=JK-SRI").count("<tr>") == 3
    assert "asked of this unit" in page(mandal, "/units/JK-SRI-M1/").lower()


def test_a_unit_is_shown_what_it_and_units_below_it_owe_and_nothing_of_others(
    cast: Cast, ask: Callable[..., Schedule]
) -> None:
    ask(2, title="For districts", office="district_in_charge", kind="district")
    ask(title="For mandals")
    ask(4, title="For booths", office="booth_president", kind="booth")
    of_mandal = page(cast.client("mandal_president"), reverse("work:asked"))
    assert "For mandals" in of_mandal and "For booths" in of_mandal and "For districts" not in of_mandal
    assert "For districts" in page(cast.client("district_in_charge"), reverse("work:asked"))


def test_the_level_above_answers_for_a_unit_only_on_purpose(cast: Cast, ask: Callable[..., Schedule]) -> None:
    one = ask()
    own = page(cast.client("mandal_president"), due_page(one))
    above = page(cast.client("district_in_charge"), due_page(one))
    assert "Answer for this unit" in above and "Your own units" not in above and "All units" in above
    assert "Answer for this unit" not in own and "Your own units" in own and "All units" not in own


def test_a_board_names_each_period_and_whom_it_reminded_today(
    cast: Cast, ask: Callable[..., Schedule]
) -> None:
    one = ask(2, by="district_in_charge")
    board = reverse("work:schedule", args=[one.public_id])
    remind = reverse("work:schedule_remind", args=[one.public_id])

    def counted(words: str, text: str) -> str:
        lines = "".join(line.strip() for line in text.splitlines())
        return lines.partition(f"<dt>{words}</dt><dd><b>")[2].partition("<")[0]

    early, client = page(cast.client("district_in_charge"), board), cast.client("district_in_charge")
    assert (counted("Not due yet", early), counted("Silent", early)) == ("2", "")
    assert "Remind " not in early and ">silent<" not in early
    why = "You can remind those without an answer from 30 Nov 2026, 18:00."
    assert why in early, "the page says why there is no act yet"
    assert "Not due yet: it is due on" in page(client, remind)
    assert client.post(remind).status_code == 409
    given.time(NOW + 6 * DAY)
    board, client = f"{board}?from=2026-11-01", cast.client("district_in_charge")
    before = page(client, board)
    assert "Remind 1" in before and why not in before
    assert ">Apr 2026<" not in before and ">May 2026<" in before
    assert (counted("Not due yet", before), counted("Silent", before)) == ("", "1"), "one office was vacant"
    assert "Nobody held the office then: 1" in before
    assert client.post(remind, {"from": "2026-11-01"}).status_code == 302
    after = page(client, board)
    assert "reminded 1 Dec" in after and "Remind " not in after


def test_a_meeting_in_the_silence_before_a_poll_is_warned(cast: Cast, ask: Callable[..., Schedule]) -> None:
    one = ask()
    close = NOW + 3 * DAY
    with system("test"):
        stated = org_poll(cast, close)
        polls.confirm_poll(
            public_id=polls.store_poll_version(stated=stated, by=SYSTEM, at=NOW).public_id, by=SYSTEM, at=NOW
        )
    mandal = cast.client("mandal_president")
    assert mandal.post(due_page(one, act="plan"), {"on": (close - DAY).date().isoformat()}).status_code == 302
    assert "48 hours before a poll" in page(mandal, due_page(one))


def org_poll(cast: Cast, close: Any) -> Any:
    from abhiyan.polls.actions import StatedPoll

    return StatedPoll(
        "assembly", "Poll", TODAY - DAY, TODAY + 9 * DAY, "A letter", [(close, [cast.world.state.pk])]
    )


def test_who_is_neither_asked_nor_above_finds_nothing(cast: Cast, ask: Callable[..., Schedule]) -> None:
    one = ask(2, by="district_in_charge")
    addresses = [
        reverse("work:schedule", args=[one.public_id]),
        due_page(one),
        due_page(one, unit="JK-SRI"),
        due_page(one, unit="JK-JAM-M1"),
        due_page(one, body="1"),
    ]
    for role in ("district_elsewhere", "data_officer", "no_office", "constituency_in_charge"):
        assert {cast.client(role).get(where).status_code for where in addresses} == {404}, role
    for act, data in (
        ("plan", {}),
        ("hold", {"on": "2026-11-20"}),
        ("cannot", {"reason": "x"}),
        ("accept", {}),
    ):
        assert cast.client("district_elsewhere").post(due_page(one, act=act), data).status_code == 404
    with system("test"):
        assert not Due.objects.exists()
    assert cast.client("mandal_president").get(due_page(one, unit="JK-SRI-M2")).status_code == 404
    other = cast.client("mandal_president").get(due_page(one, **{"from": "2026-12-01"}))
    assert other.status_code == 409, "an answer is never taken for another period"


def test_a_committee_member_sees_what_the_committee_owes_and_nothing_else(
    cast: Cast, ask: Callable[..., Schedule]
) -> None:
    body = cast.seat_in_body(cast.accounts["no_office"])
    one = ask(1, wanted="report", rhythm="weekly", office="", kind="", body_kind="committee")
    member, state = cast.client("no_office"), cast.client("state_president")
    assert "Tiffin" in page(member, "/today/") and "Media" in page(member, "/today/")
    assert "Tiffin" in page(member, reverse("work:asked"))
    own = member.get(reverse("work:schedule", args=[one.public_id]))["Location"]
    assert f"body={body}" in own
    sent = due_page(one, "JK-SRI", "report", body=str(body))
    assert member.post(sent, {"text": ""}).status_code == 422
    assert member.post(sent, {"text": "Two articles"}).status_code == 302
    assert member.post(due_page(one, "JK-SRI", "accept", body=str(body))).status_code == 403
    assert (
        state.post(due_page(one, "JK-SRI", "return", body=str(body)), {"reason": "Name them"}).status_code
        == 302
    )
    assert "Returned: Name them" in page(member, own)
    for closed in ("/people/", "/appointments/", "/programmes/tasks/new/?unit=JK-SRI"):
        assert member.get(closed).status_code in (403, 404), closed
    for figures in ("/units/JK-SRI/", "/review/dossier/JK-SRI/"):
        answer = member.get(figures)
        assert (
            answer.status_code in (403, 404)
            or "You see the figures of your own state" in answer.content.decode()
        )


def test_a_report_with_a_form_and_a_picture_is_returned_mended_and_becomes_the_own_figure(
    cast: Cast, ask: Callable[..., Schedule]
) -> None:
    count = question("count", QuestionKind.WHOLE, required=True)
    form = form_in_use(cast.world.state, count, question("picture", QuestionKind.PICTURE, required=True))
    programme = cast.world.programme
    one = ask(
        wanted="report",
        rhythm="weekly",
        first_on=TODAY - 2 * DAY,
        programme_id=programme.pk,
        form_id=form.form_id,
        figures={"count": 1},
    )
    mandal, district = cast.client("mandal_president"), cast.client("district_in_charge")
    assert 'name="q-picture"' in page(mandal, due_page(one)) and "Fill it in" in page(mandal, "/today/")
    send = due_page(one, act="report")
    refused = mandal.post(send, {"q-count": "31", "text": "All booths"})
    assert refused.status_code == 422 and "This field is required" in refused.content.decode()
    picture = SimpleUploadedFile("meeting.png", PICTURE, content_type="image/png")
    assert mandal.post(send, {"q-count": "31", "q-picture": picture}).status_code == 302
    assert district.post(due_page(one, act="return"), {"reason": "Two booths are missing"}).status_code == 302
    assert 'value="31"' in page(mandal, due_page(one))
    again = SimpleUploadedFile("meeting.png", PICTURE, content_type="image/png")
    assert mandal.post(send, {"q-count": "35", "q-picture": again}).status_code == 302
    assert district.post(due_page(one, act="accept")).status_code == 302
    with system("test"):
        sent, figure = Submission.objects.get(), OwnFigure.objects.get(replaced_at=None)
    assert (sent.state, sent.answers) == ("accepted", {"count": 35})
    assert (figure.n, figure.unit_id, figure.ends_on) == (35, cast.world.units["JK-SRI-M1"].pk, TODAY)


def test_the_ready_form_of_a_meeting_has_its_day_and_people_and_says_where_to_go_without_a_day(
    cast: Cast, ask: Callable[..., Schedule]
) -> None:
    form = form_in_use(cast.world.state, *ready_forms()["meeting"].questions)
    one = ask(wanted="meeting", form_id=form.form_id)
    mandal, send = cast.client("mandal_president"), due_page(one, act="hold")
    refused = mandal.post(send, {"q-held": "no", "q-why_not": "It rained"})
    assert refused.status_code == 422 and "The form names no day" in refused.content.decode()
    filled = {"q-held": "yes", "q-day": TODAY.isoformat(), "q-came": "14", "text": "On the roof"}
    assert mandal.post(send, filled).status_code == 302
    with system("test"):
        due = Due.objects.get()
    assert (due.held_on, due.people, due.text) == (TODAY, 14, "On the roof")


def test_a_question_of_another_kind_called_day_is_no_day(cast: Cast, ask: Callable[..., Schedule]) -> None:
    weekday = question("day", QuestionKind.TEXT, most=40)
    form = form_in_use(cast.world.state, weekday, question("came", QuestionKind.TEXT, most=40))
    one = ask(wanted="meeting", form_id=form.form_id)
    mandal, send = cast.client("mandal_president"), due_page(one, act="hold")
    filled = {"on": TODAY.isoformat(), "people": "14", "q-day": "Monday", "q-came": "all of us"}
    assert mandal.post(send, filled).status_code == 302
    with system("test"):
        due = Due.objects.get()
    assert (due.held_on, due.people) == (TODAY, 14)


def test_a_committees_form_shows_its_member_that_form_and_no_counts(
    cast: Cast, ask: Callable[..., Schedule]
) -> None:
    body = str(cast.seat_in_body(cast.accounts["no_office"]))
    form = form_in_use(cast.world.state, question("done", QuestionKind.YES_NO)).form
    of = {"office": "", "kind": "", "body_kind": "committee", "form_id": form.pk}
    one = ask(1, wanted="report", rhythm="weekly", **of)
    member, state = cast.client("no_office"), cast.client("state_president")
    assert member.post(due_page(one, "JK-SRI", "report", body=body), {"q-done": "yes"}).status_code == 302
    with system("test"):
        sent = Submission.objects.get()
    for client in (member, state):
        assert "Done" in page(client, reverse("forms:submission", args=[sent.pk]))
    counts = reverse("forms:counts", args=[form.public_id])
    assert member.get(counts).status_code in (403, 404)
    assert ">1<" in "".join(page(state, counts).split())


def test_a_number_comes_from_the_version_of_a_form_that_is_in_use_now(cast: Cast) -> None:
    first = form_in_use(cast.world.state, question("count", QuestionKind.WHOLE))
    with system("test"):
        again = {"number": 2, "questions": first.questions, "made_at": NOW, "used_from": NOW}
        second = FormVersion.objects.create(pk=first.form_id + 1_000_000, form=first.form, **again)
    programme = cast.world.programme.public_id
    asked = {
        "title": "Weekly",
        "wanted": "report",
        "whom": "office:mandal_president:mandal",
        "rhythm": "weekly",
        "first_on": TODAY.isoformat(),
        "last_on": (TODAY + 60 * DAY).isoformat(),
        "hour": "18:00",
        "programme": str(programme),
        "form_id": str(first.form_id),
        "figure_1": f"{first.form_id}:count",
        "expected": "office:mandal_president:mandal=3",
    }
    answer = cast.client("state_president").post(reverse("work:asked_new") + "?unit=JK", asked)
    assert answer.status_code == 302
    with system("test"):
        one = Schedule.objects.get()
    assert (one.form_id, one.figures) == (second.pk, {"count": 1})


def test_a_form_is_decided_on_the_page_of_its_due_and_both_stay_alike(
    cast: Cast, ask: Callable[..., Schedule]
) -> None:
    form = form_in_use(cast.world.state, question("count", QuestionKind.WHOLE))
    one = ask(wanted="report", rhythm="weekly", first_on=TODAY - 2 * DAY, form_id=form.form_id)
    mandal, district = cast.client("mandal_president"), cast.client("district_in_charge")
    mandal.post(due_page(one, act="report"), {"q-count": "31"})
    with system("test"):
        sent = Submission.objects.get()
    read = reverse("forms:submission", args=[sent.pk])
    where = due_page(one, **{"from": (TODAY - 2 * DAY).isoformat()})
    assert where.replace("&", "&amp;") in page(district, read)
    assert read in page(district, where)
    assert district.post(f"{read}accept/").status_code == 404, "decided on the page of the due alone"
    for client, act, data, states in (
        (mandal, "take-back", {}, ("returned", DueState.OPEN)),
        (mandal, "report", {"q-count": "32"}, ("reported", DueState.DONE)),
        (district, "accept", {}, ("accepted", DueState.ACCEPTED)),
        (district, "return", {"reason": "Count again"}, ("returned", DueState.RETURNED)),
        (mandal, "report", {"q-count": "33"}, ("reported", DueState.DONE)),
        (district, "accept", {}, ("accepted", DueState.ACCEPTED)),
    ):
        assert client.post(due_page(one, act=act), data).status_code == 302
        with system("test"):
            assert (Submission.objects.get().state, Due.objects.get().state) == states, act
    assert "1 of 1 on time, 0 late, 0 silent" in page(cast.client("mandal_president"), "/units/JK-SRI-M1/")


def test_pages_ask_as_many_queries_for_many_units_as_for_few(
    cast: Cast, ask: Callable[..., Schedule]
) -> None:
    one = ask(2, by="district_in_charge")
    client = cast.client("district_in_charge")
    board = reverse("work:schedule", args=[one.public_id])

    def queries(where: str) -> int:
        page(client, where)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page(client, where)
        return len(asked)

    few = {where: queries(where) for where in (board, "/", reverse("work:asked"))}
    for _n in range(3):
        ask(2, by="district_in_charge", title="Another")
    with system("test"):
        for unit in ("JK-SRI-M1", "JK-SRI-M2"):
            for month in (9, 10, 11):
                Due.objects.create(
                    schedule=one,
                    unit=cast.world.units[unit],
                    begins_on=date(2026, month, 1),
                    state=DueState.CANNOT,
                    reason="Snow",
                    said_at=NOW,
                )
    assert {where: queries(where) for where in few} == few
