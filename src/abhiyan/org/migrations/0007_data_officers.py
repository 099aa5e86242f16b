"""Data officers: those named before there are units, and the requests in their sight."""

from django.db import migrations, models

import abhiyan.core.policy
from abhiyan.core.constraints import AddConstraint


class Migration(migrations.Migration):
    dependencies = [
        ("org", "0006_positions_of_a_tree"),
        ("units", "0002_kind_few"),
    ]

    operations = [
        migrations.CreateModel(
            name="AwaitedOfficer",
            fields=[
                ("account_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("named_at", models.DateTimeField()),
            ],
            options={
                "db_table": "org_awaited_officer",
            },
        ),
        migrations.RemoveConstraint(
            model_name="release",
            name="release_in_scope",
        ),
        migrations.AlterField(
            model_name="release",
            name="state",
            field=models.TextField(
                choices=[
                    ("asked", "Asked"),
                    ("released", "Approved"),
                    ("refused", "Refused"),
                    ("lapsed", "Lapsed"),
                    ("used", "Used"),
                    ("withdrawn", "Withdrawn"),
                ],
                default="asked",
            ),
        ),
        AddConstraint(
            model_name="release",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="release_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or asked_by = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = org_release.unit_id and pl.lo <@ (select core_positions('abhiyan.people'))) or exists (select 1 from units_placement pl where pl.unit_id = org_release.unit_id and pl.lo <@ (select core_positions('abhiyan.requests')))",
            ),
        ),
        AddConstraint(
            model_name="awaitedofficer",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="awaited_officer_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or false",
            ),
        ),
        AddConstraint(
            model_name="awaitedofficer",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="awaited_officer_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="awaitedofficer",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="awaited_officer_migrates", to=("owner",), using="true"
            ),
        ),
    ]
