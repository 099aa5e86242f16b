"""A list whose people signed consent forms says where, until when and who took the signatures; they are asked once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contact", "0015_canvassing_tries")]

    operations = [
        migrations.AddField(
            "contactlist",
            "signed",
            models.TextField(
                choices=[("", "No form was signed"), ("door", "At their doors"), ("desk", "At a desk")],
                default="",
                db_default="",
            ),
        ),
        migrations.AddField("contactlist", "signed_on", models.DateField(null=True)),
        migrations.AddField("contactlist", "signed_with", models.TextField(default="", db_default="")),
        migrations.AddField("contactentry", "ask_on", models.DateField(null=True)),
        migrations.AddIndex(
            "contactentry",
            models.Index(fields=["ask_on"], condition=models.Q(ask_on__isnull=False), name="entry_ask"),
        ),
    ]
