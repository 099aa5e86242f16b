"""Prints what each person of the small demo finds on the pages, sorted. `tools/crawl` reads it of two checkouts.

It begins at the first page and follows each link to another address, one page of each address for each person. It
follows a link with a query last, where no other leads to its address. Lines:
- `OFFICE page ADDRESS STATUS`: a page that somebody of this office reaches;
- `OFFICE act ADDRESS BUTTON`: a form that can be sent there, by the name and value of its button;
- `OFFICE closed …`: the same words, where every way to it lies in a closed box.

The pattern of its path names an address here. New words on a page or another name of it change nothing.
"""

import sys
from collections import deque
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import sample


class PageReader(HTMLParser):
    """Links and forms of one page, each with whether a closed box holds it."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[tuple[str, bool]] = []
        self.acts: list[tuple[str, str, bool]] = []
        self._boxes: list[bool] = []  # of the boxes around: is it closed?
        self._form: tuple[str, bool] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        is_closed = any(self._boxes)
        if tag == "details":
            self._boxes.append("open" not in told)
        elif tag == "a" and "href" in told:
            self.links.append((told["href"], is_closed))
        elif tag == "form":
            self._form = (told.get("action", ""), told.get("method", "get").lower() == "post")
        elif tag in ("button", "input") and (told.get("type") == "submit" or tag == "button") and self._form:
            address, is_post = self._form
            if is_post and told.get("type") != "button":
                button = "=".join(filter(None, (told.get("name"), told.get("value"))))
                self.acts.append((told.get("formaction") or address, button, is_closed))

    def handle_endtag(self, tag: str) -> None:
        if tag == "details" and self._boxes:
            self._boxes.pop()
        elif tag == "form":
            self._form = None


def name_of(path: str) -> str:
    """Return the pattern of an address in the product, or "" where it is none of Django's."""
    from django.urls import Resolver404, resolve

    try:
        match = resolve(path)
    except Resolver404:
        return ""
    step = match.kwargs.get("step", "")
    return f"/{match.route}/{step}" if step else f"/{match.route}"


def found_by(client: Any) -> Iterator[str]:
    """Yield the lines that one signed-in person finds."""
    seen: set[str] = set()
    places: dict[str, bool] = {}  # by line: is every way to it closed?
    waiting = deque(["/"])
    with_query: dict[str, str] = {}  # a link by the name of its address
    while waiting or (with_query := {name: link for name, link in with_query.items() if name not in seen}):
        if waiting:
            path = waiting.popleft()
        else:
            name, path = with_query.popitem()
            seen.add(name)
        response = client.get(path, HTTP_HOST="localhost")
        yield f"page {name_of(urlsplit(path).path)} {response.status_code}"
        if response.streaming or "html" not in response.headers.get("Content-Type", ""):
            continue
        page = PageReader()
        page.feed(response.content.decode())
        links = [*page.links, *([(response["Location"], False)] if response.has_header("Location") else [])]
        for href, is_closed in links:
            there = urlsplit(urljoin(path, urldefrag(href).url))
            name = name_of(there.path)
            if there.netloc or not name or there.scheme not in ("", "http"):
                continue
            line = f"link {name}"
            places[line] = places.get(line, True) and is_closed
            if name not in seen and there.query:
                with_query.setdefault(name, f"{there.path}?{there.query}")
            elif name not in seen:
                seen.add(name)
                waiting.append(there.path)
        for action, button, is_closed in page.acts:
            there = urlsplit(urljoin(path, action or path))
            line = " ".join(["act", name_of(there.path) or there.path, button]).rstrip()
            places[line] = places.get(line, True) and is_closed
    for line, is_closed in places.items():
        if not line.startswith("link"):
            yield f"closed {line}" if is_closed else line


def main(seed: str) -> None:
    with sample.made(seed, role="app"):
        from django.test import Client

        from abhiyan.core import clock
        from abhiyan.core.scope import system

        at = datetime.fromisoformat(sample.AT)
        clock.give(lambda: at)
        with system("visiting every page"):
            offices = sample.offices()
        lines: set[str] = set()
        for office, (account, _unit) in sorted(offices.items()):
            client = Client(REMOTE_ADDR="127.0.0.1")
            client.post("/demo/sign-in/", {"account": str(account)}, HTTP_HOST="localhost")
            lines |= {f"{office} {line}" for line in found_by(client)}
            print(f"{office}: {len(lines)} lines so far", file=sys.stderr)
        print("\n".join(sorted(lines)))


if __name__ == "__main__":
    main(sys.argv[1])
