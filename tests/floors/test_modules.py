"""The house rules for modules that import-linter and ruff cannot see, each found by reading the source.

Every finder is tried on a planted offence too: a finder that finds nothing proves nothing. So in the files beside.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from .source import CONTRACTS, FLOORS, PACKAGE, Finder, Source, above, dotted, sources, told

LONGEST_MODULE = 620  # "past about 600 lines it becomes a folder of the same name"
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "services", "managers", "misc"}
# The modules that read the clock. Everything else is given `at`.
CLOCK_READERS = {
    "asgi",
    "cli",
    "clock",
    "commands",
    "endpoints",
    "hotpath",
    "jobs",
    "link_pages",
    "offer_links",
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
CLOCK_READERS |= {
    "authority",  # what somebody may do is asked of the present day, wherever it is asked.
    "desks",  # the same, of a desk.
    "committing",  # waits while a list is taken in; asks whether the fold is alive.
    "keeping",  # rounds follow a move of units, which may be dated back, from the present day on.
    "work",  # a beat of an import's own hands
}
CLOCK = re.compile(
    r"(^|\.)(timezone|clock)\.now$|(^|\.)clock\.today$|(^|\.)(datetime|date)\.(now|utcnow|today)$|(^|\.)time\.time(_ns)?$"
)
# The modules a room may import from the rooms below it; `core` and `ui` are there to be used, GATHERING take from
# all. phones: reads a number; viewer, visit: what every request carries; here: the unit its address names;
# unit_lists: lists with a unit in each row; choosing: units to choose one of; helplines: the numbers people call;
# owing: what a unit and its bodies owe; link_pages: the page behind a question's link; offer_links: the link of an
# offered office; demo: how its samples are made; numbers: what Today, a unit's page, a dossier, a record and slides
# show of it.
OPEN_MODULES = {
    "demo",
    "actions",
    "queries",
    "models",
    "news",
    "owing",
    "rules",
    "phones",
    "viewer",
    "visit",
    "here",
    "unit_lists",
    "choosing",
    "fields",
    "helplines",
    "link_pages",
    "offer_links",
    "numbers",
    "responsible",
}
OPEN_ROOMS = {"core", "imports", "ui"}
LARGEST_ROOM = 15_000  # lines of Python, without tests and migrations
GATHERING = {"pages", "server", "sample", "site"}  # the roof: they put all rooms together
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
# The modules that write beside the acts, and the reasons.
WRITERS = {
    "core/audit.py": "the trail's own entries, for every act",
    "core/audit_seals.py": "the blocks of the trail, by a loop",
    "core/store_mark.py": "the mark of the store of files, by a loop",
    "core/files.py": "notes of deleted objects, by a loop",
    "core/last_backup.py": "when the newest backup was taken",
    "core/counters.py": "counters of figures, by statements of their own",
    "imports/running.py": "the state of an import while a job works it off",
    "imports/work.py": "what a kind of list may write of an import: progress, refused rows, its journal",
    "core/hosts.py": "which hosts serve, and by which key, over connections of their own",
    "core/jobs.py": "jobs as they are put down, leased and done",
    "core/limits.py": "counters, over connections of their own",
    "core/loops.py": "heartbeats",
    "core/releases.py": "which release migrated, as the owner",
    "intake/hotpath/directory.py": "when a token was used last",
    "paper/reading.py": "rows of a paper list into its staging table",
    "paper/committing.py": "a paper list's statements beside those of the act",
    "programmes/ledger_sql.py": "the ledger's statements, which its acts run",
    "units/staged_closings.py": "the same temporary tables as units/staging.py",
    "units/staging.py": "temporary tables of a list that is being checked",
    "units/trees/laying.py": "how the acts of units write ranges",
    "units/trees/shifting.py": "the same for one move",
    "units/trees/placements.py": "the same for a placement",
    "units/words.py": "the words of names, for the acts of units",
}
TRAIL = {"record", "audit.record"}
# Rules may mark the words they answer with for translation; that is all they know of Django.
WORDS = {"django.utils.functional", "django.utils.translation"}


def strings_to_models_above(source: Source) -> Iterator[str]:
    for node in source.nodes:
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
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS:
            owner = dotted(node.value)
            room, _ = source.imported.get(owner) or source.imported.get(owner.split(".")[0]) or ("", "")
            if room and room not in {source.room, "core", "imports"}:
                yield source.at(node, f"{owner}.{node.attr} belongs to {room}: ask its queries or actions")
        if isinstance(node, ast.Call) and dotted(node.func).endswith("get_model"):
            yield source.at(node, "get_model goes around the floors")


def inner_modules_of_other_rooms(source: Source) -> Iterator[str]:
    if source.room in GATHERING:
        return
    for name, (room, module) in source.imported.items():
        if room in {source.room, *OPEN_ROOMS} or room not in FLOORS or module in OPEN_MODULES:
            continue
        yield source.at(
            source.tree, f"{name} comes from {room}.{module}: only {sorted(OPEN_MODULES)} are open"
        )


def models_that_act(source: Source) -> Iterator[str]:
    for node in source.nodes:
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
    for node in source.nodes:
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
    if source.parts & CLOCK_READERS or source.room == "sample":
        return
    for node in source.nodes:
        # Also where it is only named, as in `default=timezone.now`.
        if isinstance(node, ast.Attribute) and CLOCK.search(dotted(node)):
            yield source.at(node, f"{dotted(node)}: only views, commands and jobs read the clock; take `at`")
        elif (
            isinstance(node, ast.Name)
            and source.imported.get(node.id) == ("core", "clock")
            and node.id == "now"
        ):
            yield source.at(node, "now: only views, commands and jobs read the clock; take `at`")


DRAWN_BY_SQL = "gen_random_uuid"
DRAWS = re.compile(r"(^|\.)(uuid4|urandom|SystemRandom)$|^secrets\.")
ONLY_IN_TESTS, ONLY_IN_THE_DEMO = {"clock.give", "lot.source"}, "lot.seeded"
# Keys and nonces, which no page shows.
NOT_SHOWN = {
    "core": {"keys.py", "lot.py", "sealing.py", "spools.py", "embedded/__init__.py"},
    "enrolment": {"visit.py"},
    "people": {"actions/erasing.py"},
}


def draws_beside_the_lot(source: Source) -> Iterator[str]:
    """Ids, tokens and codes are drawn by `core.lot`, which tests and the demo give a seed; time stands still in tests
    alone."""
    for node in source.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and DRAWN_BY_SQL in node.value:
            yield source.at(node, f"{DRAWN_BY_SQL}: ids are drawn by core.lot and given to the statement")
        elif isinstance(node, ast.Attribute | ast.Name):
            name = dotted(node)
            if name in ONLY_IN_TESTS:
                yield source.at(node, f"{name} is for tests alone")
            elif name == ONLY_IN_THE_DEMO and source.room != "sample":
                yield source.at(node, f"{name} is for the demo alone")
            elif DRAWS.search(name) and source.path.as_posix() not in NOT_SHOWN.get(source.room, ()):
                yield source.at(node, f"{name}: ids, tokens and codes are drawn by core.lot")


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
    """In a folder of acts those are acts that it exports; the rest of it serves them."""
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
    for node in source.nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            # A row's own save() or delete() takes nothing by position; `update` of a dict or a digest is no query's.
            is_a_rows = node.func.attr in {"save", "delete"} and not node.args
            if is_a_rows or QUERIES.intersection(chain(node.func)[1:]):
                yield source.at(node, f"{ast.unparse(node.func)}() writes: only actions do")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL_WRITES.match(node.value):
            yield source.at(node, f"{node.value.split()[0]} … writes: only actions do")


def acts_without_by_or_at(source: Source) -> Iterator[str]:
    """An act that leaves an entry in the trail gets its actor and time; what the system does by itself says so
    in the entry."""
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
    for node in source.nodes:
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
    for node in source.nodes:
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


def indexes_nobody_uses(source: Source) -> Iterator[str]:
    if source.parts.isdisjoint({"models"}):
        return
    lines = source.text.splitlines()
    for node in source.nodes:
        if isinstance(node, ast.Call) and re.search(r"(^|\.)\w*Index$", dotted(node.func)):
            near = lines[max(0, node.lineno - 4) : (node.end_lineno or node.lineno) + 1]
            if "used by" not in "\n".join(near):
                yield source.at(node, "an index that does not say what uses it: # used by: …")


def silent_functions(source: Source) -> Iterator[str]:
    """Functions that other rooms and pages call say what they do."""
    if source.parts.isdisjoint({"actions", "queries", "rules"}) or source.path.stem == "__init__":
        return
    for node in source.tree.body:
        if (
            isinstance(node, ast.FunctionDef)
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
        ):
            yield source.at(node, f"{node.name}() says nothing of what it does")


SMALL_CELL = re.compile(r"(^|[.])(count_in_words|seen_count|shown_count|shown_with_own)$")


def none_told_from_few(source: Source) -> Iterator[str]:
    """A count from outside says "fewer than 10" for 0 as well: a missing row that reads as 0 tells what one did."""
    if "small_cells" not in source.text:
        return
    for node in source.nodes:
        name = dotted(node.func) if isinstance(node, ast.Call) else ""
        is_ours = name.startswith("small_cells.") or source.imported.get(name) == ("core", "small_cells")
        if isinstance(node, ast.Call) and is_ours and SMALL_CELL.search(name):
            for each in (inner for arg in node.args for inner in ast.walk(arg)):
                if isinstance(each, ast.IfExp):
                    yield source.at(node, "exact or rounded: small_cells.seen_count decides it")
                elif isinstance(each, ast.Call) and re.search(r"\.get\(.*, 0\)$", ast.unparse(each)):
                    yield source.at(node, "a missing row as 0: give every unit and choice a row")
        elif (
            isinstance(node, ast.IfExp)
            and ast.unparse(node.body) == "'0'"
            and "small_cells." in ast.unparse(node)
        ):
            yield source.at(node, "0 beside fewer than 10: from outside both are alike")


IN_PYTHON: list[Finder] = [
    none_told_from_few,
    strings_to_models_above,
    managers_of_other_rooms,
    inner_modules_of_other_rooms,
    models_that_act,
    signals_and_admin,
    clocks_read_in_the_wrong_place,
    draws_beside_the_lot,
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


@pytest.mark.parametrize("finder", IN_PYTHON, ids=lambda finder: finder.__name__)
def test_no_module_breaks_a_rule_of(finder: Finder) -> None:
    told(offence for source in sources("**/*.py") for offence in finder(source))


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


def test_the_layers_of_every_room_are_held() -> None:
    held = next(contract for contract in CONTRACTS if contract["name"].startswith("Layers of a room"))
    assert held["containers"] == [f"abhiyan.{room}" for room in sorted(FLOORS)]


def test_no_room_grows_beyond_what_one_purpose_needs() -> None:
    lines = Counter[str]()
    for source in sources("**/*.py"):
        lines[source.room] += len(source.text.splitlines())
    assert {room: n for room, n in lines.items() if n > LARGEST_ROOM} == {}


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
    (
        none_told_from_few,
        "forms",
        "views.py",
        "from abhiyan.core.small_cells import count_in_words\ncount_in_words(n_of.get(code, 0))",
    ),
    (
        none_told_from_few,
        "forms",
        "views.py",
        "small_cells.count_in_words(n if is_exact else small_cells.shown_count(n))",
    ),
    (
        none_told_from_few,
        "forms",
        "views.py",
        "'0' if not n else small_cells.count_in_words(small_cells.shown_count(n))",
    ),
    (draws_beside_the_lot, "units", "actions.py", "Unit(public_id=uuid4())"),
    (draws_beside_the_lot, "units", "models.py", "key = UUIDField(default=uuid.uuid4)"),
    (draws_beside_the_lot, "units", "actions.py", "code = secrets.token_hex(4)"),
    (draws_beside_the_lot, "units", "actions.py", "code = os.urandom(4)"),
    (draws_beside_the_lot, "site", "cli.py", "clock.give(at)"),
    (draws_beside_the_lot, "site", "cli.py", "lot.source = Random(1)"),
    (draws_beside_the_lot, "site", "cli.py", "with lot.seeded('1'): ..."),
    (draws_beside_the_lot, "units", "actions.py", "sql.run(f'insert into {x} select gen_random_uuid()')"),
    (clocks_read_in_the_wrong_place, "units", "models.py", "at = DateTimeField(default=timezone.now)"),
    (clocks_read_in_the_wrong_place, "units", "queries.py", "day = datetime.date.today()"),
    (clocks_read_in_the_wrong_place, "units", "queries.py", "from abhiyan.core.clock import now\nat = now()"),
    (acts_with_positions, "units", "actions.py", "def move(unit, *, by, at): ..."),
    (acts_with_positions, "units", "actions/move.py", "def move_unit(*units, by, at): ..."),
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
    (draws_beside_the_lot, "units", "actions.py", "Unit(public_id=lot.uuid())"),
    (draws_beside_the_lot, "sample", "build.py", "with lot.seeded('1'): ..."),
    (draws_beside_the_lot, "core", "keys.py", "nonce = os.urandom(12)"),
    (clocks_read_in_the_wrong_place, "units", "actions.py", "wait_s = time.monotonic()"),
    (acts_with_positions, "units", "actions.py", "def move(*, unit, by, at): ...\ndef _rank(a, b): ..."),
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
]


@pytest.mark.parametrize(("finder", "room", "path", "text"), ALLOWED)
def test_what_is_allowed_is_not_found(finder: Finder, room: str, path: str, text: str) -> None:
    assert list(finder(Source(room=room, path=Path(path), text=text))) == []
