from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("meetings", "0005_beside")]

    operations = [
        migrations.AddField(
            model_name="invitee",
            name="is_by_name",
            field=models.BooleanField(default=False, db_default=False),
        ),
    ]
