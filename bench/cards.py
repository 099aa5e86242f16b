"""Bench `cards`: members' cards with their QR codes, by our engine and by WeasyPrint, with the same typefaces.

Row `batch/weasyprint`: pages per second of 750 cards as one PDF, against one document of 750 pages by WeasyPrint. A
process of its own sets them, as always. Row `one/weasyprint`: cards per second, one at a time, each with a name and a
code of its own. A warm compiler makes them, against WeasyPrint with its typefaces loaded and its styles parsed. The
codes are drawn beforehand and given to both: as a picture of one bit to WeasyPrint, which takes it faster than a path.
Both write the same lines in the same places. Interleaved rounds, median of the ratios; wall time, and what the process
and its children worked on it goes to stderr.
"""

import base64
import gc
import io
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

CARDS, ONE_BY_ONE = 750, 40
FAMILIES = ("शर्मा", "श्रीवास्तव", "द्विवेदी", "त्रिपाठी", "मिश्रा", "कुलश्रेष्ठ", "Sharma", "Koul")
GIVEN = ("आशा", "लक्ष्मी", "ज्ञानेन्द्र", "कृष्णा", "प्रद्युम्न", "Rohini", "विष्णु", "उर्मिला")
AT = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
STYLE = """
@page { size: 85.6mm 54mm; margin: 0 }
body { margin: 0; font: 7pt/1.35 "Noto Sans", "Noto Sans Devanagari"; color: #14201f }
.card { position: relative; width: 85.6mm; height: 54mm; page-break-after: always }
.card:last-child { page-break-after: auto }
.card > * { position: absolute }
.edge { left: .3mm; top: .3mm; width: 84.8mm; height: 53.2mm; border: .1mm solid #4d5b5a; border-radius: 3mm }
.bar { left: 4mm; height: .5mm; background: #17464d }
.head { left: 9mm; top: 3mm; font-size: 7.5pt; font-weight: 700 }
.roll { right: 4mm; top: 3mm; font-weight: 700 }
.line { left: .3mm; top: 8.4mm; width: 85mm; border-top: .25mm solid #17464d }
.who { left: 4mm; top: 10.4mm; width: 50mm }
.name { font-size: 12pt; font-weight: 700 }
.other, dt, .foot { color: #4d5b5a }
dl { margin: 1.6mm 0; display: grid; grid-template-columns: auto 1fr; column-gap: 2.4mm }
dd { margin: 0; font-weight: 700 }
img { left: 56.2mm; top: 10.2mm; width: 26.6mm; image-rendering: pixelated }
.foot { left: 4mm; top: 45.6mm; font-size: 5.5pt }
"""


def run(rounds: int = 3, *, quick: bool = False) -> list[dict[str, Any]]:
    """The rows of the bench. quick: a fifteenth of the cards and one round, to see that it runs."""
    n = CARDS // 15 if quick else CARDS
    rounds = 1 if quick else rounds
    people = [card(number) for number in range(n)]
    ours, theirs = Ours(), Theirs()
    for engine in (ours, theirs):  # what is loaded once is loaded
        engine.made(people[:2])
        engine.made(people[2:3])
    return [
        measured("batch/weasyprint", rounds, n, lambda: ours.made(people), lambda: theirs.made(people)),
        measured(
            "one/weasyprint",
            rounds,
            ONE_BY_ONE if not quick else 5,
            each(ours, people, quick=quick),
            each(theirs, people, quick=quick),
        ),
    ]


def each(engine: Any, people: list[dict[str, Any]], *, quick: bool) -> Callable[[], bytes]:
    def one_by_one() -> bytes:
        made = [engine.made([one]) for one in people[: 5 if quick else ONE_BY_ONE]]
        return bytes(made[-1])

    return one_by_one


def measured(
    name: str, rounds: int, n: int, ours: Callable[[], bytes], theirs: Callable[[], bytes]
) -> dict[str, Any]:
    """One row: documents per second, and the median of the rounds' ratios."""
    speeds: list[tuple[float, float]] = []
    for number in range(rounds):
        pair, worked = [], []
        for act in (ours, theirs) if number % 2 == 0 else (theirs, ours):
            gc.collect()
            started, cpu = time.perf_counter(), worked_s()
            made = act()
            pair.append(n / (time.perf_counter() - started))
            worked.append(worked_s() - cpu)
            assert made.startswith(b"%PDF-")
        if number % 2:
            pair.reverse()
            worked.reverse()
        speeds.append((pair[0], pair[1]))
        print(
            f"  {name}: {pair[0]:,.1f} against {pair[1]:,.1f} a second, {pair[0] / pair[1]:.1f}×;"
            f" processor {worked[0]:.2f} s against {worked[1]:.2f} s, {worked[1] / worked[0]:.1f}×",
            file=sys.stderr,
            flush=True,
        )
    return {
        "name": name,
        "value": statistics.median(one for one, _other in speeds),
        "reference_value": statistics.median(other for _one, other in speeds),
        "unit": "pages/s",
        "ratio": statistics.median(one / other for one, other in speeds),
    }


def worked_s() -> float:
    """Processor seconds of this process and of its children that ended."""
    now = os.times()
    return now.user + now.system + now.children_user + now.children_system


def card(number: int) -> dict[str, Any]:
    """Return the text of a card, and its code in both forms."""
    import segno

    from abhiyan.core import printing

    name = f"{GIVEN[number % 8]} {FAMILIES[number // 8 % 8]}"
    sealed = base64.b32encode((number + 1).to_bytes(4, "big") * 6 + b"x").decode().lower()
    address = f"https://abhiyan.example.org/check/{sealed}/"
    picture = io.BytesIO()
    segno.make_qr(address, error="m", mask=3, boost_error=False).save(picture, kind="png", border=4)
    return {
        "organisation": "जन संगठन",
        "roll": "प्राथमिक सदस्य",
        "name": name,
        "other_name": f"Member {number}",
        "rows": [
            ["सदस्य संख्या", f"7K3M-09XD-{number:04d}"],
            ["इकाई", f"बूथ {number % 90 + 1}, लक्ष्मीपुर"],
            ["कब से सदस्य", "19 नवंबर 2026"],
        ],
        "note": "सदस्य ने ख़ुद पुष्टि की है।",
        "proves": "सदस्यता का प्रमाण है, पहचान पत्र नहीं। इससे किसी योजना का लाभ नहीं मिलता।",
        "code": printing.qr(address),
        "picture": "data:image/png;base64," + base64.b64encode(picture.getvalue()).decode(),
    }


class Ours:
    """The engine and the template that ship."""

    def __init__(self) -> None:
        import abhiyan
        from abhiyan.core import printing

        templates = Path(abhiyan.__file__).parent / "enrolment" / "templates" / "enrolment"
        self._printing, self._template = printing, printing.PrintTemplate.read(templates / "card.typ")

    def made(self, people: list[dict[str, Any]]) -> bytes:
        given = [{key: value for key, value in one.items() if key != "picture"} for one in people]
        return self._printing.pdf(
            self._template, given, title="Cards", language="hi", at=AT, with_lines=False
        )


class Theirs:
    """WeasyPrint, kept warm: its typefaces are loaded and its styles parsed once."""

    def __init__(self) -> None:
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration

        from abhiyan.core.printing import FONTS

        faces = "".join(
            f'@font-face {{ font-family: "{family}"; font-weight: {weight};'
            f" src: url({(FONTS / f'{stem}-{style}.ttf').as_uri()}) }}"
            for family, stem in (
                ("Noto Sans", "noto-sans"),
                ("Noto Sans Devanagari", "noto-sans-devanagari"),
            )
            for style, weight in (("regular", 400), ("bold", 700))
        )
        self._html, self._fonts = HTML, FontConfiguration()
        self._style = CSS(string=faces + STYLE, font_config=self._fonts)

    def made(self, people: list[dict[str, Any]]) -> bytes:
        text = f'<html lang="hi"><body>{"".join(map(self._card, people))}</body></html>'
        written: bytes = self._html(string=text).write_pdf(stylesheets=[self._style], font_config=self._fonts)
        return written

    def _card(self, one: dict[str, Any]) -> str:
        bars = "".join(
            f'<i class="bar" style="top: {3.1 + n * 0.85}mm; width: {3.4 * share}mm"></i>'
            for n, share in enumerate((1.0, 0.82, 0.6, 0.42))
        )
        rows = "".join(f"<dt>{label}</dt><dd>{value}</dd>" for label, value in one["rows"])
        return (
            f'<div class="card"><i class="edge"></i>{bars}<b class="head">{one["organisation"]}</b>'
            f'<b class="roll">{one["roll"]}</b><i class="line"></i>'
            f'<div class="who"><div class="name">{one["name"]}</div><div class="other">{one["other_name"]}</div>'
            f'<dl>{rows}</dl></div><img src="{one["picture"]}"><div class="foot">{one["note"]}<br>{one["proves"]}'
            "</div></div>"
        )


if __name__ == "__main__":
    print(json.dumps(run(quick="--quick" in sys.argv), indent=1))
