"""The tables of reviews and slides."""

import django.db.models.deletion
from django.db import migrations, models

from abhiyan.core.policy import Policy


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("core", "0001_ground"),
        ("org", "0001_ground"),
        ("programmes", "0001_ground"),
        ("units", "0001_ground"),
        ("verification", "0001_ground"),
    ]
    operations = [
        migrations.CreateModel(
            name="Round",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("name", models.TextField()),
                (
                    "hierarchy",
                    models.SmallIntegerField(
                        choices=[(1, "Organisational"), (2, "Electoral"), (3, "Administrative")], default=1
                    ),
                ),
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
                ("office", models.TextField()),
                ("begins_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.BigIntegerField(null=True)),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="units.unit"
                    ),
                ),
                ("changes", models.JSONField(db_default=[], default=list)),
                ("of_office", models.TextField(db_default="", default="")),
            ],
            options={
                "db_table": "review_round",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="round_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="round_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="round_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="round_migrates", to=("owner",), using="true"),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("begins_on"))),
                        name="round_days_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                (
                    "decision",
                    models.TextField(
                        choices=[
                            ("keep", "Going well: carry on"),
                            ("help", "Help is needed"),
                            ("again", "The figures are checked again"),
                            ("change", "Something must change"),
                        ],
                        db_default="",
                        default="",
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("reply", models.TextField(db_default="", default="")),
                ("replied_at", models.DateTimeField(null=True)),
                ("replied_by", models.BigIntegerField(null=True)),
                (
                    "by_unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
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
                (
                    "round",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="review.round",
                    ),
                ),
                ("account_id", models.BigIntegerField(null=True)),
                ("left_on", models.DateField(null=True)),
                ("meets_on", models.DateField(null=True)),
                ("prepared_at", models.DateTimeField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
                ("reminded_at", models.DateTimeField(null=True)),
                ("told_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "review_review",
                "indexes": [
                    models.Index(fields=["round", "decided_at"], name="review_round_list"),
                    models.Index(fields=["by_unit", "round"], name="review_by_unit"),
                    models.Index(fields=["unit", "decided_at"], name="review_of_unit"),
                    models.Index(
                        condition=models.Q(("account_id__isnull", False)),
                        fields=["account_id"],
                        name="review_of_account",
                    ),
                    models.Index(
                        condition=models.Q(("meets_on__isnull", False)),
                        fields=["round", "meets_on"],
                        name="review_meetings",
                    ),
                ],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="review_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) or account_id is null and exists (select 1 from units_placement pl where pl.unit_id = review_review.unit_id and pl.lo <@ (select core_positions('abhiyan.line'))) or account_id is not null and exists (select 1 from units_placement pl join units_placement up on up.unit_id = pl.parent_id and up.hierarchy = pl.hierarchy where pl.unit_id = review_review.unit_id and pl.lo is not null and up.lo <@ (select core_positions('abhiyan.line')))",
                    ),
                    Policy(
                        name="review_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="review_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="review_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(
                        fields=("round", "unit", "account_id"), name="review_once", nulls_distinct=False
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Minute",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "decision",
                    models.TextField(
                        choices=[
                            ("keep", "Going well: carry on"),
                            ("help", "Help is needed"),
                            ("again", "The figures are checked again"),
                            ("change", "Something must change"),
                        ]
                    ),
                ),
                ("text", models.TextField()),
                ("at", models.DateTimeField()),
                ("account_id", models.BigIntegerField(null=True)),
                (
                    "task",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="programmes.task",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="minutes",
                        to="review.review",
                    ),
                ),
            ],
            options={
                "db_table": "review_minute",
                "indexes": [models.Index(fields=["review", "at"], name="minute_of_review")],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="minute_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or exists (select 1 from review_review r where r.id = review_minute.review_id)",
                    ),
                    Policy(
                        name="minute_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="minute_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="minute_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="StandIn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("named_at", models.DateTimeField()),
                ("named_by", models.BigIntegerField(null=True)),
                (
                    "appointment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.appointment"
                    ),
                ),
                (
                    "by_unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="review.round",
                    ),
                ),
            ],
            options={
                "db_table": "review_stand_in",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="stand_in_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = review_stand_in.by_unit_id and pl.lo <@ (select core_positions('abhiyan.line')))",
                    ),
                    Policy(
                        name="stand_in_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="stand_in_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="stand_in_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(fields=("round", "by_unit"), name="stand_in_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Deck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                (
                    "about",
                    models.TextField(
                        choices=[
                            ("unit", "A unit"),
                            ("checked", "Reported beside checked"),
                            ("round", "A round of reviews"),
                        ]
                    ),
                ),
                (
                    "hierarchy",
                    models.SmallIntegerField(
                        choices=[(1, "Organisational"), (2, "Electoral"), (3, "Administrative")]
                    ),
                ),
                ("level", models.TextField(db_default="", default="")),
                ("measure", models.SmallIntegerField(db_default=1, default=1)),
                ("language", models.TextField()),
                ("made_by", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
                (
                    "frame",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="verification.frame",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="review.round",
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
            ],
            options={
                "db_table": "review_deck",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="deck_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = review_deck.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
                    ),
                    Policy(
                        name="deck_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="deck_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="deck_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(
                        fields=(
                            "made_by",
                            "about",
                            "unit",
                            "hierarchy",
                            "level",
                            "programme",
                            "measure",
                            "frame",
                            "round",
                            "language",
                        ),
                        name="deck_once",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeckTemplate",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("number", models.SmallIntegerField(unique=True)),
                ("name", models.TextField()),
                ("size", models.IntegerField()),
                ("digest", models.BinaryField()),
                ("layouts", models.JSONField()),
                ("sealed", models.BinaryField()),
                ("is_used", models.BooleanField(db_default=False, default=False)),
                ("added_at", models.DateTimeField()),
                ("added_by", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "review_deck_template",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="deck_template_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or ((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="deck_template_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="deck_template_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="deck_template_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_used", True)),
                        fields=("is_used",),
                        name="deck_template_used_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeckSchedule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("account_id", models.BigIntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("office", models.TextField()),
                ("seats", models.JSONField(default=list)),
                (
                    "every",
                    models.TextField(
                        choices=[("day", "Every day"), ("week", "Every week"), ("month", "Every month")]
                    ),
                ),
                ("day", models.SmallIntegerField()),
                ("hour", models.SmallIntegerField()),
                ("next_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "deck",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="schedules",
                        to="review.deck",
                    ),
                ),
            ],
            options={
                "db_table": "review_deck_schedule",
                "indexes": [
                    models.Index(fields=["next_at"], name="deck_schedule_due"),
                    models.Index(fields=["account_id", "deck"], name="deck_schedule_own"),
                ],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="deck_schedule_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8)",
                    ),
                    Policy(
                        name="deck_schedule_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="deck_schedule_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="deck_schedule_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeckSent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("account_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "deck",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="review.deck",
                    ),
                ),
            ],
            options={
                "db_table": "review_deck_sent",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="deck_sent_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8)",
                    ),
                    Policy(
                        name="deck_sent_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="deck_sent_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="deck_sent_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(fields=("account_id", "deck"), name="deck_sent_once"),
                ],
            },
        ),
    ]
