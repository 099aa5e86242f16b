from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("enrolment", "0011_noes_of_any_phone"),
    ]

    operations = [
        migrations.AddField(
            model_name="text",
            name="hear_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="text",
            index=models.Index(
                condition=models.Q(("hear_at__isnull", False)), fields=["hear_at"], name="text_hear"
            ),
        ),
    ]
