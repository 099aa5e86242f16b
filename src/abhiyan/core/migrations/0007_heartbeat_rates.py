"""How many rows a loop does in a minute."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0006_jobs"),
    ]

    operations = [
        migrations.AddField(
            model_name="heartbeat",
            name="a_minute",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="heartbeat",
            name="since_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="heartbeat",
            name="since_did",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
    ]
