"""An office is accepted by a text too, and its links are those of messaging's questions.

The column with the digest of the older links stays for a release: the one before writes it.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("org", "0010_what_may_be_done")]

    operations = [
        migrations.AlterField(
            model_name="appointment",
            name="accepted_how",
            field=models.TextField(
                choices=[
                    ("link", "by the link in the message"),
                    ("text", "by a text with the code of the message"),
                    ("signed_in", "signed in"),
                    ("named", "named on the server"),
                    ("before", "appointed before anybody was asked"),
                ],
                db_default="before",
                default="",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveIndex(model_name="appointment", name="appointment_offer"),
                migrations.RemoveField(model_name="appointment", name="offer"),
            ],
        ),
    ]
