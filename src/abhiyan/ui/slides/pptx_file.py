"""A deck as a PowerPoint file: native charts and tables in the layouts of a template, as `pages` has laid them out.

The same deck is the same file, byte by byte. Each chart's workbook holds what its slide shows and nothing else.
"""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from string import ascii_uppercase
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.dml import MSO_LINE, MSO_PATTERN
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.enum.shapes import PP_PLACEHOLDER as PH
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.slide import Slide
from pptx.util import Emu, Pt

from .layouts import deck_layouts
from .look import Layouts, SlideLook
from .pages import (
    LINE,
    SMALLEST,
    Box,
    Chart,
    Series,
    SlideDot,
    SlidePage,
    SlideTable,
    SlideText,
    Stroke,
    plain_line,
)

INDIAN = r"[>=10000000]##\,##\,##\,##0;[>=100000]##\,##\,##0;##,##0"
DAYS = {"hi": "[$-439]d mmm", "en": "[$-4009]d mmm"}
LANGUAGES = {"hi": "hi-IN", "en": "en-IN"}
_ALIGN = {"left": PP_ALIGN.LEFT, "center": PP_ALIGN.CENTER, "right": PP_ALIGN.RIGHT}
_ANCHOR = {"top": MSO_ANCHOR.TOP, "middle": MSO_ANCHOR.MIDDLE, "bottom": MSO_ANCHOR.BOTTOM}
_DASH = {"dash": MSO_LINE.DASH}
_NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET = f'<worksheet xmlns="{_MAIN}"><sheetData>%s</sheetData></worksheet>'
_BOOK = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>'
    '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_REL}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
# The letters of a script by their names in Unicode: TAMIL LETTER KA, OL CHIKI LETTER LA.
_SCRIPT = re.compile(r"([A-Z ]+?)(?: SMALL| CAPITAL)? (?:LETTER|VOWEL|SIGN|DIGIT)\b")
_OF_THE_THEME = {"LATIN", "GREEK", "CYRILLIC", "DEVANAGARI", "MODIFIER"}
_CELLS = re.compile(r"Sheet1!\$([A-Z]+)\$(\d+)(?::\$[A-Z]+\$\d+)?$")


def pptx(
    pages: Sequence[SlidePage],
    template: bytes,
    layouts: Layouts,
    *,
    language: str,
    title: str,
    by: str,
    at: datetime,
) -> bytes:
    """A deck of pages. template, layouts: as `layouts.cleaned` gives them. by: the organisation."""
    deck = Presentation(io.BytesIO(template))
    offered = deck_layouts(deck)
    for page in pages:
        slide = deck.slides.add_slide(offered[layouts.cover if page.lines else layouts.page])
        drawn = _Drawn(slide, layouts, DAYS[language])
        drawn.all(page)
        if page.notes:
            frame = slide.notes_slide.notes_text_frame
            if frame is not None:
                frame.text = page.notes
            _speak(slide.notes_slide.element, LANGUAGES[language])
        _speak(slide.element, LANGUAGES[language])
        for chart in drawn.charts:
            _speak(chart.element, LANGUAGES[language])
    about = deck.core_properties
    about.title, about.author, about.language = (
        plain_line(title)[:255],
        plain_line(by)[:255],
        LANGUAGES[language],
    )
    about.last_modified_by = about.author
    about.subject = about.keywords = about.comments = ""
    about.created = about.modified = at.replace(tzinfo=None, microsecond=0)
    about.revision = 1
    out = io.BytesIO()
    deck.save(out)
    return _packed(out.getvalue())


def _speak(element: Any, language: str) -> None:
    """Say the language of every piece of text: Hindi is shaped and spelt by that. Other scripts get a typeface."""
    for name in ("a:rPr", "a:endParaRPr", "a:defRPr"):
        for xml_element in element.iter(qn(name)):
            xml_element.set("lang", language)
    for run in element.iter(qn("a:r")):
        if face := _face(run.findtext(qn("a:t"), "")):
            run.get_or_add_rPr().append(parse_xml(f'<a:cs {nsdecls("a")} typeface="{face}"/>'))


def _face(text: str) -> str:
    """Name the typeface of the first letter that those of the theme lack. A reader's program would guess one."""
    scripts = (_SCRIPT.match(unicodedata.name(sign, "")) for sign in text)
    script = next((parts[1].title() for parts in scripts if parts and parts[1] not in _OF_THE_THEME), "")
    return script and ("Noto Nastaliq Urdu" if script == "Arabic" else f"Noto Sans {script}")


def _packed(data: bytes) -> bytes:
    """The same package with its parts in order and without times of day."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = sorted(packed.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in names:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, packed.read(name))
    return out.getvalue()


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour[1:].upper())


class _Drawn:
    """One slide as it is drawn."""

    def __init__(self, slide: Slide, layouts: Layouts, days: str) -> None:
        self.slide, self.look, self.days = slide, layouts.look, days
        self.charts: list[Any] = []

    def all(self, page: SlidePage) -> None:
        shapes = self.slide.shapes
        lines = next(
            (
                placeholder
                for placeholder in shapes.placeholders
                if placeholder.placeholder_format.type == PH.SUBTITLE
            ),
            None,
        )
        for shape in list(shapes.placeholders):
            is_used = shape == shapes.title or (page.lines and shape == lines)
            if not is_used:
                shape.element.getparent().remove(shape.element)
        if shapes.title is not None:
            self._write(shapes.title.text_frame, page.title)
        if page.lines and lines is not None:
            self._write(lines.text_frame, page.lines)
        elif page.lines:
            self._text(page.lines)
        if isinstance(page.item, Chart):
            self._chart(page.item, page.about)
        elif isinstance(page.item, SlideTable):
            self._table(page.item, page.about)
        for stroke in page.strokes:
            self._stroke(stroke)
        for dot in page.dots:
            self._dot(dot)
        for text in page.texts:
            self._text(text)
        if page.texts:
            self._number(shapes[len(shapes) - 1])

    def _write(self, frame: Any, text: SlideText) -> None:
        """Text in a placeholder: its typeface and colour are the template's."""
        for paragraph, _font in _lines(frame, text):
            paragraph.space_before = paragraph.space_after = Pt(0)
            for bullet in paragraph._p.get_or_add_pPr().xpath("a:buChar|a:buAutoNum"):  # noqa: SLF001
                bullet.getparent().remove(bullet)

    def _text(self, text: SlideText) -> None:
        frame = self.slide.shapes.add_textbox(*_emu(text.box)).text_frame
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        frame.vertical_anchor = _ANCHOR[text.at]
        for paragraph, font in _lines(frame, text):
            paragraph.alignment = _ALIGN[text.align]
            if text.tone != "ink":
                font.color.rgb = _rgb(self.look.of(text.tone))

    @staticmethod
    def _number(shape: Any) -> None:
        """The slide's number after the last text, which is the day."""
        paragraph = shape.text_frame.paragraphs[0]._p  # noqa: SLF001
        run = paragraph.find(qn("a:r"))
        run.find(qn("a:t")).text += " · "
        about = 'id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum"'
        field = parse_xml(f"<a:fld {nsdecls('a')} {about}><a:t>‹#›</a:t></a:fld>")
        field.insert(0, etree.fromstring(etree.tostring(run.find(qn("a:rPr")))))
        run.addnext(field)

    def _stroke(self, stroke: Stroke) -> None:
        for (x1, y1), (x2, y2) in zip(stroke.points, stroke.points[1:], strict=False):
            ends = (Pt(x1), Pt(y1), Pt(x2), Pt(y2))
            self._line(self.slide.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, *ends).line, stroke)
            _bare(self.slide.shapes[-1])

    def _dot(self, dot: SlideDot) -> None:
        ends = (Pt(dot.x - dot.r), Pt(dot.y - dot.r), Pt(2 * dot.r), Pt(2 * dot.r))
        shape = self.slide.shapes.add_shape(MSO_SHAPE.OVAL, *ends)
        _bare(shape)
        shape.fill.solid()
        shape.fill.fore_color.rgb = _rgb(self.look.solid)
        shape.line.fill.background()

    # --- tables

    def _table(self, slide_table: SlideTable, about: str) -> None:
        frame = self.slide.shapes.add_table(
            len(slide_table.rows), len(slide_table.widths), *_emu(slide_table.box)
        )
        _describe(frame, about)
        table = frame.table
        table.horz_banding = False
        frame.element.find(f".//{qn('a:tableStyleId')}").text = _NO_STYLE
        for column, width in zip(table.columns, slide_table.widths, strict=True):
            column.width = Pt(width)
        for at, (row, height, cells) in enumerate(
            zip(table.rows, slide_table.heights, slide_table.rows, strict=True)
        ):
            row.height = Pt(height)
            for cell, slide_cell in zip(row.cells, cells, strict=True):
                self._cell(
                    cell, slide_cell.text, slide_table.size, is_head=not at, is_number=slide_cell.is_number
                )

    def _cell(self, cell: Any, said: str, size: float, *, is_head: bool, is_number: bool) -> None:
        cell.margin_left = cell.margin_right = Pt(5)
        cell.margin_top = cell.margin_bottom = 0
        cell.vertical_anchor = MSO_ANCHOR.MIDDLE
        paragraph = cell.text_frame.paragraphs[0]
        paragraph.line_spacing = Pt(size * LINE)
        paragraph.alignment = PP_ALIGN.RIGHT if is_number else PP_ALIGN.LEFT
        run = paragraph.add_run()
        run.text, run.font.size, run.font.bold = said, Pt(size), is_head
        colour, width = (self.look.ink, 12_700) if is_head else (self.look.line, 9_525)
        cell._tc.get_or_add_tcPr().insert(  # noqa: SLF001  # borders have no other door
            0,
            parse_xml(
                f'<a:lnB {nsdecls("a")} w="{width}"><a:solidFill><a:srgbClr val="{colour[1:]}"/></a:solidFill></a:lnB>'
            ),
        )

    # --- charts

    def _chart(self, of: Chart, about: str) -> None:
        is_bars = of.kind == "bars"
        data = CategoryChartData(number_format=INDIAN)
        data.categories = of.categories if is_bars else of.days
        for series in of.series:
            data.add_series(plain_line(series.name), series.values)
        kind = XL_CHART_TYPE.BAR_STACKED if is_bars else XL_CHART_TYPE.LINE
        frame = self.slide.shapes.add_chart(kind, *_emu(of.box), data)
        _describe(frame, about)
        chart = frame.chart
        self.charts.append(chart)
        chart.has_legend = chart.has_title = False
        chart.font.size, chart.font.color.rgb = Pt(SMALLEST), _rgb(self.look.muted)
        self._axes(chart, of)
        for made, series in zip(chart.plots[0].series, of.series, strict=True):
            self._bars_series(made, series) if is_bars else self._lines_series(made, series)
        if is_bars:
            chart.plots[0].gap_width, chart.plots[0].overlap = round(100 * (1 / of.thick - 1)), 100
        _place(chart, of)
        _whiskers(chart, of, self.look)
        chart.part.chart_workbook.update_from_xlsx_blob(_workbook(chart))

    def _axes(self, chart: Any, of: Chart) -> None:
        values, others = chart.value_axis, chart.category_axis
        values.minimum_scale, values.maximum_scale, values.major_unit = 0, of.top, of.step
        values.has_major_gridlines = True
        values.major_gridlines.format.line.color.rgb = _rgb(self.look.line)
        values.major_gridlines.format.line.width = Pt(0.75)
        values.format.line.fill.background()
        values.major_tick_mark = others.major_tick_mark = XL_TICK_MARK.NONE
        values.tick_labels.number_format, values.tick_labels.number_format_is_linked = INDIAN, False
        others.has_major_gridlines = False
        others.format.line.color.rgb = _rgb(self.look.muted)
        if of.kind == "bars":  # the first on top; their names are text beside it
            others.tick_label_position, others.reverse_order = XL_TICK_LABEL_POSITION.NONE, True
            chart.element.find(f".//{qn('c:valAx')}/{qn('c:crosses')}").set("val", "max")
        else:
            others.tick_labels.number_format, others.tick_labels.number_format_is_linked = self.days, False
            axis = chart.element.find(f".//{qn('c:dateAx')}")
            for name, value in (("baseTimeUnit", "days"), ("majorUnit", of.each), ("majorTimeUnit", "days")):
                for old in axis.findall(qn(f"c:{name}")):
                    axis.remove(old)
                axis.append(parse_xml(f'<c:{name} {nsdecls("c")} val="{value}"/>'))

    def _bars_series(self, made: Any, series: Series) -> None:
        fill, line, colour = made.format.fill, made.format.line, self.look.of(series.key)
        made.invert_if_negative = False
        if series.key == "unsigned":
            fill.patterned()
            fill.pattern = MSO_PATTERN.DOTTED_GRID
            fill.fore_color.rgb, fill.back_color.rgb = _rgb(self.look.muted), _rgb(self.look.paper)
        elif series.key == "true":
            fill.background()
        else:
            fill.solid()
            fill.fore_color.rgb = _rgb(colour)
        if series.key == "true":  # only its interval is seen
            line.fill.background()
            return
        line.color.rgb, line.width = _rgb(self.look.muted), Pt(0.75)
        if series.key == "unsigned":
            line.dash_style = MSO_LINE.DASH

    def _lines_series(self, made: Any, series: Series) -> None:
        made.smooth = False
        self._line(made.format.line, series.stroke)

    def _line(self, line: Any, stroke: Stroke) -> None:
        line.color.rgb, line.width = _rgb(self.look.of(stroke.tone)), Pt(stroke.width)
        if stroke.dash:
            line.dash_style = _DASH[stroke.dash]


def _lines(frame: Any, text: SlideText) -> Iterator[tuple[Any, Any]]:
    """Writes a text into a frame; each paragraph with the font of its run."""
    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
    for at, line in enumerate(text.text.split("\n")):
        paragraph = frame.add_paragraph() if at else frame.paragraphs[0]
        paragraph.line_spacing = Pt(text.size * LINE)
        run = paragraph.add_run()
        run.text, run.font.size = line, Pt(text.size)
        if text.is_bold or (text.leads and not at):
            run.font.bold = True
        yield paragraph, run.font


def _emu(box: Box) -> tuple[Emu, Emu, Emu, Emu]:
    return Pt(box.x), Pt(box.y), Pt(box.w), Pt(box.h)


def _bare(shape: Any) -> None:
    """Without the shadow that a theme gives what is drawn."""
    shape.element.remove(shape.element.find(qn("p:style")))


def _describe(frame: Any, about: str) -> None:
    frame.element.find(f".//{qn('p:cNvPr')}").set("descr", about)


def _place(chart: Any, of: Chart) -> None:
    """Place the axes where the words beside the chart expect them."""
    box, plot = of.box, of.plot
    shares = {
        "x": (plot.x - box.x) / box.w,
        "y": (plot.y - box.y) / box.h,
        "w": plot.w / box.w,
        "h": plot.h / box.h,
    }
    inside = "".join(f'<c:{name} val="{share:.5f}"/>' for name, share in shares.items())
    layout = parse_xml(
        f'<c:layout {nsdecls("c")}><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/>'
        f'<c:yMode val="edge"/>{inside}</c:manualLayout></c:layout>'
    )
    area = chart.element.find(f".//{qn('c:plotArea')}")
    for old in area.findall(qn("c:layout")):
        area.remove(old)
    area.insert(0, layout)


def _whiskers(chart: Any, of: Chart, look: SlideLook) -> None:
    """Draw intervals as error bars of their series; the workbook has their lengths too."""
    columns = iter("PQRSTUVWXYZ")
    for made, series in zip(chart.element.iter(qn("c:ser")), of.series, strict=True):
        if not series.minus:
            continue
        parts = []
        for name, lengths in (("plus", series.plus), ("minus", series.minus)):
            column, n = next(columns), len(lengths)
            points = "".join(
                f'<c:pt idx="{at}"><c:v>{round(length, 3):g}</c:v></c:pt>'
                for at, length in enumerate(lengths)
            )
            parts.append(
                f"<c:{name}><c:numRef><c:f>Sheet1!${column}$2:${column}${n + 1}</c:f><c:numCache>"
                f'<c:formatCode>General</c:formatCode><c:ptCount val="{n}"/>{points}</c:numCache></c:numRef></c:{name}>'
            )
        bars = parse_xml(
            f'<c:errBars {nsdecls("c", "a")}><c:errBarType val="both"/><c:errValType val="cust"/>'
            f'<c:noEndCap val="0"/>{"".join(parts)}<c:spPr><a:ln w="22225"><a:solidFill>'
            f'<a:srgbClr val="{look.ink[1:]}"/></a:solidFill></a:ln></c:spPr></c:errBars>'
        )
        made.find(qn("c:cat")).addprevious(bars)


def _workbook(chart: Any) -> bytes:
    """The workbook behind a chart: each value it shows, where it looks for it. Text stays text: never a formula."""
    cells: dict[tuple[int, str], str] = {}
    for ref in chart.element.iter(qn("c:f")):
        match = _CELLS.match(ref.text or "")
        for point in ref.getparent().iter(qn("c:pt")) if match else ():
            place = f"{match[1]}{int(match[2]) + int(point.get('idx'))}"  # type: ignore[index]  # there are points
            text = point.find(qn("c:v")).text or ""
            is_number = ref.getnext().tag == qn("c:numCache")
            cells[int(place.lstrip(ascii_uppercase)), place] = (
                f'<c r="{place}"><v>{text}</v></c>'
                if is_number
                else f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
            )
    rows = "".join(
        f'<row r="{row}">{"".join(cells[key] for key in keys)}</row>'
        for row, keys in groupby(
            sorted(cells, key=lambda key: (key[0], len(key[1]), key[1])), key=lambda key: key[0]
        )
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in {**_BOOK, "xl/worksheets/sheet1.xml": _SHEET % rows}.items():
            packed.writestr(zipfile.ZipInfo(name), _XML + part)
    return out.getvalue()


def pptx_texts(data: bytes) -> Iterable[str]:
    """Yield every part of a file as text, workbooks among them, for a search for words that may not be in it."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        for name in packed.namelist():
            part = packed.read(name)
            if part[:4] == b"PK\x03\x04":
                yield from pptx_texts(part)
            else:
                yield part.decode("utf-8", "replace")
