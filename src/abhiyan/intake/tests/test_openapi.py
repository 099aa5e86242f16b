"""openapi.json tells the truth: schemathesis reads it and tries the API as it is served."""

import json
import os
import subprocess
import sys
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

import pytest

from abhiyan.core.actor import Actor
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.make import World
from abhiyan.enrolment.tests.server import Server
from abhiyan.intake.actions import tokens
from abhiyan.intake.openapi import specification

pytestmark = pytest.mark.django_db(transaction=True)


# Given a time, it goes on inventing requests until that is spent.
FEW = ("--max-examples", "30")
MANY = ("--max-time", "25")


@pytest.mark.parametrize("most", [FEW, pytest.param(MANY, marks=pytest.mark.slow)], ids=["few", "many"])
def test_every_operation_holds_what_openapi_promises(
    server: Server, tmp_path: Path, most: tuple[str, str]
) -> None:
    now = NOW
    world = World.make(opens_on=(now - timedelta(days=9)).date(), closes_on=(now + timedelta(days=20)).date())
    token = tokens.make_token_at_console(
        programme_id=world.programme.pk,
        unit_id=world.state.pk,
        name="Tests",
        by=Actor.system("tests"),
        at=now,
    )
    report = tmp_path / "seen.ndjson"
    address = f"http://127.0.0.1:{server.port}"
    done = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{address}/api/v1/openapi.json"),
            *("--url", address, "--header", f"Authorization: Bearer {token.secret}"),
            *("--checks", "all", "--exclude-checks", EXCLUDED, "--seed", "7", *most, "--no-shrink"),
            *("--suppress-health-check", "all", "--max-failures", "5", "--no-color", "--continue-on-failure"),
            *("--report", "ndjson", "--report-ndjson-path", str(report)),
        ],
        env=os.environ | {"HYPOTHESIS_STORAGE_DIRECTORY": str(tmp_path / "hypothesis")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6_000:] + done.stderr[-2_000:]
    answered = answers(report)
    document = server.send("GET", "/api/v1/openapi.json")
    assert document.status == 200
    assert document.json["paths"] == specification()["paths"]
    answered["GET", "/api/v1/openapi.json"].add(
        document.status
    )  # schemathesis fetches it, and tries the rest
    operations = {
        (method.upper(), path) for path, methods in document.json["paths"].items() for method in methods
    }
    assert set(answered) >= operations
    for operation in operations:
        assert any(200 <= status < 300 for status in answered[operation]), (operation, answered[operation])
        assert not any(status >= 500 for status in answered[operation]), operation


# The drive's rules may still refuse what fits the shape: a number that is no mobile, a minor, an unknown unit.
EXCLUDED = "positive_data_acceptance"


def answers(report: Path) -> dict[tuple[str, str], set[int]]:
    """(method, path) -> the statuses it was seen to answer, from schemathesis' own record."""
    found: dict[tuple[str, str], set[int]] = defaultdict(set)

    def look(node: object) -> None:
        if isinstance(node, dict):
            request, response = node.get("request"), node.get("response")
            if isinstance(request, dict) and isinstance(response, dict) and "status_code" in response:
                path = str(request.get("uri", "")).split("?")[0].partition("//")[2].partition("/")[2]
                found[str(request.get("method", "")).upper(), f"/{path}"].add(int(response["status_code"]))
            for value in node.values():
                look(value)
        elif isinstance(node, list):
            for value in node:
                look(value)

    for line in report.read_text().splitlines():
        look(json.loads(line))
    return found
