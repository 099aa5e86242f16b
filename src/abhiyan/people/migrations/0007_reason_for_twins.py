"""A person may decide that what looks like twins is one person, with a reason."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0006_notice_organisation")]
    operations = [
        migrations.AddField("double", "reason", models.TextField(default="", db_default="")),
    ]
