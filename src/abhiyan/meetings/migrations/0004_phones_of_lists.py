from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("meetings", "0003_lists_and_rolls")]

    operations = [
        migrations.AlterField(
            model_name="invitee",
            name="account_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name="invitee",
            constraint=models.UniqueConstraint(
                condition=models.Q(account_id=None),
                fields=("meeting", "phone_id"),
                name="meeting_phone_once",
            ),
        ),
    ]
