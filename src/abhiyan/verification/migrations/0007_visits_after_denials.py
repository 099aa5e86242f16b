from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("verification", "0006_flags")]

    operations = [
        migrations.AlterField(
            model_name="check",
            name="arm",
            field=models.SmallIntegerField(
                choices=[
                    (1, "Drawn"),
                    (2, "Aimed"),
                    (3, "Second check"),
                    (4, "Planted"),
                    (5, "Visited"),
                    (6, "Visited after a denial"),
                ],
                default=1,
            ),
        ),
    ]
