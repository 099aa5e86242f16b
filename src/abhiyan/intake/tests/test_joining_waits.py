"""While a drive's notice is another organisation's, joining waits by every way, says why, and loses nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.test import override_settings

from abhiyan.core.doctor import FAIL, OK
from abhiyan.core.scope import system
from abhiyan.doorstep.models import DoorEntry
from abhiyan.enrolment.actions.claims import JoiningWaits
from abhiyan.enrolment.models import Drive
from abhiyan.enrolment.rules.channels import Channel, Sign
from abhiyan.enrolment.tests.make import World, make_token
from abhiyan.enrolment.tests.server import Server
from abhiyan.enrolment.tests.web import code_sent, filled, offered, officer, typed, web_world
from abhiyan.imports import running
from abhiyan.intake import actions as intake
from abhiyan.intake import doctor as checks
from abhiyan.messaging.models import Message
from abhiyan.paper.tests.test_paper import bring, step
from abhiyan.people import queries as people
from abhiyan.people.models import Notice
from abhiyan.people.rules.notices import other_than

from .test_calls import JOIN, call, connect, replied

OLD, NEW = "Purana Sangathan", "Naya Sangathan"


@pytest.mark.parametrize(
    ("published", "present", "other"),
    [
        ("Jan Dal", "Jan Dal", ""),
        ("Jan Dal", "jan  DAL ", ""),
        ("Jan Dal (Secular)", "Jan Dal", "Jan Dal (Secular)"),
        ("Jan Dal", "Jan Dal (Secular)", "Jan Dal"),
        ("जन दल", "जन दल", ""),
        ("क़ौमी दल", "क\u093cौमी दल", ""),
        ("Jan Dal", "", "Jan Dal"),
        ("", "Jan Dal", ""),
    ],
)
def test_another_organisation_is_told_from_another_spelling(published: str, present: str, other: str) -> None:
    assert other_than(published, present) == other


def of_another(world: World) -> None:
    """The notice of the world's drive was published by the organisation's old name."""
    with system("test"):
        Notice.objects.update(organisation=OLD)
    intake.forget_drives()


@pytest.fixture
def world(settings: LazySettings) -> World:
    settings.ORGANISATION, settings.ORIGIN = NEW, "https://app.example.org"
    made = web_world()
    of_another(made)
    return made


@pytest.mark.django_db
def test_the_public_pages_say_why_and_keep_nothing(world: World) -> None:
    client = officer(world, "booth_worker", "JK-B001")
    for language, words in (("en", "Joining waits for now"), ("hi", "अभी जुड़ना रुका हुआ है")):
        client.cookies["language"] = language
        for answer in (client.get("/join/winter/"), client.post("/join/winter/", typed(world.asha))):
            page = answer.content.decode()
            assert answer.status_code == 503 and answer["Retry-After"]
            assert words in page and OLD in page and 'name="phone"' not in page
    assert world.count("enrolment_claim") == 0


@pytest.mark.django_db
def test_a_code_that_was_sent_is_good_once_the_notice_is_right(world: World) -> None:
    client = officer(world, "booth_worker", "JK-B002")
    with override_settings(ORGANISATION=OLD):
        asked = client.post("/join/winter/", typed(world.asha, unit="JK-B001"))
        assert asked.status_code == 302
    waits = client.post(asked["Location"], {"code": code_sent(world.asha.phone)})
    assert waits.status_code == 503 and world.count("enrolment_membership") == 0
    with override_settings(ORGANISATION=OLD):
        intake.forget_drives()
        done = client.post(asked["Location"], {"code": code_sent(world.asha.phone)})
    assert done["Location"] == "/join/winter/done/" and world.count("enrolment_membership") == 1


@pytest.mark.django_db
def test_a_call_is_kept_and_its_reply_waits_and_its_link_says_why(world: World) -> None:
    world.missed_call(of=world.asha)
    assert replied(world) == [], "the reply would bring the other organisation's words"
    link = world.link(world.asha)
    page = officer(world, "booth_worker", "JK-B001").get(f"/j/{link}/")
    assert page.status_code == 503 and OLD in page.content.decode()
    with system("test"):
        Notice.objects.update(organisation=NEW)
    assert [template for template, _last4 in replied(world)] == ["drive.reply"]


@pytest.mark.django_db
@pytest.mark.parametrize("channel", [Channel.WEB, Channel.API, Channel.PAPER, Channel.DOOR, Channel.SMS])
def test_no_way_brings_a_person_with_their_details(world: World, channel: Channel) -> None:
    sign = Sign.SMS if channel == Channel.SMS else Sign.NONE
    claim = world.claim(world.asha, channel, sign=sign, unit=world.booth)
    with pytest.raises(JoiningWaits) as refused:
        world.take(claim)
    assert (refused.value.status, refused.value.code) == (503, "joining_waits") and OLD in str(refused.value)
    assert world.count("enrolment_claim") == 0
    with system("test"):
        Notice.objects.update(organisation=NEW)
    intake.forget_drives()
    world.take(claim)
    assert world.count("enrolment_membership") == 1, "the same claim, sent again"


@pytest.mark.django_db
def test_a_worker_reads_why_before_anybody_is_asked(world: World) -> None:
    worker = officer(world, "booth_worker", "JK-B001")
    page = worker.get("/field/").content.decode()
    assert "Joining waits" in page and OLD in page and 'name="birth_year"' not in page
    form = {
        "key": uuid4().hex,
        "phone": "9906000001",
        "name": "Asha Devi",
        "birth_year": "1980",
        "heard": "on",
    }
    assert worker.post("/field/", form | {"send": "1"}).status_code == 503
    with system("test"):
        assert not DoorEntry.objects.exists()


@pytest.mark.django_db(transaction=True)  # a list is taken in by other sessions
def test_a_paper_list_waits_whole_and_is_taken_in_afterwards(
    world: World, tmp_path: Path, settings: LazySettings
) -> None:
    rows = "Phone,Name,Birth year,Booth code,Notice version\n9906000006,Asha Devi,1970,JK-B001,1\n"
    public_id = bring(world, tmp_path, rows)
    assert step(world, public_id, "check").state == "checked"
    stopped = step(world, public_id, "commit")
    assert stopped.state == "failed" and OLD in running.error_text(stopped)
    assert world.count("enrolment_claim") == 0
    settings.ORGANISATION = OLD
    assert step(world, public_id, "commit").state == "done" and world.count("enrolment_claim") == 1


@pytest.mark.django_db
def test_the_next_notice_lets_people_join_again_at_once(world: World) -> None:
    client = officer(world, "state_president", "JK")
    today = client.get("/today/").content.decode()
    assert "Nobody can join" in today and OLD in today and NEW in today and 'href="/notice/' in today
    (finding,) = checks.notice_findings(world.now)
    assert finding.level == FAIL and OLD in finding.text and NEW in finding.text
    form = filled(offered(client))
    elsewhere = {name: text.replace(NEW, "Kisi Ka") for name, text in form.items()}
    refused = client.post("/notice/", elsewhere | {"step": "look"})
    assert refused.status_code == 422 and "does not name this organisation" in refused.content.decode()
    hindi_alone = form | {"text_en": elsewhere["text_en"]}
    assert client.post("/notice/", hindi_alone | {"step": "look"}).status_code == 200
    assert client.post("/notice/", form | {"step": "publish"}).status_code == 302
    with system("test"):
        version = Drive.objects.get(pk=world.programme.pk).notice_version
        assert people.published_by("membership", version) == NEW
    (finding,) = checks.notice_findings(world.now)
    assert finding.level == OK
    assert "Nobody can join" not in client.get("/today/").content.decode()
    assert client.get("/join/winter/").status_code == 200


@pytest.mark.django_db(transaction=True)  # other processes read the notice
def test_machines_get_a_code_of_its_own_and_what_was_accepted_keeps_its_answer(
    serving: Callable[..., Server],
) -> None:
    """Two servers over one database: the organisation is renamed between them."""
    world = web_world()
    before, after = serving(ABHIYAN_ORGANISATION=OLD), serving(ABHIYAN_ORGANISATION=NEW)
    token, secret = make_token(world).secret, connect(world, "generic", "join", JOIN)
    with system("test"):
        Notice.objects.update(organisation=OLD)
    told = {"phone": "9906000001", "name": "Asha Devi", "birth_year": 1980, "unit": "JK-B001"}
    told |= {"notice_version": 1, "key": "k1"}
    first = before.claim(token, told)
    assert first.status == 201, first.body

    later = told | {"phone": "9906000002", "key": "k2"}
    answer = after.claim(token, later)
    assert (answer.status, answer.json["code"]) == (503, "joining_waits") and OLD in answer.json["message"]
    assert int(answer.headers["retry-after"]) > 0
    many = after.claim(token, {"claims": [later]}, path="/api/v1/claims/batch")
    assert many.status == 207 and [one["code"] for one in many.json["answers"]] == ["joining_waits"]
    assert call(after, secret, world.bilal).status == 201, "a call is kept"
    assert world.count("enrolment_claim") == 2 and world.count("enrolment_membership") == 1
    whole: dict[str, Any] = {"kind": "sms", "ident": "t1", "text": "Chandra Kumari 1970 190001"}
    assert call(after, secret, world.chandra, **whole).status == 201, "it waits for the YES"
    with override_settings(ORGANISATION=OLD):
        assert len(replied(world)) == 2, "the call and the text"
    with system("test"):
        Message.objects.update(state=Message.State.SENT)
    yes: dict[str, Any] = {"kind": "sms", "ident": "t2", "text": "YES"}
    refused = call(after, secret, world.chandra, **yes)
    assert (refused.status, refused.json["code"]) == (503, "joining_waits"), "the provider sends it again"
    assert world.count("enrolment_membership") == 1

    assert call(before, secret, world.chandra, **yes).status == 200
    assert world.count("enrolment_membership") == 2
    assert before.claim(token, later).status == 201
    assert before.claim(token, told).body == first.body


@pytest.mark.django_db
def test_the_next_notice_begins_with_the_last_one_under_the_present_name(world: World) -> None:
    client = officer(world, "state_president", "JK")
    with override_settings(ORGANISATION=OLD):
        typed_in = filled(offered(client))
        typed_in["text_en"] += "\n# Where else\nNowhere."
        assert client.post("/notice/", typed_in | {"step": "publish"}).status_code == 302
    offered_now = offered(client)
    assert "Nowhere." in offered_now["text_en"]
    assert NEW in offered_now["text_hi"] and not any(OLD in text for text in offered_now.values())
