import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("org", "0004_call_centres"),
        ("programmes", "0006_tasks_of_contributors"),
    ]

    operations = [
        migrations.AddField(
            model_name="programme",
            name="body",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="org.body",
            ),
        ),
    ]
