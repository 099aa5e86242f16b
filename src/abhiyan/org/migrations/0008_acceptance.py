"""An appointment counts once its holder has accepted it. What is there already counts as before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("org", "0007_data_officers")]

    operations = [
        migrations.AlterField(
            model_name="appointment",
            name="state",
            field=models.TextField(
                choices=[
                    ("offered", "Not accepted yet"),
                    ("active", "Active"),
                    ("disputed", "Disputed"),
                    ("ended", "Ended"),
                ],
                default="active",
            ),
        ),
        migrations.AddField(
            model_name="appointment",
            name="accepted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="appointment",
            name="accepted_how",
            field=models.TextField(
                choices=[
                    ("link", "by the link in the message"),
                    ("signed_in", "signed in"),
                    ("named", "named on the server"),
                    ("before", "appointed before anybody was asked"),
                ],
                db_default="before",
                default="",
            ),
        ),
        migrations.AddField(
            model_name="appointment",
            name="offer",
            field=models.BinaryField(null=True),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(
                condition=models.Q(("offer__isnull", False)), fields=["offer"], name="appointment_offer"
            ),
        ),
    ]
