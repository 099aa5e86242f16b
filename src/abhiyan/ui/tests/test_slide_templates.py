"""PowerPoint files as templates: what is refused with its reason, what is taken out, and that decks can be made by all
that is taken."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER as PH
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Emu, Inches, Pt

from abhiyan.ui.slides import pptx_file
from abhiyan.ui.slides.layouts import MOST_XML, Unfit, cleaned, deck_layouts, house
from abhiyan.ui.slides.pages import laid_out

from .test_slides import AT, BODIES, overflow, slide, width


def saved(deck: Any) -> bytes:
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def changed(data: bytes, change: Callable[[str, bytes], bytes | None], **more: bytes) -> bytes:
    """A package with its parts changed, left out (None), or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in packed.namelist():
            part = change(name, packed.read(name))
            if part is not None:
                new.writestr(name, part)
        for name, part in more.items():
            new.writestr(name, part)
    return out.getvalue()


def refused(data: bytes) -> Unfit:
    with pytest.raises(Unfit) as found:
        cleaned(data)
    return found.value


def made(data: bytes) -> Any:
    """A deck of every kind of slide by a template, opened again."""
    clean, layouts = cleaned(data)
    pages = [laid_out(slide(body), layouts.room, "today", width) for body in BODIES]
    assert [text for page in pages for text in overflow(page)] == []
    found = pptx_file.pptx(pages, clean, layouts, language="hi", title="Deck", by="Sangathan", at=AT)
    return Presentation(io.BytesIO(found))


def standard() -> Any:
    """Return what PowerPoint itself begins with, 4:3."""
    return Presentation()


def wide() -> bytes:
    return house("#7a1f1f")


def test_a_template_without_placeholders_is_refused() -> None:
    deck = standard()
    for where in (deck.slide_master, *deck.slide_layouts):
        for shape in list(where.placeholders):
            shape.element.getparent().remove(shape.element)
    assert refused(saved(deck)).why == "no_title"


def test_macros_are_refused_by_what_is_in_the_file_not_by_its_name() -> None:
    assert refused(changed(wide(), lambda _n, part: part, **{"ppt/vbaProject.bin": b"x"})).why == "macros"
    kind = b"application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml"
    usual = b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
    assert refused(changed(wide(), lambda _n, part: part.replace(usual, kind))).why == "macros"


def test_what_is_no_whole_powerpoint_file_is_refused() -> None:
    whole = wide()
    for data in (b"x", b"PK\x03\x04", whole[: len(whole) // 2], b"%PDF-1.7 %%EOF"):
        assert refused(data).why == "not_pptx"
    assert (
        refused(changed(whole, lambda name, part: None if name == "ppt/presentation.xml" else part)).why
        == "not_pptx"
    )
    assert (
        refused(changed(whole, lambda name, part: b"<x" if "slideMaster1.xml" in name else part)).why
        == "not_pptx"
    )
    entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
    assert refused(changed(whole, lambda name, part: entity if "theme1" in name else part)).why == "not_pptx"
    assert refused(bytes.fromhex("d0cf11e0a1b11ae1") + b"EncryptedPackage").why == "password"


def test_a_part_of_many_declarations_is_refused_at_once() -> None:
    """An expression that looked for the end of each would take hours."""
    many = changed(wide(), lambda name, part: b"<?xml " * 300_000 if name.endswith("theme1.xml") else part)
    assert refused(many).why == "not_pptx"


def test_a_file_that_unpacks_to_far_more_is_refused_unread() -> None:
    bomb = changed(wide(), lambda _n, part: part, **{"ppt/media/image1.png": b"\0" * (70 << 20)})
    assert len(bomb) < 1 << 20
    assert refused(bomb).why == "too_much"
    assert (
        refused(changed(wide(), lambda _n, part: part, **{"ppt/x.xml": b" " * (MOST_XML + 1)})).why
        == "too_much"
    )
    many = changed(wide(), lambda _n, part: part, **{f"ppt/media/{n}.png": b"" for n in range(2_001)})
    assert refused(many).why == "too_much"


def test_too_little_room_is_refused_with_the_layouts_name_and_how_much_is_needed() -> None:
    deck = standard()
    for layout in deck.slide_layouts:
        for shape in layout.placeholders:
            if shape.placeholder_format.type in (PH.TITLE, PH.CENTER_TITLE):
                shape.left, shape.top, shape.width, shape.height = Pt(20), Pt(20), Pt(600), Pt(440)
    found = refused(saved(deck))
    assert (found.why, found.layout) == ("no_room", "Title Only")
    _wide, high, _wanted_wide, wanted = found.cm
    assert high < wanted < 12


def test_slides_notes_links_and_objects_are_taken_out() -> None:
    deck = standard()
    first = deck.slides.add_slide(deck.slide_layouts[0])
    first.notes_slide.notes_text_frame.text = "A secret note"
    first.shapes.title.text = "A secret slide"
    deck.core_properties.author = "Asha Devi"
    layout = deck.slide_layouts[5]
    link = layout.part.relate_to("https://example.org/x", RT.HYPERLINK, is_external=True)
    title = next(iter(layout.placeholders)).element
    title.find(f".//{qn('p:cNvPr')}").append(parse_xml(f'<a:hlinkClick {nsdecls("a", "r")} r:id="{link}"/>'))
    picture = layout.part.relate_to("file:///C:/logo.png", RT.IMAGE, is_external=True)
    layout.shapes.element.append(
        parse_xml(
            f'<p:pic {nsdecls("p", "a", "r")}><p:nvPicPr><p:cNvPr id="77" name="x"/><p:cNvPicPr/><p:nvPr/></p:nvPicPr>'
            f'<p:blipFill><a:blip r:link="{picture}"/></p:blipFill><p:spPr/></p:pic>'
        )
    )
    blob = Part(PackURI("/ppt/embeddings/oleObject1.bin"), "application/x", deck.part.package, b"MZ secret")
    embedded = deck.slide_master.part.relate_to(blob, RT.OLE_OBJECT)
    deck.slide_master.shapes.element.append(
        parse_xml(
            f'<p:graphicFrame {nsdecls("p", "a", "r")}><p:nvGraphicFramePr><p:cNvPr id="78" name="y"/>'
            "<p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr><p:xfrm><a:off x='0' y='0'/><a:ext cx='9' cy='9'/>"
            f'</p:xfrm><a:graphic><a:graphicData uri="x"><p:oleObj r:id="{embedded}"/></a:graphicData></a:graphic>'
            "</p:graphicFrame>"
        )
    )
    clean, layouts = cleaned(saved(deck))
    assert layouts.taken_out == 4
    said = "\n".join(pptx_file.pptx_texts(clean))
    for secret in ("A secret", "example.org", "logo.png", "MZ secret", "Asha Devi", 'TargetMode="External"'):
        assert secret not in said
    with zipfile.ZipFile(io.BytesIO(clean)) as parts:
        kinds = {name.split("/")[1] for name in parts.namelist() if name.startswith("ppt/")}
    assert kinds <= {"presentation.xml", "_rels", "slideMasters", "slideLayouts", "theme"} | {
        "presProps.xml",
        "viewProps.xml",
        "tableStyles.xml",
    }
    assert len(made(clean).slides) == len(BODIES)


def test_a_picture_behind_everything_stays_and_one_in_a_corner_is_kept_clear(tmp_path: Any) -> None:
    pil = pytest.importorskip("PIL.Image")
    path = tmp_path / "logo.png"
    pil.new("RGB", (40, 40), "#aa0000").save(path)
    deck = Presentation(io.BytesIO(wide()))
    _image, rid = deck.slide_master.part.get_or_add_image_part(str(path))

    def picture(number: int, *place: float) -> Any:
        x, y, w, h = (Pt(n) for n in place)
        return parse_xml(
            f'<p:pic {nsdecls("p", "a", "r")}><p:nvPicPr><p:cNvPr id="{number}" name="x"/><p:cNvPicPr/><p:nvPr/>'
            f'</p:nvPicPr><p:blipFill><a:blip r:embed="{rid}"/></p:blipFill><p:spPr><a:xfrm><a:off x="{x}" y="{y}"/>'
            f'<a:ext cx="{w}" cy="{h}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr></p:pic>'
        )

    deck.slide_master.shapes.element.insert(2, picture(80, 0, 0, 960, 540))
    deck.slide_master.shapes.element.append(picture(81, 860, 470, 80, 60))
    clean, layouts = cleaned(saved(deck))
    assert layouts.taken_out == 0 and "ppt/media/image1.png" in zipfile.ZipFile(io.BytesIO(clean)).namelist()
    box = layouts.room.below
    assert box.x + box.w <= 860 or box.y + box.h <= 470
    assert len(made(clean).slides) == len(BODIES)


def test_masters_layouts_colours_and_fonts_are_those_of_the_template() -> None:
    def red(name: str, part: bytes) -> bytes:
        if "theme/" not in name:
            return part
        tree = etree.fromstring(part)
        tree.find(f".//{qn('a:accent1')}")[0].set("val", "B00020")
        tree.find(f".//{qn('a:minorFont')}/{qn('a:latin')}").set("typeface", "Georgia")
        tree.find(f".//{qn('a:minorFont')}/{qn('a:cs')}").set("typeface", "")
        return bytes(etree.tostring(tree))

    data = changed(saved(standard()), red)
    _clean, layouts = cleaned(data)
    assert int(layouts.look.solid[1:3], 16) > int(layouts.look.solid[3:5], 16) * 2, "a red"
    deck = made(data)
    assert {each.slide_layout.name for each in deck.slides} == {"Title Slide", "Title Only"}
    theme = etree.fromstring(deck.slide_master.part.part_related_by(RT.THEME).blob)
    minor = theme.find(f".//{qn('a:minorFont')}")
    assert minor.find(qn("a:latin")).get("typeface") == "Georgia"
    assert minor.find(qn("a:cs")).get("typeface") == "Noto Sans Devanagari", "Hindi has one too"


def test_a_potx_is_taken_as_a_pptx_is() -> None:
    usual, template = (f"presentationml.{each}.main".encode() for each in ("presentation", "template"))
    potx = changed(wide(), lambda _n, part: part.replace(usual, template))
    assert len(made(potx).slides) == len(BODIES)


def test_each_usual_page_size_has_room() -> None:
    for inches in ((13.333, 7.5), (10, 5.625), (10, 7.5), (11.69, 8.27)):
        deck = standard()
        across, down = Inches(inches[0]) / deck.slide_width, Inches(inches[1]) / deck.slide_height
        deck.slide_width, deck.slide_height = Inches(inches[0]), Inches(inches[1])
        for where in (deck.slide_master, *deck.slide_layouts):
            for shape in where.placeholders:
                if shape.element.spPr.find(qn("a:xfrm")) is not None:
                    shape.left, shape.width = Emu(int(shape.left * across)), Emu(int(shape.width * across))
                    shape.top, shape.height = Emu(int(shape.top * down)), Emu(int(shape.height * down))
        assert len(made(saved(deck)).slides) == len(BODIES), inches


Place = tuple[int, int, int, int]
PLACES = some.tuples(
    some.integers(-100, 900), some.integers(-100, 500), some.integers(0, 1_000), some.integers(0, 560)
)


@pytest.mark.examples(8, 80)
@given(
    title=PLACES,
    body=PLACES,
    foot=PLACES,
    drawn=PLACES,
    kept=some.sets(some.integers(0, 10), min_size=1),
    size=some.integers(1_000, 9_000),
)
def test_by_every_template_that_is_taken_a_deck_can_be_made(
    title: Place, body: Place, foot: Place, drawn: Place, kept: set[int], size: int
) -> None:
    deck = Presentation()
    deck.slide_width, deck.slide_height = Pt(960), Pt(540)
    for at, layout in reversed(list(enumerate(deck.slide_layouts))):
        if at not in kept:
            deck.slide_layouts.remove(layout)
    places = {PH.TITLE: title, PH.CENTER_TITLE: title, PH.BODY: body, PH.OBJECT: body, PH.FOOTER: foot}
    for where in (deck.slide_master, *deck.slide_layouts):
        for shape in where.placeholders:
            if (place := places.get(shape.placeholder_format.type)) is not None:
                shape.left, shape.top, shape.width, shape.height = (Pt(n) for n in place)
    deck.slide_master.element.find(f".//{qn('p:titleStyle')}/{qn('a:lvl1pPr')}/{qn('a:defRPr')}").set(
        "sz", str(size)
    )
    x, y, w, h = (Pt(n) for n in drawn)
    deck.slide_master.shapes.element.append(
        parse_xml(
            f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="90" name="x"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr>'
            f'<a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{w}" cy="{h}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
            "</a:prstGeom></p:spPr></p:sp>"
        )
    )
    reason = ""
    try:
        clean, layouts = cleaned(saved(deck))
    except Unfit as unfit:
        reason = unfit.why
    assert reason in ("", "no_title", "no_room")
    if reason:
        return
    assert layouts.room.is_enough
    assert len(deck_layouts(Presentation(io.BytesIO(clean)))) > layouts.page
    assert len(made(clean).slides) == len(BODIES)
