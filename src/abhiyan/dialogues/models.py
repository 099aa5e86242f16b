"""Tables of the calls: leaders call booth presidents and note the outcome."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from abhiyan.contact.models import ContactTry
from abhiyan.core.policy import ACCOUNT, PEOPLE, SYSTEM, open_to_all, placed_sql, policies, private

Outcome = ContactTry.Outcome
OUTCOMES = [
    (outcome.value, outcome.label)
    for outcome in (
        Outcome.TALKED,
        Outcome.NO_ANSWER,
        Outcome.LATER,
        Outcome.GONE,
        Outcome.WRONG_NUMBER,
        Outcome.NEVER,
    )
]


class CallPlan(models.Model):
    """A programme's choice of the offices that call. per_day: how many presidents each leader calls."""

    programme_id = models.IntegerField(primary_key=True)
    offices = ArrayField(models.TextField())  # codes
    per_day = models.SmallIntegerField()

    class Meta:
        db_table = "dialogues_plan"
        constraints = [
            models.CheckConstraint(condition=models.Q(per_day__gt=0), name="dialogues_plan_calls"),
            *open_to_all("dialogues_plan", write=SYSTEM),
        ]


class CallDay(models.Model):
    """A day with a roster. sent_at: when the leaders got the numbers."""

    programme_id = models.IntegerField()
    day = models.DateField()  # in the programme's zone
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "dialogues_day"
        constraints = [
            models.UniqueConstraint(fields=["programme_id", "day"], name="dialogues_day_once"),
            *policies("dialogues_day", using="false"),
        ]


class CallRound(models.Model):
    """The first day of an area's round. area: the ids of its units, in the form `queries.callers_on_day` gives."""

    programme_id = models.IntegerField()
    area = models.TextField()
    began_on = models.DateField()

    class Meta:
        db_table = "dialogues_round"
        constraints = [
            models.UniqueConstraint(fields=["programme_id", "area"], name="dialogues_round_once"),
            *policies("dialogues_round", using="false"),
        ]


class Dialogue(models.Model):
    """One call: a leader, a booth president, a day, and the outcome."""

    is_beside: bool = False  # The word that an act just brought was kept beside the one in force; no column.

    id = models.UUIDField(primary_key=True)  # random
    programme_id = models.IntegerField()
    day = models.DateField()  # in the programme's zone
    leader_id = models.BigIntegerField()  # account
    unit_id = models.BigIntegerField()  # the booth
    president_id = models.BigIntegerField()  # account
    came = models.SmallIntegerField()  # of rules.roster.RosterSource
    outcome = models.TextField(choices=OUTCOMES, default="", db_default="")
    has_asked = models.BooleanField(default=False, db_default=False)  # how they and the family are
    organisation = models.SmallIntegerField(null=True)  # 1 to 3: how the booth is doing
    noted_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)  # when the phone finished the outcome that stands
    ticket_ids = ArrayField(models.UUIDField(), default=list, db_default=[])  # requests: what the booth needs
    task_id = models.UUIDField(null=True)  # public id; for the office above, after GONE and WRONG
    item_id = models.UUIDField(null=True)  # what is counted
    asked_at = models.DateTimeField(null=True)  # whether they spoke

    class Meta:
        db_table = "dialogues_dialogue"
        constraints = [
            models.UniqueConstraint(fields=["programme_id", "day", "unit_id"], name="dialogue_once"),
            models.CheckConstraint(
                condition=models.Q(organisation=None) | models.Q(organisation__range=(1, 3)),
                name="dialogue_organisation",
            ),
            *policies(
                "dialogue",
                using=f"leader_id = {ACCOUNT} or {placed_sql('dialogues_dialogue.unit_id', PEOPLE)}",
                write=SYSTEM,
            ),
        ]
        indexes = [
            models.Index(fields=["leader_id", "day"], name="dialogue_leader"),  # used by: Today, own calls
            models.Index(fields=["unit_id", "day"], name="dialogue_booth"),  # used by: the last call, levels
            # used by: questions to presidents
            models.Index(
                fields=["noted_at"],
                condition=models.Q(outcome="talked", asked_at=None),
                name="dialogue_to_ask",
            ),
        ]


class OutcomeBeside(models.Model):
    """An outcome that the leader noted of a call and that does not stand: kept beside what does, and shown."""

    call = models.ForeignKey(Dialogue, models.CASCADE, related_name="outcomes_beside", db_index=False)
    outcome = models.TextField(choices=OUTCOMES)
    made_at = models.DateTimeField()  # when it was finished
    stored_at = models.DateTimeField()  # when it came

    class Meta:
        db_table = "dialogues_outcome"
        constraints = policies(
            "dialogues_outcome",
            using="exists (select from dialogues_dialogue d where d.id = dialogues_outcome.call_id)",
            write=SYSTEM,
        )
        indexes = [
            models.Index(fields=["call", "made_at"], name="outcome_of_call")
        ]  # used by: the card of a call


class Absence(models.Model):
    """Days of absence: the leader gets no calls."""

    public_id = models.UUIDField(unique=True)
    account_id = models.BigIntegerField()
    first_on = models.DateField()
    last_on = models.DateField()

    class Meta:
        db_table = "dialogues_absence"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_on__gte=models.F("first_on")), name="absence_days_in_order"
            ),
            *private("absence", using=f"account_id = {ACCOUNT}", write=SYSTEM),
        ]
        indexes = [
            models.Index(
                fields=["account_id", "last_on"], name="absence_of"
            ),  # used by: a record, the roster
        ]
