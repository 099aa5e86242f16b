"""Accounts of the tests' server that are no superusers, as managed servers have them."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from abhiyan.core import backup, database, doctor

LANE, RESTRICTED = "ABHIYAN_TEST_ACCOUNT", "restricted"
WAYS = ("as a superuser", "as an account that makes roles", "by the file")


@dataclass(frozen=True)
class TestedServer:
    """The tests' server, whose superuser makes accounts and clears up; kept before a test changes the settings."""

    parameters: Mapping[str, str]

    __test__ = False

    @classmethod
    def here(cls) -> "TestedServer":
        return cls({key: str(value) for key, value in conninfo_to_dict(database.conninfo(None)).items()})

    def superuser(self, dbname: str = database.MAINTENANCE) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(make_conninfo("", **{**self.parameters, "dbname": dbname}), autocommit=True)

    def address(self, dbname: str, **account: str) -> str:
        """The server as DATABASE_URL has it, with an account or with none."""
        parts = {key: self.parameters[key] for key in ("host", "port") if self.parameters.get(key)} | account
        return f"postgresql:///{dbname}?{urlencode(parts, quote_via=quote)}"

    def make_account(self, name: str, attributes: str = "createrole createdb") -> dict[str, str]:
        """An account that logs in and has these attributes and no others."""
        with (
            self.superuser() as superuser,
            suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation),
        ):
            superuser.execute(
                sql.SQL("create role {} login {} password 'a word'").format(
                    sql.Identifier(name), sql.SQL(attributes)
                )
            )
        return {"user": name, "password": "a word"}

    def settings(self, way: str, name: str, dbname: str) -> dict[str, str]:
        """The settings with which one of WAYS prepares a database. name: of the account, which is made for it."""
        if way == "as a superuser":
            account = {key: self.parameters[key] for key in ("user", "password") if self.parameters.get(key)}
            return {"DATABASE_URL": self.address(dbname, **account)}
        account = self.make_account(name)
        settings = {"DATABASE_URL": self.address(dbname)}
        if way == "by the file":
            return settings
        return settings | {"ABHIYAN_ADMIN_DATABASE_URL": self.address(dbname, **account)}

    @contextmanager
    def as_account(self) -> Iterator[None]:
        """Meanwhile the settings name an account that is no superuser, if the lane of the tests wants it."""
        with pytest.MonkeyPatch.context() as patch:
            if os.environ.get(LANE) == RESTRICTED:
                for name, text in self.settings(
                    WAYS[1], f"{RESTRICTED}_account", database.database_name()
                ).items():
                    patch.setenv(name, text)
            yield

    def run_file(self, text: str, name: str) -> None:
        """Run what `abhiyan roles` prints with psql, as the account of that name."""
        address = self.address(database.MAINTENANCE, user=name, password="a word")
        program = backup.program("psql", doctor.OLDEST)
        done = subprocess.run(
            [str(program), "--no-psqlrc", "--dbname", address, "--file", "-"],
            input=text,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def clear(self, prefix: str) -> None:
        """Drop every database and every role whose name begins so."""
        with self.superuser() as superuser:
            for catalogue, kind, column in (
                ("pg_database", "database", "datname"),
                ("pg_roles", "role", "rolname"),
            ):
                rows = superuser.execute(
                    sql.SQL("select {0} from {1} where starts_with({0}, %s) order by {0} desc").format(
                        sql.Identifier(column), sql.Identifier(catalogue)
                    ),
                    [prefix],
                ).fetchall()
                for (name,) in rows:
                    superuser.execute(sql.SQL("drop {} {}").format(sql.SQL(kind), sql.Identifier(str(name))))
