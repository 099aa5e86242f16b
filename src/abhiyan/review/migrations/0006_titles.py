from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("review", "0005_reminders")]

    operations = [
        migrations.RenameField("round", "name", "title"),
        migrations.AlterField("round", "title", models.TextField(db_column="title")),
        migrations.RenameField("round", "title", "typed_title"),
        migrations.AddField("round", "titles", models.JSONField(default=dict, db_default={})),
    ]
