"""The access table, asked: every address as every role, with things of one's own district and of another.

The table below says what each of them gets; whoever changes who may open what changes it here, and sees it.
"""

import base64
import json
import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client

from abhiyan.site.access import HOT, pages
from abhiyan.site.tests import files
from abhiyan.site.tests.addresses import (
    FOREIGN_CROWD,
    SECRETS,
    Things,
    address,
    body,
    filled,
    more_things,
    outcome,
    things,
)
from abhiyan.site.tests.cast import EVERYBODY, ROLES, Cast
from abhiyan.verification.tests.odd_entries import DECIDERS, ask_three, words_of

# o: opened, or led on within. s: sent to where the missing is shown (sign-in, second factor, code). n: 403, not yours.
# g: 404, no such thing in sight. m: 405, an act, not done by looking. u: 400 or 422.
# One letter per role, in the order of EVERYBODY: anonymous, visitor, member, weak, no_office, national_president,
# state_president, district_in_charge, district_elsewhere, mandal_president, cluster_in_charge, booth_president,
# booth_worker, call_centre_agent, verifier, it_administrator, data_officer, constituency_in_charge, root,
# national_general_secretary, state_general_secretary, district_president, mandal_in_charge, segment_in_charge.
# A pair: with things of the own district, and of the other one.
EXPECTED: dict[str, str | tuple[str, str]] = {
    "elections:alliance": "sssso oooooooooooooo ooooo",
    "elections:alliance_withdraw": "ssssn oonnnnnnnnnnnn oonnn",
    "elections:alliances": "sssso oooooooooooooo ooooo",
    "elections:classes": "sssso oooooooooooooo ooooo",
    "elections:classes_withdraw": "ssssn ggnnnnnnnnnnnn ggnnn",
    "elections:election": "sssso oooooooooooooo ooooo",
    "elections:list": "sssso oooooooooooooo ooooo",
    "elections:parties": "sssso oooooooooooooo ooooo",
    "elections:party_separate": "ssssn mmnnnnnnnnmnnn mmnnn",
    "elections:plan": "ssssn ooooonnnnnnnon ooooo",
    "elections:plan_below": "ssssn ooooonnnnnnnon ooooo",
    "elections:plan_change": "ssssn oonnnnnnnnnnnn oonnn",
    "elections:plan_check": "sssso oooooooooooooo ooooo",
    "elections:plan_compare": "ssssn ooooonnnnnnnon ooooo",
    "elections:plan_create": "ssssn oonnnnnnnnnnnn oonnn",
    "elections:plan_lock_part": "ssssn oonnnnnnnnnnnn oonnn",
    "elections:plan_pass": "ssssn oonnnnnnnnnnnn oonnn",
    "elections:plan_pass_all": "ssssn oonnnnnnnnnnnn oonnn",
    "elections:plan_seats": "ssssn oonnnnnnnnnnnn oonnn",
    "elections:plan_set_part": "ssssn oonnnnnnnnnnnn oonnn",
    "elections:plan_sides": "ssssn ooooonnnnnnnon ooooo",
    "elections:plan_withdraw": "ssssn oonnnnnnnnnnnn oonnn",
    "elections:plans": "ssssn ooooonnnnnnnon ooooo",
    "elections:seat": "sssso oooooooooooooo ooooo",
    "elections:seats": "sssso oooooooooooooo ooooo",
    "elections:stated": "ssssn oonnnnnnnnonnn oonnn",
    "elections:stated_withdraw": "ssssn oonnnnnnnnonnn oonnn",
    "elections:unit": "sssso oooooooooooooo ooooo",
    "enrolment:denials": "ssssn nnnnnnnnnnnonn nnnnn",
    "enrolment:halt": "ssssn oogognnnnnngnn ooggn",
    "enrolment:double": "ssssn mmmmmnnnnnnnnn mmmmn",
    "enrolment:doubles": "ssssn ooooonnnnnnnnn oooon",
    "enrolment:doubles_ask": "ssssn ooooonnnnnnnnn oooon",
    "enrolment:doubles_look": "ssssn mmmmmnnnnnnnnn mmmmn",
    "enrolment:doubles_many": "ssssn gggggnnnnnnnnn ggggn",
    "enrolment:drive": "ssssg oooooooooooooo ooooo",
    "enrolment:drive_ask_token": "ssssn mmnnnnnnnnmnnn mmnnn",
    "enrolment:drive_codes": "ssssn mmmmmnnnnnnnmn mmmmm",
    "enrolment:drive_end_number": ("ssssn ggnnnnnnnngnnn ggnnn", "ssssn oonnnnnnnnonnn oonnn"),
    "enrolment:drive_end_token": ("ssssn ggnnnnnnnngnnn ggnnn", "ssssn oonnnnnnnnonnn oonnn"),
    "enrolment:drive_funnel": "ssssg ooooooooooooon ooooo",
    "enrolment:drive_make_token": "ssssn mmnnnnnnnnmnnn mmnnn",
    "enrolment:drive_number": "ssssn mmnnnnnnnnmnnn mmnnn",
    "enrolment:drive_poster_pdf": "ssssg oooooooooooooo ooooo",
    "enrolment:drive_link": "ssssn oooooooonnnnnn oooon",
    "enrolment:drive_referrals": "ssssn ooooooooonnnon ooooo",
    "enrolment:drive_poster": "ssssg oooooooooooooo ooooo",
    "enrolment:drive_set_up": "ssssn mmmmmnnnnnnnmn mmmmm",
    "enrolment:field": "ssssn oooooooonnnnnn oooon",
    "enrolment:field_entries": "ssssn oooooooonnnnnn oooon",
    "enrolment:field_entry": "ssssn ggggggggnnnnnn ggggn",
    "enrolment:field_try": "ssssn mmmmmmmmnnnnnn mmmmn",
    "enrolment:join": "ooooo oooooooooooooo ooooo",
    "enrolment:join_code": "ssoss ssssssssssssss sssss",
    "enrolment:join_done": "ssoss ssssssssssssss sssss",
    "enrolment:join_drive": "ooooo oooooooooooooo ooooo",
    "enrolment:join_member": "sssss ssssssssssssss sssss",
    "enrolment:join_places": "ooooo oooooooooooooo ooooo",
    "enrolment:join_received": "ooooo oooooooooooooo ooooo",
    "enrolment:link": "ggggg gggggggggggggg ggggg",
    "enrolment:me": "ooooo oooooooooooooo ooooo",
    "enrolment:me_card": "ssoss ssssssssssssss sssss",
    "enrolment:me_card_pdf": "ssoss ssssssssssssss sssss",
    "enrolment:me_card_png": "ssoss ssssssssssssss sssss",
    "enrolment:me_code": "sssss ssssssssssssss sssss",
    "enrolment:me_confirm": "ssmss ssssssssssssss sssss",
    "enrolment:me_consents": "ssmss ssssssssssssss sssss",
    "enrolment:me_back": "ssmss ssssssssssssss sssss",
    "enrolment:me_correct": "ssoss ssssssssssssss sssss",
    "enrolment:me_data": "ssoss ssssssssssssss sssss",
    "enrolment:me_deny": "ssoss ssssssssssssss sssss",
    "enrolment:me_erase": "ssoss ssssssssssssss sssss",
    "enrolment:me_phone": "ooooo oooooooooooooo ooooo",
    "enrolment:me_phone_code": "sssss ssssssssssssss sssss",
    "enrolment:me_phone_stop": "ssmss ssssssssssssss sssss",
    "enrolment:moved": "ggggg gggggggggggggg ggggg",
    "enrolment:me_ticket": "ssoss ssssssssssssss sssss",
    "enrolment:ticket": "ssssn nnnnnnnnnnngnn nnnnn",
    "enrolment:tickets": "ssssn nnnnnnnnnnnonn nnnnn",
    "enrolment:me_leave": "ssoss ssssssssssssss sssss",
    "enrolment:me_stop": "ssmss ssssssssssssss sssss",
    "enrolment:me_out": "mmmmm mmmmmmmmmmmmmm mmmmm",
    "enrolment:me_which": "ssoss ssssssssssssss sssss",
    "enrolment:nameless": "ssssn oooooonnnnnnon ooooo",
    "enrolment:nameless_settle": "ssssn ooggggnnnnnngn ooggg",
    "enrolment:notice_audio": "ssssn oonnnnnnnnnnnn oonnn",
    "enrolment:notice_heard": "ggggg gggggggggggggg ggggg",
    "enrolment:notice": "ssssn oonnnnnnnnnnnn oonnn",
    "enrolment:openapi": "ooooo oooooooooooooo ooooo",
    "enrolment:people": ("ssssn ooonnnnnonnnnn ooonn", "ssssn oononnnnnnnnnn oonnn"),
    "enrolment:people_download": "ssssn mmmmnnnnnnnnnn mmmnn",
    "enrolment:people_export": "ssssn mmmmnnnnnnnnnn mmmnn",
    "enrolment:person": ("ssssn ooogooooonnnon oooog", "ssssn oogogggggnnngn ooggo"),
    "enrolment:person_correct": ("ssssn ooogooonnnnnnn oooon", "ssssn oogogggnnnnnnn ooggn"),
    "enrolment:person_reveal": "ssssn mmmmmmmnnnnnnn mmmmn",
    "enrolment:person_revoke_card": ("ssssn ooogooonnnnnnn oooon", "ssssn oogogggnnnnnnn ooggn"),
    "enrolment:person_strike_off": ("ssssn ooogonnnnnnnnn oooon", "ssssn oogognnnnnnnnn ooggn"),
    "enrolment:text": "ssssn oogonnnnnnnnnn oognn",
    "enrolment:text_number": "ssssn mmmmnnnnnnnnnn mmmnn",
    "enrolment:paper_list": "ssssn oooooooonnnnnn oooon",
    "enrolment:paper_new": "ssssn oooooooonnnnnn oooon",
    "enrolment:paper_batch": "ssssn oogoggggnnnnnn ooggn",
    "enrolment:paper_form": "ssssn oogoggggnnnnnn ooggn",
    "enrolment:paper_photo": "ssssn oogogggggnnngn ooggg",
    "enrolment:paper_photo_change": "ssssn oogoggggnnnnnn ooggn",
    "enrolment:paper_photo_remove": "ssssn oogoggggnnnnnn ooggn",
    "enrolment:paper_photo_small": "ssssn oogogggggnnngn ooggg",
    "enrolment:paper_sheet": "ssssn oogoggggnnnnnn ooggn",
    "enrolment:paper_type": "ssssn oogognnnnngnnn ooggn",
    "enrolment:texts": "ssssn oooonnnnnnnnnn ooonn",
    "enrolment:placing_groups": "ssssn oooooonnnnnnon ooooo",
    "enrolment:placing_place": "ssssn ggggggnnnnnngn ggggg",
    "enrolment:placing_undo": "ssssn mmmmmmnnnnnnmn mmmmm",
    "enrolment:unplaced": "ssssn oooooonnnnnnon ooooo",
    "helpdesk:helpline": "ssssn ooooonnnnnnnon ooooo",
    "helpdesk:many": "ssssn ooooooononnnnn oooon",
    "helpdesk:many_approved": "ssssn gggggggngnnnnn ggggn",
    "helpdesk:ready": "ssssn ooooooonononnn oooon",
    "helpdesk:ready_change": "ssssn ooooooonnnnnon ooooo",
    "helpdesk:ready_new": "ssssn ooooooonnnnnon ooooo",
    "helpdesk:sent": "ooooo oooooooooooooo ooooo",
    "helpdesk:solved": "ggggg gggggggggggggg ggggg",
    "helpdesk:ticket": "ssssn oogogggngngnnn ooggn",
    "helpdesk:ticket_merge": "ssssn oogogggngngnnn ooggn",
    "helpdesk:ticket_move": "ssssn oogogggngngnnn ooggn",
    "helpdesk:ticket_phone": "ssssn mmmmmmmnmnmnnn mmmmn",
    "helpdesk:ticket_reopen": "ssssn oogogggngngnnn ooggn",
    "helpdesk:tickets": "ssssn ooooooonononnn oooon",
    "helpdesk:times": "ssssn ooooooononnnnn oooon",
    "helpdesk:type": "ssssn ooooooononnnnn oooon",
    "helpdesk:write": "ooooo oooooooooooooo ooooo",
    "imports:begin": "ssssn ooooonnnnnongg oooog",
    "imports:columns": "ssssn mmmmmnnnnnmnmm mmmmm",
    "imports:differences": "ssssn gggggnnnnngngg ggggg",
    "imports:empty": "ssssn ooooonnnnnongg oooog",
    "imports:lacking": ("ssssn oooggnnnnngngg ooogg", "ssssn oogognnnnngngg ooggg"),
    "imports:list": "ssssn ooooonnnnnonoo ooooo",
    "imports:one": ("ssssn oooggnnnnngngg ooogg", "ssssn oogognnnnngngg ooggg"),
    "imports:piece": ("ssssn oooggnnnnngngg ooogg", "ssssn oogognnnnngngg ooggg"),
    "imports:progress": ("ssssn oooggnnnnngngg ooogg", "ssssn oogognnnnngngg ooggg"),
    "imports:refused": ("ssssn oooggnnnnngngg ooogg", "ssssn oogognnnnngngg ooggg"),
    "imports:rest": "ssssn mmmmmnnnnnmnmm mmmmm",
    "imports:step": ("ssssn oooggnnnnngngg ooogg", "ssssn oogognnnnngngg ooggg"),
    "messaging:ask": "ssssn mmnnnnnnnnnnnn mmnnn",
    "enrolment:question": "ggggg gggggggggggggg ggggg",
    "messaging:circular": "ssssg oogogggggogggg ooggg",
    "messaging:circular_new": "ssssn ooooonnnnnnnnn oooon",
    "messaging:circular_step": "ssssn oogognnnnnnnnn ooggn",
    "messaging:circulars": "sssso oooooooooooooo ooooo",
    "messaging:list": "ssssn ooooonnnnnonon ooooo",
    "messaging:office": "ggggg gggggggggggggg ggggg",
    "messaging:release": "ssssn gogggnnnnnnngn ggggg",
    "messaging:send": "ssssn oogognnnnnnggn ooggg",
    "messaging:send_new": "ssssn oonnnnnnnnnnnn oonnn",
    "messaging:send_progress": "ssssn oogognnnnnnggn ooggg",
    "messaging:send_step": "ssssn oonnnnnnnnnnnn oonnn",
    "messaging:sends": "ssssn oonnnnnnnnnnnn oonnn",
    "messaging:text": "ssssn oonnnnnnnnnnnn oonnn",
    "messaging:text_new": "ssssn oonnnnnnnnnnnn oonnn",
    "messaging:texts": "ssssn oonnnnnnnnnnnn oonnn",
    "org:answer_offer": "ssssm mmmmmmmmmmmmmm mmmmm",
    "org:appoint": ("ssssn ooonnnnnnnnnno ooonn", "ssssn oononnnnnnnnno oonnn"),
    "org:appointment": "ssssg oooooooooooooo ooooo",
    "org:appointments": "ssssn ooooooonnnoooo ooooo",
    "org:ask_factor_reset": "ssssn mmmmmnnnnnmnnm mmmmn",
    "org:decide": "ssssn oonnnnnnnnnnno oonnn",
    "org:decide_release": ("ssssn oooggnnnnnnogn ooogg", "ssssn oogognnnnnnggn ooggg"),
    "org:end_appointment": ("ssssg ooonnnnnnnnnno ooonn", "ssssg oononnnnnnnnno oonnn"),
    "org:first_word": ("ssssn oonnnnnnnnnnno ooonn", "ssssn oonnnnnnnnnnno oonnn"),
    "org:poll": "sssso oooooooooooooo ooooo",
    "org:poll_new": "ssssn oonnnnnnnnnnnn oonnn",
    "org:poll_preview": "ssssn oonnnnnnnnnnnn oonnn",
    "org:poll_take_back": "ssssn oonnnnnnnnnnnn oonnn",
    "org:poll_withdraw": "ssssn oonnnnnnnnnnnn oonnn",
    "org:polls": "sssso oooooooooooooo ooooo",
    "org:releases": "sssso oooooooooooooo ooooo",
    "org:reset_factors": "ssssn oogognnnnngnng ooggn",
    "org:stop_reset": "ssssg gggggggggggggg ggggg",
    "people:account": "sssso oooooooooooooo ooooo",
    "people:console": "ooooo oooooooooooooo ooooo",
    "people:demo_sign_in": "nnnnn nnnnnnnnnnnnnn nnnnn",
    "people:factor_passkey": "sssso oooooooooooooo ooooo",
    "people:factor_remove": "ssssg gggogggggggggg ggggg",
    "people:factor_rename": "ssssm mmmmmmmmmmmmmm mmmmm",
    "people:factor_totp": "sssso oooooooooooooo ooooo",
    "people:language": "mmmmm mmmmmmmmmmmmmm mmmmm",
    "people:recovery_codes": "sssso oooooooooooooo ooooo",
    "people:second_factor": "sssoo oooooooooooooo ooooo",
    "people:second_factor_passkey": "sssmm mmmmmmmmmmmmmm mmmmm",
    "people:session_end": ("ssssg ggoggggggggggg ggggg", "ssssg gggogggggggggg ggggg"),
    "people:sessions_end": "sssso oooooooooooooo ooooo",
    "people:sign_in": "ooooo oooooooooooooo ooooo",
    "people:sign_in_code": "sosss ssssssssssssss sssss",
    "people:document_check": "ggggg gggggggggggggg ggggg",
    "people:sign_out": "mmmmm mmmmmmmmmmmmmm mmmmm",
    "programmes:answer_charge": "sssso oooooooooooooo ooooo",
    "programmes:below": "ssssg ooooooooooooon ooooo",
    "programmes:change": ("ssssn ooonnnnnnnnnnn ooonn", "ssssn oononnnnnnnnnn oonnn"),
    "programmes:charges": "sssso oooooooooooooo ooooo",
    "programmes:close": ("ssssn ooonnnnnnnnnnn ooonn", "ssssn oononnnnnnnnnn oonnn"),
    "programmes:counts": "ssssg ooooooooooooon ooooo",
    "programmes:create": "ssssn oonnnnnnnnnnnn oonnn",
    "programmes:discard": "ssssn oonnnnnnnnnnnn oonnn",
    "programmes:draft": "ssssn oonnnnnnnnnnnn oonnn",
    "programmes:end_in_charge": ("ssssn gggggnnnnnnngn ggggg", "ssssn oononnnnnnnnnn oonnn"),
    "programmes:go_back": "ssssn oooooonnnnnnon ooooo",
    "programmes:in_charges": "ssssg ooooooooooooog ooooo",
    "programmes:list": "sssso oooooooooooooo ooooo",
    "programmes:lock_target": "ssssn oooooonnnnnnon ooooo",
    "programmes:misfits": "ssssg ooooooooooooog ooooo",
    "programmes:name_in_charge": "ssssn ooooonnnnnnnon ooooo",
    "programmes:open": "ssssn oonnnnnnnnnnnn oonnn",
    "programmes:own_figures": "ssssg ooooooooooooog ooooo",
    "programmes:programme": "ssssg ooooooooooooog ooooo",
    "programmes:set_target": "ssssn oooooonnnnnnon ooooo",
    "programmes:split_preview": ("ssssn uuunuunnnnnnnn uuuun", "ssssn uununnnnnnnnnn uunnn"),
    "programmes:split_target": "ssssn oooooonnnnnnon ooooo",
    "programmes:start_in_units": ("ssssn oonnnnnnnnnnnn oonnn", "ssssn oonnnnnnnnnnnn oonnn"),
    "programmes:take_over": ("ssssn ooonnnnnnnnnnn ooonn", "ssssn oononnnnnnnnnn oonnn"),
    "programmes:record": "sssso oooooooooooooo ooooo",
    "programmes:record_of": "ssssg gogogggggggggg goggg",
    "programmes:task": "ssssg oogogggggggggg ooggg",
    "programmes:task_act": "sssso oooooooooooooo ooooo",
    "programmes:task_ask": "ssssn ooooooonnnnnon ooooo",
    "programmes:task_hand_over": "ssssn oogogggnnnnngn ooggg",
    "programmes:tasks": "sssso oooooooooooooo ooooo",
    "programmes:share": "ssssg ooooooooooooog ooooo",
    "programmes:share_picture": "ssssg ooooooooooooog ooooo",
    "programmes:material": "ssssg oogogggggggggg ooggg",
    "programmes:material_act": "ssssn ooooonnnnnnnon ooooo",
    "programmes:material_file": "ssssg oogogggggggggg ooggg",
    "programmes:material_new": ("ssssn ooononnnnnnnnn oooon", "ssssn oononnnnnnnnnn oonnn"),
    "programmes:materials": "ssssg ooooooooooooog ooooo",
    "programmes:own_materials": "sssso oooooooooooooo ooooo",
    "programmes:workshop": "ssssg oogogggggggggg ooggg",
    "programmes:workshop_act": "sssso oooooooooooooo ooooo",
    "programmes:workshop_below": "ssssn oogogggnnnnngn ooggg",
    "programmes:workshop_new": ("ssssn ooonooonnnnnnn oooon", "ssssn oononnnnnnnnnn oonnn"),
    "programmes:workshop_remind": "ssssn oogogggnnnnngn ooggg",
    "programmes:workshops": "ssssg ooooooooooooog ooooo",
    "review:dossier": "ssssn ooooooooooooon ooooo",
    "site:launch": "ssssg ooooooooooooon ooooo",
    "site:launch_call": "ssssn mmmmmmmnnnnnnn mmmmn",
    "programmes:targets": "ssssg ooooooooooooog ooooo",
    "programmes:version": ("ssssg gggggggggggggg ggggg", "ssssg ooooooooooooog ooooo"),
    "programmes:versions": "ssssg ooooooooooooog ooooo",
    "site:demo_phone": "nnnnn nnnnnnnnnnnnnn nnnnn",
    "site:membership_votes": "sssso oooooooooooooo ooooo",
    "site:search": "sssso oooooooooooooo ooooo",
    "site:today": "sssso oooooooooooooo ooooo",
    "site:unit": "sssso oooooooooooooo ooooo",
    "site:unit_close": "ssssn oonnnnnnnnonno oonnn",
    "site:unit_open": "ssssn mmnnnnnnnnmnnm mmnnn",
    "site:units": "sssso oooooooooooooo ooooo",
    "ui:accent": "ooooo oooooooooooooo ooooo",
    "ui:kit": "sssoo oooooooooooooo ooooo",
    "units:children": "sssso oooooooooooooo ooooo",
    "units:search": "sssso oooooooooooooo ooooo",
    "verification:check": "ssssn nnnnnnnnnonnnn nnnnn",
    "verification:check_back": "ssssn nnnnnnnnnonnnn nnnnn",
    "verification:check_begin": "ssssn nnnnnnnnnmnnnn nnnnn",
    "verification:check_end": "ssssn nnnnnnnnnonnnn nnnnn",
    "verification:check_said": "ssssn nnnnnnnnnmnnnn nnnnn",
    "verification:check_take": "ssssn nnnnnnnnnmnnnn nnnnn",
    "verification:check_tell": "ssssn nnnnnnnnnunnnn nnnnn",
    "verification:checks": "ssssn nnnnnnnnnonnnn nnnnn",
    "verification:aim_new": "ssssn oonnnnnnnnnnnn oonnn",
    "verification:aims": "ssssn oonnnnnnnnnnnn oonnn",
    "verification:workers": "ssssn oonnnnnnnnnnnn oonnn",
    "verification:flag": "ssssn oonnnnnnnnnnnn oonnn",
    "verification:flag_ask": "ssssn oonnnnnnnnnnnn oonnn",
    "verification:flag_drop": "ssssn oonnnnnnnnnnnn oonnn",
    "verification:flag_propose": "ssssn oonnnnnnnnnnnn oonnn",
    "verification:fresh_new": "ssssn oonnnnnnnnnnnn oonnn",
    "verification:aim_telling": "ssssn oonnnnnnnnnnnn oonnn",
    "review:rounds": "sssso oooooooooooooo ooooo",
    "review:round_new": "ssssn ooooooonnnnngn oooog",
    "review:dossier_print": "ssssn ooooooooooooon ooooo",
    "review:round": "sssso oooooooooooooo ooooo",
    "review:round_change": "ssssn oonnnnnnnnnnnn oonnn",
    "review:round_stand_in": "ssssn oonnnnnnnnnnnn oonnn",
    "review:round_week": "ssssn gggggggnnnnngn ggggg",
    "review:review": "ssssg oogogggggggggg ooggg",
    "review:review_decide": "ssssn nngogggnnnnngn nnggg",
    "review:review_meeting": "ssssn nngogggnnnnngn nnggg",
    "review:review_reply": "ssssg nngngggggggggg nnggg",
    "review:deck": "ssssg ooooooooooooon ooooo",
    "review:deck_file": "ssssg ooooooooooooon ooooo",
    "review:deck_new": "ssssn ooooooooooooon ooooo",
    "review:deck_schedule": "ssssg ooooooooooooon ooooo",
    "review:deck_template_file": "ssssn gnnnnnnnnnnnnn gnnnn",
    "review:deck_template_house": "ssssn onnnnnnnnnnnnn onnnn",
    "review:deck_template_sample": "ssssn gnnnnnnnnnnnnn gnnnn",
    "review:deck_template_use": "ssssn ooooooonnnnnon ooooo",
    "review:deck_templates": "ssssn onnnnnnnnnnnnn onnnn",
    "review:schedule_act": "sssso oooooooooooooo ooooo",
    "verification:flag_mine": "ssssg gggogggggggggg ggggg",
    "verification:frame_beside": "ssssg oooooooooooooo ooooo",
    "verification:frame": "ssssg oooooooooooooo ooooo",
    "verification:frame_close": "ssssn oonnnnnnnnnnnn oonnn",
    "verification:frame_draw": "ssssn oonnnnnnnnnnnn oonnn",
    "verification:frame_file": "ssssn oonnnnnnnnnnnn oonnn",
    "verification:frame_more": "ssssn oonnnnnnnnnnnn oonnn",
    "verification:frame_new": "ssssn oonnnnnnnnnnnn oonnn",
    "verification:frame_redraw": "ssssn oonnnnnnnnnnnn oonnn",
    "verification:frame_top_up": "ssssn oonnnnnnnnnnnn oonnn",
    "verification:tie_end": "ssssn mmnnnnnnnnnnnn mmnnn",
    "verification:ties": "ssssn nnnnnnnnnonnnn nnnnn",
    "verification:ties_of": "ssssn oonnnnnnnnnnnn oonnn",
    "verification:frames": "ssssg oooooooooooooo ooooo",
    "verification:public": "ggggg gggggggggggggg ggggg",
    "verification:public_close": "ssssn oonnnnnnnnnnnn oonnn",
    "verification:public_file": "ggggg gggggggggggggg ggggg",
    "verification:public_more": "ggggg gggggggggggggg ggggg",
    "verification:public_open": "ssssn oonnnnnnnnnnnn oonnn",
    "verification:planted": "ssssn oonnnnnnnnnnnn oonnn",
    "verification:planted_withdraw": "ssssn oonnnnnnnnnnnn oonnn",
    "verification:verifiers": "ssssn oonnnnnnnnnnnn oonnn",
}
# Who may see the people, and the exact counts, of the other district.
OVER_THE_OTHER = {
    "national_president",
    "national_general_secretary",
    "state_president",
    "state_general_secretary",
    "district_elsewhere",
    "segment_in_charge",  # of a segment there
}


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    cast = Cast.make(foreign=FOREIGN_CROWD)
    cast.fold()
    return cast


@pytest.fixture(scope="module")
def clients(cast: Cast) -> dict[str, Client]:
    return cast.everybody()


@pytest.fixture(scope="module")
def of_flags(cast: Cast) -> re.Pattern[str]:
    """Workers are asked about their entries; and what a page would have on it that told of one."""
    return words_of(cast, ask_three(cast))


@pytest.fixture(scope="module")
def own(cast: Cast, clients: dict[str, Client]) -> Things:
    return things(cast, "district_in_charge", "JK-SRI", "JK-B001", cast.membership(cast.own_member))


@pytest.fixture(scope="module")
def foreign(cast: Cast, clients: dict[str, Client]) -> Things:
    return things(cast, "district_elsewhere", "JK-JAM", "JK-B004", cast.membership(cast.foreign_member))


@pytest.fixture(scope="module")
def others(
    cast: Cast,
    own: Things,
    foreign: Things,
    of_flags: re.Pattern[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Any]:
    """Plans, tokens, versions and the like, of the other district and of the state: what is named there is there."""
    return more_things(cast, foreign, tmp_path_factory.mktemp("results"))


@pytest.fixture(scope="module")
def filled_in(own: Things, foreign: Things, others: dict[str, Any], cast: Cast) -> files.Filled:
    """What fills addresses; and a unit whose name is a formula."""
    files.plant_formula(cast)
    return files.Filled(cast, (own, foreign), others)


def asked(
    clients: dict[str, Client], name: str, of: Things, others: dict[str, Any]
) -> Iterator[tuple[str, str, str]]:
    """role, outcome, body: of one address, looked at by every role. Whatever a look changed is undone."""
    where = address(name, of, **filled(name, others))
    for role in EVERYBODY:
        with transaction.atomic():
            answer = clients[role].get(where)
            yield role, outcome(answer), body(answer)  # type: ignore[arg-type]  # the client's own shape
            transaction.set_rollback(True)


@pytest.mark.parametrize("name", sorted(pages()))
def test_every_address_as_every_role(
    name: str,
    clients: dict[str, Client],
    own: Things,
    foreign: Things,
    others: dict[str, Any],
    of_flags: re.Pattern[str],
) -> None:
    told: list[tuple[str, str]] = []
    found = []
    for of in (own, foreign) if address(name, own) != address(name, foreign) else (own,):
        letters = ""
        for role, letter, text in asked(clients, name, of, others):
            letters += (
                f" {letter}" if role in ("national_president", "national_general_secretary") else letter
            )
            if role not in OVER_THE_OTHER:
                told += [(role, each) for each in SECRETS.findall(text)]
            if role not in DECIDERS:
                told += [(role, each) for each in of_flags.findall(text)]
        found.append(letters)
    wanted = EXPECTED[name]
    both = wanted if isinstance(wanted, tuple) else (wanted, wanted)
    assert tuple(found) == both[: len(found)]
    assert told == []


def test_the_secrets_looked_for_would_be_found(clients: dict[str, Client], own: Things) -> None:
    """The other district's own in-charge sees name, last digits and the exact count."""
    client = clients["district_elsewhere"]
    found = set()
    for path in ("/people/?unit=JK-JAM&q=9797654389", "/units/JK-JAM/", "/units/JK-JAM/?format=csv"):
        found |= set(SECRETS.findall(body(client.get(path))))
    assert {"Planted", "Rasool", "4389", "1,237", "1237"} <= found


@pytest.mark.parametrize(
    "path",
    [
        "/people/?q=Planted",
        "/people/?q=9797654389",
        "/people/?q=%2B919797654389&unit=JK",
        "/people/?unit=JK-B004",
        "/people/?unit=JK",
        "/people/unplaced/?unit=JK-JAM",
        "/search/?q=Planted",
        "/search/?q=9797654389",
        "/units/JK/",
        "/units/JK/?format=csv",
        "/units/JK-JAM/?format=csv",
        "/units/JK-JAM-M1/?format=csv",
        "/units/JK-B004/?in=electoral",
        "/units/JK-AC75/?in=electoral&format=csv",
        "/units/JK-BL2/?in=administrative&format=csv",
        "/appointments/?unit=JK-JAM&name=Planted",
    ],
)
def test_no_narrowing_or_export_shows_the_other_district(
    path: str, clients: dict[str, Client], own: Things
) -> None:
    for role in ROLES:
        if role in OVER_THE_OTHER:
            continue
        with transaction.atomic():
            answer = clients[role].get(path)
            assert answer.status_code < 500, role
            # What was asked stands in its own field again; what was not asked is not told.
            told = [each for each in SECRETS.findall(body(answer)) if each not in path]
            assert told == [], role
            transaction.set_rollback(True)


def mark(*told: object) -> str:
    """What stands in `after`, where one page of a list follows another."""
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode()


def test_every_list_is_a_csv_and_an_excel_file_without_names_or_formulas(
    clients: dict[str, Client], filled_in: files.Filled
) -> None:
    assert filled_in.faults("state_president", clients, out_of_sight=False) == []
    where = filled_in.where("programmes:below") + "?unit=JK&level=mandal&format=csv"
    as_text = "'" + files.FORMULA.replace('"', '""')
    assert as_text in body(clients["state_president"].get(where)), "a name that is a formula is only text"


@pytest.mark.slow
@pytest.mark.parametrize("role", EVERYBODY)
def test_every_file_as_every_role(role: str, clients: dict[str, Client], filled_in: files.Filled) -> None:
    assert filled_in.faults(role, clients, out_of_sight=role not in OVER_THE_OTHER) == []


@pytest.mark.slow
@pytest.mark.parametrize("role", ["national_president", "call_centre_agent", "data_officer", "member"])
def test_no_page_offers_a_file_that_nobody_looks_into(
    role: str, clients: dict[str, Client], filled_in: files.Filled
) -> None:
    names = pages().keys() - {files.KIT}
    assert {name for name in names if files.offered(clients[role], filled_in.where(name))[1]} <= {
        *files.FILED
    }


CRAFTED = (
    "q=%00&matching=a%00b&name=%00&unit=%00&sort=%00&show=moon&side=%00&election=%00&in=%00&format=x",
    f"page={'9' * 5000}&q={'9' * 5000}&number={'9' * 30}&level=moon&role=moon&state=moon&versions=moon&measure=-1",
    f"after={mark(1, '0001-01-01T00:00:00+23:59', str(UUID(int=1)))}",
    "after=%00&since=0000-00-00&until=moon&channel=9&day=moon",
)
MORE_CRAFTED = (
    "&".join(
        f"{key}=%0%000" for key in ("q", "matching", "name", "unit", "sort", "show", "side", "election", "in")
    ),
    f"after={mark(1, '9999-12-31T23:59:59-23:59', str(UUID(int=1)))}",
    f"after={mark(1, '2026-11-10T00:00:00', 'moon')}&sort=moon",
    f"after={mark(9 * 10**30, '9' * 40, '9' * 40)}",
    f"after={mark(1, chr(0), chr(0))}",
    f"after={mark(1, [], {})}&since=0001-01-01&until=9999-12-31",
)


@pytest.mark.parametrize(
    "crafted", [CRAFTED, pytest.param(MORE_CRAFTED, marks=pytest.mark.slow)], ids=["few", "more"]
)
@pytest.mark.parametrize("name", sorted(pages()))
def test_nothing_asked_in_an_address_breaks_its_page(
    name: str, crafted: tuple[str, ...], clients: dict[str, Client], own: Things
) -> None:
    where = address(name, own)
    for each in crafted:
        with transaction.atomic():
            answer = clients["state_president"].get(where + ("&" if "?" in where else "?") + each)
            assert answer.status_code < 500, each[:80]
            transaction.set_rollback(True)


def test_the_hot_path_knows_tokens_only_whoever_is_signed_in(open_database: None, cast: Cast) -> None:
    """Office-bearers' cookies open nothing there; secrets of nobody are answered alike."""
    from abhiyan.enrolment.tests.server import Answered, Server

    paths = ("/api/v1/claims", "/api/v1/claims/batch", "/hook/call/generic/no", "/hook/sms/exotel/no")
    assert {next(prefix for prefix in HOT if path.startswith(prefix)) for path in paths} == set(HOT)
    server = Server().start()
    answers: dict[tuple[str, str, str], Future[Answered]] = {}
    try:
        # A wrong secret is answered late on purpose, so many ask at once.
        with ThreadPoolExecutor(20) as hands:
            for role in ROLES:
                headers = {"Content-Type": "application/json"}
                if role not in ("anonymous", "visitor", "member"):
                    headers["Cookie"] = f"session={cast.token(role)}"
                for path in (*paths, "/hook/receipt/twilio/no"):
                    for method in ("GET", "POST"):
                        answers[role, method, path] = hands.submit(server.send, method, path, b"{}", headers)
        for asked, answer in answers.items():
            assert answer.result().status in (401, 403, 404, 405), (asked, answer.result().status)
    finally:
        server.stop()
