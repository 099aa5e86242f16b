"""Seats held below wide units are kept, and appointments that end or do not stand are found by an index."""

from django.db import migrations, models

import abhiyan.core.policy
from abhiyan.core.constraints import AddConstraint


class Migration(migrations.Migration):
    dependencies = [
        ("org", "0004_offered_before"),
        ("units", "0002_kind_few"),
    ]

    operations = [
        migrations.CreateModel(
            name="HeldBelow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "unit_id", "hierarchy", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("unit_id", models.BigIntegerField()),
                (
                    "hierarchy",
                    models.SmallIntegerField(
                        choices=[(1, "Organisational"), (2, "Electoral"), (3, "Administrative")]
                    ),
                ),
                ("held", models.JSONField()),
                ("day", models.DateField()),
                ("counted_at", models.DateTimeField()),
            ],
            options={
                "db_table": "org_held_below",
            },
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(
                condition=models.Q(("ends_on__isnull", False), ("state__in", ["active", "disputed"])),
                fields=["ends_on"],
                name="appointment_term",
            ),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(
                condition=models.Q(("state", "active"), _negated=True),
                fields=["state"],
                name="appointment_state",
            ),
        ),
        AddConstraint(
            model_name="heldbelow",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="held_below_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = org_held_below.unit_id and pl.lo <@ (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}')::int8multirange))",
            ),
        ),
        AddConstraint(
            model_name="heldbelow",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="held_below_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="heldbelow",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="held_below_migrates", to=("owner",), using="true"
            ),
        ),
    ]
