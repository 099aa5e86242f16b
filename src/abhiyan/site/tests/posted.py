"""What the tests of access send to each act, and where what it is about stands in its address.

An act that needs no field, or no more than its address, is not named here.
"""

import hashlib

from abhiyan.messaging.tests.bulk import ENGLISH

PLACE = {"unit": "JK-JAM"}
DAYS = {"first": "2026-12-01", "last": "2026-12-02"}
BULK_HASH = hashlib.sha256(ENGLISH.encode()).hexdigest()
# Filled far enough that whose it is stands in the way.
POSTS: dict[str, dict[str, str]] = {
    "dialogues:away": {"first_on": "2026-12-01", "last_on": "2026-12-02"},
    "dialogues:call": {"outcome": "no_answer"},
    "dialogues:callers": {"offices": "district_in_charge", "per_day": "2"},
    "elections:alliance": {"name_en": "Ours", "lead": "BJP", "parties": "INC"},
    "elections:alliances": {"name_en": "Ours", "state": "U08", "lead": "BJP", "parties": "INC"},
    "elections:classes": {"unit": "JK", "side": "BJP", "rule-TOTAL_FORMS": "1", "rule-INITIAL_FORMS": "0"}
    | {"rule-0-code": "strong", "rule-0-lead_at_least": "10"},
    "elections:classes_withdraw": {"unit": "JK"},
    "elections:parties": {"party": "BJP", "was": "INC"},
    "elections:plan_change": {"name_en": "Mine", "party": "BJP", "seats_goal": "2", "method": "uniform"},
    "elections:plan_create": {"owner": "JK", "election": "LS2024", "state": "U08", "party": "BJP"},
    "elections:plan_lock_part": {"about": "JK-PC1", "locked": "on"},
    "elections:plan_pass": {"unit": "JK-PC1", "basis": "electors", "down_to": "all"},
    "elections:plan_pass_all": {"basis": "electors", "down_to": "all"},
    "elections:plan_seats": {"seat": "1", "votes_1": "7"},
    "elections:plan_set_part": {"about": "JK-PC1", "n": "7"},
    "elections:stated": {"party": "BJP", "share_pct": "1.5", "source": "A newspaper"},
    "enrolment:drive_ask_token": PLACE | {"name": "Mine", "channel": "3", "days": "9", "reason": "mine"},
    "enrolment:drive_codes": DAYS | {"unit": "JK"},
    "enrolment:drive_number": {
        "number": "+911800000010",
        "meaning": "join",
        "provider": "generic",
        "reason": "mine",
    },
    "enrolment:drive_end_number": {"reason": "mine"},
    "enrolment:drive_set_up": {"join_slug": "mine", "notice_version": "1", "replies_per_hour": "5"},
    "enrolment:field": {"unit": "JK-B004"},
    "enrolment:field_card": {"outcome": "reached"},
    "enrolment:field_try": {"unit": "JK-B004", "outcome": "1"},
    "enrolment:double": {"step": "merge"},
    "enrolment:halt": {"reason": "mine"},
    "enrolment:paper_new": PLACE | {"drive": "{programme_uuid}", "sheets": "2", "language": "hi"},
    "enrolment:paper_photo_change": {"turn": "1"},
    "enrolment:paper_sheet": {"keep": "both"},
    "enrolment:paper_type": {"l1-name": "Asha Devi", "anyway": "1"},
    "enrolment:people_export": PLACE | {"in": "organisational", "reason": "mine"},
    "enrolment:person_correct": {"name": "Somebody Else", "birth_year": "1980", "unit": "JK-B001"},
    "enrolment:person_revoke_card": {"reason": "lost"},
    "enrolment:person_strike_off": {"reason": "not_genuine"},
    "enrolment:ticket": {"text": "Mine"},
    "enrolment:unplaced": {"claim": "{unplaced}", "where": "JK-B001"},
    "forms:change": {"name_en": "Mine"},
    "forms:form_new": PLACE | {"ready": "meeting"},
    "helpdesk:helpline": {"number": "1800", "reason": "mine"},
    "helpdesk:many": {"ticket": "0", "text_en": "Mine", "is_done": "yes", "step": "send"},
    "helpdesk:ready_change": {"kind": "", "language": "en", "text": "Mine"},
    "helpdesk:ready_new": {"kind": "", "language": "en", "text": "Mine"},
    "helpdesk:ticket": {"text": "Mine", "is_done": "yes"},
    "helpdesk:ticket_merge": {"into": "H-0000-0000"},
    "helpdesk:ticket_move": {"unit": "JK-JAM", "kind": "card"},
    "helpdesk:type": {
        "phone": "9906000077",
        "language": "en",
        "kind": "card",
        "unit": "JK-JAM",
        "said": "Mine",
    },
    "imports:begin": {
        "unit": "{unit_id}",
        "option_drive": "{programme_uuid}",
        "file_name": "x.csv",
        "file_bytes": "9",
    },
    "imports:rest": {"file_name": "JK-JAM.csv", "file_bytes": "100"},
    "meetings:meeting_cancel": {"why": "Mine"},
    "meetings:meeting_new": PLACE
    | {"kind": "meeting", "title": "Mine", "first_on": "2026-12-01", "starts": "10:00", "place": "Mine"}
    | {"offices": "district_in_charge", "expected": "1"},
    "messaging:ask": {"programme": "{programme}", "reason": "mine"},
    "messaging:circular_new": PLACE | {"subject": "Mine", "text": "Mine", "office": "", "number": ""},
    "messaging:send_new": {
        "audience": "members:{roll}",
        "per_hour": "100",
        "v_en_place": "Jammu",
        "v_hi_place": "जम्मू",
    },
    "messaging:text": {
        "language": "en",
        "number": "7",
        "begins_on": "2026-12-01",
        "ends_on": "2026-12-02",
        "sha256": BULK_HASH,
    },
    "org:appoint": {
        "office": "mandal_president",
        "phone": "9906070777",
        "name": "Mine",
        "starts_on": "2026-12-01",
    },
    "org:answer_offer": {"answer": "accept"},
    "org:body_change": {"name_en": "Mine", "seats": "3"},
    "org:body_end": {"reason": "because"},
    "org:body_new": PLACE | {"kind": "committee", "name_en": "Mine", "seats": "3"},
    "org:ask_factor_reset": {"reason": "because"},
    "org:decide": {"order_no": "7"},
    "org:decide_release": {"allow": "yes"},
    "org:end_appointment": {"reason": "because"},
    "org:poll_new": {"kind": "none", "name": "Mine", "announced_on": "2026-12-01", "result_on": "2026-12-02"}
    | {"source": "Mine", "phases": "1", "areas_1": "JK"},
    "people:factor_rename": {"label": "Mine"},
    "programmes:answer_charge": {"answer": "accept"},
    "programmes:change": {"name_en": "Mine", "closes_on": "{soon}"},
    "programmes:create": {"template": "membership_drive", "owner": "{unit_id}", "name_en": "Mine"}
    | {"opens_on": "2026-12-01", "closes_on": "2026-12-09"},
    "programmes:draft": {"units": "{unit_id}", "then": "next"},
    "programmes:end_in_charge": {"reason": "mine"},
    "programmes:go_back": PLACE | {"expected": "x"},
    "programmes:lock_target": {"about": "JK-JAM-M1", "unit": "JK-JAM", "locked": "on"},
    "programmes:name_in_charge": PLACE | {"account": "{account}", "role": "in_charge"},
    "programmes:own_figures": PLACE
    | {"measure": "1", "begins_on": "2026-12-01", "ends_on": "2026-12-02", "n": "7"},
    "programmes:set_target": {"about": "JK-JAM", "unit": "JK-JAM", "n": "7"},
    "programmes:split_target": PLACE | {"how": "equally", "levels": "1", "expected": "x"},
    "programmes:take_over": PLACE | {"plan": "{plan}", "expected": "x"},
    "programmes:task_ask": {
        "title": "Mine",
        "whom": "{seat}",
        "due_on": "2099-12-01",
        "due_time": "18:00",
        "effort_in": "hours",
    },
    "programmes:task_hand_over": {"whom": "{seat}"},
    "programmes:material_new": PLACE | {"name_en": "Mine"},
    "programmes:asked_new": PLACE
    | {"title": "Mine", "wanted": "meeting", "whom": "office:mandal_president:mandal", "rhythm": "monthly"}
    | {"first_on": "2026-12-01", "last_on": "2026-12-31", "hour": "18:00", "expected": "x"},
    "programmes:due_act": {"reason": "Mine"},
    "site:field_due": {"on": "2026-11-24"},
    "site:today_take": {"what": "vacant"},
    "verification:check_back": {"reason": "knows"},
    "verification:check_said": {"how": "By phone", "meaning": "joined"},
    "verification:check_tell": {"outcome": "genuine"},
    "verification:flag_propose": {"reason": "Mine"},
    "verification:aim_telling": {"checks": "5"},
    "review:round_new": PLACE
    | {"name": "Mine", "what": "mandal", "office": "district_in_charge"}
    | {"begins_on": "2026-12-01", "ends_on": "2026-11-01"},
    "review:round_change": {"ends_on": "{soon}", "reason": "Mine"},
    "review:round_stand_in": {"appointment": "{account}"},
    "review:review_decide": {"decision": "help", "text": "Mine"},
    "review:review_meeting": {"meets_on": "{soon}"},
    "review:review_reply": {"text": "Mine"},
    "verification:flag_mine": {"text": "There was a fair"},
    "verification:aim_new": {"unit": "JK-JAM-M1", "checks": "1", "reason": "mine, and why"},
    "verification:frame_draw": {"value": "8c3fa0"},
    "verification:frame_new": {
        "checks": "9",
        "floor": "1",
        "source": "a round",
        "known_on": "2027-12-01",
        "ends_on": "2027-12-09",
    }
    | {"sure": "yes"},
    "verification:frame_redraw": {
        "reason": "late",
        "source": "a lottery",
        "due_at": "2027-12-01",
        "ends_on": "2027-12-09",
    },
    "verification:frame_top_up": {"checks": "60", "sure": "yes"},
    "verification:ties_of": PLACE | {"office": "district_in_charge"},
    "verification:planted": {"is_genuine": "yes", "channel": "4", "agreed": "on"}
    | {"people": "Mine, 98765 43210, JK-B004, 2026-11-02, 1980"},
    "verification:planted_withdraw": {"phone": "98765 43210"},
    "site:unit_close": {"on": "2026-01-01"},
}
# What stands in the address, where the page reads there what the form is about.
ASKED = {
    "elections:classes_withdraw": "unit=JK",
    "helpdesk:ready_new": "unit=JK-JAM",
    "messaging:circular_new": "unit=JK-JAM",
    "messaging:send_new": "unit=JK-JAM&text={text}",
    "enrolment:drive_link": "unit=JK-JAM",
    "elections:plan_create": "owner=JK&election=LS2024&state=U08",
    "meetings:meeting_new": "unit=JK-JAM",
    "programmes:asked_new": "unit=JK-JAM",
    "programmes:due_act": "unit=JK-JAM-M1",
    "programmes:go_back": "unit=JK-JAM",
    "programmes:name_in_charge": "unit=JK-JAM&q=mandal_president",
    "programmes:split_target": "unit=JK-JAM",
    "programmes:task_ask": "unit=JK-JAM",
}
