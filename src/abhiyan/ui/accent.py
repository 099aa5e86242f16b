"""From the one accent colour an organisation chooses, every colour that depends on it.

An accent too pale or too dark for its place is moved, in lightness only, until it passes WCAG 2.2 AA.
"""

import colorsys
import re
from functools import lru_cache

Colour = tuple[float, float, float]

DEFAULT = "#1d5b66"
# paper, sheet and ink of scss/_tokens.scss; a test holds the two together
LIGHT = ("#f3f6f5", "#ffffff", "#15201e")
DARK = ("#0f1514", "#171f1d", "#e5ecea")
WHITE = "#ffffff"
BLACK = "#0f1514"


def rgb(text: str) -> Colour:
    return (int(text[1:3], 16) / 255, int(text[3:5], 16) / 255, int(text[5:7], 16) / 255)


def hexadecimal(colour: Colour) -> str:
    return "#" + "".join(f"{round(max(0.0, min(1.0, part)) * 255):02x}" for part in colour)


def luminance(colour: Colour) -> float:
    """Relative luminance, WCAG 2.2."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """The ratio of WCAG 2.2, 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (a * share + b * (1 - share) for a, b in zip(one, other, strict=True))
    return (red, green, blue)


def readable_colour(colour: Colour, ground: Colour, ratio: float, *, dark: bool) -> Colour:
    """The colour, moved away from the ground in lightness until the ratio is reached."""
    step = 0.01 if dark else -0.01
    hue, lightness, saturation = colorsys.rgb_to_hls(*colour)
    for _step in range(100):
        if contrast(colour, ground) >= ratio:
            break
        lightness = max(0.0, min(1.0, lightness + step))
        colour = colorsys.hls_to_rgb(hue, lightness, saturation)
    return colour


def colours(accent: str, *, dark: bool) -> dict[str, str]:
    """Every colour made from the accent, by the name of its custom property."""
    paper, sheet, ink = (rgb(text) for text in (DARK if dark else LIGHT))
    chosen = readable_colour(rgb(accent), paper, 5.2, dark=dark)
    # the lights of a dark theme start from where black would be no colour at all
    white, black = rgb(WHITE), rgb(BLACK)
    on_chosen = white if contrast(chosen, white) >= contrast(chosen, black) else black
    solid = readable_colour(mixed(chosen, ink, 0.8 if dark else 0.62), sheet, 8 if dark else 9, dark=dark)
    made = {
        "accent": chosen,
        "on-accent": on_chosen,
        "accent-deep": mixed(chosen, ink, 0.72),
        "accent-soft": mixed(chosen, sheet, 0.2 if dark else 0.14),
        "r2": mixed(solid, sheet, 0.26),
        "r3": readable_colour(mixed(solid, sheet, 0.62), sheet, 3.2, dark=dark),
        "r4": solid,
    }
    return {name: hexadecimal(colour) for name, colour in made.items()}


def block(accent: str, *, dark: bool) -> str:
    return ";".join(f"--{name}:{value}" for name, value in colours(accent, dark=dark).items())


@lru_cache(maxsize=8)
def sheet(accent: str) -> str:
    """The whole stylesheet, about 700 bytes. Anything else than a colour like #1d5b66 is taken for the default."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", accent):
        accent = DEFAULT
    light, dark = block(accent, dark=False), block(accent, dark=True)
    return (
        f":root,.on-light,.on-strong{{{light}}}"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}"
        f":root[data-theme=dark],.on-dark{{{dark}}}"
        f"@media print{{:root,:root[data-theme],:root:not([data-theme=light]){{{light}}}}}"
    )
