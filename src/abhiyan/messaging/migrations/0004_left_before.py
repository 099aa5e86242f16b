"""Forget the digits shown of messages to phones that left before this release."""

from uuid import UUID

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SLICE = 2_000  # phones of one commit
FORGOTTEN = """
with s as materialized (
  select phone_id, scope, lifted_at from people_suppression where phone_id > %(after)s order by phone_id limit %(n)s),
u as (
  update messaging_message m set last4 = '' from s
   where m.phone_id = s.phone_id and s.scope = 'all' and s.lifted_at is null and m.last4 <> '')
select phone_id from s order by phone_id desc limit 1"""


def forget(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    after = UUID(int=0)
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(FORGOTTEN, {"after": after, "n": SLICE})
            if (row := cursor.fetchone()) is None:
                return
            (after,) = row


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("messaging", "0003_positions_of_a_tree"), ("people", "0006_rolls_left")]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
