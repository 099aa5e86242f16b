from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0002_details_that_wait")]

    operations = [
        migrations.AlterField(
            model_name="halt",
            name="kind",
            field=models.TextField(
                choices=[
                    ("list", "Paper list"),
                    ("sender", "Sender"),
                    ("calls", "Leaving by call or text"),
                ]
            ),
        ),
    ]
