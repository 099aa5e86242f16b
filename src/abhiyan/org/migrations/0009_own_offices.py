"""Offices of the organisation's own, in a unit and below; offices are written by the system alone."""

import django.db.models.deletion
from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("org", "0008_talks_with_bearers"),
        ("units", "0002_first_days"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="office",
            name="office_written",
        ),
        migrations.AddField(
            model_name="office",
            name="closed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="office",
            name="made_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="office",
            name="unit",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="units.unit"
            ),
        ),
        migrations.AddConstraint(
            model_name="office",
            constraint=models.CheckConstraint(
                condition=models.Q(("unit", None), ("code__startswith", "own_"), _connector="XOR"),
                name="office_own_by_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="office",
            constraint=abhiyan.core.policy.Policy(
                name="office_written",
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
    ]
