"""Requests to the helpline, and what was said and done about each."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from abhiyan.core.policy import (
    ACCOUNT,
    COUNTS,
    EVERYTHING,
    OWN_PHONE,
    PEOPLE,
    PHONE,
    SYSTEM,
    open_to_all,
    placed_sql,
    policies,
    private,
)
from abhiyan.core.words import name_in_language

from .rules.tickets import RequestState

# This holds if the viewer has, at the desk, one of the offices a request is for. Their counts say where they are today:
# once an office ends, or a tree has moved, they show nothing.
_IS_FOR = f"""(cardinality(helpdesk_ticket.offices) > 0 and exists (select from org_appointment ap
 join org_office o on o.id = ap.office_id
 join units_placement pl on pl.unit_id = ap.unit_id and pl.lo <@ {COUNTS}
 where ap.account_id = {ACCOUNT} and ap.state = 'active' and ap.unit_id = helpdesk_ticket.desk_id
  and o.code = any (helpdesk_ticket.offices)))"""


# A desk never sees what its viewer asked themselves. They read it on their own page, in the scope of the phone alone,
# as everybody else does. `queries.of_others` leaves out phones of merged entries too.
_BY_DESK = (
    f"(({EVERYTHING} or {placed_sql('helpdesk_ticket.unit_id', PEOPLE)} or {_IS_FOR})"
    f" and helpdesk_ticket.phone_id is distinct from {OWN_PHONE})"
)


class Ticket(models.Model):
    """A person needs this of us, until they say that it is solved or the rule of its kind closes it.

    The phone and all words are sealed. A right that the law grants a person is asked on their own page, not here.
    """

    class Kind(models.TextChoices):
        MEMBERSHIP = "membership", _("My membership")
        CARD = "card", _("My card")
        PLACE = "place", _("My village or booth")
        PROGRAMME = "programme", _("A meeting or programme")
        MATERIAL = "material", _("Posters, forms, other material")
        TECHNICAL = "technical", _("A page or code does not work")
        COMPLAINT = "complaint", _("A complaint")
        OTHER = "other", pgettext_lazy("kind of request", "Something else")

    class Way(models.TextChoices):
        CALL = "call", _("Phone call")
        SMS = "sms", _("SMS")
        CHAT = "chat", _("WhatsApp")
        WEB = "web", _("Web form")

    class State(models.TextChoices):
        OPEN = RequestState.OPEN.value, _("Waits for an answer")
        DONE = RequestState.DONE.value, _("Done, waits for the person")
        SOLVED = RequestState.SOLVED.value, _("Solved")
        CLOSED = RequestState.CLOSED.value, _("Closed without a reply")
        MERGED = RequestState.MERGED.value, _("Merged")
        QUIET = RequestState.QUIET.value, _("Asks nothing")  # thanks, a greeting: no time runs

    id = models.UUIDField(primary_key=True)  # random; its number follows from it
    number = models.TextField()
    kind = models.TextField(choices=Kind.choices)  # or the code of a kind of the organisation's own
    kind_names = models.JSONField(default=dict, db_default={})  # that the organisation gave its kind
    way = models.TextField(choices=Way.choices)
    state = models.TextField(choices=State.choices)
    programme_id = models.IntegerField(default=0, db_default=0)  # 0: of none
    # A code of rules.schemes: of the contact list or the worker that raised it. The phone is the worker's.
    scheme = models.TextField(default="", db_default="")
    unit_id = models.BigIntegerField()  # what it is about
    desk_id = models.BigIntegerField()  # the unit whose offices answer
    came_id = models.BigIntegerField(null=True)  # the desk it first came to; null: of before, as desk_id
    offices = ArrayField(
        models.TextField(), default=list, db_default=[]
    )  # codes of those there; none: all that answer
    phone_id = models.UUIDField()
    last4 = models.TextField()
    is_proven = models.BooleanField()  # came from the phone itself
    # Somebody else gave the number: the phone had never contacted us.
    is_stranger = models.BooleanField(default=False, db_default=False)
    language = models.TextField()
    sealed = models.BinaryField(null=True)  # phone and name
    n = models.IntegerField(default=1, db_default=1)  # messages
    opened_at = models.DateTimeField()
    opened_by = models.BigIntegerField(null=True)  # the account that typed it.
    last_at = models.DateTimeField()  # something happened.
    due_at = models.DateTimeField()  # of what asks nothing: when it came.
    answered_at = models.DateTimeField(null=True)  # first.
    done_at = models.DateTimeField(null=True)  # reported.
    closed_at = models.DateTimeField(null=True)  # counted: by the rule of its kind.
    solved_at = models.DateTimeField(null=True)  # confirmed: the person says so.
    raised_at = models.DateTimeField(null=True)  # went to the office above.
    raised = models.SmallIntegerField(default=0, db_default=0)
    reopened = models.SmallIntegerField(default=0, db_default=0)
    merged_into = models.UUIDField(null=True)
    question = models.UUIDField(null=True)  # what the open question is about

    class Meta:
        db_table = "helpdesk_ticket"
        indexes = [
            models.Index(
                fields=["phone_id", "opened_at"], name="helpdesk_phone"
            ),  # used by: joining, own page
            models.Index(fields=["number"], name="helpdesk_number"),  # used by: search
            models.Index(  # used by: Today, the list, escalation
                fields=["desk_id", "due_at"], condition=models.Q(state="open"), name="helpdesk_open"
            ),
            models.Index(
                fields=["state", "due_at"], name="helpdesk_state"
            ),  # used by: the list of one status
            models.Index(fields=["due_at"], name="helpdesk_due"),  # used by: the list of all
            models.Index(fields=["last4", "due_at"], name="helpdesk_last4"),  # used by: search
            models.Index(  # used by: a unit's page
                fields=["unit_id"], condition=models.Q(state="open"), name="helpdesk_open_unit"
            ),
            models.Index(  # used by: the launch page, bulk answers
                fields=["programme_id", "due_at"],
                condition=models.Q(state="open"),
                name="helpdesk_of_programme",
            ),
            models.Index(  # used by: closing without a reply
                fields=["done_at"], condition=models.Q(state="done"), name="helpdesk_done"
            ),
            models.Index(  # used by: an answer to our question
                fields=["question"], condition=models.Q(question__isnull=False), name="helpdesk_question"
            ),
            models.Index(fields=["opened_at"], name="helpdesk_opened"),  # used by: times
            models.Index(
                fields=["desk_id", "opened_at"], name="helpdesk_desk"
            ),  # used by: reviews of its office
        ]
        constraints = private(
            "helpdesk_ticket",
            using=f"({ACCOUNT} is null and phone_id = {PHONE}) or {_BY_DESK}",
            write=SYSTEM,
        )

    def get_kind_display(self) -> str:
        """Say what it is about, in the reader's language."""
        return name_in_language(self.kind_names) if self.kind_names else str(self.Kind(self.kind).label)


class TicketLine(models.Model):
    """One thing said or done about a ticket."""

    class What(models.TextChoices):
        SAID = "said", _("The person")
        CALLED = "called", _("Called, and wants to be called back")
        REPLIED = "replied", _("Our answer")
        DONE = "done", _("Our answer: done")
        MOVED = "moved", _("Moved")
        RAISED = "raised", _("Overdue: to the office above")
        MERGED = "merged", _("Merged")
        SOLVED = "solved", _("Solved, says the person")
        UNSOLVED = "unsolved", _("Not solved, says the person")
        REOPENED = "reopened", _("Opened again")
        CLOSED = "closed", _("Closed without a reply")
        ASKED = "asked", _("Made a request")
        UNREACHED = "unreached", _("Our SMS did not reach the person")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+", db_index=False)
    what = models.TextField(choices=What.choices)
    at = models.DateTimeField()
    account_id = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField(null=True)  # where it went
    from_id = models.BigIntegerField(null=True)  # of what was raised: the desk that was late
    sealed = models.BinaryField(null=True)  # the words
    message_id = models.UUIDField(null=True)  # the SMS that carries them

    class Meta:
        db_table = "helpdesk_ticket_line"
        indexes = [
            models.Index(fields=["ticket", "at"], name="helpdesk_line"),  # used by: the page of a request
            models.Index(  # used by: the week of who answers
                fields=["account_id", "at"],
                condition=models.Q(account_id__isnull=False),
                name="helpdesk_line_by",
            ),
        ]
        constraints = policies(
            "helpdesk_ticket_line",
            using="exists (select 1 from helpdesk_ticket t where t.id = helpdesk_ticket_line.ticket_id)",
            write=SYSTEM,
        )


class Helpline(models.Model):
    """The number people call about a programme, as every public page of it shows it."""

    programme_id = models.IntegerField(primary_key=True)
    number = models.TextField()

    class Meta:
        db_table = "helpdesk_helpline"
        constraints = open_to_all("helpdesk_helpline")


class RequestKind(models.Model):
    """A kind of request of the organisation's own, or a standard one that it renamed or closed. No row is deleted."""

    code = models.TextField(primary_key=True)
    names = models.JSONField(
        default=dict, db_default={}
    )  # in English and Hindi; empty: those of the standard
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)  # account
    closed_at = models.DateTimeField(null=True)  # then it is not offered for new requests

    class Meta:
        db_table = "helpdesk_kind"
        constraints = open_to_all("helpdesk_kind", write=SYSTEM)


class ReadyAnswer(models.Model):
    """A text to answer with, for requests of a kind in a language: of a unit, for the desks in it and below."""

    id = models.UUIDField(primary_key=True)  # random
    unit_id = models.BigIntegerField()
    kind = models.TextField(blank=True)  # of Ticket.Kind; "": of every kind
    language = models.TextField()
    text = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)  # account
    is_used = models.BooleanField(default=True, db_default=True)

    class Meta:
        db_table = "helpdesk_ready_answer"
        indexes = [
            models.Index(fields=["unit_id", "language"], name="helpdesk_ready")
        ]  # used by: the page of a request
        constraints = open_to_all("helpdesk_ready_answer", write=SYSTEM)
