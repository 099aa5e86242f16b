"""The engine of printed documents: values stay values, Devanagari is shaped, templates reach nothing outside."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import numpy as np
import pypdfium2
import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from abhiyan.core import printing
from abhiyan.core.printing import PrintTemplate, TooMuchToPrint, UnsafeTemplate
from abhiyan.imports.tests.scanning import scanned

AT = datetime(2026, 11, 23, 6, 30, 12, 345, tzinfo=UTC)
CARD = PrintTemplate.of("""
#let size = (width: 85.6mm, height: 54mm, margin: 5mm)
#let sheet(of) = [*#of.name* #if "code" in of { code(of.code, 26mm) }]
""")
# The same letters, put together from their numbers: what is drawn cannot have been read as code.
SPELLED = PrintTemplate.of("""
#let size = (width: 85.6mm, height: 54mm, margin: 5mm)
#let sheet(of) = [*#of.letters.map(str.from-unicode).join()*]
""")


def drawn(template: PrintTemplate, **values: object) -> bytes:
    return printing.png(
        template, values, title="Card", language="hi", at=AT, with_lines=False, dots_per_inch=100
    )


@pytest.mark.parametrize(
    "typed",
    [
        '#read("/etc/passwd")',
        "*Asha* _Devi_ `x` $x^2$ <label> @ref // gone /* too */",
        "]#panic()[",
        '"), sheet: (x) => panic(), ("',
        "\\u{41} \\# -- ... 'quoted'",
        "= Heading",
        "#sys.inputs #given.documents",
        "आशा श्रीवास्तव #eval(1)",
    ],
)
def test_what_people_typed_prints_as_they_typed_it_and_is_never_code(typed: str) -> None:
    assert drawn(CARD, name=typed) == drawn(SPELLED, letters=[ord(letter) for letter in typed])


@settings(max_examples=60)
@given(
    st.text(st.sampled_from("\\\"'#[]{}()*_$@u0a अn/ \n\x00\x07\u2028"), max_size=30), st.text(max_size=30)
)
def test_whatever_is_typed_it_stays_one_text(typed: str, any_text: str) -> None:
    template = PrintTemplate.of("""
#let size = (width: 85.6mm, height: 54mm, margin: 5mm)
#let sheet(of) = [#if of.name.codepoints().map(str.to-unicode) != of.letters { panic("another text") }]
""")
    for text in filter(printing.can_print, (typed, any_text)):
        letters = [ord(letter) for letter in text]
        assert printing.print_pdf(
            template, [{"name": text, "letters": letters}], title=text, language="hi", at=AT, with_lines=False
        )


def glyphs(written: str) -> list[str]:
    """The shapes a word is drawn with, in order from the left."""
    template = PrintTemplate.of("#let size = (width: 5cm, height: 5cm)\n#let sheet(of) = of.name")
    svg = printing._set(
        template, [{"name": written}], title="", language="hi", at=AT, with_lines=False, form="svg"
    )[0]
    return re.findall(r'<use [^>]*href="([^"]+)"', svg.decode())


def test_conjuncts_are_drawn_as_one_letter() -> None:
    for written in ("क्ष", "ज्ञ", "त्र", "श्र", "द्व", "हृ"):
        assert len(glyphs(written)) == 1, written
    assert len(glyphs("क्\u200cष")) == 3, "written apart on purpose"
    assert len(glyphs("र्म")) == 2 and glyphs("र्म")[0] == glyphs("म")[0], "the hook stands above"


def test_the_short_i_is_drawn_before_its_letter() -> None:
    assert glyphs("कि")[1:] == glyphs("क")


@pytest.mark.parametrize(
    ("text", "can"),
    [
        ("Asha Devi, S. R.", True),
        ("श्रीमती सुनीता॰ क्\u200dष", True),
        ("سنیتا دیوی", True),
        ("شیخ عبداللہ · ٲسۍ", True),  # Kashmiri has letters of its own
        ("ਗੁਰਮੀਤ ਕੌਰ", True),
        ("সুনীতা · অসমীয়া ৰাম", True),
        ("સુનીતા પટેલ", True),
        ("ସୁନୀତା", True),
        ("சுனிதா", True),
        ("సునీత", True),
        ("ಸುನೀತಾ", True),
        ("സുനിത", True),
        ("ꯁꯨꯅꯤꯇꯥ", True),
        ("ᱥᱩᱱᱤᱛᱟ", True),
        ("Śrīnagar, Kṛṣṇa, Ñandi", True),
        ("Jose\u0301", True),  # typed as two signs
        ("क\u093c", True),
        ("ok\ufe0f a\u200db", True),  # signs that nobody sees
        ("४५ ৪৫ ௪௫ ೪೫", True),
        ("สมชาย", False),
        ("සුනීතා", False),
        ("王小明", False),
        ("Асия", False),
        ("Meeting \U0001f389", False),
        ("a\x07", False),
        ("\ue000", False),
    ],
)
def test_what_no_typeface_has_is_known_before_it_is_printed(text: str, can: bool) -> None:
    assert printing.can_print(text) is can
    refused = printing.letters_refused({"a": [{"b": text}], "code": printing.qr("x")})
    assert (refused is None) is can


@pytest.mark.parametrize("form", ["pdf", "png"])
def test_nothing_prints_boxes_and_nobody_prints_lines_unasked(form: str) -> None:
    def made(name: str, *, with_lines: bool) -> bytes:
        if form == "pdf":
            return printing.print_pdf(
                CARD, [{"name": name}], title="", language="hi", at=AT, with_lines=with_lines
            )
        return printing.png(CARD, {"name": name}, title="", language="hi", at=AT, with_lines=with_lines)

    with pytest.raises(printing.LettersMissing) as refused:
        made("Asha สมชาย", with_lines=False)
    with override("en"):
        said = str(refused.value)
    assert "ส ม ช า" in said and "Texts with them: 1." in said and "Asha" not in said
    assert made("Asha สมชาย", with_lines=True) == made(f"Asha {printing.LINE}", with_lines=False)


@settings(max_examples=30)
@given(st.text(max_size=30))
def test_a_text_with_lines_can_be_printed_whatever_was_typed(typed: str) -> None:
    lined = printing._lined({"a": [typed, 4, None, 0.5]})
    assert printing.letters_refused(lined) is None and lined["a"][1:] == [4, None, 0.5]
    if printing.can_print(typed):
        assert lined["a"][0] == typed


def test_a_page_with_names_says_which_of_them_cannot_be_printed() -> None:
    names = ["Asha", "สมชาย", "王小明", "สมชาย", *["सुनीता"] * 8]
    with override("en"):
        said = printing.letters_said(names)
        many = printing.letters_said([chr(0xE01 + n) for n in range(9)])
        assert said == "Names with letters that this server cannot print: 3 of 12. They are: สมชาย, 王小明."
    assert printing.letters_said(["Asha", "சுனிதா"]) == ""
    assert "9 of 9" in many and many.endswith("ค, ฅ ….")


def test_a_batch_is_one_pdf_with_a_page_for_each() -> None:
    made = printing.print_pdf(
        CARD, [{"name": f"आशा {n}"} for n in range(7)], title="Cards", language="hi", at=AT, with_lines=False
    )
    assert made.startswith(b"%PDF-") and len(re.findall(rb"/Type/Page\b", made)) == 7
    again = printing.print_pdf(
        CARD, [{"name": f"आशा {n}"} for n in range(7)], title="Cards", language="hi", at=AT, with_lines=False
    )
    assert again == made, "the same values at the same time make the same file"


def test_a_batch_that_a_process_of_its_own_sets_looks_as_one_that_is_set_here() -> None:
    cards = [{"name": f"आशा {n}"} for n in range(printing.MOST_HERE + 1)]
    made, first = (
        printing.print_pdf(CARD, each, title="Cards", language="hi", at=AT, with_lines=False)
        for each in (cards, cards[:1])
    )
    batch = pypdfium2.PdfDocument(made)
    assert len(batch) == len(cards)
    shown = [file[0].render(scale=2).to_numpy() for file in (batch, pypdfium2.PdfDocument(first))]
    assert np.array_equal(*shown)
    with pytest.raises(RuntimeError, match="does not contain key"):  # it says what the compiler says
        printing.print_pdf(CARD, [{}] * len(cards), title="Cards", language="hi", at=AT, with_lines=False)


def test_a_code_is_read_from_the_picture_by_another_program() -> None:
    for n in range(6):
        text = f"https://abhiyan.example.org/card/{n * 0x1234567890ABCDEF1234567890ABCDEF:040x}/"
        assert scanned(drawn(CARD, name="आशा", code=printing.qr(text))) == [text]


@pytest.mark.parametrize(
    "reaching",
    [
        '#read("/etc/passwd")',
        '#eval("1")',
        '#import "@preview/cetz:0.3.0"',
        '#include "other.typ"',
        '#plugin("x.wasm")',
        '#json("x.json") #csv("x.csv")',
        "#sys.inputs",
        '#image("/etc/passwd")',
        '#json("/etc/passwd")',
    ],
)
def test_a_template_that_reaches_outside_is_refused(reaching: str) -> None:
    with pytest.raises(UnsafeTemplate):
        PrintTemplate.of(f"#let size = (:)\n#let sheet(of) = [{reaching}]")


def test_many_threads_set_documents_at_once() -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda n: drawn(CARD, name=f"Asha {n % 2}"), range(12)))
    assert len(set(made)) == 2


def test_too_many_documents_and_too_long_values_are_refused() -> None:
    with pytest.raises(TooMuchToPrint):
        printing.print_pdf(
            CARD,
            [{"name": ""}] * (printing.LARGEST_BATCH + 1),
            title="",
            language="en",
            at=AT,
            with_lines=False,
        )
    with pytest.raises(TooMuchToPrint):
        drawn(CARD, name="a" * printing.LARGEST_VALUES)
