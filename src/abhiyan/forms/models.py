"""Forms, their versions, and what was filled in."""

from collections.abc import Sequence

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import pgettext_lazy

from abhiyan.core.files import StoredBytesField
from abhiyan.core.policy import (
    ACCOUNT,
    BODIES,
    EVERYTHING,
    LINE,
    REASON,
    SYSTEM,
    Policy,
    open_to_all,
    placed_sql,
    private,
)
from abhiyan.org.models import Body
from abhiyan.units.models import Unit

from .rules.questions import FormQuestion, question_from_json


class Form(models.Model):
    """Questions that an office asks of units below it. Its versions hold the questions."""

    public_id = models.UUIDField(unique=True)
    names = models.JSONField()
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)  # whose form it is
    ready = models.TextField(default="", db_default="")  # code of the ready form it was copied from
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)  # account
    ended_at = models.DateTimeField(null=True)  # nobody fills it any more

    class Meta:
        db_table = "forms_form"
        constraints = open_to_all("form", write=SYSTEM)
        indexes = [
            models.Index(
                fields=["unit"], name="form_unit"
            ),  # used by: forms near a viewer, undoing an import
        ]


class FormVersion(models.Model):
    """The questions of a form at one time. A version in use is never changed; until then it is the form's one draft."""

    form = models.ForeignKey(Form, models.CASCADE, related_name="versions", db_index=False)
    number = models.SmallIntegerField()  # from 1
    questions = models.JSONField()  # rules.questions.FormQuestion.plain of each
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)  # account
    used_from = models.DateTimeField(null=True)  # none: a draft

    class Meta:
        db_table = "forms_version"
        constraints = [
            models.UniqueConstraint(fields=["form", "number"], name="form_version_once"),
            models.UniqueConstraint(
                fields=["form"], condition=models.Q(used_from=None), name="form_version_one_draft"
            ),
            *open_to_all("form_version", write=SYSTEM),
        ]

    @cached_property
    def asked(self) -> Sequence[FormQuestion]:
        """The questions in their order."""
        return [question_from_json(question_json) for question_json in self.questions]


class Submission(models.Model):
    """A form filled in for a unit, or for a body of it. Seen by who leads the unit, by the body, and by who sent it.

    Without a name (`is_unnamed`) only the sender sees it: no office may see who said it, so offices read counts.
    """

    class State(models.TextChoices):
        REPORTED = "reported", pgettext_lazy("of a filled form", "To be read")
        ACCEPTED = "accepted", pgettext_lazy("of a filled form", "Accepted")
        RETURNED = "returned", pgettext_lazy("of a filled form", "Returned")

    id = models.UUIDField(primary_key=True)  # keyed hash of the account and the sender's key
    digest = models.BinaryField()  # keyed, of what was first sent: the same again is the same submission
    version = models.ForeignKey(FormVersion, models.PROTECT, related_name="+", db_index=False)
    form = models.ForeignKey(
        Form, models.PROTECT, related_name="submissions", db_index=False
    )  # its version's
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+", db_index=False)
    about_kind = models.TextField(default="", db_default="")  # of another room's thing
    about_id = models.TextField(default="", db_default="")
    sent_by = models.BigIntegerField(null=True)  # account; null: the person's own, by a link
    at = models.DateTimeField()  # when it was filled in
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    accuracy = models.FloatField(null=True)  # metres
    answers = models.JSONField()  # by key, as rules.answers.check gives them
    state = models.TextField(choices=State.choices, default=State.REPORTED)
    reason = models.TextField(default="", db_default="")  # why it was sent back
    is_unnamed = models.BooleanField(default=False, db_default=False)  # A person answered without their name.

    class Meta:
        db_table = "forms_submission"
        constraints = private(
            "submission",
            using=(
                f"(not is_unnamed and ({EVERYTHING} or {placed_sql('forms_submission.unit_id', LINE)}"
                f" or body_id = any ({BODIES}))) or sent_by = {ACCOUNT}"
            ),
            write=SYSTEM,
        )
        indexes = [
            models.Index(fields=["form", "-at"], name="submission_form"),  # used by: the list of a form.
            models.Index(fields=["unit"], name="submission_unit"),  # used by: counts, undoing an import.
            models.Index(fields=["sent_by", "-at"], name="submission_sender"),  # used by: what somebody sent.
            # used by: what was filled in about another room's thing
            models.Index(
                fields=["about_kind", "about_id"],
                name="submission_about",
                condition=~models.Q(about_kind=""),
            ),
        ]

    @property
    def about(self) -> tuple[str, str]:
        return (self.about_kind, self.about_id)


def _of_submission(table: str) -> str:
    """Return the condition to see a row: its submission is in sight."""
    return f"exists (select from forms_submission s where s.id = {table}.submission_id)"


# The history is emptied where the submission itself is: its person had everything erased. Nothing else changes it.
FORGOTTEN = (
    f"{SYSTEM} and exists (select from forms_submission s where s.id = forms_step.submission_id"
    " and s.state = 'returned' and s.answers = '{}')"
)


class SubmissionStep(models.Model):
    """One line of a submission's history. Pages add lines and change none."""

    class Act(models.TextChoices):
        SENT = "sent", pgettext_lazy("of a filled form", "Sent")
        MENDED = "mended", pgettext_lazy("of a filled form", "Corrected")
        ACCEPTED = "accepted", pgettext_lazy("of a filled form", "Accepted")
        RETURNED = "returned", pgettext_lazy("of a filled form", "Returned")

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="steps", db_index=False)
    act = models.TextField(choices=Act.choices)
    by_account = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    reason = models.TextField(default="", db_default="")
    answers = models.JSONField(null=True)  # as they were sent, or sent again

    class Meta:
        db_table = "forms_step"
        constraints = [
            Policy(name="step_in_scope", command="SELECT", using=_of_submission("forms_step")),
            Policy(name="step_written", command="INSERT", using=SYSTEM),
            Policy(name="step_forgotten", command="UPDATE", using=FORGOTTEN, check="answers = '{}'"),
            Policy(name="step_for_a_reason", to=("jobs",), using=REASON),
            Policy(name="step_migrates", to=("owner",), using="true"),
        ]
        indexes = [
            models.Index(
                fields=["submission", "at"], name="step_submission"
            ),  # used by: a submission's history
        ]


class SubmissionPicture(models.Model):
    """A picture that answers a question: re-encoded, sealed under its own id. A newer one takes its place."""

    id = models.UUIDField(primary_key=True)  # random; both files are sealed under it
    submission = models.ForeignKey(Submission, models.CASCADE, related_name="pictures", db_index=False)
    question = models.TextField()  # its key
    small = StoredBytesField()  # sealed
    sealed = StoredBytesField()
    size = models.IntegerField()  # bytes of the picture
    added_at = models.DateTimeField()

    class Meta:
        db_table = "forms_picture"
        constraints = [
            models.UniqueConstraint(fields=["submission", "question"], name="submission_picture_once"),
            *private("submission_picture", using=_of_submission("forms_picture"), write=SYSTEM),
        ]


class AllowedPhrase(models.Model):
    """Words of a place or an event that sound as a person's private life. A data officer decides that they may stay."""

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("of a phrase", "To be decided")
        ALLOWED = "allowed", pgettext_lazy("of a phrase", "Allowed")
        REFUSED = "refused", pgettext_lazy("of a phrase", "Not allowed")

    public_id = models.UUIDField(unique=True)
    phrase = models.TextField()
    plain = models.TextField(unique=True)  # as words are compared
    state = models.TextField(choices=State.choices, default=State.ASKED)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)  # where it was asked
    asked_by = models.BigIntegerField(null=True)  # account
    asked_at = models.DateTimeField()
    decided_by = models.BigIntegerField(null=True)  # account
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "forms_allowed_phrase"
        constraints = open_to_all("allowed_phrase", write=SYSTEM)
