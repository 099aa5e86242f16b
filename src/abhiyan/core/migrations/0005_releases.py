from django.db import migrations, models

# A database of an earlier version gets a first line without a number. One that is being made has an empty trail.
MADE_EARLIER = """
insert into core_release (version, at)
select '', min(applied) from django_migrations where exists (select 1 from core_audit) having count(*) > 0
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0004_readings_found")]

    operations = [
        migrations.CreateModel(
            name="DatabaseRelease",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "core_release"},
        ),
        migrations.RunSQL(MADE_EARLIER, migrations.RunSQL.noop),
    ]
