"""A language's file to fill in, with what each text says in English and Hindi."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from abhiyan.core.languages import SCHEDULE
from abhiyan.messaging.rules import texts
from abhiyan.people.rules import standard_notice
from abhiyan.ui import messages

from . import LISTS, REPLIES, strings

HEAD = """\
# {english}, for the pages, messages and notice the public reads. How to fill it in: docs/languages.md.
# A text that stays empty is shown in `otherwise`. Keep signs such as %(name)s, {{link}}, [ ] and <b> as they are.

code = "{code}"
name = ""  # the language's own name, in its own script
otherwise = "en"  # "hi" or "en"
mark = ""  # in this language: Nobody has reviewed this translation yet.
# reviewed_by = ""  # who has read every text, once somebody has
# reviewed_on = 2026-11-23

# Messages. Square brackets hold what is left out where a blank in it is empty.
[replies]
"""
WORDS = """
# Words by which people answer, such as join = ["…", "…"]; also those spelt otherwise.
# polite: words before or after, which mean nothing. against: with one of them a yes or a join is none.
# unclear: phrases that begin with such a word and mean something else.
[words]
"""
NOTICE = """
# The notice an organisation begins its own with. {name}, {page}, {by_call} and {contact} are filled in; what only the
# organisation knows stands in [square brackets]. first_reply heads the short text where people write it.
"""


def empty_language_file(code: str) -> str:
    """Return the file of a language, every text empty."""
    return "".join(f"{line}\n" for line in _lines(code))


def _lines(code: str) -> Iterator[str]:
    yield HEAD.format(code=code, english=SCHEDULE[code]).rstrip("\n")
    for reply_code in REPLIES:
        yield from _said(texts.TEXTS[reply_code, "en"], texts.TEXTS[reply_code, "hi"])
        yield f"# {_quoted(reply_code)} = "
    yield WORDS.rstrip("\n")
    yield from (f"# {name} = []" for name in sorted(LISTS))
    yield NOTICE.rstrip("\n")
    shipped = [standard_notice.shipped_notice(language) for language in ("en", "hi")]
    yield "# [notice]"
    for name, text in shipped[0].items():
        if isinstance(text, str):
            yield from _said(text, shipped[1][name])
            yield f"# {name} = "
    for name, part in shipped[0].items():
        if isinstance(part, Mapping):
            yield f"\n# [notice.{name}]"
            for key, text in part.items():
                yield from _said(text, shipped[1][name][key])
                yield f"# {key} = "
    yield "\n# Pages: the English, then what stands for it; where there are two texts, the first is for one.\n[pages]"
    by_context = defaultdict(list)
    for (context, singular), many in strings().items():
        by_context[context].append((singular, many))
    hindi = _hindi()
    for context in sorted(by_context):
        if context:
            yield f"\n[pages.{_quoted(context)}]"
        for singular, many in sorted(by_context[context]):
            yield from _said(*hindi.get((context, singular), ()))
            yield f"{_quoted(singular)} = {'[]' if many else _quoted('')}"


def _hindi() -> dict[tuple[str, str], Iterable[str]]:
    """Return by context and English the Hindi of it, of one and of more."""
    return {
        (context, singular): messages.message_texts(message)
        for room in messages.rooms()
        for message in messages.read_catalog(messages.catalogue_path(room, "hi"), "hi")
        if message.id
        for context, singular, _many in [messages.message_key(message)]
    }


def _said(*said: str) -> Iterator[str]:
    """Yield a text's other wordings, as comments."""
    yield from (f"# {' '.join(text.split())}" for text in said)


def _quoted(text: str) -> str:
    """Write a text as TOML does."""
    return json.dumps(text, ensure_ascii=False)
