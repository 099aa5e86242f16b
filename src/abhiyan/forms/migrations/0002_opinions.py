"""Opinions on their way up, and who passed them on; a form that somebody sends by their own link has no account."""

import django.db.models.deletion
from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("forms", "0001_ground"),
        ("units", "0001_ground"),
    ]

    operations = [
        migrations.AlterField(
            model_name="submission",
            name="sent_by",
            field=models.BigIntegerField(null=True),
        ),
        migrations.CreateModel(
            name="Opinion",
            fields=[
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="opinion",
                        serialize=False,
                        to="forms.submission",
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("at", models.DateTimeField()),
                ("is_left", models.BooleanField(db_default=False, default=False)),
                ("text", models.TextField(db_default="", default="")),
                ("done", models.TextField(db_default="", default="")),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "desk",
                    models.ForeignKey(
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
            ],
            options={
                "db_table": "forms_opinion",
            },
        ),
        migrations.CreateModel(
            name="QuotePassed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("before", models.TextField(db_default="", default="")),
                ("text", models.TextField()),
                ("by_account", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "from_unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
                (
                    "opinion",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="passages",
                        to="forms.opinion",
                    ),
                ),
                (
                    "to_unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
            ],
            options={
                "db_table": "forms_quote_passed",
            },
        ),
        migrations.AddIndex(
            model_name="opinion",
            index=models.Index(fields=["desk", "is_left", "-at"], name="opinion_desk"),
        ),
        migrations.AddConstraint(
            model_name="opinion",
            constraint=abhiyan.core.policy.Policy(
                command="SELECT",
                name="opinion_in_scope",
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = forms_opinion.unit_id and pl.lo <@ (select core_positions('abhiyan.line')))",
            ),
        ),
        migrations.AddConstraint(
            model_name="opinion",
            constraint=abhiyan.core.policy.Policy(
                name="opinion_written",
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        migrations.AddConstraint(
            model_name="opinion",
            constraint=abhiyan.core.policy.Policy(
                name="opinion_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        migrations.AddConstraint(
            model_name="opinion",
            constraint=abhiyan.core.policy.Policy(name="opinion_migrates", to=("owner",), using="true"),
        ),
        migrations.AddIndex(
            model_name="quotepassed",
            index=models.Index(
                condition=models.Q(("undone_at", None)), fields=["to_unit", "-at"], name="quote_passed_to"
            ),
        ),
        migrations.AddIndex(
            model_name="quotepassed",
            index=models.Index(
                condition=models.Q(("undone_at", None)), fields=["from_unit", "-at"], name="quote_passed_from"
            ),
        ),
        migrations.AddConstraint(
            model_name="quotepassed",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at", None)),
                fields=("opinion", "from_unit"),
                name="quote_passed_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="quotepassed",
            constraint=abhiyan.core.policy.Policy(
                command="SELECT",
                name="quote_passed_in_scope",
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select from forms_opinion o where o.submission_id = forms_quote_passed.opinion_id)",
            ),
        ),
        migrations.AddConstraint(
            model_name="quotepassed",
            constraint=abhiyan.core.policy.Policy(
                name="quote_passed_written",
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        migrations.AddConstraint(
            model_name="quotepassed",
            constraint=abhiyan.core.policy.Policy(
                name="quote_passed_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        migrations.AddConstraint(
            model_name="quotepassed",
            constraint=abhiyan.core.policy.Policy(name="quote_passed_migrates", to=("owner",), using="true"),
        ),
    ]
