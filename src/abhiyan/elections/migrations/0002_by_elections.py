from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("elections", "0001_ground")]

    operations = [
        migrations.AlterField(
            model_name="election",
            name="kind",
            field=models.TextField(
                choices=[
                    ("parliament", "Lok Sabha"),
                    ("assembly", "State assembly"),
                    ("parliament_by", "Lok Sabha by-election"),
                    ("assembly_by", "State assembly by-election"),
                ]
            ),
        ),
    ]
