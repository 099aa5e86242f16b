"""Every address is declared, the machine channels' too, and is opened to nobody else."""

import pytest
from django.conf import LazySettings
from django.core.asgi import get_asgi_application
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from abhiyan.core.access import AccessLevel
from abhiyan.core.logs import JsonFormatter
from abhiyan.intake.hotpath import calls
from abhiyan.org.rules.capabilities import MEANINGS
from abhiyan.pages.access import HOOKS, HOT, PLAIN, addresses_by_name, declared_addresses
from abhiyan.server import asgi
from abhiyan.ui import assets


def test_an_address_without_a_declaration_keeps_the_process_from_starting() -> None:
    def bare(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("nobody was asked")

    with pytest.raises(ImproperlyConfigured, match="bare/"):
        dict(declared_addresses([path("inner/", include(([path("bare/", bare, name="bare")], "inner")))]))


def test_a_process_does_not_start_with_such_an_address(settings: LazySettings) -> None:
    settings.ROOT_URLCONF = "abhiyan.site.tests.undeclared"
    with pytest.raises(ImproperlyConfigured, match="bare/"):
        get_asgi_application()


def test_two_addresses_of_one_name_are_refused(settings: LazySettings) -> None:
    settings.ROOT_URLCONF = "abhiyan.site.tests.declared_twice"
    with pytest.raises(ImproperlyConfigured, match="two addresses"):
        addresses_by_name()


def test_the_machine_channels_paths_are_in_the_table() -> None:
    assert set(asgi.HOT) == set(HOT)
    assert set(calls.KINDS) == set(HOOKS)
    assert all(allowed.level is AccessLevel.TOKEN for allowed in (HOT | HOOKS).values())


def test_what_else_is_answered_before_django_is_in_the_table() -> None:
    assert {*asgi._plain, assets.PREFIX} == set(PLAIN)


def test_the_table_names_only_capabilities_and_entrances_there_are() -> None:
    for name, page in addresses_by_name().items():
        allowed = page.opens
        assert set(allowed.any_of) <= set(MEANINGS), name
        if allowed.level is not AccessLevel.PHONE:
            assert (allowed.level is AccessLevel.CAPABILITY) == bool(allowed.any_of), name
        if allowed.level in (AccessLevel.VISITOR, AccessLevel.MEMBER):
            assert allowed.entrance in addresses_by_name(), name


@pytest.mark.django_db
def test_every_answer_carries_the_headers() -> None:
    for where in ("/sign-in/", "/no-such-page/", "/account/"):
        answer = Client().get(where)
        policy = answer["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        for name in ("Permissions-Policy", "Cross-Origin-Resource-Policy", "X-Content-Type-Options"):
            assert answer[name]
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_the_language_is_the_cookies_then_the_browsers_then_hindi() -> None:
    assert Client().get("/sign-in/")["Content-Language"] == "hi"
    assert Client(HTTP_ACCEPT_LANGUAGE="fr,en-GB;q=0.8").get("/sign-in/")["Content-Language"] == "en"
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.cookies["language"] = "hi"
    assert client.get("/sign-in/")["Content-Language"] == "hi"
    client.cookies["language"] = "<script>"
    assert client.get("/sign-in/")["Content-Language"] == "en"


@pytest.mark.django_db
def test_who_is_not_signed_in_is_sent_to_sign_in_and_machines_are_refused() -> None:
    answer = Client().get("/account/?x=1")
    assert answer["Location"] == "/sign-in/?next=%2Faccount%2F%3Fx%3D1"
    refused = Client().get("/account/", HTTP_ACCEPT="application/json", HTTP_ACCEPT_LANGUAGE="en")
    assert refused.status_code == 403
    assert refused.json()["code"] == "not_yours"
    assert "You are not signed in here any more." in refused.json()["message"]
    assert Client().post("/account/recovery-codes/").status_code == 403
    htmx = Client().get("/account/", HTTP_HX_REQUEST="true")
    assert (htmx.status_code, htmx["HX-Redirect"]) == (204, "/sign-in/?next=%2Faccount%2F")


def test_a_name_that_is_not_ours_is_refused_and_the_log_says_in_one_line_what_to_set(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer = Client(HTTP_HOST="campaign.example.org", HTTP_ACCEPT_LANGUAGE="en").get("/sign-in/")
    assert answer.status_code == 400
    assert "does not use the address you opened" in answer.content.decode()
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    (record,) = caplog.records
    line = JsonFormatter().format(record)
    assert "ABHIYAN_ORIGIN" in line and "ABHIYAN_HOSTS" in line and "campaign.example.org" in line
    assert record.exc_info is None and "ALLOWED_HOSTS" not in line
