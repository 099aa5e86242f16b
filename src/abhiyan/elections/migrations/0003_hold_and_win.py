"""Plans that hold and win seats one by one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("elections", "0002_by_elections")]

    operations = [
        migrations.AlterField(
            model_name="plan",
            name="method",
            field=models.TextField(
                choices=[
                    ("uniform", "The same points everywhere"),
                    ("proportional", "In proportion to the last share"),
                    ("hold", "Hold and win"),
                    ("hand", "By hand"),
                ]
            ),
        ),
    ]
