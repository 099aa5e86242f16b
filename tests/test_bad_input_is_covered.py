"""Every kind of bad input that was promised an answer has a test; this list is the index to them.

A kind without tests, or a test that is no more, fails here.
"""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "abhiyan"
ACT = "enrolment/tests/test_bad_input.py::"
API = "intake/tests/test_hotpath.py::"
CALLS = "intake/tests/test_calls.py::"
CERTIFICATES = "friends/tests/test_certificates.py::"
CARDS = "enrolment/tests/test_cards.py::"
CARDS_JOURNEY = "enrolment/tests/test_cards_journey.py::"
CONTACT_LISTS = "contact/tests/test_lists.py::"
BRIDGE = "contact/tests/test_bridge.py::"
CENTRES = "contact/tests/test_calls.py::"
AT_DOORS = "contact/tests/test_doors.py::"
DECKS = "review/tests/test_decks.py::"
DECK_TEMPLATES = "review/tests/test_deck_templates.py::"
DOOR = "doorstep/tests/test_door.py::"
DOUBLES = "enrolment/tests/test_doubles.py::"
DIALOGUES = "dialogues/tests/test_calls.py::"
DEPLOYING = "stays/tests/test_deploying.py::"
STAYING = "stays/tests/test_staying.py::"
FRIENDS_APART = "enrolment/tests/test_friends_apart.py::"
FRIENDS_LINKS = "enrolment/tests/test_friends_links.py::"
FILES = "imports/tests/test_tables_files.py::"
FORM_PAGES = "forms/tests/test_form_pages.py::"
FORM_PICTURES = "forms/tests/test_pictures.py::"
FORM_QUESTIONS = "forms/tests/test_questions.py::"
FORM_SHEETS = "forms/tests/test_sheets.py::"
FLAGS = "verification/tests/test_flagging.py::"
HELPLINE = "helpdesk/tests/test_requests.py::"
JOIN = "intake/tests/test_join.py::"
MEETINGS = "meetings/tests/test_calling.py::"
MEETING_DOOR = "meetings/tests/test_attending.py::"
PAGES = "pages/tests/test_imports.py::"
KILLED = "contact/tests/test_calls_killed.py::"
LISTED = "enrolment/tests/test_listed.py::"
PAPER = "paper/tests/test_paper.py::"
PHOTOS = "paper/tests/test_photos.py::"
RACES = "enrolment/tests/test_races.py::"
REVIEWS = "review/tests/test_rounds.py::"
SIGNATURES = "messaging/tests/test_signatures.py::"
SCHEDULES = "work/tests/test_schedules.py::"
SIGN_IN = "people/tests/test_sign_in.py::"
SPOOFED = "enrolment/tests/test_spoofed.py::"

COVERED: dict[str, list[str]] = {
    "a constituency twice in a programme of friends": [
        FRIENDS_LINKS + "test_a_unit_named_twice_is_refused_by_its_name",
    ],
    "a friend under 18": [FRIENDS_APART + "test_a_minor_is_no_friend_and_nothing_is_kept"],
    "a person on the rolls of members and friends through two phones": [
        FRIENDS_APART + "test_a_friend_and_a_member_on_two_phones_who_are_one_person_stay_a_member",
        FRIENDS_APART + "test_rolls_of_members_and_friends_never_share_a_person",
    ],
    "a certificate after the friend left": [
        CERTIFICATES + "test_who_left_keeps_the_place_and_the_certificate_ends_and_comes_back_with_them",
        CERTIFICATES + "test_certificates_are_never_more_than_the_number_nor_come_back_once_ended",
    ],
    "751 certificates for 750": [
        CERTIFICATES + "test_751_for_750_are_refused_and_a_smaller_number_later_stops_what_is_asked",
    ],
    "an organiser of friends whose office ended": [
        FRIENDS_LINKS + "test_an_organiser_has_a_link_a_poster_and_a_door_until_the_office_ends",
    ],
    "a place missing or wrong by 40 km; a village without a point; marks sent eight days late": [
        STAYING + "test_without_a_place_it_keeps_the_unsigned_shade_until_the_host_says_yes",
        STAYING + "test_too_short_forty_kilometres_away_or_sent_after_eight_days_does_not_count",
        STAYING + "test_a_village_without_a_point_keeps_the_unsigned_shade",
    ],
    "a stay: a host without a phone, two workers in one village, one in two places, half of the units unknown": [
        DEPLOYING + "test_a_list_assigns_what_fits_refuses_the_rest_and_is_taken_back",
        DEPLOYING + "test_two_thousand_rows_of_half_unknown_units_cost_as_many_queries_as_a_few",
    ],
    "a stay across the silence before a poll": [
        DEPLOYING + "test_before_a_poll_only_workers_of_the_constituency_go",
    ],
    "a list without a basis, or a basis document that is a program": [
        CONTACT_LISTS + "test_a_list_without_a_basis_or_of_a_scheme_that_reveals_too_much_is_refused",
    ],
    "a list with 30% duplicates, or with one number on forty people": [
        CONTACT_LISTS + "test_doubles_are_told_and_one_number_on_forty_people_is_refused",
        AT_DOORS + "test_one_number_at_forty_doors_is_asked_once",
    ],
    "a list with sensitive columns": [
        CONTACT_LISTS + "test_a_file_with_sensitive_columns_is_refused_whole_and_comes_back_mended",
    ],
    "an opt-out between lease and door": [
        AT_DOORS + "test_an_opt_out_between_lease_and_door_hides_the_number_and_the_next_lease",
    ],
    "two workers at one door of a list": [
        AT_DOORS + "test_no_entry_is_ever_with_two_workers_and_every_lease_comes_back",
        AT_DOORS + "test_two_workers_at_one_booth_take_different_doors_at_the_same_time",
    ],
    "a walk across two booths": [
        AT_DOORS + "test_a_walk_across_two_booths_counts_each_door_in_its_own_booth",
    ],
    "a list that ends while doors are leased": [
        AT_DOORS + "test_leases_end_with_the_list_the_office_and_the_account",
        CONTACT_LISTS + "test_a_list_that_ends_gives_its_doors_back_and_one_whose_day_is_past_ends_by_itself",
    ],
    "two tabs of one caller": [
        CENTRES + "test_a_caller_gets_one_person_rings_and_notes_a_talk_that_is_reported_unsigned",
        CENTRES + "test_the_same_outcome_again_is_the_same_call_and_another_is_refused",
        BRIDGE + "test_two_tabs_that_press_call_ask_for_one_call",
    ],
    "a browser closed in a call": [
        CENTRES + "test_a_supervisor_takes_a_person_back_and_pauses_the_own_centre_alone",
        CENTRES + "test_the_outcomes_of_two_callers_of_one_person_are_both_noted_and_count_once",
        KILLED + "test_fifty_callers_and_two_thousand_people_end_in_a_final_state_whatever_dies",
    ],
    "a supervisor who reassigns while an outcome is saved": [
        KILLED + "test_a_supervisor_and_an_outcome_in_the_same_moment_leave_one_whole",
    ],
    "an opt-out between lease and ring": [
        CENTRES + "test_an_opt_out_between_lease_and_ring_holds_the_number_back",
        BRIDGE + "test_a_no_between_the_lease_and_the_ring_asks_nothing_of_the_provider",
        BRIDGE + "test_a_no_while_the_callers_phone_rings_keeps_the_persons_phone_silent",
    ],
    "a bridge that answers twice, late, not at all, or lies": [
        BRIDGE + "test_the_first_record_of_a_call_stands_and_steps_out_of_order_change_nothing",
        BRIDGE + "test_a_record_that_comes_late_counts_the_talk_and_twice_is_once",
        BRIDGE + "test_a_provider_that_never_reports_lets_the_caller_call_again_five_times_in_all",
        BRIDGE + "test_a_line_that_is_down_says_so_and_the_own_phone_takes_over",
        BRIDGE + "test_a_lie_is_refused_by_its_field_and_leaves_nothing",
        BRIDGE + "test_a_person_who_was_taken_back_is_not_called_and_a_late_record_counts_nothing",
        BRIDGE + "test_what_is_not_signed_by_the_provider_now_as_a_bridge_is_refused",
    ],
    "a caller whose office ended at noon": [
        CENTRES + "test_an_office_that_ended_at_noon_gives_the_person_back_and_takes_no_outcome",
    ],
    "a call centre without network for an hour": [
        CENTRES + "test_an_outcome_that_waited_an_hour_without_a_network_is_noted_once",
    ],
    "a script changed while calls run": [
        CENTRES + "test_the_script_stays_as_it_was_shown_while_it_changes",
    ],
    "a note about illness or vote": [
        AT_DOORS + "test_an_unfit_note_is_refused_and_leaves_nothing",
    ],
    "an arrival without departure": [
        STAYING + "test_an_arrival_without_departure_is_not_known_and_counts_nothing",
    ],
    "a leader without an area, with one booth, or ill for a week": [
        "dialogues/tests/test_roster.py::test_where_nobody_can_be_called_nobody_is_given",
        DIALOGUES + "test_a_leader_elsewhere_or_of_one_booth_and_a_booth_without_a_president",
        DIALOGUES + "test_who_is_ill_for_a_week_gets_no_calls_and_theirs_go_to_another",
    ],
    "a booth without a president, and a president of two booths": [
        DIALOGUES + "test_a_leader_elsewhere_or_of_one_booth_and_a_booth_without_a_president",
        DIALOGUES + "test_a_president_of_two_booths_is_called_once_a_day",
    ],
    "an office that ends at noon, and a call noted after midnight": [
        DIALOGUES + "test_an_office_that_ends_at_noon_notes_no_more",
        DIALOGUES + "test_a_president_who_left_at_noon_was_called_and_the_next_card_names_the_new_one",
        DIALOGUES + "test_nobody_notes_a_call_of_somebody_else_or_of_another_day",
    ],
    "a need that describes an illness": [
        DIALOGUES + "test_what_a_talk_lacks_or_may_not_hold_is_refused_and_nothing_is_kept",
    ],
    "a meeting of 40,000 invitees, or with 200 items": [MEETINGS + "test_bad_input_is_refused_in_words"],
    "an invitee whose office ends before the day": [
        MEETINGS + "test_who_leaves_the_office_before_the_day_is_not_invited",
    ],
    "a meeting in the silence before a poll": [
        MEETINGS + "test_in_the_silence_an_inner_meeting_is_warned_and_a_public_one_refused",
    ],
    "a substitute who is invited already": [
        MEETING_DOOR + "test_a_substitute_who_is_invited_already_is_refused",
    ],
    "check-in of somebody not invited, or by two organisers at once": [
        MEETING_DOOR + "test_who_is_not_invited_is_not_ticked_and_the_door_opens_on_the_day",
        MEETING_DOOR + "test_names_are_ticked_once_and_the_larger_number_is_reported",
    ],
    "an XLSForm of 5,000 rows": [FORM_SHEETS + "test_a_sheet_of_five_thousand_rows_is_refused"],
    "an XLSForm with repeats, or conditions in a circle": [
        FORM_SHEETS + "test_what_is_no_flat_form_is_refused_by_sheet_and_row",
        FORM_QUESTIONS + "test_a_form_with_a_flaw_is_told_where",
        FORM_PAGES + "test_a_sheet_is_uploaded_and_a_wrong_one_is_refused_row_by_row",
    ],
    "an XLSForm that is a zip bomb": [FORM_SHEETS + "test_a_bomb_of_zip_is_not_unpacked"],
    "questions that ask for caste or promise a benefit": [
        FORM_QUESTIONS + "test_words_that_no_form_may_hold_are_refused",
        FORM_PAGES + "test_a_change_that_is_no_form_is_refused_where_it_stands",
    ],
    "a report sent after it was accepted": [
        SCHEDULES + "test_an_accepted_report_is_the_units_own_figure_until_it_is_returned",
    ],
    "one filled form sent with two sets of answers": [
        "forms/tests/test_submissions.py::test_under_a_known_key_other_answers_are_refused_and_the_first_stay",
        FORM_PICTURES + "test_the_same_key_with_another_picture_is_refused",
    ],
    "a picture of 12 MP, or with a script inside": [
        FORM_PICTURES + "test_a_picture_of_twelve_megapixels_is_kept_small_and_without_what_it_carried",
        FORM_PICTURES + "test_what_is_no_picture_is_refused_at_its_question",
    ],
    "a place of (0, 0), a figure of 10^9 in a form": [
        FORM_QUESTIONS + "test_an_answer_that_does_not_fit_says_why",
        FORM_QUESTIONS + "test_a_number_without_limits_ends_below_a_thousand_million",
    ],
    "garbage phones": [
        ACT + "test_what_is_no_phone_is_refused",
        API + "test_what_does_not_fit_the_rules_names_the_field",
        CALLS + "test_garbage_names_the_field",
        JOIN + "test_garbage_phones_are_refused_at_the_field",
        SIGN_IN + "test_what_is_no_mobile_is_refused_at_its_field",
    ],
    "right-to-left and zero-width characters": [
        ACT + "test_right_to_left_and_zero_width_characters",
        API + "test_invisible_characters_are_dropped_from_a_name",
        FILES + "test_right_to_left_and_zero_width_characters_are_removed_and_counted",
        JOIN + "test_right_to_left_and_zero_width_characters_are_cleaned_out_of_a_name",
    ],
    "\\u0000": [
        ACT + "test_nul_and_ten_megabyte_and_letterless_names",
        FILES + "test_nul_is_refused_and_named",
        JOIN + "test_a_null_character_is_refused",
    ],
    "10 MB names": [
        ACT + "test_nul_and_ten_megabyte_and_letterless_names",
        API + "test_a_name_of_ten_megabytes_is_too_large",
        FILES + "test_a_ten_megabyte_name_is_refused_in_little_memory",
        FILES + "test_a_ten_megabyte_quoted_name_is_refused_too",
        JOIN + "test_a_name_of_ten_megabytes_is_not_even_read",
    ],
    "forged signatures": [
        CALLS + "test_forged_signatures_replays_and_skewed_clocks_are_refused",
        SIGNATURES + "test_a_forged_signature_is_refused",
        SIGNATURES + "test_a_changed_body_is_refused",
    ],
    "replays": [
        CALLS + "test_the_same_call_told_twice_is_one_call",
        SIGNATURES + "test_a_replay_or_a_clock_an_hour_off_is_refused",
        API + "test_a_resend_gets_its_first_answer",
        JOIN + "test_a_code_works_once_in_its_own_browser_only",
    ],
    "wrong secrets": [
        API + "test_without_a_valid_token_nothing_is_told",
        API + "test_guessing_tokens_has_an_end",
        CALLS + "test_exotel_needs_the_secret_and_its_own_networks",
        CALLS + "test_unknown_hooks_are_no_addresses",
    ],
    "CSVs in wrong encodings": [
        FILES + "test_a_csv_in_the_wrong_encoding_names_the_line_and_the_fix",
        FILES + "test_a_csv_in_an_unknown_encoding_names_the_line",
        FILES + "test_a_list_typed_in_an_old_hindi_font_is_refused",
        FILES + "test_hindi_saved_twice_is_refused",
    ],
    "200 columns": [
        FILES + "test_200_columns_are_read_for_the_three_that_matter",
        PAGES + "test_doubled_headers_wait_for_a_choice_and_200_columns_do_not_matter",
    ],
    "doubled headers": [
        FILES + "test_doubled_headers_are_refused_by_name_and_column",
        PAGES + "test_doubled_headers_wait_for_a_choice_and_200_columns_do_not_matter",
    ],
    "formula injection": [
        FILES + "test_formula_injection_in_a_name_is_refused",
        ACT + "test_a_formula_markup_or_digits_are_no_name_by_claim_or_form",
    ],
    "half-uploaded files": [
        FILES + "test_a_csv_cut_inside_a_row_refuses_that_row",
        FILES + "test_half_a_workbook_is_refused",
        PAGES + "test_a_file_comes_piece_by_piece_and_goes_on_where_it_stopped",
        PAGES + "test_without_javascript_a_half_sent_file_is_gone_on_with_too",
    ],
    "dates out of window": [
        ACT + "test_dates_out_of_window_and_impossible_times",
        ACT + "test_after_the_drives_last_day",
        FILES + "test_dates_out_of_the_window_are_refused_by_row",
        PAPER + "test_days_outside_the_window_and_late_lists",
    ],
    "unknown units": [
        ACT + "test_unknown_units_and_units_outside",
        PAPER + "test_a_list_of_a_unit_reaches_no_further",
        JOIN + "test_an_unknown_place_is_taken_and_goes_to_the_worklist",
    ],
    "clock skew of an hour": [
        ACT + "test_a_clock_an_hour_ahead_is_taken_at_the_servers_time",
        API + "test_a_device_clock_half_an_hour_ahead_is_borne_and_two_hours_are_not",
        CALLS + "test_a_provider_whose_clock_is_hours_or_years_off_still_brings_its_call_dated_when_it_came",
    ],
    "100,000 spoofed callers in a burst": [
        ACT + "test_a_burst_of_spoofed_callers_is_stored_and_joins_nobody",
        SPOOFED + "test_100000_spoofed_callers_in_a_burst_cost_the_budget_and_nothing_is_lost",
        CALLS + "test_a_burst_of_spoofed_callers_is_stored_and_replies_wait_for_the_budget",
    ],
    "a ticket from a suppressed phone": [
        HELPLINE + "test_a_suppressed_phone_gets_no_message_and_its_request_is_still_closed",
    ],
    "500 tickets in a minute from one number": [
        HELPLINE + "test_five_hundred_texts_in_a_minute_from_one_number_are_one_request_with_a_count",
        HELPLINE + "test_five_hundred_by_the_form_or_typed_in_a_minute_are_one_request_of_each_way",
    ],
    "each refusal names the field and the fix in the user's language": [
        FILES + "test_a_refusal_names_the_field_and_the_fix_in_the_readers_language",
        API + "test_refusals_speak_the_callers_language",
        JOIN + "test_errors_stand_at_their_fields_and_typed_values_stay",
    ],
    "nothing half done": [
        ACT + "test_one_unstorable_value_does_not_hold_up_its_batch",
        API + "test_a_batch_that_does_not_fit_its_shape_is_refused_whole",
        "imports/tests/test_imports.py::test_our_own_mistake_leaves_nothing_half_done",
        "units/tests/test_lists.py::test_a_bad_file_changes_nothing_and_says_why",
    ],
    "paper rows that name someone else's phone": [
        LISTED
        + "test_paper_rows_that_name_someone_elses_phone_bring_that_phone_one_notice_and_no_removes_them",
        LISTED + "test_a_no_to_the_notice_leaves_who_joined_on_the_phone_themselves",
        PAPER + "test_a_family_a_full_phone_and_a_phone_that_said_no",
    ],
    "a photo of 40 MB or none": [
        PHOTOS + "test_a_photo_sent_twice_one_of_forty_megabytes_and_none_are_refused_and_the_others_kept",
        PHOTOS + "test_no_photo_chosen_is_said_at_the_field_and_the_page_stays",
        "server/tests/test_asgi.py::test_a_body_that_is_too_large_gets_a_page_that_names_the_limit_and_leads_back",
        "../../tests/test_paper_in_browser.py::test_a_photo_of_forty_megabytes_and_none_with_and_without_script",
    ],
    "a sheet photographed twice": [
        PHOTOS + "test_the_same_sheet_photographed_twice_is_known_by_its_code_and_another_is_not",
        PHOTOS + "test_where_the_code_cannot_be_read_the_sheet_is_asked_for_and_one_that_is_alike_is_named",
        PHOTOS + "test_the_same_photo_sent_twice_at_once_is_kept_once",
    ],
    "pictures that unpack to more than memory holds": [
        PHOTOS + "test_a_picture_that_unpacks_to_more_than_a_picture_may_is_refused"
    ],
    "two workers at one door": [
        DOOR + "test_two_workers_at_one_door_make_one_member",
        RACES + "test_two_workers_at_one_door_at_the_same_moment_make_one_member_and_each_has_a_code",
    ],
    "a code read for another number": [
        DOOR + "test_a_code_read_for_another_number_is_wrong",
        "doorstep/tests/test_door_journey.py::test_a_workers_hour_at_the_doors",
    ],
    "a card altered by one byte": [
        CARDS + "test_a_card_altered_by_one_byte_is_not_valid_whatever_the_byte_and_wherever_it_stands",
        CARDS + "test_altered_unknown_and_revoked_are_answered_alike",
        CARDS_JOURNEY + "test_a_card_is_saved_read_by_zbar_checked_altered_and_revoked",
    ],
    "a duplicate that is a twin": [
        DOUBLES + "test_twins_are_merged_by_somebody_who_says_how_they_know_and_never_with_others",
        DOUBLES + "test_search_in_a_process_of_its_own_finds_a_name_in_the_other_script_and_shows_twins",
    ],
    "a merge of a person under dispute": [
        DOUBLES + "test_person_under_dispute_is_not_merged",
        DOUBLES + "test_person_whose_call_to_leave_waits_is_not_merged",
        "enrolment/tests/test_doubles_pages.py::test_many_leaves_out_people_under_dispute_and_says_why",
    ],
    "a flag answered twice, by the wrong person, after expiry": [
        "verification/tests/test_findings.py::test_a_flag_answered_twice_by_somebody_else_or_too_late_is_refused",
        FLAGS + "test_a_worker_is_asked_answers_is_checked_and_found_by_somebody_else",
        FLAGS + "test_a_flag_that_was_explained_or_is_too_old_is_deleted_and_the_worker_left_alone",
    ],
    "a unit of three items": [
        "review/tests/test_dossier.py::test_a_unit_of_three_items_has_a_dossier_without_an_estimate",
        "review/tests/test_dossier_print.py::test_a_booth_of_three_entries_fits_a_page_and_has_no_estimate",
    ],
    "a reviewer who reviews their own unit": [
        REVIEWS + "test_nobody_reviews_their_own_unit_or_another_ones",
        "review/tests/test_holders.py::test_who_holds_both_offices_does_not_review_themselves",
    ],
    "a round with a unit that closed meanwhile": [
        REVIEWS + "test_a_closed_unit_leaves_coverage_and_is_not_decided",
        "review/tests/test_rounds_page.py::test_a_unit_that_closed_meanwhile_says_so_on_its_review",
    ],
    "a template PPTX without placeholders or with macros": [
        DECK_TEMPLATES + "test_what_does_not_do_is_refused_with_what_to_do_about_it"
    ],
    "a template PPTX of 80 MB": [
        DECK_TEMPLATES + "test_a_file_of_80_mb_is_turned_away_once_it_is_larger_than_a_template_may_be"
    ],
    "a deck of 400 units": [
        "review/tests/test_slides.py::test_a_deck_of_400_units_asks_no_more_and_says_how_many_it_shows",
        DECKS + "test_of_400_units_ten_are_on_the_slide_the_next_in_the_appendix_and_the_limit_is_said",
    ],
    # Two promises beside, shown by name.
    "two calls from one phone, one reply": [CALLS + "test_two_calls_from_one_phone_one_reply"],
    "init, then doctor, on an empty server": [
        "site/tests/test_command_line.py::test_init_then_doctor_finds_nothing_failing"
    ],
}


def names_in(path: Path) -> set[str]:
    return {node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("kind", list(COVERED))
def test_each_kind_of_bad_input_has_its_tests(kind: str) -> None:
    assert COVERED[kind]
    for node in COVERED[kind]:
        path, _, name = node.partition("::")
        assert (PACKAGE / path).is_file(), f"{path} is gone: name the test that took its place"
        assert name in names_in(PACKAGE / path), f"{node} is gone: name the test that took its place"
