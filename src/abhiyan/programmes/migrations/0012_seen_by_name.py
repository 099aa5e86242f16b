from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programmes", "0011_records_of_dues")]

    operations = [
        migrations.AddField(model_name="due", name="seen", field=models.IntegerField(null=True)),
    ]
