"""PowerPoint files as templates: what is taken, what is taken out of it, and the room its layouts leave for a slide.

A template gives a deck its masters, layouts, colours and fonts. Slides, notes, links, embedded objects and all that a
layout does not need are taken out. An unfit file is refused with its reason (Unfit).
"""

import io
import re
import zipfile
import zlib
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER as PH
from pptx.enum.text import MSO_ANCHOR
from pptx.exc import PythonPptxError
from pptx.opc.constants import CONTENT_TYPE as CT
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.opc.package import Part
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.presentation import Presentation as Deck
from pptx.slide import SlideLayout
from pptx.util import Pt

from abhiyan.core.file_pool import ReaderRefusal
from abhiyan.core.numbers import whole_number
from abhiyan.core.pictures import says_place

from .look import Layouts, SlideLook, layouts_to_json, look_of
from .pages import Box, Room

MOST_PARTS, MOST_BYTES, MOST_XML = 2_000, 64 << 20, 16 << 20  # of a file unpacked, and of one part of XML
A_POINT = 12_700  # in the units of the format
KEPT = {RT.SLIDE_MASTER, RT.SLIDE_LAYOUT, RT.THEME, RT.IMAGE, RT.PRES_PROPS, RT.VIEW_PROPS, RT.TABLE_STYLES}
_PICTURES = (
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/x-emf",
    "image/x-wmf",
    "image/svg+xml",
    "image/tiff",
)
_WHOLE = {"sldMasterIdLst", "sldSz", "notesSz", "defaultTextStyle"}  # what stays of the presentation itself
_SHAPES = {qn(f"p:{name}") for name in ("sp", "pic", "graphicFrame", "grpSp", "cxnSp", "contentPart")}
_ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_LINKS = {qn("a:hlinkClick"), qn("a:hlinkHover"), qn("p:custDataLst"), qn("p:controls"), qn("p:bg")}
_RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_ENCODING = re.compile(rb"encoding\s*=\s*[\"'](?!utf-8[\"'])")
_HEAD = 200  # bytes; the declaration of a part is the first thing in it
_TITLES = {PH.TITLE, PH.CENTER_TITLE}
_FEET = {PH.DATE, PH.FOOTER, PH.SLIDE_NUMBER}
_UNUSUAL = {
    "title",
    "secHead",
    "vertTx",
    "vertTitleAndTx",
    "objTx",
    "picTx",
}  # no layouts for a slide of figures
_DEVANAGARI = "Noto Sans Devanagari"
BROKEN = (
    PythonPptxError,
    etree.LxmlError,
    zipfile.BadZipFile,
    zlib.error,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    AssertionError,
    NotImplementedError,
    OSError,
)


class Unfit(Exception):
    """A file that is no template. why: not_pptx, password, macros, place, too_much, links, no_title, no_room.

    layout: its name; cm: how much room there is and how much is needed.
    """

    def __init__(
        self, why: str, *, layout: str = "", cm: tuple[float, float, float, float] = (0, 0, 0, 0)
    ) -> None:
        super().__init__(why)
        self.why, self.layout, self.cm = why, layout, cm


# --- opening and cleaning


def cleaned(data: bytes) -> tuple[bytes, Layouts]:
    """A template without what it does not need, and what it offers. Raises Unfit."""
    parts = _parts(data)
    try:
        deck = Presentation(io.BytesIO(_plain(parts)))
        taken_out = _take_out(deck)
        for part in _themes(deck):
            _give_devanagari(part)
        out = io.BytesIO()
        deck.save(out)
        clean = out.getvalue()
        return clean, replace(layouts_of(Presentation(io.BytesIO(clean))), taken_out=taken_out)
    except BROKEN as error:
        raise Unfit("not_pptx") from error


def clean_file(file: Path) -> dict[str, Any]:
    """Return what `cleaned` gives, as plain data, in the pool. Raises ReaderRefusal."""
    try:
        clean, layouts = cleaned(file.read_bytes())
    except Unfit as unfit:
        names = ("width", "height", "wide", "high")
        room = dict(zip(names, unfit.cm, strict=True)) if unfit.why == "no_room" else {}
        raise ReaderRefusal(unfit.why, {"layout": unfit.layout, **room}) from None
    return {"clean": b64encode(clean).decode(), "layouts": layouts_to_json(layouts)}


def _parts(data: bytes) -> dict[str, bytes]:
    """Every part by its name, within bounds; without macros, passwords and entities."""
    if data[:8] == bytes.fromhex("d0cf11e0a1b11ae1"):  # an encrypted file, or one of before 2007
        raise Unfit("password")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            infos = packed.infolist()
            if any(info.flag_bits & 1 for info in infos):
                raise Unfit("password")
            if len(infos) > MOST_PARTS or sum(info.file_size for info in infos) > MOST_BYTES:
                raise Unfit("too_much")
            if any(info.file_size > MOST_XML and info.filename.endswith((".xml", ".rels")) for info in infos):
                raise Unfit("too_much")
            names = [info.filename for info in infos]
            if len(set(names)) != len(names):
                raise Unfit("not_pptx")
            parts = {info.filename: packed.read(info) for info in infos if not info.is_dir()}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise Unfit("not_pptx") from error
    types = parts.get("[Content_Types].xml", b"")
    if any(name.lower().endswith("vbaproject.bin") for name in parts) or b"macroenabled" in types.lower():
        raise Unfit("macros")
    if not any(kind.encode() in types for kind in (CT.PML_PRESENTATION_MAIN, CT.PML_TEMPLATE_MAIN)):
        raise Unfit("not_pptx")
    for name, part in parts.items():
        if name.endswith((".xml", ".rels")) and _is_unsafe(part):
            raise Unfit("not_pptx")
        if "/media/" in name and says_place(part):
            raise Unfit("place")
    return parts


def _is_unsafe(part: bytes) -> bool:
    """Return True if a part has entities, or an encoding that would hide them. Its time grows with its length only:
    an expression that looks ahead for the end of a declaration would take the square of it."""
    text = part.lower()
    if b"<!doctype" in text or b"<!entity" in text or b"\0" in text or text.count(b"<?xml") > 1:
        return True
    _before, declares, head = text[:_HEAD].partition(b"<?xml")
    if not declares:
        return b"<?xml" in text
    return b"?>" not in head or bool(_ENCODING.search(head.partition(b"?>")[0]))


def _plain(parts: dict[str, bytes]) -> bytes:
    """The same as a file again; a template's own type is that of a presentation from here on."""
    types = parts["[Content_Types].xml"]
    parts["[Content_Types].xml"] = types.replace(
        CT.PML_TEMPLATE_MAIN.encode(), CT.PML_PRESENTATION_MAIN.encode()
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, part in parts.items():
            packed.writestr(zipfile.ZipInfo(name), part)
    return out.getvalue()


def _take_out(deck: Deck) -> int:
    """Take out slides, notes, links and objects; how many."""
    package = deck.part.package
    for rid, rel in list(package._rels.items()):  # noqa: SLF001  # it has no other door
        if rel.reltype != RT.OFFICE_DOCUMENT:
            package.drop_rel(rid)
    taken_out = 0
    for rid, rel in list(deck.part.rels.items()):
        if rel.is_external or rel.reltype not in KEPT:
            taken_out += rel.reltype == RT.SLIDE
            deck.part.rels.pop(rid)
    for child in list(deck.element):
        if etree.QName(child).localname not in _WHOLE:
            deck.element.remove(child)
    for master in deck.slide_masters:
        for part in (master.part, *(layout.part for layout in master.slide_layouts)):
            for name in ("p:timing", "p:transition"):
                for element in list(part._element.iter(qn(name))):  # noqa: SLF001  # the part is the element's only door
                    element.getparent().remove(element)
            taken_out += _strip(part)
    for theme in _themes(deck):
        if any(rel.is_external or rel.reltype != RT.IMAGE for rel in theme.rels.values()):
            raise Unfit("links")
    return taken_out


def _strip(part: Any) -> int:
    """Take out of a master or layout what leads outside, or holds anything but a picture; how many."""
    bad = [
        rid
        for rid, rel in part.rels.items()
        if rel.is_external
        or rel.reltype not in KEPT
        or (rel.reltype == RT.IMAGE and rel.target_part.content_type not in _PICTURES)
    ]
    for rid in bad:
        for element in part._element.xpath(f"//*[@*[.='{rid}']]"):  # noqa: SLF001
            if any(name.startswith(_RELATED) and value == rid for name, value in element.attrib.items()):
                _remove(element)
        part.rels.pop(rid)
    part_ids = set(part.rels)
    for element in part._element.iter():  # noqa: SLF001
        if any(
            name.startswith(_RELATED) and value not in {*part_ids, ""}
            for name, value in element.attrib.items()
        ):
            raise Unfit("links")
    return len(bad)


def _remove(element: Any) -> None:
    """Remove the link an element is, or the shape it is part of."""
    while element is not None and element.tag not in _LINKS | _SHAPES | {_ALTERNATE}:
        element = element.getparent()
    parent = element.getparent() if element is not None else None
    if parent is None:
        raise Unfit("links")
    while parent.tag == _ALTERNATE or (
        parent.getparent() is not None and parent.getparent().tag == _ALTERNATE
    ):
        element, parent = parent, parent.getparent()
    parent.remove(element)


def _themes(deck: Deck) -> Iterator[Part]:
    for master in deck.slide_masters:
        yield master.part.part_related_by(RT.THEME)


def _give_devanagari(theme: Part) -> None:
    """Name a typeface for Hindi where a theme names none: else each reader would guess another."""
    tree = etree.fromstring(theme.blob, etree.XMLParser(resolve_entities=False, no_network=True))
    for element in tree.iter(qn("a:cs")):
        if element.getparent().tag in (qn("a:majorFont"), qn("a:minorFont")) and not element.get("typeface"):
            element.set("typeface", _DEVANAGARI)
    theme.blob = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


# --- what its layouts leave


def deck_layouts(deck: Deck) -> list[SlideLayout]:
    """All its layouts, of all masters."""
    return [layout for master in deck.slide_masters for layout in master.slide_layouts]


def layouts_of(deck: Deck) -> Layouts:
    """Return the layouts a deck is made from, and their room. Raises Unfit."""
    width, height = (deck.slide_width or 0) / A_POINT, (deck.slide_height or 0) / A_POINT
    layouts = [
        (at, layout, room)
        for at, layout in enumerate(deck_layouts(deck))
        if (room := _room(layout, width, height)) is not None
    ]
    usual = [
        layout_entry for layout_entry in layouts if layout_entry[1].element.get("type") not in _UNUSUAL
    ] or layouts
    if not usual:
        raise Unfit("no_title")
    at, layout, room = max(usual, key=lambda each: _fitness(each[1], each[2]))
    if not room.is_enough:
        short = (room.below.w, room.below.h, *room.wanted)
        raise Unfit("no_room", layout=layout.name, cm=tuple(round(n / 72 * 2.54, 1) for n in short))  # type: ignore[arg-type]  # four
    cover, boxes = next(
        (
            (n, boxes)
            for n, slide_layout in enumerate(deck_layouts(deck))
            if (boxes := _cover(slide_layout, width, height))
        ),
        (at, None),
    )
    if boxes is not None:
        room = replace(room, cover=boxes[0], lines=boxes[1])
    return Layouts(cover, at, room, _look(layout), width, height)


def _fitness(layout: SlideLayout, room: Room) -> tuple[bool, bool, float]:
    return room.is_enough, layout.element.get("type") == "titleOnly", room.below.w * room.below.h


def _box(shape: Any) -> Box | None:
    values = (shape.left, shape.top, shape.width, shape.height)
    return None if None in values else Box(*(value / A_POINT for value in values))


def _boxes(shapes: Any, types: set[Any]) -> list[Box]:
    boxes = (_box(shape) for shape in shapes if shape.placeholder_format.type in types)
    return [box for box in boxes if box is not None]


def _inner(box: Box) -> Box:
    """A placeholder without its insets."""
    return Box(box.x + 7.2, box.y + 3.6, max(1.0, box.w - 14.4), max(1.0, box.h - 7.2))


def _room(layout: SlideLayout, width: float, height: float) -> Room | None:
    """Return the room a layout leaves below its title; None without a title."""
    titles = _boxes(layout.placeholders, _TITLES)
    if not titles:
        return None
    title, master = titles[0], layout.slide_master
    top, floor = title.y + title.h + 4, height - 14
    feet = [box.y for box in _boxes(layout.placeholders, _FEET) if box.y > height / 2]
    floor = min([floor, *(y - 2 for y in feet)])
    bodies = [
        box for box in _boxes(layout.placeholders, {PH.BODY, PH.OBJECT}) if box.y >= title.y + title.h / 2
    ]
    bodies = bodies or _boxes(master.placeholders, {PH.BODY})[:1] or [title]
    left, right = max(8.0, min(box.x for box in bodies)), min(width - 8, max(box.x + box.w for box in bodies))
    below = Box(left, top, max(1.0, right - left), max(1.0, floor - top))
    for shape in (*layout.shapes, *master.shapes):
        drawn = None if shape.is_placeholder else _box(shape)
        if drawn is not None and drawn.w * drawn.h < 0.25 * width * height:
            below = _beside(below, drawn)
    return Room(_inner(title), below, min(28.0, max(18.0, _size(layout))))


def _beside(room: Box, drawn: Box) -> Box:
    """The largest part of a room that a drawing leaves: above, below, left or right of it."""
    right, floor = room.x + room.w, room.y + room.h
    x2, y2 = drawn.x + drawn.w, drawn.y + drawn.h
    if drawn.x >= right or x2 <= room.x or drawn.y >= floor or y2 <= room.y:
        return room
    sides = (
        replace(room, h=drawn.y - room.y),
        Box(room.x, y2, room.w, floor - y2),
        replace(room, w=drawn.x - room.x),
        Box(x2, room.y, right - x2, room.h),
    )
    return max(sides, key=lambda side: side.w * side.h if min(side.w, side.h) > 0 else 0)


def _size(layout: SlideLayout) -> float:
    """The size of its titles."""
    sizes = layout.element.xpath(".//p:sp[.//p:ph[@type='title']]//a:lvl1pPr/a:defRPr/@sz") or (
        layout.slide_master.element.xpath(".//p:titleStyle/a:lvl1pPr/a:defRPr/@sz")
    )
    return ((whole_number(str(sizes[0]), most=400_000) if sizes else None) or 2800) / 100


def _cover(layout: SlideLayout, width: float, height: float) -> tuple[Box, Box] | None:
    """Boxes of title and lines of a layout for covers, where both are wide and high enough."""
    if layout.element.get("type") != "title":
        return None
    titles, lines = _boxes(layout.placeholders, _TITLES), _boxes(layout.placeholders, {PH.SUBTITLE})
    if not titles or not lines:
        return None
    boxes = _inner(titles[0]), _inner(lines[0])
    fits = all(box.w >= width * 0.4 for box in boxes) and boxes[0].h >= 60 and boxes[1].h >= height * 0.11
    return boxes if fits else None


def _look(layout: SlideLayout) -> SlideLook:
    """The colours of a layout's theme."""
    master = layout.slide_master
    theme = etree.fromstring(master.part.part_related_by(RT.THEME).blob)
    named = {etree.QName(element).localname: element for element in theme.find(f".//{qn('a:clrScheme')}")}
    mapped = master.element.find(qn("p:clrMap"))

    def colour(name: str, otherwise: str) -> str:
        at = named.get(mapped.get(name, name) if mapped is not None else name)
        value = at[0].get("lastClr") or at[0].get("val") if at is not None and len(at) else ""
        try:
            return f"#{int(value or '', 16):06x}"[:7]
        except ValueError:
            return otherwise

    return look_of(colour("accent1", "#1d5b66"), ink=colour("tx1", "#15201e"), paper=colour("bg1", "#ffffff"))


# --- the template of the house


@lru_cache(maxsize=4)
def house(accent: str) -> bytes:
    """The template of an organisation that brought none: white, wide, in its accent colour."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Pt(960), Pt(540)
    for layout in list(deck.slide_layouts):
        if layout.element.get("type") not in ("title", "titleOnly"):
            deck.slide_layouts.remove(layout)
    master = deck.slide_master
    cover, page = deck.slide_layouts
    places: Sequence[tuple[Any, dict[Any, tuple[float, float, float, float]]]] = (
        (master, {PH.TITLE: (35, 18, 890, 66), PH.BODY: (42, 88, 876, 430)}),
        (cover, {PH.CENTER_TITLE: (63, 120, 834, 150), PH.SUBTITLE: (63, 284, 834, 170)}),
    )
    for where, boxes in places:
        for shape in where.placeholders:
            if (box := boxes.get(shape.placeholder_format.type)) is not None:
                shape.left, shape.top, shape.width, shape.height = (Pt(n) for n in box)
    for where in (master, cover, page):
        for shape in list(where.placeholders):
            if shape.placeholder_format.type in _FEET:
                shape.element.getparent().remove(shape.element)
    for style, size, is_bold in (("p:titleStyle", 2600, "1"), ("p:bodyStyle", 1800, "0")):
        first = master.element.find(f".//{qn(style)}/{qn('a:lvl1pPr')}")
        first.set("algn", "l")
        first.find(qn("a:defRPr")).set("sz", str(size))
        first.find(qn("a:defRPr")).set("b", is_bold)
    for element in cover.element.iter(qn("a:lvl1pPr")):
        element.set("algn", "l")
    for shape in cover.placeholders:
        is_title = shape.placeholder_format.type == PH.CENTER_TITLE
        shape.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM if is_title else MSO_ANCHOR.TOP
    for element in cover.element.iter(qn("a:schemeClr")):
        element.set("val", "tx2")
        for tint in list(element):
            element.remove(tint)
    for at, (width, colour) in enumerate(
        ((72, "accent3"), (58, "accent2"), (44, "accent2"), (30, "accent1"))
    ):
        cover.shapes.element.append(_strip_of_colour(at, 70.2, 80 + 12 * at, width, colour))
    theme = next(_themes(deck))
    theme.blob = _in_house_colours(theme.blob, look_of(accent))
    out = io.BytesIO()
    deck.save(out)
    return cleaned(out.getvalue())[0]


def _strip_of_colour(at: int, x: float, y: float, width: float, colour: str) -> Any:
    """Draw one bar of the product's mark above the title of a cover."""
    place = f'<a:off x="{Pt(x)}" y="{Pt(y)}"/><a:ext cx="{Pt(width)}" cy="{Pt(8)}"/>'
    name = f'<p:cNvPr id="{90 + at}" name="Mark {at}"/>'
    return parse_xml(
        f"<p:sp {nsdecls('p', 'a')}><p:nvSpPr>{name}<p:cNvSpPr/><p:nvPr/></p:nvSpPr>"
        f'<p:spPr><a:xfrm>{place}</a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill>'
        f'<a:schemeClr val="{colour}"/></a:solidFill></p:spPr></p:sp>'
    )


def _in_house_colours(blob: bytes, look: SlideLook) -> bytes:
    tree = etree.fromstring(blob)
    colours = {
        "dk1": look.ink,
        "lt1": look.paper,
        "dk2": look.muted,
        "accent1": look.solid,
        "accent2": look.mid,
        "accent3": look.light,
    }
    for name, colour in colours.items():
        at = tree.find(f".//{qn(f'a:{name}')}")
        for element in list(at):
            at.remove(element)
        etree.SubElement(at, qn("a:srgbClr"), val=colour[1:])
    for kind in ("a:majorFont", "a:minorFont"):
        font = tree.find(f".//{qn(kind)}")
        font.find(qn("a:latin")).set("typeface", "Noto Sans")
        font.find(qn("a:cs")).set("typeface", _DEVANAGARI)
    return bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True))
