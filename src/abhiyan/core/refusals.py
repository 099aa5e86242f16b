"""Refusals: what an act will not do, said to people in their language and to machines by a code."""

import re
from typing import Any, ClassVar, TypeVar

from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from .numbers import grouped

Found = TypeVar("Found")
NO_COUNTS = {
    "row",
    "first_row",
    "number",
    "year",
    "expected",
}  # facts that are whole numbers and count nothing


def refusal_code(name: str) -> str:
    """The code of a class by its name: NameTaken is name_taken."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Refused(Exception):
    """Base of every refusal. Subclasses are beside the act that raises them and name the fact.

    code: for machines, the class's name in small letters; stable: a class that is renamed states its old one.
    message: for people, translated, saying what to do.
    field: the input it concerns, when there is one. status: the HTTP answer it becomes.
    The head of the class gives code and status: `class NameTaken(Refused, status=409)`.
    """

    code: ClassVar[str] = "refused"
    message: ClassVar[str | Promise] = _("This cannot be done.")
    status: ClassVar[int] = 422

    def __init_subclass__(cls, *, code: str = "", status: int = 0) -> None:
        cls.status = status or cls.status
        if code or ("message" in vars(cls) and "code" not in vars(cls)):
            cls.code = code or refusal_code(cls.__name__)

    def __init__(self, *, field: str = "", **facts: object) -> None:
        self.field = field
        self.facts = facts
        super().__init__(self.code)

    def __str__(self) -> str:
        text = str(self.message)
        return (
            text % {name: fact_in_words(name, fact) for name, fact in self.facts.items()}
            if self.facts
            else text
        )


class RefusedWords(str):
    """Says why words may not be asked or noted. words: of these a data officer may allow a phrase."""

    __slots__ = ("words",)
    words: str

    def __new__(cls, why: str, words: str) -> "RefusedWords":
        sentence = super().__new__(cls, why)
        sentence.words = words
        return sentence


def wait_words(wait_s: int) -> str:
    """How long to wait, as people say it: in seconds up to two minutes, beyond in minutes, rounded up."""
    if wait_s <= 120:
        return ngettext("%(n)s second", "%(n)s seconds", wait_s) % {"n": wait_s}
    return gettext("%(n)s minutes") % {"n": grouped(-(-wait_s // 60))}


def fact_in_words(name: str, fact: object) -> object:
    """A count as people here write it: 12,34,567; a wait with its unit. A row, the number of a seat and a year stay as
    they are; so does what comes as text."""
    if name == "wait_s" and isinstance(fact, int):
        return wait_words(fact)
    if isinstance(fact, int) and not isinstance(fact, bool) and name not in NO_COUNTS:
        return grouped(fact)
    return fact


def kept_refusal(refused: Refused) -> dict[str, Any]:
    """Return what a page needs to say a refusal again, in another language."""
    facts = {name: fact if isinstance(fact, int) else str(fact) for name, fact in refused.facts.items()}
    return {"class": f"{type(refused).__module__}.{type(refused).__qualname__}", "facts": facts}


def _moved_class(name: str) -> type[Refused] | None:
    """Find a refusal by the name of its class, unique in the package: a release may have moved its module."""
    waiting = [Refused]
    while waiting:
        refused = waiting.pop()
        if refused.__name__ == name:
            return refused
        waiting += refused.__subclasses__()
    return None


def said_again(kept: dict[str, Any]) -> str:
    """Return the words of a kept refusal in the active language; empty where its class is no more."""
    path = kept.get("class", "")
    try:
        refused = import_string(path)
    except ImportError:
        refused = _moved_class(path.rpartition(".")[2])
    if not (isinstance(refused, type) and issubclass(refused, Refused)):
        return ""
    again = refused.__new__(refused)  # its own signature may ask for less than it says
    Refused.__init__(again, **kept["facts"])
    return str(again)


class NotFound(Refused, status=404):
    """Out of sight and not existing are answered alike."""

    message = _("Page not found, or not yours to open.")


class TooMany(Refused, status=429):
    """A limit was reached; `wait_s` says when to come back."""

    message = _("Too many attempts. Try again in %(wait_s)s.")


class TooLarge(Refused, status=413):
    """More came than anybody may send here at a time; `mb` says how much that is."""

    message = _("This is too large. Send at most %(mb)s MB at a time.")


def or_refuse(found: Found | None, refusal: Refused | type[Refused] = NotFound) -> Found:
    """What was found; where nothing was, the refusal is raised."""
    if found is None:
        raise refusal
    return found
