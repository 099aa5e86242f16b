"""deploy/cluster: every machine's files follow from one plan, and what reads them understands them."""

import os
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from abhiyan.core import environment

from .test_compose import settings_of
from .tools import tool

CLUSTER = Path(__file__).resolve().parent.parent.parent / "deploy" / "cluster"
PLAN = CLUSTER / "cluster.toml"


def fill(plan: Path, out: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, str(CLUSTER / "fill"), str(plan), str(out)]
    return subprocess.run(words, capture_output=True, text=True, check=False)


@pytest.fixture
def machines(tmp_path: Path) -> Path:
    """The files of every machine in the plan that operators copy."""
    done = fill(PLAN, tmp_path / "machines")
    assert done.returncode == 0, done.stderr
    return tmp_path / "machines"


def test_every_template_is_some_machines_file(machines: Path) -> None:
    """Each says in its first line where it goes."""

    def head(path: Path) -> str:
        return path.read_text().partition("\n")[0].partition(" of ")[0]

    heads = {head(path) for path in machines.rglob("*") if path.is_file()}
    templates = [path for path in CLUSTER.iterdir() if path.name != "fill" and "$" in path.read_text()]
    assert len(templates) > 5
    assert [path.name for path in templates if head(path) not in heads] == []
    for path in machines.rglob("*"):
        if path.is_file() and path.parent != machines and path.name != "Caddyfile":
            assert head(path).startswith(f"# /{path.relative_to(machines).as_posix().partition('/')[2]}")


def test_the_web_hosts_settings_are_and_mean_something(
    machines: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = dict(settings_of((machines / "web2/etc/abhiyan.env").read_text()))
    for name in [name for name in os.environ if name.startswith(("ABHIYAN_", "DATABASE_URL"))]:
        monkeypatch.delenv(name)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert environment.wrong_settings() == [] and environment.unknown() == {}
    assert "@" not in given["DATABASE_URL"], "no account of the server lies on a host that serves"
    other = dict(settings_of((machines / "web1/etc/abhiyan.env").read_text()))
    own = {setting.name for setting in environment.SETTINGS if setting.is_own}
    assert given.keys() == other.keys()
    differs = {name for name in given if given[name] != other[name]}
    assert differs == {"ABHIYAN_HOST_NAME", "ABHIYAN_LISTEN"} <= own


def test_each_database_counts_on_the_others(machines: Path) -> None:
    names = ["db1", "db2", "db3"]
    for name in names:
        read = yaml.safe_load((machines / name / "etc/patroni/patroni.yml").read_text())
        dcs = read["bootstrap"]["dcs"]
        assert read["name"] == name
        assert dcs["synchronous_mode"] == "quorum" and dcs["synchronous_mode_strict"] is True
        assert dcs["ttl"] >= dcs["loop_wait"] + 2 * dcs["retry_timeout"]
        assert dcs["postgresql"]["parameters"]["abhiyan.standbys"] == str(len(names) - 1)
        members = (machines / name / "etc/default/etcd").read_text()
        assert all(f"{each}=http://" in members for each in names)


def test_what_holds_a_password_is_closed_and_stays_the_same(machines: Path) -> None:
    passwords = tomllib.loads((machines / "passwords.toml").read_text())
    assert len(set(passwords.values())) == len(passwords) == 4
    before = {path: path.read_text() for path in machines.rglob("*") if path.is_file()}
    assert fill(PLAN, machines).returncode == 0
    assert {path: path.read_text() for path in machines.rglob("*") if path.is_file()} == before
    for path, text in before.items():
        if any(each in text for each in passwords.values()):
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_plan_that_lacks_something_says_what(tmp_path: Path) -> None:
    for line in PLAN.read_text().partition("[settings]")[2].splitlines():
        name = line.partition(" = ")[0]
        if not name:
            continue
        plan = tmp_path / "plan.toml"
        plan.write_text(PLAN.read_text().replace(line, ""))
        done = fill(plan, tmp_path / "out")
        assert done.returncode and f"'{name}'" in done.stderr, (name, done.stderr)


@pytest.mark.machine
@pytest.mark.slow
def test_caddy_reads_its_file(machines: Path) -> None:
    path = machines / "proxy/etc/caddy/Caddyfile"
    words = [tool("caddy", "caddy"), "validate", "--config", str(path), "--adapter", "caddyfile"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and '"warn"' not in done.stderr, done.stderr
    assert "10.0.0.21:8000 10.0.0.22:8000" in path.read_text()


@pytest.mark.machine
@pytest.mark.slow
def test_haproxy_reads_its_file(machines: Path) -> None:
    program = tool("haproxy", "haproxy")
    for name in ("web1", "web2"):
        words = [program, "-c", "-f", str(machines / name / "etc/haproxy/haproxy.cfg")]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == 0 and "warning" not in (done.stdout + done.stderr).lower(), done.stderr
