"""Which roll the phones left that said no to everything before this release: known where there is only one."""

from uuid import UUID

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SLICE = 20_000  # noes of one commit
FILLED = """
with s as materialized (
  select phone_id from people_suppression where phone_id > %(after)s order by phone_id limit %(n)s),
u as (
  update people_suppression x set rolls = array[%(roll)s::int] from s
   where x.phone_id = s.phone_id and x.scope = 'all' and x.lifted_at is null and x.rolls = '{}')
select phone_id from s order by phone_id desc limit 1"""


def fill(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    after = UUID(int=0)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select id from enrolment_roll limit 2")
        rolls = cursor.fetchall()
        while len(rolls) == 1:
            cursor.execute(FILLED, {"after": after, "n": SLICE, "roll": rolls[0][0]})
            if (row := cursor.fetchone()) is None:
                return
            (after,) = row


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("enrolment", "0008_who_may_write"), ("people", "0006_rolls_left")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
