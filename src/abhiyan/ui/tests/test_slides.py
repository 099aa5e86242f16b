"""Slides are laid out so that all text fits, and drawn as PowerPoint, native and editable, and as PDF."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from lxml import etree
from openpyxl import load_workbook
from pptx import Presentation
from pptx.oxml.ns import qn

from abhiyan.core import printing
from abhiyan.ui.slides import layouts, pdf_file, pptx_file
from abhiyan.ui.slides.look import HOUSE, Layouts, house_layouts, layouts_from_json, layouts_to_json, look_of
from abhiyan.ui.slides.pages import (
    LINE,
    LOWEST,
    SMALLEST,
    Box,
    Chart,
    Room,
    SlidePage,
    SlideTable,
    SlideText,
    TextFit,
    laid_out,
)
from abhiyan.ui.slides.said import (
    Bars,
    Body,
    Course,
    Cover,
    Gaps,
    Grid,
    Slide,
    SlideBar,
    SlideColumn,
    SlideInterval,
    SlideRate,
)

AT = datetime(2026, 12, 14, 4, 30, tzinfo=UTC)
HINDI = "श्रीनगर उत्तर विधानसभा क्षेत्र का बहुत लंबा नाम जो एक पंक्ति में नहीं आता"
LONG = "A unit with a name that does not end and goes on and on until nobody reads it any more, and then some"
NAMES = {"counted": "Counted", "unsigned": "Not yet", "confirmed": "Confirmed"}
LADDER = Bars(
    (
        SlideBar("counted", "Counted", "7,62,400", 762_400, "by the rules", "+ 86,100", "not yet", 86_100),
        SlideBar("confirmed", "Confirmed", "3,98,700", 398_700, "their own yes"),
    ),
    NAMES,
    1_000_000,
    "Target 10,00,000",
    "beyond",
    (SlideBar("reported", "Reported", "9,41,200", None, "what was said"),),
    SlideRate("Estimated true", "86 of 100 (83–89)", "by checks", 0.86, 0.83, 0.89),
)
GAPS = Gaps(
    (
        SlideInterval("Ramban", 32, 23, 40, 60, 1, value="32 of 100 (23–40)"),
        SlideInterval("=HYPERLINK(1)", 62, 52, 69, 31, 2, value="62 of 100 (52–69)"),
        SlideInterval(LONG, 66, 62, 70, 30, 2, value="66 of 100 (62–70)"),
        SlideInterval("Poonch", 87, 25, 98, 2, 3, value="25–98 of 100; too few checks"),
        SlideInterval("Katra", why="not enough checks (7 of 19)"),
    ),
    ((1, 2),),
    ("real", "gap", "cannot be told apart"),
    "at least %(n)s",
)
GRID = Grid(
    (SlideColumn("Unit", 0.6), SlideColumn("Counted", 0.4, is_number=True)),
    tuple((f"{LONG} {n}", f"{n * 1_000:,}") for n in range(10)),
)
DAYS = [date(2026, 11, 2) + timedelta(n) for n in range(43)]
COURSE = Course(
    tuple((day, f"{day.day} Nov") for day in DAYS),
    (
        ("counted", "Counted", tuple(100 * n for n in range(43))),
        ("due", "Due by then", tuple(101 * n for n in range(43))),
    ),
)
BODIES: tuple[Body, ...] = (Cover(("Reasi", LONG, "As of today")), LADDER, GAPS, GRID, COURSE)
SMALL = Room(Box(36, 16, 648, 60), Box(36, 84, 648, LOWEST + 22 + 3 * SMALLEST * LINE + 16), 28)


def width(text: str, is_bold: bool = False) -> float:
    return printing.width(text, is_bold=is_bold)


def slide(body: Body, title: str = "56% of the target is counted") -> Slide:
    return Slide(
        title, f"{LONG} · Drive", body, ("A first sentence.", LONG + ".", "A last one."), ("Read it so.",)
    )


def pages(bodies: tuple[Body, ...] = BODIES, room: Room = HOUSE) -> list[SlidePage]:
    return [laid_out(slide(body), room, "14 December 2026", width) for body in bodies]


def deck(language: str = "en", bodies: tuple[Body, ...] = BODIES) -> bytes:
    layout, template = house_layouts("#1d5b66"), layouts.house("#1d5b66")
    return pptx_file.pptx(
        pages(bodies), template, layout, language=language, title="Deck", by="Sangathan", at=AT
    )


def texts(page: SlidePage) -> list[SlideText]:
    return [page.title, *page.texts, *([page.lines] if page.lines else [])]


def overflow(page: SlidePage) -> list[str]:
    """Texts that need more room than their box has, or are too small to read."""
    fit = TextFit(width)
    found = []
    for text in texts(page):
        lines = [
            line
            for part in text.text.split("\n")
            for line in fit.lines(part, text.box.w, text.size, is_bold=text.is_bold)
        ]
        too_high = len(lines) * text.size * LINE > text.box.h + text.size * LINE * 0.5
        if too_high or text.size < SMALLEST:
            found.append(text.text)
    return found


@pytest.mark.examples(40, 400)
@given(
    title=some.text(max_size=300),
    words=some.lists(some.text(max_size=200), min_size=10, max_size=10),
    numbers=some.lists(some.integers(0, 10**9), min_size=10, max_size=10),
    n=some.integers(1, 10),
    is_small=some.booleans(),
)
def test_whatever_is_said_it_fits_into_its_box_in_letters_one_can_read(
    title: str, words: list[str], numbers: list[int], n: int, is_small: bool
) -> None:
    room = SMALL if is_small else HOUSE
    is_ladder = n <= 4  # which has words beside and below its bars
    bars = tuple(
        SlideBar("counted", word, f"{k:,}", k, word, word, word)
        if is_ladder
        else SlideBar("counted", word, f"{k:,}", k)
        for word, k in zip(words, numbers, strict=True)
    )
    gaps = tuple(
        SlideInterval(word, k % 100, 0, 100, k % 100, k % 3) for word, k in zip(words, numbers, strict=True)
    )
    grid = Grid((SlideColumn(title, 0.5), SlideColumn("n", 0.5)), tuple((word, title) for word in words[:n]))
    bodies = (
        Bars(bars[:n], NAMES, numbers[0], title, title),
        Bars(
            bars[:2],
            NAMES,
            numbers[0],
            title,
            title,
            bars[2:3],
            SlideRate(title, title, title, 0.5, 0.4, 0.6),
        ),
        Bars(bars[:2], NAMES, numbers[0], title, title, bars[2:3], SlideRate(title, title, title)),
        Gaps(gaps[:n], ((0, n - 1),) if n > 1 else (), ("a", title, title), "at least %(n)s"),
        grid,
        Cover(tuple(words)),
    )
    for body in bodies:
        page = laid_out(Slide(title, title, body, tuple(words), ()), room, "14 December 2026", width)
        assert overflow(page) == []
        if isinstance(page.item, SlideTable):
            assert page.item.box.h <= room.body.h + 1 and page.item.size >= SMALLEST
        for text in page.texts:
            assert text.box.x >= room.below.x - 1
            assert text.box.x + text.box.w <= room.below.x + room.below.w + 1
            assert (
                room.below.y - 1 <= text.box.y <= text.box.y + text.box.h <= room.below.y + room.below.h + 1
            )


@pytest.mark.examples(4, 40)
@given(
    words=some.lists(some.text(min_size=1, max_size=60), min_size=4, max_size=4), n=some.integers(0, 10**9)
)
def test_whatever_is_said_the_file_opens_again(words: list[str], n: int) -> None:
    """Letters that XML has none for, half pairs and marks of direction among it."""
    one, two, three, four = words
    bars = Bars(
        (SlideBar("counted", one, two, n, more=n),), {"counted": three, "unsigned": four}, n, one, two
    )
    grid = Grid((SlideColumn(one, 0.5), SlideColumn(two, 0.5)), ((three, four),))
    course = Course(tuple((day, one) for day in DAYS), (("counted", two, tuple([n] * 43)),))
    bodies = (
        Cover((one, two)),
        bars,
        Gaps((SlideInterval(three, 10, 5, 20, 80, 1),), (), (one, two, four), "%(n)s"),
        grid,
        course,
    )
    made = [laid_out(Slide(one, two, body, (three,), (four,)), HOUSE, "today", width) for body in bodies]
    layout, template = house_layouts("#1d5b66"), layouts.house("#1d5b66")
    found = pptx_file.pptx(made, template, layout, language="hi", title=one, by=two, at=AT)
    assert len(Presentation(io.BytesIO(found)).slides) == len(bodies)
    assert pdf_file.slides_pdf(made, layout, language="hi", title="Deck", at=AT, with_lines=True)


def test_text_that_is_too_long_shrinks_wraps_and_is_cut_last_of_all() -> None:
    fit = TextFit(width)
    box = Box(0, 0, 300, 60)
    assert fit.text("Reasi", box, 26).size == 26
    assert 12 < fit.text("Of 9.4 lakh reported in Reasi, about 6.6 lakh are true", box, 26).size < 26
    cut = fit.text(LONG * 3, box, 26)
    assert cut.size == SMALLEST and cut.text.endswith("…")
    assert fit.lines("x" * 90, 100, 12) != ["x" * 90], "a word too wide for a line is broken"


def test_the_width_of_hindi_is_never_taken_for_less_than_it_is() -> None:
    """Joined letters are narrower than their parts, so what fits by this fits as it is drawn."""
    image_font = pytest.importorskip("PIL.ImageFont")
    for is_bold, weight in ((False, "regular"), (True, "bold")):
        drawn = image_font.truetype(str(printing.FONTS / f"noto-sans-devanagari-{weight}.ttf"), 1_000)
        assert drawn.getlength(HINDI) / 1_000 <= width(HINDI, is_bold) + 0.01


def test_charts_and_tables_are_native_and_hold_what_the_slide_shows() -> None:
    found = list(Presentation(io.BytesIO(deck())).slides)
    kinds = [
        [shape.shape_type for shape in each.shapes if shape.has_chart or shape.has_table] for each in found
    ]
    assert [len(each) for each in kinds] == [0, 1, 1, 1, 1]
    chart = next(shape.chart for shape in found[1].shapes if shape.has_chart)
    values = {series.name: [n for n in series.values if n is not None] for series in chart.plots[0].series}
    assert values == {"Counted": [762_400], "Not yet": [86_100], "Confirmed": [398_700]}
    assert list(chart.plots[0].categories) == ["Counted", "Confirmed"]
    table = next(shape.table for shape in found[3].shapes if shape.has_table)
    assert len(table.rows) == 11


def test_an_interval_is_an_error_bar_and_a_rate_no_bar() -> None:
    of_gaps = next(
        each for each in list(Presentation(io.BytesIO(deck())).slides)[2].shapes if each.has_chart
    ).chart
    lengths = [
        float(n.text) for n in of_gaps.element.iterfind(f".//{qn('c:errBars')}//{qn('c:minus')}//{qn('c:v')}")
    ]
    assert 9 in lengths, "Ramban: 32, at least 23"
    assert of_gaps.element.xpath(".//c:ser[not(c:spPr/a:noFill)]") == [], "no bar is seen"
    assert (of_gaps.value_axis.minimum_scale, of_gaps.value_axis.maximum_scale) == (0, 100)


@pytest.mark.examples(30, 300)
@given(
    reported=some.integers(0, 10**9),
    ends=some.tuples(some.floats(0, 1), some.floats(0, 1), some.floats(0, 1)),
)
def test_nothing_on_the_scale_of_a_slides_ladder_moves_with_reported_or_the_estimate(
    reported: int, ends: tuple[float, float, float]
) -> None:
    low, rate, high = sorted(ends)
    numbers = (replace(LADDER.numbers[0], value=f"{reported:,}", n=reported),)
    checked = SlideRate("Estimated true", "words", "by checks", rate, low, high)
    first, page = pages((LADDER, replace(LADDER, numbers=numbers, checked=checked)))
    assert isinstance(page.item, Chart) and page.item == first.item
    below = page.item.plot.y + page.item.plot.h
    apart = [stroke for stroke in page.strokes if stroke not in first.strokes]
    assert all(y > below for stroke in apart for _x, y in stroke.points), "its box is below the axis"
    assert all(dot.y > below for dot in page.dots)
    left, right = page.item.plot.x, page.item.plot.x + page.item.plot.w
    box = next(stroke for stroke in page.strokes if len(stroke.points) == 5)
    assert {x for x, _y in box.points}.isdisjoint({left, right}), (
        "nor does it end where the target's scale ends"
    )


def test_a_wide_interval_of_a_unit_has_no_dot() -> None:
    (page,) = pages((GAPS,))
    assert len(page.dots) == 3, "four have an estimate, one of them a wide one"


def test_numbers_are_grouped_as_in_india_and_the_workbook_holds_no_formula() -> None:
    found = list(Presentation(io.BytesIO(deck())).slides)
    for at in (1, 2, 4):
        chart = next(shape.chart for shape in found[at].shapes if shape.has_chart)
        assert chart.value_axis.tick_labels.number_format == pptx_file.INDIAN
        book = load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
        cells = [cell for row in book["Sheet1"].iter_rows() for cell in row if cell.value is not None]
        assert cells and not any(cell.data_type == "f" for cell in cells)
        if at == 2:
            assert "=HYPERLINK(1)" in [cell.value for cell in cells], "a name stands as text"
        if at == 4:
            assert len(cells) == 43 * 3 + 2, "43 days of two lines with their names, and nothing else"


def test_every_piece_of_text_says_its_language_and_hindi_has_a_typeface() -> None:
    for language, said in pptx_file.LANGUAGES.items():
        with zipfile.ZipFile(io.BytesIO(deck(language))) as parts:
            for name in parts.namelist():
                if re.match(r"ppt/(slides|charts|notesSlides)/[^/]*\.xml", name):
                    tree = etree.fromstring(parts.read(name))
                    pieces = [
                        each.get("lang") for tag in ("a:rPr", "a:endParaRPr") for each in tree.iter(qn(tag))
                    ]
                    assert set(pieces) <= {said}, name
            theme = etree.fromstring(parts.read("ppt/theme/theme1.xml"))
        assert {each.get("typeface") for each in theme.iter(qn("a:cs"))} >= {"Noto Sans Devanagari"}


NAMED = {
    "சுனிதா": "Noto Sans Tamil",
    "সুনীতা": "Noto Sans Bengali",
    "Reasi ਕੌਰ": "Noto Sans Gurmukhi",
    "ಸುನೀತಾ 12": "Noto Sans Kannada",
    "సునీత": "Noto Sans Telugu",
    "સુનીતા": "Noto Sans Gujarati",
    "ସୁନୀତା": "Noto Sans Oriya",
    "സുനിത": "Noto Sans Malayalam",
    "ᱥᱩᱱᱤᱛᱟ": "Noto Sans Ol Chiki",
    "ꯁꯨꯅꯤꯇꯥ": "Noto Sans Meetei Mayek",
    "سنیتا": "Noto Nastaliq Urdu",
    "Reasi · 7,62,400 \U0001f389": "",  # the theme's own letters
    "रियासी": "",
    "Śrīnagar": "",
}


def test_every_script_has_a_typeface_on_a_slide() -> None:
    rows = tuple((name, "1") for name in NAMED)
    texts: dict[str, set[str]] = {}
    for body in (Grid(GRID.columns, rows[:7]), Grid(GRID.columns, rows[7:])):
        for each in Presentation(io.BytesIO(deck("en", (body,)))).slides:
            for run in each.element.iter(qn("a:r")):
                faces = {face.get("typeface") for face in run.iter(qn("a:cs"))} or {""}
                texts.setdefault(run.findtext(qn("a:t")), set()).update(faces)
    assert {name: texts[name] for name in NAMED} == {name: {face} for name, face in NAMED.items()}


def test_no_placeholder_is_left_empty_and_each_slide_says_how_to_read_it() -> None:
    for each in Presentation(io.BytesIO(deck())).slides:
        assert all(shape.text_frame.text.strip() for shape in each.placeholders)
        assert each.notes_slide.notes_text_frame.text == "Read it so."
        for shape in each.shapes:
            if shape.has_chart or shape.has_table:
                assert shape.element.xpath(".//p:cNvPr/@descr") == ["56% of the target is counted"]


def test_the_same_deck_is_the_same_file() -> None:
    assert deck() == deck()
    about = Presentation(io.BytesIO(deck())).core_properties
    assert (about.author, about.last_modified_by, about.title) == ("Sangathan", "Sangathan", "Deck")


def test_the_pdf_has_the_same_slides_one_a_page(tmp_path: Any) -> None:
    data = pdf_file.slides_pdf(
        pages(), house_layouts("#1d5b66"), language="hi", title="Deck", at=AT, with_lines=False
    )
    assert data.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", data)) == len(BODIES)


def test_what_the_house_offers_is_what_its_template_leaves() -> None:
    clean, measured = layouts.cleaned(layouts.house("#1d5b66"))
    assert clean
    house = house_layouts("#1d5b66")
    assert measured.room == house.room
    assert (measured.cover, measured.page, measured.width) == (house.cover, house.page, house.width)
    assert measured.look.paper == house.look.paper
    assert layouts_from_json(layouts_to_json(measured)) == measured


@pytest.mark.parametrize(
    ("ink", "paper"), [("#ffffff", "#101820"), ("#777777", "#888888"), ("#000000", "#ffff00")]
)
def test_colours_can_be_told_from_the_ground_whatever_the_theme(ink: str, paper: str) -> None:
    from abhiyan.ui.accent import contrast, rgb

    for accent in ("#ffff00", "#000000", "#ff6600"):
        look = look_of(accent, ink=ink, paper=paper)
        for colour in (look.ink, look.muted, look.solid):
            assert contrast(rgb(colour), rgb(look.paper)) >= 3.8, (accent, colour)


def test_a_chart_stands_where_the_words_beside_it_count_on() -> None:
    page = pages((LADDER,))[0]
    assert isinstance(page.item, Chart)
    shape = next(
        each
        for each in next(iter(Presentation(io.BytesIO(deck("en", (LADDER,)))).slides)).shapes
        if each.has_chart
    )
    inner = {
        each: float(shape.chart.element.find(f".//{qn('c:manualLayout')}/{qn(f'c:{each}')}").get("val"))
        for each in "xywh"
    }
    left = shape.left / 12_700 + inner["x"] * shape.width / 12_700
    assert left == pytest.approx(page.item.plot.x, abs=0.5)
    assert inner["w"] * shape.width / 12_700 == pytest.approx(page.item.plot.w, abs=0.5)


def test_layouts_without_a_cover_take_the_lines_below_the_title() -> None:
    plain = Layouts(1, 1, Room(HOUSE.title, HOUSE.below), look_of("#1d5b66"), 960, 540)
    page = laid_out(slide(Cover(("Reasi", "Drive"))), plain.room, "today", width)
    data = pptx_file.pptx([page], layouts.house("#1d5b66"), plain, language="en", title="x", by="y", at=AT)
    (only,) = Presentation(io.BytesIO(data)).slides
    assert [shape.text_frame.text for shape in only.shapes if not shape.is_placeholder] == ["Reasi\nDrive"]
