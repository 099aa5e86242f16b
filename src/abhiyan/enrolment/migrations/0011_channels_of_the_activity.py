"""What channels and signs there are is said by the activity, no longer by the tables."""

from django.db import migrations, models

OF_CHANNELS = ("channeltoken", "claim", "enrolment", "refusedcount", "waiting")


class Migration(migrations.Migration):
    dependencies = [
        ("enrolment", "0010_confirmed"),
    ]

    operations = [
        *(
            migrations.AlterField(model_name=model, name="channel", field=models.SmallIntegerField())
            for model in OF_CHANNELS
        ),
        migrations.AlterField(model_name="claim", name="sign", field=models.SmallIntegerField()),
    ]
