from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from abhiyan.programmes.models import DELTA_POLICIES, Delta


def protect(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for policy in DELTA_POLICIES:
        schema_editor.execute(policy.create_sql(Delta, schema_editor))


class Migration(migrations.Migration):
    """The queue of tally changes, and room in the counters' pages so that an update stays on its page."""

    dependencies = [("programmes", "0001_ground")]
    operations = [
        migrations.RunSQL(
            "create table programmes_delta (programme_id integer not null, measure smallint not null,"
            " channel smallint not null, unit_id bigint not null, day date not null, rung smallint not null,"
            " n integer not null, posted_at timestamptz not null,"
            " xid xid8 not null default pg_current_xact_id());"
            # used by: the fold, and reads of what is not folded yet
            " create index delta_by_xid on programmes_delta (xid);"
            " alter table programmes_delta set (autovacuum_vacuum_threshold = 5000,"
            " autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 0)",
            "drop table programmes_delta",
        ),
        migrations.RunSQL(
            "alter table programmes_tally set (fillfactor = 70); alter table programmes_total set (fillfactor = 70)",
            migrations.RunSQL.noop,
        ),
        migrations.RunPython(protect, migrations.RunPython.noop),
    ]
