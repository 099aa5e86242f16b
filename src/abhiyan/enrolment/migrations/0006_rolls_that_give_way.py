"""A roll that gives way to others: friends."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0005_welcome_and_call_again")]

    operations = [
        migrations.AddField(
            model_name="roll",
            name="gives_way",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
