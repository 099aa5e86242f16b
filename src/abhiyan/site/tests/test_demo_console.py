"""What the demo says on its console, and on its telephone."""

import json
import socket

import pytest
from django.test import Client, override_settings

from abhiyan.core import home
from abhiyan.site.demo.run import _greeting


def test_the_demo_gives_its_address_once_and_only_when_it_answers(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
        greet = _greeting(port)
        greet()
        assert capsys.readouterr().out == ""
        server.listen()
        greet()
        assert f"serves on http://localhost:{port}" in capsys.readouterr().out
        greet()
        assert capsys.readouterr().out == ""


@pytest.mark.django_db
@override_settings(DEMO=True)
def test_the_demos_telephone_finds_the_messages_to_one_number() -> None:
    outbox = home.path() / "outbox" / "messages.jsonl"
    outbox.parent.mkdir(exist_ok=True)
    sent = [{"to": "+919876500001", "text": "Code for Asha"}]
    sent += [{"to": "+919876500002", "text": "Something else"}] * 40
    with outbox.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(one) + "\n" for one in sent)

    def shown(query: str) -> str:
        return Client().get(f"/demo/phone/{query}").content.decode()

    assert "Code for Asha" not in shown("")
    found = shown("?to=98765+00001")
    assert "Code for Asha" in found and "Something else" not in found
    assert "<li>" not in shown("?to=9876500003")
