"""The one door out, and what comes in."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from abhiyan.core.policy import (
    ACCOUNT,
    COUNTS,
    LINE,
    PEOPLE,
    PHONE,
    REQUESTS,
    SYSTEM,
    open_to_all,
    placed_sql,
    policies,
    private,
)
from abhiyan.core.titles import TitledModel


class MessageClass(models.IntegerChoices):
    """A message falls under the rules of its class (DESIGN §4, Messages)."""

    SERVICE = 1, _("Service")
    DUTY = 2, _("Duty")
    OUTREACH = 3, _("Outreach")


class Template(models.Model):
    """A fixed text with named blanks, per language; outreach needs its registration.

    People register a text for bulk messages. Its code is `bulk.` with a key of its own and its version. So a changed
    text is another code, with ids of its own. It never changes, and the hash proves that it did not.
    """

    code = models.TextField()  # code.sign_in, code.join, drive.reply, leave.receipt, ...
    language = models.TextField()
    version = models.IntegerField(default=1)
    kind = models.SmallIntegerField(choices=MessageClass.choices)
    text = models.TextField()
    registration = models.TextField(default="", db_default="")  # DLT template id
    is_active = models.BooleanField(default=True)
    name = models.TextField(default="", db_default="")  # of a bulk text, for its list.
    entity = models.TextField(default="", db_default="")  # DLT id of the organisation.
    header = models.TextField(default="", db_default="")  # the sender's name on the phone.
    sha256 = models.TextField(default="", db_default="")  # of the exact text, as it was registered.
    certificate = models.TextField(default="", db_default="")  # number, from the announcement of an election.
    certificate_from = models.DateField(null=True)
    certificate_until = models.DateField(null=True)
    certificate_sha256 = models.TextField(default="", db_default="")  # of the text that was certified
    unit_id = models.BigIntegerField(null=True)  # whose bulk text it is: they alone change and certify it
    made_by = models.BigIntegerField(null=True)  # account
    made_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "messaging_template"
        constraints = [
            *open_to_all("template", write=SYSTEM),
            models.UniqueConstraint(fields=["code", "language", "version"], name="template_once"),
        ]


class Registration(models.Model):
    """The DLT template id of one content template of a service text (rules.registered). A changed text is another."""

    code = models.TextField()
    language = models.TextField()
    key = models.TextField()  # hash of code, language and `text`
    text = models.TextField()  # as it was registered, with its variables
    template_id = models.TextField()
    registered_at = models.DateTimeField()

    class Meta:
        db_table = "messaging_registration"
        constraints = [
            *open_to_all("registration", write=SYSTEM),
            models.UniqueConstraint(fields=["key"], name="registration_once"),
        ]


class Message(models.Model):
    """One message on its way out: queued, leased, sent, delivered, held or given up."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        HELD = "held", pgettext_lazy("one message", "Held back")
        LEASED = "leased", _("Being sent")
        SENT = "sent", _("Sent")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Failed")
        DROPPED = "dropped", _("Given up")

    class Way(models.TextChoices):
        SMS = "sms", _("SMS")
        EMAIL = "email", _("E-mail")

    id = models.UUIDField(primary_key=True)  # derived from the sender's key: once is once
    public_id = models.UUIDField()
    kind = models.SmallIntegerField(choices=MessageClass.choices)
    template = models.TextField()
    language = models.TextField()
    phone_id = models.UUIDField()
    sealed_phone = models.BinaryField()  # to a phone that may be on no roll yet; of a mail, the address
    last4 = models.TextField()  # empty once the phone has left
    sealed_blanks = models.BinaryField()  # what fills the template: links and codes stay sealed
    unit_id = models.BigIntegerField(null=True)
    programme_id = models.IntegerField(default=0, db_default=0)  # 0: of no programme
    state = models.TextField(choices=State.choices, default=State.QUEUED)
    reason = models.TextField(default="", db_default="")  # why held or given up
    queued_at = models.DateTimeField()  # or, earlier, when the phone did what this answers
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(default=0, db_default=0)
    adapter = models.TextField(default="", db_default="")
    adapter_ref = models.TextField(default="", db_default="")
    sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    parts = models.SmallIntegerField(default=0, db_default=0)  # SMS billed
    send_id = models.BigIntegerField(null=True)  # the bulk send it belongs to
    way = models.TextField(choices=Way.choices, default=Way.SMS, db_default=Way.SMS)

    class Meta:
        db_table = "messaging_message"
        indexes = [
            # used by: the sender's lease
            models.Index(
                fields=["due_at"],
                condition=models.Q(state__in=["queued", "leased"]),
                name="message_due",
            ),
            # used by: codes going before everything else
            models.Index(
                fields=["due_at"],
                condition=models.Q(state__in=["queued", "leased"], template__startswith="code."),
                name="message_due_code",
            ),
            # used by: the sender's lease of mails, past any number of SMS that wait
            models.Index(
                fields=["due_at"],
                condition=models.Q(state__in=["queued", "leased"], way="email"),
                name="message_due_email",
            ),
            # used by: releasing what a programme's breaker held
            models.Index(fields=["programme_id"], condition=models.Q(state="held"), name="message_held"),
            models.Index(fields=["unit_id", "-queued_at"], name="message_unit"),  # used by: Messages
            models.Index(fields=["adapter_ref"], name="message_ref"),  # used by: delivery reports
            models.Index(fields=["phone_id"], name="message_phone"),  # used by: what is held about me
            # used by: a bulk send's figures, and stopping it
            models.Index(
                fields=["send_id", "state"], condition=models.Q(send_id__isnull=False), name="message_send"
            ),
        ]
        constraints = [
            *policies(
                "message",
                using=f"phone_id = {PHONE} or {placed_sql('messaging_message.unit_id', PEOPLE)}",
            ),
        ]


class Inbound(models.Model):
    """A webhook that arrived: kept by its provider's own id, so that a replay finds the first."""

    id = models.UUIDField(primary_key=True)  # derived from provider and its id
    provider = models.TextField()
    kind = models.TextField()  # call, sms, chat
    at = models.DateTimeField()
    phone_id = models.UUIDField(null=True)
    number = models.TextField(default="", db_default="")  # our own number that was called
    outcome = models.TextField(default="", db_default="")
    ref_id = models.UUIDField(null=True)  # of the provider's own id alone; null: came before it was noted
    is_reused = models.BooleanField(default=False, db_default=False)  # another webhook had this id before

    class Meta:
        db_table = "messaging_inbound"
        indexes = [
            models.Index(
                fields=["ref_id"], name="messaging_inbound_ref"
            ),  # used by: whether an id came before with other words
            models.Index(  # used by: doctor
                fields=["at"], condition=models.Q(is_reused=True), name="messaging_inbound_reused"
            ),
        ]
        constraints = [
            *policies("inbound", using=f"phone_id = {PHONE}", write=SYSTEM),
        ]


class Question(models.Model):
    """We asked one phone this and wait to hear (DESIGN §4, Answers): about what, by which messages, until when.

    The words are derived (rules.questions), so none is kept. An answered or closed question keeps nothing sealed here.
    """

    id = models.UUIDField(
        primary_key=True
    )  # derived from room, kind, what it is about and phone: once is once
    room = models.TextField()  # who asks: enrolment, org, ...
    kind = models.TextField()  # what: confirm, ...
    about = models.UUIDField()  # public id, in that room
    phone_id = models.UUIDField()
    language = models.TextField()
    template = models.TextField()
    address = models.TextField()  # of the page its link opens, with %s.
    sealed = models.BinaryField(null=True)  # phone, blanks and label; null once answered or over.
    link_digest = models.BinaryField()  # keyed digest of the links' common part.
    message_ids = ArrayField(models.UUIDField())  # by their number, if they brought a word.
    unnamed = models.SmallIntegerField(default=0, db_default=0)  # how many of them, the first, named nobody.
    unit_id = models.BigIntegerField(null=True)
    programme_id = models.IntegerField(default=0, db_default=0)
    asked_at = models.DateTimeField()
    remind_at = models.DateTimeField(null=True)  # asked once more then; null: not again
    expires_at = models.DateTimeField()
    which_at = models.DateTimeField(null=True)  # a bare YES or NO was answered by asking which
    answered_at = models.DateTimeField(null=True)
    is_yes = models.BooleanField(null=True)
    channel = models.TextField(default="", db_default="")  # the way the answer came: sms, whatsapp, link.
    ref = models.TextField(default="", db_default="")  # the provider's id of the answer.
    message_id = models.UUIDField(null=True)  # our message that was answered.
    closed_at = models.DateTimeField(null=True)  # over without an answer: its time, or its matter, has ended.
    hears_late_no = models.BooleanField(
        default=False, db_default=False
    )  # see actions.questions.PhoneQuestion

    class Meta:
        db_table = "messaging_question"
        indexes = [
            models.Index(fields=["phone_id"], name="question_phone"),  # used by: an answer by text; erasure
            models.Index(fields=["link_digest"], name="question_link"),  # used by: an answer by link
            models.Index(  # used by: the loop that asks once more
                fields=["remind_at"],
                condition=models.Q(answered_at=None, closed_at=None, remind_at__isnull=False),
                name="question_remind",
            ),
            models.Index(  # used by: the loop that ends what nobody answered
                fields=["expires_at"],
                condition=models.Q(answered_at=None, closed_at=None),
                name="question_expires",
            ),
        ]
        constraints = private("question", using=f"phone_id = {PHONE}", write=SYSTEM)


class Number(models.Model):
    """One of our own numbers: a call to it means something (join a drive, no more messages)."""

    class Meaning(models.TextChoices):
        JOIN = "join", _("Join this drive")
        STOP = "stop", _("No more messages. Membership stays")
        LEAVE = "leave", _("Leave, and no more messages")
        HELP = "help", _("Call me back (helpline)")
        NOTICE = "notice", _("Hear the notice")
        ANSWERS = "answers", _("Answers to our messages, by text")

    number = models.TextField(unique=True)  # E.164
    provider = models.TextField()  # rules.inbound.PROVIDERS
    meaning = models.TextField()  # Meaning
    programme_id = models.IntegerField(null=True)
    secret_path = models.TextField(
        default="", db_default=""
    )  # digest of the path's secret, where no signature is
    addresses = ArrayField(models.TextField(), default=list)  # source networks allowed, where no signature is
    sealed_token = models.BinaryField(null=True)  # the provider's signing token
    is_active = models.BooleanField(default=True)
    added_at = models.DateTimeField(null=True)  # null: before this was kept
    added_by = models.BigIntegerField(null=True)  # account; null: the server's console
    believed_at = models.DateTimeField(
        null=True
    )  # before it, nothing it tells is a phone's own sign; null: at once

    class Meta:
        db_table = "messaging_number"
        constraints = open_to_all("number")


class Allowance(models.Model):
    """A programme may send so many messages an hour (0: all programmes together)."""

    programme_id = models.IntegerField(primary_key=True)
    per_hour = models.IntegerField()
    set_by = models.BigIntegerField(null=True)
    set_at = models.DateTimeField()

    class Meta:
        db_table = "messaging_allowance"
        constraints = [
            *open_to_all("allowance"),
            models.CheckConstraint(condition=models.Q(per_hour__gte=0), name="allowance_not_negative"),
        ]


class Spending(models.Model):
    """An hour has spent so much of its allowance; at the allowance the breaker trips and messages are held."""

    pk = models.CompositePrimaryKey("programme_id", "hour")
    programme_id = models.IntegerField()
    hour = models.DateTimeField()
    allowed = models.IntegerField()
    spent = models.IntegerField(default=0, db_default=0)
    tripped_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "messaging_spending"
        constraints = open_to_all("spending", write=SYSTEM)


class Reached(models.Model):
    """A phone or a person was sent this outreach in the last seven days: the caps reserve it here, message by message.

    The row goes once the last of it is a week old.
    """

    subject = models.UUIDField(primary_key=True)  # a phone's id, or a person's
    taken = models.JSONField(default=dict, db_default={})  # message id -> when
    last_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "messaging_reached"
        constraints = private("reached", using=f"subject = {PHONE}", write=SYSTEM)
        indexes = [models.Index(fields=["last_at"], name="reached_last")]  # used by: forgetting


class Outage(models.Model):
    """The gateway does not answer one of the two lanes. The row is there only as long as that lasts."""

    lane = models.TextField(primary_key=True)  # codes, send: the loop of that name
    since = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        db_table = "messaging_outage"
        constraints = open_to_all("outage", write=SYSTEM)


class Send(models.Model):
    """One bulk send: a text to an audience in some units, asked by one person and approved by another."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Not asked yet")
        ASKED = "asked", _("Waits for approval")
        SENDING = "sending", _("Being sent")
        PAUSED = "paused", _("Paused")
        STOPPED = "stopped", _("Stopped half-way")
        DONE = "done", _("Finished")

    public_id = models.UUIDField(unique=True)
    text = models.TextField()  # code of its templates
    audience = models.TextField()  # code of rules.audiences, with what of it behind a colon
    unit_id = models.BigIntegerField()  # where it was asked; all its units are here or below
    hierarchy = models.SmallIntegerField()
    units = ArrayField(models.BigIntegerField())
    programme_id = models.IntegerField(default=0, db_default=0)  # that pays for it; 0: none
    given = models.JSONField(default=dict)  # language -> what fills its variables
    per_hour = models.IntegerField()
    state = models.TextField(choices=State.choices, default=State.DRAFT)
    reason = models.TextField(default="", db_default="")  # why it was stopped, if not by hand
    # As somebody asked for it, and nothing else is what was approved.
    release = models.UUIDField(null=True)
    sha256 = models.TextField(default="", db_default="")  # of texts, variables, audience and units.
    counted = models.JSONField(default=dict)  # reason ("" for phones that get it at once) -> how many phones.
    counted_at = models.DateTimeField(null=True)  # the moment these figures are of.
    counting = models.JSONField(null=True)  # how far a count is that has not come to its end (rules.counting)
    n_asked = models.IntegerField(default=0, db_default=0)  # who get it, at once or once it may go there.
    parts_asked = models.IntegerField(default=0, db_default=0)
    made_by = models.BigIntegerField()  # account
    made_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    after = models.UUIDField(null=True)  # the last phone that was queued
    queued_at = models.DateTimeField(
        null=True
    )  # when phones were queued last: what the pace is reckoned from
    is_queued = models.BooleanField(default=False, db_default=False)  # to the last
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "messaging_send"
        indexes = [models.Index(fields=["unit_id", "-made_at"], name="send_unit")]  # used by: Bulk messages
        constraints = policies(
            "send",
            using=f"made_by = {ACCOUNT} or {placed_sql('messaging_send.unit_id', PEOPLE)}"
            f" or {placed_sql('messaging_send.unit_id', REQUESTS)}",
            write=SYSTEM,
        )


class Circular(TitledModel):
    """An office sends this text to holders of offices in units below: read in the app, announced by SMS."""

    public_id = models.UUIDField(unique=True)
    number = models.TextField(default="", db_default="")  # the sender's own, if they number them
    text = models.TextField()
    unit_id = models.BigIntegerField()  # of the office it comes from
    hierarchy = models.SmallIntegerField()
    office = models.TextField(default="", db_default="")  # code of those it is for; "": every office
    made_by = models.BigIntegerField()  # account
    made_at = models.DateTimeField()
    recipients = models.IntegerField(default=0, db_default=0)
    ended_at = models.DateTimeField(null=True)  # taken back

    class Meta:
        db_table = "messaging_circular"
        indexes = [models.Index(fields=["unit_id", "-made_at"], name="circular_unit")]  # used by: Circulars
        constraints = policies(
            "circular",
            using=f"made_by = {ACCOUNT} or {placed_sql('messaging_circular.unit_id', PEOPLE)}"
            # A viewer of one row of its readers, their own among them, may read it.
            " or exists (select 1 from messaging_reading r where r.circular_id = messaging_circular.id)",
            write=SYSTEM,
        )


class Reading(models.Model):
    """A circular and one holder of an office it went to: whether they have opened it, and when."""

    pk = models.CompositePrimaryKey("circular_id", "account_id")
    circular_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    unit_id = models.BigIntegerField()  # of the highest office it came to them for
    office = models.TextField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "messaging_reading"
        indexes = [
            # used by: Today
            models.Index(
                fields=["account_id"], condition=models.Q(read_at__isnull=True), name="reading_unread"
            ),
        ]
        constraints = policies(
            "reading",
            using=f"account_id = {ACCOUNT} or {placed_sql('messaging_reading.unit_id', PEOPLE)}",
            write=SYSTEM,
        )


class Reminder(models.Model):
    """A person was reminded of something on a day: once a day of each matter."""

    kind = models.TextField()  # what it is about: "due", "in_charge", "circular", "centre", "task_late", ...
    about = models.BigIntegerField()  # its key; of all that waits for a person, the account
    account_id = models.BigIntegerField()
    day = models.DateField()  # of the organisation
    at = models.DateTimeField()
    unit_id = models.BigIntegerField()  # the matter's, or that of the person's office

    class Meta:
        db_table = "messaging_reminder"
        indexes = [
            models.Index(fields=["day"], name="reminder_day"),  # used by: forgetting
        ]
        constraints = [
            # used by: the last reminder of a thing
            models.UniqueConstraint(fields=["kind", "about", "day", "account_id"], name="reminder_once"),
            *policies(
                "reminder",
                using=f"account_id = {ACCOUNT} or {placed_sql('messaging_reminder.unit_id', LINE)}"
                # Lists of in-charges show it to everybody who sees the in-charges.
                f" or kind = 'in_charge' and {placed_sql('messaging_reminder.unit_id', COUNTS)}",
                write=SYSTEM,
            ),
        ]


class MorningChoice(models.Model):
    """A leader wants the morning message, at an hour of the organisation. sent_on: the day of the last one."""

    account_id = models.BigIntegerField(primary_key=True)
    hour = models.SmallIntegerField()  # of hours.MORNINGS
    chosen_at = models.DateTimeField()
    sent_on = models.DateField(null=True)  # also a day with nothing to say

    class Meta:
        db_table = "messaging_morning"
        constraints = private("morning", using=f"account_id = {ACCOUNT}", write=SYSTEM)


GRANTS = {
    "messaging_number": {
        "gateway": "select (id, number, provider, meaning, programme_id, secret_path, addresses, sealed_token,"
        " is_active, believed_at)"
    },
}
