import gzip
import re
from pathlib import Path

import pytest

from abhiyan.ui import build
from abhiyan.ui.templatetags.look import ICONS

pytestmark = pytest.mark.skipif(
    not build.STAMPS.exists(), reason="the assets are not built: run `make env` first"
)


def packed(name: str) -> int:
    return len(gzip.compress((build.BUILT / name).read_bytes(), 9))


def test_a_second_build_has_nothing_to_do() -> None:
    build.build()
    assert build.build() == []


def test_what_was_lost_is_made_again() -> None:
    build.build()
    (build.BUILT / "theme.js").unlink()
    assert build.build() == ["scripts"]
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
