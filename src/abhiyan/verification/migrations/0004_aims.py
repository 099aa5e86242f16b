"""Checks that are aimed at a unit or a worker: a ledger of their own."""

import django.db.models.deletion
from django.db import migrations, models

import abhiyan.core.policy
from abhiyan.core.constraints import AddConstraint


class Migration(migrations.Migration):
    dependencies = [
        ("units", "0005_polls"),
        ("verification", "0003_taken_off"),
    ]

    operations = [
        migrations.AlterField(
            model_name="check",
            name="outcome",
            field=models.TextField(
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
            },
        ),
        migrations.AddField(
            model_name="check",
            name="aim",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="verification.aim",
            ),
        ),
        AddConstraint(
            model_name="aim",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="aim_in_scope",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or verification_aim.account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8)",
            ),
        ),
        AddConstraint(
            model_name="aim",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="aim_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        AddConstraint(
            model_name="aim",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="aim_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="aim",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="aim_migrates", to=("owner",), using="true"
            ),
        ),
    ]
