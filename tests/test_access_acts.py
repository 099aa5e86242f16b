"""Acts on what is another's: every address that takes a form, sent one about the other district and the state.

By whoever may do such a thing, but elsewhere: it is refused, and not a row is written. An address that comes to take
a form has to be entered here, or be named as one where nothing of another's can be meant.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.test import Client

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.web import filled as filled_in
from abhiyan.enrolment.tests.web import offered
from abhiyan.org.models import Appointment
from abhiyan.site.access import pages
from abhiyan.site.tests.addresses import SECRETS, Things, address, body, filled, more_things, outcome, things
from abhiyan.site.tests.cast import EVERYBODY, Cast
from abhiyan.site.tests.final_acts import FINAL, NOT_FINAL
from abhiyan.site.tests.posted import ASKED, OWN, PLACE, POSTS
from abhiyan.verification.models import Check, Draw, Flag, Frame, Stratum
from abhiyan.verification.rules.findings import ANSWERS, KNOWN
from abhiyan.verification.tests.test_flagging import plant

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "abhiyan"
ROLES = ("anonymous", "weak", "district_in_charge", "state_elsewhere")


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    cast = Cast.make()
    cast._seat("state_elsewhere", "state_president", "HP", 1)
    return cast


@pytest.fixture(scope="module")
def clients(cast: Cast) -> dict[str, Client]:
    return {role: cast.client(role) for role in ROLES}


@pytest.fixture(scope="module")
def foreign(cast: Cast) -> Things:
    cast.client("district_elsewhere")  # a session to be ended
    return things(cast, "district_elsewhere", "JK-JAM", "JK-B004", cast.membership(cast.foreign_member))


@pytest.fixture(scope="module")
def others(
    cast: Cast, clients: dict[str, Client], foreign: Things, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    return more_things(cast, foreign, tmp_path_factory.mktemp("results"))


# What a request writes whoever asks and whatever comes of it.
ALWAYS_WRITTEN = {"people_session", "core_limit"}

# A refusal there shows one's own list again, and that somebody saw people is noted.
SHOWN_AGAIN = {"enrolment:unplaced": {"core_audit"}, "helpdesk:many": {"core_audit"}}


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def written() -> dict[str, int]:
    """Rows written by this connection since it last told its figures, by table: within a transaction it tells none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname, n_tup_ins + n_tup_upd + n_tup_del from pg_stat_xact_user_tables"
            " where n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return {name: n for name, n in cursor.fetchall() if name not in ALWAYS_WRITTEN}


def asked_of(name: str, cast: Cast, of: Things, others: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """The address of a form, and what is sent there."""
    known = others | {
        "unit_id": cast.world.units["JK-JAM"].pk,
        "account": cast.accounts["mandal_president"].public_id,
        "member": of.member,
        "programme_uuid": of.programme,
        "soon": (NOW + timedelta(days=9)).date(),
    }
    form, _wanted = POSTS.get(name, ({}, "m"))
    sent = {key: value.format_map(known) for key, value in form.items()}
    where = address(name, of, **filled(name, others))
    return where + (f"?{ASKED[name].format_map(known)}" if name in ASKED else ""), sent


@pytest.mark.parametrize("name", sorted(pages().keys() - OWN))
def test_nothing_of_another_district_is_changed(
    name: str, cast: Cast, clients: dict[str, Client], foreign: Things, others: dict[str, Any]
) -> None:
    """By whoever may do such a thing, but elsewhere. An address that takes no form says so to those it opens to."""
    where, sent = asked_of(name, cast, foreign, others)
    _form, wanted = POSTS.get(name, ({}, "m"))
    told = ""
    for role in ROLES[-1:] if wanted == "m" else ROLES:
        with undone():
            before = written()
            answer = clients[role].post(where, sent)
            letter = outcome(answer)  # type: ignore[arg-type]  # the client's own shape
            changed = {table: n for table, n in written().items() if n != before.get(table)}
        assert SECRETS.findall(body(answer)) == [], role
        assert wanted == "m" or changed.keys() <= SHOWN_AGAIN.get(name, set()), role
        if role in ("anonymous", "weak"):
            assert letter in "ns", role
        else:
            told += letter
    assert told == wanted


# Who may send each form about the other district (district_elsewhere sits there), and about the state: the table of
# acts. Letters as in POSTS, o: taken, s: sent to sign in; one per role in the order of EVERYBODY. Nothing is changed
# unless it is taken.
ACTS = {
    "elections:alliance": "nnnnn oonnnnnnnnnnn n oonnn",
    "elections:alliance_withdraw": "nnnnn oonnnnnnnnnnn n oonnn",
    "elections:alliances": "nnnnn oonnnnnnnnnnn n oonnn",
    "elections:classes": "nnnnn uunnnnnnnnnnn n uunnn",
    "elections:classes_withdraw": "nnnnn oonnnnnnnnnnn n oonnn",
    "elections:parties": "nnnnn onnnnnnnnnnnn n onnnn",
    "elections:party_separate": "nnnnn onnnnnnnnnnnn n onnnn",
    "elections:plan_change": "nnnnn oonnnnnnnnnnn n oonnn",
    "elections:plan_create": "nnnnn uunnnnnnnnnnn n uunnn",
    "elections:plan_lock_part": "nnnnn ggnnnnnnnnnnn n ggnnn",
    "elections:plan_pass": "nnnnn uunnnnnnnnnnn n uunnn",
    "elections:plan_pass_all": "nnnnn uunnnnnnnnnnn n uunnn",
    "elections:plan_seats": "nnnnn oonnnnnnnnnnn n oonnn",
    "elections:plan_set_part": "nnnnn ggnnnnnnnnnnn n ggnnn",
    "elections:plan_withdraw": "nnnnn oonnnnnnnnnnn n oonnn",
    "elections:stated": "nnnnn onnnnnnnnnnnn n onnnn",
    "elections:stated_withdraw": "nnnnn oonnnnnnnnonn n oonnn",
    "enrolment:drive_ask_token": "nnnnn oonnnnnnnnonn n oonnn",
    "enrolment:drive_codes": "nnnnn oononnnnnnnnn n oonnn",
    "enrolment:drive_end_number": "nnnnn oonnnnnnnnonn n oonnn",
    "enrolment:drive_end_token": "nnnnn oonnnnnnnnonn n oonnn",
    "enrolment:drive_make_token": "nnnnn ggnnnnnnnngnn n ggnnn",
    "enrolment:drive_number": "nnnnn oonnnnnnnnonn n oonnn",
    "enrolment:drive_set_up": "nnnnn oononnnnnnnnn n oonnn",
    "enrolment:field": "nnnnn uununnnnnnnnn n uunnn",
    "enrolment:field_entry": "nnnnn ggggggggnnnnn n ggggn",
    "enrolment:field_try": "nnnnn oononnnnnnnnn n oonnn",
    "enrolment:denials": "nnnnn nnnnnnnnnnnmn n nnnnn",
    "enrolment:drive_link": "nnnnn oononnnnnnnnn n oonnn",
    "enrolment:paper_batch": "nnnnn uuguggggnnnnn n uuggn",
    "enrolment:paper_new": "nnnnn oononnnnnnnnn n oonnn",
    "enrolment:paper_photo_change": "nnnnn oogoggggnnnnn n ooggn",
    "enrolment:paper_photo_remove": "nnnnn oogoggggnnnnn n ooggn",
    "enrolment:paper_sheet": "nnnnn ggggggggnnnnn n ggggn",
    "enrolment:paper_type": "nnnnn oogognnnnngnn n ooggn",
    "enrolment:double": "nnnnn oogognnnnnnnn n ooggn",
    "enrolment:doubles_many": "nnnnn gggggnnnnnnnn n ggggn",
    "enrolment:halt": "nnnnn oogognnnnnngn n ooggn",
    "enrolment:nameless_settle": "nnnnn oonnnnnnnnnnn n oonnn",
    "enrolment:people_download": "nnnnn nnnnnnnnnnnnn n nnnnn",
    "enrolment:people_export": "nnnnn oononnnnnnnnn n oonnn",
    "enrolment:person_correct": "nnnnn oogugggnnnnnn n ooggn",
    "enrolment:person_reveal": "nnnnn oogogggnnnnnn n ooggn",
    "enrolment:person_revoke_card": "nnnnn oogogggnnnnnn n ooggn",
    "enrolment:person_strike_off": "nnnnn oogognnnnnnnn n ooggn",
    "enrolment:text": "nnnnn oogonnnnnnnnn n oognn",
    "enrolment:text_number": "nnnnn oogonnnnnnnnn n oognn",
    "enrolment:ticket": "nnnnn nnnnnnnnnnngn n nnnnn",
    "enrolment:tickets": "nnnnn nnnnnnnnnnnmn n nnnnn",
    "enrolment:placing_place": "nnnnn ggggggnnnnnng n ggggg",
    "enrolment:placing_undo": "nnnnn ggggggnnnnnng n ggggg",
    "enrolment:unplaced": "nnnnn oonunnnnnnnnn n oonnu",
    "helpdesk:helpline": "nnnnn oononnnnnnnnn n oonnn",
    "helpdesk:many": "nnnnn uuuuuuununnnn n uuuun",
    "helpdesk:many_approved": "nnnnn gggggggngnnnn n ggggn",
    "helpdesk:ready_change": "nnnnn oononnnnnnnnn n oonnn",
    "helpdesk:ready_new": "nnnnn oononnnnnnnnn n oonnn",
    "helpdesk:ticket": "nnnnn oogogggngngnn n ooggn",
    "helpdesk:ticket_merge": "nnnnn uugugggngngnn n uuggn",
    "helpdesk:ticket_move": "nnnnn oogogggngngnn n ooggn",
    "helpdesk:ticket_phone": "nnnnn oogogggngngnn n ooggn",
    "helpdesk:ticket_reopen": "nnnnn ccgcgggngngnn n ccggn",
    "helpdesk:type": "nnnnn oononnnnnnnnn n oonnn",
    "imports:begin": "nnnnn uuuuunnnnnung g uuuug",
    "imports:columns": "nnnnn ccgcgnnnnngng g ccggg",
    "imports:piece": "nnnnn ccgcgnnnnngng g ccggg",
    "imports:rest": "nnnnn oogognnnnngng g ooggg",
    "imports:step": "nnnnn oogognnnnngng g ooggg",
    "messaging:ask": "nnnnn uunnnnnnnnnnn n uunnn",
    "messaging:circular_new": "nnnnn oononnnnnnnnn n oonnn",
    "messaging:circular_step": "nnnnn oogognnnnnnnn n ooggn",
    "messaging:release": "nnnnn nnnnnnnnnnnnn n nnnnn",
    "messaging:send_new": "nnnnn oonnnnnnnnnnn n oonnn",
    "messaging:send_step": "nnnnn oonnnnnnnnnnn n oonnn",
    "messaging:text": "nnnnn oonnnnnnnnnnn n oonnn",
    "org:answer_offer": "nnnng ggggggggggggg g ggggg",
    "org:appoint": "nnnnn uununnnnnnnnn u uunnn",
    "org:ask_factor_reset": "nnnnn oonnnnnnnnonn o oonnn",
    "org:decide": "nnnnn oonnnnnnnnnnn o oonnn",
    "org:decide_release": "nnnnn oogngnnnnnngg n ooggg",
    "org:end_appointment": "nnnng oononnnnnnnnn o oonnn",
    "org:first_word": "nnnnn uunnnnnnnnnnn u uunnn",
    "org:poll_new": "nnnnn oonnnnnnnnnnn n oonnn",
    "org:poll_take_back": "nnnnn oonnnnnnnnnnn n oonnn",
    "org:poll_withdraw": "nnnnn oonnnnnnnnnnn n oonnn",
    "org:reset_factors": "nnnnn nngngnnnnngnn g nnggn",
    "org:stop_reset": "nnnng ggggggggggggg g ggggg",
    "people:factor_remove": "nnnng ggguggggggggg g ggggg",
    "people:factor_rename": "nnnng gggoggggggggg g ggggg",
    "people:session_end": "nnnng gggoggggggggg g ggggg",
    "programmes:answer_charge": "nnnng gggoggggggggg g ggggg",
    "programmes:change": "nnnnn oononnnnnnnnn n oonnn",
    "programmes:close": "nnnnn uununnnnnnnnn n uunnn",
    "programmes:create": "nnnnn uunnnnnnnnnnn n uunnn",
    "programmes:discard": "nnnnn oonnnnnnnnnnn n oonnn",
    "programmes:draft": "nnnnn uunnnnnnnnnnn n uunnn",
    "programmes:end_in_charge": "nnnnn oononnnnnnnnn n oonnn",
    "programmes:go_back": "nnnnn ccncnnnnnnnnn n ccnnn",
    "programmes:lock_target": "nnnnn uununnnnnnnnn n uunnn",
    "programmes:name_in_charge": "nnnnn oonunnnnnnnnu n oonnu",
    "programmes:open": "nnnnn oonnnnnnnnnnn n oonnn",
    "programmes:own_figures": "nnnng uununnnnnnnnn g uunnn",
    "programmes:set_target": "nnnnn oononnnnnnnnn n oonnn",
    "programmes:split_target": "nnnnn ggggggnnnnnng n ggggg",
    "programmes:start_in_units": "nnnnn uunnnnnnnnnnn n uunnn",
    "programmes:take_over": "nnnnn uununnnnnnnnn n uunnn",
    "programmes:task_act": "nnnng nngoggggggggg g nnggg",
    "programmes:task_ask": "nnnnn oononnnnnnnnn n oonnn",
    "programmes:task_hand_over": "nnnnn oogogggnnnnng n ooggg",
    "programmes:material": "nnnng uuguggggggggg g uuggg",
    "programmes:material_act": "nnnnn oogognnnnnnng n ooggg",
    "programmes:material_new": "nnnnn uununnnnnnnnn n uunnn",
    "programmes:workshop_act": "nnnng oogoggggggggg g ooggg",
    "programmes:workshop_below": "nnnnn oogogggnnnnng n ooggg",
    "programmes:workshop_new": "nnnnn oononnnnnnnnn n oonnn",
    "programmes:workshop_remind": "nnnnn ccgcgggnnnnng n ccggg",
    "verification:check": "nnnnn nnnnnnnnnmnnn n nnnnn",
    "verification:checks": "nnnnn nnnnnnnnnmnnn n nnnnn",
    "verification:check_back": "nnnnn nnnnnnnnncnnn n nnnnn",
    "verification:check_begin": "nnnnn nnnnnnnnncnnn n nnnnn",
    "verification:check_end": "nnnnn nnnnnnnnncnnn n nnnnn",
    "verification:check_said": "nnnnn nnnnnnnnncnnn n nnnnn",
    "verification:check_take": "nnnnn nnnnnnnnnonnn n nnnnn",
    "verification:check_tell": "nnnnn nnnnnnnnncnnn n nnnnn",
    "verification:frame_close": "nnnnn ccnnnnnnnnnnn n ccnnn",
    "verification:frame_draw": "nnnnn uunnnnnnnnnnn n uunnn",
    "verification:frame_new": "nnnnn uunnnnnnnnnnn n uunnn",
    "verification:frame_redraw": "nnnnn uunnnnnnnnnnn n uunnn",
    "verification:frame_top_up": "nnnnn ccnnnnnnnnnnn n ccnnn",
    "verification:public_close": "nnnnn oonnnnnnnnnnn n oonnn",
    "verification:public_open": "nnnnn oonnnnnnnnnnn n oonnn",
    "verification:tie_end": "nnnnn oonnnnnnnnnnn n oonnn",
    "verification:ties_of": "nnnnn oonnnnnnnnnnn n oonnn",
    "verification:workers": "nnnnn oonnnnnnnnnnn n oonnn",
    "verification:flag_ask": "nnnnn oonnnnnnnnnnn n oonnn",
    "verification:flag_drop": "nnnnn oonnnnnnnnnnn n oonnn",
    "verification:flag_propose": "nnnnn ccnnnnnnnnnnn n ccnnn",
    "verification:fresh_new": "nnnnn ccnnnnnnnnnnn n ccnnn",
    "verification:aim_telling": "nnnnn ccnnnnnnnnnnn n ccnnn",
    "review:round_change": "nnnnn oonnnnnnnnnnn n oonnn",
    "review:round_new": "nnnnn uununnnnnnnnn n uunnn",
    "review:round_stand_in": "nnnnn uunnnnnnnnnnn n uunnn",
    "review:deck_template_use": "nnnnn onnnnnnnnnnnn n onnnn",
    "review:deck_templates": "nnnnn unnnnnnnnnnnn n unnnn",
    "review:schedule_act": "nnnng gggoggggggggg g ggggg",
    "review:review_decide": "nnnnn nngogggnnnnng n nnggg",
    "review:review_meeting": "nnnnn nngogggnnnnng n nnggg",
    "review:review_reply": "nnnng nngnggggggggg g nnggg",
    "verification:flag_mine": "nnnng gggoggggggggg g ggggg",
    "verification:aim_new": "nnnnn ccnnnnnnnnnnn n ccnnn",
    "verification:planted": "nnnnn oonnnnnnnnnnn n oonnn",
    "verification:planted_withdraw": "nnnnn ggnnnnnnnnnnn n ggnnn",
    "site:launch_call": "nnnnn ggngnnnnnnnnn n ggnnn",
    "site:unit_close": "nnnnn uunnnnnnnnunn u uunnn",
    "site:unit_open": "nnnnn oonnnnnnnnonn o oonnn",
}


@pytest.fixture(scope="module")
def everybody(cast: Cast, foreign: Things) -> dict[str, Client]:
    return cast.everybody()


@pytest.mark.parametrize("name", sorted(POSTS))
def test_whoever_sends_a_form_changes_only_what_the_table_of_acts_allows(
    name: str, cast: Cast, everybody: dict[str, Client], foreign: Things, others: dict[str, Any]
) -> None:
    where, sent = asked_of(name, cast, foreign, others)
    told = ""
    with undone():
        before = written()
        for role in EVERYBODY:
            with undone():
                answer = everybody[role].post(where, sent)
                letter = outcome(answer)  # type: ignore[arg-type]  # the client's own shape
                after = written()
            changed, before = {table for table, n in after.items() if n != before.get(table)}, after
            assert letter == "o" or changed <= SHOWN_AGAIN.get(name, set()), role
            told += letter
    assert told == ACTS[name].replace(" ", "")


ASKED_AT = {
    "org:decide_release": "allow=yes",
    "imports:step": "",
    "verification:check_tell": "outcome=genuine",
    **ASKED,
}
ASKING = re.compile(r'<form method="post"[^>]*? data-asks[^>]*>')


@pytest.mark.parametrize("name", sorted(FINAL))
def test_a_final_act_is_asked_about_once_and_nothing_is_done_by_looking(
    name: str, cast: Cast, foreign: Things, others: dict[str, Any], settings: LazySettings
) -> None:
    settings.ORIGIN, settings.ORGANISATION = "https://app.example.org", "Sangathan"  # what a notice needs
    client = cast.client(FINAL[name])
    more = filled(name, others) | ({"step": "discard"} if name == "imports:step" else {})
    if name == "site:unit_close":
        more |= {"code": "JK-B004"}  # nothing of it is in the way of closing it
    where = address(name, foreign, **more) + (f"?{ASKED_AT[name]}" if ASKED_AT.get(name) else "")
    with undone():
        if name == "org:decide":
            with system("test"):
                Appointment.objects.filter(public_id=foreign.appointment).update(state="disputed")
        with system("tests move time"):  # no form is offered before an act can be done
            if name == "verification:frame_close":
                Frame.objects.update(state=Frame.State.DRAWN, ends_on=date(2026, 1, 1))
            elif name == "verification:frame_redraw":
                Draw.objects.update(due_at=NOW)
            elif name == "verification:fresh_new":
                Flag.objects.update(asked_at=NOW - ANSWERS)
                flag = Flag.objects.get()
                in_district = Stratum.objects.filter(unit_id=flag.unit_id, frame__programme=flag.programme_id)
                told = Check.Outcome.GENUINE
                plant(in_district[0].frame, flag.unit_id, KNOWN, outcome=told, at=NOW)
        before = written()
        if name == "enrolment:notice":  # its text is typed first, and looked over
            answer = client.post(where, filled_in(offered(client)) | {"step": "look"})
        elif name == "verification:frame_new":  # the plan is looked at first
            answer = client.post(where, {key: one for key, one in POSTS[name][0].items() if key != "sure"})
        else:
            answer = client.get(where, follow=True)
        changed = {table for table, n in written().items() if n != before.get(table)}
    page = body(answer)
    assert answer.status_code == 200 and changed == set(), page.split("<main")[-1][:3000]
    (form,) = ASKING.findall(page)
    action = re.search(r'action="([^"]*)"', form)
    assert action is None or action[1] == where, "the form that asks is the one that does it"
    assert action is not None or not getattr(answer, "redirect_chain", []), (
        "it is sent to the address of the act"
    )


def test_no_page_does_a_final_act_without_asking() -> None:
    posts = re.compile(
        r"<form method=\"post\"[^>]*?action=\"\{% url '([a-z_:]+)'.*?</form>"
        r'|\{% post "([a-z_:]+)".*?\{% endpost %\}',
        re.DOTALL,
    )
    asks = re.compile(r' asks=True| data-asks|step="(look|change)"')
    for path in sorted(PACKAGE.glob("*/templates/**/*.html")):
        for form in posts.finditer(path.read_text()):
            act = form[1] or form[2]
            assert act not in FINAL or asks.search(form[0]), f"{path.name}: {act}"


def test_every_act_is_final_or_says_how_it_is_taken_back() -> None:
    assert FINAL.keys() & NOT_FINAL.keys() == set()
    assert FINAL.keys() | NOT_FINAL.keys() == POSTS.keys() | OWN


def test_every_entry_is_an_address_and_stands_once() -> None:
    assert POSTS.keys() | OWN | ASKED.keys() <= pages().keys(), "no such address any more"
    assert POSTS.keys() & OWN == set()


# Forms of acts that do something once, as sent by who may: sent again, nothing more is written. The others make a
# version, or say again what stands; codes, links, webhooks and downloads have tests of their own where they are.
SENT_TWICE: dict[str, dict[str, str]] = {
    "elections:alliance_withdraw": {},
    "elections:classes_withdraw": {"unit": "JK"},
    "elections:plan_withdraw": {},
    "elections:stated_withdraw": {},
    "enrolment:drive_end_number": {},
    "enrolment:drive_end_token": {},
    "enrolment:people_export": PLACE | {"in": "organisational", "reason": "mine"},
    "enrolment:person_revoke_card": {"reason": "lost"},
    "enrolment:person_strike_off": {"reason": "not_genuine"},
    "org:appoint": {
        "office": "district_president",
        "phone": "9906070777",
        "name": "Mine",
        "starts_on": "2026-12-01",
    },
    "org:end_appointment": {"reason": "because"},
    "programmes:close": {"typed": "Drive of JK-JAM"},
    "programmes:discard": {},
    "programmes:end_in_charge": {"reason": "mine"},
    "programmes:open": {},
    "programmes:set_target": {"about": "JK-JAM", "unit": "JK-JAM", "n": "7"},
}


@pytest.mark.parametrize("name", sorted(SENT_TWICE))
def test_a_form_sent_twice_does_once(
    name: str, cast: Cast, clients: dict[str, Client], foreign: Things, others: dict[str, Any]
) -> None:
    client = cast.client("state_president")
    where = address(name, foreign, **filled(name, others)) + (f"?{ASKED[name]}" if name in ASKED else "")
    with undone():
        told: list[set[str]] = []
        for _time in range(2):
            before = written()
            answer = client.post(where, SENT_TWICE[name])
            told.append({table for table, n in written().items() if n != before.get(table)})
        first, again = told
        assert first, body(answer).partition("<main")[2][:2000]
        assert again == set()
