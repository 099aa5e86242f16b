"""Mails to a real mail server: TLS, sign-in, refusals, "later", broken connections. None is lost, none goes twice."""

import smtplib
import ssl
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from abhiyan.core.gateways import UNCONFIRMED, Handed
from abhiyan.core.tests.waits import PATIENCE_S
from abhiyan.messaging import mail
from abhiyan.messaging.adapters import Letter
from abhiyan.messaging.mail import Smtp
from abhiyan.messaging.rules import mails
from abhiyan.people.rules import emails

from .mail_server import MailServer, mail_server

TO = "asha@example.org"


def letter(
    text: str = "Sangathan: late: Call the booths.", *, template: str = "duty.task_late", language: str = "en"
) -> Letter:
    return Letter(
        ref="a1b2", phone="", text=text, template=template, registration="", email=TO, language=language
    )


def settings_for(server: MailServer, monkeypatch: pytest.MonkeyPatch, **more: str) -> None:
    given = {"": "smtp", "_HOST": "localhost", "_PORT": str(server.port), "_FROM": "office@example.org"}
    for name, value in {**given, "_TLS": "off", **more}.items():
        monkeypatch.setenv(f"ABHIYAN_EMAIL{name}", value)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    with mail_server() as one:
        settings_for(one, monkeypatch)
        yield one


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate of localhost that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    begins = datetime(2020, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def context(certificate: Path) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate)
    return made


def test_a_mail_is_plain_text_with_headers_against_replies(server: MailServer) -> None:
    assert Smtp().hand(letter()) == Handed(ok=True, ref="a1b2")
    ((to, got),) = server.mails
    assert to == TO and got.get_content_type() == "text/plain"
    assert got["Subject"] == "Sangathan: late: Call the booths"
    assert got["Auto-Submitted"] == "auto-generated" and got["Message-ID"] == "<a1b2@example.org>"
    assert "/account/email/" in got["List-Unsubscribe"] and "/account/email/" in got.get_content()


def test_a_code_stands_in_the_mail_and_in_no_header(server: MailServer) -> None:
    Smtp().hand(letter("123456 is your code", template="code.sign_in.email"))
    ((_to, got),) = server.mails
    assert "123456" in got.get_content()
    assert "123456" not in "".join(f"{name}{value}" for name, value in got.items())
    assert got["List-Unsubscribe"] is None


def test_hindi_arrives_as_it_was_written(server: MailServer) -> None:
    Smtp().hand(letter("संगठन: समय निकल गया: बूथों को कॉल करें।", language="hi"))
    ((_to, got),) = server.mails
    assert got["Subject"] == "संगठन: समय निकल गया: बूथों को कॉल करें।"
    assert "बूथों को कॉल करें।" in got.get_content()


def test_lines_with_a_dot_alone_do_not_end_a_mail(server: MailServer) -> None:
    Smtp().hand(letter("one\n.\ntwo\n..three"))
    assert "one\n.\ntwo\n..three" in server.texts()[0][1].replace("\r\n", "\n")


@pytest.mark.parametrize("at_once", [True, False])
def test_tls_and_sign_in(
    at_once: bool, certificate: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    password = tmp_path / "password"
    password.write_text("s3cret\n")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with mail_server(users={"office": "s3cret"}, tls=context(certificate), is_tls_at_once=at_once) as one:
        tls = "tls" if at_once else "starttls"
        settings_for(one, monkeypatch, _TLS=tls, _USER="office", _PASSWORD_FILE=str(password))
        assert Smtp().hand(letter()).ok and mail.trouble() == ""
        assert one.logged_in == ["office", "office"] and len(one.mails) == 1
        password.write_text("wrong")
        assert Smtp().hand(letter()) == Handed(ok=False, again=True, reason="login", is_spared=True)
        assert mail.trouble() == "login"
        password.unlink()
        assert Smtp().hand(letter()).reason == "password_file"


def test_nothing_is_said_to_a_server_without_a_valid_certificate_or_without_tls(
    server: MailServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings_for(server, monkeypatch, _TLS="starttls")
    assert Smtp().hand(letter()) == Handed(ok=False, again=True, reason="no_connection", is_spared=True)
    with mail_server(tls=context(certificate)) as one:
        settings_for(one, monkeypatch, _TLS="starttls")
        assert Smtp().hand(letter()).reason == "certificate_of_server"
        assert not any(said.startswith(("MAIL", "mail")) for said in one.said)
    assert not any(said.lower().startswith("mail") for said in server.said)


@pytest.mark.parametrize(
    ("reply", "handed"),
    [
        ("550 5.1.1 no such user", Handed(ok=False, reason=mail.REFUSED)),
        ("550 unknown", Handed(ok=False, reason=mail.REFUSED)),
        ("553 not a mailbox", Handed(ok=False, reason=mail.REFUSED)),
        ("551 moved away", Handed(ok=False, reason=mail.REFUSED)),
        ("501 5.1.3 bad address", Handed(ok=False, reason=mail.REFUSED)),
        ("450 4.2.0 greylisted", Handed(ok=False, again=True, reason="smtp_450", is_of_one=True)),
        ("451 4.7.1 later", Handed(ok=False, again=True, reason="smtp_451", is_of_one=True)),
        ("452 4.2.2 full", Handed(ok=False, again=True, reason="smtp_452", is_of_one=True)),
        ("552 5.2.2 mailbox full", Handed(ok=False, again=True, reason="smtp_552", is_of_one=True)),
        ("550 5.2.2 over quota", Handed(ok=False, again=True, reason="smtp_550", is_of_one=True)),
        ("554 5.7.1 relay denied", Handed(ok=False, again=True, reason="smtp_554")),
        ("550 5.7.26 no SPF", Handed(ok=False, again=True, reason="smtp_550")),
        ("421 4.3.2 going down", Handed(ok=False, again=True, reason="smtp_421")),
    ],
)
def test_what_a_server_says_of_a_recipient(server: MailServer, reply: str, handed: Handed) -> None:
    server.on_rcpt = lambda _address: reply
    assert Smtp().hand(letter()) == handed
    assert handed.is_trouble is (handed.again and not handed.is_of_one)
    assert server.mails == []


@pytest.mark.parametrize(
    ("reply", "is_again"),
    [("550 spam", False), ("554 no", False), ("451 busy", True), ("452 full", True), ("421 down", True)],
)
def test_what_a_server_says_of_a_mail_marks_no_address(
    server: MailServer, reply: str, is_again: bool
) -> None:
    server.on_end = lambda _address: reply
    handed = Smtp().hand(letter())
    assert (handed.ok, handed.again, handed.reason) == (False, is_again, f"smtp_{reply[:3]}")


@pytest.mark.parametrize("where", ["data", "end"])
def test_a_mail_whose_connection_broke_is_sent_again_under_the_same_id(
    server: MailServer, where: str
) -> None:
    server.breaks.append(where)
    first = Smtp().hand(letter())
    assert not first.ok and first.again
    assert Smtp().hand(letter()).ok
    assert Counter(got["Message-ID"] for _to, got in server.mails) == {"<a1b2@example.org>": 1}


def test_a_server_that_never_confirms_is_not_sent_it_twice(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.hangs = True
    slow = replace(letter(), wait_s=PATIENCE_S)
    passed_s = 0.0

    def sent(line: smtplib.SMTP, said: bytes | str) -> None:
        """The letter's time stands still until its last line is written. Then it is over."""
        nonlocal passed_s
        send(line, said)
        if said == b".\r\n":
            passed_s = slow.wait_s

    send = smtplib.SMTP.send
    monkeypatch.setattr(smtplib.SMTP, "send", sent)
    monkeypatch.setattr(mail, "time", SimpleNamespace(monotonic=lambda: passed_s))
    assert Smtp().hand(slow) == Handed(ok=True, ref="a1b2", reason=UNCONFIRMED)


def test_a_server_that_is_away_costs_no_try(server: MailServer) -> None:
    server.close()
    assert Smtp().hand(letter()) == Handed(ok=False, again=True, reason="no_connection", is_spared=True)
    assert mail.trouble() == "no_connection"


@pytest.mark.parametrize(
    "evil",
    [
        "a@example.org\r\nBcc: b@example.org",
        "a@example.org\nBcc: b@example.org",
        "a@example.org>\r\nRCPT TO:<b@example.org",
        '"a\r\nb"@example.org',
        "a b@example.org",
        "a@example.org,b@example.org",
        "<a@example.org>",
        "a@[127.0.0.1]",
        "a@127.0.0.1",
        "a@localhost",
        "a@-x.org",
        ".a@example.org",
        "a..b@example.org",
        "@example.org",
        "a@",
        "a@exam\u0000ple.org",
        "आशा@example.org",
        f"{'a' * 65}@example.org",
        f"a@{'b' * 64}.org",
        f"a@{'b.' * 130}org",
    ],
)
def test_what_is_no_address_is_refused(evil: str) -> None:
    assert emails.parse_email(evil) is None


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        (" Asha.Devi@Example.ORG ", "Asha.Devi@example.org", "A•••@example.org"),
        ("a+b@mail.example.co.in", "a+b@mail.example.co.in", "a•••@mail.example.co.in"),
        ("x@xn--h2brj9c.example", "x@xn--h2brj9c.example", "•••@भारत.example"),
        ("asha@नमस्ते.भारत", "asha@xn--h2bhs4b8d8a.xn--h2brj9c", "a•••@नमस्ते.भारत"),
    ],
)
def test_what_is_an_address_is_kept_as_servers_take_it(typed: str, kept: str, shown: str) -> None:
    assert emails.parse_email(typed) == kept and emails.masked_email(kept) == shown


@pytest.mark.parametrize("name", ["A\r\nBcc: b@example.org", "A\nB", "A\r B", "A\u2028B", "A\u0085B"])
def test_a_line_end_in_words_makes_no_header(server: MailServer, name: str) -> None:
    Smtp().hand(letter(f"Sangathan: {name} waits for you"))
    ((to, got),) = server.mails
    assert to == TO and got["Bcc"] is None and got["Subject"].startswith("Sangathan: A")


@pytest.mark.parametrize(
    "text",
    ["x" * 200, "word " * 50, "a: https://x.org/q/secret more", "https://x.org/q/secret", "", "é " * 80],
)
def test_a_subject_is_short_and_holds_no_link(text: str) -> None:
    made = mails.subject_line(text, "Sangathan")
    assert made and len(made) <= mails.LONGEST_SUBJECT + 2 and "http" not in made and "secret" not in made
