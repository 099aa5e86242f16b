"""Every script of the package runs in the oldest browsers that docs/field.md names, by MDN's table of versions."""

import subprocess
from pathlib import Path

import pytest

from abhiyan.core.tests.waits import PATIENCE_S
from abhiyan.ui.build import BUILT, ROOMS, node

FINDER = Path(__file__).with_name("old_browsers.mjs")


def findings(*scripts: Path) -> list[str]:
    told = subprocess.run(
        [node(), FINDER, "check", *scripts], capture_output=True, text=True, check=True, timeout=PATIENCE_S
    )
    return told.stdout.splitlines()


def test_no_script_needs_more_than_the_oldest_browsers_have() -> None:
    own = [path for folder in ("static", "js") for path in ROOMS.glob(f"*/{folder}/**/*.js")]
    scripts = [path for path in own if path.parent != BUILT] + [BUILT / "idb.js"]
    assert len(scripts) > 25
    assert findings(*scripts) == []


@pytest.mark.parametrize(
    ("script", "what"),
    [
        ("fetch('/', { signal: AbortSignal.timeout(1) });", "timeout"),
        ("try { AbortSignal.timeout(1); } catch {}", "timeout"),
        ("const key = crypto.randomUUID();", "randomUUID"),
        ("const last = list => list.at(-1);", "at"),
        ("new FormData(form, button);", "FormData"),
        ("structuredClone(one);", "structuredClone"),
        ("new BroadcastChannel('x');", "BroadcastChannel"),
        ("navigator.locks.request('x', go);", "locks"),
        ("document.querySelector('ul:not(:has(li))');", ":has"),
        ("one.closest('input:not([a], [b])');", ":not"),
        ("let one; one ??= 1;", "2020"),
        ("await fetch('/');", "2020"),
    ],
)
def test_what_an_old_browser_lacks_is_found(script: str, what: str, tmp_path: Path) -> None:
    path = tmp_path / "x.js"
    path.write_text(script)
    (found,) = findings(path)
    assert what in found


@pytest.mark.parametrize(
    "script",
    [
        "if (crypto.randomUUID) crypto.randomUUID();",
        "navigator.storage?.persist?.();",
        "const tabs = 'BroadcastChannel' in window ? new BroadcastChannel('x') : null;",
        "const told = { errors: 1 }; told.errors;",
        "form.dataset.at; list.find(one => one.name); 'and: has this';",
    ],
)
def test_what_is_tested_or_ones_own_passes(script: str, tmp_path: Path) -> None:
    path = tmp_path / "x.js"
    path.write_text(script)
    assert findings(path) == []
