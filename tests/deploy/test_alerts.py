"""The alert rules of deploy/prometheus: promtool reads and tries them, and they ask for figures that are there."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from .tools import tool

ROOT = Path(__file__).resolve().parent.parent.parent
ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"
TRIED = Path(__file__).with_name("alerts_test.yml")
REFERENCE = (ROOT / "docs" / "reference.md").read_text()
FIGURE = re.compile(r"\babhiyan_\w+")


def rules() -> list[dict[str, str]]:
    (group,) = yaml.safe_load(ALERTS.read_text())["groups"]
    return list(group["rules"])


def test_every_rule_asks_for_figures_that_the_reference_has() -> None:
    asked = {name.removesuffix("_bucket") for rule in rules() for name in FIGURE.findall(rule["expr"])}
    assert asked - set(FIGURE.findall(REFERENCE)) == set()


def test_every_figure_to_alarm_on_has_a_rule_with_its_threshold() -> None:
    """docs/watching.md lists them for people."""
    watching = (ROOT / "docs" / "watching.md").read_text()
    listed = re.findall(r"`([^`]*?abhiyan_\w+[^`]*?) > ([0-9.]+)`", watching)
    assert len(listed) > 5
    asked = [rule["expr"] for rule in rules()]
    for figure, threshold in listed:
        (name,) = FIGURE.findall(figure)
        assert any(name in expr and expr.endswith(f"> {threshold}") for expr in asked), figure


def test_every_rule_is_tried_both_ways() -> None:
    tests = yaml.safe_load(TRIED.read_text())["tests"]
    came: dict[str, set[bool]] = {rule["alert"]: set() for rule in rules()}
    for each in tests:
        for tried in each["alert_rule_test"]:
            came[tried["alertname"]].add(bool(tried.get("exp_alerts")))
    assert {name for name, ways in came.items() if ways != {True, False}} == set()


@pytest.mark.machine
@pytest.mark.slow
def test_promtool_finds_nothing_wrong_and_each_alert_comes_when_it_should(tmp_path: Path) -> None:
    for path in (ALERTS, TRIED):
        shutil.copy(path, tmp_path)
    promtool = tool("promtool", "prometheus")
    for words in (["check", "rules", "--lint-fatal", ALERTS.name], ["test", "rules", TRIED.name]):
        done = subprocess.run([promtool, *words], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
