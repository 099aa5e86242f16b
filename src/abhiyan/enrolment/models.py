"""Claims, memberships and terms. Big tables: one derived UUID key each, no foreign keys (DESIGN §4, Facts)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from abhiyan.core.policy import (
    PEOPLE,
    PHONE,
    REQUESTS,
    SYSTEM,
    Policy,
    open_to_all,
    placed_sql,
    policies,
    private,
)
from abhiyan.enrolment.rules.channels import WELCOMED
from abhiyan.enrolment.rules.tickets import ticket_number
from abhiyan.programmes.models import Rung

from . import grants
from .models_cards import CardWanted as CardWanted  # noqa: PLC0414  # a table of this room, kept beside
from .models_merged import MergedTerm  # noqa: F401  # the same
from .models_motives import Motive  # noqa: F401  # the same
from .models_places import Placing, Whereabout  # noqa: F401  # the same
from .models_referrals import Referral as Referral  # noqa: PLC0414  # tables of this room, kept beside
from .models_referrals import Referred  # noqa: F401  # the same
from .rules import steps


class TermKind(models.IntegerChoices):
    """A person's first term on the roll, or a later one."""

    NEW = 1, _("New")
    RENEWED = 2, _("Renewed")


class How(models.IntegerChoices):
    """By which answer to our question somebody confirmed."""

    WORD = 1, _("By SMS or WhatsApp")
    LINK = 2, _("By the link of our message")
    PAGE = 3, _("On their own page, with the word of our message")


class Taken(models.IntegerChoices):
    """How the act took a claim. A resend is answered from it, whatever happened to the member since."""

    JOINED = 1, _("Joined")
    RENEWED = 2, _("Renewed")
    ALREADY = 3, _("Already a member")
    WAITS = 4, _("Waits at its phone")
    WORKLIST = 5, _("To be looked at")  # several people on the phone, and the claim names none of them
    LATE = 6, _("Too late to count")  # stays reported
    FULL = 7, _("Phone full")  # stays reported


class Roll(models.Model):
    """A named list people join, for a term or without.

    A term lasts some months from the day of joining, or until one day for everybody (`rules.terms.last_day`).
    """

    id = models.AutoField(primary_key=True)
    code = models.TextField(unique=True)  # primary
    names = models.JSONField()
    people_per_phone = models.SmallIntegerField(default=4)
    minimum_age = models.SmallIntegerField(default=18)
    term_months = models.SmallIntegerField(null=True)
    term_ends_on = models.DateField(null=True)
    term_set_on = models.DateField(null=True)  # when either was last changed
    # Somebody who joins a roll that does not give way leaves this one.
    gives_way = models.BooleanField(default=False, db_default=False)
    # Its people may be on any other roll too: contributors.
    stands_beside = models.BooleanField(default=False, db_default=False)
    swept_on = models.DateField(null=True)  # the last day whose ended terms were all found (actions.terms)
    swept_to = models.UUIDField(null=True)  # the membership a sweep under way has come to

    class Meta:
        db_table = "enrolment_roll"
        constraints = [
            *open_to_all("roll"),
            models.CheckConstraint(
                condition=models.Q(term_months=None) | models.Q(term_ends_on=None), name="roll_one_term"
            ),
        ]


class Drive(models.Model):
    """A membership drive's own part of its programme."""

    programme_id = models.IntegerField(primary_key=True)
    roll = models.ForeignKey(Roll, models.PROTECT, related_name="+")
    notice_code = models.TextField(default="membership")
    notice_version = models.IntegerField(default=1)
    join_slug = models.TextField(unique=True)  # /join/<slug>/; /join/ is the only open drive, or a choice
    codes_off = models.JSONField(
        default=list
    )  # [{"unit": code, "from": day, "to": day}]: codes switched off there
    replies_per_hour = models.IntegerField(default=10_000)  # above it replies wait for a release
    indian_mobiles_only = models.BooleanField(default=True)
    from_lists = models.BooleanField(
        default=False, db_default=False
    )  # takes lists of earlier members, nothing else
    renews = models.BooleanField(default=True, db_default=True)  # a member whose term still runs may renew it
    minuted = models.TextField(default="", db_default="")  # why its constituencies were chosen

    class Meta:
        db_table = "enrolment_drive"
        constraints = open_to_all("drive")


_WORKLIST = models.Q(taken=Taken.WORKLIST, membership_id=None) | models.Q(
    is_placed=False, membership_id__isnull=False, taken__in=(Taken.JOINED, Taken.RENEWED, Taken.WAITS)
)


class Claim(models.Model):
    """One message that somebody joins; the fact behind *reported*. Never changed but to say what it completed."""

    id = models.UUIDField(primary_key=True)  # hash of channel and the sender's idempotency key
    public_id = models.UUIDField()
    programme_id = models.IntegerField()
    channel = models.SmallIntegerField()  # rules.channels.Channel
    sign = models.SmallIntegerField()  # rules.channels.Sign
    unit_id = models.BigIntegerField()  # the drive's own unit while the place is unknown
    is_placed = models.BooleanField()
    phone_id = models.UUIDField()
    membership_id = models.UUIDField(null=True)  # null: waits at its phone, or is on the worklist
    taken = models.SmallIntegerField(choices=Taken.choices)
    day = models.DateField()  # field day in the programme's zone
    field_at = models.DateTimeField()  # as the sender says
    at = models.DateTimeField()  # when stored
    batch = models.UUIDField()
    by = models.UUIDField()  # public id of the worker, channel or person
    import_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "enrolment_claim"
        indexes = [
            models.Index(
                fields=["phone_id"], name="claim_phone"
            ),  # used by: what is held about a phone, undo.
            # Only claims that a person has to look at: one of them, and all in the order they came.
            models.Index(  # used by: placing and naming one
                fields=["public_id"], include=["unit_id", "at"], condition=_WORKLIST, name="claim_worklist"
            ),
            models.Index(  # used by: the worklists
                fields=["at", "public_id"], include=["unit_id"], condition=_WORKLIST, name="claim_queue"
            ),
            models.Index(  # used by: what became of a batch's rows, undo
                fields=["import_id"], condition=models.Q(import_id__isnull=False), name="claim_import"
            ),
        ]
        constraints = [
            *policies(
                "claim",
                using=f"phone_id = {PHONE} or {placed_sql('enrolment_claim.unit_id', PEOPLE)}",
                write=SYSTEM,
            ),
            Policy(name="claim_gateway", to=("gateway",), using="true"),
        ]


class Waiting(models.Model):
    """A phone's first call or SMS in a drive, one per phone and drive, with the last reply and the latest call.

    Without notice and age it waits until link, code or a row completes it; a known member's is complete at once.
    """

    id = models.UUIDField(primary_key=True)  # first 12 bytes of the phone's hash, then the programme's number
    programme_id = models.IntegerField()
    phone_id = models.UUIDField()
    claim_id = models.UUIDField()  # the first claim: the one that completing completes
    unit_id = models.BigIntegerField()
    day = models.DateField()
    channel = models.SmallIntegerField()  # rules.channels.Channel
    link_digest = models.BinaryField()  # keyed digest of the personal link's secret
    at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    completed_by = models.UUIDField(null=True)  # id of the message that completed it; no claim of its own
    completed_as = models.SmallIntegerField(choices=Taken.choices, null=True)  # that message's answer
    completed_import = models.BigIntegerField(null=True)  # the list whose row did: its undo opens this again
    replied_at = models.DateTimeField(null=True)  # the latest reply was handed to messaging
    called_at = models.DateTimeField(
        null=True
    )  # it called again and has not joined; the loop has not looked yet
    language = models.TextField(
        default="", db_default=""
    )  # of the text, where it tells; "": the installation's

    class Meta:
        db_table = "enrolment_waiting"
        indexes = [
            models.Index(fields=["link_digest"], name="waiting_link"),  # used by: opening a link
            models.Index(  # used by: the loop that replies
                fields=["at"],
                condition=models.Q(replied_at=None, completed_by=None),
                name="waiting_reply",
            ),
            models.Index(  # used by: the loop that replies once more
                fields=["called_at"], condition=models.Q(called_at__isnull=False), name="waiting_again"
            ),
            models.Index(  # used by: what became of a batch's rows, undo
                fields=["completed_import"],
                condition=models.Q(completed_import__isnull=False),
                name="waiting_import",
            ),
        ]
        constraints = [
            *policies(
                "waiting",
                using=f"phone_id = {PHONE} or {placed_sql('enrolment_waiting.unit_id', PEOPLE)}",
                write=SYSTEM,
            ),
            Policy(name="waiting_gateway", to=("gateway",), using="true"),
        ]


class Revisit(models.Model):
    """A phone to look at again: it left or called, which transactions then under way could not see.

    Kept for seconds, until each of those has ended (`actions.revisits`).
    """

    phone_id = models.UUIDField(primary_key=True)
    horizon = models.BigIntegerField(
        null=True
    )  # transactions below this number may still write; null: not asked yet

    class Meta:
        db_table = "enrolment_revisit"
        constraints = [
            *private("revisit", using=f"phone_id = {PHONE}", write=SYSTEM),
            Policy(name="revisit_gateway", to=("gateway",), using="true"),
        ]


class Membership(models.Model):
    """One person on one roll."""

    id = models.UUIDField(
        primary_key=True
    )  # 6 bytes of the phone's hash, 8 of HMAC(identity key, roll, phone, slot), two zeros (its terms' numbers)
    public_id = models.UUIDField()
    roll_id = models.IntegerField()
    phone_id = models.UUIDField()
    slot = models.SmallIntegerField()  # 0: the first person on the phone
    person_id = models.UUIDField()
    unit_id = models.BigIntegerField()
    claim_id = models.UUIDField()  # the claim that opened it.
    term = models.SmallIntegerField()  # number of the latest term.
    programme_id = models.IntegerField()  # drive of the latest term.
    ended_on = models.DateField(null=True)  # the latest term has ended: left, struck off, or run out.
    struck_at = models.DateTimeField(null=True)  # for fraud: the slot is free again.
    merged_into = models.UUIDField(null=True)  # a place left, or held first: of that member (actions.moving)
    at = models.DateTimeField()

    class Meta:
        db_table = "enrolment_membership"
        indexes = [
            models.Index(fields=["phone_id"], name="membership_phone"),  # used by: people on one phone
            models.Index(fields=["public_id"], name="membership_public"),  # used by: a member's page
        ]
        constraints = [
            *policies(
                "membership",
                using=f"phone_id = {PHONE} or {placed_sql('enrolment_membership.unit_id', PEOPLE)}",
                write=SYSTEM,
            ),
            Policy(name="membership_gateway", to=("gateway",), using="true"),
        ]


class Enrolment(models.Model):
    """One term of a membership. Never deleted: it ends, or is struck off with a reason."""

    # The membership's id with the term's number in its last two bytes: once is once, and the terms of a
    # membership stand together behind it.
    id = models.UUIDField(primary_key=True)
    membership_id = models.UUIDField()
    claim_id = models.UUIDField()  # the claim that opened this term
    programme_id = models.IntegerField()
    unit_id = models.BigIntegerField()  # as it was on the day
    kind = models.SmallIntegerField(choices=TermKind.choices)
    term = models.SmallIntegerField()
    channel = models.SmallIntegerField()  # rules.channels.Channel
    rung = models.SmallIntegerField()  # programmes.Rung: UNSIGNED or COUNTED
    signed_at = models.DateTimeField(null=True)  # when the phone answered; null and counted: when stored
    welcomed_at = models.DateTimeField(
        null=True
    )  # member number and card were sent, or were not due any more
    asked_at = models.DateTimeField(null=True)  # our question was queued
    ask_over_at = models.DateTimeField(
        null=True
    )  # not asked any more: nobody answered, or there was none to ask
    # The person's own yes: a rung more, beside the counted one. By which answer (How), to which of our messages.
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.SmallIntegerField(choices=How.choices, null=True)
    confirmed_message = models.UUIDField(null=True)
    day = models.DateField()
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(default="", db_default="")  # rules.endings

    class Meta:
        db_table = "enrolment_enrolment"
        indexes = [
            models.Index(fields=["unit_id", "-at"], name="enrolment_unit"),  # used by: newest members
            models.Index(  # used by: the loop that asks whether they joined
                fields=["programme_id", "at"],
                condition=models.Q(asked_at=None, ask_over_at=None, confirmed_at=None, ended_at=None),
                name="enrolment_unasked",
            ),
            models.Index(  # used by: the loop that welcomes who has joined
                fields=["at"],
                condition=models.Q(welcomed_at=None, ended_at=None, rung=Rung.COUNTED, channel__in=WELCOMED),
                name="enrolment_unwelcomed",
            ),
        ]
        constraints = [
            *policies(
                "enrolment",
                using=f"{placed_sql('enrolment_enrolment.unit_id', PEOPLE)} or exists"
                " (select 1 from enrolment_membership em where em.id = enrolment_enrolment.membership_id"
                f" and em.phone_id = {PHONE})",
                write=SYSTEM,
            ),
            Policy(name="enrolment_gateway", to=("gateway",), using="true"),
        ]

    @property
    def rungs(self) -> list[int]:
        """Return what the term counts as in the ledger while it counts: its rung, and those beside it
        (rules.steps)."""
        return [
            self.rung,
            *steps.rungs_beside(
                is_renewed=self.kind == TermKind.RENEWED,
                is_asked=self.asked_at is not None,
                is_over=self.ask_over_at is not None,
                is_confirmed=self.confirmed_at is not None,
                how=self.confirmed_by,
            ),
        ]


class Parting(models.Model):
    """A phone's own word that ended a term: its person left, or never joined. With where the entry had come from.

    Only the data officer of their unit reads who never joined, and no other office (DESIGN §2).
    """

    id = models.UUIDField(primary_key=True)  # the term's: once is once
    kind = models.TextField()  # rules.endings: left, denied
    phone_id = models.UUIDField()
    public_id = models.UUIDField()  # of the membership
    sealed_name = models.BinaryField(null=True)  # of who never joined, for the data officer
    programme_id = models.IntegerField()
    unit_id = models.BigIntegerField()
    claim_id = models.UUIDField()  # the claim that opened the term, and what it was
    entered_channel = models.SmallIntegerField()  # rules.channels.Channel
    entered_at = models.DateTimeField()
    batch = models.UUIDField()
    import_id = models.BigIntegerField(null=True)
    by = models.UUIDField()  # public id of the worker, channel or person who sent it in
    device = models.TextField(default="", db_default="")
    channel = models.SmallIntegerField()  # how the phone said it
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)  # came back within the week
    said_by = models.UUIDField(null=True)  # the phone that said so; null: before this was kept

    class Meta:
        db_table = "enrolment_parting"
        indexes = [
            models.Index(fields=["said_by", "-at"], name="parting_said_by"),  # used by: receipts
            models.Index(  # used by: bursts among a list's entries
                fields=["import_id", "-at"],
                condition=models.Q(import_id__isnull=False),
                name="parting_import",
            ),
            models.Index(fields=["-at"], name="parting_at"),  # used by: what looks for bursts
            models.Index(fields=["by", "-at"], name="parting_by"),  # used by: bursts and counts of a worker
            models.Index(  # used by: the data officer's list, a unit's count
                fields=["unit_id", "-at"], condition=models.Q(kind="denied"), name="parting_unit"
            ),
        ]
        constraints = private(
            "parting",
            using=f"phone_id = {PHONE}"
            f" or (kind = 'denied' and {placed_sql('enrolment_parting.unit_id', REQUESTS)})",
            write=SYSTEM,
        )


class DataRequest(models.Model):
    """A person's request about what is held about them, by law, until somebody answers (law.md D5)."""

    class Kind(models.TextChoices):
        ACCESS = "access", _("Ask what we hold, or who got it")
        CORRECTION = "correction", _("Have something corrected")
        COMPLETION = "completion", _("Have something added")
        ERASURE = "erasure", _("Have everything erased")
        NOMINATION = "nomination", _("Name somebody who acts for you")
        GRIEVANCE = "grievance", _("Complain")

    id = models.UUIDField(primary_key=True)  # random; its number follows from it
    kind = models.TextField(choices=Kind.choices)
    phone_id = models.UUIDField()
    person_id = models.UUIDField()
    public_id = models.UUIDField()  # of the membership
    unit_id = models.BigIntegerField()
    language = models.TextField(default="", db_default="")
    sealed_said = models.BinaryField(null=True)  # in the person's own words
    sealed_answer = models.BinaryField(null=True)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)  # account; null: the program itself, at once

    class Meta:
        db_table = "enrolment_ticket"
        indexes = [
            models.Index(fields=["phone_id"], name="ticket_phone"),  # used by: my membership
            models.Index(  # used by: Today and the list of what waits
                fields=["due_at"], condition=models.Q(answered_at=None), name="ticket_open"
            ),
        ]
        constraints = private(
            "ticket",
            using=f"phone_id = {PHONE} or {placed_sql('enrolment_ticket.unit_id', REQUESTS)}",
            write=SYSTEM,
        )

    @property
    def number(self) -> str:
        return ticket_number(self.pk)


class Halt(models.Model):
    """A stopped list or sender, or a waiting leave by call or text: so many had said no.

    Until somebody above it, or its data officer, has looked (`actions.bursts`).
    """

    class Kind(models.TextChoices):
        LIST = "list", _("Paper list")
        SENDER = "sender", _("Sender")
        CALLS = "calls", _("Leaving by call or text")

    public_id = models.UUIDField(unique=True)
    kind = models.TextField(choices=Kind.choices)
    import_id = models.BigIntegerField(null=True)
    sender = models.UUIDField(null=True)  # as in Claim.by
    programme_id = models.IntegerField()  # 0: of none alone
    unit_id = models.BigIntegerField()  # where it is: the level above looks at it
    noes = models.IntegerField()  # when it was stopped
    entries = models.IntegerField()
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    reason = models.TextField(default="", db_default="")  # why it goes on

    class Meta:
        db_table = "enrolment_halt"
        constraints = [
            *(
                models.UniqueConstraint(
                    fields=[field], condition=models.Q(kind=kind, ended_at=None), name=f"halt_{kind}_once"
                )
                for kind, field in (("list", "import_id"), ("sender", "sender"), ("calls", "kind"))
            ),
            *policies(
                "halt",
                using=f"{placed_sql('enrolment_halt.unit_id', PEOPLE)}"
                f" or {placed_sql('enrolment_halt.unit_id', REQUESTS)}",
                write=SYSTEM,
            ),
            Policy(name="halt_gateway", to=("gateway",), command="SELECT", using="true"),
        ]


class HeldLeave(models.Model):
    """A phone that called or wrote to leave while so many did that numbers may be forged. It hears nothing more from
    us at once; its memberships end after somebody has looked, two days later at the latest."""

    phone_id = models.UUIDField(primary_key=True)
    rolls = ArrayField(models.IntegerField())  # those it leaves then; none: it said NO
    channel = models.SmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "enrolment_held_leave"
        indexes = [models.Index(fields=["at"], name="held_leave_at")]  # used by: doing them
        constraints = private("held_leave", using=f"phone_id = {PHONE}", write=SYSTEM)


class PhoneChange(models.Model):
    """A member's number that changes, or is asked to; what matches no member has neither membership nor old phone."""

    id = models.UUIDField(primary_key=True)  # random; what the question to the old phone is about
    membership_id, old_phone_id = models.UUIDField(null=True), models.UUIDField(null=True)
    new_phone_id = models.UUIDField()
    sealed = models.BinaryField(null=True)  # the new number, bound to its id; null once done or over
    last4 = models.TextField(default="", db_default="")  # of the old number; empty once erased
    new_last4 = models.TextField()
    by = models.UUIDField()  # public id of the session that asked
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # when the loop does something about it
    done_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # objected to, not possible; after done_at: taken back
    said_no_at = models.DateTimeField(null=True)  # the old phone, when it was done
    is_denied = models.BooleanField(default=False, db_default=False)  # ... and that it never joined

    class Meta:
        db_table = "enrolment_phone_change"
        indexes = [
            models.Index(fields=["old_phone_id"], name="phone_change_old"),  # used by: asking; its own page
            models.Index(
                fields=["new_phone_id"], name="phone_change_new"
            ),  # used by: the same; the phone we ask
            models.Index(fields=["membership_id"], name="phone_change_of"),  # used by: numbers before
            models.Index(fields=["due_at"], name="phone_change_due"),  # used by: the loop that does them
        ]
        constraints = private("phone_change", using=f"{PHONE} in (old_phone_id, new_phone_id)", write=SYSTEM)


class Moved(models.Model):
    """A member who went to the successor of a closed unit, so that an opening brings them back."""

    closing_id = models.BigIntegerField()
    membership_id = models.UUIDField()
    unit_id = models.BigIntegerField()  # where they lived
    to_id = models.BigIntegerField()

    class Meta:
        db_table = "enrolment_moved"
        indexes = [
            models.Index(fields=["closing_id", "unit_id"], name="moved_closing")  # used by: an opening
        ]
        constraints = policies("moved", using=placed_sql("enrolment_moved.unit_id", PEOPLE), write=SYSTEM)


class RefusedCount(models.Model):
    """The number of refused people without any other trace: minors, and callers that stay unknown."""

    pk = models.CompositePrimaryKey("programme_id", "unit_id", "channel", "reason", "day")
    programme_id = models.IntegerField()
    unit_id = models.BigIntegerField()  # the drive's own while the place is unknown
    channel = models.SmallIntegerField()  # rules.channels.Channel
    reason = models.TextField()  # code of the refusal: not_adult, drive_closed, phone_abroad …
    day = models.DateField()
    n = models.IntegerField()

    class Meta:
        db_table = "enrolment_refused_count"
        constraints = [
            *policies(
                "refused_count", using=placed_sql("enrolment_refused_count.unit_id", PEOPLE), write=SYSTEM
            ),
            Policy(name="refused_count_gateway", to=("gateway",), using="true"),
        ]


GRANTS = grants.GRANTS  # where roles look for them
