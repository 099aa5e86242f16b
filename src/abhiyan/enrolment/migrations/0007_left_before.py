"""Mark the people who left before this release."""

from uuid import UUID

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SLICE = 2_000  # memberships of one commit: within the five seconds a statement has, on slow disks too
# Who left; and who was struck off, where the phone has said no to everything since.
MARKED = """
with s as materialized (
  select id, phone_id, person_id, term, ended_on from enrolment_membership where id > %(after)s order by id limit %(n)s),
u as (
  update people_person p set left_at = e.ended_at
    from s join enrolment_enrolment e
      on e.id = encode(set_byte(set_byte(uuid_send(s.id), 14, s.term >> 8), 15, s.term & 255), 'hex')::uuid
   where p.id = s.person_id and p.left_at is null and s.ended_on is not null and (e.end_reason = 'left'
      or exists (select from people_suppression x
                  where x.phone_id = s.phone_id and x.scope = 'all' and x.lifted_at is null)))
select id from s order by id desc limit 1"""


def mark(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    after = UUID(int=0)
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(MARKED, {"after": after, "n": SLICE})
            if (row := cursor.fetchone()) is None:
                return
            (after,) = row


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("enrolment", "0006_revisit"), ("people", "0007_left_at")]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
