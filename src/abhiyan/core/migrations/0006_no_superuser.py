"""Nothing needs a superuser: the role of backups sees rows by policies, and the era needs no setting of the database."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from abhiyan.core.database import role_name

OWNERS = """
select polrelid::regclass::text, quote_ident(polname) from pg_policy where polroles = array[%s::regrole]::oid[] order by 1
"""
# The function keeps the era it gives now. A session could set the parameter it read; nobody but the owner replaces it.
ERA = """
do $do$ begin
    execute format(
        'create or replace function core_era() returns integer language sql stable as %%L', 'select ' || core_era()
    );
end $do$
"""


def open_to_backup(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Let backups read what the owner sees. A table in use is waited for alone, and the rest stays done."""
    owner, backup = (editor.quote_name(role_name(role)) for role in ("owner", "backup"))
    with editor.connection.cursor() as cursor:
        cursor.execute(OWNERS, [owner])
        for table, policy in cursor.fetchall():
            cursor.execute(f"alter policy {policy} on {table} to {owner}, {backup}")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("core", "0005_releases")]
    operations = [
        migrations.RunSQL(ERA.replace("%%", "%"), migrations.RunSQL.noop),
        migrations.RunPython(open_to_backup, migrations.RunPython.noop),
    ]
