"""Calls from call centres: the queues they work, the callers at work, and each person in front of one of them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from abhiyan.core.policy import ACCOUNT, PEOPLE, SYSTEM, placed_sql, policies, private
from abhiyan.core.titles import TitledModel


class CallQueue(TitledModel):
    """Lists that call centres work through: with which script, in which languages and hours, before which others."""

    public_id = models.UUIDField(unique=True)
    programme = models.ForeignKey("programmes.Programme", models.PROTECT, related_name="+", db_index=False)
    unit_id = models.BigIntegerField()  # centres at it and below work the queue
    list_ids = ArrayField(models.BigIntegerField())  # of ContactList, in the order they are called
    form_id = models.BigIntegerField(null=True)  # of forms: the script
    languages = ArrayField(models.TextField(), default=list)  # codes; empty: every language
    opens = models.TimeField()
    closes = models.TimeField()
    priority = models.SmallIntegerField()  # the lowest goes first
    by_bridge = models.BooleanField()  # false: callers use their own phones
    last_day = models.DateField(null=True)  # null: as long as its lists
    paused_at = models.DateTimeField(null=True)
    # People who called the helpline wait here for a call back.
    takes_missed = models.BooleanField(default=False, db_default=False)
    # Its callers say these, by language: {"hi": "नमस्ते …"}. Without any they say our usual words.
    words = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    made_by = models.BigIntegerField(null=True)  # account
    made_at = models.DateTimeField()

    class Meta:
        db_table = "contact_call_queue"
        constraints = policies(
            "call_queue", using=placed_sql("contact_call_queue.unit_id", PEOPLE), write=SYSTEM
        )
        indexes = [
            # used by: the queues of a programme
            models.Index(fields=["programme", "priority"], name="call_queue_programme"),
        ]


class CallTurn(models.Model):
    """One person in front of one caller, from Next to the outcome. Its id is that of the first try it becomes."""

    class Way(models.TextChoices):
        OWN = "own"
        BRIDGE = "bridge"

    class End(models.TextChoices):
        """Ends without a talk; else `outcome` is one of ContactTry.Outcome."""

        LAPSED = "lapsed"
        TAKEN = "taken"  # back, by the supervisor.
        GIVEN = "given"  # back, by the caller.
        HELD = "held"  # by the gate, before the ring.
        UNDONE = "undone"  # The caller took the outcome back and has noted no other one.

    id = models.UUIDField(primary_key=True)  # random
    queue = models.ForeignKey(CallQueue, models.PROTECT, related_name="+", db_index=False)
    entry = models.ForeignKey("contact.ContactEntry", models.PROTECT, related_name="+", db_index=False)
    unit_id = models.BigIntegerField()  # the entry's
    body_id = models.BigIntegerField()  # the call centre
    agent_id = models.BigIntegerField()  # account
    version_id = models.BigIntegerField(null=True)  # of forms: the script as it was shown
    begun_at = models.DateTimeField()
    until = models.DateTimeField()  # of the lease
    ended_at = models.DateTimeField(null=True)
    outcome = models.TextField(default="", db_default="")
    way = models.TextField(choices=Way.choices, default="", db_default="")
    rung_at = models.DateTimeField(null=True)  # the first time.
    told = models.TextField(default="", db_default="")  # the bridge's last word of its latest call.
    talked_s = models.IntegerField(null=True)  # as the bridge reports, of the longest of its calls.
    asks = models.SmallIntegerField(default=0, db_default=0)  # calls the bridge was asked for.
    asked_at = models.DateTimeField(null=True)  # the last time.
    wanted_at = models.DateTimeField(
        null=True
    )  # when the person wanted this call: they called us, or were promised it

    class Meta:
        db_table = "contact_call_turn"
        constraints = [
            models.UniqueConstraint(
                fields=["agent_id"], condition=models.Q(ended_at=None), name="call_turn_one_at_a_time"
            ),
            *policies(
                "call_turn",
                using=f"agent_id = {ACCOUNT} or {placed_sql('contact_call_turn.unit_id', PEOPLE)}",
                write=SYSTEM,
            ),
        ]
        indexes = [
            # used by: the board of a centre
            models.Index(fields=["body_id", "begun_at"], name="call_turn_centre"),
            # used by: the tries of one person
            models.Index(fields=["entry", "begun_at"], name="call_turn_entry"),
            # used by: the calls of an own phone in a day
            models.Index(fields=["agent_id", "begun_at"], name="call_turn_agent"),
        ]


class CallSeat(models.Model):
    """A caller at work in a centre: languages, when their page was last open, their break, and their wish for help.

    A wish ends with its call, with a break, with the supervisor's answer, or by its age (`centres.asks_help`).
    """

    class BreakReason(models.TextChoices):
        MEAL = "meal", _("Meal")
        REST = "rest", _("Rest")
        TRAINING = "training", _("Training")
        TECHNICAL = "technical", _("Phone, network or computer")
        OTHER = "other", _("Another reason")
        DONE = "done", _("Done for today")

    class HelpReason(models.TextChoices):
        QUESTION = "question", _("I do not know the answer")
        UPSET = "upset", _("The person is upset or rude")
        DANGER = "danger", _("Somebody threatens, or may be in danger")
        TECHNICAL = "technical", _("Phone, network or computer")
        OTHER = "other", _("Another reason")

    account_id = models.BigIntegerField(primary_key=True)
    body_id = models.BigIntegerField()
    languages = ArrayField(models.TextField())  # codes
    came_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    break_for = models.TextField(choices=BreakReason.choices, default="", db_default="")  # since left_at
    help_at = models.DateTimeField(null=True)  # the caller asked for help
    help_for = models.TextField(choices=HelpReason.choices, default="", db_default="")
    help_turn_id = models.UUIDField(null=True)  # the call it is about
    heard_at = models.DateTimeField(null=True)  # a supervisor answered
    heard_by = models.BigIntegerField(null=True)  # account

    class Meta:
        db_table = "contact_call_seat"
        constraints = private("call_seat", using=f"account_id = {ACCOUNT}", write=SYSTEM)
        indexes = [
            # used by: the board of a centre
            models.Index(fields=["body_id"], name="call_seat_centre"),
        ]


class CallHandover(models.Model):
    """A promised call-back that a supervisor gave to one caller of the centre. Until its end nobody else gets it."""

    entry = models.OneToOneField("contact.ContactEntry", models.CASCADE, primary_key=True, related_name="+")
    body_id = models.BigIntegerField()
    agent_id = models.BigIntegerField()  # account
    by_id = models.BigIntegerField(null=True)  # account
    at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        db_table = "contact_call_handover"
        constraints = policies("call_handover", using=f"agent_id = {ACCOUNT}", write=SYSTEM)
        indexes = [
            # used by: the next person of a caller
            models.Index(fields=["agent_id", "until"], name="call_handover_caller"),
        ]


class PausedCentre(models.Model):
    """A call centre that its supervisor paused. No caller there gets a person."""

    body_id = models.BigIntegerField(primary_key=True)
    since = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)  # account

    class Meta:
        db_table = "contact_paused_centre"
        constraints = policies("paused_centre", using="false", write=SYSTEM)
