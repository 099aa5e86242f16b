"""The colours of a deck, from an accent on a ground, all of them readable there; and what a template offers besides."""

from dataclasses import asdict, dataclass
from typing import Any

from abhiyan.ui.accent import LIGHT, contrast, hexadecimal, mixed, readable_colour, rgb

from .pages import Box, Room


@dataclass(frozen=True, slots=True)
class SlideLook:
    """Colours like #1d5b66. light, mid: shades of counted and confirmed; solid: of lines and dots."""

    paper: str
    ink: str
    muted: str
    line: str
    light: str
    mid: str
    solid: str

    def of(self, key: str) -> str:
        """The colour of a series, or of a tone."""
        shades = {"counted": self.light, "confirmed": self.mid}
        tones = {
            "ink": self.ink,
            "muted": self.muted,
            "line": self.line,
            "solid": self.solid,
        }
        return {**shades, **tones}.get(key, self.muted)


def look_of(accent: str, *, ink: str = LIGHT[2], paper: str = LIGHT[1]) -> SlideLook:
    """The look of an accent, with ink and ground moved apart where they are too near."""
    ground = rgb(paper)
    is_dark = contrast(ground, (1, 1, 1)) >= contrast(ground, (0, 0, 0))
    text = readable_colour(rgb(ink), ground, 7, dark=is_dark)
    solid = readable_colour(mixed(rgb(accent), text, 0.62), ground, 7, dark=is_dark)
    return SlideLook(
        hexadecimal(ground),
        hexadecimal(text),
        hexadecimal(readable_colour(mixed(text, ground, 0.78), ground, 4.6, dark=is_dark)),
        hexadecimal(mixed(text, ground, 0.16)),
        hexadecimal(mixed(solid, ground, 0.26)),
        hexadecimal(readable_colour(mixed(solid, ground, 0.62), ground, 3.2, dark=is_dark)),
        hexadecimal(solid),
    )


@dataclass(frozen=True, slots=True)
class Layouts:
    """A template offers this. cover, page: which of all its layouts; room: what they leave, on a page so wide and high.
    taken_out: how many slides, links and other objects were."""

    cover: int
    page: int
    room: Room
    look: SlideLook
    width: float
    height: float
    taken_out: int = 0
    is_house: bool = False


# The template of the house leaves this room (`layouts.house`): decks without another template use it.
HOUSE = Room(
    Box(42.2, 21.6, 875.6, 58.8),
    Box(42, 88, 876, 438),
    26,
    Box(70.2, 123.6, 819.6, 142.8),
    Box(70.2, 287.6, 819.6, 162.8),
)


def house_layouts(accent: str) -> Layouts:
    """Return what the template of the house offers."""
    return Layouts(0, 1, HOUSE, look_of(accent), 960, 540, is_house=True)


def layouts_to_json(layouts: Layouts) -> dict[str, Any]:
    """As it is kept beside its template."""
    return asdict(layouts)


def layouts_from_json(kept: dict[str, Any]) -> Layouts:
    """The same again."""
    room = kept["room"]
    boxes = {name: Box(**room[name]) for name in ("title", "below", "cover", "lines") if room[name]}
    return Layouts(**{**kept, "room": Room(size=room["size"], **boxes), "look": SlideLook(**kept["look"])})
