from django.db import migrations, models

import abhiyan.core.policy

# Notes the object that a deleted or rewritten row spoke of (core.files). The trigger names the column.
NOTE = """create function core_note_gone() returns trigger language plpgsql as $$
declare
  reference bytea;
  reference_now bytea;
begin
  execute format('select ($1).%I', tg_argv[0]) into reference using old;
  if tg_op = 'UPDATE' then
    execute format('select ($1).%I', tg_argv[0]) into reference_now using new;
  end if;
  if reference_now is distinct from reference then
    insert into core_gone_object (id, at) values (encode(substr(reference, 2), 'hex')::uuid, now())
    on conflict do nothing;
  end if;
  return null;
end $$"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0009_host_of_a_loop"),
    ]

    operations = [
        migrations.CreateModel(
            name="GoneObject",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "core_gone_object",
                "constraints": [
                    abhiyan.core.policy.Policy(
                        command="INSERT",
                        name="gone_object_noted",
                        to=("app", "jobs"),
                        using="pg_trigger_depth() > 0",
                    ),
                    abhiyan.core.policy.Policy(
                        name="gone_object_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(name="gone_object_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.RunSQL(NOTE, "drop function core_note_gone()"),
    ]
