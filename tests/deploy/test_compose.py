"""deploy/compose.yml, deploy/Dockerfile and the example of settings: they name what is, and keep secrets in files."""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from abhiyan.core import environment
from abhiyan.site import cli

from .image import DOCKERFILE, instruction

DEPLOY = DOCKERFILE.parent
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "abhiyan"}
NAMES = {setting.name for setting in environment.SETTINGS}


def settings_of(text: str) -> Iterator[tuple[str, str]]:
    """Read the lines of an environment file, those too that are commented out as examples."""
    for line in text.splitlines():
        if found := re.fullmatch(r"(?:# )?([A-Z][A-Z0-9_]+)=(.*)", line):
            yield found[1], "".join(shlex.split(found[2]))


def test_the_example_names_settings_that_are_and_means_something(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (DEPLOY / ".env.example").read_text()
    given = dict(settings_of(text))
    assert set(given) - NAMES == {"CADDY_NAME"}, "what compose alone reads has no name of ours"
    for name in [name for name in os.environ if name.startswith(("ABHIYAN_", "DATABASE_URL"))]:
        monkeypatch.delenv(name)
    for name, value in given.items():
        if f"\n{name}=" in text:
            monkeypatch.setenv(name, value)
    assert environment.wrong_settings() == [] and environment.unknown() == {}
    assert f"https://{given['CADDY_NAME']}" == given["ABHIYAN_ORIGIN"]


@pytest.mark.parametrize("name", OURS)
def test_each_container_of_ours_runs_a_command_with_settings_that_are(name: str) -> None:
    service = OURS[name]
    known = set(service["environment"])
    assert known <= NAMES
    word, *options = service["command"]
    command = cli.main.get_command(click.Context(cli.main), word)
    assert command is not None
    command.make_context(word, [str(each) for each in options])


@pytest.mark.parametrize("name", OURS)
def test_each_container_of_ours_can_do_little_and_holds_no_secret(name: str) -> None:
    service = OURS[name]
    assert service["read_only"] and service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "ports" not in service, "the proxy alone is open"
    assert all("password" not in str(value).lower() for value in service["environment"].values())
    assert any(each.startswith("/srv/abhiyan/run:") for each in service["tmpfs"])


def test_the_administrators_account_is_with_what_makes_roles_alone() -> None:
    admin = environment.ADMIN_DATABASE_URL.name
    holders = {name for name, service in OURS.items() if admin in service["environment"]}
    assert (
        holders == {"init", "migrate"} == {name for name, service in OURS.items() if service.get("secrets")}
    )
    for service in OURS.values():
        assert "@" not in service["environment"]["DATABASE_URL"]


def test_every_container_has_a_limit_and_what_serves_comes_back() -> None:
    for name, service in SERVICES.items():
        assert "mem_limit" in service, name
        by_hand = "by-hand" in service.get("profiles", [])
        once = by_hand or name == "migrate"
        assert service["restart"] == ("no" if once else "unless-stopped"), name


def test_what_a_container_uses_is_declared() -> None:
    for name, service in SERVICES.items():
        for volume in service.get("volumes", []):
            source, target, *_ = volume.split(":")
            assert target.startswith("/"), name
            if source.startswith("./"):
                assert (DEPLOY / source).exists() or source == "./backups", source
            else:
                assert source in COMPOSE["volumes"], source
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"]), name
        assert set(service.get("depends_on", [])) <= set(SERVICES), name
    ignored = (DEPLOY.parent / ".gitignore").read_text().splitlines()
    for secret in COMPOSE["secrets"].values():
        assert f"deploy/{Path(secret['file']).parent.name}/" in ignored


def test_nothing_serves_before_the_tables_are_up_to_date() -> None:
    for name in ("web", "jobs"):
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_the_image_runs_as_a_user_and_its_folder_is_the_one_that_is_kept() -> None:
    (data,) = {
        volume.split(":")[1]
        for service in OURS.values()
        for volume in service["volumes"]
        if "data:" in volume
    }
    assert instruction("VOLUME").rest == data
    assert f"ABHIYAN_HOME={data}" in instruction("ENV").rest
    user = instruction("USER").rest
    uid = re.search(rf"useradd .*--uid (\d+) .* {user}", DOCKERFILE.read_text())
    assert uid
    for service in OURS.values():
        assert any(f"uid={uid[1]}," in each for each in service["tmpfs"])


@pytest.mark.machine
@pytest.mark.slow
def test_compose_itself_reads_the_file_and_finds_nothing_wrong(tmp_path: Path) -> None:
    """Docker's own command where the machine has it; it needs no Docker to look."""
    folder = tmp_path / "deploy"
    shutil.copytree(DEPLOY, folder, ignore=shutil.ignore_patterns("secrets", "backups", ".env"))
    shutil.copy(DEPLOY / ".env.example", folder / ".env")
    has_plugin = (
        shutil.which("docker")
        and not subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode
    )
    words = ["docker", "compose"] if has_plugin else [shutil.which("docker-compose") or ""]
    if not words[0]:
        pytest.skip("docker compose is absent; the tests above read the file")
    done = subprocess.run(
        [*words, "config"],
        cwd=folder,
        env=os.environ | {"CADDY_NAME": "campaign.example.org"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
