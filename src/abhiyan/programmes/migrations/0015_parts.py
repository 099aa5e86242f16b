"""Programmes beneath one: a national drive and its drives in states, one total."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programmes", "0014_tasks")]

    operations = [
        migrations.AddField(
            "programme",
            "parent",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="programmes.programme",
            ),
        ),
        migrations.AddField("programme", "parts", models.JSONField(default=list, db_default=[])),
    ]
