"""The notice read aloud: brought for each language of a version, heard where people join, named in the reply."""

from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from abhiyan.core import file_pool
from abhiyan.core.scope import system
from abhiyan.enrolment.tests.make import World
from abhiyan.enrolment.tests.web import officer, web_world
from abhiyan.intake.actions import replies
from abhiyan.people.models import NoticeAudio
from abhiyan.people.rules.audio import LARGEST, audio_kind, part

pytestmark = pytest.mark.django_db
MP3 = b"ID3\x04\0\0\0\0\0\x02TT\xff\xfb\x90" + bytes(range(200))


@pytest.fixture
def world(settings: LazySettings) -> Iterator[World]:
    settings.ORIGIN = "https://app.example.org"
    made = web_world()
    yield made
    with system("test"):
        NoticeAudio.objects.all().delete()


def bring(client: Client, data: bytes = MP3, language: str = "hi") -> int:
    sent = {"audio": SimpleUploadedFile("notice.mp3", data, content_type="text/html")}
    return client.post(f"/notice/1/{language}/", sent).status_code


def test_a_sound_file_is_told_by_how_it_begins() -> None:
    frame = b"\xff\xfb\x90"
    taken = [MP3, frame, b"OggS\x00OggS", b"\x00\x00\x00\x20ftypM4A \x00moov"]
    kinds = [file_pool.read_in_pool(audio_kind, data) for data in taken]
    assert kinds == ["audio/mpeg", "audio/mpeg", "audio/ogg", "audio/mp4"]
    refused = [b"", b"<html>", b"\xff\xd8\xff\xe0", b"\x89PNG", b"\x00\x00\x00\x20ftypheic", b"%PDF"]
    refused += [b"ID3\x03" * 1000, b"OggS" + bytes(1000), b"\x00\x00\x00\x20ftypM4A \x00", b"ID3"]
    for data in refused:
        with pytest.raises(file_pool.ReaderRefusal):
            file_pool.read_in_pool(audio_kind, data)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("", None),
        ("bytes=0-", (0, 9)),
        ("bytes=2-4", (2, 4)),
        ("bytes=4-99", (4, 9)),
        ("bytes=10-", None),
        ("bytes=-3", None),
        ("bytes=5-2", None),
        ("bytes=0-1,3-4", (0, 9)),
        ("lines=0-1", None),
    ],
)
def test_a_player_gets_the_part_it_asks_for(asked: str, told: tuple[int, int] | None) -> None:
    assert part(asked, 10) == told


def test_a_recording_is_brought_heard_where_people_join_and_removed(world: World) -> None:
    client, anybody = officer(world, "state_president", "JK"), Client()
    join, heard = "/join/winter/", "/join/hear/1/hi/"
    anybody.cookies["language"] = "hi"
    assert "<audio" not in anybody.get(join).content.decode() and anybody.get(heard).status_code == 404
    assert bring(client) == 302
    assert f'src="{heard}"' in anybody.get(join).content.decode()
    whole = anybody.get(heard)
    assert (whole.content, whole["Content-Type"]) == (MP3, "audio/mpeg")
    assert whole["X-Content-Type-Options"] == "nosniff"
    some = anybody.get(heard, headers={"Range": "bytes=2-5"})
    assert (some.status_code, some.content) == (206, MP3[2:6])
    assert some["Content-Range"] == f"bytes 2-5/{len(MP3)}"
    assert bring(client) == 409, "the one that is there is removed first"
    assert client.post("/notice/1/hi/", {"end": "1"}).status_code == 302
    assert anybody.get(heard).status_code == 404
    with system("test"):
        assert NoticeAudio.objects.filter(ended_at__isnull=False).count() == 1  # kept as what people heard
    assert bring(client) == 302


def test_what_is_no_sound_or_too_large_or_of_no_notice_is_refused(world: World) -> None:
    client = officer(world, "state_president", "JK")
    assert bring(client, b"<script>alert(1)</script>") == 422
    assert bring(client, b"ID3" + bytes(LARGEST)) == 422
    assert client.post("/notice/1/hi/", {}).status_code == 422
    assert bring(client, language="ta") == 404
    assert bring(officer(world, "district_president", "JK-SRI")) == 403
    with system("test"):
        assert not NoticeAudio.objects.exists()


def test_the_reply_to_a_call_names_where_the_notice_is_heard(world: World) -> None:
    with system("test"):
        assert replies._texts(world.programme.pk, "hi").hear == ""
    bring(officer(world, "state_president", "JK"))
    with system("test"):
        assert replies._texts(world.programme.pk, "hi").hear == "https://app.example.org/join/hear/1/hi/"
