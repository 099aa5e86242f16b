"""The words that callers of a queue say."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contact", "0010_lanes")]
    operations = [
        migrations.AddField(
            "callqueue",
            "words",
            models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
    ]
