"""Prints the refusals, the trail and the messages of a checkout, sorted. `tools/compare` reads it of two checkouts.

Lines:
- `code CODE STATUS`: a refusal that a page, webhook or API can answer;
- `act ACT ENTRIES ROWS`: entries of the trail by act;
- `text CODE LANGUAGE WORDS`: each shipped text;
- `message CODE LANGUAGE WORDS × HOW OFTEN`: the messages of the demo. Codes, links and words of questions are left out,
  because they are drawn by chance.
"""

import json
import pkgutil
import re
import sys
from collections import Counter
from collections.abc import Iterator
from importlib import import_module

import sample

DRAWN = {"code", "link", "word", "choices", "still"}  # blanks that are drawn by chance


def codes() -> Iterator[str]:
    """Every refusal of the product, by what a machine reads of it."""
    import abhiyan
    from abhiyan.core.refusals import Refused

    for module in pkgutil.walk_packages(abhiyan.__path__, "abhiyan."):
        if not re.search(r"\.(tests|migrations|bench|conftest|__main__)\b", module.name):
            import_module(module.name)
    waiting: list[type[Refused]] = [Refused]
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        yield f"code {one.code} {one.status}"


def acts() -> Iterator[str]:
    """The trail: entries, and rows they concern."""
    from abhiyan.core import sql

    for act, entries, rows in sql.rows("select act, count(*), sum(n) from core_audit group by act"):
        yield f"act {act} {entries} {rows}"


def messages() -> Iterator[str]:
    """Texts as they are shipped, and as the demo filled them."""
    from abhiyan.core.keys import keyring
    from abhiyan.messaging.models import Message
    from abhiyan.messaging.rules import texts

    fill_text = sample.part_of(texts, "fill_text", "fill")

    for (code, language), text in texts.TEXTS.items():
        yield f"text {code} {language} {text}"
    found: Counter[str] = Counter()
    for one in Message.objects.all():
        blanks = {"organisation": "…"}
        if one.sealed_blanks:
            blanks |= json.loads(keyring().unseal(bytes(one.sealed_blanks), about=one.pk.bytes))
        blanks = {name: "…" if name in DRAWN and value else value for name, value in blanks.items()}
        shipped = texts.TEXTS.get((one.template, one.language), "")
        found[f"message {one.template} {one.language} {fill_text(shipped, blanks) or sorted(blanks)}"] += 1
    for words, n in found.items():
        yield f"{words} × {n}"


def main(seed: str) -> None:
    with sample.made(seed, role="jobs"):
        from abhiyan.core.scope import system

        with system("comparing two checkouts"):
            lines = sorted({*codes(), *acts(), *messages()})
        print("\n".join(" ".join(line.split()) for line in lines))


if __name__ == "__main__":
    main(sys.argv[1])
