"""The tables of results and plans."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from abhiyan.core.policy import Policy


class Migration(migrations.Migration):
    initial = True
    dependencies = [("core", "0001_ground"), ("units", "0001_ground")]
    operations = [
        migrations.CreateModel(
            name="Election",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("code", models.TextField()),
                (
                    "kind",
                    models.TextField(choices=[("parliament", "Lok Sabha"), ("assembly", "State assembly")]),
                ),
                ("year", models.SmallIntegerField()),
                ("names", models.JSONField()),
                ("is_sample", models.BooleanField(db_default=False, default=False)),
                ("made_at", models.DateTimeField()),
                ("import_id", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "elections_election",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="elections_election_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="elections_election_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="elections_election_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="elections_election_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(fields=("code",), name="election_code_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ResultFile",
            fields=[
                ("import_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("name", models.TextField()),
                ("sha256", models.TextField()),
                ("origin", models.TextField(db_default="", default="")),
                ("brought_at", models.DateTimeField()),
                (
                    "election",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="elections.election",
                    ),
                ),
            ],
            options={
                "db_table": "elections_file",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="elections_file_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="elections_file_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="elections_file_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="elections_file_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Party",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.TextField()),
                ("names", models.JSONField()),
                (
                    "aliases",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
            ],
            options={
                "db_table": "elections_party",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="elections_party_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="elections_party_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="elections_party_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="elections_party_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(fields=("code",), name="party_code_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="FormerName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("party", models.TextField()),
                ("was", models.TextField()),
                ("said_by", models.BigIntegerField(null=True)),
                ("said_at", models.DateTimeField()),
            ],
            options={
                "db_table": "elections_former_name",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="elections_former_name_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="elections_former_name_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="elections_former_name_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="elections_former_name_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(fields=("was",), name="former_name_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("state", models.TextField()),
                ("number", models.IntegerField()),
                ("name", models.TextField()),
                ("reservation", models.TextField(db_default="", default="")),
                ("electors", models.IntegerField(null=True)),
                ("is_uncontested", models.BooleanField(db_default=False, default=False)),
                ("numbering", models.TextField(db_default="", default="")),
                ("note", models.TextField(db_default="", default="")),
                ("import_id", models.BigIntegerField()),
                ("row", models.IntegerField()),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
                (
                    "election",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="elections.election"
                    ),
                ),
            ],
            options={
                "db_table": "elections_contest",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="elections_contest_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="elections_contest_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="elections_contest_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="elections_contest_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(fields=("election", "state", "number"), name="contest_once"),
                    models.CheckConstraint(
                        condition=models.Q(("electors", None), ("electors__gte", 0), _connector="OR"),
                        name="contest_electors",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Candidacy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.SmallIntegerField()),
                ("name", models.TextField()),
                ("party", models.TextField()),
                ("party_name", models.TextField(db_default="", default="")),
                ("votes", models.IntegerField(null=True)),
                ("is_nota", models.BooleanField(db_default=False, default=False)),
                ("import_id", models.BigIntegerField()),
                ("row", models.IntegerField()),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="elections.contest"
                    ),
                ),
            ],
            options={
                "db_table": "elections_candidacy",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="elections_candidacy_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="elections_candidacy_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="elections_candidacy_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="elections_candidacy_migrates", to=("owner",), using="true"),
                    models.CheckConstraint(
                        condition=models.Q(("votes", None), ("votes__gte", 0), _connector="OR"),
                        name="candidacy_votes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Part",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.TextField(
                        choices=[("segment", "Segment"), ("booth", "Booth"), ("special", "Special station")]
                    ),
                ),
                ("number", models.TextField()),
                ("name", models.TextField()),
                ("electors", models.IntegerField(null=True)),
                ("import_id", models.BigIntegerField()),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="elections.contest"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
            ],
            options={
                "db_table": "elections_part",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="elections_part_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="elections_part_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="elections_part_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="elections_part_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(fields=("contest", "kind", "number"), name="part_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PartVotes",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("votes", models.IntegerField()),
                ("import_id", models.BigIntegerField()),
                ("row", models.IntegerField()),
                (
                    "candidacy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="elections.candidacy",
                    ),
                ),
                (
                    "part",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="elections.part"
                    ),
                ),
            ],
            options={
                "db_table": "elections_part_votes",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="elections_part_votes_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="elections_part_votes_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="elections_part_votes_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="elections_part_votes_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(fields=("part", "candidacy"), name="part_votes_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Stated",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("state", models.TextField(db_default="", default="")),
                ("number", models.IntegerField(null=True)),
                ("party", models.TextField()),
                ("share_pct", models.FloatField(null=True)),
                ("votes", models.BigIntegerField(null=True)),
                ("seats", models.IntegerField(null=True)),
                ("source", models.TextField()),
                ("stated_by", models.BigIntegerField(null=True)),
                ("stated_at", models.DateTimeField()),
                (
                    "election",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="elections.election"
                    ),
                ),
            ],
            options={
                "db_table": "elections_stated",
                "indexes": [models.Index(fields=["election", "state", "number"], name="stated_where")],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="elections_stated_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="elections_stated_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="elections_stated_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="elections_stated_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Correspondence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "level",
                    models.TextField(
                        choices=[("pc", "Lok Sabha constituency"), ("ac", "Assembly constituency")]
                    ),
                ),
                ("state_from", models.TextField()),
                ("number_from", models.IntegerField()),
                ("numbering_from", models.TextField()),
                ("state_to", models.TextField()),
                ("number_to", models.IntegerField()),
                ("numbering_to", models.TextField(db_default="", default="")),
                ("weight", models.FloatField()),
                ("import_id", models.BigIntegerField()),
                ("row", models.IntegerField()),
            ],
            options={
                "db_table": "elections_correspondence",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="elections_correspondence_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="elections_correspondence_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="elections_correspondence_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="elections_correspondence_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(
                        fields=(
                            "level",
                            "state_from",
                            "number_from",
                            "numbering_from",
                            "state_to",
                            "number_to",
                            "numbering_to",
                        ),
                        name="correspondence_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weight__gt", 0), ("weight__lte", 1)),
                        name="correspondence_weight",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Alliance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("state", models.TextField(db_default="", default="")),
                ("names", models.JSONField()),
                (
                    "parties",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                ),
                ("lead", models.TextField()),
                ("made_by", models.BigIntegerField(null=True)),
                ("made_at", models.DateTimeField()),
                (
                    "election",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="elections.election"
                    ),
                ),
            ],
            options={
                "db_table": "elections_alliance",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="elections_alliance_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="elections_alliance_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="elections_alliance_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="elections_alliance_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("names", models.JSONField()),
                (
                    "level",
                    models.TextField(
                        choices=[("pc", "Lok Sabha constituency"), ("ac", "Assembly constituency")]
                    ),
                ),
                ("state", models.TextField(db_default="", default="")),
                ("party", models.TextField()),
                (
                    "method",
                    models.TextField(
                        choices=[
                            ("uniform", "The same points everywhere"),
                            ("proportional", "In proportion to the last share"),
                            ("hand", "By hand"),
                        ]
                    ),
                ),
                ("turnout_pct", models.FloatField(null=True)),
                ("seats_goal", models.IntegerField(null=True)),
                ("votes_goal", models.BigIntegerField(null=True)),
                ("share_goal_pct", models.FloatField(null=True)),
                ("seed", models.BigIntegerField(db_default=0, default=0)),
                ("found", models.JSONField(db_default={}, default=dict)),
                ("number", models.IntegerField(db_default=1, default=1)),
                ("is_sample", models.BooleanField(db_default=False, default=False)),
                ("made_by", models.BigIntegerField(null=True)),
                ("made_at", models.DateTimeField()),
                (
                    "alliance",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="elections.alliance",
                    ),
                ),
                (
                    "election",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="elections.election"
                    ),
                ),
                (
                    "previous",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="elections.plan",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="units.unit"
                    ),
                ),
            ],
            options={
                "db_table": "elections_plan",
                "constraints": [
                    Policy(
                        name="elections_plan_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = elections_plan.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
                    ),
                    Policy(
                        name="elections_plan_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="elections_plan_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanSeat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("electors", models.IntegerField(null=True)),
                ("votes_likely", models.IntegerField()),
                ("votes", models.IntegerField()),
                ("share_pct", models.FloatField()),
                ("by_hand", models.BooleanField(db_default=False, default=False)),
                ("is_locked", models.BooleanField(db_default=False, default=False)),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="elections.contest"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="elections.plan"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
            ],
            options={
                "db_table": "elections_plan_seat",
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "contest"), name="plan_seat_once"),
                    Policy(
                        name="elections_plan_seat_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from elections_plan p where p.id = elections_plan_seat.plan_id) or exists (select 1 from units_placement pl where pl.unit_id = elections_plan_seat.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
                    ),
                    Policy(
                        name="elections_plan_seat_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="elections_plan_seat_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("n", models.BigIntegerField()),
                ("weight_basis", models.TextField()),
                ("is_locked", models.BooleanField(db_default=False, default=False)),
                ("set_by", models.BigIntegerField(null=True)),
                ("set_at", models.DateTimeField()),
                ("replaced_at", models.DateTimeField(null=True)),
                (
                    "parent",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="elections.plan"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
            ],
            options={
                "db_table": "elections_plan_part",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("replaced_at", None)),
                        fields=("plan", "unit"),
                        name="plan_part_once",
                    ),
                    models.CheckConstraint(condition=models.Q(("n__gte", 0)), name="plan_part_not_negative"),
                    Policy(
                        name="elections_plan_part_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = elections_plan_part.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
                    ),
                    Policy(
                        name="elections_plan_part_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="elections_plan_part_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClassRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("party", models.TextField(db_default="", default="")),
                ("rules", models.JSONField()),
                ("made_by", models.BigIntegerField(null=True)),
                ("made_at", models.DateTimeField()),
                (
                    "alliance",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="elections.alliance",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="units.unit"
                    ),
                ),
                (
                    "election",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="elections.election"
                    ),
                ),
            ],
            options={
                "db_table": "elections_class_rule",
                "constraints": [
                    Policy(
                        name="elections_class_rule_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = elections_class_rule.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
                    ),
                    Policy(
                        name="elections_class_rule_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="elections_class_rule_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="UnitClass",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.TextField(choices=[("strong", "Strong"), ("swing", "Swing"), ("weak", "Weak")]),
                ),
                ("margin_pct", models.FloatField(null=True)),
                ("share_pct", models.FloatField(null=True)),
                (
                    "election",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="elections.election"
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="elections.classrule",
                    ),
                ),
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
                "db_table": "elections_unit_class",
                "constraints": [
                    models.UniqueConstraint(fields=("unit", "election"), name="unit_class_once"),
                    Policy(
                        name="elections_unit_class_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = elections_unit_class.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
                    ),
                    Policy(
                        name="elections_unit_class_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="elections_unit_class_migrates", to=("owner",), using="true"),
                ],
            },
        ),
    ]
