"""Units and where they stand: facts for ever, placements from a day to a day."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from abhiyan.core.policy import open_to_all


class Kind(models.TextChoices):
    """A unit is of one kind. The order within a hierarchy is given by `rules.levels`."""

    NATION = "nation", _("Nation")
    STATE = "state", pgettext_lazy("kind of unit", "State")
    REGION = "region", _("Region")
    DISTRICT = "district", _("District")
    MANDAL = "mandal", _("Mandal")
    CLUSTER = "cluster", _("Cluster")
    BOOTH = "booth", _("Booth")
    ZONE = "zone", _("Zone")
    CONSTITUENCY = "constituency", _("Constituency")
    SEGMENT = "segment", _("Segment")
    BLOCK = "block", _("Block")
    VILLAGE = "village", _("Village")
    WARD = "ward", _("Ward")


class Hierarchy(models.IntegerChoices):
    """The ways to arrange units into a tree. Positions of hierarchy h lie in [h * 2**56, (h + 1) * 2**56)."""

    ORGANISATIONAL = 1, _("Organisational")
    ELECTORAL = 2, _("Electoral")
    ADMINISTRATIVE = 3, _("Administrative")


MANY = [Kind.CLUSTER.value, Kind.BOOTH.value, Kind.VILLAGE.value, Kind.WARD.value]  # kinds of most units


class Unit(models.Model):
    """A node of the trees. Holds its facts for ever; where it stands is a placement's to say."""

    code = models.TextField()
    kind = models.TextField(choices=Kind.choices)
    names = models.JSONField()  # language -> name; "en" is always there
    electors = models.IntegerField(null=True)
    households = models.IntegerField(null=True)
    lat = models.FloatField(null=True)  # WGS 84 degrees
    lon = models.FloatField(null=True)
    source = models.TextField(default="", db_default="")  # where the facts come from
    is_sample = models.BooleanField(default=False, db_default=False)  # generated: said on every screen
    opened_on = models.DateField(null=True)  # its first day; null: it was always there
    closed_on = models.DateField(null=True)
    successors = models.JSONField(default=list, db_default=[])  # codes of the units that took over

    class Meta:
        db_table = "units_unit"
        constraints = [
            *open_to_all("units_unit"),
            models.UniqueConstraint(fields=["code"], name="unit_code_once"),
        ]
        indexes = [
            # used by: search, a code half typed
            models.Index(fields=["code"], name="unit_code_start", opclasses=["text_pattern_ops"]),
            # used by: vacancies of the few high offices, past a million booths
            models.Index(fields=["kind"], condition=~models.Q(kind__in=MANY), name="unit_kind_few"),
            # used by: boards of past periods, units that came since
            models.Index(
                fields=["opened_on"], condition=models.Q(opened_on__isnull=False), name="unit_opened"
            ),
            # used by: boards of past periods, units that went since
            models.Index(
                fields=["closed_on"], condition=models.Q(closed_on__isnull=False), name="unit_closed"
            ),
        ]


class Placement(models.Model):
    """A unit stands beneath a parent in a hierarchy from a day to a day.

    Parent pointers are the truth. lo and hi are derived, on today's placements only: the unit's subtree is
    every placement whose lo lies in [lo, hi). Ranges leave slack, so a move shifts only what moved.
    """

    hierarchy = models.SmallIntegerField(choices=Hierarchy.choices)
    # No constraint in the database: millions of deferred checks would make an import crawl; `doctor` looks instead.
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    parent = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    depth = models.SmallIntegerField()
    lo = models.BigIntegerField(null=True)
    hi = models.BigIntegerField(null=True)
    leaves = models.IntegerField(
        default=0, db_default=0
    )  # childless units in the subtree, itself if childless
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)  # exclusive; null: until further notice

    class Meta:
        db_table = "units_placement"
        constraints = [
            *open_to_all("units_placement"),
            models.UniqueConstraint(
                fields=["unit", "hierarchy"],
                condition=models.Q(valid_to=None),
                name="placement_once",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(lo=None, hi=None),
                name="placement_past_has_no_range",
            ),
        ]
        indexes = [
            # used by: everything below a unit; scope policies (unit_id and lo from the index alone)
            models.Index(fields=["lo"], include=["unit"], name="placement_lo"),
            models.Index(fields=["unit"], include=["lo"], name="placement_unit"),
            # used by: children of a unit
            models.Index(fields=["parent", "hierarchy"], name="placement_parent"),
        ]


class Tree(models.Model):
    """One hierarchy's tree. An act that changes it locks this row; the version tells readers that it changed."""

    hierarchy = models.SmallIntegerField(primary_key=True, choices=Hierarchy.choices)
    version = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "units_tree"
        constraints = open_to_all("units_tree")


class UnitWords(models.Model):
    """The words of a unit's names in every language, as they sound (rules.fold): what search looks in."""

    unit = models.OneToOneField(Unit, models.CASCADE, primary_key=True, related_name="+", db_constraint=False)
    rank = models.SmallIntegerField()  # rules.levels.RANK of its kind: the higher are shown first
    words = ArrayField(models.TextField())

    class Meta:
        db_table = "units_words"
        indexes = [
            GinIndex(fields=["words"], name="unit_words"),  # used by: search, by words that are rare
            models.Index(fields=["rank", "unit"], name="unit_words_rank"),  # ... and by words that are not
        ]


class Word(models.Model):
    """The vocabulary: every folded word that some name of this rank has, or had. It only grows."""

    pk = models.CompositePrimaryKey("word", "rank")
    word = models.TextField()
    rank = models.SmallIntegerField()
    bones = models.TextField()  # rules.fold.without_vowels: the word without the vowels inside

    class Meta:
        db_table = "units_word"
        indexes = [
            models.Index(fields=["bones"], name="unit_word_bones"),  # used by: search, other vowels
            # used by: search, words spelt otherwise
            GinIndex(fields=["word"], name="unit_word_trgm", opclasses=["gin_trgm_ops"]),
            # used by: search, a word half typed
            models.Index(fields=["word"], name="unit_word_start", opclasses=["text_pattern_ops"]),
        ]
        constraints = open_to_all("units_word")


class Boundary(models.Model):
    """A unit's outline on the map, as GeoJSON geometry in WGS 84, with its source. Not authoritative."""

    unit = models.OneToOneField(Unit, models.CASCADE, primary_key=True, related_name="+")
    geometry = models.JSONField()
    source = models.TextField()

    class Meta:
        db_table = "units_boundary"
        constraints = open_to_all("units_boundary")


class Pin(models.Model):
    """A postal PIN code and a unit it delivers to (a directory the organisation imports)."""

    pin = models.TextField()
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+", db_constraint=False)  # used by: undo
    is_sample = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "units_pin"
        constraints = [
            *open_to_all("units_pin"),
            models.UniqueConstraint(fields=["pin", "unit"], name="pin_unit_once"),
        ]


class UnitDifference(models.Model):
    """An import would change this, or has changed it, of units that exist: one row per field, old and new."""

    import_id = models.BigIntegerField()
    row = models.IntegerField()  # as a person sees it in the sheet, from 1
    code = models.TextField()
    field = models.TextField()  # a column of the file
    old = models.TextField(null=True)
    new = models.TextField(null=True)

    class Meta:
        db_table = "units_difference"
        indexes = [
            models.Index(fields=["import_id", "row"], name="unit_difference_import")  # used by: preview
        ]
        constraints = open_to_all("units_difference")


class UnitLacking(models.Model):
    """A known unit that a list does not name, below the places it covers."""

    import_id = models.BigIntegerField()
    unit_id = models.BigIntegerField()

    class Meta:
        db_table = "units_lacking"
        indexes = [
            models.Index(
                fields=["import_id", "unit_id"], name="unit_lacking_import"
            )  # used by: the import's page
        ]
        constraints = open_to_all("units_lacking")


class Closing(models.Model):
    """Units closed together, by one act or by one list, and what was answered. Which: UnitChange says."""

    import_id = models.BigIntegerField(null=True)
    answers = models.JSONField(default=dict)
    closed_at = models.DateTimeField()
    closed_by = models.BigIntegerField(null=True)  # account
    opened_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "units_closing"
        constraints = open_to_all("units_closing")


class ClosingPage(models.Model):
    """A room did this when units were closed, so that an opening restores it: ids only."""

    closing = models.ForeignKey(Closing, models.CASCADE, related_name="+")
    what = models.TextField()  # programmes.charges, programmes.scope, ...
    facts = models.JSONField()

    class Meta:
        db_table = "units_closing_page"
        constraints = open_to_all("units_closing_page")


class UnitChange(models.Model):
    """The journal of imports: what an undo reverses. Later rows on the same unit block it.

    before: the facts, or the placement with its positions, as they were; null where there was none.
    """

    class Change(models.TextChoices):
        MADE = "made"
        CHANGED = "changed"
        PLACED = "placed"
        MOVED = "moved"
        PIN = "pin"
        CLOSED = "closed"  # before: {"closing", "closed_on", "successors"}; by no list: import_id 0
        MARK = "mark"  # one per import; row: nothing, before: {"placement": last id of a placement it wrote}

    import_id = models.BigIntegerField()
    row = models.IntegerField()
    unit_id = models.BigIntegerField()
    change = models.TextField(choices=Change.choices)
    hierarchy = models.SmallIntegerField(null=True)  # of a placement
    before = models.JSONField(null=True)

    class Meta:
        db_table = "units_change"
        indexes = [
            models.Index(fields=["import_id", "change"], name="unit_change_import"),  # used by: undo
            models.Index(fields=["unit_id", "id"], name="unit_change_unit"),  # used by: undo, what came later
        ]
        constraints = open_to_all("units_change")


GRANTS = {
    "units_unit": {"gateway": "select (id, code, closed_on)"},
    "units_placement": {"gateway": "select (unit_id, hierarchy, valid_to, lo, hi)"},
    "units_tree": {"gateway": "select (version)"},
}
