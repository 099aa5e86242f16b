from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programmes", "0025_expectations")]

    operations = [
        migrations.AlterField("schedule", "title", models.TextField(db_column="title")),
        migrations.RenameField("schedule", "title", "typed_title"),
        migrations.AlterField("task", "title", models.TextField(db_column="title")),
        migrations.RenameField("task", "title", "typed_title"),
        migrations.AddField("task", "titles", models.JSONField(default=dict, db_default={})),
    ]
