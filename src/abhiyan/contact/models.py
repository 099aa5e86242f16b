"""Lists of people and doors, the tries to reach them, and the leases of one thing that calls and visits use."""

import builtins  # an entry has a `list` of its own

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from abhiyan.core.files import SealedFile
from abhiyan.core.policy import ACCOUNT, PEOPLE, SYSTEM, placed_sql, policies, private
from abhiyan.core.titles import TitledModel

# Tables kept beside; other modules read them from here.
from .models_calls import CallHandover as CallHandover  # noqa: PLC0414
from .models_calls import CallQueue as CallQueue  # noqa: PLC0414
from .models_calls import CallSeat as CallSeat  # noqa: PLC0414
from .models_calls import CallTurn as CallTurn  # noqa: PLC0414
from .models_calls import PausedCentre as PausedCentre  # noqa: PLC0414
from .rules.doors import door_label


class Attempt(models.Model):
    """One try of a back-check, or a call about a helpline request. It names its check or request, and no person.

    Nobody but its account reads it: a unit that counted the tries would know who was drawn.
    """

    class Outcome(models.TextChoices):
        REACHED = "reached", _("Reached")
        NO_ANSWER = "no_answer", _("No answer")
        LATER = "later", _("Asked to try later")
        WRONG_NUMBER = "wrong_number", _("Wrong number")
        NEVER = "never", pgettext_lazy("of a contact", "No more contact")
        LAPSED = "lapsed", _("Not finished in time")

    id = models.UUIDField(primary_key=True)
    room = models.TextField()
    about = models.UUIDField()
    account_id = models.BigIntegerField()
    is_visit = models.BooleanField(default=False, db_default=False)
    begun_at = models.DateTimeField()
    until = models.DateTimeField()  # of the lease: then it is anybody's again
    outcome = models.TextField(choices=Outcome.choices, default="", db_default="")
    done_at = models.DateTimeField(null=True)
    again_at = models.DateTimeField(null=True)  # not before

    class Meta:
        db_table = "contact_attempt"
        indexes = [
            models.Index(
                fields=["room", "about", "begun_at"], name="attempt_about"
            ),  # used by: tries of one thing
        ]
        constraints = [
            *private("attempt", using=f"contact_attempt.account_id = {ACCOUNT}", write=SYSTEM),
            models.UniqueConstraint(
                fields=["room", "about"], condition=models.Q(outcome=""), name="attempt_one_at_a_time"
            ),
        ]


class ContactList(TitledModel):
    """People or doors that an office may have met, with where the list comes from and until when it holds."""

    class Basis(models.TextChoices):
        """Why the organisation may hold the list (DPDP Act, sections 6 and 7)."""

        CONSENT = "consent", _("Each person gave consent")
        GIVEN = "given", _("Each person gave their number for this purpose")
        CALLED = "called", _("Each person called the helpline")  # of no list that an office makes

    class Signed(models.TextChoices):
        """The place where its people signed that they agree, on forms that the document holds."""

        NOWHERE = "", _("No form was signed")
        DOOR = "door", _("At their doors")
        DESK = "desk", _("At a desk")

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("of a list", "Not approved yet")
        ASKED = "asked", pgettext_lazy("of a list", "Waits for approval")
        APPROVED = "approved", pgettext_lazy("of a list", "Approved")
        REFUSED = "refused", pgettext_lazy("of a list", "Refused")
        ENDED = "ended", pgettext_lazy("of a list", "Ended")

    public_id = models.UUIDField(unique=True)
    programme = models.ForeignKey("programmes.Programme", models.PROTECT, related_name="+", db_index=False)
    unit_id = models.BigIntegerField()  # what it covers
    source = models.TextField()
    basis = models.TextField(choices=Basis.choices)
    purpose = models.TextField()
    scheme = models.TextField(default="", db_default="")  # code of a public scheme
    signed = models.TextField(choices=Signed.choices, default="", db_default="")
    signed_on = models.DateField(null=True)  # the last day on which somebody signed
    signed_with = models.TextField(default="", db_default="")  # who took the signatures
    responsible_id = models.BigIntegerField()  # account
    last_day = models.DateField()
    state = models.TextField(choices=State.choices, default=State.DRAFT)
    made_at = models.DateTimeField()
    asked_by = models.BigIntegerField(null=True)  # account
    asked_at = models.DateTimeField(null=True)
    approved_by = models.BigIntegerField(null=True)  # account
    approved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    import_id = models.BigIntegerField(null=True)  # the file that was checked, and that the approval is for
    columns = models.JSONField(default=list)  # keys of the columns that are read
    n_rows = models.IntegerField(default=0)
    n_double = models.IntegerField(default=0)
    n_opted_out = models.IntegerField(default=0)  # Whole tens; 0 is fewer than 10.
    day = models.DateField(null=True)  # of its import, in the programme's zone: the ledger has its rows on it

    class Meta:
        db_table = "contact_list"
        constraints = policies(
            "contact_list",
            using=f"responsible_id = {ACCOUNT} or {placed_sql('contact_list.unit_id', PEOPLE)}",
            write=SYSTEM,
        )
        indexes = [
            # used by: the lists of a programme
            models.Index(fields=["programme", "state"], name="list_programme"),
        ]


class BasisDocument(SealedFile):
    """The document that shows the basis of a list."""

    contact_list = models.OneToOneField(ContactList, models.CASCADE, related_name="document")
    unit_id = models.BigIntegerField()  # the list's
    kind = models.TextField()  # ending of the file

    class Meta:
        db_table = "contact_basis_document"
        constraints = policies(
            "basis_document", using=placed_sql("contact_basis_document.unit_id", PEOPLE), write=SYSTEM
        )


class ContactEntry(models.Model):
    """A person on a list, or a door without a name."""

    class State(models.TextChoices):
        READY = "ready", pgettext_lazy("of an entry", "Ready")
        LEASED = "leased", pgettext_lazy("of an entry", "With a worker")
        LATER = "later", pgettext_lazy("of an entry", "Later")
        DONE = "done", pgettext_lazy("of an entry", "Met")
        OUT = "out", pgettext_lazy("of an entry", "Held back")

    public_id = models.UUIDField(unique=True)
    list = models.ForeignKey(ContactList, models.PROTECT, related_name="entries", db_index=False)
    unit_id = models.BigIntegerField()
    is_person = models.BooleanField(default=True, db_default=True)  # false: a door without a name
    person_name = models.BinaryField(default=b"", db_default=b"")  # sealed under public_id; empty for a door
    phone_id = models.UUIDField(null=True)  # of people_phone
    door = models.TextField(default="", db_default="")  # house number or label
    lane = models.TextField(default="", db_default="")
    language = models.TextField(default="", db_default="")
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    state = models.TextField(choices=State.choices, default=State.READY, db_default=State.READY)
    why_out = models.TextField(default="", db_default="")  # such as opted_out, ended
    holder_id = models.BigIntegerField(null=True)  # account
    until = models.DateTimeField(null=True)  # of the lease
    # Accounts that had it and noted nothing. The outcome of their talk may still come.
    had_ids = ArrayField(models.BigIntegerField(), default=builtins.list, db_default=[])
    next_day = models.DateField(null=True)  # not before
    again_at = models.DateTimeField(null=True)  # of calls: not before
    wanted_at = models.DateTimeField(null=True)  # when the person wanted the call that they wait for
    tries = models.SmallIntegerField(default=0, db_default=0)
    last_outcome = models.TextField(default="", db_default="")  # of ContactTry.Outcome
    item_id = models.UUIDField(null=True)  # of "People on lists", once the person gave consent
    ask_on = models.DateField(null=True)  # We ask who signed from this day on whether they did.

    class Meta:
        db_table = "contact_entry"
        constraints = [
            models.UniqueConstraint(
                fields=["list", "phone_id"],
                condition=models.Q(phone_id__isnull=False),
                name="entry_phone_once",
            ),
            *policies(
                "contact_entry",
                using=f"holder_id = {ACCOUNT} or {placed_sql('contact_entry.unit_id', PEOPLE)}",
                write=SYSTEM,
            ),
        ]
        indexes = [
            # used by: taking doors of a booth
            models.Index(
                fields=["unit_id", "list", "next_day"],
                condition=models.Q(state__in=["ready", "later"]),
                name="entry_free",
            ),
            # used by: the board, counts of a list, ending it
            models.Index(fields=["list", "unit_id", "state"], name="entry_list"),
            # used by: an opt-out, an erasure, the same phone on another list
            models.Index(fields=["phone_id"], condition=models.Q(phone_id__isnull=False), name="entry_phone"),
            # used by: one's own doors, the policy of who holds them
            models.Index(
                fields=["holder_id"], condition=models.Q(holder_id__isnull=False), name="entry_holder"
            ),
            # used by: the next person of a call queue
            models.Index(
                fields=["list", "language", "id"],
                condition=models.Q(
                    state__in=["ready", "later"], again_at__isnull=True, phone_id__isnull=False
                ),
                name="entry_to_call",
            ),
            # used by: call-backs and retries of a call queue
            models.Index(
                fields=["list", "language", "again_at", "id"],
                condition=models.Q(
                    state__in=["ready", "later"], again_at__isnull=False, phone_id__isnull=False
                ),
                name="entry_call_back",
            ),
            # used by: leases that end
            models.Index(fields=["until"], condition=models.Q(state="leased"), name="entry_until"),
            # used by: asking who signed
            models.Index(fields=["ask_on"], condition=models.Q(ask_on__isnull=False), name="entry_ask"),
        ]


class ContactTry(models.Model):
    """One try to meet somebody, at a door or by phone, in every kind of canvassing. Offices of the unit read them.

    Rows are added (`end_try`). A row that takes another back marks it undone. Such a row counts nowhere and is marked
    too. So a count of tries asks for `undone_at` alone.
    """

    class Way(models.TextChoices):
        DOOR = "door", pgettext_lazy("of a contact", "Door of a list")
        WALK = "walk", pgettext_lazy("of a contact", "Walk without a list")
        CALL = "call", pgettext_lazy("of a contact", "Call")
        CARD = "card", pgettext_lazy("of a contact", "Field card")
        FRIEND = "friend", pgettext_lazy("of a contact", "Friend")
        DIALOGUE = "dialogue", pgettext_lazy("of a contact", "Call to a booth president")

    class Outcome(models.TextChoices):
        TALKED = "talked", pgettext_lazy("of a contact", "Talked")
        NOT_HOME = "not_home", pgettext_lazy("of a contact", "Not at home")
        LATER = "later", pgettext_lazy("of a contact", "Later")
        UNWILLING = "unwilling", pgettext_lazy("of a contact", "Does not want to talk")
        WANTS_HELP = "wants_help", pgettext_lazy("of a contact", "Wants to help")
        ENTITLED = "entitled", pgettext_lazy("of a contact", "Entitled, not received")
        # Of calls alone.
        NO_ANSWER = "no_answer", pgettext_lazy("of a contact", "No answer")
        BUSY = "busy", pgettext_lazy("of a contact", "Busy")
        WRONG_NUMBER = "wrong_number", pgettext_lazy("of a contact", "Wrong number")
        NEVER = "never", pgettext_lazy("of a contact", "No more contact")
        # A tick on the list of a drive says that somebody was at the door.
        VISITED = "visited", _("Been there")
        # Dialogues alone have it.
        GONE = "gone", _("No longer president")
        # The outcome of a row that takes another one back.
        TAKEN_BACK = "taken_back", pgettext_lazy("of a contact", "Taken back")

    id = models.UUIDField(primary_key=True)  # from the key of the outbox
    entry = models.ForeignKey(ContactEntry, models.PROTECT, null=True, related_name="+", db_index=False)
    programme = models.ForeignKey("programmes.Programme", models.PROTECT, related_name="+", db_index=False)
    unit_id = models.BigIntegerField()
    way = models.TextField(choices=Way.choices)
    outcome = models.TextField(choices=Outcome.choices)
    follow_up_day = models.DateField(null=True)
    note = models.BinaryField(default=b"", db_default=b"")  # Sealed under the id.
    note_until = models.DateTimeField(null=True)  # Then the note is emptied.
    door = models.TextField(default="", db_default="")  # The worker's name for the door of a walk.
    ask_on = models.DateField(null=True)  # We ask the person from this day on.
    item_id = models.UUIDField(null=True)  # The item that is counted.
    request_id = models.UUIDField(null=True)  # Public id of the helpline's request.
    by_id = models.BigIntegerField()  # account
    at = models.DateTimeField()
    stored_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    turn_id = models.UUIDField(null=True)  # The CallTurn of a call.
    takes_back_id = models.UUIDField(null=True)  # The row that this one takes back.
    # A try without an entry names the term, membership or dialogue it is about, and the phone of its person.
    about = models.UUIDField(null=True)
    phone_id = models.UUIDField(null=True)
    is_visit = models.BooleanField(default=False, db_default=False)
    again_at = models.DateTimeField(null=True)  # not before
    is_first_no = models.BooleanField(
        default=False, db_default=False
    )  # The phone had said no to nothing before.

    class Meta:
        db_table = "contact_try"
        constraints = policies(
            "contact_try",
            using=f"by_id = {ACCOUNT} or {placed_sql('contact_try.unit_id', PEOPLE)}",
            write=SYSTEM,
        )
        indexes = [
            # used by: the board
            models.Index(fields=["programme", "unit_id", "outcome"], name="contact_try_programme"),
            # used by: the tries of one door
            models.Index(
                fields=["entry", "at"], condition=models.Q(entry__isnull=False), name="contact_try_entry"
            ),
            # used by: the tries of one term, membership or dialogue
            models.Index(
                fields=["about", "at"], condition=models.Q(about__isnull=False), name="contact_try_about"
            ),
            # used by: the cap of talks
            models.Index(
                fields=["phone_id", "at"],
                condition=models.Q(phone_id__isnull=False),
                name="contact_try_phone",
            ),
            # used by: who works where, one's own record
            models.Index(fields=["by_id", "at"], name="contact_try_by"),
            # used by: emptying notes
            models.Index(
                fields=["note_until"],
                condition=models.Q(note_until__isnull=False),
                name="contact_try_note",
            ),
            # used by: who a check asks about an item
            models.Index(
                fields=["item_id"], condition=models.Q(item_id__isnull=False), name="contact_try_item"
            ),
            # used by: asking the persons
            models.Index(fields=["ask_on"], condition=models.Q(ask_on__isnull=False), name="contact_try_ask"),
            # used by: the outcomes of one call
            models.Index(
                fields=["turn_id"], condition=models.Q(turn_id__isnull=False), name="contact_try_turn"
            ),
            # used by: follow-ups due
            models.Index(
                fields=["programme", "follow_up_day"],
                condition=models.Q(follow_up_day__isnull=False, undone_at=None),
                name="contact_try_follow_up",
            ),
        ]

    @property
    def label(self) -> str:
        """How the door is called."""
        return door_label(self.entry.door, self.entry.lane) if self.entry else door_label(self.door)
