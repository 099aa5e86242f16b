"""This module alone reads environment variables: what an operator sets is understood or refused here.

`PORT()` is the value. `wrong_settings()` says one line of every setting that cannot be meant so: each command refuses
to begin while there is any. docs/reference.md lists them for people.
"""

import ipaddress
import os
import re
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import time
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from .declared import LIMITS

T = TypeVar("T")
MOST = 2**31 - 1
LOOPBACK = ("localhost", "127.0.0.1", "::1")
_HOST = re.compile(r"\*|\.?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?|\[[0-9A-Fa-f:.]+\]")


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class WrongSetting(ValueError):
    """A variable is set to what cannot be meant; the text names it and says what is wanted."""


@dataclass(frozen=True)
class Setting(Generic[T]):
    """One variable. read: its text understood, or a ValueError that says what is wanted. Set to nothing is unset.

    is_secret: its text is shown to nobody. is_own: each host may have its own; all others are equal on every host.
    """

    name: str
    read: Callable[[str], T]
    unset: Callable[[], T]
    is_secret: bool = False
    is_own: bool = False

    def text(self) -> str:
        """Return what it is set to, as it was written; "" when it is not set."""
        return os.environ.get(self.name, "").strip()

    def __call__(self) -> T:
        text = self.text()
        if not text:
            return self.unset()
        try:
            return self.read(text)
        except ValueError as error:
            value_text = "" if self.is_secret else f"={text}"
            raise WrongSetting(f"{self.name}{value_text}: {error}") from None

    @property
    def is_set(self) -> bool:
        return bool(self.text())


def wrong_settings() -> list[str]:
    """One line for each setting that is wrong, by itself or beside another."""
    mistakes = []
    for setting in SETTINGS:
        try:
            if setting.is_set:
                setting()
        except WrongSetting as error:
            mistakes.append(str(error))
    if not mistakes and SMS() == "http" and not SMS_URL():
        mistakes.append("ABHIYAN_SMS=http: needs ABHIYAN_SMS_URL, the gateway's address (docs/sms.md)")
    if not mistakes and PROXIES() and not BEHIND_PROXY():
        mistakes.append("ABHIYAN_PROXIES: needs ABHIYAN_BEHIND_PROXY=1 (docs/security.md)")
    if not mistakes and ADMIN_DATABASE_URL.is_set and not DATABASE_URL.is_set:
        mistakes.append(
            "ABHIYAN_ADMIN_DATABASE_URL: needs DATABASE_URL, the server's address (docs/install.md)"
        )
    if not mistakes and DLT_REQUIRED() and not (DLT_ENTITY() and DLT_HEADER()):
        mistakes.append(
            "ABHIYAN_DLT_REQUIRED=1: needs ABHIYAN_DLT_ENTITY and ABHIYAN_DLT_HEADER, your ids on DLT"
            " (docs/sms.md)"
        )
    if not mistakes and BRIDGE() == "http" and not (BRIDGE_URL() and BRIDGE_SECRET()):
        mistakes.append(
            "ABHIYAN_BRIDGE=http: needs ABHIYAN_BRIDGE_URL, the provider's address, and ABHIYAN_BRIDGE_SECRET,"
            " which signs its callbacks (docs/sms.md)"
        )
    if not mistakes and EMAIL() == "smtp":
        mistakes.extend(_wrong_email())
    if not mistakes and not MESSAGES_FROM() < MESSAGES_UNTIL():
        mistakes.append("ABHIYAN_MESSAGES_FROM: must be earlier than ABHIYAN_MESSAGES_UNTIL")
    return mistakes


def _wrong_email() -> list[str]:
    """Return a line where the settings of e-mail do not fit together."""
    if not (EMAIL_HOST() and EMAIL_FROM()):
        return [
            "ABHIYAN_EMAIL=smtp: needs ABHIYAN_EMAIL_HOST and ABHIYAN_EMAIL_FROM, your address (docs/email.md)"
        ]
    if EMAIL_TLS() == "off" and EMAIL_HOST() not in LOOPBACK:
        return ["ABHIYAN_EMAIL_TLS=off: only for a mail server on this machine, for mails carry codes"]
    if EMAIL_USER() and not EMAIL_PASSWORD_FILE.is_set:
        return ["ABHIYAN_EMAIL_USER: needs ABHIYAN_EMAIL_PASSWORD_FILE, a file that holds the password alone"]
    return []


def unknown() -> dict[str, str]:
    """Variables called as if they were ours and known to nobody, each with the setting that may have been meant."""
    ours = "ABHIYAN_"
    names = {setting.name.removeprefix(ours) for setting in SETTINGS}
    suggestions = {}
    for name in sorted(os.environ):
        short_name = name.removeprefix(ours)
        if short_name != name and short_name not in names | INTERNAL and not short_name.startswith("TEST_"):
            suggestions[name] = "".join(ours + near for near in get_close_matches(short_name, names, 1))
    return suggestions


# What texts may say


def _text(text: str) -> str:
    return text


def _number(least: int, most: int, what: str = "whole number") -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise ValueError(f"must be a {what} from {least} to {most}, in digits")
        return int(text)

    return read


def _names(text: str) -> dict[str, str]:
    """Read "en=Jan Sangathan; ur=…": a name for each language."""
    labels: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        code, equals, name = (part_text.strip() for part_text in part.partition("="))
        if not equals or not name or not re.fullmatch(r"[a-z]{2,3}", code):
            raise ValueError("must be languages with a name each, such as en=Jan Sangathan; ur=…")
        labels[code] = name
    return labels


def _limits(text: str) -> dict[str, int]:
    limits: dict[str, int] = {}
    for part in text.replace(",", " ").split():
        name, _, number = part.partition("=")
        limit = LIMITS.get(name)
        if limit is None or limit.is_fixed:
            near = get_close_matches(
                name,
                [limit_name for limit_name, declared_limit in LIMITS.items() if not declared_limit.is_fixed],
                1,
            )
            meant = f"; perhaps {near[0]}" if near else ""
            raise ValueError(f"there is no limit {name} to set{meant} (docs/reference.md)")
        limits[name] = _number(1, MOST)(number)
    return limits


def _time_of_day(least: str, most: str) -> Callable[[str], time]:
    def read(text: str) -> time:
        if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text) or not least <= text <= most:
            raise ValueError(f"must be a time of day from {least} to {most}, such as 10:30")
        return time.fromisoformat(text)

    return read


def _yes(text: str) -> bool:
    if text not in ("1", "0"):
        raise ValueError("must be 1 (yes) or 0 (no)")
    return text == "1"


def _one_of(*known: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in known:
            raise ValueError(f"must be one of {', '.join(known)}")
        return text

    return read


def _folder(text: str) -> Path:
    if text.startswith("~"):
        raise ValueError("must be a whole path: ~ stands for nothing here")
    path = Path(text).resolve()
    for there in (path, *path.parents):
        with suppress(OSError):  # who may not look finds out when it is used
            if there.is_file():
                raise ValueError(f"must be a folder, and {there} is a file")
    return path


def _file(text: str) -> Path:
    with suppress(OSError):
        if Path(text).is_dir():
            raise ValueError("must be a file, and this is a folder")
    return Path(text)


def _address(text: str) -> str:
    """scheme://name[:port], as browsers write it: lower case, without the port that goes without saying."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    host = parts.hostname or ""
    if parts.scheme not in ("https", "http") or not host or not text.isascii():
        raise ValueError("must be an address such as https://campaign.example.org, with https:// before it")
    if parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(
            "must be an address alone, such as https://campaign.example.org, with nothing behind it"
        )
    if not _HOST.fullmatch(f"[{host}]" if ":" in host else host):
        raise ValueError("must name a server, such as https://campaign.example.org")
    usual = {"https": 443, "http": 80}[parts.scheme]
    host_text = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host_text}" + ("" if port in (None, usual) else f":{port}")


def _host_name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", text):
        raise ValueError("must be a name for this host: letters, digits and . _ -, at most 63")
    return text


def _listening(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise ValueError("must be an address of this host, such as 10.0.0.21, or 0.0.0.0 for all") from None


def _hosts(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names or not all(_HOST.fullmatch(name) for name in names):
        raise ValueError("must be names of servers separated by commas, without https:// and ports")
    return names


def _networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        raise ValueError(
            "must be addresses or networks, such as 10.0.0.31 or 10.0.0.16/28, with commas"
        ) from None


def _colour(text: str) -> str:
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", text):
        raise ValueError("must be a colour such as #1d5b66")
    return text


def _database_url(text: str) -> dict[str, str]:
    """Connection parameters of libpq."""
    if not text.startswith(("postgresql://", "postgres://")):
        raise ValueError("must begin with postgresql://")
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = conninfo_to_dict(text)
    except psycopg.Error:  # its words quote the whole, password and all
        parts = {"port": "?"}
    if not all(port.isdigit() for port in str(parts.get("port", "0")).split(",")):
        raise ValueError(
            "must be postgresql://USER:PASSWORD@HOST:PORT/NAME, signs such as @ and / in a password as %40 and %2F"
        )
    return {key: str(value) for key, value in parts.items()}


def _database(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}", text):
        raise ValueError("must be a database's name: letters, digits and _ . -, at most 63")
    return text


def _prefix(text: str) -> str:
    if not re.fullmatch(r"(?!pg_)[a-z_][a-z0-9_]{0,39}", text):
        raise ValueError("must begin role names: small letters, digits and _, at most 40, and not pg_")
    return text


def _recipient(text: str) -> str:
    from . import sealing

    try:
        sealing.public_key(text)
    except sealing.UnreadableSeal as error:
        raise ValueError(f"must be the public key that `abhiyan backup keygen` printed ({error})") from None
    return text


def _gateway(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError("must be the address of a gateway, with https://")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError("must be https: it carries phones")
    return text


def _store(text: str) -> tuple[str, str]:
    """Read "s3://bucket/prefix": the bucket, and the prefix with a / at its end or nothing."""
    parts = re.fullmatch(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/([A-Za-z0-9._/-]*))?", text)
    if parts is None:
        raise ValueError("must be a bucket, such as s3://campaign-files or s3://bucket/prefix")
    prefix = (parts[2] or "").strip("/")
    return parts[1], prefix + "/" if prefix else ""


def _folder_or_store(text: str) -> Path | tuple[str, str]:
    return _store(text) if "://" in text else _folder(text)


def _store_endpoint(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username:
        raise ValueError("must be the address of an object store, with https://")
    return text


def _mail_server(text: str) -> str:
    if not _HOST.fullmatch(text) or text.startswith(("*", ".")):
        raise ValueError(
            "must be the name of a mail server, such as smtp.example.org, without https:// and port"
        )
    return text


def _mail_sender(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", text):
        raise ValueError("must be an address alone, such as office@example.org, in ASCII")
    return text


def _dlt_id(text: str) -> str:
    if not re.fullmatch(r"[0-9]{10,25}", text):
        raise ValueError("must be the id that the DLT portal shows for your organisation, in digits")
    return text


def _dlt_header(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9]{3,11}", text):
        raise ValueError("must be the sender's name as registered on DLT: 3 to 11 letters or digits")
    return text


def _long_secret(text: str) -> str:
    if len(text) < 32:
        raise ValueError("must have at least 32 signs, drawn at random")
    return text


def _usual_home() -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib/abhiyan")
    return Path.home() / ".local" / "share" / "abhiyan"


HOME = Setting("ABHIYAN_HOME", _folder, _usual_home, is_own=True)
FILES = Setting("ABHIYAN_FILES", _folder, lambda: HOME() / "files", is_own=True)
# An object store that several hosts share. Its keys are AWS's usual variables or files, which boto3 reads.
STORE: Setting[tuple[str, str]] = Setting("ABHIYAN_STORE", _store, lambda: ("", ""))
STORE_ENDPOINT = Setting("ABHIYAN_STORE_ENDPOINT", _store_endpoint, str)
STORE_REGION = Setting("ABHIYAN_STORE_REGION", _text, str)
LANGUAGES = Setting("ABHIYAN_LANGUAGES", _folder, lambda: HOME() / "languages", is_own=True)
HOST_NAME = Setting("ABHIYAN_HOST_NAME", _host_name, socket.gethostname, is_own=True)
LISTEN = Setting("ABHIYAN_LISTEN", _listening, lambda: "127.0.0.1", is_own=True)
PORT = Setting("ABHIYAN_PORT", _number(1, 65_535, "port"), lambda: 8000, is_own=True)
ORIGIN = Setting("ABHIYAN_ORIGIN", _address, lambda: f"http://localhost:{PORT()}")
SHORT_ADDRESS = Setting("ABHIYAN_SHORT_ADDRESS", _address, str)  # of links in SMS; it leads to the origin
ORGANISATION_NAMES: Setting[dict[str, str]] = Setting(
    "ABHIYAN_ORGANISATION_NAMES", _names, dict
)  # by language
HOSTS = Setting("ABHIYAN_HOSTS", _hosts, lambda: ("localhost", "127.0.0.1", "[::1]"))
BEHIND_PROXY = Setting("ABHIYAN_BEHIND_PROXY", _yes, lambda: False)
PROXIES: Setting[tuple[Network, ...]] = Setting("ABHIYAN_PROXIES", _networks, tuple)  # none: any may be one
ORGANISATION = Setting("ABHIYAN_ORGANISATION", _text, str)
ACCENT = Setting("ABHIYAN_ACCENT", _colour, lambda: "#1d5b66")
GRIEVANCE = Setting("ABHIYAN_GRIEVANCE", _text, str)  # who answers complaints: a name, a number, an address
ERASE_AFTER_DAYS = Setting(  # law.md D6: not before a year from the last processing
    "ABHIYAN_ERASE_AFTER_DAYS", _number(365, 3_650), lambda: 365
)
DATABASE_URL: Setting[dict[str, str]] = Setting(
    "DATABASE_URL", _database_url, dict, is_secret=True, is_own=True
)
# The account that makes roles. Only init, migrate and restore read it, so what serves never needs it.
ADMIN_DATABASE_URL: Setting[dict[str, str]] = Setting(
    "ABHIYAN_ADMIN_DATABASE_URL", _database_url, dict, is_secret=True, is_own=True
)
DATABASE = Setting("ABHIYAN_DATABASE", _database, str)
ROLE_PREFIX = Setting("ABHIYAN_ROLE_PREFIX", _prefix, lambda: "abhiyan")
MASTER_KEY_FILE = Setting(
    "ABHIYAN_MASTER_KEY_FILE", _file, lambda: HOME() / "keys" / "master.key", is_own=True
)
METRICS_TOKEN = Setting("ABHIYAN_METRICS_TOKEN", _text, str, is_secret=True, is_own=True)
METRICS_TOKEN_FILE = Setting(
    "ABHIYAN_METRICS_TOKEN_FILE", _file, lambda: HOME() / "keys" / "metrics.token", is_own=True
)
AUDIT_HEADS_TO: Setting[Path | None] = Setting("ABHIYAN_AUDIT_HEADS_TO", _folder, lambda: None, is_own=True)
# A second place for the journal of noes, off this host.
JOURNAL_TO: Setting[Path | tuple[str, str] | None] = Setting(
    "ABHIYAN_JOURNAL_TO", _folder_or_store, lambda: None, is_own=True
)
BACKUP_RECIPIENT = Setting(
    "ABHIYAN_BACKUP_RECIPIENT", _recipient, str, is_secret=True
)  # who mistakes it sets the secret key
OFFLINE = Setting("ABHIYAN_OFFLINE", _yes, lambda: True)  # whether phones keep copies of the field pages
LOG_LEVEL = Setting(
    "ABHIYAN_LOG_LEVEL", _one_of("DEBUG", "INFO", "WARNING", "ERROR"), lambda: "INFO", is_own=True
)
SMS = Setting("ABHIYAN_SMS", _one_of("http", "file", "console"), lambda: "file")
SMS_URL = Setting("ABHIYAN_SMS_URL", _gateway, str)
SMS_TOKEN = Setting("ABHIYAN_SMS_TOKEN", _text, str, is_secret=True)
# India's register of senders and texts, without which carriers drop an SMS (law.md T1).
DLT_ENTITY = Setting("ABHIYAN_DLT_ENTITY", _dlt_id, str)
DLT_HEADER = Setting("ABHIYAN_DLT_HEADER", _dlt_header, str)
SMS_REPLIES = Setting("ABHIYAN_SMS_REPLIES", _yes, lambda: False)  # whether a reply to a text reaches us
DLT_REQUIRED = Setting("ABHIYAN_DLT_REQUIRED", _yes, lambda: False)  # whether an SMS goes without its ids
BRIDGE = Setting("ABHIYAN_BRIDGE", _one_of("http", "off"), lambda: "off")
BRIDGE_URL = Setting("ABHIYAN_BRIDGE_URL", _gateway, str)
BRIDGE_TOKEN = Setting("ABHIYAN_BRIDGE_TOKEN", _text, str, is_secret=True)
BRIDGE_SECRET = Setting("ABHIYAN_BRIDGE_SECRET", _long_secret, str, is_secret=True)  # signs its callbacks
# E-mail, a second way for offices.
EMAIL = Setting("ABHIYAN_EMAIL", _one_of("smtp", "file", "console", "off"), lambda: "off")
EMAIL_HOST = Setting("ABHIYAN_EMAIL_HOST", _mail_server, str)
EMAIL_PORT = Setting("ABHIYAN_EMAIL_PORT", _number(1, 65_535, "port"), lambda: 587)
EMAIL_TLS = Setting("ABHIYAN_EMAIL_TLS", _one_of("starttls", "tls", "off"), lambda: "starttls")
EMAIL_USER = Setting("ABHIYAN_EMAIL_USER", _text, str)
EMAIL_PASSWORD_FILE: Setting[Path | None] = Setting(
    "ABHIYAN_EMAIL_PASSWORD_FILE", _file, lambda: None, is_own=True
)
EMAIL_FROM = Setting("ABHIYAN_EMAIL_FROM", _mail_sender, str)
SMS_PER_HOUR = Setting("ABHIYAN_SMS_PER_HOUR", _number(0, MOST), lambda: 20_000)
SMS_PRICE = Setting("ABHIYAN_SMS_PRICE", _number(0, MOST), lambda: 20)  # paise a part
# May only be made stricter (law.md T2): within 10:00 and 21:00.
MESSAGES_FROM = Setting("ABHIYAN_MESSAGES_FROM", _time_of_day("10:00", "20:59"), lambda: time(10))
MESSAGES_UNTIL = Setting("ABHIYAN_MESSAGES_UNTIL", _time_of_day("10:01", "21:00"), lambda: time(21))
OUTREACH_PER_WEEK = Setting("ABHIYAN_OUTREACH_PER_WEEK", _number(0, 7), lambda: 2)
CLAIMS_PER_SECOND = Setting("ABHIYAN_CLAIMS_PER_SECOND", _number(1, MOST), lambda: 20_000)
CLAIMS_PER_DAY = Setting("ABHIYAN_CLAIMS_PER_DAY", _number(1, MOST), lambda: 5_000_000)
# Names of core.declared with the number allowed, such as "code.network=10000 code.hour=200000".
LIMITS_SET: Setting[dict[str, int]] = Setting("ABHIYAN_LIMITS", _limits, dict)


def sends_mail() -> bool:
    """Return True if mails leave this server. Else no page speaks of e-mail."""
    return EMAIL() != "off"


# One process of ours passes these to another, or only tests read them.
INTERNAL = frozenset(["ROLE", "POOL", "WATCHED_BY", "SHOTS", "CHROMIUM"])
SETTINGS: tuple[Setting[Any], ...] = tuple(
    value for value in list(globals().values()) if isinstance(value, Setting)
)
