"""The door of a walk, and from when a person is asked about a talk."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0002_lists"),
    ]

    operations = [
        migrations.AddField(
            model_name="contacttry",
            name="door",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="contacttry",
            name="ask_on",
            field=models.DateField(null=True),
        ),
        migrations.AddIndex(
            model_name="contacttry",
            index=models.Index(
                condition=models.Q(("ask_on__isnull", False)), fields=["ask_on"], name="contact_try_ask"
            ),
        ),
    ]
