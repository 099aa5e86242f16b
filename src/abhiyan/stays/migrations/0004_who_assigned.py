"""Who assigned a worker, and so gave us the host's number."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stays", "0003_letters_of_thanks"),
    ]

    operations = [
        migrations.AddField(
            model_name="stay",
            name="assigned_by",
            field=models.BigIntegerField(null=True),
        ),
    ]
