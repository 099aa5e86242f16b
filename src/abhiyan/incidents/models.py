"""Incidents with people's data: what happened, the affected people, and the reports that went.

Only the system's scope reads them. `actions` and `queries` ask who may. Their tables are those of the app `enrolment`,
where they were made.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.functional import Promise

from abhiyan.core.policy import SYSTEM, private

from .rules.reports import KINDS


class Incident(models.Model):
    """One breach, as data officers of its unit write it down. It stays when it is closed.

    reader_id: the account whose readings reached people; none: everybody in the unit is affected. reached_at: when
    the affected were last counted. words: what they read, by language, once a second data officer approved it.
    """

    public_id = models.UUIDField(unique=True)
    unit_id = models.BigIntegerField()
    kind = models.TextField()  # rules.reports.KINDS
    what = models.TextField()
    data = ArrayField(models.TextField(), default=list)  # rules.reports.DATA
    began_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    known_at = models.DateTimeField()
    reported_by = models.TextField(default="", db_default="")
    measures = models.TextField(default="", db_default="")
    reader_id = models.BigIntegerField(null=True)
    named = models.IntegerField(default=0, db_default=0)  # affected: their own page or number
    listed = models.IntegerField(default=0, db_default=0)  # affected: only in a list or file of their unit
    others = models.IntegerField(default=0, db_default=0)  # rows of lists of other people than members
    reached_at = models.DateTimeField(null=True)
    words = models.JSONField(default=dict)
    decided_at = models.DateTimeField(null=True)
    opened_by = models.BigIntegerField(null=True)  # account; none: the console
    at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "enrolment"
        db_table = "enrolment_incident"
        constraints = private("incident", using="false", write=SYSTEM)

    @property
    def label(self) -> Promise:
        return KINDS[self.kind]

    @property
    def affected(self) -> int:
        return self.named + self.listed


class IncidentReport(models.Model):
    """One report or notice that went: its recipient, hour and way."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="reports")
    report = models.TextField()  # rules.reports.REPORTS
    sent_at = models.DateTimeField()
    way = models.TextField()
    noted_by = models.BigIntegerField(null=True)  # account
    at = models.DateTimeField()

    class Meta:
        app_label = "enrolment"
        db_table = "enrolment_incident_report"
        constraints = private("incident_report", using="false", write=SYSTEM)


class IncidentPerson(models.Model):
    """One affected member. lack: why no message can tell them; "" while one can."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="+")
    member = models.UUIDField()  # public id of the membership
    is_named = models.BooleanField()
    queued_at = models.DateTimeField(null=True)
    message_id = models.UUIDField(null=True)
    lack = models.TextField(default="", db_default="")

    class Meta:
        app_label = "enrolment"
        db_table = "enrolment_incident_person"
        constraints = [
            models.UniqueConstraint(fields=["incident", "member"], name="incident_person_once"),
            *private("incident_person", using="false", write=SYSTEM),
        ]
        indexes = [
            # used by: what is held about a person, an erasure
            models.Index(fields=["member"], name="incident_person_member"),
            # used by: the loop that tells them
            models.Index(
                fields=["id"], condition=models.Q(queued_at=None, lack=""), name="incident_person_untold"
            ),
        ]
