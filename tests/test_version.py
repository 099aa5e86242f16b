"""The version has one place: the changelog, the command line, `doctor`, /healthz, backups and pages say the same."""

import asyncio
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

import abhiyan
from abhiyan.core import doctor, health
from abhiyan.core.tests.given import NOW
from abhiyan.site.cli import main

ROOT = Path(__file__).resolve().parent.parent
HEADING = re.compile(r"^## (\S+)$", re.MULTILINE)


def test_the_newest_heading_of_the_changelog_is_the_version() -> None:
    headings = HEADING.findall((ROOT / "CHANGELOG.md").read_text())
    assert headings[0] == abhiyan.__version__
    numbers = [tuple(map(int, heading.split("."))) for heading in headings]
    assert all(len(number) == 3 for number in numbers), "a version has three numbers"
    assert numbers == sorted(set(numbers), reverse=True)


def test_the_version_is_written_in_one_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert "version" not in project["project"]
    assert "version" in project["project"]["dynamic"]
    assert project["tool"]["hatch"]["version"]["path"] == "src/abhiyan/__init__.py"
    numbers = re.findall(r'__version__ = "(.+)"', (ROOT / "src/abhiyan/__init__.py").read_text())
    assert numbers == [abhiyan.__version__]


def test_the_command_line_says_the_version() -> None:
    said = CliRunner().invoke(main, ["--version"]).output
    assert said.strip() == f"abhiyan, version {abhiyan.__version__}"


@pytest.mark.django_db
def test_doctor_says_the_version() -> None:
    finding, _record = doctor.software_versions(NOW)
    assert finding.text.startswith(f"abhiyan {abhiyan.__version__}, ")


@pytest.mark.django_db
def test_healthz_says_the_version_also_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError("the body is nobody's business")

    monkeypatch.setenv("ABHIYAN_DATABASE", "there_is_no_such_database")
    health._kept = None
    asyncio.run(health.healthz({"method": "GET", "headers": []}, receive, send))
    assert sent[0]["status"] == 503
    assert json.loads(sent[1]["body"])["version"] == abhiyan.__version__


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/join/", "/me/", "/there/is/no/such/page/"])
@pytest.mark.parametrize("language", ["en", "hi", "ur"])
def test_each_page_says_the_version_at_its_foot(path: str, language: str) -> None:
    answer = Client().get(path, headers={"accept-language": language}, follow=True)
    (foot,) = re.findall(r'<footer class="colophon.*?</footer>', answer.content.decode(), re.DOTALL)
    assert f"Abhiyan {abhiyan.__version__}" in foot


def test_each_frame_of_pages_has_the_foot() -> None:
    frames = [
        path
        for path in (ROOT / "src/abhiyan").glob("*/templates/**/*.html")
        if '{% extends "ui/base.html" %}' in path.read_text()
    ]
    assert len(frames) >= 3
    assert [
        path.name for path in frames if path.read_text().count('{% include "ui/_foot.html" %}') != 1
    ] == []
