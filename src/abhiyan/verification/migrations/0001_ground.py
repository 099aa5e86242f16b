"""The tables of verification."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from abhiyan.core.policy import Policy


class Migration(migrations.Migration):
    initial = True
    dependencies = [("core", "0001_ground"), ("programmes", "0001_ground"), ("units", "0001_ground")]
    operations = [
        migrations.CreateModel(
            name="Frame",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("measure", models.SmallIntegerField()),
                ("number", models.SmallIntegerField()),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("frozen", "Waits for the public value"),
                            ("drawn", "Checks are under way"),
                            ("closed", "Closed"),
                        ],
                        default="frozen",
                    ),
                ),
                ("frozen_at", models.DateTimeField()),
                ("ends_on", models.DateField()),
                ("key_hash", models.TextField()),
                ("hash", models.TextField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("key", models.TextField(db_default="", default="")),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programmes.programme",
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
                "db_table": "verification_frame",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="frame_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = verification_frame.unit_id and pl.lo <@ (select core_positions('abhiyan.counts'))) or exists (select 1 from verification_stratum fs where fs.frame_id = verification_frame.id)",
                    ),
                    Policy(
                        name="frame_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="frame_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="frame_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(
                        fields=("programme", "measure", "number"), name="frame_number_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Draw",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.SmallIntegerField()),
                ("source", models.TextField()),
                ("named_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("value", models.TextField(db_default="", default="")),
                ("drawn_at", models.DateTimeField(null=True)),
                ("void_at", models.DateTimeField(null=True)),
                ("void_reason", models.TextField(db_default="", default="")),
                (
                    "frame",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="verification.frame"
                    ),
                ),
            ],
            options={
                "db_table": "verification_draw",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="draw_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from verification_frame f where f.id = verification_draw.frame_id)",
                    ),
                    Policy(
                        name="draw_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="draw_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="draw_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(
                        condition=models.Q(("void_at", None)), fields=("frame",), name="draw_once_unless_void"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Stratum",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.TextField()),
                ("is_signed", models.BooleanField()),
                ("is_confirmed", models.BooleanField()),
                ("items", models.IntegerField()),
                ("drawn", models.IntegerField()),
                ("more", models.IntegerField(db_default=0, default=0)),
                ("commitments", models.BinaryField()),
                (
                    "above",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                (
                    "frame",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="verification.frame"
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
                "db_table": "verification_stratum",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="stratum_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = verification_stratum.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
                    ),
                    Policy(
                        name="stratum_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="stratum_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="stratum_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(fields=("frame", "key"), name="stratum_key_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Estimate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "shade",
                    models.SmallIntegerField(
                        choices=[
                            (1, "With a sign from the phone"),
                            (2, "Confirmed"),
                            (3, "Without an answer"),
                            (4, "Everybody entered"),
                        ]
                    ),
                ),
                ("items", models.BigIntegerField()),
                ("reported", models.BigIntegerField(null=True)),
                ("drawn", models.IntegerField()),
                ("genuine", models.IntegerField()),
                ("not_genuine", models.IntegerField()),
                ("refused", models.IntegerField()),
                ("unresolved", models.IntegerField()),
                ("left", models.IntegerField(db_default=0, default=0)),
                ("rate", models.FloatField(null=True)),
                ("low", models.FloatField(null=True)),
                ("high", models.FloatField(null=True)),
                ("method", models.TextField(db_default="", default="")),
                ("is_corrected", models.BooleanField(db_default=False, default=False)),
                ("grade", models.TextField(db_default="", default="")),
                ("at", models.DateTimeField()),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="units.unit"
                    ),
                ),
                (
                    "frame",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="verification.frame"
                    ),
                ),
            ],
            options={
                "db_table": "verification_estimate",
                "indexes": [models.Index(fields=["unit", "frame"], name="estimate_of_unit")],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="estimate_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = verification_estimate.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
                    ),
                    Policy(
                        name="estimate_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="estimate_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="estimate_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(fields=("frame", "unit", "shade"), name="estimate_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Aim",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("worker", models.UUIDField(null=True)),
                ("checks", models.SmallIntegerField()),
                ("reason", models.TextField()),
                ("account_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "frame",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="verification.frame"
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
                "db_table": "verification_aim",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="aim_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or verification_aim.account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8)",
                    ),
                    Policy(
                        name="aim_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="aim_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="aim_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Check",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("order", models.IntegerField()),
                ("place", models.IntegerField(null=True)),
                (
                    "arm",
                    models.SmallIntegerField(
                        choices=[
                            (1, "Drawn"),
                            (2, "Aimed"),
                            (3, "Second check"),
                            (4, "Planted"),
                            (5, "Visited"),
                            (6, "Visited after a denial"),
                        ],
                        default=1,
                    ),
                ),
                ("is_known_genuine", models.BooleanField(null=True)),
                ("planted", models.BinaryField(null=True)),
                ("verifier_id", models.BigIntegerField(null=True)),
                ("taken_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.TextField(
                        choices=[
                            ("genuine", "Genuine"),
                            ("not_genuine", "Not genuine"),
                            ("refused", "Refuses"),
                            ("unresolved", "Unresolved"),
                        ],
                        db_default="",
                        default="",
                    ),
                ),
                ("reason", models.TextField(db_default="", default="")),
                ("said", models.BinaryField(null=True)),
                ("said_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "frame",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="verification.frame"
                    ),
                ),
                (
                    "stratum",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="verification.stratum",
                    ),
                ),
                ("also_joined", models.BooleanField(null=True)),
                ("leaves_at", models.DateTimeField(null=True)),
                (
                    "aim",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="verification.aim",
                    ),
                ),
            ],
            options={
                "db_table": "verification_check",
                "indexes": [models.Index(fields=["verifier_id", "done_at"], name="check_of_verifier")],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="check_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or verification_check.verifier_id = (select nullif(current_setting('abhiyan.account', true), '')::int8)",
                    ),
                    Policy(
                        name="check_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="check_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="check_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(fields=("stratum", "order", "arm"), name="check_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Passed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("check_id", models.UUIDField()),
                ("account_id", models.BigIntegerField()),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "verification_passed",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="passed_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or verification_passed.account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8)",
                    ),
                    Policy(
                        name="passed_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="passed_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="passed_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(fields=("check_id", "account_id"), name="passed_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tie",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("account_id", models.BigIntegerField()),
                ("worker", models.UUIDField()),
                ("stated_at", models.DateTimeField()),
                ("stated_by", models.BigIntegerField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "verification_tie",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="tie_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or verification_tie.account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8)",
                    ),
                    Policy(
                        name="tie_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="tie_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="tie_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("account_id", "worker"),
                        name="tie_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Look",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("measure", models.SmallIntegerField()),
                ("worker", models.UUIDField()),
                ("entries", models.IntegerField()),
                (
                    "hits",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                (
                    "total",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                (
                    "scores",
                    django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), size=None),
                ),
                (
                    "peers",
                    django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), size=None),
                ),
                ("bad", models.IntegerField()),
                ("good", models.IntegerField()),
                ("peers_bad", models.FloatField()),
                ("wanted", models.FloatField()),
                ("at", models.DateTimeField()),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
                ("confirmed", models.IntegerField(db_default=0, default=0)),
                ("parcels", models.IntegerField(db_default=0, default=0)),
                ("signed", models.IntegerField(db_default=0, default=0)),
            ],
            options={
                "db_table": "verification_look",
                "indexes": [models.Index(fields=["programme", "measure", "-wanted"], name="look_order")],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="look_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or false",
                    ),
                    Policy(
                        name="look_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="look_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="look_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(fields=("programme", "measure", "worker"), name="look_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PublicPage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
            ],
            options={
                "db_table": "verification_public_page",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="public_page_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="public_page_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="public_page_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="public_page_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("programme",),
                        name="public_page_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FreshChecks",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("measure", models.SmallIntegerField()),
                ("number", models.SmallIntegerField()),
                ("workers", models.SmallIntegerField()),
                ("begun_at", models.DateTimeField()),
                ("judged_at", models.DateTimeField(null=True)),
                (
                    "frame",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="verification.frame"
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
            ],
            options={
                "db_table": "verification_fresh_checks",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="fresh_checks_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or false",
                    ),
                    Policy(
                        name="fresh_checks_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="fresh_checks_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="fresh_checks_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(
                        fields=("programme", "measure", "number"), name="fresh_checks_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Flag",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("measure", models.SmallIntegerField()),
                ("worker", models.UUIDField()),
                ("account_id", models.BigIntegerField()),
                (
                    "step",
                    models.TextField(
                        choices=[
                            ("asked", "Waits for the worker's answer"),
                            ("answered", "Answered"),
                            ("checking", "Fresh checks are under way"),
                            ("proposed", "Waits for a second reviewer"),
                            ("found", "Finding"),
                        ],
                        default="asked",
                    ),
                ),
                ("reasons", models.JSONField()),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("said", models.TextField(db_default="", default="")),
                ("checking_at", models.DateTimeField(null=True)),
                (
                    "handled_by",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "aim",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="verification.aim",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
                ("bad", models.SmallIntegerField(null=True)),
                ("confirmed", models.IntegerField(db_default=0, default=0)),
                ("entries", models.IntegerField(db_default=0, default=0)),
                ("parcels", models.IntegerField(db_default=0, default=0)),
                ("signed", models.IntegerField(db_default=0, default=0)),
                ("told", models.SmallIntegerField(null=True)),
                ("tolerated", models.FloatField(null=True)),
                (
                    "fresh",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="verification.freshchecks",
                    ),
                ),
            ],
            options={
                "db_table": "verification_flag",
                "indexes": [models.Index(fields=["account_id"], name="flag_of_worker")],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="flag_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or verification_flag.account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8)",
                    ),
                    Policy(
                        name="flag_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="flag_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="flag_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(fields=("programme", "measure", "worker"), name="flag_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("measure", models.SmallIntegerField()),
                ("worker", models.UUIDField()),
                ("until", models.DateField()),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
            ],
            options={
                "db_table": "verification_rest",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="rest_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or false",
                    ),
                    Policy(
                        name="rest_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="rest_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="rest_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(fields=("programme", "measure", "worker"), name="rest_once"),
                ],
            },
        ),
    ]
