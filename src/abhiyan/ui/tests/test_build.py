import gzip
import re
from pathlib import Path

import pytest

from abhiyan.ui import build
from abhiyan.ui.squares import Shape
from abhiyan.ui.templatetags.look import ICONS

pytestmark = pytest.mark.skipif(
    not build.STAMPS.exists(), reason="the assets are not built: run `make env` first"
)


def packed(name: str) -> int:
    return len(gzip.compress((build.BUILT / name).read_bytes(), 9))


def test_a_second_build_has_nothing_to_do() -> None:
    build.build_assets()
    assert build.build_assets() == []


def test_what_was_lost_is_made_again() -> None:
    build.build_assets()
    (build.BUILT / "theme.js").unlink()
    assert build.build_assets() == ["scripts"]
    assert (build.BUILT / "theme.js").exists()


def test_weights_stay_within_their_budgets() -> None:
    assert packed("core.css") <= 10.5 * 1024
    assert packed("desk.css") <= 5 * 1024
    assert packed("look.js") + packed("theme.js") + packed("desk.js") <= 3 * 1024
    assert sum(path.stat().st_size for path in (build.BUILT / "fonts").iterdir()) <= 80 * 1024


def test_no_stylesheet_reaches_outside_or_carries_data() -> None:
    for name in build.STYLES:
        text = (build.BUILT / f"{name}.css").read_text()
        for address in re.findall(r"url\(([^)]*)\)", text):
            assert not re.match(r"""["']?(data:|https?:|//)""", address)
        # logical properties only, so that Urdu needs no sheet of its own; Pico keeps a few physical ones
        assert name == "core" or not re.search(r"(margin|padding|border)-(left|right)\b", text)


def test_every_class_of_the_sheets_is_drawn_by_some_page() -> None:
    """The kit page shows what others use: a class that it alone has is weight for nothing."""
    rooms = build.UI.parent
    drawn: set[str] = set()
    for path in rooms.rglob("*"):
        shows = path.suffix in {".html", ".py", ".js"} and path.name != "kit.html"
        if shows and not {"tests", "built", "migrations"} & set(path.parts):
            text = path.read_text()
            # A template counts with its quoted parts alone: a word for people would hide a class.
            parts = re.findall(r'"[^"]*"', text) if path.suffix == ".html" else [text]
            drawn |= {word for part in parts for word in re.findall(r"[\w-]+", part)}
    ruled = {
        name
        for path in sorted((build.UI / "scss").glob("_*.scss"))
        for head in re.findall(r"([^{};]*)\{", re.sub(r"//.*", "", path.read_text()))
        for name in re.findall(r"\.([a-z][\w-]*)", head)
    }
    made = {f"c-{shape}" for shape in Shape} | {"htmx-request"}
    assert sorted(ruled - drawn - made) == []


def test_every_icon_is_in_the_sprite() -> None:
    sprite = (build.BUILT / "icons.svg").read_text()
    assert set(re.findall(r'<symbol id="([\w-]+)"', sprite)) == ICONS


def test_the_faces_hold_every_letter_of_the_hindi_that_is_shown() -> None:
    points = {chr(point) for point in [*build.HINDI, *build.LATIN]}
    for po in build.catalogues():
        shown = {
            character for line in po.read_text().splitlines() if line[:6] == "msgstr" for character in line
        }
        missing = shown - points - {"\N{REPLACEMENT CHARACTER}"}  # quoted on purpose, from any face
        assert not missing, f"{po}: {missing} is in neither face; add it to ui.build or write it differently"


def test_a_broken_catalogue_stops_the_build_by_name(tmp_path: Path) -> None:
    po = tmp_path / "hi" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    po.write_text('msgid "a"\nmsgstr[one] "b"\n')
    with pytest.raises(build.BuildFailed, match=r"django\.po"):
        build.compiled(po)
