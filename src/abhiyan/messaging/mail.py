"""Mails leave by one mail server, each over a connection of its own (RFC 5321)."""

import smtplib
import ssl
import time
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from abhiyan.core import environment
from abhiyan.core.gateways import UNCONFIRMED, Handed
from abhiyan.core.words import organisation_name

from .rules import mails, texts

LOOK_S = 10.0  # for doctor
REFUSED = "refused_address"
PASSWORD_FILE = "password_file"  # noqa: S105  # a reason
# Enhanced status codes (RFC 3463): 5.7 speaks of a policy, such as a server that does not relay for us; 5.2.2 of a full
# mailbox. Neither says that the address does not exist.
_POLICY, _FULL = "5.7.", "5.2.2"


class _Timed(smtplib.SMTP):
    """A connection whose every answer must come before one deadline, so that a lease never lapses under it."""

    ends_at: float

    def left_s(self) -> float:
        return max(self.ends_at - time.monotonic(), 0.001)

    def getreply(self) -> tuple[int, bytes]:
        if self.sock is not None:
            self.sock.settimeout(self.left_s())
        return super().getreply()


class _Plain(_Timed):
    def __init__(self, *, ends_at: float, **where: Any) -> None:
        self.ends_at = ends_at
        super().__init__(timeout=self.left_s(), **where)


class _Tls(_Timed, smtplib.SMTP_SSL):
    def __init__(self, *, ends_at: float, **where: Any) -> None:
        self.ends_at = ends_at
        super().__init__(timeout=self.left_s(), **where)


class Smtp:
    """The organisation's mail server. It hands over one mail a connection: many servers end idle ones."""

    name = "smtp"

    def hand(self, letter: Any) -> Handed:
        """Give one mail to the server, within the letter's time in all."""
        lines = mail(letter).as_bytes(policy=SMTP).split(b"\r\n")
        data = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines)
        try:
            line = _opened(letter.wait_s)
        except _NotOpened as error:
            return Handed(ok=False, again=True, reason=str(error), is_spared=True)
        try:
            return _handed(line, letter, data)
        finally:
            with suppress(smtplib.SMTPException, OSError):
                line.close()


class _NotOpened(Exception):
    """There is no connection to send by; the text is a key of `reasons.WORDS`."""


def trouble() -> str:
    """Why no mail can leave now: a key of `reasons.WORDS`; "" if the server lets us in. Connects to it."""
    try:
        line = _opened(LOOK_S)
    except _NotOpened as error:
        return str(error)
    with suppress(smtplib.SMTPException, OSError):
        line.quit()
    return ""


def mail(letter: Any) -> EmailMessage:
    """The mail of a letter, in plain text. A sign that would begin a new header raises ValueError."""
    language, name = letter.language, organisation_name(letter.language)
    with translation.override(language):
        is_code = texts.brings_code(letter.template)
        about = (
            _("Your code for %(organisation)s") % {"organisation": name}
            if is_code
            else mails.subject_line(letter.text, name)
        )
        page = settings.ORIGIN + reverse("messaging:email")
        end = (
            _("Nobody reads answers to this mail.")
            if is_code
            else _("Nobody reads answers to this mail. SMS instead of e-mail, or no e-mail: %(link)s")
            % {"link": page}
        )
    made = EmailMessage()
    made["Subject"] = about
    made["From"] = formataddr((name, environment.EMAIL_FROM()), charset="utf-8")
    made["To"] = letter.email
    if letter.at is not None:
        made["Date"] = letter.at
    made["Message-ID"] = f"<{letter.ref}@{environment.EMAIL_FROM().rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies
    made["X-Auto-Response-Suppress"] = "All"
    if not is_code:
        made["List-Unsubscribe"] = f"<{page}>"
    made.set_content(f"{letter.text}\n\n-- \n{end}\n", cte="quoted-printable")
    return made


def _opened(wait_s: float) -> smtplib.SMTP:
    ends_at = time.monotonic() + wait_s
    user, way = environment.EMAIL_USER(), environment.EMAIL_TLS()
    where: dict[str, Any] = {
        "host": environment.EMAIL_HOST(),
        "port": environment.EMAIL_PORT(),
        "ends_at": ends_at,
    }
    line: smtplib.SMTP | None = None
    try:
        password = _password() if user else ""
        context = ssl.create_default_context()
        line = _Tls(**where, context=context) if way == "tls" else _Plain(**where)
        if way == "starttls":
            line.starttls(context=context)  # a server that has none is not written to
        if user:
            line.login(user, password)
    except smtplib.SMTPAuthenticationError:
        raise _NotOpened(_ended(line, "login")) from None
    except ssl.SSLError:
        raise _NotOpened(_ended(line, "certificate_of_server")) from None
    except (smtplib.SMTPException, OSError):
        raise _NotOpened(_ended(line, "no_connection")) from None
    return line


def _ended(line: smtplib.SMTP | None, reason: str) -> str:
    if line is not None:
        line.close()
    return reason


def _password() -> str:
    path = environment.EMAIL_PASSWORD_FILE()
    try:
        return path.read_text().strip() if path else ""
    except (OSError, UnicodeDecodeError):
        raise _NotOpened(PASSWORD_FILE) from None


def _handed(line: smtplib.SMTP, letter: Any, data: bytes) -> Handed:
    """Hand one mail to the server.

    A server that breaks off before its 250 is not responsible for the mail (RFC 5321, 4.2.5). The next try has the
    same Message-ID. A server that has the last line and only takes long has most likely kept the mail (RFC 1047).
    """
    is_written = False
    try:
        code, _reply = line.mail(environment.EMAIL_FROM())
        if code != 250:
            return Handed(ok=False, again=True, reason=f"smtp_{code}", is_spared=True)
        code, reply = line.rcpt(letter.email)
        if code not in (250, 251):
            return _of_recipient(code, reply)
        code, _reply = line.docmd("DATA")
        if code == 354:
            line.send(data if data.endswith(b"\r\n") else data + b"\r\n")
            line.send(b".\r\n")
            is_written = True
            code, _reply = line.getreply()
    except (smtplib.SMTPException, OSError) as error:
        if is_written and isinstance(error.__context__, TimeoutError):
            return Handed(ok=True, ref=letter.ref, reason=UNCONFIRMED)
        return Handed(ok=False, again=True, reason="no_connection")
    if code == 250:
        with suppress(smtplib.SMTPException, OSError):
            line.quit()
        return Handed(ok=True, ref=letter.ref)
    return Handed(ok=False, again=code < 500, reason=f"smtp_{code}", is_of_one=code != 421)


def _of_recipient(code: int, reply: bytes) -> Handed:
    """Read what a server says to one address: later (a full mailbox, greylisting), never, or wrong settings of ours."""
    reason, status = f"smtp_{code}", reply.decode("ascii", "replace").partition(" ")[0]
    if code == 421 or code in (530, 535) or (code >= 500 and status.startswith(_POLICY)):
        return Handed(ok=False, again=True, reason=reason)
    if code < 500 or code == 552 or status == _FULL:
        return Handed(ok=False, again=True, reason=reason, is_of_one=True)
    return Handed(ok=False, reason=REFUSED)
