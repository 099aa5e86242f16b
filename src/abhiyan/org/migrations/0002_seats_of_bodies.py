"""Offices that exist where nobody misses them; seats of bodies, and what a body is there for."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("org", "0001_ground")]
    operations = [
        migrations.AddField(
            model_name="office",
            name="given_in",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="office",
            name="in_bodies",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="body", name="duty", field=models.TextField(db_default="", default="")
        ),
    ]
