"""A list on a phone without a network finds the same names as search on the server, in every script."""

import random
import re
import unicodedata
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

import abhiyan
from abhiyan import ui
from abhiyan.core.words import name_words
from abhiyan.people import phone_table
from abhiyan.people.fields import NamesToTick
from abhiyan.people.rules.called import asked_sounds, is_called, sounds

UI = Path(ui.__path__[0])
STATIC = Path(phone_table.__file__).parent / "static" / "people"
# Names of ten scripts, with joiners, titles, articles, initials and shortened words.
NAMES = """
Farooq Ahmad|Faruk|फ़ारूक़|فاروق|Farooque|ফারুক
सुनी\u200dता देवी|Sunitha|ਸੁਨੀਤਾ|Suneeta|সুনীতা|સુનીતા|ସୁନୀତା|சுனிதா|సునీత|ಸುನೀತಾ|സുനിത
ذوالفقار علی|Zulfikar Ali|Abdul Rahman|عبدالرحمن|Abdurrahman|Zia-ul-Haq|ضیاءالحق|নুরুদ্দিন|نور الدین
Smt:Kamla Devi|कु० सुनीता|S.R.Vasanthan|Md. Aslam|मो॰ असलम|Mohammad Aslam|ਸੱਜਣ ਸਿੰਘ|ਬੱਗਾ|যমুনা|Jamuna
Müller|O'Brien|House 12-अ, Lane 4|२९|29|১২/৩|zzzz|ॐ प्रकाश|Om Prakash|Omprakash|ओमप्रकाश|یوسف|Yusuf|สมชาย|ꯀꯨꯃꯥꯔ|ൺ ശിവൻ|ওঁ
""".replace("\n", "|").strip("|")


def written_names() -> list[str]:
    """Names of the product, and names of ten scripts."""
    return sorted(
        {*NAMES.split("|"), *(row[script] for row in name_words() for script in ("latin", "devanagari"))}
    )


def letters_of_scripts(n: int) -> list[str]:
    """Return texts of random letters, each of one script."""
    draw = random.Random(7)  # the same in each run
    blocks = [*((0x900 + 0x80 * script, 0x97F + 0x80 * script) for script in range(9)), (0x621, 0x6D3)]
    blocks += [(0x20, 0x7E), (0xA1, 0x17F)]
    texts = (
        "".join(chr(draw.randint(*block)) for _ in range(draw.randint(1, 9)))
        for block in (draw.choice(blocks) for _ in range(n))
    )
    return ["".join(c for c in text if unicodedata.category(c) != "Cn") for text in texts]


def in_browser(chromium: Browser, call: str, texts: object) -> list[Any]:
    """Return the answers of a function of names.js."""
    files = [UI / "static" / "ui" / "checks.js", STATIC / "names_table.js", STATIC / "names.js"]
    checks, *own = (
        re.sub("^export |^import .*", "", file.read_text("utf-8"), flags=re.MULTILINE) for file in files
    )
    module = "\n".join(
        [f"const {{ plainDigits }} = (() => {{ {checks}\nreturn {{ plainDigits }}; }})();", *own]
    )
    page = chromium.new_page()
    answers: list[Any] = page.evaluate(f"(texts) => {{ {module}\nreturn texts.map({call}); }}", texts)
    page.close()
    return answers


def test_the_table_of_the_phone_is_what_the_rules_say_now() -> None:
    now = phone_table.script_text()
    assert phone_table.PLACE.read_text("utf-8") == now, "run python -m abhiyan.people.phone_table"


@pytest.mark.browser
def test_what_is_typed_is_read_alike_on_the_phone_and_on_the_server(chromium: Browser) -> None:
    draw = random.Random(11)  # the same in each run
    texts = written_names() + letters_of_scripts(3_000)
    texts += [" ".join(draw.choice(texts)[: draw.randint(1, 12)] for _ in range(2)) for _ in range(2_000)]
    read = in_browser(chromium, "askedSounds", texts)
    for text, ways in zip(texts, read, strict=True):
        assert [sorted(set(way)) for way in ways] == [sorted(way) for way in asked_sounds(text)], text


@pytest.mark.browser
def test_each_pair_of_names_is_found_or_not_as_on_the_server(chromium: Browser) -> None:
    pairs = list(product(NAMES.split("|"), repeat=2))
    rows = [[sorted(sounds(name)), text] for name, text in pairs]
    alike = in_browser(chromium, "([sounds, text]) => isCalled(sounds, text)", rows)
    assert alike == [is_called(name, text) for name, text in pairs]
    assert 100 < sum(alike) < len(pairs) / 4


def test_each_row_that_is_narrowed_says_what_it_is_found_by() -> None:
    root = Path(abhiyan.__path__[0])
    using = [
        path for path in root.rglob("templates/**/*.html") if "people/_narrow.html" in path.read_text("utf-8")
    ]
    assert len(using) >= 3
    marked = {path.name for path in using if "row_sounds" in path.read_text("utf-8")}
    assert {path.name for path in using} - marked == {"field_meeting.html"}, "its names are `NamesToTick`"
    drawn = NamesToTick(choices=[("1", "Sunita Devi")]).render("invitee", [])
    (words,) = re.findall('data-sounds="([^"]*)"', drawn)
    assert set(words.split()) == sounds("Sunita Devi")
