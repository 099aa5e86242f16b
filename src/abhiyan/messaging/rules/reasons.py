"""Why a message waits or was given up, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .texts import CONTRIBUTOR, FIXED, FRIEND

WORDS: dict[str, Promise] = {
    "budget": _("Over this hour's limit: waits for approval"),
    "template": _("No registered text for it yet"),
    "unregistered": _("Its text has no DLT template id yet"),
    "misfit": _("A name or word in it is longer than the registered text allows"),
    "hours": _("Waits for the hours in which messages may go out"),
    "silence": _("Waits for the close of a poll: 48 hours before it nothing goes there"),
    "calendar": _("Waits for an entry of this state in the calendar of polls"),
    "certificate": _("Waits for a certificate: an election is announced there"),
    "cap": _("Waits: this phone or person already got its messages of the week"),
    "emergency": _("Waits for the end of the emergency stop"),
    "too_late": _("Too late: given up"),
    "taken_back": _("Taken back before it was sent"),
    "suppressed": _("The phone said no"),
    "no_consent": _("No consent for messages"),
    "unwilling": _("They did not want to talk with us"),
    "rested": _("Somebody talked with them three times in the last 30 days"),
    "frozen": _("An election is announced there: lists of beneficiaries rest until its result"),
    "restored": _("Was waiting at the time of the backup; may have been sent since"),
    "released": _("Approved by two people"),
    "unconfirmed": _("Handed over; the gateway did not confirm in time"),
    "sealed": _("We cannot open its seal with our keys"),
    "paused": _("Paused by hand"),
    "stopped": _("Stopped before it left"),
    "no_connection": _("The gateway could not be reached; tried again"),
    "no_address": _("The e-mail address was removed before it was sent"),
    "refused_address": _("The mail server says that this e-mail address does not exist"),
    "email_off": _("E-mail is switched off on this server"),
    "login": _("The mail server does not accept our user and password"),
    "password_file": _("The file with the password of the mail server cannot be read"),
    "certificate_of_server": _("The certificate of the mail server is not valid"),
}
# A gateway that takes nothing, by the lane that waits for it.
AWAY: dict[str, Promise] = {
    "codes": _("The SMS gateway does not accept one-time codes. People who ask for one do not get it now."),
    "send": _("The SMS gateway does not accept messages. They wait here and go out when it works again."),
    "mail_codes": _(
        "The mail server does not accept one-time codes. People who ask for one by e-mail do not get it."
    ),
    "mail": _("The mail server does not accept mails. They wait here and go out when it works again."),
}
KINDS: dict[str, Promise] = {
    "code.sign_in": _("Code to sign in"),
    "code.sign_in.email": _("Code to sign in, by e-mail"),
    "code.email": _("Code that proves an e-mail address"),
    "code.field": _("Code to sign in on a phone"),
    "code.join": _("Code to join"),
    "code.door": _("Code to join at the door"),
    "code.member": _("Code to open a membership"),
    "code.phone": _("Code for a changed number"),
    "code.leave": _("Code to leave"),
    "drive.reply": _("Reply to a first call or text"),
    "drive.reply_yes": _("Reply to a first text with details"),
    "drive.already": _("Already a member"),
    "drive.joined": _("Has joined: member number and card"),
    "text.lacking": _("Reply: something is missing"),
    "text.help": _("Reply: how to join and leave"),
    "text.media": _("Reply: only words can be read"),
    "duty.in_charge": _("News of being in charge"),
    "duty.office": _("Question whether they accept an office"),
    "office.accepted": _("Reply: has accepted an office"),
    "office.declined": _("Reply: has declined an office"),
    "office.unchanged": _("Reply: the answer about an office changed nothing"),
    "duty.task_tomorrow": _("Reminder of a task due tomorrow"),
    "duty.task_late": _("Reminder of a late task"),
    "duty.ask": _("News that a meeting or report is asked for"),
    "duty.asked": _("Reminder of a meeting or report"),
    "duty.circular": _("News of a circular"),
    "duty.slides": _("News of slides"),
    "duty.meeting": _("Invitation to a meeting"),
    "duty.meeting_moved": _("New day of a meeting"),
    "ask.met": _("Question whether they were at a meeting"),
    "duty.meeting_off": _("News of a cancelled meeting"),
    "duty.calls": _("Booth presidents to call today"),
    "duty.morning": _("Morning message"),
    "duty.stay": _("Question whether they go to a stay"),
    "ask.host": _("Question whether a stay suits the host"),
    "ask.stayed": _("Question whether a worker stayed"),
    "ask.visited": _("Question whether a leader spent a day there"),
    "ask.talked": _("Question whether a worker talked with them"),
    "ask.signed": _("Question whether they signed a form"),
    "duty.centre": _("Reminder of a silent call centre"),
    "duty.today": _("Something waits on Today"),
    "account.reset_asked": _("News of a reset asked for"),
    "account.email": _("News of an e-mail address added"),
    "account.reset_done": _("News of a reset done"),
    "leave.receipt": _("Receipt of leaving"),
    "held.receipt": _("Receipt of leaving, while it waits"),
    "stop.receipt": _("Receipt of a STOP"),
    "deny.receipt": _("Receipt of “I never joined”"),
    "erase.receipt": _("Receipt of erasing"),
    "ticket.answered": _("Answer to a request"),
    "ticket.opened": _("Number of a request to the helpline"),
    "ticket.again": _("A request is open again"),
    "ticket.solved": _("Thanks for the answer that a request is solved"),
    "ticket.late": _("A request was closed too long ago to open again"),
    "ticket.reply": _("Answer of the helpline"),
    "ask.solved": _("Question whether a request is solved"),
    "back.receipt": _("Receipt of coming back"),
    "confirm.receipt": _("Thanks for a yes"),
    "phone.receipt": _("Receipt of a changed number"),
    "ask.confirm": _("Question whether they joined"),
    "ask.confirm.unnamed": _("Question whether they joined, without the name"),
    "ask.listed": _("Notice to a number somebody else put on the list"),
    "ask.spoke": _("Question whether a leader spoke with them"),
    "contributor.join": _("Link to help, as they asked"),
    "contributor.task": _("Task for a contributor"),
    "certificate.ready": _("Certificate of a friend is ready"),
    "incident.notice": _("Notice of an incident with their data"),
    "ask.phone": _("Notice of a changed number, to the old one"),
    "reply.which": _("Which question an answer is about"),
}
# To friends and contributors the same, in words of their own.
KINDS |= {
    code: KINDS[code.replace(mark, "")]
    for mark in (FRIEND, CONTRIBUTOR)
    for code in sorted(FIXED)
    if mark in code
}
KINDS["drive.already.friend"] = _("Already a friend")
KINDS["drive.joined.friend"] = _("Has joined as a friend: number and page")
KINDS["drive.already.contributor"] = _("Already a contributor")
KINDS["drive.joined.contributor"] = _("Has joined as a contributor: number and page")


def reason_words(code: str) -> Promise | str:
    """A reason for people; a gateway's own code is shown as it is."""
    return WORDS.get(code, code)


def template(code: str) -> Promise | str:
    """Name a message for people."""
    if code.startswith("bulk."):
        return _("Bulk message")
    return KINDS.get(code, code)
