"""Content templates of service texts, as DLT registers them: India's register of senders and texts (law.md T1).

Carriers let an SMS through only when its text is that of a registered template. There a variable is `{#var#}` and
carries at most 30 characters; a longer value needs several of them side by side. The organisation's name, the short
notice and the address of our server are fixed words. A change of one needs a new id. A text with optional parts is
several templates, one for each way to fill it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from .bulk import CARRIED, PREFIX, sha256
from .texts import CONTRIBUTOR, FRIEND, blanks, count_sms, fill_text, optional_blanks

VARIABLE = "{#var#}"
FIXED_WORDS = frozenset({"organisation", "notice"})
ADDRESSES = frozenset({"link", "page", "hear"})  # these blanks bring an address of ours
NOTICES = {FRIEND: "friends", CONTRIBUTOR: "contributors", "": "membership"}  # by the end of a text's code
IMPLICIT, EXPLICIT = "service implicit", "service explicit"
ASKS_A_FAVOUR = frozenset({"contributor.task"})  # only people who agreed to be asked get them

# These values need more than one variable. Names that are longer still are cut (`fitted`).
VARIABLES = {
    "by": 3,
    "calls": 10,
    "choices": 8,
    "days": 2,
    "ended": 4,
    "host": 2,
    "lacking": 2,
    "leader": 2,
    "name": 2,
    "office": 3,
    "place": 3,
    "programme": 4,
    "role": 3,
    "standing": 7,
    "still": 4,
    "task": 4,
    "text": 10,
    "title": 4,
    "unit": 3,
    "why": 5,
    "worker": 2,
}
# An address needs so many behind that of our server, else one; by the code of its text, or by its blank.
# 0: it is the address of the server.
ADDRESS_VARIABLES = {
    "hear": 2,
    "account.reset_asked": 0,
    "contributor.join": 3,
    "contributor.task": 2,
    "duty.ask": 5,
    "duty.asked": 5,
    "duty.centre": 0,
    "duty.circular": 2,
    "duty.in_charge": 2,
    "duty.morning": 0,
    "duty.slides": 2,
    "duty.task_late": 2,
    "duty.task_tomorrow": 2,
    "duty.today": 0,
    "office.accepted": 3,
    "office.unchanged": 0,
    "text.help": 2,
    "text.media": 2,
}
# Names say enough without their end. Any other value would say something else.
_CUT = frozenset(VARIABLES) - {"choices", "text", "days", "lacking"}
_SAMPLE = "x"
WORD, ASKED = "word", ("ask.", "duty.")  # a question has a word: only where to send it may be lacking
# A receipt of a no says these together, or none of them.
TOGETHER = (("still", "word", "page"), ("ended", "day"), ("by", "day"))


@dataclass(frozen=True, slots=True)
class ContentTemplate:
    """One template to register. text: with variables as DLT writes them. is_used: this server may send it today."""

    code: str
    language: str
    text: str
    parts: int
    is_used: bool = True

    @property
    def key(self) -> str:
        """Return the hash by which a row is found. It begins with a letter, so no spreadsheet takes it for a number."""
        return registration_key(self.code, self.language, self.text)

    @property
    def variables(self) -> int:
        """Return the number of variables."""
        return self.text.count(VARIABLE)

    @property
    def dlt_class(self) -> str:
        """The class DLT asks for. One-time codes are "transactional" for banks alone."""
        return EXPLICIT if self.code in ASKS_A_FAVOUR else IMPLICIT


def registration_key(code: str, language: str, text: str) -> str:
    """A short hash of a template's exact text."""
    return "t" + sha256(f"{code}|{language}|{text}")[:16]


def variables_of(code: str, name: str) -> int:
    """Count the variables that a blank of a text takes. People registered a bulk text with one for each."""
    if code.startswith(PREFIX):
        return 1
    if name in ADDRESSES:
        return ADDRESS_VARIABLES.get(name, ADDRESS_VARIABLES.get(code, 1))
    return VARIABLES.get(name, 1)


def content(code: str, text: str, values: Mapping[str, str], *, origin: str) -> str:
    """The content template of a message that is filled with these values. origin: the address of our server.

    KeyError: a blank is missing.
    """
    return fill_text(text, {name: _written(code, name, value, origin) for name, value in values.items()})


def _written(code: str, name: str, value: str, origin: str) -> str:
    if name in FIXED_WORDS or not value.strip():
        return value
    if name in ADDRESSES and value.startswith(f"{origin}/"):
        return f"{origin}/" + VARIABLE * variables_of(code, name)
    return VARIABLE * (1 if name in ADDRESSES else variables_of(code, name))


def with_short_links(values: Mapping[str, str], *, origin: str, short: str) -> dict[str, str]:
    """The values of a service text with our addresses as links in SMS are written. origin: of our server."""
    return {
        name: f"{short}{value.removeprefix(origin)}"
        if name in ADDRESSES and value.startswith(f"{origin}/")
        else value
        for name, value in values.items()
    }


def fitted(code: str, values: Mapping[str, str]) -> dict[str, str]:
    """The values as they go out: names that are longer than their variables carry are cut.

    A bulk text stays as two people approved it.
    """
    is_cut = frozenset() if code.startswith(PREFIX) else _CUT
    return {
        name: _cut(value, CARRIED * variables_of(code, name)) if name in is_cut else value
        for name, value in values.items()
    }


def _cut(value: str, most: int) -> str:
    value = " ".join(value.split())
    if letters(value) <= most:
        return value
    words = value.split(" ")
    while len(words) > 1 and letters(" ".join(words)) > most - 3:
        words.pop()
    kept = " ".join(words)
    while letters(kept) > most - 3:
        kept = kept[:-1]
    return f"{kept.rstrip(' ,;')}..."


def misfit(code: str, text: str, values: Mapping[str, str], *, origin: str) -> str:
    """Return the name of a value that is longer than its variables carry, "" for none."""
    for name in sorted(blanks(text) - FIXED_WORDS):
        value, room = " ".join(values.get(name, "").split()), CARRIED * variables_of(code, name)
        if name in ADDRESSES and value.startswith(f"{origin}/"):
            value = value.removeprefix(f"{origin}/")
        elif name in ADDRESSES:
            room = CARRIED
        if letters(value) > room:
            return name
    return ""


def letters(value: str) -> int:
    """How long a value is for a carrier: in units of UTF-16, as an SMS counts."""
    return len(value.encode("utf-16-le", "surrogatepass")) // 2


def contents(
    code: str,
    text: str,
    *,
    fixed: Mapping[str, str],
    origin: str,
    lacking: frozenset[str] = frozenset(),
    always: frozenset[str] = frozenset(),
) -> Iterator[tuple[str, int]]:
    """Every content template of a text, the fullest first, each with the most parts of SMS it takes.

    fixed: the fixed words. lacking, always: optional blanks that are never, or always, filled.
    """
    optional = optional_blanks(text)
    choices: list[Sequence[tuple[str, str]]] = []
    for name in sorted(blanks(text) | optional):
        samples = [fixed[name]] if name in fixed else _samples(name, origin)
        if name in optional and not _is_always_filled(code, name):
            samples = [
                sample
                for sample in [*samples, ""]
                if not ((sample and name in lacking) or (not sample and name in always))
            ]
        choices.append([(name, sample) for sample in samples])
    seen = set()
    for chosen in product(*choices):
        values = dict(chosen)
        made = content(code, text, values, origin=origin)
        if may_be_filled(code, values) and made not in seen:
            seen.add(made)
            longest = {name: _longest(code, name, value, origin) for name, value in values.items()}
            yield made, count_sms(fill_text(text, longest))


def may_be_filled(code: str, values: Mapping[str, str]) -> bool:
    """Return True if a text may have these values.

    A question has its word and a text its link. A receipt of a no says some of its blanks together.
    """
    if any(_is_always_filled(code, name) and not value.strip() for name, value in values.items()):
        return False
    if not code.endswith(".receipt"):
        return True
    groups = [[bool(values[name].strip()) for name in group if name in values] for group in TOGETHER]
    return all(len(set(group)) < 2 for group in groups)


def _is_always_filled(code: str, name: str) -> bool:
    return name == "link" or (name == WORD and code.startswith(ASKED))


def _samples(name: str, origin: str) -> list[str]:
    if name == "hear":
        return [_SAMPLE, f"{origin}/{_SAMPLE}"]
    return [f"{origin}/{_SAMPLE}" if name in ADDRESSES else _SAMPLE]


def _longest(code: str, name: str, value: str, origin: str) -> str:
    if name in FIXED_WORDS or not value:
        return value
    behind = _SAMPLE * CARRIED * variables_of(code, name)
    return f"{origin}/{behind}" if value.startswith(f"{origin}/") else behind
