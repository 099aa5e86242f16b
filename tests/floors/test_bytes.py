"""Bytes that somebody sent are opened in the pool, and nowhere else (`core/file_pool.py`).

Three things are looked at: which modules have a library that opens files, who reads what was uploaded, and who looks
through bytes with expressions. A module that may is listed with its reason, and an entry nobody needs is an offence.
"""

import ast
from collections.abc import Iterator

import pytest

from .source import PACKAGE, Finder, Source, dotted, sources, told

# Libraries that open files which may be made to harm.
OPENERS = {
    "PIL",
    "bz2",
    "csv",
    "docx",
    "gzip",
    "lxml",
    "lzma",
    "marshal",
    "openpyxl",
    "pickle",
    "pptx",
    "pypdf",
    "python_calamine",
    "shelve",
    "tarfile",
    "xml.etree",
    "xml.dom",
    "xml.parsers",
    "zipfile",
    "zlib",
    "zxingcpp",
}
# Readers: each runs in the pool.
IN_THE_POOL = {
    "core/pictures.py",
    "imports/tables/csv_rows.py",
    "imports/tables/sheet_parts.py",
    "imports/tables/sheets.py",
    "imports/tables/sniffing.py",
    "imports/tables/unread.py",
    "imports/tables/scanning.py",
    "paper/pictures.py",
    "people/rules/audio.py",
    "work/rules/materials.py",
    "ui/slides/layouts.py",
}
# Modules that open nothing that somebody sent, and what they open.
OWN = {
    "contact/demo.py": "the demo's own tables",
    "helpdesk/rules/schemes.py": "a table of this package",
    "core/backup.py": "the operator's own backups",
    "core/backup_contents.py": "the operator's own backups",
    "core/backup_files.py": "the operator's own backups",
    "imports/tables/writing.py": "it writes",
    "core/words.py": "a table of this package",
    "elections/queries/planning.py": "a checksum of our own seeds",
    "elections/reference.py": "tables of this package",
    "paper/actions/typing.py": "it writes what was typed as a list",
    "paper/apart.py": "orders and words of our own processes, which open no file themselves",
    "people/journal.py": "our own journal",
    "ui/assets.py": "it packs our own pages",
    "sample": "the demo's own tables and pictures",
    "ui/slides/pptx_file.py": "slides are drawn into a template that the pool has cleaned and written anew",
}
UPLOADED = {"UploadedFile", "SimpleUploadedFile", "InMemoryUploadedFile", "TemporaryUploadedFile"}
# Modules that hold an upload, and what they do with it besides `ui.files.sent_bytes`.
HANDS = {
    "ui/files.py": "the one function that reads an upload",
    "pages/views/field.py": "waiting pictures become uploads again, for the form of their page",
    "pages/imports/views.py": "pieces of a list, which are sealed as they come",
}


def _place(source: Source) -> str:
    return f"{source.room}/{source.path}"


def _listed(source: Source, names: dict[str, str] | set[str]) -> bool:
    place = _place(source)
    return any(place == name or place.startswith(f"{name}/") for name in names)


def _imported(source: Source) -> Iterator[tuple[ast.AST, str]]:
    for node in source.nodes:
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def _opener(name: str) -> str | None:
    return next((each for each in OPENERS if name == each or name.startswith(f"{each}.")), None)


def openers_outside_the_pool(source: Source) -> Iterator[str]:
    """A library that opens files is in a reader of the pool, or opens nothing that somebody sent."""
    if _listed(source, IN_THE_POOL) or _listed(source, OWN):
        return
    for node, name in _imported(source):
        if opener := _opener(name):
            yield source.at(node, f"{opener} opens files: let a reader of core.file_pool do it")


def uploads_read_by_hand(source: Source) -> Iterator[str]:
    """`ui.files.sent_bytes` alone reads an upload; the list names every place that has one in hand."""
    if _listed(source, HANDS):
        return
    for node in source.nodes:
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        named = ast.unparse(node.func.value)
        is_upload = any(word in named for word in ("FILES", "cleaned_data[", "given[", "said[", "sent["))
        if node.func.attr in ("read", "chunks", "open", "readlines", "multiple_chunks") and is_upload:
            yield source.at(node, f"{named} is an upload: read it by ui.files.sent_bytes")


def uploads_sent_to_nobody(source: Source) -> Iterator[str]:
    """A form with a field for files is in a module that reads it by `sent_bytes`, or is listed."""
    if _listed(source, HANDS) or not {"views", "forms"} & source.parts:
        return
    has_field = any(
        isinstance(node, ast.Call) and dotted(node.func).endswith(("FileField", "ImageField"))
        for node in source.nodes
    )
    if has_field and "sent_bytes" not in source.text and _place(source) != "pages/imports/forms.py":
        yield f"{_place(source)}: its upload is read by nobody we know: use ui.files.sent_bytes"


def expressions_over_bytes(source: Source) -> Iterator[str]:
    """An expression over bytes is in a reader of the pool: it may take the square of their length."""
    if _listed(source, IN_THE_POOL) or _listed(source, OWN):
        return
    for node in source.nodes:
        if not isinstance(node, ast.Call) or not dotted(node.func).startswith("re."):
            continue
        first = node.args[0] if node.args else None
        if isinstance(first, ast.Constant) and isinstance(first.value, bytes):
            yield source.at(
                node, "an expression over bytes: let a reader of core.file_pool look through them"
            )


def processes_beside_the_pool(source: Source) -> Iterator[str]:
    """Bounds of a process are set in the pool: nobody builds a second one."""
    if _place(source) == "core/file_pool.py":
        return
    for node, name in _imported(source):
        if name.partition(".")[0] == "resource":
            yield source.at(node, "bounds of processes are those of core.file_pool")


FINDERS: list[Finder] = [
    openers_outside_the_pool,
    uploads_read_by_hand,
    uploads_sent_to_nobody,
    expressions_over_bytes,
    processes_beside_the_pool,
]


@pytest.mark.parametrize("finder", FINDERS, ids=lambda finder: finder.__name__)
def test_no_module_opens_what_somebody_sent(finder: Finder) -> None:
    told(offence for source in sources("**/*.py") if source.room in _rooms() for offence in finder(source))


def _rooms() -> set[str]:
    return {path.name for path in PACKAGE.iterdir() if path.is_dir()}


def test_every_module_that_may_still_does() -> None:
    places = {_place(source): source for source in sources("**/*.py")}
    for name in OWN | dict.fromkeys(
        IN_THE_POOL - {"people/rules/audio.py", "imports/tables/scanning.py"}, ""
    ):
        found = [one for place, one in places.items() if place == name or place.startswith(f"{name}/")]
        opens = any(_opener(module) for one in found for _node, module in _imported(one))
        assert opens or any('rb"' in one.text for one in found), f"{name} opens nothing"


@pytest.mark.parametrize(
    ("finder", "text"),
    [
        (openers_outside_the_pool, "import zipfile"),
        (openers_outside_the_pool, "from xml.etree import ElementTree"),
        (openers_outside_the_pool, "def read(data):\n    from PIL import Image"),
        (openers_outside_the_pool, "import pickle"),
        (uploads_read_by_hand, "data = request.FILES['file'].read()"),
        (uploads_read_by_hand, "for piece in form.cleaned_data['sheet'].chunks(): pass"),
        (uploads_sent_to_nobody, "class PhotoForm(forms.Form):\n    photo = forms.FileField()"),
        (expressions_over_bytes, "import re\n_HEAD = re.compile(rb'a+b')"),
        (processes_beside_the_pool, "import resource"),
    ],
)
def test_a_planted_opening_is_found(finder: Finder, text: str) -> None:
    from pathlib import Path

    assert list(finder(Source("contact", Path("views/planted.py"), text)))
