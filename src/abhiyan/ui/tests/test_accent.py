import re
from pathlib import Path

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.ui import accent

chosen = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


@given(chosen, st.booleans())
def test_any_accent_becomes_colours_that_can_be_read(colour: str, dark: bool) -> None:
    paper, sheet, _ink = (accent.rgb(text) for text in (accent.DARK if dark else accent.LIGHT))
    made = {name: accent.rgb(value) for name, value in accent.colours(colour, dark=dark).items()}
    # rounding to 8 bits may take a hair
    assert accent.contrast(made["accent"], paper) >= 5.1
    assert accent.contrast(made["accent"], made["on-accent"]) >= 4.4
    assert accent.contrast(made["r3"], sheet) >= 3.1
    assert accent.contrast(made["r4"], sheet) >= 7.8


@pytest.mark.parametrize("nonsense", ["", "red", "#12345", "#12345g", "}body{display:none", "#1d5b66;x:1"])
def test_what_is_no_colour_is_taken_for_the_default(nonsense: str) -> None:
    assert accent.sheet(nonsense) == accent.sheet(accent.DEFAULT)


def test_papers_and_inks_are_those_of_the_stylesheet() -> None:
    tokens = (Path(accent.__file__).parent / "scss" / "_tokens.scss").read_text()
    light, dark = tokens.split("@mixin dark")
    for text, values in ((light, accent.LIGHT), (dark, accent.DARK)):
        for name, value in zip(("paper", "sheet", "ink"), values, strict=True):
            found = re.search(rf"--{name}: (#\w+)", text)
            assert found
            assert accent.rgb((found[1] * 2)[:7] if len(found[1]) == 7 else found[1] + "fff") == accent.rgb(
                value
            )


def test_the_sheet_is_kept_for_a_year_under_its_own_address(client: Client, settings: object) -> None:
    from abhiyan.ui.views import accent_version

    first = client.get("/ui/accent.css")
    assert first["Content-Type"] == "text/css; charset=utf-8"
    assert "max-age=300" in first["Cache-Control"]
    assert "immutable" in client.get(f"/ui/accent.css?v={accent_version()}")["Cache-Control"]
    again = client.get("/ui/accent.css", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert client.post("/ui/accent.css").status_code == 405


def test_another_accent_is_another_address(settings: "object") -> None:
    from abhiyan.ui.views import accent_version

    before = accent_version()
    settings.ACCENT = "#6b3f6f"  # type: ignore[attr-defined]
    assert accent_version() != before
