"""Villages and stays."""

from django.db import migrations, models

from abhiyan.core.policy import COUNTS, PEOPLE, placed_sql, policies


class Migration(migrations.Migration):
    initial = True
    dependencies = [("programmes", "0001_ground")]
    operations = [
        migrations.CreateModel(
            name="Village",
            fields=[
                ("unit_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("beds", models.IntegerField()),
                ("row", models.IntegerField()),
                ("import_id", models.BigIntegerField()),
            ],
            options={
                "db_table": "sample_village",
                "constraints": policies("sample_village", using=placed_sql("sample_village.unit_id", COUNTS)),
            },
        ),
        migrations.CreateModel(
            name="Stay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("programme_id", models.IntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("day", models.DateField()),
                ("nights", models.IntegerField()),
                ("counted", models.IntegerField()),
                ("met", models.IntegerField()),
            ],
            options={
                "db_table": "sample_stay",
                "constraints": policies("sample_stay", using=placed_sql("sample_stay.unit_id", PEOPLE)),
            },
        ),
    ]
