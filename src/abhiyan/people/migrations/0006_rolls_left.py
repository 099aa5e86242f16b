"""Which rolls a phone left when it said no to everything."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0005_positions_of_a_tree"),
    ]

    operations = [
        migrations.AddField(
            model_name="suppression",
            name="rolls",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.IntegerField(), db_default=[], default=list, size=None
            ),
        ),
    ]
