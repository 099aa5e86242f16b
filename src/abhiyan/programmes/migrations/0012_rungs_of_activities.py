"""Rungs below 10 belong to the activity of a programme's kind: the ledger names them no longer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("programmes", "0011_owners_are_units"),
    ]

    operations = [
        migrations.AlterField(model_name="delta", name="rung", field=models.SmallIntegerField()),
        migrations.AlterField(model_name="tally", name="rung", field=models.SmallIntegerField()),
        migrations.AlterField(model_name="total", name="rung", field=models.SmallIntegerField()),
    ]
