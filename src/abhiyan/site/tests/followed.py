"""Rows of Today, and whether the page that each leads to has an act for the reader."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

from django.db import transaction
from django.test import Client
from lxml import html

from abhiyan.core import limits

PAGES = ("/", "/today/")
BUTTONS = ".//a[contains(concat(' ', @class, ' '), ' button ')]/@href"
ROWS = ".//tbody/tr|.//ul[contains(@class, 'lines')]/li|.//ol/li"


@dataclass(frozen=True, slots=True)
class TodayLink:
    """A link of Today. words: those of its row. promises: the row is a thing to do, and this is its tap."""

    href: str
    words: str
    promises: bool = False


def faults_of(client: Client) -> list[tuple[str, TodayLink]]:
    """Follow each row of the reader's Today. Return the faults with their rows; what a look changes is undone."""
    found = []
    for link in links_of(client):
        limits.forget_all()
        with transaction.atomic():
            if fault := fault_of(client, link):
                found.append((fault, link))
            transaction.set_rollback(True)
    return found


def main_of(client: Client, path: str) -> tuple[int, html.HtmlElement | None, str]:
    """The status of a page, its main part (None where it is no page of ours), and where a redirect led."""
    answer = client.get(path, follow=True)
    if "html" not in answer.headers.get("Content-Type", ""):
        return answer.status_code, None, path
    at = answer.redirect_chain[-1][0] if answer.redirect_chain else path
    (main,) = html.fromstring(answer.content.decode()).xpath("//main") or [None]
    return answer.status_code, main, at


def words_of(node: html.HtmlElement) -> str:
    return " ".join(node.text_content().split())[:100]


def links_of(client: Client) -> Iterator[TodayLink]:
    """Yield each link of the reader's Today once, on both of its pages."""
    seen = set()
    for path in PAGES:
        _status, main, _at = main_of(client, path)
        assert main is not None
        for link in main.xpath(".//a[@href]"):
            (row,) = link.xpath("ancestor::li[1]") or [link]
            promises = "act" in link.get("class", "").split() and bool(link.xpath("ancestor::ol"))
            href = urldefrag(link.get("href")).url
            if urlsplit(href)[:2] != ("", "") or not href or (href, promises) in seen:
                continue
            seen.add((href, promises))
            yield TodayLink(href, words_of(row), promises)


def has_form(main: html.HtmlElement) -> bool:
    """Return True if a page has a form with a button. A page without rows may first ask where, by a form of its own."""
    forms = main.xpath(".//form[.//button[not(@disabled)]]")
    is_question = not main.xpath(ROWS) and not main.xpath(".//*[contains(@class, 'empty')]")
    return any(form.get("method", "get").lower() == "post" or is_question for form in forms)


def steps_of(main: html.HtmlElement) -> list[str]:
    """Return where the acts of a page may be: behind its buttons, and behind the links of its first rows."""
    rows = [row for row in main.xpath(ROWS) if row.xpath(".//a[@href]")][:3]
    links = [*main.xpath(BUTTONS), *(href for row in rows for href in row.xpath(".//a/@href"))]
    return [href for href in dict.fromkeys(urldefrag(one).url for one in links) if is_ours(href)]


def is_ours(href: str) -> bool:
    """True for an address of the product, which is not the page itself."""
    return bool(href) and urlsplit(href)[:2] == ("", "")


def fault_of(client: Client, link: TodayLink) -> str:
    """Return what is wrong with where a row leads; "" for nothing.

    The page of a thing to do has its act, or leads to it by a button or by a row of its list; or to look at it was the
    act, and the row is gone.
    """
    status, main, at = main_of(client, link.href)
    if status != 200:
        return f"answers {status}"
    if main is None or not link.promises or has_form(main):
        return ""
    steps = steps_of(main)
    for href in steps:
        status, there, _at = main_of(client, urljoin(at, href))
        if status == 200 and there is not None and has_form(there):
            return ""
    is_done = all(one.href != link.href for one in links_of(client) if one.promises)
    return "" if is_done else f"has no act: {words_of(main)}"
