"""The notice: nobody joins before it is published; who publishes it sees it once more before they do."""

import re
from html import unescape

import pytest
from django.conf import LazySettings
from django.test import Client, override_settings
from django.urls import reverse

from abhiyan.core.scope import system
from abhiyan.enrolment.tests.make import CHANNEL, World
from abhiyan.enrolment.tests.web import filled, offered, officer, web_world
from abhiyan.people import queries as people
from abhiyan.people.actions import publish_notice
from abhiyan.people.actions.consents import NoticeUnfilled
from abhiyan.people.models import Notice
from abhiyan.people.rules import notices, standard_notice

pytestmark = pytest.mark.django_db
ORIGIN = "https://app.example.org"


@pytest.fixture
def world(settings: LazySettings) -> World:
    settings.ORIGIN = ORIGIN
    made = web_world()
    with system("test"):
        Notice.objects.all().delete()
    return made


def test_without_a_notice_the_wizard_says_so_before_anything_is_typed_and_leads_to_it(world: World) -> None:
    client = officer(world, "state_president", "JK")
    page = client.get("/programmes/new/").content.decode()
    assert "Publish the notice first" in page and 'href="/notice/"' in page
    assert 'href="/notice/"' in client.get("/programmes/").content.decode()


@override_settings(ORGANISATION="Sangathan")
def test_the_standard_text_is_filled_in_looked_over_and_published(world: World) -> None:
    client = officer(world, "state_president", "JK")
    typed = offered(client)
    assert "Sangathan" in typed["text_hi"] and "Sangathan" in typed["text_en"]
    refused = client.post("/notice/", typed | {"step": "look"})
    assert refused.status_code == 422
    assert "[name of the data officer]" in refused.content.decode()
    assert people.publications("membership") == []

    look = client.post("/notice/", filled(typed) | {"step": "look"})
    assert look.status_code == 200 and "Publish version 1" in look.content.decode()
    assert "Asha Devi" in look.content.decode()
    assert people.publications("membership") == [], "looking over publishes nothing"
    again = client.post("/notice/", filled(typed) | {"step": "change"})
    assert again.status_code == 200 and "Asha Devi" in again.content.decode()

    done = client.post("/notice/", filled(typed) | {"step": "publish"}, follow=True)
    assert "Version 1 of the notice is published" in done.content.decode()
    ((version, _at, languages, is_sample),) = people.publications("membership")
    assert (version, languages, is_sample) == (1, ["en", "hi"], False)
    text = people.notice("membership", "en")
    assert set(notices.REQUIRED) <= {key for key, _heading, _text in text.sections}
    assert "Publish the notice first" not in client.get("/programmes/new/").content.decode()


def test_the_next_version_leaves_the_earlier_one_to_be_read(world: World) -> None:
    client = officer(world, "national_president", "IN")
    client.post("/notice/", named(filled(offered(client))) | {"step": "publish"})
    typed = offered(client)
    assert typed["seen"] == "1"
    typed["text_en"] = typed["text_en"].replace("Asha Devi", "Bilal Ahmad") + "\n# Where else\nNowhere."
    assert client.post("/notice/", typed | {"step": "publish"}).status_code == 302
    page = client.get("/notice/").content.decode()
    assert "Version 2" in page and 'href="?version=1"' in page and "Where else" in page
    earlier = client.get("/notice/?version=1").content.decode()
    assert "Asha Devi" in earlier and "Bilal Ahmad" not in earlier
    assert client.get("/notice/?version=9").status_code == 404


def test_who_wrote_from_an_older_version_is_told_and_loses_nothing(world: World) -> None:
    one, other = officer(world, "state_president", "JK"), officer(world, "national_president", "IN")
    typed = named(filled(offered(one)))
    other.post("/notice/", typed | {"step": "publish"})
    late = one.post("/notice/", typed | {"step": "publish"})
    assert late.status_code == 409 and "another version" in late.content.decode()
    assert 'name="seen" value="1"' in late.content.decode()
    assert len(people.publications("membership")) == 1


def test_a_text_that_leaves_a_part_out_is_refused_by_its_heading(world: World) -> None:
    client = officer(world, "state_president", "JK")
    typed = named(filled(offered(client)))
    typed["text_en"] = re.sub(r"# Whom to ask\n[^\n]*\n", "", typed["text_en"])
    refused = client.post("/notice/", typed | {"step": "publish"})
    assert refused.status_code == 422 and "# Whom to ask" in refused.content.decode()


@pytest.mark.parametrize("origin", ["http://localhost:8000", "https://127.0.0.1", "http://0.0.0.0:8000"])
def test_where_the_address_opens_on_the_server_only_no_notice_is_published_and_the_page_says_it_first(
    world: World, settings: LazySettings, origin: str
) -> None:
    settings.ORIGIN = origin
    client = officer(world, "state_president", "JK")
    page = client.get("/notice/").content.decode()
    assert f"set to {origin}" in page and "ABHIYAN_ORIGIN" in page
    typed = named(filled(offered(client)))
    look = client.post("/notice/", typed | {"step": "look"}).content.decode()
    assert "ABHIYAN_ORIGIN" in look and 'value="publish"' not in look
    refused = client.post("/notice/", typed | {"step": "publish"})
    assert refused.status_code == 422 and "The notice is not published" in refused.content.decode()
    assert people.publications("membership") == []
    settings.DEMO = True
    assert "ABHIYAN_ORIGIN" not in client.get("/notice/").content.decode()
    assert client.post("/notice/", typed | {"step": "publish"}).status_code == 302


def test_an_address_of_the_server_left_in_the_text_is_refused_by_name(world: World) -> None:
    client = officer(world, "state_president", "JK")
    typed = named(filled(offered(client)))
    typed["text_en"] = typed["text_en"].replace(f"{ORIGIN}/me/", "http://localhost:8000/me/")
    refused = client.post("/notice/", typed | {"step": "look"})
    assert (
        refused.status_code == 422 and "only on the server: http://localhost:8000" in refused.content.decode()
    )


def test_a_missing_name_is_said_again_before_it_is_published(world: World) -> None:
    client = officer(world, "state_president", "JK")
    typed = named(filled(offered(client)))
    assert "ABHIYAN_ORGANISATION" in client.get("/notice/").content.decode()
    assert "ABHIYAN_ORGANISATION" in client.post("/notice/", typed | {"step": "look"}).content.decode()


def test_the_contact_the_server_knows_stands_in_the_notice_people_read_and_stays_there_when_it_changes(
    world: World, settings: LazySettings
) -> None:
    client = officer(world, "state_president", "JK")
    assert "ABHIYAN_GRIEVANCE" in client.get("/notice/").content.decode()
    settings.GRIEVANCE = "Meena Kaul, 0194 2111111"
    assert "ABHIYAN_GRIEVANCE" not in client.get("/notice/").content.decode()
    typed = offered(client)
    for language in standard_notice.LANGUAGES:
        assert "Meena Kaul, 0194 2111111" in typed[f"text_{language}"]
    assert client.post("/notice/", named(filled(typed)) | {"step": "publish"}).status_code == 302
    settings.GRIEVANCE = "Bilal Ahmad"
    page = unescape(Client().get("/join/").content.decode())
    assert "Meena Kaul, 0194 2111111" in page and "Bilal Ahmad" not in page


def test_a_district_does_not_publish(world: World) -> None:
    client = officer(world, "district_president", "JK-SRI")
    assert client.get("/notice/").status_code == 403
    assert 'href="/notice/"' not in client.get("/programmes/").content.decode()


def named(typed: dict[str, str]) -> dict[str, str]:
    """Fill in the server's name where none is set."""
    for hole in standard_notice.NO_NAME.values():
        typed = {name: value.replace(hole, "Sangathan") for name, value in typed.items()}
    return typed


@pytest.mark.parametrize("language", standard_notice.LANGUAGES)
def test_a_notice_written_as_one_text_reads_back_as_it_was(language: str) -> None:
    text = standard_notice.standard(
        language, organisation="S", contact="", page="https://x/me/", leave_number=""
    )
    back = standard_notice.read_notice(standard_notice.notice_as_text(text, language), language)
    assert (back.title, list(back.sections), back.short) == (text.title, list(text.sections), text.short)
    assert notices.missing_sections(back) == []


@pytest.mark.parametrize("language", standard_notice.LANGUAGES)
def test_a_number_for_leaving_is_named_where_there_is_one_and_not_spoken_of_where_there_is_none(
    language: str,
) -> None:
    def leaving(number: str) -> str:
        text = standard_notice.standard(language, organisation="S", contact="", page="p", leave_number=number)
        return next(section.text for section in text.sections if section.key == "withdraw")

    assert "+911800000001" in leaving("+911800000001")
    assert not re.search(r"call|STOP|कॉल", leaving(""))


@pytest.mark.parametrize("language", ["en", "hi"])
def test_every_shipped_notice_promises_the_erasure_that_the_member_page_offers(language: str) -> None:
    assert reverse("enrolment:me_erase") == "/me/erase/"
    shipped = standard_notice.standard(language, organisation="S", contact="", page="p", leave_number="1")
    for text in (shipped, notices.SAMPLE[language]):
        said = standard_notice.notice_as_text(text, language)
        assert ("erased" if language == "en" else "मिटव") in said


def test_nobody_publishes_a_text_with_brackets_left_also_no_sample(world: World) -> None:
    for code in ("membership", "friends", "contributors"):
        texts = {
            language: standard_notice.standard(
                language, organisation="", contact="", page=ORIGIN, leave_number="", code=code
            )
            for language in standard_notice.LANGUAGES
        }
        for is_sample in (False, True):
            with system("test"), pytest.raises(NoticeUnfilled) as refused:
                publish_notice(code=code, texts=texts, by=CHANNEL, at=world.now, is_sample=is_sample)
            assert "[" in str(refused.value)
    assert not Notice.objects.exists()
