import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0002_attended"),
        ("programmes", "0005_accepted_n"),
    ]

    operations = [
        migrations.AddField(
            model_name="meeting",
            name="due",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="programmes.due",
            ),
        ),
        migrations.AddField(
            model_name="meeting",
            name="roll",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="meeting",
            name="walk_ins",
            field=models.IntegerField(null=True),
        ),
    ]
