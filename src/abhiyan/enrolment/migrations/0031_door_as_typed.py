"""An entry at a door keeps the name and the end of the number as its worker typed them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("enrolment", "0030_batches_erased"),
    ]

    operations = [
        migrations.AddField(
            model_name="doorentry",
            name="last4",
            field=models.CharField(db_default="", default="", max_length=4),
        ),
        migrations.AddField(
            model_name="doorentry",
            name="name",
            field=models.CharField(db_default="", default="", max_length=200),
        ),
    ]
