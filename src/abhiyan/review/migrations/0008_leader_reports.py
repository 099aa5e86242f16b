"""Reports of leaders on units below theirs."""

import django.db.models.deletion
from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("org", "0009_own_offices"),
        ("programmes", "0025_expectations"),
        ("review", "0007_exact_decks"),
        ("units", "0002_first_days"),
    ]

    operations = [
        migrations.CreateModel(
            name="LeaderReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("account_id", models.BigIntegerField()),
                ("measure", models.SmallIntegerField(db_default=0, default=0)),
                ("day", models.DateField()),
                ("n", models.BigIntegerField(null=True)),
                ("words", models.TextField(db_default="", default="")),
                ("written_at", models.DateTimeField()),
                ("replaced_at", models.DateTimeField(null=True)),
                (
                    "appointment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.appointment"
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
                "db_table": "review_leader_report",
                "constraints": [
                    abhiyan.core.policy.Policy(
                        command="SELECT",
                        name="leader_report_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or exists (select 1 from units_placement pl join units_placement up on up.unit_id = pl.parent_id and up.hierarchy = pl.hierarchy where pl.unit_id = review_leader_report.unit_id and pl.lo is not null and up.lo <@ (select core_positions('abhiyan.line'))) and not exists (select from org_appointment ap where ap.account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) and ap.unit_id = review_leader_report.unit_id and ap.state in ('active', 'disputed'))",
                    ),
                    abhiyan.core.policy.Policy(
                        name="leader_report_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        name="leader_report_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(name="leader_report_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(
                        condition=models.Q(("replaced_at", None)),
                        fields=("unit", "account_id", "programme", "measure", "day"),
                        name="leader_report_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("n", None),
                            models.Q(("n__gte", 0), ("programme__isnull", False)),
                            _connector="OR",
                        ),
                        name="leader_report_sound",
                    ),
                ],
            },
        ),
    ]
