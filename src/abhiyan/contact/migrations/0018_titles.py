from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contact", "0017_wanted_calls")]

    operations = [
        migrations.AlterField("contactlist", "title", models.TextField(db_column="title")),
        migrations.RenameField("contactlist", "title", "typed_title"),
        migrations.AddField("contactlist", "titles", models.JSONField(default=dict, db_default={})),
        migrations.AlterField("callqueue", "title", models.TextField(db_column="title")),
        migrations.RenameField("callqueue", "title", "typed_title"),
        migrations.AddField("callqueue", "titles", models.JSONField(default=dict, db_default={})),
    ]
