from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0009_morning_message")]

    operations = [
        migrations.RenameField("circular", "subject", "title"),
        migrations.AlterField("circular", "title", models.TextField(db_column="title")),
        migrations.RenameField("circular", "title", "typed_title"),
        migrations.AddField("circular", "titles", models.JSONField(default=dict, db_default={})),
    ]
