"""The house rules that import-linter and ruff cannot see, each found by reading the source as text or syntax.

Every finder is tried on a planted offence too (the table at the end): a finder that finds nothing proves nothing.
"""

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "abhiyan"
FLOORS: list[str] = next(
    contract["layers"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    if contract["type"] == "layers"
)
LONGEST_MODULE = 650  # "past about 600 lines it becomes a folder of the same name"
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "services", "managers", "misc"}
# Where the clock is read. Everything else is given `at`.
CLOCK_READERS = {
    "asgi",
    "cli",
    "clock",
    "commands",
    "endpoints",
    "hotpath",
    "jobs",
    "loops",
    "middleware",
    "views",
}
CLOCK_READERS |= {
    "demo",
    "doctor",
    "health",
    "metrics",
    "tasks",
}  # asked from outside, or jobs; a doctor judges the clock; the demo is a command
CLOCK = re.compile(
    r"(^|\.)(timezone|clock)\.now$|(^|\.)(datetime|date)\.(now|utcnow|today)$|(^|\.)time\.time(_ns)?$"
)
# What a room may take from the rooms below it; `core` and `ui` are there to be used, `site` gathers from all.
# phones: reads a number; viewer, visit: what every request carries.
OPEN_MODULES = {"actions", "queries", "models", "news", "rules", "phones", "viewer", "visit"}
OPEN_ROOMS = {"core", "ui"}
MANAGERS = {"objects", "_default_manager", "_base_manager"}
RELATIONS = {"ForeignKey", "OneToOneField", "ManyToManyField"}
WRITES = {"bulk_create", "bulk_update", "get_or_create", "save", "update_or_create"}

# Rules may mark the words they answer with for translation; that is all they know of Django.
WORDS = {"django.utils.functional", "django.utils.translation"}


@dataclass(frozen=True)
class Source:
    """One file: the room it belongs to, and its path inside the room."""

    room: str
    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def parts(self) -> set[str]:
        """Names of the module and the folders it stands in: `views/unit.py` is a view too."""
        return {*self.path.parts[:-1], self.path.stem}

    @cached_property
    def imported(self) -> dict[str, tuple[str, str]]:
        """Name in this file → (room, module) it was imported from, for rooms of ours; from anywhere in the file."""
        found = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom):
                module = node.module or ""
                if node.level:
                    base = ["abhiyan", self.room, *self.path.parts[:-1]]
                    module = ".".join([*base[: len(base) - node.level + 1], *([module] if module else [])])
                steps = module.split(".")
                if steps[0] != "abhiyan":
                    continue
                for alias in node.names:
                    where = [*steps[1:], alias.name]
                    found[alias.asname or alias.name] = (where[0], where[1] if len(where) > 1 else "")
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    steps = alias.name.split(".")
                    if steps[0] == "abhiyan" and len(steps) > 1:
                        found[alias.asname or alias.name] = (steps[1], steps[2] if len(steps) > 2 else "")
        return found

    def at(self, node: ast.AST, what: str) -> str:
        return f"{self.room}/{self.path}:{getattr(node, 'lineno', 1)}: {what}"


def above(room: str, other: str) -> bool:
    """Whether `other` stands on a higher floor than `room`."""
    return FLOORS.index(other) < FLOORS.index(room)


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def strings_to_models_above(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call) or dotted(node.func).rpartition(".")[2] not in RELATIONS:
            continue
        target = (
            node.args[0] if node.args else next((key.value for key in node.keywords if key.arg == "to"), None)
        )
        if isinstance(target, ast.Constant) and isinstance(target.value, str) and "." in target.value:
            room = target.value.split(".")[0]
            if room in FLOORS and above(source.room, room):
                yield source.at(node, f"a foreign key upwards, to {target.value}")


def managers_of_other_rooms(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS:
            owner = dotted(node.value)
            room, _ = source.imported.get(owner) or source.imported.get(owner.split(".")[0]) or ("", "")
            if room and room not in {source.room, "core"}:
                yield source.at(node, f"{owner}.{node.attr} belongs to {room}: ask its queries or actions")
        if isinstance(node, ast.Call) and dotted(node.func).endswith("get_model"):
            yield source.at(node, "get_model goes around the floors")


def inner_modules_of_other_rooms(source: Source) -> Iterator[str]:
    if source.room == "site":
        return
    for name, (room, module) in source.imported.items():
        if room in {source.room, *OPEN_ROOMS} or room not in FLOORS or module in OPEN_MODULES:
            continue
        yield source.at(
            source.tree, f"{name} comes from {room}.{module}: only {sorted(OPEN_MODULES)} are open"
        )


def models_that_act(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ClassDef):
            continue
        for item in node.body:
            if isinstance(item, ast.FunctionDef) and item.name in {"save", "delete", "full_clean"}:
                yield source.at(item, f"{node.name} overrides {item.name}(): the act does that, visibly")
            if isinstance(item, ast.ClassDef) and item.name == "Meta":
                for setting in item.body:
                    names = [
                        target.id
                        for target in getattr(setting, "targets", [])
                        if isinstance(target, ast.Name)
                    ]
                    if "ordering" in names:
                        yield source.at(setting, f"{node.name}.Meta.ordering: each query says its own order")
        if any(dotted(base).rpartition(".")[2] in {"Manager", "QuerySet"} for base in node.bases):
            yield source.at(node, f"{node.name} is a manager: queries and actions are functions")


def signals_and_admin(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        modules = []
        if isinstance(node, ast.ImportFrom):
            modules = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        for module in modules:
            if re.match(r"django\.(db\.models\.signals|dispatch|core\.signals|contrib\.admin)(\.|$)", module):
                yield source.at(node, f"{module}: news travels by core.news, and there is no admin")
                break


def clocks_read_in_the_wrong_place(source: Source) -> Iterator[str]:
    if source.parts & CLOCK_READERS:
        return
    for node in ast.walk(source.tree):
        # Also where it is only named, as in `default=timezone.now`.
        if isinstance(node, ast.Attribute) and CLOCK.search(dotted(node)):
            yield source.at(node, f"{dotted(node)}: only views, commands and jobs read the clock; take `at`")
        elif (
            isinstance(node, ast.Name)
            and source.imported.get(node.id) == ("core", "clock")
            and node.id == "now"
        ):
            yield source.at(node, "now: only views, commands and jobs read the clock; take `at`")


def exports(path: Path) -> set[str] | None:
    """The names in a module's `__all__`; None when there is no such file or list."""
    if not path.is_file():
        return None
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets
        ):
            return set(ast.literal_eval(node.value))
    return None


def acts_with_positions(source: Source) -> Iterator[str]:
    """In a folder of acts those are acts that it exports; what else stands there is how they are done."""
    if "actions" not in source.parts:
        return
    exported = exports(PACKAGE / source.room / source.path.parent / "__init__.py")
    for node in source.tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
            continue
        if "actions" in source.path.parts and exported is not None and node.name not in exported:
            continue
        given = node.args
        if given.args or given.posonlyargs or given.vararg:
            yield source.at(node, f"{node.name}() takes arguments by position: acts are keyword-only")
        if any(argument.arg == "request" for argument in [*given.args, *given.kwonlyargs]):
            yield source.at(node, f"{node.name}() takes a request: acts know no web")


def writes_outside_acts(source: Source) -> Iterator[str]:
    if not source.parts & {"views", "endpoints", "queries", "parsing"}:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            called = dotted(node.func)
            if node.func.attr in WRITES or re.search(r"\.objects\.(create|update|delete)$", called):
                yield source.at(node, f"{called or node.func.attr}() writes: only actions do")


def rules_that_know_django(source: Source) -> Iterator[str]:
    if "rules" not in source.parts:
        return
    for node in ast.walk(source.tree):
        modules = []
        if isinstance(node, ast.ImportFrom):
            modules = [node.module or ""]
        elif isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        for module in modules:
            if module in WORDS:
                continue
            if module.split(".")[0] in {"django", "psycopg", "ninja", "procrastinate"} or module.endswith(
                "models"
            ):
                yield source.at(node, f"rules import {module}: they are pure Python")


def indexes_without_names(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and re.search(
            r"(^|\.)(\w*Index|UniqueConstraint|CheckConstraint)$", dotted(node.func)
        ):
            keywords = {key.arg for key in node.keywords}
            if (
                "name" not in keywords
                and None not in keywords
                and "fields" in keywords | {"condition"} & keywords
            ):
                yield source.at(node, "an index or constraint without a name")


def forbidden_names(source: Source) -> Iterator[str]:
    for part in sorted(source.parts & FORBIDDEN_NAMES):
        yield source.at(source.tree, f"{part} is not a noun of the field")


def modules_too_long(source: Source) -> Iterator[str]:
    lines = source.text.count("\n")
    if lines > LONGEST_MODULE:
        yield source.at(source.tree, f"{lines} lines: make it a folder of the same name")


def templates_that_look_upwards(source: Source) -> Iterator[str]:
    pattern = r"""\{%-?\s*(extends|include|url)\s+["'](\w+)([/:])"""
    for number, line in enumerate(source.text.splitlines(), 1):
        for tag, room, _ in re.findall(pattern, line):
            if room in FLOORS and above(source.room, room):
                yield f"{source.room}/{source.path}:{number}: {tag} upwards, to {room}"


def templates_outside_their_folder(source: Source) -> Iterator[str]:
    # Django looks some pages up by fixed names, at the top of a templates folder.
    inside = source.path.parts[1]
    if inside != source.room and not re.fullmatch(r"(4|5)\d\d(_csrf)?\.html|robots\.txt", inside):
        yield f"{source.room}/{source.path}: stands outside templates/{source.room}/"


def templates_against_the_content_policy(source: Source) -> Iterator[str]:
    if source.path.suffix != ".html":
        return
    for number, line in enumerate(source.text.splitlines(), 1):
        where = f"{source.room}/{source.path}:{number}"
        if re.search(r"<[^>]*\sstyle\s*=", line):
            yield f"{where}: style= is blocked by the content policy"
        if re.search(r"<[^>]*\son[a-z]+\s*=\s*[\"']", line):
            yield f"{where}: inline handlers are blocked by the content policy"
        if re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", line):
            yield f"{where}: inline scripts are blocked by the content policy"
        if re.search(r"<style\b", line):
            yield f"{where}: inline styles are blocked by the content policy"


Finder = Callable[[Source], Iterator[str]]
IN_PYTHON: list[Finder] = [
    strings_to_models_above,
    managers_of_other_rooms,
    inner_modules_of_other_rooms,
    models_that_act,
    signals_and_admin,
    clocks_read_in_the_wrong_place,
    acts_with_positions,
    writes_outside_acts,
    rules_that_know_django,
    indexes_without_names,
    forbidden_names,
    modules_too_long,
]
IN_TEMPLATES: list[Finder] = [
    templates_that_look_upwards,
    templates_outside_their_folder,
    templates_against_the_content_policy,
]


def sources(pattern: str) -> list[Source]:
    found = []
    for path in sorted(PACKAGE.glob(f"*/{pattern}")):
        inside = path.relative_to(PACKAGE)
        if path.is_file() and not {"tests", "migrations", "__pycache__"} & set(inside.parts):
            found.append(Source(room=inside.parts[0], path=Path(*inside.parts[1:]), text=path.read_text()))
    return found


def told(offences: Iterator[str]) -> None:
    """Fails with one offence a line, as an editor can follow them."""
    found = "\n".join(offences)
    if found:
        pytest.fail(f"against the house rules (docs/style.md):\n{found}", pytrace=False)


@pytest.mark.parametrize("finder", IN_PYTHON, ids=lambda finder: finder.__name__)
def test_no_room_has(finder: Finder) -> None:
    told(offence for source in sources("**/*.py") for offence in finder(source))


@pytest.mark.parametrize("finder", IN_TEMPLATES, ids=lambda finder: finder.__name__)
def test_no_room_has_any(finder: Finder) -> None:
    told(offence for source in sources("templates/**/*") for offence in finder(source))


def test_every_folder_of_the_package_is_a_room_with_a_floor() -> None:
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(FLOORS)


def test_migrations_have_names() -> None:
    nameless = [path for path in PACKAGE.glob("*/migrations/*.py") if re.match(r"\d{4}_auto_", path.name)]
    assert nameless == []


PLANTED: list[tuple[Finder, str, str, str]] = [
    (
        strings_to_models_above,
        "people",
        "models.py",
        "x = models.ForeignKey('org.Office', on_delete=PROTECT)",
    ),
    (strings_to_models_above, "units", "models.py", "x = OneToOneField(to='people.Person')"),
    (managers_of_other_rooms, "org", "queries.py", "from abhiyan.people.models import P\nP.objects.all()"),
    (
        managers_of_other_rooms,
        "org",
        "queries.py",
        "from abhiyan.people import models as m\nm.P.objects.all()",
    ),
    (managers_of_other_rooms, "org", "queries.py", "from ..people.models import P\nP._default_manager.get()"),
    (managers_of_other_rooms, "org", "queries.py", "apps.get_model('people', 'Person')"),
    (inner_modules_of_other_rooms, "org", "actions.py", "from abhiyan.people.views import sign_in"),
    (inner_modules_of_other_rooms, "org", "actions.py", "from abhiyan.people import parsing"),
    (models_that_act, "units", "models.py", "class U(models.Model):\n    def save(self): ..."),
    (models_that_act, "units", "models.py", "class U(Model):\n    class Meta:\n        ordering = ['code']"),
    (models_that_act, "units", "models.py", "class Units(models.Manager): ..."),
    (signals_and_admin, "units", "apps.py", "from django.db.models.signals import post_save"),
    (signals_and_admin, "units", "apps.py", "from django.contrib import admin"),
    (clocks_read_in_the_wrong_place, "units", "actions.py", "at = timezone.now()"),
    (clocks_read_in_the_wrong_place, "units", "models.py", "at = DateTimeField(default=timezone.now)"),
    (clocks_read_in_the_wrong_place, "units", "queries.py", "day = datetime.date.today()"),
    (clocks_read_in_the_wrong_place, "units", "queries.py", "from abhiyan.core.clock import now\nat = now()"),
    (acts_with_positions, "units", "actions.py", "def move(unit, *, by, at): ..."),
    (acts_with_positions, "units", "actions/move.py", "def move(*units, by, at): ..."),
    (acts_with_positions, "units", "actions.py", "def move(*, request): ..."),
    (writes_outside_acts, "units", "views.py", "def edit(request):\n    unit.save()"),
    (writes_outside_acts, "units", "queries.py", "Unit.objects.create(code='x')"),
    (rules_that_know_django, "units", "rules/split.py", "from django.db import models"),
    (rules_that_know_django, "units", "rules.py", "from .models import Unit"),
    (indexes_without_names, "units", "models.py", "models.Index(fields=['code'])"),
    (forbidden_names, "units", "utils.py", ""),
    (forbidden_names, "units", "services/move.py", ""),
    (modules_too_long, "units", "views.py", "x = 1\n" * 700),
    (templates_that_look_upwards, "ui", "templates/ui/page.html", '{% extends "site/base.html" %}'),
    (templates_that_look_upwards, "people", "templates/people/x.html", "{% include 'org/_office.html' %}"),
    (templates_that_look_upwards, "people", "templates/people/x.html", "{% url 'org:office' 1 %}"),
    (templates_outside_their_folder, "people", "templates/org/x.html", ""),
    (templates_against_the_content_policy, "ui", "templates/ui/x.html", '<p class="a" style="color:red">'),
    (templates_against_the_content_policy, "ui", "templates/ui/x.html", "<a onclick='go()'>"),
    (templates_against_the_content_policy, "ui", "templates/ui/x.html", "<script>go()</script>"),
    (templates_against_the_content_policy, "ui", "templates/ui/x.html", "<style>p {}</style>"),
]


@pytest.mark.parametrize(("finder", "room", "path", "text"), PLANTED)
def test_a_planted_offence_is_found(finder: Finder, room: str, path: str, text: str) -> None:
    assert list(finder(Source(room=room, path=Path(path), text=text)))


ALLOWED: list[tuple[Finder, str, str, str]] = [
    (
        strings_to_models_above,
        "org",
        "models.py",
        "x = models.ForeignKey('people.Person', on_delete=PROTECT)",
    ),
    (managers_of_other_rooms, "org", "queries.py", "from .models import Office\nOffice.objects.all()"),
    (inner_modules_of_other_rooms, "org", "actions.py", "from abhiyan.people.models import Person"),
    (inner_modules_of_other_rooms, "site", "urls.py", "from abhiyan.people import urls"),
    (clocks_read_in_the_wrong_place, "units", "views/unit.py", "at = timezone.now()"),
    (clocks_read_in_the_wrong_place, "units", "actions.py", "wait_s = time.monotonic()"),
    (acts_with_positions, "units", "actions.py", "def move(*, unit, by, at): ...\ndef _rank(a, b): ..."),
    (templates_that_look_upwards, "people", "templates/people/x.html", '{% extends "ui/page.html" %}'),
    (templates_against_the_content_policy, "ui", "templates/ui/x.html", '<script src="x.js" defer></script>'),
]


@pytest.mark.parametrize(("finder", "room", "path", "text"), ALLOWED)
def test_what_is_allowed_is_not_found(finder: Finder, room: str, path: str, text: str) -> None:
    assert list(finder(Source(room=room, path=Path(path), text=text))) == []
