"""Past results, as the files that brought them say; and the plans, cascades and classes made from them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from abhiyan.core.policy import COUNTS, open_to_all, placed_sql, policies
from abhiyan.units.models import Unit


class ElectionKind(models.TextChoices):
    """What was elected; it says which seats there are."""

    PARLIAMENT = "parliament", _("Lok Sabha")
    ASSEMBLY = "assembly", _("State assembly")
    PARLIAMENT_BY = "parliament_by", _("Lok Sabha by-election")
    ASSEMBLY_BY = "assembly_by", _("State assembly by-election")

    @property
    def is_by(self) -> bool:
        """Return True for a by-election: it fills single seats between two elections of all seats."""
        return self.value.endswith("_by")

    @property
    def whole(self) -> "ElectionKind":
        """The kind of election that fills all seats: what a by-election is compared with."""
        return ElectionKind(self.value.removesuffix("_by"))

    @property
    def level(self) -> str:
        """The level of its seats: "pc" or "ac"."""
        return "pc" if self.whole is ElectionKind.PARLIAMENT else "ac"


class Level(models.TextChoices):
    """A seat of the Lok Sabha (PC), or of a state's assembly (AC, a segment of a PC)."""

    PC = "pc", _("Lok Sabha constituency")
    AC = "ac", _("Assembly constituency")


class Election(models.Model):
    """One election: the seats of the Lok Sabha, or of one or more assemblies, in one year."""

    public_id = models.UUIDField(unique=True)
    code = models.TextField()  # LS2024, JK2024: what files and people call it
    kind = models.TextField(choices=ElectionKind.choices)
    year = models.SmallIntegerField()
    names = models.JSONField()
    is_sample = models.BooleanField(default=False, db_default=False)
    made_at = models.DateTimeField()
    import_id = models.BigIntegerField(null=True)  # the list that first spoke of it

    class Meta:
        db_table = "elections_election"
        constraints = [
            *open_to_all("elections_election"),
            models.UniqueConstraint(fields=["code"], name="election_code_once"),
        ]


class ResultFile(models.Model):
    """A file brought results. Every figure names it, even to viewers who cannot see the import itself."""

    import_id = models.BigIntegerField(primary_key=True)
    election = models.ForeignKey(Election, models.PROTECT, null=True, related_name="+")
    kind = models.TextField()  # results, segments, correspondence
    name = models.TextField()
    sha256 = models.TextField()
    origin = models.TextField(default="", db_default="")  # where the file comes from, as its bringer says
    brought_at = models.DateTimeField()

    class Meta:
        db_table = "elections_file"
        constraints = open_to_all("elections_file")


class Party(models.Model):
    """A party: one code, and the other ways in which files write it."""

    code = models.TextField()
    names = models.JSONField()
    aliases = ArrayField(models.TextField(), default=list)

    class Meta:
        db_table = "elections_party"
        constraints = [
            *open_to_all("elections_party"),
            models.UniqueConstraint(fields=["code"], name="party_code_once"),
        ]


class FormerName(models.Model):
    """A code by which results of earlier elections know a party of now, as the organisation says."""

    party = models.TextField()  # its code now
    was = models.TextField()
    said_by = models.BigIntegerField(null=True)  # an account
    said_at = models.DateTimeField()

    class Meta:
        db_table = "elections_former_name"
        constraints = [
            *open_to_all("elections_former_name"),
            models.UniqueConstraint(fields=["was"], name="former_name_once"),
        ]


class Contest(models.Model):
    """One seat in one election. A fact that the file lacks stays unknown: electors are null, not a guess."""

    election = models.ForeignKey(Election, models.PROTECT, related_name="+")
    state = models.TextField()  # code of the Election Commission: S24
    number = models.IntegerField()
    name = models.TextField()
    reservation = models.TextField(default="", db_default="")  # GEN, SC, ST, BL, SANGHA
    electors = models.IntegerField(null=True)
    is_uncontested = models.BooleanField(default=False, db_default=False)
    numbering = models.TextField(default="", db_default="")  # the delimitation's label; empty: today's
    unit = models.ForeignKey(Unit, models.SET_NULL, null=True, related_name="+", db_constraint=False)
    note = models.TextField(default="", db_default="")  # what the file says besides, and what is odd in it
    import_id = models.BigIntegerField()  # who wrote it last
    row = models.IntegerField()  # its first row in that file

    class Meta:
        db_table = "elections_contest"
        constraints = [
            *open_to_all("elections_contest"),
            models.UniqueConstraint(fields=["election", "state", "number"], name="contest_once"),
            models.CheckConstraint(
                condition=models.Q(electors=None) | models.Q(electors__gte=0), name="contest_electors"
            ),
        ]


class Candidacy(models.Model):
    """One candidate in one contest: name, party, votes. "None of the above" is a candidate too, marked."""

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="+")
    # By votes, from 1, as the file says. Equal votes have one position where it does not tell how the lot fell.
    position = models.SmallIntegerField()
    name = models.TextField()
    party = models.TextField()  # code; a party nobody has given one: its name in capitals
    party_name = models.TextField(default="", db_default="")  # as the file says it
    votes = models.IntegerField(null=True)  # null: nobody voted, the seat was uncontested
    is_nota = models.BooleanField(default=False, db_default=False)
    import_id = models.BigIntegerField()
    row = models.IntegerField()

    class Meta:
        db_table = "elections_candidacy"
        constraints = [
            *open_to_all("elections_candidacy"),
            models.CheckConstraint(
                condition=models.Q(votes=None) | models.Q(votes__gte=0), name="candidacy_votes"
            ),
        ]


class Part(models.Model):
    """A part of a contest with votes of its own: an assembly segment, a booth, or a special station."""

    class Kind(models.TextChoices):
        SEGMENT = "segment", _("Segment")
        BOOTH = "booth", _("Booth")
        SPECIAL = "special", _("Special station")  # for migrants: belongs to no segment

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="+")
    kind = models.TextField(choices=Kind.choices)
    number = models.TextField()  # of the segment; 12/7 for booth 7 of segment 12; SPS_1
    name = models.TextField()
    unit = models.ForeignKey(Unit, models.SET_NULL, null=True, related_name="+", db_constraint=False)
    electors = models.IntegerField(null=True)
    import_id = models.BigIntegerField()

    class Meta:
        db_table = "elections_part"
        constraints = [
            *open_to_all("elections_part"),
            models.UniqueConstraint(fields=["contest", "kind", "number"], name="part_once"),
        ]


class PartVotes(models.Model):
    """Votes of one candidate in one part."""

    part = models.ForeignKey(Part, models.CASCADE, related_name="+")
    candidacy = models.ForeignKey(Candidacy, models.CASCADE, related_name="+")
    votes = models.IntegerField()
    import_id = models.BigIntegerField()
    row = models.IntegerField()

    class Meta:
        db_table = "elections_part_votes"
        constraints = [
            *open_to_all("elections_part_votes"),
            models.UniqueConstraint(fields=["part", "candidacy"], name="part_votes_once"),
        ]


class Stated(models.Model):
    """A figure somebody quotes, beside the computed one and marked as such. Never part of a sum."""

    election = models.ForeignKey(Election, models.PROTECT, related_name="+")
    state = models.TextField(default="", db_default="")  # empty: all of them
    number = models.IntegerField(null=True)  # of a constituency; null: the state
    party = models.TextField()
    share_pct = models.FloatField(null=True)  # 0 to 100
    votes = models.BigIntegerField(null=True)
    seats = models.IntegerField(null=True)
    source = models.TextField()  # who said it, where, when
    stated_by = models.BigIntegerField(null=True)  # account
    stated_at = models.DateTimeField()

    class Meta:
        db_table = "elections_stated"
        indexes = [
            # used by: results of a state or seat
            models.Index(fields=["election", "state", "number"], name="stated_where")
        ]
        constraints = open_to_all("elections_stated")


class Correspondence(models.Model):
    """A new seat took over this part of an old seat's electors; the weights of an old seat sum to 1."""

    level = models.TextField(choices=Level.choices)
    state_from = models.TextField()
    number_from = models.IntegerField()
    numbering_from = models.TextField()
    state_to = models.TextField()
    number_to = models.IntegerField()
    numbering_to = models.TextField(default="", db_default="")  # empty: today's
    weight = models.FloatField()  # 0 to 1
    import_id = models.BigIntegerField()
    row = models.IntegerField()

    class Meta:
        db_table = "elections_correspondence"
        constraints = [
            *open_to_all("elections_correspondence"),
            models.UniqueConstraint(
                fields=[
                    "level",
                    "state_from",
                    "number_from",
                    "numbering_from",
                    "state_to",
                    "number_to",
                    "numbering_to",
                ],
                name="correspondence_once",
            ),
            models.CheckConstraint(
                condition=models.Q(weight__gt=0) & models.Q(weight__lte=1), name="correspondence_weight"
            ),
        ]


class Alliance(models.Model):
    """Parties taken as one side in an election, everywhere or in one state, where the set differs."""

    public_id = models.UUIDField(unique=True)
    election = models.ForeignKey(Election, models.PROTECT, related_name="+")
    state = models.TextField(default="", db_default="")  # empty: wherever no set of the state's own is given
    names = models.JSONField()
    parties = ArrayField(models.TextField())
    lead = models.TextField()  # code of the party it is ours of
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "elections_alliance"
        constraints = open_to_all("elections_alliance")


class Plan(models.Model):
    """Seats and votes to win, made from a past result; a version is never edited, the next one names it."""

    class Method(models.TextChoices):
        UNIFORM = "uniform", _("The same points everywhere")
        PROPORTIONAL = "proportional", _("In proportion to the last share")
        HOLD = "hold", _("Hold and win")
        HAND = "hand", _("By hand")

    public_id = models.UUIDField(unique=True)
    names = models.JSONField()
    election = models.ForeignKey(
        Election, models.PROTECT, related_name="+"
    )  # the past result it is made from
    level = models.TextField(choices=Level.choices)
    state = models.TextField(default="", db_default="")  # empty: all
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")  # whose plan it is: the policy's place
    party = models.TextField()
    alliance = models.ForeignKey(Alliance, models.PROTECT, null=True, related_name="+")  # null: alone
    method = models.TextField(choices=Method.choices)
    turnout_pct = models.FloatField(null=True)  # null: as in the past result
    seats_goal = models.IntegerField(null=True)
    votes_goal = models.BigIntegerField(null=True)
    share_goal_pct = models.FloatField(null=True)
    seed = models.BigIntegerField(default=0, db_default=0)  # of the random local swings
    found = models.JSONField(default=dict, db_default={})  # swing, range, contradictions: codes and numbers
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    number = models.IntegerField(default=1, db_default=1)  # of the version
    is_sample = models.BooleanField(default=False, db_default=False)
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "elections_plan"
        constraints = policies("elections_plan", using=placed_sql("elections_plan.unit_id", COUNTS))


_OF_PLAN = "exists (select 1 from elections_plan p where p.id = {table}.plan_id)"


class PlanSeat(models.Model):
    """One seat of a plan."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="+")
    contest = models.ForeignKey(Contest, models.PROTECT, related_name="+")  # of the past result
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_constraint=False)
    electors = models.IntegerField(null=True)
    votes_likely = models.IntegerField()  # all votes the turnout gives
    votes = models.IntegerField()  # ours
    share_pct = models.FloatField()
    by_hand = models.BooleanField(default=False, db_default=False)
    is_locked = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "elections_plan_seat"
        constraints = [
            models.UniqueConstraint(fields=["plan", "contest"], name="plan_seat_once"),
            *policies(
                "elections_plan_seat",
                using=f"{_OF_PLAN.format(table='elections_plan_seat')}"
                f" or {placed_sql('elections_plan_seat.unit_id', COUNTS)}",
            ),
        ]


class PlanPart(models.Model):
    """Votes of a plan below its seats: segment, mandal, booth. A new version replaces, never edits."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_constraint=False)
    parent = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_constraint=False)
    n = models.BigIntegerField()
    weight_basis = models.TextField()  # electors, votes, class, equal, hand; average: nothing known of it
    is_locked = models.BooleanField(default=False, db_default=False)
    set_by = models.BigIntegerField(null=True)
    set_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "elections_plan_part"
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "unit"], condition=models.Q(replaced_at=None), name="plan_part_once"
            ),
            models.CheckConstraint(condition=models.Q(n__gte=0), name="plan_part_not_negative"),
            *policies("elections_plan_part", using=placed_sql("elections_plan_part.unit_id", COUNTS)),
        ]


class ClassRule(models.Model):
    """How a unit sorts its booths and segments into strong, swing and weak: thresholds one can read, in order."""

    election = models.ForeignKey(Election, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    party = models.TextField(default="", db_default="")  # whose strength it is: alone, or with the alliance
    alliance = models.ForeignKey(Alliance, models.PROTECT, null=True, related_name="+")
    rules = models.JSONField()
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "elections_class_rule"
        constraints = policies(
            "elections_class_rule", using=placed_sql("elections_class_rule.unit_id", COUNTS)
        )


class UnitClass(models.Model):
    """The class of a booth or segment by an election's result: for sorting, never a verdict on anybody there."""

    class Code(models.TextChoices):
        STRONG = "strong", _("Strong")
        SWING = "swing", _("Swing")
        WEAK = "weak", _("Weak")

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+", db_constraint=False)
    election = models.ForeignKey(Election, models.PROTECT, related_name="+")
    code = models.TextField(choices=Code.choices)
    margin_pct = models.FloatField(null=True)
    share_pct = models.FloatField(null=True)
    rule = models.ForeignKey(ClassRule, models.PROTECT, related_name="+")

    class Meta:
        db_table = "elections_unit_class"
        constraints = [
            models.UniqueConstraint(fields=["unit", "election"], name="unit_class_once"),
            *policies("elections_unit_class", using=placed_sql("elections_unit_class.unit_id", COUNTS)),
        ]
