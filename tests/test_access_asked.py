"""An act asks `require` before it writes in a system scope, where the policies let everything through.

The test reads the source. It finds every function that opens such a scope and writes in it, itself or by another act.
Each of them comes after a question of rights, or is on the list with the reason why it needs none.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "abhiyan"
# Every room is read, but for these. The demo is made at the console, before anybody is there.
OF_THE_DEMO = "sample"
# Not acts: tests, what ran once, and what writes nothing.
NO_ACTS = frozenset(["tests", "migrations", "queries", "queries.py"])
WRITES = frozenset(
    [
        "bulk_create",
        "bulk_update",
        "create",
        "delete",
        "get_or_create",
        "record",
        "save",
        "update",
        "update_or_create",
    ]
)
READING_SQL = ("select", "set ", "show")
WRITING_SQL = re.compile(r"insert\s+into|delete\s+from|merge\s+into|(?<!for )(?<!key )\bupdate\b")
# Questions of rights: `require`, and the rules that are about offices themselves.
ASKING = frozenset(
    (
        *("require", "require_for_list", "require_on_ground", "require_to_decide"),
        *(
            "_may_appoint",
            "why_not_decide",
            "why_not_hand_over",
            "refusal",
            "is_task_asked_of",
            "oversees_task",
            "may_say",
            "may_decide_due",
        ),
        # A seat in a call centre, an office that calls, a verifier, an area.
        *(
            "require_halt_decider",
            "require_seat",
            "in_office",
            "area_of",
            "verification/actions/assigning.py:_verifier",
        ),
        # They find only what is the caller's own.
        *("held_checks", "own_locked", "stays/actions/days.py:_own"),
    )
)
ASKING_BY_REFUSING = frozenset(("require", "require_answer", "require_for_list", "require_on_ground"))
# The callers of a function, and why it asks for no right.
CONSOLE = "only the server's console: whoever works there is asked by the server"
LOOP = "a loop or job of its own, by nobody's wish"
PHONE = "by the phone's own word: a call, an SMS, a code, a personal link"
WITHIN = "within another act, which asked"
ONESELF = "about oneself: whoever proves phone or session"
NEWS = "follows from an act of another room, which asked"
NOBODY_ASKED = {
    "core/backup.py::tell_restored": CONSOLE,
    "core/files.py::delete_gone": LOOP,
    "imports/running.py::_failed": WITHIN,
    "imports/running.py::sweep_imports": LOOP,
    "elections/tasks.py::pass_seats": "a job; each seat is passed as whoever asked for it, who is asked again",
    "friends/actions/active.py::heed_helper_tasks": NEWS,
    "enrolment/actions/bursts.py::_do_held": LOOP,
    "enrolment/actions/bursts.py::look_for_bursts": LOOP,
    "enrolment/actions/closing.py::_bring_back_now": NEWS,
    "enrolment/actions/closing.py::bring_back_next": LOOP,
    "enrolment/actions/closing.py::bring_claims_back": LOOP,
    "enrolment/actions/closing.py::hand_over_next": LOOP,
    "messaging/actions/emails.py::forget_mails": NEWS,
    "people/actions/emails.py::ask_to_prove_email": ONESELF,
    "people/actions/emails.py::choose_email": ONESELF,
    "people/actions/emails.py::forget_email": ONESELF,
    "people/actions/emails.py::prove_email": ONESELF,
    "people/actions/emergency.py::begin_emergency_stop": WITHIN,
    "people/actions/emergency.py::end_emergency_stop": WITHIN,
    "people/actions/sessions.py::end_browsers_phone": ONESELF,
    "people/actions/sessions.py::end_phone": WITHIN,
    "people/actions/sessions.py::start_phone": PHONE,
    "people/actions/sessions.py::strengthen_phone": ONESELF,
    "enrolment/actions/cards.py::issue_card": ONESELF,
    "enrolment/actions/cards.py::_issued": WITHIN,
    "enrolment/actions/cards.py::replace_card": ONESELF,
    "friends/actions/help_offers.py::heed_offer": NEWS,
    "friends/actions/help_offers.py::note_helper": "asks hears_there: an office, a seat of a call centre, or a stay",
    "friends/actions/help_offers.py::heed_offer_back": NEWS,
    "friends/actions/contributors.py::note_skills": ONESELF,
    "enrolment/actions/noes.py::heed_no_taken_back": NEWS,
    "enrolment/actions/noes.py::heed_spoken_no": NEWS,
    "friends/actions/certificates.py::drop_sheets": NEWS,
    "friends/actions/certificates.py::give_certificates": "carries out what a second person approved, who was asked",
    "enrolment/actions/confirming.py::_sign_all": PHONE,
    "enrolment/actions/confirming.py::confirm": ONESELF,
    "enrolment/actions/confirming.py::hear_silence": NEWS,
    "enrolment/actions/erasing.py::erase_member": ONESELF,
    "enrolment/actions/leaving.py::deny_by_phone": PHONE,
    "enrolment/actions/leaving.py::leave_by_phone": PHONE,
    "enrolment/actions/leaving.py::stop_by_phone": PHONE,
    "enrolment/actions/placing.py::note_where": ONESELF,
    "enrolment/actions/phone_changes.py::ask_change": ONESELF,
    "enrolment/actions/phone_changes.py::change_phone": ONESELF,
    "enrolment/actions/phone_changes.py::hear_change_answer": PHONE,
    "enrolment/actions/phone_changes.py::turn": LOOP,
    "enrolment/actions/phone_changes.py::withdraw_change": ONESELF,
    "enrolment/actions/receipts.py::send_receipt": WITHIN,
    "enrolment/actions/motives.py::note_motive": ONESELF,
    "enrolment/actions/referrals.py::friend_code": ONESELF,
    "enrolment/actions/referrals.py::note_referred": ONESELF,
    "paper/lists.py::undo": "the undo of a list, which asked before its step",
    "people/actions/documents.py::issue_document": WITHIN,
    "people/actions/documents.py::issue_documents": WITHIN,
    "people/actions/documents.py::restore_documents": WITHIN,
    "people/actions/documents.py::revoke_documents": WITHIN,
    "people/actions/finding.py::_asked": LOOP,
    "people/actions/finding.py::find_doubles": LOOP,
    "intake/actions/refused.py::count_minor": "a number of whom nothing may be kept, in any channel",
    "enrolment/actions/first_calls.py::consider_answered": CONSOLE,
    "intake/actions/replies.py::refuse_by_call": PHONE,
    "enrolment/actions/revisits.py::_run": LOOP,
    "enrolment/actions/revisits.py::revisit": LOOP,
    "enrolment/actions/setting_up.py::drop_drive": NEWS,
    "enrolment/actions/setting_up.py::follow_programme": NEWS,
    "enrolment/actions/terms.py::_sweep": LOOP,
    "intake/actions/texts.py::_receipt": PHONE,
    "intake/actions/texts.py::_show_no": PHONE,
    "intake/actions/texts.py::ask": PHONE,
    "intake/actions/texts.py::ask_by_call": PHONE,
    "intake/actions/texts.py::hear_text": PHONE,
    "intake/actions/texts.py::follow_up_joining": PHONE,
    "intake/actions/texts.py::joins": PHONE,
    "intake/actions/texts.py::say": PHONE,
    "intake/actions/texts.py::question": PHONE,
    "enrolment/actions/tickets.py::ask_ticket": ONESELF,
    "intake/actions/tokens.py::drop_tokens": NEWS,
    "intake/actions/tokens.py::end_tokens_of": NEWS,
    "intake/actions/tokens.py::make_token_at_console": CONSOLE,
    "friends/actions/in_touch.py::_report_talk": WITHIN,
    "friends/actions/in_touch.py::change_promise": "only one's own friends are found",
    "friends/actions/in_touch.py::friend_number": "only one's own friends are found",
    "friends/actions/in_touch.py::note_promise": "only one's own friends are found",
    "friends/actions/organisers.py::leave_friends": "follows the end of an office, which was asked for",
    "intake/actions/text_parts.py::hear_or_hold": PHONE,
    "intake/actions/text_parts.py::hear_parts": LOOP,
    "intake/actions/tokens.py::note_token_used": "when a token was used last: written by the hot path",
    "enrolment/actions/undoing.py::_undo_completions": WITHIN,
    "enrolment/actions/undoing.py::_undo_slice": WITHIN,
    "enrolment/actions/undoing.py::undo_claims": "the undo of a list, which asked before its step",
    "intake/actions/waiting.py::_open_slice": LOOP,
    "intake/actions/waiting.py::open_link": PHONE,
    "intake/hotpath/calls.py::_receive": "a provider's delivery report, signed",
    "intake/hotpath/calls.py::act": "a provider's delivery report, signed",
    "intake/views/join.py::_enrol_unproven": "anybody may type a number; what it is told goes to that phone alone",
    "messaging/actions/circulars.py::announce_next": LOOP,
    "messaging/actions/circulars.py::note_read": ONESELF,
    "messaging/actions/counting.py::count_next": "a job; who may had it counted",
    "messaging/actions/counting.py::give_up_count": "a job; who may had it counted",
    "messaging/actions/offices.py::tell_accounts": NEWS,
    "messaging/actions/offices.py::ask_holder": NEWS,
    "messaging/actions/questions.py::answer_question": PHONE,
    "messaging/actions/questions.py::answer_link": PHONE,
    "messaging/actions/questions.py::ask_many": WITHIN,
    "messaging/actions/questions.py::close_questions": WITHIN,
    "messaging/actions/questions.py::close_by_phone": WITHIN,
    "messaging/actions/questions.py::reword": WITHIN,
    "messaging/actions/queueing.py::take_messages_back": WITHIN,
    "messaging/actions/registering.py::register_ids": CONSOLE,
    "messaging/actions/reminding.py::forget_reminders": LOOP,
    "messaging/actions/reminding.py::remind_people": WITHIN,
    "messaging/actions/reminding.py::take_back_reminders": WITHIN,
    "messaging/actions/sending.py::admit": LOOP,
    "messaging/actions/sending.py::end_outage": LOOP,
    "messaging/actions/sending.py::lease": LOOP,
    "messaging/actions/sending.py::note_outage": LOOP,
    "messaging/actions/sending.py::settle_messages": LOOP,
    "messaging/actions/sends.py::follow_next": "a job; who may paused, resumed or stopped the send",
    "messaging/actions/sends.py::queue_next": "a job; two people approved the send",
    "org/actions/appointments.py::appoint_many": "the system alone: every other actor is refused",
    "org/actions/bodies.py::make_bodies": "the system alone: every other actor is refused",
    "org/actions/closing.py::end_with_units": NEWS,
    "messaging/actions/mornings.py::_send": LOOP,
    "messaging/actions/mornings.py::end_morning": NEWS,
    "org/actions/talks.py::forget_talks_of": NEWS,
    "org/actions/talks.py::move_promise": "asks who noted it and still leads them: `queries.bearer_for`",
    "org/actions/talks.py::note_bearer_talk": "only those who lead them find them: `queries.bearer_for`",
    "org/actions/talks.py::remove_bearer_talk": "asks who noted it and still leads them: `queries.bearer_for`",
    "org/actions/talks.py::settle_promise": "asks who noted it and still leads them: `queries.bearer_for`",
    "org/actions/doors.py::send_bearer": "only those who lead them find them: `queries.bearer_for`",
    "org/actions/doors.py::reveal_bearer": "only those who lead them find them: `queries.bearer_for`",
    "org/actions/office_offers.py::_answer": ONESELF,
    "org/actions/officers.py::end_officer": CONSOLE,
    "org/actions/officers.py::name_data_officer": CONSOLE,
    "org/actions/releases.py::close_release": WITHIN,
    "org/actions/releases.py::stop_reset": ONESELF,
    "people/actions/accounts.py::close_account": WITHIN,
    "people/actions/accounts.py::open_accounts": WITHIN,
    "people/actions/accounts.py::rename_account": ONESELF,
    "people/actions/codes.py::ask_code": ONESELF,
    "people/actions/codes.py::check_code": ONESELF,
    "people/actions/codes.py::check_console": CONSOLE,
    "people/actions/codes.py::check_first_word": ONESELF,
    "people/actions/codes.py::end_first_words": WITHIN,
    "people/actions/codes.py::first_administrator": CONSOLE,
    "people/actions/codes.py::make_console_link": CONSOLE,
    "people/actions/codes.py::make_first_word": WITHIN,
    "people/actions/consents.py::give_consent": ONESELF,
    "people/actions/consents.py::give_consents_back": WITHIN,
    "people/actions/consents.py::renew_consents": WITHIN,
    "people/actions/consents.py::withdraw_consent": ONESELF,
    "people/actions/erasing.py::purge": LOOP,
    "people/actions/factors.py::forget_factors": WITHIN,
    "people/actions/suppressions.py::lift": PHONE,
    "people/actions/suppressions.py::suppress": PHONE,
    "people/actions/suppressions.py::take_back_no": WITHIN,
    "programmes/actions/ages.py::count_ages": LOOP,
    "programmes/actions/charges.py::_let_know": WITHIN,
    "programmes/actions/charges.py::end_charges_of_account": NEWS,
    "programmes/actions/charges.py::tell_in_charges": NEWS,
    "programmes/actions/closing.py::restore_from_closing": NEWS,
    "targets/actions/closing.py::restore_targets_from_closing": NEWS,
    "targets/actions/closing.py::settle_targets_at_closing": "asks at the offices that set each target",
    "programmes/actions/closing.py::settle_programmes_at_closing": "each of its parts asks where its thing goes",
    "work/actions/dues.py::_keep_former": WITHIN,
    "work/actions/dues.py::_locked": WITHIN,
    "work/actions/dues.py::_stands": WITHIN,
    "work/actions/dues.py::_write": WITHIN,
    "programmes/actions/items.py::_changing": WITHIN,
    "programmes/actions/items.py::ask_whether": WITHIN,
    "programmes/actions/items.py::erase_items": NEWS,
    "programmes/actions/items.py::hear_item_answer": PHONE,
    "programmes/actions/items.py::report_items": WITHIN,
    "work/actions/materials.py::note_material_opened": ONESELF,
    "programmes/actions/recount.py::recount_facts": CONSOLE,
    "work/actions/schedules.py::end_of_units": NEWS,
    "targets/actions/sums.py::note_target_misfits": WITHIN,
    "targets/actions/sums.py::settle_due": LOOP,
    "work/actions/tasks.py::hand_on_of_account": NEWS,
    "work/actions/tasks.py::hand_on_of_appointment": NEWS,
    "work/actions/tasks.py::change_together": "by whoever asked them: only their own are found",
    "programmes/actions/trees.py::_forget_going": NEWS,
    "programmes/actions/trees.py::carry_tallies": NEWS,
    "programmes/actions/trees.py::resize": LOOP,
    "targets/actions/whole_trees.py::do_change": "a job; whoever asked is asked again, in their own sight",
    "targets/actions/whole_trees.py::end_change": "a job that is given up says so",
    "units/actions/closing.py::close_units": "units know no offices: the page asks, and rooms for what hangs on them",
    "units/actions/closing.py::reopen_units": "units know no offices: the page asks",
    "polls/actions.py::confirm_poll": "`state_poll` asks, and another person decides",
    "polls/actions.py::drop_poll": "`state_poll` asks, and another person decides",
    "polls/actions.py::store_poll_version": "`state_poll` asks, and another person decides",
    "polls/actions.py::state_withdrawal": "`state_poll` asks, and another person decides",
    "opinions/actions.py::give_up_closed_desks": NEWS,
    "contact/actions/attempts.py::begin_attempt": WITHIN,
    "contact/actions/attempts.py::end_attempt": "only one's own try is found, within an act that asked",
    "contact/actions/attempts.py::note_other_try": WITHIN,
    "contact/actions/bridging.py::hear_bridge": "a provider's report, signed",
    "contact/actions/calls.py::end_turns": NEWS,
    "contact/actions/calls.py::leave_seat": "only one's own turns and seat are found",
    "contact/actions/calls.py::note_seen": "only one's own turn and seat are found",
    "contact/actions/closing.py::bring_lists_back": NEWS,
    "contact/actions/doors.py::end_leases": NEWS,
    "contact/actions/doors.py::give_doors_back": "only one's own doors are found",
    "contact/actions/helping.py::drop_help": "only one's own seat is found",
    "contact/actions/lists.py::forget_person": NEWS,
    "contact/actions/lists.py::hear_list_decided": "carries out what a second person decided, who was asked",
    "contact/actions/lists.py::hear_no_to_lists": NEWS,
    "contact/actions/missed.py::heed_helpline_call": PHONE,
    "contact/actions/talks.py::note_door": "only doors that one holds or held are found; a lease was asked for",
    "contact/actions/talks.py::show_door_number": "only doors that one holds are found; leases end with the office",
    "contact/actions/talks.py::undo_contact": "only one's own tries are found; a new lease of the door is asked for",
    "contact/actions/tries.py::note_door_visit": WITHIN,
    "contact/actions/tries.py::note_person_try": WITHIN,
    "contact/actions/tries.py::undo_door_visit": WITHIN,
    "dialogues/actions/calls.py::note_absence": ONESELF,
    "dialogues/actions/calls.py::remove_absence": "only one's own absences are found",
    "forms/actions/phrases.py::ask_for_phrase": "anybody signed in may ask; a data officer decides, by `holds`",
    "forms/actions/submissions.py::accept": WITHIN,
    "forms/actions/submissions.py::forget_answers": NEWS,
    "forms/actions/submissions.py::send_back": WITHIN,
    "forms/actions/submissions.py::send_back_all": WITHIN,
    "helpdesk/actions/forgetting.py::empty_phone_tickets": NEWS,
    "helpdesk/actions/helplines.py::set_helpline": "carries out what a second person approved, who was asked",
    "helpdesk/actions/opening.py::add_call": WITHIN,
    "helpdesk/actions/opening.py::add_need": WITHIN,
    "helpdesk/actions/opening.py::add_own": PHONE,
    "helpdesk/actions/opening.py::add_web": "anybody may write to the helpline; the phone is not proven by it",
    "helpdesk/actions/opening.py::add_without_phone": PHONE,
    "helpdesk/actions/opening.py::keep_quiet": PHONE,
    "helpdesk/actions/settling.py::hear_solved_answer": PHONE,
    "meetings/actions/answering.py::answer_invitation": "only one's own invitation is found",
    "meetings/actions/answering.py::hear_invitee_answer": PHONE,
    "meetings/actions/answering.py::name_substitute": "only one's own invitation is found, and people of its unit",
    "meetings/actions/attending.py::forget_ticks_of_phone": NEWS,
    "meetings/actions/attending.py::note_whether_came": PHONE,
    "meetings/actions/reporting.py::report_due_people": NEWS,
    "meetings/actions/telling.py::tell_next_invitees": "a job; who called, moved or cancelled the meeting was asked",
    "pages/views/field.py::_kept_apart": "a phone that was signed out; it counts nowhere until an office decides",
    "pages/views/readings.py::person_read": "an entry about the reader; the page asks data.watch over each member",
    "review/actions/decks.py::_freeze": "by the sight of who makes, opens or gets the slides: `sight_of`",
    "review/actions/decks.py::change_schedule": "only one's own schedules are found",
    "review/actions/decks.py::end_schedules_of": NEWS,
    "review/actions/decks.py::forget_units": NEWS,
    "review/actions/decks.py::make_deck": "asks whether they see the unit's counts: `sees_counts_at`",
    "review/actions/decks.py::note_deck_opened": ONESELF,
    "review/actions/decks.py::schedule_deck": "asks for an office that sees the unit's counts: `own_seat`",
    "review/actions/keeping.py::_settled": "rounds follow the tree and the offices, whoever changed these",
    "review/actions/keeping.py::drop_reviews_of_units": NEWS,
    "review/actions/keeping.py::leave_with_appointment": NEWS,
    "review/actions/reviews.py::note_decision_read": "only one's own review is found",
    "review/actions/reviews.py::note_dossiers_opened": "only reviews of one's own are noted: `reviewed_by`",
    "site/commands/beginning.py::init": CONSOLE,
    "site/commands/beginning.py::put_what_ships": CONSOLE,
    "stays/actions/assigning.py::forget_host": NEWS,
    "stays/actions/assigning.py::hear_stay_answer": PHONE,
    "stays/actions/assigning.py::withdraw_import": "the undo of a list, which asked before its step",
    "stays/actions/thanks.py::issue_letter": "only one's own months are found",
    "verification/actions/assigning.py::end_planned": LOOP,
    "verification/actions/checks.py::take_off": LOOP,
    "verification/actions/estimating.py::refresh_estimates": LOOP,
    "verification/actions/flagging.py::expire_flags": LOOP,
    "verification/actions/forgetting.py::empty_said": NEWS,
    "verification/actions/fresh.py::judge_fresh_checks": LOOP,
    "verification/tasks.py::aim": "a job; who asked for the checks was asked",
    "verification/views/checks.py::_own": "takes back only checks that the viewer may not hold any more",
}


# core.sql's, that run one.
STATEMENTS = {"rows", "row", "each", "column", "value", "count", "exists", "run"}


def sources(package: Path) -> dict[str, ast.Module]:
    """Path below the package -> its tree; of what serves, not of tests."""
    return {
        str(path.relative_to(package)): ast.parse(path.read_text())
        for path in sorted(package.rglob("*.py"))
        if not {OF_THE_DEMO, *NO_ACTS} & set(path.relative_to(package).parts)
        and not path.name.startswith("demo")
    }


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield node


def borrowed(tree: ast.Module) -> set[str]:
    """Return the names that a module takes from libraries, such as `say` of gettext: no act of ours."""
    return {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and not node.level
        if not str(node.module).startswith("abhiyan")
        for name in node.names
    }


def calls(inside: ast.AST, path: str) -> list[tuple[int, str, ast.Call]]:
    """Line, name and call, in the order of lines. A private name carries its file; a method has a dot before it."""
    told = []
    for node in ast.walk(inside):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name):
            told.append((node.lineno, known_as(node.func.id, path), node))
        elif isinstance(node.func, ast.Attribute):
            of_module = isinstance(node.func.value, ast.Name) and node.func.value.id != "cursor"
            told.append((node.lineno, ("" if of_module else ".") + node.func.attr, node))
    return sorted(told, key=lambda each: each[0])


def known_as(name: str, path: str) -> str:
    return f"{path}:{name}" if name.startswith("_") else name


def is_write(name: str, call: ast.Call, constants: dict[str, str]) -> bool:
    """Return True if a call of the ORM writes, or the SQL of a call."""
    of_sql = isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "sql"  # core.sql
    if name.lstrip(".") in ("execute", "executemany") or (of_sql and name in STATEMENTS):
        statement = call.args[1] if of_sql and name == "each" else call.args[0]
        return not only_reads(text_of(statement, constants).lstrip().lower())
    if name == "record":  # audit.record
        return True
    if name.lstrip(".") == "update" and call.args:  # of a dict or a set: rows are updated by keywords
        return False
    return isinstance(call.func, ast.Attribute) and call.func.attr in WRITES


def only_reads(statement: str) -> bool:
    """Return True if a statement in SQL reads, also by `with`."""
    is_known = statement.startswith(READING_SQL)
    return is_known or ("select" in statement and not WRITING_SQL.search(statement))


def text_of(given: ast.expr, constants: dict[str, str]) -> str:
    if isinstance(given, ast.JoinedStr):
        return "".join(text_of(part, constants) for part in given.values)
    if isinstance(given, ast.FormattedValue):
        given = given.value
        if isinstance(given, ast.Call) and not ast.unparse(given).startswith(('", "', "AWAY.")):
            return "update"  # a function of ours may put in what writes
    if isinstance(given, ast.BinOp):
        return text_of(given.left, constants)
    if isinstance(given, ast.Name):
        return constants.get(given.id, "")
    return str(given.value) if isinstance(given, ast.Constant) else ""


def constants_of(tree: ast.Module) -> dict[str, str]:
    """Return the texts of a module's constants, with those before them that they hold."""
    known: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            text = text_of(node.value, known)
            known |= {target.id: text for target in node.targets if isinstance(target, ast.Name)}
    return known


def heard_only(inside: ast.AST, path: str) -> set[str]:
    """Return what is called where a refusal is caught and becomes an answer: it stops nobody."""
    return {
        name
        for node in ast.walk(inside)
        if isinstance(node, ast.Try) and node.handlers
        if not any(isinstance(part, ast.Raise) for handler in node.handlers for part in ast.walk(handler))
        for statement in node.body
        for _line, name, _call in calls(statement, path)
    } & ASKING_BY_REFUSING


def spread(trees: dict[str, ast.Module], beginning: Iterable[str]) -> set[str]:
    """Return the acts that call one of these, or call an act that does."""
    known = set(beginning)
    acts = [
        (
            known_as(each.name, path),
            {name for _line, name, _call in calls(each, path)} - heard_only(each, path),
        )
        for path, tree in trees.items()
        if "actions" in path
        for each in functions(tree)
    ]
    while more := {name for name, called in acts if name not in known and called & known}:
        known |= more
    return known


def unasked(package: Path) -> dict[str, str]:
    """Return functions that write in a system scope without a question of rights, each with its first write."""
    trees = sources(package)
    constants = {path: constants_of(tree) for path, tree in trees.items()}
    asking = spread(trees, ASKING)
    direct = {
        known_as(each.name, path)
        for path, tree in trees.items()
        if "actions" in path
        for each in functions(tree)
        if any(is_write(name, call, constants[path]) for _line, name, call in calls(each, path))
    }
    writing = spread(trees, direct)
    found = {}
    for path, tree in trees.items():
        foreign = borrowed(tree)
        for each in functions(tree):
            told = calls(each, path)
            for block in ast.walk(each):
                if not isinstance(block, ast.With) or not any(
                    name == "system"
                    for item in block.items
                    for _l, name, _c in calls(item.context_expr, path)
                ):
                    continue
                within = [one for statement in block.body for one in calls(statement, path)]
                writes = [
                    (line, name)
                    for line, name, call in within
                    if is_write(name, call, constants[path])
                    or (name in writing - foreign and name not in asking)
                ]
                asked = [
                    line
                    for line, name, _call in told
                    if {name, name.lstrip("."), name.rpartition(":")[2]} & asking
                ]
                if writes and not any(line <= writes[0][0] for line in asked):
                    found[f"{path}::{each.name}"] = writes[0][1]
    return found


def test_what_is_written_in_a_system_scope_is_asked_for_before_or_stands_on_the_list() -> None:
    found = unasked(PACKAGE)
    assert found.keys() - NOBODY_ASKED.keys() == set(), "ask `require` first, or say why nobody is asked"
    assert NOBODY_ASKED.keys() - found.keys() == set(), "it asks now, or is gone: take it off the list"


@pytest.mark.parametrize(
    ("body", "is_found"),
    [
        ("with system('x'):\n        Row.objects.create()", True),
        ("with system('x'):\n        row.save()\n        require(by, 'do', at=1)", True),
        ("with system('x'):\n        _write(1)", True),
        ("with system('x'), connection.cursor() as cursor:\n        cursor.execute('delete from row')", True),
        ("require(by, 'do', at=1)\n    with system('x'):\n        Row.objects.create()", False),
        ("with system('x'):\n        _ask()\n        _write(1)", False),
        ("with system('x'):\n        return Row.objects.first()", False),
        ("with system('x'), connection.cursor() as cursor:\n        cursor.execute('select 1')", False),
        ("with system('x'):\n        sql.run('delete from row')", True),
        ("with system('x'):\n        sql.each(Row, 'insert into row values (1) returning id')", True),
        ("with system('x'):\n        sql.rows('select 1')", False),
        ("with system('x'):\n        sql.rows('with a as (select 1) select * from a')", False),
        (
            "with system('x'):\n        sql.rows('with a as (delete from row returning 1) select * from a')",
            True,
        ),
        ("with system('x'):\n        words.update(more)", False),
        ("with system('x'):\n        _heard()\n        _write(1)", True),
    ],
)
def test_the_finder_finds_what_is_written_unasked(tmp_path: Path, body: str, is_found: bool) -> None:
    (tmp_path / "org" / "actions").mkdir(parents=True)
    helpers = "def _write(n):\n    row.update(n=n)\n\n\ndef _ask():\n    org.require(by, 'do', at=1)\n\n\n"
    helpers += "def _heard():\n    try:\n        org.require(by, 'do', at=1)\n    except Refused:\n        return\n\n\n"
    (tmp_path / "org" / "actions" / "one.py").write_text(f"{helpers}def act(*, by, at):\n    {body}\n")
    assert set(unasked(tmp_path)) == ({"org/actions/one.py::act"} if is_found else set())


def test_every_room_is_read_but_the_demo(tmp_path: Path) -> None:
    act = "def act(*, by, at):\n    with system('x'):\n        Row.objects.create()\n"
    for path in ("new/actions/one.py", "new/demo_days.py", "sample/build.py", "new/tests/make.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(act)
    assert set(unasked(tmp_path)) == {"new/actions/one.py::act"}


def test_each_question_of_rights_is_a_function() -> None:
    source = "\n".join(path.read_text() for path in sorted(PACKAGE.rglob("*.py")))
    names = {name.rpartition(":")[2] for name in (*ASKING, *ASKING_BY_REFUSING)}
    assert {name for name in names if f"def {name}(" not in source} == set()
