"""Settings: what is set wrongly is named with what is wanted, all of it at once."""

import re
from pathlib import Path

import pytest

import abhiyan
from abhiyan.core import environment, sealing


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for setting in environment.SETTINGS:
        monkeypatch.delenv(setting.name, raising=False)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ABHIYAN_ORIGIN", "campaign.example.org"),
        ("ABHIYAN_ORIGIN", "https://campaign.example.org/app"),
        ("ABHIYAN_ORIGIN", "https://campaign.example.org?x"),
        ("ABHIYAN_ORIGIN", "https://somebody@campaign.example.org"),
        ("ABHIYAN_ORIGIN", "https://campaign.example.org:abc"),
        ("ABHIYAN_ORIGIN", "https://"),
        ("ABHIYAN_ORIGIN", "https://अभियान.भारत"),
        ("ABHIYAN_PORT", "abc"),
        ("ABHIYAN_PORT", "0"),
        ("ABHIYAN_PORT", "65536"),
        ("ABHIYAN_PORT", "८०००"),
        ("ABHIYAN_BEHIND_PROXY", "maybe"),
        ("ABHIYAN_HOSTS", "https://campaign.example.org"),
        ("ABHIYAN_HOSTS", "campaign.example.org:8000"),
        ("ABHIYAN_ACCENT", "blue"),
        ("ABHIYAN_HOME", "~/abhiyan"),
        ("ABHIYAN_DATABASE", "a b"),
        ("ABHIYAN_ROLE_PREFIX", "pg_abhiyan"),
        ("ABHIYAN_ROLE_PREFIX", "Abhi-yan"),
        ("ABHIYAN_LOG_LEVEL", "LOUD"),
        ("ABHIYAN_SMS", "post"),
        ("ABHIYAN_SMS", "http"),  # without its address
        ("ABHIYAN_SMS_URL", "http://sms.example.org"),
        ("ABHIYAN_SMS_PER_HOUR", "lots"),
        ("ABHIYAN_BRIDGE", "http"),  # without its address and secret
        ("ABHIYAN_BRIDGE_URL", "http://calls.example.org"),
        ("ABHIYAN_MESSAGES_FROM", "09:59"),  # wider than the law's hours
        ("ABHIYAN_MESSAGES_FROM", "half past ten"),
        ("ABHIYAN_MESSAGES_UNTIL", "21:01"),
        ("ABHIYAN_MESSAGES_UNTIL", "24:00"),
        ("ABHIYAN_OUTREACH_PER_WEEK", "8"),
        ("ABHIYAN_CLAIMS_PER_SECOND", "-1"),
        ("ABHIYAN_CLAIMS_PER_DAY", "0"),
    ],
)
def test_what_cannot_be_meant_is_named(name: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment.wrong_settings() == []
    monkeypatch.setenv(name, text)
    (told,) = {line for line in environment.wrong_settings() if line.startswith(f"{name}={text}: ")}
    assert "\n" not in told


@pytest.mark.parametrize("text", ["age1mistyped", "AGE-SECRET-KEY-1QQQ"])
def test_a_wrong_key_for_backups_is_named_and_not_shown(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABHIYAN_BACKUP_RECIPIENT", text)
    (told,) = environment.wrong_settings()
    assert told.startswith("ABHIYAN_BACKUP_RECIPIENT: must be the public key") and text not in told


@pytest.mark.parametrize(
    "text",
    [
        "mysql://host/x",
        "postgresql://host/x?no_such=1",
        "host=x",
        "postgresql://h:p:q/x",
        "postgresql://me:p[@host/x",
    ],
)
def test_a_wrong_address_of_the_database_is_named_and_its_password_is_not(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", text.replace("host/", "me:secret-word@host/"))
    (told,) = environment.wrong_settings()
    assert told.startswith("DATABASE_URL: ")
    assert "secret-word" not in told


def test_every_wrong_setting_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABHIYAN_PORT", "abc")
    monkeypatch.setenv("ABHIYAN_LOG_LEVEL", "LOUD")
    assert [line.partition("=")[0] for line in environment.wrong_settings()] == [
        "ABHIYAN_PORT",
        "ABHIYAN_LOG_LEVEL",
    ]


def test_a_data_folder_is_no_file_and_not_below_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        monkeypatch.setenv("ABHIYAN_HOME", str(path))
        (told,) = environment.wrong_settings()
        assert f"{tmp_path / 'file'} is a file" in told
    monkeypatch.setenv("ABHIYAN_HOME", str(tmp_path / "still" / "to come"))
    assert environment.wrong_settings() == []


@pytest.mark.parametrize("text", ["proxy.example.org", "10.0.0.300", "10.0.0.5/24", "10.0.0.1 10.0.0.2", "*"])
def test_proxies_are_addresses_and_networks(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("ABHIYAN_BEHIND_PROXY", "1")
    monkeypatch.setenv("ABHIYAN_PROXIES", text)
    (mistake,) = environment.wrong_settings()
    assert mistake.startswith(f"ABHIYAN_PROXIES={text}: must be addresses or networks")


def test_proxies_are_named_where_one_is_believed_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABHIYAN_PROXIES", "10.0.0.31, fd00::/64,")
    monkeypatch.delenv("ABHIYAN_BEHIND_PROXY", raising=False)
    assert environment.wrong_settings() == [
        "ABHIYAN_PROXIES: needs ABHIYAN_BEHIND_PROXY=1 (docs/security.md)"
    ]
    monkeypatch.setenv("ABHIYAN_BEHIND_PROXY", "1")
    assert environment.wrong_settings() == []
    assert [str(network) for network in environment.PROXIES()] == ["10.0.0.31/32", "fd00::/64"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("/srv/elsewhere/journal", Path("/srv/elsewhere/journal")),
        ("s3://campaign/journal", ("campaign", "journal/")),
        ("s3://campaign", ("campaign", "")),
        ("s3://Campaign/journal", None),
        ("S3://campaign/journal", None),
        ("https://s3.example.org/journal", None),
        ("nfs://host/journal", None),
        ("~/journal", None),
    ],
)
def test_the_second_journal_is_a_folder_or_a_place_of_a_store_and_no_other_address(
    monkeypatch: pytest.MonkeyPatch, text: str, meant: object
) -> None:
    monkeypatch.setenv("ABHIYAN_JOURNAL_TO", text)
    if meant is None:
        (mistake,) = environment.wrong_settings()
        assert mistake.startswith(f"ABHIYAN_JOURNAL_TO={text}: must be")
    else:
        assert environment.wrong_settings() == [] and environment.JOURNAL_TO() == meant


def test_addresses_are_kept_as_browsers_write_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for given, kept in (
        ("https://Campaign.Example.org/", "https://campaign.example.org"),
        ("https://campaign.example.org:443", "https://campaign.example.org"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ):
        monkeypatch.setenv("ABHIYAN_ORIGIN", given)
        assert environment.ORIGIN() == kept


def test_what_is_set_rightly_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    _secret, public = sealing.new_pair()
    for name, text in {
        "ABHIYAN_BEHIND_PROXY": "0",
        "ABHIYAN_BACKUP_RECIPIENT": public,
        "ABHIYAN_HOSTS": "localhost, .example.org,[::1]",
        "ABHIYAN_SMS": "http",
        "ABHIYAN_SMS_PER_HOUR": "0",  # for a while, none
        "ABHIYAN_SMS_URL": "https://sms.example.org/send?x=1",
        "DATABASE_URL": "postgresql://admin:word@host:6432/campaign?sslmode=require",
    }.items():
        monkeypatch.setenv(name, text)
    assert environment.wrong_settings() == []
    assert environment.BEHIND_PROXY() is False
    assert environment.HOSTS() == ("localhost", ".example.org", "[::1]")
    assert environment.DATABASE_URL()["dbname"] == "campaign"


def test_hours_that_end_before_they_begin_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABHIYAN_MESSAGES_FROM", "12:30")
    monkeypatch.setenv("ABHIYAN_MESSAGES_UNTIL", "12:31")
    assert environment.wrong_settings() == []
    monkeypatch.setenv("ABHIYAN_MESSAGES_UNTIL", "12:30")
    assert [line.partition(":")[0] for line in environment.wrong_settings()] == ["ABHIYAN_MESSAGES_FROM"]


def test_what_an_operator_sets_is_read_in_one_place() -> None:
    names = "|".join(setting.name for setting in environment.SETTINGS)
    reads = re.compile(
        rf"environ(\.get|\.pop)?[\[(]\"({names})\"\]?(?! *=)|\"({names})\" (not )?in os\.environ"
    )
    folder = Path(abhiyan.__path__[0])
    found = [
        str(path.relative_to(folder))
        for path in folder.rglob("*.py")
        if "tests" not in path.parts and reads.search(path.read_text())
    ]
    assert found == ["sample/run.py"], "but for what the demo gives its own processes"
