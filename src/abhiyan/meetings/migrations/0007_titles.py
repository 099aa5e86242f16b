from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("meetings", "0006_by_name")]

    operations = [
        migrations.AlterField("meeting", "title", models.TextField(db_column="title")),
        migrations.RenameField("meeting", "title", "typed_title"),
        migrations.AddField("meeting", "titles", models.JSONField(default=dict, db_default={})),
    ]
