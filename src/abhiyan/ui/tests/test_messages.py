from pathlib import Path

import pytest

from abhiyan.ui import messages


@pytest.fixture
def rooms(tmp_path: Path) -> Path:
    room = tmp_path / "stays"
    (room / "templates" / "stays").mkdir(parents=True)
    (room / "tests").mkdir()
    (room / "__init__.py").write_text("")
    (room / "actions.py").write_text(
        "from django.utils.translation import gettext_lazy as _, ngettext, pgettext_lazy\n"
        'A = _("A stay of %(hours)s hours")\n'
        'B = pgettext_lazy("noun", "Stay")\n'
        'def c(n): return ngettext("%(n)s night", "%(n)s nights", n)\n'
    )
    (room / "tests" / "test_it.py").write_text('_("never seen")\n')
    (room / "templates" / "stays" / "page.html").write_text(
        "{# a comment #}\n  <p>\n{% translate 'Arrived' %} it's {% translate \"100% here\" %}</p>\n"
        '    {% say "p.small" n=n %}\n  {{ n }} village\n {% plural %}\n {{ n }} villages\n'
        "  {% endsay %}\n"
    )
    return tmp_path


def po(rooms: Path) -> Path:
    return rooms / "stays" / "locale" / "hi" / "LC_MESSAGES" / "django.po"


def fill(rooms: Path, **hindi: str) -> None:
    """Translates everything rightly, but for what is given (by the first word of the English)."""
    right = {
        "A stay of": 'msgstr "%(hours)s घंटे का प्रवास"',
        "Stay": 'msgstr "प्रवास"',
        "Arrived": 'msgstr "पहुँचे"',
        "100%% here": 'msgstr "100%% यहाँ"',
        "%(n)s night": 'msgstr[0] "एक रात"\nmsgstr[1] "%(n)s रातें"',
        "%(n)s village": 'msgstr[0] "%(n)s गाँव"\nmsgstr[1] "%(n)s गाँव"',
    } | {key.replace("_", " "): value for key, value in hindi.items()}
    blocks = []
    for block in po(rooms).read_text().split("\n\n"):
        for english, translation in right.items():
            if f'msgid "{english}' in block:
                block = block[: block.index("msgstr")] + translation + "\n"
        blocks.append(block.strip("\n"))
    po(rooms).write_text("\n\n".join(blocks) + "\n")


def test_strings_of_python_and_templates_are_found_once_each(rooms: Path) -> None:
    assert sorted(messages.collect(rooms / "stays").strings) == [
        ("", "%(n)s night", "%(n)s nights"),
        ("", "%(n)s village", "%(n)s villages"),
        ("", "100%% here", ""),
        ("", "A stay of %(hours)s hours", ""),
        ("", "Arrived", ""),
        ("noun", "Stay", ""),
    ]


def test_a_whole_catalogue_passes_and_a_second_update_changes_nothing(rooms: Path) -> None:
    assert messages.update(rooms) == [str(po(rooms))]
    assert len(messages.check(rooms)) == 6
    fill(rooms)
    messages.update(rooms)
    assert messages.check(rooms) == []
    assert messages.update(rooms) == []
    assert "POT-Creation-Date" not in po(rooms).read_text()


def test_what_is_missing_or_empty_is_listed(rooms: Path) -> None:
    assert all(line.startswith("missing: stays (hi): ") for line in messages.check(rooms))
    messages.update(rooms)
    assert all(line.startswith("empty: stays (hi): ") for line in messages.check(rooms))


def test_an_unsure_translation_is_listed_and_not_compiled(rooms: Path) -> None:
    messages.update(rooms)
    fill(rooms)
    text = po(rooms).read_text().replace('msgid "Arrived"', '#, fuzzy\nmsgid "Arrived"')
    po(rooms).write_text(text)
    assert messages.check(rooms) == ["fuzzy: stays (hi): 'Arrived' in stays/templates/stays/page.html"]
    from abhiyan.ui.build import compiled

    assert "पहुँचे".encode() not in compiled(po(rooms))
    assert "प्रवास".encode() in compiled(po(rooms))


@pytest.mark.parametrize(
    ("english", "hindi"),
    [
        ("A_stay_of", 'msgstr "%(hour)s घंटे"'),
        ("A_stay_of", 'msgstr "प्रवास"'),
        ("Arrived", 'msgstr "%(who)s पहुँचे"'),
        ("Arrived", 'msgstr "<b>पहुँचे</b>"'),
    ],
)
def test_placeholders_and_tags_that_differ_are_listed(rooms: Path, english: str, hindi: str) -> None:
    messages.update(rooms)
    fill(rooms, **{english: hindi})
    (line,) = messages.check(rooms)
    assert line.startswith("placeholders differ: stays (hi): ")


def test_a_translation_that_stands_there_twice_is_listed(rooms: Path) -> None:
    messages.update(rooms)
    whole = "आप आज वहाँ पहुँच गए हैं।"
    fill(rooms, Arrived=f'msgstr "{whole}"\n"{whole}"')
    (line,) = messages.check(rooms)
    assert line.startswith("says the same several times: stays (hi): ")


def test_the_plural_must_keep_its_number_and_the_singular_may_leave_it_out(rooms: Path) -> None:
    messages.update(rooms)
    fill(rooms, **{"%(n)s night": 'msgstr[0] "एक रात"\nmsgstr[1] "रातें"'})
    (line,) = messages.check(rooms)
    assert "'%(n)s night'" in line


def test_strings_that_are_gone_are_listed_until_an_update_drops_them(rooms: Path) -> None:
    messages.update(rooms)
    fill(rooms)
    (rooms / "stays" / "actions.py").write_text("")
    assert sum(line.startswith("no longer used: ") for line in messages.check(rooms)) == 3
    messages.update(rooms)
    assert messages.check(rooms) == []
    assert "पहुँचे" in po(rooms).read_text()


def test_two_rooms_may_not_translate_the_same_words_differently(rooms: Path) -> None:
    messages.update(rooms)
    fill(rooms)
    other = rooms / "calls"
    (other / "locale" / "hi" / "LC_MESSAGES").mkdir(parents=True)
    (other / "__init__.py").write_text('_("Arrived")\n')
    (other / "locale" / "hi" / "LC_MESSAGES" / "django.po").write_text(
        po(rooms).read_text().split("\n\n")[0] + '\n\nmsgid "Arrived"\nmsgstr "आ गए"\n'
    )
    (line,) = messages.check(rooms)
    assert line.startswith("translated in two ways (hi): 'Arrived'")


def test_the_look_speaks_hindi_whole() -> None:
    assert messages.check(only=["ui"]) == []
