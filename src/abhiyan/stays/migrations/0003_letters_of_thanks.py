"""Letters of thanks for field days, and their rule."""

from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("stays", "0002_field_days"),
    ]

    operations = [
        migrations.CreateModel(
            name="ThanksLetter",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("programme_id", models.IntegerField()),
                ("leader_id", models.BigIntegerField()),
                ("month", models.DateField()),
                ("area_id", models.BigIntegerField()),
                ("least", models.SmallIntegerField()),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "stays_thanks_letter",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("leader_id", "month", "programme_id"), name="thanks_letter_once"
                    ),
                    abhiyan.core.policy.Policy(
                        command="SELECT",
                        name="thanks_letter_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or leader_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = stays_thanks_letter.area_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    abhiyan.core.policy.Policy(
                        name="thanks_letter_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        name="thanks_letter_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(name="thanks_letter_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ThanksRule",
            fields=[
                ("programme_id", models.IntegerField(primary_key=True, serialize=False)),
                ("least", models.SmallIntegerField()),
            ],
            options={
                "db_table": "stays_thanks_rule",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("least__gt", 0)), name="thanks_rule_least"),
                    abhiyan.core.policy.Policy(
                        command="SELECT",
                        name="thanks_rule_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    abhiyan.core.policy.Policy(
                        name="thanks_rule_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        name="thanks_rule_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(name="thanks_rule_migrates", to=("owner",), using="true"),
                ],
            },
        ),
    ]
