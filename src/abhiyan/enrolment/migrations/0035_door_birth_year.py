from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0034_typed_sheets")]

    operations = [
        migrations.AddField(
            model_name="doorentry", name="birth_year", field=models.SmallIntegerField(null=True)
        ),
    ]
