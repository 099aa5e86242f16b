"""The one door of the field: a record and its pictures arrive once, under the account that made them, or not at all."""

import inspect
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.doorstep.models import DoorEntry, DoorTry
from abhiyan.enrolment.models import Claim
from abhiyan.enrolment.tests.make import Human, World
from abhiyan.enrolment.tests.web import blanks
from abhiyan.forms.models import Submission, SubmissionPicture
from abhiyan.forms.rules.questions import QuestionKind
from abhiyan.forms.tests.make import form_in_use, question
from abhiyan.org.models import Appointment
from abhiyan.pages.views.field import record_kinds
from abhiyan.people.actions import field
from abhiyan.people.models_field import FieldPicture, FieldReceipt
from abhiyan.people.tests.make import undrawn
from abhiyan.site.tests.cast import Cast
from abhiyan.ui import assets
from abhiyan.ui.records import RecordKind
from abhiyan.work.actions.schedules import Asking, ask_units
from abhiyan.work.models import Due, DueRecord
from abhiyan.work.tests.test_schedules_pages import PICTURE

pytestmark = pytest.mark.django_db
KAMLA = Human("Kamla Devi", 1979, "+919906007732")
NAZIR = Human("Nazir Ahmad", 1968, "+919906007733")
HOURS = 3 * 3600
DOOR = "/field/?unit=JK-B001"
PICTURES = (("mark-192.png", 192), ("mark-512.png", 512), ("mark-safe.png", 512))
FIELD = {"x-abhiyan-field": "1", "accept": "application/json"}
Sent = dict[str, Any]


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


@pytest.fixture
def worker(cast: Cast) -> Client:
    return cast.client("booth_worker")


def entry(cast: Cast, who: Human, role: str = "booth_worker", key: UUID | None = None, **other: Any) -> Sent:
    """A record of somebody at the door, as a phone sends it."""
    typed = {"key": "page", "name": who.name, "birth_year": who.birth_year, "heard": "on", "notice": "1.en"}
    form = urlencode(typed | {"phone": who.phone.removeprefix("+91"), "send": "1"})
    by = cast.accounts[role].public_id
    return {
        "key": key or uuid4(),
        "by": by,
        "record": "door",
        "page": DOOR,
        "form": form,
        "age": HOURS,
    } | other


def send(client: Client, sent: Sent, status: int = 200, **headers: str) -> dict[str, Any]:
    answer = client.post("/field/send/", sent, headers=FIELD | headers)
    assert answer.status_code == status, answer.content.decode()
    told: dict[str, Any] = answer.json()
    return told


def kept() -> tuple[int, int, int]:
    """Entries at the door, receipts, pictures that wait."""
    with system("test"):
        return DoorEntry.objects.count(), FieldReceipt.objects.count(), FieldPicture.objects.count()


def test_a_record_sent_again_gets_its_first_answer_and_is_kept_once(cast: Cast, worker: Client) -> None:
    sent = entry(cast, KAMLA)
    first = send(worker, sent)
    assert first["href"].startswith("/field/") and KAMLA.name in worker.get(first["href"]).content.decode()
    given.time(NOW + timedelta(days=3))
    assert send(cast.client("booth_worker"), sent | {"age": 99 * HOURS}) == first, "another phone of hers"
    assert kept() == (1, 1, 0)
    assert cast.world.ladder(cast.world.booth).unsigned == 1


def test_a_record_goes_under_the_account_that_made_it(cast: Cast, worker: Client) -> None:
    sent = entry(cast, KAMLA)
    assert send(cast.client("booth_president"), sent, 409)["code"] == "other_sender"
    assert kept() == (0, 0, 0)
    send(worker, sent)
    own = entry(cast, NAZIR, "booth_president", key=sent["key"])
    send(cast.client("booth_president"), own)  # keys of two accounts are two keys
    assert kept() == (2, 2, 0)


def test_other_content_under_a_known_key_is_refused_and_the_first_stays(cast: Cast, worker: Client) -> None:
    sent = entry(cast, KAMLA)
    send(worker, sent)
    other = entry(cast, NAZIR, key=sent["key"])
    assert send(worker, other, 409)["code"] == "record_sent_otherwise"
    with system("test"):
        assert DoorEntry.objects.get().name == KAMLA.name


def test_what_was_refused_is_mended_and_goes_again_under_its_key(cast: Cast, worker: Client) -> None:
    wrong = entry(cast, Human("Kamla Devi", 1979, "12"))
    told = send(worker, wrong, 422)
    assert told["field"] == "phone" and told["message"].startswith("Their own phone: ")
    assert kept() == (0, 0, 0)
    send(worker, entry(cast, KAMLA, key=wrong["key"]))
    assert kept() == (1, 1, 0)


def test_of_a_minor_nothing_stays_and_the_phone_is_told_to_forget(cast: Cast, worker: Client) -> None:
    told = send(worker, entry(cast, World.child), 422)
    assert told["forget"] is True and "18 years" in told["message"]
    assert kept() == (0, 0, 0)


def test_an_entry_of_hours_ago_is_dated_then_and_sends_no_code(cast: Cast, worker: Client) -> None:
    send(worker, entry(cast, KAMLA))
    assert blanks(KAMLA.phone, "code.door") == []
    send(worker, entry(cast, NAZIR, age=5))
    assert len(blanks(NAZIR.phone, "code.door")) == 1, "the person is still there"
    with system("test"):
        late = DoorEntry.objects.get(name=KAMLA.name)
        assert late.seconds is None
        assert Claim.objects.get(pk=late.pk).field_at == late.at - timedelta(seconds=HOURS)


@pytest.mark.parametrize(("days", "day"), [(6, 6), (7, 7), (8, 0), (20, 0)])
def test_a_person_counts_on_their_own_day_for_seven_days_and_later_on_the_day_they_come(
    cast: Cast, days: int, day: int
) -> None:
    at = NOW + timedelta(days=4)
    given.time(at)
    worker = cast.client("booth_worker")
    told = send(worker, entry(cast, KAMLA, age=days * 86_400))
    send(worker, entry(cast, KAMLA, record="try", form="outcome=2&unit=JK-B001&drive=", age=days * 86_400))
    assert ("note" in told) == (days > 7), "the worker reads so"
    with system("test"):
        own = at.date() - timedelta(days=day)
        assert Claim.objects.get(pk=DoorEntry.objects.get().pk).day == own
        assert DoorTry.objects.get().day == own


@pytest.mark.parametrize("age", ["-86400", "1e30", ""])
def test_a_phone_clock_that_is_wrong_by_days_loses_no_entry(cast: Cast, worker: Client, age: str) -> None:
    send(worker, entry(cast, KAMLA, age=age))
    with system("test"):
        assert cast.world.programme.opens_on <= Claim.objects.get(pk=DoorEntry.objects.get().pk).day
    assert kept() == (1, 1, 0)


# This says what becomes of two records about one thing, so that nobody's words vanish in silence.
TWO_ABOUT_ONE = {
    "attendance": "the later number stands, the other is kept (meetings/tests/test_two_numbers.py)",
    "turn": "each caller has a row of their own; a second outcome of one call is refused, or corrects it",
    "call": "the later outcome stands, the other is kept (dialogues/tests/test_two_outcomes.py)",
    "due": "the later answer stands, the other is kept (work/tests/test_due_records.py)",
    "door": "each person has an entry of their own",
    "try": "each door is one more in a count",
    "doors": "each has a row of its own, also of a door that somebody else has by now",
    "walk": "each has a row of its own; a second talk at a door is refused",
    "stay": "the first mark and the first report stay, a second is refused",
    "day": "the first mark stays, a second is refused",
}


def test_every_kind_of_record_says_what_becomes_of_two_about_one_thing() -> None:
    assert set(record_kinds()) == set(TWO_ABOUT_ONE)


@pytest.mark.parametrize("kind", record_kinds().values(), ids=lambda kind: kind.code)
def test_every_record_is_judged_by_when_it_was_finished(kind: RecordKind) -> None:
    assert ".age" in inspect.getsource(kind.take)


def test_without_our_header_nothing_is_taken(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies[configured.SESSION_COOKIE_NAME] = cast.token("booth_worker")
    sent = entry(cast, KAMLA)
    assert send(client, sent, 403, **{"x-abhiyan-field": ""})["code"] == "not_from_field"
    assert kept() == (0, 0, 0)
    send(client, sent)  # the header takes the place of the key against forgery


def test_a_worker_whose_office_ended_sends_nothing_more(cast: Cast, worker: Client) -> None:
    sent = entry(cast, KAMLA)
    with system("test"):
        Appointment.objects.filter(account_id=cast.accounts["booth_worker"].pk).update(
            ends_on=NOW.date() - timedelta(days=1)
        )
    assert send(worker, sent, 403)["code"] == "not_yours"
    assert send(Client(), sent, 403)["code"] == "not_yours"
    assert kept() == (0, 0, 0)


@pytest.mark.parametrize(
    ("other", "status"),
    [
        ({"page": "/field/?unit=JK-JAM-B004"}, 404),
        ({"page": "/field/?unit=JK-B004"}, 403),
        ({"page": "/people/"}, 404),
        ({"page": "https://elsewhere.example/nothing"}, 404),
        ({"record": "none"}, 404),
        ({"key": "none"}, 422),
        ({"by": ""}, 422),
        ({"form": "x" * 60_001}, 422),
        ({"form": "phone=%00&name=%00"}, 422),
        ({"pictures": "x=77"}, 409),
        ({"n": "1"}, 422),
    ],
)
def test_what_is_no_record_of_theirs_is_refused(
    cast: Cast, worker: Client, other: dict[str, Any], status: int
) -> None:
    send(worker, entry(cast, KAMLA, **other), status)
    assert kept() == (0, 0, 0)


def test_a_door_without_an_entry_is_counted_once_on_its_own_day(cast: Cast, worker: Client) -> None:
    sent = entry(cast, KAMLA, record="try", form="outcome=2&unit=JK-B001&drive=", age=26 * 3600)
    first = send(worker, sent)
    assert first["href"].endswith("&noted=2") and send(worker, sent) == first
    send(worker, entry(cast, KAMLA, record="try", form="outcome=2", age=1e9))  # its clock was set
    with system("test"):
        found = DoorTry.objects.order_by("day").values_list("day", "outcome", "n")
        assert list(found) == [(NOW.date() - timedelta(days=1), 2, 1), (NOW.date(), 2, 1)]
    assert send(worker, entry(cast, KAMLA, record="try", form="outcome=7"), 404)


def test_a_refusal_names_each_field(cast: Cast, worker: Client) -> None:
    told = send(worker, entry(cast, Human("", 1979, "12")), 422)
    assert set(told["errors"]) == {"phone", "name"} and told["field"] == "phone"
    assert told["errors"]["phone"] in told["message"]


# --- a form with pictures ---


@pytest.fixture
def due(cast: Cast) -> str:
    """The page of a report with two photographs that the mandal owes."""
    form = form_in_use(
        cast.world.state,
        question("done", QuestionKind.YES_NO, required=True),
        question("before", QuestionKind.PICTURE, required=True),
        question("after", QuestionKind.PICTURE),
        question("needs", QuestionKind.TEXT),
    ).form
    asking = Asking(
        title="Cleaning day",
        wanted="report",
        rhythm="weekly",
        first_on=NOW.date() - timedelta(days=2),
        last_on=NOW.date() + timedelta(days=60),
        office="mandal_president",
        kind="mandal",
        form_id=form.pk,
    )
    with cast.as_("state_president"):
        one = ask_units(
            asking=asking,
            unit_id=cast.world.state.pk,
            expected=3,
            by=cast.actor("state_president"),
            at=NOW - timedelta(days=1),
        )
    return f"/field/due/{one.public_id}/?unit=JK-SRI-M1&from={(NOW.date() - timedelta(days=2)).isoformat()}"


@pytest.fixture
def report(cast: Cast, due: str) -> Callable[..., Sent]:
    def made(**other: Any) -> Sent:
        by = cast.accounts["mandal_president"].public_id
        sent = {"key": uuid4(), "by": by, "record": "due", "page": due, "age": HOURS}
        return sent | {"form": "q-done=yes", "pictures": "q-before=1&q-after=2"} | other

    return made


def picture(sent: Sent, n: int, data: bytes = PICTURE) -> Sent:
    return {"key": sent["key"], "by": sent["by"], "n": n, "picture": SimpleUploadedFile("x.jpg", data)}


def test_a_form_with_two_pictures_arrives_once(cast: Cast, report: Callable[..., Sent]) -> None:
    mandal, sent = cast.client("mandal_president"), report()
    send(mandal, picture(sent, 1))
    assert send(mandal, sent, 409)["code"] == "pictures_missing", "the second has not come"
    for n in (1, 2, 2):
        send(mandal, picture(sent, n))
    assert kept() == (0, 0, 2)
    first = send(mandal, sent)
    assert "Cleaning day" in mandal.get(first["href"]).content.decode()
    send(mandal, picture(sent, 2))
    assert send(mandal, sent) == first
    assert kept() == (0, 1, 0), "the record took its pictures with it"
    with system("test"):
        assert Submission.objects.count() == 1 and SubmissionPicture.objects.count() == 2


@pytest.mark.parametrize(
    "words", ["He is a Muslim", "उनकी जाति पूछी", "She has TB", "ان کا مذہب", "They vote for X"]
)
def test_private_words_from_a_phone_are_refused_with_the_way_to_a_data_officer(
    cast: Cast, report: Callable[..., Sent], words: str
) -> None:
    mandal = cast.client("mandal_president")
    sent = report(form=urlencode({"q-done": "yes", "q-needs": words}), pictures="q-before=1")
    send(mandal, picture(sent, 1))
    answer = send(mandal, sent, 422)
    assert set(answer["errors"]) == {"q-needs"} and words in answer["message"]
    page = mandal.get(answer["asks"])
    assert page.status_code == 200 and words in page.content.decode()
    fit = sent | {"form": urlencode({"q-done": "yes", "q-needs": "The health camp was full"})}
    assert send(mandal, fit)["kept"] is True, "the mended record goes under its key"


def test_an_older_report_is_kept_beside_the_newer_one_and_its_sender_reads_so(
    cast: Cast, report: Callable[..., Sent]
) -> None:
    mandal = cast.client("mandal_president")
    for hours, answer in ((1, "yes"), (20, "no")):
        sent = report(age=hours * 3600, form=f"q-done={answer}", pictures="q-before=1")
        send(mandal, picture(sent, 1))
        told = send(mandal, sent)
    assert told["note"] == "A newer answer stands. Yours is kept beside it."
    page = mandal.get(told["href"]).content.decode()
    assert "Other answers, which do not count" in page and "a newer one stands" in page
    with system("test"):
        newer = Submission.objects.get().answers
        assert newer is not None and newer["done"] is True
        older = DueRecord.objects.get().answers
        assert older is not None and older["done"] is False


def test_a_report_belongs_to_its_own_period_however_late_it_comes(
    cast: Cast, report: Callable[..., Sent]
) -> None:
    sent = report(pictures="q-before=1", age=30 * 86_400)
    given.time(NOW + timedelta(days=59))  # nine weeks later the page does not offer the period any more
    mandal = cast.client("mandal_president")
    assert mandal.get(sent["page"]).status_code == 409
    send(mandal, picture(sent, 1))
    assert "changes no figure" in send(mandal, sent)["note"]
    with system("test"):
        due = Due.objects.get()
        assert (due.begins_on, due.is_after) == (NOW.date() - timedelta(days=2), True)


def test_a_picture_that_cannot_be_opened_is_refused_with_its_question_and_another_takes_its_place(
    cast: Cast, report: Callable[..., Sent]
) -> None:
    mandal, sent = cast.client("mandal_president"), report(pictures="q-before=1")
    send(mandal, picture(sent, 1, b"no picture"))
    assert send(mandal, sent, 422)["code"] == "sent_picture_unfit"
    assert send(mandal, picture(sent, 1), 409)["code"] == "record_sent_otherwise"
    send(mandal, picture(sent, 3))
    send(mandal, sent | {"pictures": "q-before=3"})
    assert kept() == (0, 1, 0)


def test_pictures_have_limits_and_do_not_wait_for_ever(
    cast: Cast, report: Callable[..., Sent], monkeypatch: pytest.MonkeyPatch
) -> None:
    mandal, sent = cast.client("mandal_president"), report()
    assert send(mandal, picture(sent, 1, bytes(field.LARGEST + 1)), 413)["code"] == "field_picture_too_large"
    monkeypatch.setattr(field, "MOST_WAITING", 1)
    send(mandal, picture(sent, 1))
    assert send(mandal, picture(sent, 2), 429)["wait_s"] == field.WAITS_S
    send(mandal, picture(sent, 1))
    with system("test"):
        assert field.sweep_field(at=NOW + field.PICTURES_LAST) == 0
        assert field.sweep_field(at=NOW + field.PICTURES_LAST + timedelta(seconds=1)) == 1
    send(mandal, sent, 409)


def test_the_page_without_script_takes_the_same_form(cast: Cast, due: str) -> None:
    mandal = cast.client("mandal_president")
    assert "Cleaning day" in mandal.get(due).content.decode()
    wrong = mandal.post(due, {"q-done": "yes"})
    assert wrong.status_code == 422 and 'aria-invalid="true"' in wrong.content.decode()
    done = mandal.post(due, {"q-done": "yes", "q-before": SimpleUploadedFile("x.png", PICTURE)})
    assert done.status_code == 302 and "/due/" in done["Location"]
    with system("test"):
        assert Submission.objects.count() == 1
    elsewhere = cast.client("booth_worker")
    assert elsewhere.get(due).status_code == 404 and elsewhere.post(due, {"q-done": "yes"}).status_code == 404


# --- what phones keep ---


def test_a_phone_keeps_the_pages_of_ones_own_work_and_they_name_nobody(
    cast: Cast, worker: Client, due: str
) -> None:
    assert worker.get("/field/keep.json").json() == {"pages": ["/field/start/", "/field/outbox/", DOOR]}
    mandal = cast.client("mandal_president")
    assert mandal.get("/field/keep.json").json()["pages"][2:] == [due]
    assert (
        "Reports</b>" in (start := mandal.get("/field/start/").content.decode()) and "Cleaning day" in start
    )
    send(worker, entry(cast, KAMLA))
    assert KAMLA.name in worker.get(DOOR).content.decode()
    copy = worker.get(DOOR, headers={"X-Abhiyan-Kept": "1"}).content.decode()
    assert KAMLA.name not in copy and KAMLA.phone[-4:] not in undrawn(copy) and 'data-record="door"' in copy


def test_the_script_stays_when_the_look_changes_and_the_server_switches_it_off(
    worker: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    def script() -> str:
        answer = Client().get("/field/worker.js")
        assert answer["Cache-Control"] == "no-cache" and answer["Content-Type"].startswith("text/javascript")
        return answer.content.decode()

    first = script()
    assert 'data-worker="/field/worker.js"' in worker.get("/field/start/").content.decode()
    settings.ORGANISATION = "Another"
    assert script() == first and "fetch" in first
    monkeypatch.setenv("ABHIYAN_OFFLINE", "0")
    assert "unregister" in script() and "fetch" not in script()
    assert 'data-worker=""' in worker.get("/field/start/").content.decode()


def test_the_field_can_be_put_on_a_home_screen() -> None:
    told = Client().get("/field/app.webmanifest").json()
    assert (told["start_url"], told["scope"], told["display"]) == ("/field/start/", "/field/", "standalone")
    assert told["icons"][0]["src"].endswith("/ui/mark.svg")
    for icon, (name, size) in zip(told["icons"][1:], PICTURES, strict=True):
        with Image.open(assets.asset_paths()[f"ui/{name}"]) as drawn:
            assert drawn.size == (size, size) and icon["sizes"] == f"{size}x{size}"
        assert icon["src"].endswith(f"/ui/{name}")
    assert told["icons"][-1]["purpose"] == "maskable"
