"""When a person confirmed a term by their own act."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("enrolment", "0009_rolls_left_before"),
    ]

    operations = [
        migrations.AddField(
            model_name="enrolment", name="confirmed_at", field=models.DateTimeField(null=True)
        ),
    ]
