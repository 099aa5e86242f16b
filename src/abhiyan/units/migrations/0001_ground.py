"""The tables of units."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from abhiyan.core.policy import Policy


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Unit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.TextField()),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("nation", "Nation"),
                            ("state", "State"),
                            ("region", "Region"),
                            ("district", "District"),
                            ("mandal", "Mandal"),
                            ("cluster", "Cluster"),
                            ("booth", "Booth"),
                            ("zone", "Zone"),
                            ("constituency", "Constituency"),
                            ("segment", "Segment"),
                            ("block", "Block"),
                            ("village", "Village"),
                            ("ward", "Ward"),
                        ]
                    ),
                ),
                ("names", models.JSONField()),
                ("electors", models.IntegerField(null=True)),
                ("households", models.IntegerField(null=True)),
                ("lat", models.FloatField(null=True)),
                ("lon", models.FloatField(null=True)),
                ("source", models.TextField(db_default="", default="")),
                ("is_sample", models.BooleanField(db_default=False, default=False)),
                ("closed_on", models.DateField(null=True)),
                ("successors", models.JSONField(db_default=[], default=list)),
            ],
            options={
                "db_table": "units_unit",
                "indexes": [
                    models.Index(fields=["code"], name="unit_code_start", opclasses=["text_pattern_ops"]),
                    models.Index(
                        condition=models.Q(
                            ("kind__in", ["cluster", "booth", "village", "ward"]), _negated=True
                        ),
                        fields=["kind"],
                        name="unit_kind_few",
                    ),
                ],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="units_unit_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="units_unit_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="units_unit_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="units_unit_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(fields=("code",), name="unit_code_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Placement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "hierarchy",
                    models.SmallIntegerField(
                        choices=[(1, "Organisational"), (2, "Electoral"), (3, "Administrative")]
                    ),
                ),
                ("depth", models.SmallIntegerField()),
                ("lo", models.BigIntegerField(null=True)),
                ("hi", models.BigIntegerField(null=True)),
                ("leaves", models.IntegerField(db_default=0, default=0)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                (
                    "parent",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
            ],
            options={
                "db_table": "units_placement",
                "indexes": [
                    models.Index(fields=["lo"], include=("unit",), name="placement_lo"),
                    models.Index(fields=["unit"], include=("lo",), name="placement_unit"),
                    models.Index(fields=["parent", "hierarchy"], name="placement_parent"),
                ],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="units_placement_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="units_placement_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="units_placement_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="units_placement_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to", None)),
                        fields=("unit", "hierarchy"),
                        name="placement_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to", None), models.Q(("hi", None), ("lo", None)), _connector="OR"
                        ),
                        name="placement_past_has_no_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tree",
            fields=[
                (
                    "hierarchy",
                    models.SmallIntegerField(
                        choices=[(1, "Organisational"), (2, "Electoral"), (3, "Administrative")],
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("version", models.BigIntegerField(db_default=0, default=0)),
            ],
            options={
                "db_table": "units_tree",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="units_tree_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="units_tree_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="units_tree_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="units_tree_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="UnitWords",
            fields=[
                (
                    "unit",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="units.unit",
                    ),
                ),
                ("rank", models.SmallIntegerField()),
                (
                    "words",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                ),
            ],
            options={
                "db_table": "units_words",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["words"], name="unit_words"),
                    models.Index(fields=["rank", "unit"], name="unit_words_rank"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Word",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "word", "rank", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("word", models.TextField()),
                ("rank", models.SmallIntegerField()),
                ("bones", models.TextField()),
            ],
            options={
                "db_table": "units_word",
                "indexes": [
                    models.Index(fields=["bones"], name="unit_word_bones"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["word"], name="unit_word_trgm", opclasses=["gin_trgm_ops"]
                    ),
                    models.Index(fields=["word"], name="unit_word_start", opclasses=["text_pattern_ops"]),
                ],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="units_word_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="units_word_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="units_word_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="units_word_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Boundary",
            fields=[
                (
                    "unit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="units.unit",
                    ),
                ),
                ("geometry", models.JSONField()),
                ("source", models.TextField()),
            ],
            options={
                "db_table": "units_boundary",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="units_boundary_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="units_boundary_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="units_boundary_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="units_boundary_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Pin",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("pin", models.TextField()),
                ("is_sample", models.BooleanField(db_default=False, default=False)),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
            ],
            options={
                "db_table": "units_pin",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="units_pin_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="units_pin_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="units_pin_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="units_pin_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(fields=("pin", "unit"), name="pin_unit_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="UnitDifference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("import_id", models.BigIntegerField()),
                ("row", models.IntegerField()),
                ("code", models.TextField()),
                ("field", models.TextField()),
                ("old", models.TextField(null=True)),
                ("new", models.TextField(null=True)),
            ],
            options={
                "db_table": "units_difference",
                "indexes": [models.Index(fields=["import_id", "row"], name="unit_difference_import")],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="units_difference_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="units_difference_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="units_difference_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="units_difference_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="UnitLacking",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("import_id", models.BigIntegerField()),
                ("unit_id", models.BigIntegerField()),
            ],
            options={
                "db_table": "units_lacking",
                "indexes": [models.Index(fields=["import_id", "unit_id"], name="unit_lacking_import")],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="units_lacking_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="units_lacking_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="units_lacking_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="units_lacking_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Closing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("import_id", models.BigIntegerField(null=True)),
                ("answers", models.JSONField(default=dict)),
                ("closed_at", models.DateTimeField()),
                ("closed_by", models.BigIntegerField(null=True)),
                ("opened_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "units_closing",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="units_closing_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="units_closing_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="units_closing_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="units_closing_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClosingPage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("what", models.TextField()),
                ("facts", models.JSONField()),
                (
                    "closing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="units.closing"
                    ),
                ),
            ],
            options={
                "db_table": "units_closing_page",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="units_closing_page_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="units_closing_page_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="units_closing_page_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="units_closing_page_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="UnitChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("import_id", models.BigIntegerField()),
                ("row", models.IntegerField()),
                ("unit_id", models.BigIntegerField()),
                (
                    "change",
                    models.TextField(
                        choices=[
                            ("made", "Made"),
                            ("changed", "Changed"),
                            ("placed", "Placed"),
                            ("moved", "Moved"),
                            ("pin", "Pin"),
                            ("closed", "Closed"),
                            ("mark", "Mark"),
                        ]
                    ),
                ),
                ("hierarchy", models.SmallIntegerField(null=True)),
                ("before", models.JSONField(null=True)),
            ],
            options={
                "db_table": "units_change",
                "indexes": [
                    models.Index(fields=["import_id", "change"], name="unit_change_import"),
                    models.Index(fields=["unit_id", "id"], name="unit_change_unit"),
                ],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="units_change_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="units_change_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="units_change_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="units_change_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Poll",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("entry", models.UUIDField()),
                ("version", models.SmallIntegerField()),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("parliamentary", "Lok Sabha election"),
                            ("assembly", "Assembly election"),
                            ("by_election", "By-election"),
                            ("local", "Local election"),
                            ("none", "No poll"),
                        ]
                    ),
                ),
                ("name", models.TextField()),
                ("unit_id", models.BigIntegerField()),
                ("announced_on", models.DateField()),
                ("result_on", models.DateField()),
                ("source", models.TextField()),
                ("is_sample", models.BooleanField(db_default=False, default=False)),
                ("is_withdrawal", models.BooleanField(db_default=False, default=False)),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("stated", "Waits for a second person"),
                            ("in_force", "In force"),
                            ("replaced", "Replaced by a newer version"),
                            ("withdrawn", "Withdrawn"),
                            ("dropped", "Not confirmed"),
                        ],
                        default="stated",
                    ),
                ),
                ("stated_by", models.BigIntegerField(null=True)),
                ("stated_at", models.DateTimeField()),
                ("confirmed_by", models.BigIntegerField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "units_poll",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "in_force")), fields=["result_on"], name="poll_result"
                    )
                ],
                "constraints": [
                    Policy(
                        command="SELECT", name="poll_seen_by_all", to=("app", "jobs", "gateway"), using="true"
                    ),
                    Policy(
                        name="poll_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="poll_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="poll_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(fields=("entry", "version"), name="poll_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "in_force")),
                        fields=("entry",),
                        name="poll_in_force_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "stated")), fields=("entry",), name="poll_stated_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("announced_on__lte", models.F("result_on"))),
                        name="poll_days_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PollPhase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.SmallIntegerField()),
                ("closes_at", models.DateTimeField(null=True)),
                (
                    "poll",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="phases", to="units.poll"
                    ),
                ),
            ],
            options={
                "db_table": "units_poll_phase",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="poll_phase_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="poll_phase_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="poll_phase_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="poll_phase_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(fields=("poll", "number"), name="poll_phase_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PollArea",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("unit_id", models.BigIntegerField()),
                (
                    "phase",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="areas",
                        to="units.pollphase",
                    ),
                ),
            ],
            options={
                "db_table": "units_poll_area",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="poll_area_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="poll_area_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="poll_area_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="poll_area_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(fields=("phase", "unit_id"), name="poll_area_once"),
                ],
            },
        ),
    ]
