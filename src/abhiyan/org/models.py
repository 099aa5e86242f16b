"""Offices, bodies, appointments: who may do what where. And the second person's yes."""

from collections.abc import Sequence

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from abhiyan.core.policy import (
    ACCOUNT,
    BODIES,
    COUNTS,
    PEOPLE,
    REQUESTS,
    SYSTEM,
    open_to_all,
    placed_sql,
    policies,
    private,
)
from abhiyan.core.words import name_in_language
from abhiyan.org.rules.own_offices import PREFIX
from abhiyan.org.rules.ranges import Range, is_in_ranges
from abhiyan.people.models import SIGNED_IN
from abhiyan.units.models import Hierarchy, Unit


class Office(models.Model):
    """A kind of responsibility and what its holder may do. `capabilities` are codes of `rules.capabilities`."""

    # `queries.count_holders` reads both: people of a unit and below who hold it, and who should.
    held_below: int = 0
    expected_below: int = 0

    spans: Sequence[Range] = ()  # positions where an own office exists, once `queries.offices_used` read them

    code = models.TextField(
        unique=True
    )  # president, in_charge, booth_president, ...; of an own office `PREFIX` before it
    # Where an office of the organisation's own was made: it exists there and below. Null: of the standard set.
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(null=True)  # of an own office
    closed_at = models.DateTimeField(null=True)  # it takes no new holder
    names = models.JSONField()  # language -> name
    capabilities = ArrayField(models.TextField(), default=list)
    # Releases gave this office so much already: a capability taken away afterwards is not given again.
    offered = ArrayField(models.TextField(), default=list)
    expected_in = ArrayField(models.TextField(), default=list)  # kinds of unit where a vacancy is a vacancy.
    # Kinds of unit where it exists without being missed, and kinds of body whose seat it is (`rules.offices.Seat`).
    given_in = ArrayField(models.TextField(), default=list, db_default=[])
    in_bodies = ArrayField(models.TextField(), default=list, db_default=[])
    seats = models.SmallIntegerField(default=1)
    sees_people = models.BooleanField(default=True)  # person-level scope below its unit
    rank = models.SmallIntegerField(default=100)  # order on the unit page

    class Meta:
        db_table = "org_office"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(unit=None) ^ models.Q(code__startswith=PREFIX), name="office_own_by_code"
            ),
            *open_to_all("office", write=SYSTEM),
        ]

    @property
    def kinds(self) -> list[str]:
        """Kinds of unit where it exists; none where it exists in all of them."""
        return [*self.expected_in, *self.given_in]

    def fits(self, unit_kind: str, body: "Body | None" = None) -> bool:
        """Return True if it exists in a unit of this kind, or, with body, is a seat of that body of one.

        The levels of an own kind of body are those of the kind, not of its seats.
        """
        is_in_place = body.seats_of(self) > 0 if body is not None else not self.in_bodies
        is_level = body is not None and body.own_kind_id is not None
        return (
            is_in_place and self.closed_at is None and (is_level or not self.kinds or unit_kind in self.kinds)
        )

    def exists_at(self, position: int | None) -> bool:
        """Return True if it exists in the unit with this `lo`; of an own office as `queries.offices_used` read it."""
        return self.unit_id is None or (position is not None and is_in_ranges(self.spans, position))


class BodyKind(models.Model):
    """A kind of body of the organisation's own, in the unit where it was made and below (`rules.body_kinds`)."""

    code = models.TextField(unique=True)  # `PREFIX` before it
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    names = models.JSONField()  # language -> name
    levels = ArrayField(models.TextField())  # kinds of unit

    leads = models.TextField()  # code of an office; it has one seat
    seats = models.JSONField()  # [[code of another office, number of seats], ...]

    expected = models.SmallIntegerField(default=0)  # bodies in one unit; 0: nobody misses one
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)  # no new body is of this kind

    class Meta:
        db_table = "org_body_kind"
        constraints = open_to_all("body_kind", write=SYSTEM)

    @property
    def numbers(self) -> dict[str, int]:
        """The number of seats of each office by its code. The office that leads comes first."""
        return {self.leads: 1, **dict(self.seats)}

    @property
    def others(self) -> int:
        """Count the seats beside the one that leads."""
        return sum(number for _office, number in self.seats)


class Body(models.Model):
    """A committee, wing, department or call centre attached to a unit, or a body of an own kind."""

    class Kind(models.TextChoices):
        COMMITTEE = "committee", _("Committee")
        WING = "wing", _("Wing")
        DEPARTMENT = "department", _("Department")
        CENTRE = "centre", _("Call centre")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.TextField()  # of `Kind`, or the code of `own_kind`
    own_kind = models.ForeignKey(BodyKind, models.PROTECT, null=True, related_name="+", db_index=False)
    names = models.JSONField()
    seats = models.SmallIntegerField(default=1)  # of members, beside the one who leads it
    duty = models.TextField(default="", db_default="")  # what it is there for, as its maker says
    made_at = models.DateTimeField(null=True)  # null: it was always there
    ended_on = models.DateField(null=True)

    class Meta:
        db_table = "org_body"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(own_kind=None) ^ models.Q(kind__startswith=PREFIX),
                name="body_own_kind_by_code",
            ),
            *open_to_all("body", write=SYSTEM),
        ]
        indexes = [
            models.Index(  # used by: the list of own kinds, a change of one
                fields=["own_kind"], name="body_own_kind", condition=models.Q(own_kind__isnull=False)
            ),
        ]

    def seats_of(self, office: Office) -> int:
        """Count the seats of an office in this body; 0 where it has none."""
        if self.own_kind is not None:
            return self.own_kind.numbers.get(office.code, 0)
        if self.kind not in office.in_bodies:
            return 0
        return self.seats if office.seats > 1 else 1


class Appointment(models.Model):
    """A person holds an office in a unit, and maybe a body, from a day to a day."""

    class State(models.TextChoices):
        OFFERED = "offered", _("Not accepted yet")
        ACTIVE = "active", _("Active")
        DISPUTED = "disputed", _("Disputed")
        ENDED = "ended", _("Ended")

    class How(models.TextChoices):
        """How its holder accepted it. Until then it counts for nothing."""

        LINK = "link", _("by the link in the message")
        TEXT = "text", _("by a text with the code of the message")
        SIGNED_IN = "signed_in", _("signed in")
        NAMED = "named", _("named on the server")
        BEFORE = "before", _("appointed before anybody was asked")

    holder: str = ""  # a name for pages, once `queries.with_holders` has looked it up; no column

    public_id = models.UUIDField(unique=True)
    account_id = models.BigIntegerField()
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    hierarchy = models.SmallIntegerField(choices=Hierarchy.choices, default=Hierarchy.ORGANISATIONAL)
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    state = models.TextField(choices=State.choices, default=State.ACTIVE)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)  # last day of the term, foreseen or actual
    order_no = models.TextField(default="", db_default="")
    made_by = models.BigIntegerField(null=True)  # account
    made_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    # Empty: not accepted. The database's own value is for what was there before, and what the code before writes.
    accepted_how = models.TextField(choices=How.choices, default="", db_default=How.BEFORE.value)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.BigIntegerField(null=True)
    end_reason = models.TextField(default="", db_default="")

    class Meta:
        db_table = "org_appointment"
        indexes = [
            models.Index(fields=["unit", "office"], name="appointment_unit"),  # used by: unit page, vacancies
            models.Index(fields=["account_id"], name="appointment_account"),  # used by: scope of a viewer
            # used by: terms that are over
            models.Index(
                fields=["ends_on"],
                condition=models.Q(state__in=["active", "disputed"], ends_on__isnull=False),
                name="appointment_term",
            ),
            # used by: lists of disputed and ended ones
            models.Index(fields=["state"], condition=~models.Q(state="active"), name="appointment_state"),
        ]
        constraints = policies(
            "appointment",
            using=f"account_id = {ACCOUNT} or account_id = {SIGNED_IN}"
            f" or {placed_sql('org_appointment.unit_id', COUNTS)}"
            f" or body_id = any ({BODIES})",
            write=SYSTEM,
        )

    def title(self, language: str = "") -> str:
        """The office, and of a seat its body, in a language (the one in force)."""
        names = [self.office.names, *([self.body.names] if self.body is not None else [])]
        return ", ".join(name_in_language(name_texts, language) for name_texts in names)


class AwaitedOfficer(models.Model):
    """A data officer the console named before there were units: appointed at the top as soon as there is one."""

    account_id = models.BigIntegerField(primary_key=True)
    named_at = models.DateTimeField()

    class Meta:
        db_table = "org_awaited_officer"
        constraints = policies("awaited_officer", using="false")


class HeldBelow(models.Model):
    """So many seats are held below a wide unit. A loop counts them, so that no page reads a million appointments."""

    pk = models.CompositePrimaryKey("unit_id", "hierarchy")
    unit_id = models.BigIntegerField()
    hierarchy = models.SmallIntegerField(choices=Hierarchy.choices)
    held = (
        models.JSONField()
    )  # [[office id, kind of unit, units where it is held, where it is disputed], ...]
    day = models.DateField()  # whose terms were counted
    counted_at = models.DateTimeField()

    class Meta:
        db_table = "org_held_below"
        constraints = policies("held_below", using=placed_sql("org_held_below.unit_id", COUNTS), write=SYSTEM)


class TakenWork(models.Model):
    """A row of Today that somebody who leads a unit took: the others of the unit see who does it."""

    unit_id = models.BigIntegerField()
    what = models.TextField()  # `ui.owed.Owed.key`
    account_id = models.BigIntegerField()
    taken_at = models.DateTimeField()

    class Meta:
        db_table = "org_taken_work"
        constraints = [
            models.UniqueConstraint(fields=["unit_id", "what"], name="taken_work_once"),
            *policies("taken_work", using=placed_sql("org_taken_work.unit_id", PEOPLE), write=SYSTEM),
        ]


class BearerTalk(models.Model):
    """A leader noted what an office-bearer below said and promised. Both of them read it, and nobody else."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        KEPT = "kept", _("kept")
        MISSED = "missed", _("not kept")

    public_id = models.UUIDField(unique=True)
    leader_id = models.BigIntegerField()  # account
    bearer_id = models.BigIntegerField()  # account
    unit_id = models.BigIntegerField()  # of the bearer's office on that day
    talked_at = models.DateTimeField()
    summary = models.TextField()  # what was said
    promise = models.TextField(default="", db_default="")
    until = models.DateField(null=True)  # of the promise, else none
    state = models.TextField(choices=State.choices, default=State.OPEN, db_default="open")

    class Meta:
        db_table = "org_bearer_talk"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(promise="", until=None)
                | ~models.Q(promise="") & models.Q(until__isnull=False),
                name="bearer_talk_promise_has_a_day",
            ),
            *private(
                "bearer_talk",
                using=f"leader_id = {ACCOUNT} or bearer_id = {ACCOUNT}",
                write=SYSTEM,
            ),
        ]
        indexes = [
            models.Index(
                fields=["leader_id", "bearer_id"], name="bearer_talk_of_leader"
            ),  # used by: the sheet, Today
            models.Index(fields=["bearer_id", "talked_at"], name="bearer_talk_about"),  # used by: My work
        ]


class Release(models.Model):
    """Something one person asked that another must approve (`rules.deciding`)."""

    class State(models.TextChoices):
        ASKED = "asked", _("Asked")
        RELEASED = "released", _("Approved")
        REFUSED = "refused", _("Refused")
        LAPSED = "lapsed", _("Lapsed")
        USED = "used", _("Used")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    public_id = models.UUIDField(unique=True)
    act = models.TextField()  # export.people, messages.release, channel.token, ...
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    asked_by = models.BigIntegerField()  # account
    asked_at = models.DateTimeField()
    reason = models.TextField()
    payload = models.JSONField(default=dict)  # public ids and settings only
    state = models.TextField(choices=State.choices, default=State.ASKED)
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "org_release"
        indexes = [models.Index(fields=["state", "unit"], name="release_waiting")]  # used by: Today
        constraints = policies(
            "release",
            using=f"asked_by = {ACCOUNT} or {placed_sql('org_release.unit_id', PEOPLE)}"
            f" or {placed_sql('org_release.unit_id', REQUESTS)}",
            write=SYSTEM,
        )


GRANTS: dict[str, dict[str, str]] = {}
