"""A published notice keeps the name of the organisation that published it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0005_held_then")]
    operations = [
        migrations.AddField("notice", "organisation", models.TextField(default="", db_default="")),
    ]
