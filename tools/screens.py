"""Prints phone screens (360×740, in Hindi) of each office's pages, and the entries of its menu: see `tools/screens`.

A page that an office does not have is a dash. A closed box counts with its head alone, as somebody sees it.
"""

import os
import shutil
import socket
import sys
import threading
import time
from collections.abc import Iterator

import sample

WIDTH, HEIGHT = 360, 740
PAGES = ("Today", "unit", "dossier", "review", "ask units", "call a meeting", "new programme", "field")
BOUNDS = {
    "Today": 2.0,
    "unit": 4.0,
    "ask units": 1.5,
    "call a meeting": 1.5,
    "new programme": 1.5,
    "menu": 12.0,
}
PATIENCE_MS = 60_000


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for(port: int) -> None:
    """Wait until the server takes connections. Ends the program where it never does."""
    until = time.monotonic() + PATIENCE_MS / 1000
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    sys.exit("the server did not start")


def chromium() -> str:
    """The system's Chromium, as the tests find it. Ends the program where there is none."""
    own = os.environ.get("ABHIYAN_CHROMIUM") or "chromium-headless-shell"
    found = next(
        filter(None, map(shutil.which, (own, "chromium", "chromium-browser", "google-chrome"))), None
    )
    if found is None:
        sys.exit("no Chromium on this machine: install it (Debian: apt-get install chromium-headless-shell)")
    return found


def reviews() -> dict[str, str]:
    """A review's path by the code of the unit that decides it. In the system's scope."""
    from abhiyan.review.models import Review

    rows = Review.objects.filter(left_on=None).select_related("by_unit").order_by("-pk")[:5000]
    return {each.by_unit.code: f"/review/of/{each.public_id}/" for each in rows}


def paths(unit: str, review: str) -> Iterator[tuple[str, str]]:
    """Yield the pages of one office, by name."""
    yield "Today", "/"
    yield "unit", f"/units/{unit}/"
    yield "dossier", f"/review/dossier/{unit}/"
    if review:
        yield "review", review
    yield "ask units", "/programmes/asked/new/"
    yield "call a meeting", "/meetings/new/"
    yield "new programme", "/programmes/new/"
    yield "field", "/field/"


def measured(port: int) -> dict[str, dict[str, float]]:
    """Heights in phone screens by office and page, and the entries of the menu."""
    from playwright.sync_api import sync_playwright

    from abhiyan.core.scope import system

    with system("measuring pages"):
        offices, decided = sample.offices(), reviews()
    heights: dict[str, dict[str, float]] = {}
    with sync_playwright() as playwright:
        args = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=chromium(), args=args)
        for office, (account, unit) in offices.items():
            context = browser.new_context(
                viewport={"width": WIDTH, "height": HEIGHT},
                base_url=f"http://localhost:{port}",
                extra_http_headers={"Accept-Language": "hi"},
            )
            context.set_default_timeout(PATIENCE_MS)
            context.add_cookies([{"name": "language", "value": "hi", "url": f"http://localhost:{port}"}])
            page = context.new_page()
            page.goto("/sign-in/")
            with page.expect_navigation():
                page.locator(f"button[value='{account}']").first.evaluate("button => button.click()")
            of_office = heights.setdefault(office, {})
            for name, where in paths(unit, decided.get(unit, "")):
                answer = page.goto(where)
                if answer is None or answer.status != 200:
                    continue
                page.evaluate("document.fonts.ready.then(() => true)")
                of_office[name] = page.evaluate("document.documentElement.scrollHeight") / HEIGHT
                if name == "Today":
                    of_office["menu"] = page.locator("nav a[data-go]").count()
            context.close()
        browser.close()
    return heights


def main(seed: str) -> int:
    chromium()
    with sample.made(seed, role="app", at=""):
        from abhiyan.server import serve

        stopping, port = threading.Event(), free_port()
        serving = threading.Thread(
            target=serve.supervise_server,
            kwargs={"host": "127.0.0.1", "port": port, "stopping": stopping, "workers": 1},
        )
        serving.start()
        try:
            wait_for(port)
            heights = measured(port)
        finally:
            stopping.set()
            serving.join()
    columns = (*PAGES, "menu")
    print("office".ljust(26), *(name.rjust(max(6, len(name))) for name in columns))
    above = []
    for office, found in sorted(heights.items()):
        cells = (f"{found[name]:.1f}" if name in found else "–" for name in columns)
        print(
            office.ljust(26),
            *(cell.rjust(max(6, len(name))) for name, cell in zip(columns, cells, strict=True)),
        )
        above += [
            f"{office}, {name}: {found[name]:.1f}"
            for name, most in BOUNDS.items()
            if found.get(name, 0.0) > most
        ]
    bounds = ", ".join(f"{name} ≤ {most:g}" for name, most in BOUNDS.items())
    print(*above, sep="\n")
    print(f"{len(above)} above the bounds ({bounds})" if above else f"All within the bounds: {bounds}")
    return 1 if above else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
