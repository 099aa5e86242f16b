"""Units close, by an act or a list; what rooms did then is kept, and which known units a list lacks."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("units", "0002_kind_few"),
    ]

    operations = [
        migrations.CreateModel(
            name="Closing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("import_id", models.BigIntegerField(null=True)),
                ("answers", models.JSONField(default=dict)),
                ("closed_at", models.DateTimeField()),
                ("closed_by", models.BigIntegerField(null=True)),
                ("opened_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "units_closing",
            },
        ),
        migrations.AlterField(
            model_name="unitchange",
            name="change",
            field=models.TextField(
                choices=[
                    ("made", "Made"),
                    ("changed", "Changed"),
                    ("placed", "Placed"),
                    ("moved", "Moved"),
                    ("pin", "Pin"),
                    ("closed", "Closed"),
                    ("mark", "Mark"),
                ]
            ),
        ),
        migrations.CreateModel(
            name="ClosingPage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("what", models.TextField()),
                ("facts", models.JSONField()),
                (
                    "closing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="units.closing"
                    ),
                ),
            ],
            options={
                "db_table": "units_closing_page",
            },
        ),
        migrations.CreateModel(
            name="UnitLacking",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("import_id", models.BigIntegerField()),
                ("unit_id", models.BigIntegerField()),
            ],
            options={
                "db_table": "units_lacking",
                "indexes": [models.Index(fields=["import_id", "unit_id"], name="unit_lacking_import")],
            },
        ),
    ]
