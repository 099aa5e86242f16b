"""The page of messages: who may see it, and what it and its files say."""

import io
from typing import Any

import openpyxl
import pytest

from abhiyan.org.tests.make import World
from abhiyan.org.tests.rights import Rights
from abhiyan.people.tests.make import body

from .test_releasing import held

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def test_messages_are_seen_by_those_who_may_and_nobody_else(world: World) -> None:
    Rights(world.unit).opens("/messages/", needs="messages.read", at="N1")


def test_the_list_shows_four_digits_and_its_files_none(world: World) -> None:
    held(world, "+919419000001", "N1111")
    held(world, "+919419000002", "N2111")
    client = Rights(world.unit).may("messages.read", at="N1")
    page = body(client, "/messages/?sort=-sent&state=held")
    assert page.count("••••• •0001") == 1 and "•0002" not in page, "of another state"
    assert 'data-l="Status">Held back' in page and "9419000001" not in page
    assert 'href="?sort=-sent&amp;state=held&amp;format=xlsx"' in page
    said = body(client, "/messages/?format=csv").splitlines()
    assert said[0] == "\ufeffQueued,Message,Status,Sent,Reason" and len(said) == 2
    book: Any = client.get("/messages/?format=xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(book.content)).worksheets[0].values)
    assert rows[0] == ("Queued", "Message", "Status", "Sent", "Reason") and len(rows) == 2
    assert "0001" not in said[1] and "0001" not in str(rows)
    assert "No messages here yet" in body(client, "/messages/?state=sent")
