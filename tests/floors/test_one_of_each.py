"""One idea, one place: how many functions of the product do a thing that everybody needs."""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from babel.messages.pofile import read_po
from django.utils.translation import override

from abhiyan.messaging.rules import reasons

from .source import PACKAGE, Source, dotted, sources, told

REVEALED = "people.reveal_phone"  # the row that each shown number leaves


def functions_with(source: Source, text: str) -> Iterator[str]:
    """Yields the functions that have a text as a constant."""
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef) and any(
            isinstance(each, ast.Constant) and each.value == text for each in ast.walk(node)
        ):
            yield f"{source.room}/{source.path} {node.name}"


def takes_of(source: Source, limit: str) -> Iterator[str]:
    """Yields the functions that count against a declared limit."""
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef) and any(
            isinstance(each, ast.Attribute) and each.attr == limit for each in ast.walk(node)
        ):
            yield f"{source.room}/{source.path} {node.name}"


def test_one_function_shows_a_number() -> None:
    shown = [where for source in sources("**/*.py") for where in functions_with(source, REVEALED)]
    counted = [where for source in sources("**/*.py") for where in takes_of(source, "PEOPLE_REVEALED")]
    assert shown == ["people/actions/accounts.py reveal_number"], shown
    assert counted == shown


def numbers_that_are_shown(source: Source) -> Iterator[str]:
    """Yield reads of a number outside the acts, which write to it or show it by `reveal_number`."""
    if {"actions", "demo"} & {*source.parts, source.path.stem} or source.room == "people":
        return
    for node in source.nodes:
        if dotted(node) in ("people.number_of", "people.numbers_of", "people_queries.number_of"):
            yield source.at(
                node, "people.number_again shows a number again, and none during an emergency stop"
            )


def test_every_shown_number_asks_the_stop() -> None:
    told(offence for source in sources("**/*.py") for offence in numbers_that_are_shown(source))
    planted = Source("stays", Path("views/board.py"), "shown = people.number_of(stay.phone_id)")
    assert list(numbers_that_are_shown(planted)), "the finder finds"


def duties_by_hand(source: Source) -> Iterator[str]:
    """Yields messages to office-bearers that are made beside `messaging.tell_accounts`."""
    for node in source.nodes:
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Outgoing"):
            yield from (
                source.at(node, "messaging.tell_accounts writes to office-bearers")
                for given in node.keywords
                if (given.arg == "template" and ast.unparse(given.value).startswith("'duty."))
                or ast.unparse(given.value).endswith("texts.DUTY")
            )


def test_one_function_writes_to_office_bearers() -> None:
    told(offence for source in sources("**/*.py") for offence in duties_by_hand(source))


def ways_to_post(source: Source) -> Iterator[str]:
    """Yields the functions that answer a form with its act, or with what `tried` came to."""
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef) and {"request", "act"} <= {each.arg for each in node.args.args}:
            yield node.name


def test_a_form_is_posted_by_one_function_and_asked_by_one_page() -> None:
    posting = (source for source in sources("**/*.py") if source.room == "ui")
    found = [name for source in posting for name in ways_to_post(source)]
    assert found == ["tried", "act_page"]


def rewritten_requests(source: Source) -> Iterator[str]:
    """Yields the places where a request gets another method than it came with, each with that method."""
    for node in source.nodes:
        match node:
            case ast.Assign(targets=[ast.Attribute(attr="method")], value=value):
                yield f"{source.room}/{source.path} {ast.unparse(value)}"
            case ast.Assign(targets=[ast.Tuple(elts=elements)], value=ast.Tuple(elts=values)):
                yield from (
                    f"{source.room}/{source.path} {ast.unparse(value)}"
                    for element, value in zip(elements, values, strict=False)
                    if isinstance(element, ast.Attribute) and element.attr == "method"
                )
            case (
                ast.Constant(value="REQUEST_METHOD")
                | ast.Call(func=ast.Name(id="setattr"), args=[_, ast.Constant(value="method"), *_])
            ):
                yield f"{source.room}/{source.path} {ast.unparse(node)}"


def test_a_post_stays_a_post() -> None:
    found = [where for source in sources("**/*.py") for where in rewritten_requests(source)]
    # A phone's outbox kept this form. The office that decides about it looks, and its page reads it as it was sent.
    assert found == ["pages/views/field.py 'POST'"], found


def lists_only_looked_at(source: Source) -> Iterator[str]:
    """Yields views that draw a table, of a file with columns that name people, and take no form for its file."""
    if "names_people" not in {node.arg for node in source.nodes if isinstance(node, ast.keyword)}:
        return
    functions = {node.name: node for node in source.tree.body if isinstance(node, ast.FunctionDef)}
    used = {name: {dotted(each) for each in ast.walk(node)} for name, node in functions.items()}
    draws = {name for name, names in used.items() if "Table" in names}
    while more := {name for name, names in used.items() if names & draws} - draws:
        draws |= more
    for name in sorted(draws):
        for given in functions[name].decorator_list:
            if dotted(given) in ("require_GET", "require_safe"):
                yield source.at(given, "`ui.lists.page_with_list` takes the form that asks for the file")


def test_each_list_with_names_takes_the_form_that_asks_for_its_file() -> None:
    told(offence for source in sources("**/*.py") for offence in lists_only_looked_at(source))


def test_one_refusal_says_that_there_is_nobody_to_remind() -> None:
    refused = [
        f"{source.room}/{source.path} {node.name}"
        for source in sources("**/*.py")
        for node in source.nodes
        if isinstance(node, ast.ClassDef) and "Remind" in node.name and ast.unparse(node).find("Refused") > 0
    ]
    assert refused == [
        "messaging/actions/reminding.py NobodyToRemind",
        "messaging/actions/reminding.py TooManyToRemind",
    ], refused
    limits = [
        source.room
        for source in sources("**/*.py")
        for node in source.nodes
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "MOST_REMINDED"
    ]
    assert limits == ["messaging"], limits


def reminders_by_hand(source: Source) -> Iterator[str]:
    """Yields fields of models that say when somebody was reminded, and texts of reminders sent by another function."""
    for node in source.nodes:
        if isinstance(node, ast.ClassDef):
            yield from (
                source.at(each, "messaging_reminder says when somebody was reminded")
                for each in node.body
                if isinstance(each, ast.Assign)
                and isinstance(each.value, ast.Call)
                and "reminded" in ast.unparse(each.targets[0])
                and dotted(each.value.func).startswith("models.")
            )
        if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] != "remind_people":
            yield from (
                source.at(node, "messaging.remind_people sends reminders")
                for each in node.keywords
                if each.arg == "template"
                and isinstance(each.value, ast.Constant)
                and str(reasons.KINDS.get(str(each.value.value), "")).startswith("Reminder")
            )


def test_one_function_reminds_and_one_table_knows_when() -> None:
    with override("en"):
        told(offence for source in sources("**/*.py") for offence in reminders_by_hand(source))
        planted = "class Due(Model):\n reminded_on = models.DateField()\ntell_account(template='duty.asked')"
        assert len(list(reminders_by_hand(Source("programmes", Path("models.py"), planted)))) == 2
    writing = [
        f"{source.room}/{source.path}"
        for source in sources("**/*.py")
        if re.search(
            r"insert into messaging_reminder|\bReminder\.objects\.\w*create|\bReminder\(", source.text
        )
        and "class Reminder(" not in source.text
    ]
    assert writing == ["messaging/actions/reminding.py"], writing


def test_one_view_is_behind_the_links_of_questions() -> None:
    opening = [
        f"{source.room}/{source.path}"
        for source in sources("**/*.py")
        if re.search(r"question_by_link\(|offer_behind\(", source.text) and "LINK_WRONG" in source.text
    ]
    offices = "org/views/office_offers.py"  # it also says where to begin, and hides who declined
    assert sorted(opening) == ["messaging/link_pages.py", offices]


def windows_compared(source: Source) -> Iterator[str]:
    """Yields the functions that ask whether a day lies between the first and the last day of a programme."""
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef) and any(
            isinstance(each, ast.Compare)
            and len(each.ops) > 1
            and [dotted(end).rpartition(".")[2] for end in (each.left, each.comparators[-1])]
            == ["opens_on", "closes_on"]
            for each in ast.walk(node)
        ):
            yield f"{source.room}/{source.path} {node.name}"


def kinds_refused(source: Source) -> Iterator[str]:
    """Yields the functions that raise NotFound for a programme of another kind."""
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef) and any(
            isinstance(each, ast.If)
            and re.fullmatch(r"\w+\.kind != ([\w.]*\bKIND|kind)", ast.unparse(each.test))
            and ast.unparse(each.body[0]) == "raise NotFound"
            for each in ast.walk(node)
        ):
            yield f"{source.room}/{source.path} {node.name}"


def test_a_programme_of_a_kind_is_found_in_one_place() -> None:
    everywhere = sources("**/*.py")
    assert (
        [where for source in everywhere for where in windows_compared(source)]
        == [
            "programmes/queries/kinds.py runs_on",
            "stays/actions/marking.py add_mark",  # also of a programme that was closed by hand: marks of a stay go on
        ]
    )
    assert [where for source in everywhere for where in kinds_refused(source)] == [
        "programmes/queries/kinds.py programme_of_kind"
    ]
    covering = [
        f"{source.room}/{source.path} {node.name}"
        for source in everywhere
        for node in source.nodes
        if isinstance(node, ast.FunctionDef)
        and "sql.exists('select from programmes_scope s join" in ast.unparse(node)
    ]
    assert covering == [
        "programmes/queries/kinds.py covers_part",
        "programmes/queries/programmes.py covers_whole",
    ]


# Modules of a room that show its numbers: what a page that gathers asks of every room, and slides.
SHOWING = re.compile(r"offers|(todo|owed|owes)(_\w+)?|decks?(_\w+)?")
WORDED = {"_", "say", "gettext", "gettext_lazy"}
COUNTED = {"ngettext", "ngettext_lazy"}
KIT = {"core", "ui"}


def shows(room: str, path: Path) -> bool:
    """Return whether a module offers numbers to Today, a unit's page, a dossier, a record, a launch page or slides."""
    is_offered = len(path.parts) == 1 and room not in KIT
    is_slides = room == "review" and path.parts[0] in ("queries", "rules")
    return (is_offered or is_slides) and path.suffix == ".py" and bool(SHOWING.fullmatch(path.stem))


def shown_nodes(source: Source) -> Iterator[tuple[str, ast.AST]]:
    """Yields the nodes of a showing module with their place; each function of `offers.py` is a place of its own."""
    for top in source.tree.body if shows(source.room, source.path) else ():
        is_offer = source.path.name == "offers.py" and isinstance(top, ast.FunctionDef)
        place = (
            f"{source.path}: {top.name}"
            if is_offer and isinstance(top, ast.FunctionDef)
            else f"{source.path}"
        )
        for node in ast.walk(top):
            yield place, node


def counting_sentences() -> Iterator[tuple[str, str, str]]:
    """Yields each sentence with a plural, with the room and file that have it: Python, template or script.

    Those of `offers.py` come by `sentences`, with their functions.
    """
    for catalog in sorted(PACKAGE.glob("*/locale/hi/LC_MESSAGES/django.po")):
        with catalog.open("rb") as file:
            for message in read_po(file):
                for place, _line in message.locations if message.pluralizable else ():
                    room, _slash, path = place.partition("/")
                    if path != "offers.py":
                        yield message.id[0], room, path


def sentences(source: Source) -> Iterator[tuple[str, str, str]]:
    """Yields the other sentences with a blank that a showing module has, and all with a plural of `offers.py`."""
    for place, node in shown_nodes(source):
        name = dotted(node.func) if isinstance(node, ast.Call) else ""
        text = node.args[0] if isinstance(node, ast.Call) and name in WORDED | COUNTED else None
        if isinstance(text, ast.Constant) and isinstance(text.value, str) and "%(" in text.value:
            if name in WORDED:
                yield f"{source.room}: {text.value}", source.room, place
            elif source.path.name == "offers.py":
                yield text.value, source.room, place


def worded_again(quoted: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    """Yields the sentences that a showing module has, and another file of the rooms or function of `offers.py` too."""
    where: dict[str, set[tuple[str, str]]] = {}
    for sentence, room, path in quoted:
        if room not in KIT:
            where.setdefault(sentence, set()).add((room, path))
    for sentence, places in where.items():
        if len(places) > 1 and any(shows(room, Path(place.partition(":")[0])) for room, place in places):
            yield f"{sorted(f'{room}/{place}' for room, place in places)}: {sentence!r} belongs in numbers.py"


def test_a_number_is_worded_once() -> None:
    modules = [quoted for source in sources("**/*.py") for quoted in sentences(source)]
    told(worded_again([*counting_sentences(), *modules]))
    planted = [("%(n)s ask", "review", place) for place in ("todo.py", "templates/review/asks.html")]
    assert list(worded_again(planted)), "the finder finds"
    twice = 'def todo(): return ngettext("%(n)s asks", "%(n)s ask", n)\ndef unit_links(): return todo()\n'
    offers = Source("review", Path("offers.py"), twice)
    assert not list(worded_again(sentences(offers)))
    offers = Source(
        "review", Path("offers.py"), twice.replace("return todo()", 'return ngettext("%(n)s asks", "", n)')
    )
    assert list(worded_again(sentences(offers))), "two functions of offers.py are two places"


def numbers_read(modules: Sequence[Source]) -> set[str]:
    """Return the functions of a room's reads that answer with numbers alone: an int, several, or one by key."""
    return {
        node.name
        for source in modules
        for node in source.nodes
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and node.returns is not None
        and re.fullmatch(r"int|tuple\[int, .*\]|dict\[str, int\]", ast.unparse(node.returns))
    }


def read_again(modules: Sequence[Source]) -> Iterator[str]:
    """Yields numbers that two showing modules of one room read, or two functions of `offers.py`, each for itself."""
    for room in {source.room for source in modules}:
        own = [source for source in modules if source.room == room]
        reads = numbers_read([source for source in own if "numbers" not in source.parts])
        where: dict[str, set[str]] = {}
        for source in own:
            for place, node in shown_nodes(source):
                name = dotted(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
                if name in reads:
                    where.setdefault(name, set()).add(place)
        yield from (
            f"{room}: {sorted(paths)} read {name}(): numbers.py reads it once, with its words"
            for name, paths in where.items()
            if len(paths) > 1
        )


def test_a_number_is_read_once_for_the_pages_that_show_it() -> None:
    told(read_again(sources("**/*.py")))
    text = "def late_in(unit: int) -> tuple[int, int]: return unit, unit"
    showing = [Source("review", Path(name), "late_in(1)") for name in ("todo.py", "offers.py")]
    reads = Source("review", Path("queries.py"), text)
    assert list(read_again([reads, *showing])), "the finder finds"
    both = "def todo(): return late_in(1)\ndef unit_links(): return late_in(2)\n"
    assert list(read_again([reads, Source("review", Path("offers.py"), both)])), (
        "so do two functions of offers.py"
    )


# They show a number for no canvassing and no check, so the gate does not ask about it.
SHOWN_OTHERWISE = {
    "org/actions/doors.py reveal_phone": "an act of its own, which others ask after the gate",
    "org/actions/doors.py _reveal": "leaders call the people of their own line",
    "pages/views/morning.py morning": "leaders call the people of their own line",
    "pages/views/bearer.py bearer_page": "leaders call the people of their own line",
    "helpdesk/actions/answering.py reveal_caller": "the person asked the helpline, and waits for the answer",
    "stays/actions/assigning.py show_host": "the host of a stay expects the worker",
    "enrolment/views/people.py person_reveal": "an office looks at one entry of its own roll",
}
SHOWS = {"reveal_number", "reveal_phone", "reveal_bearer"}


def shown_without_the_gate(source: Source) -> Iterator[str]:
    """Yields functions that show a number and neither ask the gate nor lead to a function beside them that does."""
    functions = {node.name: node for node in source.nodes if isinstance(node, ast.FunctionDef)}
    calls = {
        name: {dotted(each.func).rpartition(".")[2] for each in ast.walk(node) if isinstance(each, ast.Call)}
        for name, node in functions.items()
    }
    asks = {"contact_verdict", "contact_verdicts"}
    while more := {name for name, called in calls.items() if called & asks} - asks:
        asks |= more
    yield from (
        f"{source.room}/{source.path} {name}" for name in calls if calls[name] & SHOWS and name not in asks
    )


def test_one_gate_says_whether_somebody_may_be_called_or_met() -> None:
    asking = [
        f"{source.room}/{source.path} {node.name}"
        for source in sources("**/*.py")
        for node in source.nodes
        if isinstance(node, ast.FunctionDef)
        for each in ast.walk(node)
        if isinstance(each, ast.Call) and dotted(each.func) == "gate.why_held_back"
    ]
    assert asking == ["contact/gate.py contact_verdicts"], asking
    shown = {where for source in sources("**/*.py") for where in shown_without_the_gate(source)}
    assert shown == set(SHOWN_OTHERWISE), shown ^ set(SHOWN_OTHERWISE)


def kept_tries(source: Source) -> Iterator[str]:
    """Yields the functions that keep a row of `ContactTry`."""
    for node in source.nodes if "ContactTry" in source.text else []:
        if isinstance(node, ast.FunctionDef) and any(
            isinstance(each, ast.Call)
            and (
                dotted(each.func) in ("ContactTry.objects.create", "ContactTry.objects.bulk_create")
                or (
                    dotted(each.func) == "made.save"
                    and any(key.arg == "force_insert" for key in each.keywords)
                )
            )
            for each in ast.walk(node)
        ):
            yield f"{source.room}/{source.path} {node.name}"


def outcomes_of_tries(source: Source) -> Iterator[str]:
    """Yields the sets of outcomes that have a word for "nobody answered"."""
    for node in source.nodes:
        if isinstance(node, ast.ClassDef) and any(
            isinstance(each, ast.Assign) and "'no_answer'" in ast.unparse(each.value) for each in node.body
        ):
            yield f"{source.room}/{source.path} {node.name}"


def test_one_function_ends_each_try_with_an_outcome_of_one_set() -> None:
    kept = [where for source in sources("**/*.py") for where in kept_tries(source)]
    assert kept == ["contact/actions/standing.py take_back_row", "contact/actions/tries.py end_try"], kept
    found = [where for source in sources("**/*.py") for where in outcomes_of_tries(source)]
    # Canvassing has the second. The first is of back-checks and requests, which the last two narrow in their own words.
    assert found == [
        "contact/models.py Outcome",
        "contact/models.py Outcome",
        "helpdesk/rules/tries.py CallResult",
        "verification/actions/checks.py TryOutcome",
    ], found


def boards_by_hand(source: Source) -> Iterator[str]:
    """Yields SQL that sums what lies in each unit right below another, or reads a unit together with those."""
    for node in source.nodes:
        match node:
            case ast.JoinedStr(values=parts):
                text = "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
            case ast.Constant(value=str(text)):
                pass
            case _:
                continue
        for alias in set(re.findall(r"\b(\w+)\.(?:parent_id|\{\w+\}) =", text)):
            if re.search(rf"\.lo >= {alias}\.lo\s+and \w+\.lo < {alias}\.hi|\bor {alias}\.unit_id =", text):
                yield f"{source.room}/{source.path}"


def test_one_statement_reads_a_unit_and_those_right_below() -> None:
    """The ledger's list (`programmes/queries/listing.py`) rounds, sorts and pages in the database, by other tables."""
    found = {where for source in sources("**/*.py") for where in boards_by_hand(source)}
    forms = "forms/queries/__init__.py"  # by choice, and few are rounded by whose they are
    assert sorted(found) == [forms, "units/queries/boards.py"]


def reads_of_its_own(source: Source) -> Iterator[str]:
    """Yields statements of a showing module: it asks numbers.py or the room's queries."""
    for node in source.nodes if shows(source.room, source.path) and "queries" not in source.parts else ():
        name = dotted(node) if isinstance(node, ast.Attribute) else ""
        if name.endswith(".objects") or re.fullmatch(r"sql\.\w+", name):
            yield source.at(node, f"{name}: a page that shows a number asks numbers.py or queries")


def test_no_page_that_shows_a_number_reads_it_by_a_statement_of_its_own() -> None:
    told(offence for source in sources("**/*.py") for offence in reads_of_its_own(source))
    assert list(reads_of_its_own(Source("review", Path("todo.py"), "sql.row('select 1')"))), (
        "the finder finds"
    )
