"""A queue takes the missed calls to the helpline; the basis of its list says so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contact", "0006_queue_last_day")]

    operations = [
        migrations.AddField(
            "callqueue", "takes_missed", models.BooleanField(db_default=False, default=False)
        ),
        migrations.AlterField(
            "contactlist",
            "basis",
            models.TextField(
                choices=[
                    ("consent", "Each person gave consent"),
                    ("given", "Each person gave their number for this purpose"),
                    ("called", "Each person called the helpline"),
                ]
            ),
        ),
    ]
