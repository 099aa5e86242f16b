"""How to connect: the one place that knows roles, passwords and where the server is.

Logical roles: `owner` (owns the schema, migrates), `app` (serves people), `jobs` (loops and jobs), `gateway`
(the hot path of enrolment), `backup` (reads everything, writes nothing). None but the owner owns anything;
none but `backup` may look past row-level security. Their passwords derive from the master key.
"""

import os

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from . import environment, home
from .keys import keyring

ROLES = ("owner", "app", "jobs", "gateway", "backup")


def prefix() -> str:
    """Prefix of the real role names: two installations on one server need two."""
    return environment.ROLE_PREFIX()


def role_name(role: str) -> str:
    """The real name of a logical role, such as abhiyan_app."""
    if role not in ROLES:
        raise ValueError(f"no such database role: {role}")
    return f"{prefix()}_{role}"


def password(role: str) -> str:
    """A role's password: 43 characters derived from the master key, stored nowhere."""
    return keyring().derive(f"database role {role_name(role)}").hex()


def current_role() -> str:
    """The logical role this process works as (ABHIYAN_ROLE)."""
    return os.environ.get("ABHIYAN_ROLE", "app")


def is_embedded() -> bool:
    return not environment.DATABASE_URL.is_set


def server() -> dict[str, str]:
    """Connection parameters of the administrator's connection: DATABASE_URL, else the embedded server."""
    known = environment.DATABASE_URL()
    if is_embedded():
        from .embedded import conninfo  # imported late: a machine with its own server needs no embedded one

        known = {key: str(value) for key, value in conninfo_to_dict(conninfo(home.path())).items()}
    known.setdefault("dbname", "abhiyan")
    return known


def name() -> str:
    """The name of the database: of DATABASE_URL, else abhiyan; ABHIYAN_DATABASE overrides both."""
    return environment.DATABASE() or (environment.DATABASE_URL().get("dbname") or "abhiyan")


def conninfo(role: str | None, *, dbname: str | None = None, **more: str) -> str:
    """A libpq connection string as a logical role, or as the administrator when role is None."""
    known = server()
    known["dbname"] = dbname or name()
    if role is not None:
        known["user"] = role_name(role)
        known["password"] = password(role)
    known.update(more)
    return make_conninfo("", **known)


def django_settings(role: str) -> dict[str, object]:
    """The DATABASES entry of a role. Pool of 8 per worker, CONN_MAX_AGE 0."""
    known = server()
    options: dict[str, object] = {
        key: value
        for key, value in known.items()
        if key not in ("host", "port", "user", "password", "dbname")
    }
    if role in ("app", "jobs") and os.environ.get("ABHIYAN_POOL", "1") == "1":
        options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name(),
        "USER": role_name(role),
        "PASSWORD": password(role),
        "HOST": known.get("host", ""),
        "PORT": known.get("port", ""),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,  # the pool drops what a restarted server cut, instead of handing it out
        "OPTIONS": options,
    }
