"""Who may open which address. Every URL name stands here; one that does not fails the build, and its requests.

What somebody sees on a page, and whether they may act *there*, is asked by the view and its act; this table is the
first door only. HOT, HOOKS and PLAIN list the paths that never reach Django: those ask for tokens of their own.
"""

from dataclasses import dataclass
from enum import Enum

from abhiyan.core.imports import registered
from abhiyan.enrolment.rules import channels


class Level(Enum):
    """What a request must show."""

    PUBLIC = "public"  # nothing
    VISITOR = "visitor"  # a session of this browser, such as half way through a form or a code
    MEMBER = "member"  # this browser has proven a phone
    SIGNED_IN = "signed_in"  # an account, its second factor still to come
    STRONG = "strong"  # an account with passkey or TOTP
    CAPABILITY = "capability"  # the same, and one of these capabilities somewhere
    TOKEN = "token"  # a machine's own token, asked by the endpoint  # noqa: S105  # the name of a level
    DEMO = "demo"  # the demo, from this very machine


@dataclass(frozen=True, slots=True)
class Access:
    """level; capabilities: any one of them will do; entrance: URL name of the page where the missing is shown.

    is_of_lists: that of any list somebody may bring will do (`core.imports.ImportKind`).
    """

    level: Level
    capabilities: tuple[str, ...] = ()
    entrance: str = ""
    is_of_lists: bool = False

    @property
    def any_of(self) -> tuple[str, ...]:
        """The capabilities of which one opens it."""
        return tuple(kind.capability for kind in registered()) if self.is_of_lists else self.capabilities


PUBLIC = Access(Level.PUBLIC)
SIGNED_IN = Access(Level.SIGNED_IN)
STRONG = Access(Level.STRONG)
TOKEN = Access(Level.TOKEN)
DEMO = Access(Level.DEMO)


def visitor(entrance: str) -> Access:
    return Access(Level.VISITOR, entrance=entrance)


def member(entrance: str) -> Access:
    return Access(Level.MEMBER, entrance=entrance)


def capability(*codes: str) -> Access:
    return Access(Level.CAPABILITY, capabilities=codes)


IMPORTS = Access(Level.CAPABILITY, is_of_lists=True)
# Where pages for the public begin, which are read in every language.
FOR_ALL = ("/join/", "/j/", "/q/", "/moved/", "/me/", "/check/", "/checks/public/", "/help/")
PLANS = capability("plans.read", "plans.make")
CHECKS = capability("verification.check")
DESKS = capability("helpdesk.answer", "helpdesk.named")  # whose requests, is asked by the pages and acts
ACCESS: dict[str, Access] = {
    # The look.
    "ui:accent": PUBLIC,
    "ui:kit": SIGNED_IN,
    # Choosing a unit.
    "units:search": STRONG,
    "units:children": STRONG,
    # Signing in, one's own account.
    "people:sign_in": PUBLIC,
    "people:sign_in_code": visitor("people:sign_in"),
    "people:second_factor": SIGNED_IN,
    "people:second_factor_passkey": SIGNED_IN,
    "people:console": PUBLIC,
    "people:document_check": PUBLIC,
    "people:sign_out": PUBLIC,
    "people:language": PUBLIC,
    "people:demo_sign_in": DEMO,
    "people:account": STRONG,
    "people:session_end": STRONG,
    "people:sessions_end": STRONG,
    "people:factor_totp": SIGNED_IN,
    "people:factor_passkey": SIGNED_IN,
    "people:factor_rename": STRONG,
    "people:factor_remove": STRONG,
    "people:recovery_codes": STRONG,
    # Appointments and releases.
    "org:appointments": capability("org.read"),
    "org:appoint": capability("org.appoint", "org.officers"),
    "org:appointment": STRONG,
    "org:answer_offer": STRONG,  # one's own
    "org:first_word": capability("org.appoint", "org.officers"),
    "org:end_appointment": STRONG,  # one may always resign
    "org:decide": capability("org.decide"),
    "org:polls": STRONG,
    "org:poll": STRONG,
    "org:poll_new": capability("polls.keep"),
    "org:poll_preview": capability("polls.keep"),
    "org:poll_withdraw": capability("polls.keep"),
    "org:poll_take_back": capability("polls.keep"),
    "org:releases": STRONG,
    "org:decide_release": capability("org.release", "org.approve"),
    "org:ask_factor_reset": capability("org.factors"),
    "org:stop_reset": STRONG,  # one's own
    "org:reset_factors": capability("org.factors"),
    "site:launch": STRONG,  # figures of units in sight; each room asks what of its own may be seen
    "site:launch_call": capability("people.reveal"),
    # Programmes and their targets.
    "programmes:list": STRONG,
    "programmes:programme": STRONG,
    "programmes:below": STRONG,
    "programmes:counts": STRONG,  # rounded where the people are out of sight
    "programmes:own_figures": STRONG,  # giving one: whoever leads there
    "programmes:targets": STRONG,
    "programmes:misfits": STRONG,
    "programmes:create": capability("programmes.make"),
    "programmes:draft": capability("programmes.make"),
    "programmes:open": capability("programmes.make"),
    "programmes:discard": capability("programmes.make"),
    "programmes:change": capability("programmes.run", "programmes.make"),
    "programmes:close": capability("programmes.run"),
    "programmes:start_in_units": capability("programmes.make"),
    "programmes:name_in_charge": capability("programmes.run", "programmes.make"),
    "programmes:end_in_charge": capability("programmes.run", "programmes.make"),
    "programmes:in_charges": STRONG,
    "programmes:charges": STRONG,
    "programmes:answer_charge": STRONG,
    # Tasks: which, and what one may do to it, is asked by the acts; a task out of sight is not there.
    "programmes:tasks": STRONG,
    "programmes:task": STRONG,
    "programmes:task_act": STRONG,
    "programmes:task_ask": capability("tasks.ask"),
    "programmes:task_hand_over": capability("tasks.ask"),
    # Workshops: the days of one are given by who has its task or leads its unit; the acts ask.
    "programmes:share": STRONG,  # rounded, as anybody may read it
    "programmes:share_picture": STRONG,
    "programmes:own_materials": STRONG,  # whom a file is for, is asked by the page
    "programmes:materials": STRONG,
    "programmes:material": STRONG,
    "programmes:material_file": STRONG,
    "programmes:material_new": capability("programmes.run"),
    "programmes:material_act": capability("programmes.run"),
    "programmes:workshops": STRONG,
    "programmes:workshop": STRONG,
    "programmes:workshop_act": STRONG,
    "programmes:workshop_new": capability("tasks.ask"),
    "programmes:workshop_below": capability("tasks.ask"),
    "programmes:workshop_remind": capability("tasks.ask"),
    "programmes:record": STRONG,
    "programmes:record_of": STRONG,
    "programmes:versions": STRONG,
    "programmes:version": STRONG,
    "programmes:go_back": capability("programmes.targets"),
    "programmes:take_over": capability("programmes.targets"),
    "programmes:split_preview": capability("programmes.targets"),
    "programmes:set_target": capability("programmes.targets"),
    "programmes:split_target": capability("programmes.targets"),
    "programmes:lock_target": capability("programmes.targets"),
    # Results of elections: published facts. Whether one may name sides or sort units is asked by the acts.
    "elections:list": STRONG,
    "elections:unit": STRONG,
    "elections:election": STRONG,
    "elections:seats": STRONG,
    "elections:seat": STRONG,
    "elections:alliances": STRONG,
    "elections:alliance": STRONG,
    "elections:classes": STRONG,
    "elections:parties": STRONG,
    "elections:party_separate": capability("results.import"),
    "elections:stated": capability("results.import"),
    "elections:stated_withdraw": capability("results.import"),
    "elections:alliance_withdraw": capability("plans.make"),
    "elections:classes_withdraw": capability("plans.make"),
    # Plans of seats and votes; a plan out of sight is not there.
    "elections:plans": PLANS,
    "elections:plan": PLANS,
    "elections:plan_compare": PLANS,
    "elections:plan_sides": PLANS,
    "elections:plan_below": PLANS,
    "elections:plan_check": STRONG,
    "elections:plan_create": capability("plans.make"),
    "elections:plan_seats": capability("plans.make"),
    "elections:plan_change": capability("plans.make"),
    "elections:plan_withdraw": capability("plans.make"),
    "elections:plan_pass": capability("plans.make"),
    "elections:plan_pass_all": capability("plans.make"),
    "elections:plan_set_part": capability("plans.make"),
    "elections:plan_lock_part": capability("plans.make"),
    # Joining, one's own membership, the people of a unit.
    "enrolment:openapi": PUBLIC,
    "enrolment:join": PUBLIC,
    "enrolment:join_member": PUBLIC,
    "enrolment:join_drive": PUBLIC,
    "enrolment:join_code": PUBLIC,  # without its session: back to the form
    "enrolment:join_received": PUBLIC,
    "enrolment:join_done": member("enrolment:me"),
    "enrolment:join_places": PUBLIC,
    "enrolment:link": PUBLIC,
    "enrolment:question": PUBLIC,
    "enrolment:me": PUBLIC,
    "enrolment:me_code": visitor("enrolment:me"),
    "enrolment:me_which": member("enrolment:me"),
    "enrolment:me_correct": member("enrolment:me"),
    "enrolment:me_confirm": member("enrolment:me"),
    "enrolment:me_consents": member("enrolment:me"),
    "enrolment:me_leave": member("enrolment:me"),
    "enrolment:me_deny": member("enrolment:me"),
    "enrolment:me_back": member("enrolment:me"),
    "enrolment:me_stop": member("enrolment:me"),
    "enrolment:me_phone": PUBLIC,
    "enrolment:me_phone_code": visitor("enrolment:me_phone"),
    "enrolment:me_phone_stop": member("enrolment:me"),
    "enrolment:moved": PUBLIC,
    "enrolment:me_ticket": member("enrolment:me"),
    "enrolment:tickets": capability("org.approve"),
    "enrolment:ticket": capability("org.approve"),
    "enrolment:me_erase": member("enrolment:me"),
    "enrolment:me_data": member("enrolment:me"),
    "enrolment:me_card": member("enrolment:me"),
    "enrolment:me_card_pdf": member("enrolment:me"),
    "enrolment:me_card_png": member("enrolment:me"),
    "enrolment:me_out": PUBLIC,
    "enrolment:people": capability("people.read"),
    "enrolment:doubles": capability("enrolment.strike_off"),
    "enrolment:doubles_look": capability("enrolment.strike_off"),
    "enrolment:doubles_ask": capability("enrolment.strike_off"),
    "enrolment:doubles_many": capability("enrolment.strike_off"),
    "enrolment:double": capability("enrolment.strike_off"),
    "enrolment:denials": capability("org.approve"),
    "enrolment:halt": capability("enrolment.strike_off", "org.approve"),
    "enrolment:people_export": capability("people.export"),
    "enrolment:people_download": capability("people.export"),
    "enrolment:field": capability("enrolment.enrol"),
    "enrolment:field_entries": capability("enrolment.enrol"),
    "enrolment:field_entry": capability("enrolment.enrol"),
    "enrolment:field_try": capability("enrolment.enrol"),
    "enrolment:unplaced": capability("enrolment.place"),
    "enrolment:placing_groups": capability("enrolment.place"),
    "enrolment:placing_place": capability("enrolment.place"),
    "enrolment:placing_undo": capability("enrolment.place"),
    "enrolment:nameless": capability("enrolment.place"),
    "enrolment:nameless_settle": capability("enrolment.place"),
    "enrolment:texts": capability("enrolment.texts"),
    "enrolment:text": capability("enrolment.texts"),
    "enrolment:text_number": capability("enrolment.texts"),
    "enrolment:person": capability("people.read"),
    "enrolment:person_correct": capability("enrolment.correct"),
    "enrolment:person_revoke_card": capability("enrolment.correct"),
    "enrolment:person_strike_off": capability("enrolment.strike_off"),
    "enrolment:person_reveal": capability("people.reveal"),
    # Printed forms and the photographs of their sheets: whether there, is asked by the acts.
    "enrolment:paper_list": capability("enrolment.enrol"),
    "enrolment:paper_new": capability("enrolment.enrol"),
    "enrolment:paper_batch": capability("enrolment.enrol"),
    "enrolment:paper_form": capability("enrolment.enrol"),
    "enrolment:paper_type": capability("imports.paper"),
    "enrolment:paper_sheet": capability("enrolment.enrol"),
    "enrolment:paper_photo": capability("people.read"),
    "enrolment:paper_photo_small": capability("people.read"),
    "enrolment:paper_photo_change": capability("enrolment.enrol"),
    "enrolment:paper_photo_remove": capability("enrolment.enrol"),
    "enrolment:notice": capability("notices.publish"),
    "enrolment:notice_audio": capability("notices.publish"),
    "enrolment:notice_heard": PUBLIC,
    # A drive's own page: whether one may there is asked by its acts.
    "enrolment:drive": STRONG,
    "enrolment:drive_funnel": STRONG,
    "enrolment:drive_poster": STRONG,
    "enrolment:drive_poster_pdf": STRONG,
    "enrolment:drive_link": capability("enrolment.enrol"),
    "enrolment:drive_referrals": capability("people.read"),
    "enrolment:drive_set_up": capability("programmes.run"),
    "enrolment:drive_codes": capability("programmes.run"),
    "enrolment:drive_ask_token": capability("channels.manage"),
    "enrolment:drive_make_token": capability("channels.manage"),
    "enrolment:drive_end_token": capability("channels.manage"),
    "enrolment:drive_number": capability("channels.manage"),
    "enrolment:drive_end_number": capability("channels.manage"),
    # Messages.
    "site:today": PUBLIC,  # sends whoever is not signed in to do so
    "site:units": STRONG,
    "site:unit_close": capability("imports.units"),
    "site:unit_open": capability("imports.units"),
    "site:unit": STRONG,
    "review:dossier": STRONG,  # who sees the unit's counts
    "review:dossier_print": STRONG,  # the same
    "site:membership_votes": STRONG,
    "site:search": STRONG,
    "site:demo_phone": DEMO,
    "messaging:office": PUBLIC,  # the link in the message is the proof
    "messaging:list": capability("messages.read"),
    "messaging:ask": capability("messages.release"),
    "messaging:release": capability("messages.release", "org.release"),
    # Requests to the helpline.
    "helpdesk:tickets": DESKS,
    "helpdesk:type": capability("helpdesk.type"),
    "helpdesk:times": capability("helpdesk.answer"),
    "helpdesk:many": capability("helpdesk.answer"),
    "helpdesk:many_approved": capability("helpdesk.answer"),
    "helpdesk:ready": DESKS,
    "helpdesk:ready_new": capability("tasks.ask"),
    "helpdesk:ready_change": capability("tasks.ask"),
    "helpdesk:helpline": capability("programmes.run"),
    "helpdesk:ticket": DESKS,
    "helpdesk:ticket_move": DESKS,
    "helpdesk:ticket_merge": DESKS,
    "helpdesk:ticket_reopen": DESKS,
    "helpdesk:ticket_phone": DESKS,
    "helpdesk:write": PUBLIC,
    "helpdesk:sent": PUBLIC,
    "helpdesk:solved": PUBLIC,
    "verification:ties": capability("verification.check"),
    "verification:ties_of": capability("verification.plan"),
    "verification:tie_end": capability("verification.plan"),
    "verification:frames": STRONG,
    "verification:checks": CHECKS,
    "verification:check_take": CHECKS,
    "verification:check": CHECKS,
    "verification:check_back": CHECKS,
    "verification:check_begin": CHECKS,
    "verification:check_said": CHECKS,
    "verification:check_tell": CHECKS,
    "verification:check_end": CHECKS,
    "verification:frame_new": capability("verification.plan"),
    "verification:frame": STRONG,
    "verification:frame_beside": STRONG,
    "verification:frame_draw": capability("verification.plan"),
    "verification:frame_redraw": capability("verification.plan"),
    "verification:frame_top_up": capability("verification.plan"),
    "verification:frame_close": capability("verification.plan"),
    "verification:frame_file": capability("verification.plan"),
    "verification:frame_more": capability("verification.plan"),
    "verification:public_open": capability("verification.plan"),
    "verification:public_close": capability("verification.plan"),
    "verification:public": PUBLIC,
    "verification:public_file": PUBLIC,
    "verification:public_more": PUBLIC,
    "verification:verifiers": capability("verification.plan"),
    "verification:planted": capability("verification.plan"),
    "verification:planted_withdraw": capability("verification.plan"),
    "verification:aims": capability("verification.plan"),
    "verification:aim_new": capability("verification.plan"),
    "verification:workers": capability("verification.plan"),
    "verification:flag": capability("verification.plan"),
    "verification:flag_ask": capability("verification.plan"),
    "verification:flag_drop": capability("verification.plan"),
    "verification:flag_propose": capability("verification.plan"),
    "verification:fresh_new": capability("verification.plan"),
    "verification:aim_telling": capability("verification.plan"),
    "verification:flag_mine": STRONG,
    "review:rounds": STRONG,
    "review:round_new": capability("tasks.ask"),
    "review:round": STRONG,  # its reviews: whoever leads the unit, or one above
    "review:round_change": capability("tasks.ask"),
    "review:round_stand_in": capability("tasks.ask"),
    "review:round_week": capability("tasks.ask"),
    "review:review": STRONG,  # an office-bearer's: they, and whoever leads a unit above theirs
    "review:review_decide": capability("tasks.ask"),
    "review:review_meeting": capability("tasks.ask"),
    "review:review_reply": STRONG,  # whoever leads the unit, or the office-bearer
    "review:deck_new": STRONG,  # who sees the unit's counts
    "review:deck": STRONG,  # the same; made anew of what they see
    "review:deck_file": STRONG,
    "review:deck_schedule": STRONG,
    "review:schedule_act": STRONG,  # one's own
    "review:deck_templates": capability("tasks.ask"),  # whoever leads the whole organisation
    "review:deck_template_use": capability("tasks.ask"),
    "review:deck_template_house": capability("tasks.ask"),
    "review:deck_template_file": capability("tasks.ask"),
    "review:deck_template_sample": capability("tasks.ask"),
    "messaging:circulars": STRONG,
    "messaging:circular_new": capability("messages.circular"),
    "messaging:circular": STRONG,
    "messaging:circular_step": capability("messages.circular"),
    "messaging:texts": capability("messages.send"),
    "messaging:text_new": capability("messages.send"),
    "messaging:text": capability("messages.send"),
    "messaging:sends": capability("messages.send"),
    "messaging:send_new": capability("messages.send"),
    "messaging:send": capability("messages.send", "org.release", "org.approve"),
    "messaging:send_progress": capability("messages.send", "org.release", "org.approve"),
    "messaging:send_step": capability("messages.send"),
    # imports: which list, and whether there, is asked by the act
    "imports:list": IMPORTS,
    "imports:begin": IMPORTS,
    "imports:empty": IMPORTS,
    "imports:one": IMPORTS,
    "imports:piece": IMPORTS,
    "imports:rest": IMPORTS,
    "imports:columns": IMPORTS,
    "imports:progress": IMPORTS,
    "imports:refused": IMPORTS,
    "imports:differences": IMPORTS,
    "imports:lacking": IMPORTS,
    "imports:step": IMPORTS,
}

# Paths of the machine channels' own small application (site.asgi), by prefix.
HOT: dict[str, Access] = {"/api/v1/claims": TOKEN, "/hook/": TOKEN}
HOOKS: dict[str, Access] = dict.fromkeys((*channels.HOOKS, "receipt"), TOKEN)  # what stands behind /hook/
# What else is answered before Django, by path; one that ends in a slash is a prefix.
PLAIN: dict[str, Access] = {"/healthz": PUBLIC, "/metrics": TOKEN, "/static/": PUBLIC}
