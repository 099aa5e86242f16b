"""Which sheet a photograph shows, a small picture of it, and how it is turned."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("enrolment", "0026_merged_terms"),
    ]

    operations = [
        migrations.AddField("paperphoto", "sheet", models.SmallIntegerField(null=True)),
        migrations.AddField("paperphoto", "alike", models.SmallIntegerField(null=True)),
        migrations.AddField("paperphoto", "turn", models.SmallIntegerField(default=0, db_default=0)),
        migrations.AddField("paperphoto", "is_beside", models.BooleanField(default=False, db_default=False)),
        migrations.AddField("paperphoto", "small", models.BinaryField(default=b"", db_default=b"")),
        migrations.AddField("paperphoto", "trace", models.BinaryField(default=b"", db_default=b"")),
    ]
