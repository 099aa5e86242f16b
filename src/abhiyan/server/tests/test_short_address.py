"""The short address of links in SMS leads to our own, and serves nothing itself."""

from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_link_of_an_sms_leads_to_the_same_page_at_our_own_address(settings: Any) -> None:
    settings.SMS_ORIGIN, settings.ALLOWED_HOSTS = "https://jnsg.in", ["*"]
    client = Client(HTTP_HOST="jnsg.in")
    for path in ("/q/abcdefghijklbcdf", "/me/?a=1"):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, settings.ORIGIN + path)
        assert not answer.cookies
    assert client.post("/me/", {"phone": "1"}).status_code == 404
    assert Client().get("/join/").status_code == 200
