"""Kinds of body of the organisation's own, with their seats; bodies may be of one."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("org", "0009_own_offices"),
        ("units", "0002_first_days"),
    ]

    operations = [
        migrations.AlterField(
            model_name="body",
            name="kind",
            field=models.TextField(),
        ),
        migrations.CreateModel(
            name="BodyKind",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.TextField(unique=True)),
                ("names", models.JSONField()),
                (
                    "levels",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                ),
                ("leads", models.TextField()),
                ("seats", models.JSONField()),
                ("expected", models.SmallIntegerField(default=0)),
                ("made_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="units.unit"
                    ),
                ),
            ],
            options={
                "db_table": "org_body_kind",
            },
        ),
        migrations.AddField(
            model_name="body",
            name="own_kind",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="org.bodykind",
            ),
        ),
        migrations.AddIndex(
            model_name="body",
            index=models.Index(
                condition=models.Q(("own_kind__isnull", False)), fields=["own_kind"], name="body_own_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="body",
            constraint=models.CheckConstraint(
                condition=models.Q(("own_kind", None), ("kind__startswith", "own_"), _connector="XOR"),
                name="body_own_kind_by_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="bodykind",
            constraint=abhiyan.core.policy.Policy(
                command="SELECT", name="body_kind_seen_by_all", to=("app", "jobs", "gateway"), using="true"
            ),
        ),
        migrations.AddConstraint(
            model_name="bodykind",
            constraint=abhiyan.core.policy.Policy(
                name="body_kind_written",
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        migrations.AddConstraint(
            model_name="bodykind",
            constraint=abhiyan.core.policy.Policy(
                name="body_kind_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        migrations.AddConstraint(
            model_name="bodykind",
            constraint=abhiyan.core.policy.Policy(name="body_kind_migrates", to=("owner",), using="true"),
        ),
    ]
