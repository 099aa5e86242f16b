from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_ground")]

    operations = [
        migrations.AddField(model_name="number", name="added_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="number", name="added_by", field=models.BigIntegerField(null=True)),
        migrations.AddField(model_name="number", name="believed_at", field=models.DateTimeField(null=True)),
    ]
