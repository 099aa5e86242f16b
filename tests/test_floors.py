"""The house rules that import-linter and ruff cannot see, each found by reading the source as text or syntax.

Every finder is tried on a planted offence too (the table at the end): a finder that finds nothing proves nothing.
"""

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "abhiyan"
FLOORS: list[str] = next(
    contract["layers"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    if contract["type"] == "layers"
)
LONGEST_LINE = 120  # of a template; ruff holds Python
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
# phones: reads a number; viewer, visit: what every request carries; here: the unit its address names; unit_lists: lists
# with a unit in each row.
OPEN_MODULES = {
    "actions",
    "queries",
    "models",
    "news",
    "rules",
    "phones",
    "viewer",
    "visit",
    "here",
    "unit_lists",
}
OPEN_ROOMS = {"core", "ui"}
MANAGERS = {"objects", "_default_manager", "_base_manager"}
RELATIONS = {"ForeignKey", "OneToOneField", "ManyToManyField"}
WRITES = {
    "bulk_create",
    "bulk_update",
    "create",
    "delete",
    "get_or_create",
    "save",
    "update",
    "update_or_create",
}
QUERIES = {"all", "exclude", "filter", "objects", "order_by", "select_for_update", "using", *MANAGERS}
SQL_WRITES = re.compile(
    r"\s*(with\b.*?\)\s*)?(insert\s+into\b|update\s+\w+(\s+(as\s+)?\w+)?\s+set\b|delete\s+from\b|truncate\b"
    r"|merge\s+into\b|copy\s.*\bfrom\s+stdin\b)",
    re.IGNORECASE | re.DOTALL,
)
# What writes beside the acts, and why.
WRITERS = {
    "core/audit.py": "the trail's own entries, for every act",
    "core/audit_seals.py": "the blocks of the trail, by a loop",
    "core/imports/running.py": "the state of an import while a job works it off",
    "core/imports/work.py": "what a kind of list may write of an import: progress, refused rows, its journal",
    "core/jobs.py": "jobs as they are put down, leased and done",
    "core/limits.py": "counters, over connections of their own",
    "core/loops.py": "heartbeats",
    "enrolment/hotpath/directory.py": "when a token was used last",
    "enrolment/paper/reading.py": "rows of a paper list into its staging table",
    "enrolment/paper/committing.py": "a paper list's statements beside those of the act",
    "programmes/ledger_sql.py": "the ledger's statements, which its acts run",
    "units/staged_closings.py": "the same temporary tables as units/staging.py",
    "units/staging.py": "temporary tables of a list that is being checked",
    "units/trees/laying.py": "how the acts of units write ranges",
    "units/trees/shifting.py": "the same for one move",
    "units/trees/placements.py": "the same for a placement",
    "units/words.py": "the words of names, for the acts of units",
}
TRAIL = {"record", "audit.record"}
# Attributes whose words are shown or read out.
SPOKEN = ("alt", "aria-label", "data-l", "placeholder", "title")
SHORTEST_SENTENCE = 4  # words of a test's name

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
    """The names a folder's `__init__.py` imports, for that is what it offers; None when there is no such file."""
    if not path.is_file():
        return None
    return {
        alias.asname or alias.name
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


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


def chain(node: ast.AST) -> list[str]:
    """The names a call hangs on: `X.objects.filter(…).update` is update, filter, objects, X."""
    names = []
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        else:
            node = node.func
    return [*names, node.id] if isinstance(node, ast.Name) else names


def writes_outside_acts(source: Source) -> Iterator[str]:
    if "actions" in source.parts or f"{source.room}/{source.path}" in WRITERS:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            # A row's own save() or delete() takes nothing by position; `update` of a dict or a digest is no query's.
            is_a_rows = node.func.attr in {"save", "delete"} and not node.args
            if is_a_rows or QUERIES.intersection(chain(node.func)[1:]):
                yield source.at(node, f"{ast.unparse(node.func)}() writes: only actions do")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL_WRITES.match(node.value):
            yield source.at(node, f"{node.value.split()[0]} … writes: only actions do")


def acts_without_by_or_at(source: Source) -> Iterator[str]:
    """What leaves an entry in the trail is told who and when; what the system does by itself says so in the entry."""
    if "actions" not in source.parts:
        return
    for node in source.tree.body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        given = {argument.arg for argument in [*node.args.args, *node.args.kwonlyargs]}
        for call in ast.walk(node):
            if isinstance(call, ast.Call) and dotted(call.func) in TRAIL:
                by = next((ast.unparse(key.value) for key in call.keywords if key.arg == "by"), "")
                # News carries both.
                lacking = {"by", "at"} - given if "news" not in given else set()
                if by.startswith("Actor.system("):
                    lacking -= {"by"}
                if lacking:
                    yield source.at(node, f"{node.name}() is not handed {' and '.join(sorted(lacking))}")
                break


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
            if module.split(".")[0] in {"django", "psycopg"} or module.endswith("models"):
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
    pattern = r"""\{%-?\s*(extends|include|url|post|go|link)\b[^%]*?\s["'](\w+)([/:])\w"""
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


def english_without_translation(source: Source) -> Iterator[str]:
    """Words on a page that no translate tag holds. None are capitals (CSV), code, and what names its own language."""
    if source.path.suffix != ".html":
        return
    lines = source.text

    def blank(found: re.Match[str]) -> str:
        return "\n" * found[0].count("\n") or " "

    for pattern in (
        r"\{#.*?#\}",
        r"\{%\s*comment\b.*?\bendcomment\s*%\}",
        r"\{%\s*(blocktranslate|say)\b.*?\bend\1\s*%\}",
        r"\{%\s*block\s+\w+_(class|attributes)\s*%\}.*?\{%\s*endblock",
        r"\{%.*?%\}",
        r"\{\{.*?\}\}",
        r"<(script|style|code|pre|kbd)\b.*?</\1>",
        r"<(\w+)\b[^>]*\slang=[^>]*>[^<]*</\1>",
    ):
        lines = re.sub(pattern, blank, lines, flags=re.DOTALL)
    said = "|".join(SPOKEN)
    for tag in re.finditer(r"<[^>]*>", lines):
        for value in re.findall(rf"""\s(?:{said})\s*=\s*("[^"]*"|'[^']*')""", tag[0]):
            if re.search(r"[A-Za-z]{2}", value):
                number = lines.count("\n", 0, tag.start()) + 1
                yield f"{source.room}/{source.path}:{number}: {value} is not translated"
    for number, line in enumerate(re.sub(r"<[^>]*>|&\w+;", blank, lines).splitlines(), 1):
        if re.search(r"[A-Za-z][a-z]", line):
            yield f"{source.room}/{source.path}:{number}: “{line.strip()}” is not translated"


def indexes_nobody_uses(source: Source) -> Iterator[str]:
    if source.parts.isdisjoint({"models"}):
        return
    lines = source.text.splitlines()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and re.search(r"(^|\.)\w*Index$", dotted(node.func)):
            near = lines[max(0, node.lineno - 4) : (node.end_lineno or node.lineno) + 1]
            if "used by" not in "\n".join(near):
                yield source.at(node, "an index that does not say what uses it: # used by: …")


def silent_functions(source: Source) -> Iterator[str]:
    """What other rooms and pages call says what it does."""
    if source.parts.isdisjoint({"actions", "queries", "rules"}) or source.path.stem == "__init__":
        return
    for node in source.tree.body:
        if (
            isinstance(node, ast.FunctionDef)
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
        ):
            yield source.at(node, f"{node.name}() says nothing of what it does")


# In the tests


def names_that_are_no_sentences(source: Source) -> Iterator[str]:
    for node in each_test_of(source):
        if node.name.count("_") < SHORTEST_SENTENCE:
            yield source.at(node, f"{node.name} says too little: a test is named by what it proves")


def asserting_nothing(source: Source) -> Iterator[str]:
    for node in each_test_of(source):
        if not says_no(node) and not called_in(node) & proving():
            yield source.at(node, f"{node.name} asserts nothing")


def mocks_of_our_own(source: Source) -> Iterator[str]:
    """Figures of ours may be made small, and what a module keeps be emptied; no function of ours is replaced, and a
    class only by one that extends it (to stop on the way)."""
    functions = {
        node.name
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef) or (isinstance(node, ast.ClassDef) and not node.bases)
    }
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            names = [module, *(f"{module}.{alias.name}".strip(".") for alias in node.names)]
            if any(name.split(".")[:2] == ["unittest", "mock"] or name == "mock" for name in names):
                yield source.at(node, "a mock")
        elif isinstance(node, ast.Call) and dotted(node.func).endswith(".setattr") and len(node.args) == 3:
            target, name, value = node.args
            ours = dotted(target).split(".")[0] in source.imported or "abhiyan" in ast.unparse(target)
            if ours and (isinstance(value, ast.Lambda) or ast.unparse(value) in functions):
                yield source.at(node, f"{dotted(target)}.{ast.unparse(name)[1:-1]} is replaced")


def sleeps(source: Source) -> Iterator[str]:
    """Waiting is asking until (core.tests.waits), never a fixed time; to let other tasks run once is no sleep."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func).rpartition(".")[2]
        given = ast.unparse(node.args[0]) if node.args else ""
        if (called == "sleep" and given != "0") or called == "wait_for_timeout":
            yield source.at(node, f"{ast.unparse(node)} waits for a fixed time")


def each_test_of(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node


def says_no(function: ast.AST) -> bool:
    """Whether something in it fails: an assertion, or an error that is waited for."""
    return any(
        isinstance(node, ast.Assert)
        or (
            isinstance(node, ast.Attribute)
            and dotted(node) in {"pytest.raises", "pytest.fail", "pytest.warns"}
        )
        for node in ast.walk(function)
    )


def called_in(function: ast.AST) -> set[str]:
    return {
        ast.unparse(node.func).rpartition(".")[2] for node in ast.walk(function) if isinstance(node, ast.Call)
    }


@cache
def proving() -> set[str]:
    """The helpers of the tests that assert something, themselves or by others of them."""
    helpers = {
        node.name: node
        for source in sources_of_tests()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("test_")
    }
    found = {name for name, node in helpers.items() if says_no(node)}
    calls = {name: called_in(node) for name, node in helpers.items()}
    while more := {name for name, called in calls.items() if called & found} - found:
        found |= more
    return found


@cache
def sources_of_tests() -> tuple[Source, ...]:
    found = [*PACKAGE.glob("*/tests/**/*.py"), *(ROOT / "tests").glob("**/*.py"), ROOT / "conftest.py"]
    return tuple(
        Source(room=".", path=path.relative_to(ROOT), text=path.read_text()) for path in sorted(found)
    )


# --- old ways: what the kit (ui.lists, ui.acts, org.here) does now ---


def in_views(source: Source) -> bool:
    return "views" in source.parts


def files_written_by_hand(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if (
            source.room != "ui"
            and isinstance(node, ast.Call)
            and dotted(node.func).endswith(("csv_response", "file_response"))
        ):
            yield source.at(node, "a file of its own: declare the columns (ui.lists.Column)")


def refusals_put_beside_fields_by_hand(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree) if in_views(source) else ():
        if not isinstance(node, ast.Call) or not node.args or not dotted(node.func).endswith(".add_error"):
            continue
        if dotted(node.func) == "self.add_error":  # a form that cleans itself
            continue
        said = node.args[-1]
        if isinstance(said, ast.Call) and dotted(said.func) == "str" and isinstance(said.args[0], ast.Name):
            yield source.at(node, "a refusal put beside its field by hand: ui.acts.tried does that")


def units_read_from_addresses_by_hand(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree) if in_views(source) else ():
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "?unit=" in node.value:
            yield source.at(node, "?unit= by hand: org.here.address makes it")
        if (
            isinstance(node, ast.Call)
            and dotted(node.func).endswith(("GET.get", "POST.get"))
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and node.args[0].value == "unit"
        ):
            yield source.at(node, "the unit of a page read by hand: org.here.page_unit does that")


def tables_drawn_by_hand(source: Source) -> Iterator[str]:
    if source.room == "ui" or source.path.suffix != ".html":
        return
    for number, line in enumerate(source.text.splitlines(), 1):
        for _each in re.findall(r'<table class="tbl', line):
            yield f"{source.room}/{source.path}:{number}: a list drawn by hand: {{% list %}} draws it"


def template_lines_too_long(source: Source) -> Iterator[str]:
    if source.path.suffix != ".html":
        return
    for number, line in enumerate(source.text.splitlines(), 1):
        if len(line) > LONGEST_LINE:
            yield f"{source.room}/{source.path}:{number}: {len(line)} characters: one element a line"


# What only the server itself can answer: definitions, its catalogue, and its own programs.
SERVERS_OWN = re.compile(
    r"\b(create|alter|drop)\s+(or\s+replace\s+)?(unique\s+|materialized\s+)?"
    r"(database|extension|function|index|policy|role|table|trigger|view)\b"
    r"|\bpg_(attribute|auth_members|constraint|index(es)?|polic(y|ies)|proc|roles|trigger)\b",
    re.IGNORECASE,
)
SERVERS_ACTS = {"MigrationExecutor", "backup.restore", "backup.take", "schema.migrate"}


def what_the_server_holds_on_one_version(source: Source) -> Iterator[str]:
    """A file that asks the server for more than rows carries the mark `versions`, or a test of it does."""
    if source.path.name.startswith("test_") and "mark.versions" not in source.text:
        for node in ast.walk(source.tree):
            is_sql = (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and SERVERS_OWN.search(node.value)
            )
            if is_sql or (isinstance(node, ast.Attribute | ast.Name) and dotted(node) in SERVERS_ACTS):
                yield source.at(node, "rests on the server's version: mark it `versions` (docs/style.md)")


Finder = Callable[[Source], Iterator[str]]
# What is left of them stands in old_ways.toml: how often in which file. The list may only shrink.
OLD_WAYS: dict[Finder, str] = {
    files_written_by_hand: "**/*.py",
    refusals_put_beside_fields_by_hand: "**/*.py",
    units_read_from_addresses_by_hand: "**/*.py",
    tables_drawn_by_hand: "templates/**/*",
    template_lines_too_long: "templates/**/*",
}
LEFT: dict[str, dict[str, int]] = tomllib.loads((ROOT / "tests" / "old_ways.toml").read_text())
IN_PYTHON: list[Finder] = [
    strings_to_models_above,
    managers_of_other_rooms,
    inner_modules_of_other_rooms,
    models_that_act,
    signals_and_admin,
    clocks_read_in_the_wrong_place,
    acts_with_positions,
    writes_outside_acts,
    acts_without_by_or_at,
    rules_that_know_django,
    indexes_without_names,
    indexes_nobody_uses,
    silent_functions,
    forbidden_names,
    modules_too_long,
]
IN_TEMPLATES: list[Finder] = [
    templates_that_look_upwards,
    templates_outside_their_folder,
    templates_against_the_content_policy,
    english_without_translation,
]
IN_TESTS: list[Finder] = [
    names_that_are_no_sentences,
    asserting_nothing,
    mocks_of_our_own,
    sleeps,
    what_the_server_holds_on_one_version,
]
EMBEDDED_ONLY = "it runs the embedded server of an installation of its own, never another"
# What a rule of the tests lets be, by what is told of it, and why.
BUT: dict[Finder, dict[str, str]] = {
    sleeps: {"tests/kill/": "the rhythm of the load and of what is killed"},
    what_the_server_holds_on_one_version: {
        "test_command_line.py": EMBEDDED_ONLY,
        "test_embedded.py": EMBEDDED_ONLY,
        "test_restore_killed.py": EMBEDDED_ONLY,
        "test_phones.py": "its statement is what a hostile sender types",
    },
    mocks_of_our_own: {
        "journal.path": "the data folder is every test's, a journal of noes is one test's own"
    },
}


@cache
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
def test_no_module_breaks_a_rule_of(finder: Finder) -> None:
    told(offence for source in sources("**/*.py") for offence in finder(source))


@pytest.mark.parametrize("finder", IN_TEMPLATES, ids=lambda finder: finder.__name__)
def test_no_template_breaks_a_rule_of(finder: Finder) -> None:
    told(offence for source in sources("templates/**/*") for offence in finder(source))


@pytest.mark.parametrize("finder", IN_TESTS, ids=lambda finder: finder.__name__)
def test_no_test_breaks_a_rule_of(finder: Finder) -> None:
    told(
        offence
        for source in sources_of_tests()
        for offence in finder(source)
        if not any(each in offence for each in BUT.get(finder, ()))
    )


@pytest.mark.parametrize("finder", OLD_WAYS, ids=lambda finder: finder.__name__)
def test_an_old_way_is_gone_but_for_the_list_of_what_is_left(finder: Finder) -> None:
    """More than the list allows is a step back; a file on it that needs it no more comes off it."""
    left = LEFT.get(finder.__name__, {})
    found = {
        f"{source.room}/{source.path}": offences
        for source in sources(OLD_WAYS[finder])
        if (offences := list(finder(source)))
    }
    told(offence for path, each in found.items() if len(each) > left.get(path, 0) for offence in each)
    told(f"{path}: none left, take it off tests/old_ways.toml" for path in left.keys() - found.keys())


def test_what_may_write_beside_the_acts_still_does() -> None:
    """A name on the list that writes no more, or is gone, comes off it."""
    written = {
        f"{source.room}/{source.path}"
        for source in sources("**/*.py")
        for _offence in writes_outside_acts(Source(source.room, Path("elsewhere.py"), source.text))
    }
    assert WRITERS.keys() - written == set()


def test_every_folder_of_the_package_is_a_room_with_a_floor() -> None:
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(FLOORS)


def test_every_migration_has_a_name() -> None:
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
    (writes_outside_acts, "units", "loops.py", "Unit.objects.filter(code='x').update(kind='y')"),
    (writes_outside_acts, "units", "lists.py", "Unit.objects.exclude(code='x').select_for_update().delete()"),
    (writes_outside_acts, "units", "views.py", "def gone(request):\n    unit.delete()"),
    (
        writes_outside_acts,
        "units",
        "queries.py",
        "cursor.execute('insert into units_unit (code) values (1)')",
    ),
    (writes_outside_acts, "units", "queries.py", "cursor.execute('update units_unit u set code = 1')"),
    (writes_outside_acts, "units", "rows.py", "Q = 'with x as (select 1) delete from units_unit'"),
    (
        acts_without_by_or_at,
        "units",
        "actions.py",
        "def move(*, at):\n    audit.record(by=by, at=at, act='x')",
    ),
    (
        acts_without_by_or_at,
        "units",
        "actions/move.py",
        "def move(*, by):\n    audit.record(by=by, at=0, act='x')",
    ),
    (indexes_nobody_uses, "units", "models.py", "models.Index(fields=['code'], name='unit_code')"),
    (silent_functions, "units", "queries/rows.py", "def rows(): ..."),
    (silent_functions, "units", "rules/split.py", "def split(total): return total"),
    (rules_that_know_django, "units", "rules/split.py", "from django.db import models"),
    (rules_that_know_django, "units", "rules.py", "from .models import Unit"),
    (indexes_without_names, "units", "models.py", "models.Index(fields=['code'])"),
    (forbidden_names, "units", "utils.py", ""),
    (forbidden_names, "units", "services/move.py", ""),
    (modules_too_long, "units", "views.py", "x = 1\n" * 700),
    (templates_that_look_upwards, "ui", "templates/ui/page.html", '{% extends "site/base.html" %}'),
    (templates_that_look_upwards, "people", "templates/people/x.html", "{% include 'org/_office.html' %}"),
    (templates_that_look_upwards, "people", "templates/people/x.html", "{% url 'org:office' 1 %}"),
    (templates_that_look_upwards, "people", "templates/people/x.html", '{% go _("Office") "org:office" 1 %}'),
    (templates_that_look_upwards, "people", "templates/people/x.html", '{% post "org:office" 1 %}'),
    (templates_outside_their_folder, "people", "templates/org/x.html", ""),
    (templates_against_the_content_policy, "ui", "templates/ui/x.html", '<p class="a" style="color:red">'),
    (templates_against_the_content_policy, "ui", "templates/ui/x.html", "<a onclick='go()'>"),
    (templates_against_the_content_policy, "ui", "templates/ui/x.html", "<script>go()</script>"),
    (templates_against_the_content_policy, "ui", "templates/ui/x.html", "<style>p {}</style>"),
    (english_without_translation, "ui", "templates/ui/x.html", "<p>Reports due</p>"),
    (english_without_translation, "ui", "templates/ui/x.html", '{% translate "Yes" %}, or no'),
    (
        english_without_translation,
        "ui",
        "templates/ui/x.html",
        '<a title="Go there" href="{{ x }}">{{ y }}</a>',
    ),
    (names_that_are_no_sentences, "tests", "test_x.py", "def test_a_name(): assert f()"),
    (asserting_nothing, "tests", "test_x.py", "def test_all_is_well_here():\n    admire()"),
    (mocks_of_our_own, "tests", "test_x.py", "from unittest.mock import patch"),
    (mocks_of_our_own, "tests", "test_x.py", "import unittest.mock"),
    (
        mocks_of_our_own,
        "tests",
        "test_x.py",
        "from abhiyan.core import clock\nmonkeypatch.setattr(clock, 'now', lambda: AT)",
    ),
    (files_written_by_hand, "org", "views.py", "tables.csv_response('x', [], [])"),
    (
        refusals_put_beside_fields_by_hand,
        "org",
        "views/offers.py",
        "try: f()\nexcept Refused as refused: form.add_error(None, str(refused))",
    ),
    (units_read_from_addresses_by_hand, "org", "views.py", "code = request.GET.get('unit', '')"),
    (units_read_from_addresses_by_hand, "org", "views.py", "href = f'{page}?unit={code}'"),
    (tables_drawn_by_hand, "org", "templates/org/x.html", '<div><table class="tbl cards">'),
    (template_lines_too_long, "org", "templates/org/x.html", "<p>" + "{{ x }}" * 20),
    (sleeps, "tests", "test_x.py", "time.sleep(0.1)"),
    (sleeps, "tests", "test_x.py", "page.wait_for_timeout(500)"),
    (what_the_server_holds_on_one_version, "tests", "test_x.py", "run('create or replace function f()')"),
    (what_the_server_holds_on_one_version, "tests", "test_x.py", "run('select 1 from pg_policies')"),
    (what_the_server_holds_on_one_version, "tests", "test_x.py", "backup.take(to=path)"),
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
    (writes_outside_acts, "units", "actions/move.py", "Unit.objects.filter(code='x').update(kind='y')"),
    (writes_outside_acts, "units", "queries.py", "found.update(rows)\nUnit.objects.filter(code='update')"),
    (writes_outside_acts, "units", "queries.py", "Q = 'select 1 for update'"),
    (
        acts_without_by_or_at,
        "units",
        "actions.py",
        "def move(*, by, at):\n    audit.record(by=by, at=at, act='x')",
    ),
    (
        acts_without_by_or_at,
        "units",
        "actions.py",
        "def sweep(*, at):\n    audit.record(by=Actor.system('sweep'), at=at, act='x')",
    ),
    (
        english_without_translation,
        "ui",
        "templates/ui/x.html",
        '<p title="{% translate "Go" %}">{% blocktranslate %}Yes, no{% endblocktranslate %} CSV <code>a b</code></p>',
    ),
    (files_written_by_hand, "ui", "lists.py", "tables.file_response('x', 'csv', [], [])"),
    (refusals_put_beside_fields_by_hand, "org", "views.py", "form.add_error('last', _('Too early.'))"),
    (tables_drawn_by_hand, "ui", "templates/ui/kit.html", '<table class="tbl">'),
    (mocks_of_our_own, "tests", "test_x.py", "from abhiyan.x import y\nmonkeypatch.setattr(y, 'MOST', 3)"),
    (mocks_of_our_own, "tests", "test_x.py", "import os\nmonkeypatch.setattr(os, 'geteuid', lambda: 0)"),
    (sleeps, "tests", "test_x.py", "await asyncio.sleep(0)"),
    (
        what_the_server_holds_on_one_version,
        "tests",
        "test_x.py",
        "pytestmark = pytest.mark.versions\nrun('drop table x')",
    ),
    (what_the_server_holds_on_one_version, "tests", "test_x.py", "run('select n from units_unit')"),
    (
        asserting_nothing,
        "tests",
        "test_x.py",
        "def test_it_is_refused_here():\n    with pytest.raises(E): f()",
    ),
]


@pytest.mark.parametrize(("finder", "room", "path", "text"), ALLOWED)
def test_what_is_allowed_is_not_found(finder: Finder, room: str, path: str, text: str) -> None:
    assert list(finder(Source(room=room, path=Path(path), text=text))) == []
