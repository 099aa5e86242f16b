from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0003_leaving_by_text")]

    operations = [
        migrations.AddField(model_name="paperphoto", name="aside_at", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="paperphoto", name="aside_by", field=models.BigIntegerField(null=True)
        ),
    ]
