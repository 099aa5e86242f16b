"""The units of deploy/systemd: systemd reads them, they are closed, and they name what is."""

import configparser
import os
import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from abhiyan.server import processes
from abhiyan.site import cli

from .tools import tool

UNITS = Path(__file__).resolve().parent.parent.parent / "deploy" / "systemd"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
TIMERS = sorted(path.name for path in UNITS.glob("*.timer"))
PROGRAM = "/opt/abhiyan/.venv/bin/abhiyan"
MOST_EXPOSED = 2.0  # systemd's own measure, of 10. The units as docs had them before stood at 9.0


class UnitFile(configparser.RawConfigParser):
    """A file of systemd, whose names keep their capitals."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def unit(path: Path) -> dict[str, dict[str, str]]:
    """Read a unit file. The last of two equal names counts."""
    read = UnitFile(strict=False, comment_prefixes=("#",))
    read.read_string(path.read_text())
    return {name: dict(read[name]) for name in read.sections()}


@pytest.fixture(params=["with a server of one's own", "embedded"])
def installed(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The units as an operator copies them. In place of our program stands one that every machine has."""
    folder = tmp_path / "system"
    shutil.copytree(UNITS, folder, ignore=shutil.ignore_patterns("embedded"))
    if request.param == "embedded":
        shutil.copytree(UNITS / "embedded", folder, dirs_exist_ok=True)
    for path in folder.rglob("*.*"):
        if path.is_file():
            path.write_text(path.read_text().replace(PROGRAM, shutil.which("true") or "/bin/true"))
    return folder


def analyze(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run systemd-analyze where these units lie before the machine's own."""
    return subprocess.run(
        [tool("systemd-analyze", "systemd"), *words],
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{folder}:", "SYSTEMD_COLORS": "0"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.machine
@pytest.mark.slow
def test_systemd_reads_every_unit_without_a_word(installed: Path) -> None:
    """systemd speaks of a setting that is mistyped, or that it does not know."""
    names = [str(installed / name) for name in SERVICES + TIMERS]
    said = analyze(installed, "verify", "--man=no", *names)
    ours = [line for line in said.stderr.splitlines() if "abhiyan" in line]
    assert not ours, "\n".join(ours)


@pytest.mark.machine
@pytest.mark.slow
@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_closed(installed: Path, name: str) -> None:
    said = analyze(installed, "security", "--offline=yes", "--no-pager", str(installed / name))
    found = re.search(r"exposure level for \S+ ([0-9.]+)", said.stdout)
    assert found, said.stdout + said.stderr
    assert float(found[1]) <= MOST_EXPOSED, said.stdout


@pytest.mark.machine
@pytest.mark.slow
@pytest.mark.parametrize("name", TIMERS)
def test_every_timer_has_a_next_time_and_a_service(name: str) -> None:
    when = unit(UNITS / name)["Timer"]["OnCalendar"]
    said = subprocess.run(
        [tool("systemd-analyze", "systemd"), "calendar", when], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0 and "Next elapse" in said.stdout, said.stderr
    assert (UNITS / name).with_suffix(".service").exists()


def command_of(path: Path) -> list[str]:
    """The words behind our program in ExecStart."""
    program, *words = unit(path)["Service"]["ExecStart"].split()
    assert program == PROGRAM
    return words


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(UNITS.rglob("*")) if path.is_file() and "ExecStart=/" in path.read_text()],
    ids=lambda path: str(path.relative_to(UNITS)),
)
def test_every_unit_runs_a_command_that_exists_with_options_that_exist(path: Path) -> None:
    name, *words = command_of(path)
    command = cli.main.get_command(click.Context(cli.main), name)
    assert command is not None
    command.make_context(name, words, resilient_parsing=False)


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_runs_as_the_programs_own_user_with_its_settings(name: str) -> None:
    service = unit(UNITS / name)["Service"]
    assert service["User"] == "abhiyan"
    assert service["EnvironmentFile"] == "/etc/abhiyan.env"


@pytest.mark.parametrize("name", ["abhiyan-web.service", "abhiyan-jobs.service"])
def test_what_serves_is_started_again_but_not_where_that_helps_nobody(name: str) -> None:
    """3: it cannot run here (docs of the command line). CANNOT_START: migrations are pending, a restore runs."""
    service, about = unit(UNITS / name)["Service"], unit(UNITS / name)["Unit"]
    assert service["Restart"] == "on-failure", "`abhiyan stop` ends with 0, and means it"
    assert about["StartLimitIntervalSec"] == "0", "a database that is away for an hour is waited for"
    refused = {int(code) for code in service["RestartPreventExitStatus"].split()}
    assert refused == {3, processes.CANNOT_START}
    wait_s = int(service["TimeoutStopSec"])
    assert wait_s > processes.PATIENCE_S + 10


def test_what_embedded_adds_leaves_the_rest_as_it_is() -> None:
    """The one who ends the embedded database gets the time for it, and is alone in hearing the signal."""
    ours = unit(UNITS / "embedded" / "abhiyan-.service.d" / "embedded.conf")["Service"]
    assert ours["KillMode"] == "process"
    from abhiyan.core import embedded

    assert int(ours["TimeoutStopSec"]) > processes.PATIENCE_S + embedded.STOP_S
    web = UNITS / "embedded" / "abhiyan-web.service.d" / "with-jobs.conf"
    assert command_of(web) == [*command_of(UNITS / "abhiyan-web.service"), "--with-jobs"]


def test_no_two_files_that_add_to_a_unit_have_one_name() -> None:
    """systemd reads only one of two such files with one name, though they lie in two folders."""
    names = [path.name for path in UNITS.rglob("*.conf")]
    assert len(names) == len(set(names))


def test_our_commands_see_one_another() -> None:
    """Another user namespace, or a /proc without the rest of it, would hide the embedded database from a backup."""
    closed = unit(UNITS / "abhiyan-.service.d" / "hardening.conf")["Service"]
    assert not {"PrivateUsers", "ProcSubset", "DynamicUser", "RemoveIPC", "PrivatePIDs"} & set(closed)
