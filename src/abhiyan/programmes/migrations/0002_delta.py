from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from abhiyan.programmes.models import DELTA_POLICIES, Delta


def protect(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for policy in DELTA_POLICIES:
        schema_editor.execute(policy.create_sql(Delta, schema_editor))


class Migration(migrations.Migration):
    """The queue of tally changes: no key and no index, since the fold takes all there is."""

    dependencies = [("programmes", "0001_ground")]
    operations = [
        migrations.RunSQL(
            "create table programmes_delta (programme_id integer not null, measure smallint not null,"
            " channel smallint not null, unit_id bigint not null, day date not null, rung smallint not null,"
            " n integer not null, posted_at timestamptz not null)",
            "drop table programmes_delta",
        ),
        migrations.RunPython(protect, migrations.RunPython.noop),
    ]
