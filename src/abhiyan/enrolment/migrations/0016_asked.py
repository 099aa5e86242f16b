"""What became of our question whether somebody joined; when the phone first answered."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("enrolment", "0015_waiting_language"),
    ]

    operations = [
        migrations.AddField(
            model_name="enrolment",
            name="ask_over_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="enrolment",
            name="asked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="enrolment",
            name="confirmed_by",
            field=models.SmallIntegerField(
                choices=[
                    (1, "By SMS or WhatsApp"),
                    (2, "By the link of our message"),
                    (3, "On their own page, with the word of our message"),
                ],
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="enrolment",
            name="confirmed_message",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="enrolment",
            name="signed_at",
            field=models.DateTimeField(null=True),
        ),
    ]
