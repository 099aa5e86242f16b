"""Jobs are rows of our own; those that procrastinate held are carried over, and its tables go.

The release before may serve on while this one migrates: what it puts down through procrastinate's function becomes a
row of ours, which its successor does. The two functions for that go with the next release. So does the column `attempts` of
imports, which the release before still reads and writes: until then it only lies there, with a default.
"""

from django.db import migrations, models

from abhiyan.core.constraints import AddConstraint

CARRIED = """
do $body$
declare one text;
begin
    if to_regclass('procrastinate_jobs') is null then
        return;
    end if;
    create function core_job_of(task text, args jsonb, number bigint) returns core_job language sql as $of$
        select number,
            case when task ~ '^core\\.import_(check|commit|undo)$' then 'core.import_step' else task end,
            'procrastinate/' || number,
            case when task ~ '^core\\.import_(check|commit|undo)$'
                then args || jsonb_build_object('step', split_part(task, '_', 2)) else args end,
            now(), null::timestamptz, 0::smallint, '', null::timestamptz
    $of$;
    insert into core_job
        select made.* from procrastinate_jobs j, core_job_of(j.task_name, j.args, nextval(pg_get_serial_sequence(
            'core_job', 'id'))) made where j.status::text in ('todo', 'doing');
    create or replace function procrastinate_defer_jobs_v1(jobs procrastinate_job_to_defer_v1[]) returns bigint[]
    language sql as $defer$
        with made as (
            insert into core_job
                select made.* from unnest(jobs) j, core_job_of(j.task_name, j.args, nextval(pg_get_serial_sequence(
                    'core_job', 'id'))) made
        )
        select array_fill(0::bigint, array[cardinality(jobs)])
    $defer$;
    for one in
        select format('drop table %s cascade', oid::regclass) from pg_class
            where relname like 'procrastinate\\_%' and relkind = 'r'
    loop execute one; end loop;
    for one in
        select format('drop function if exists %s cascade', oid::regprocedure) from pg_proc
            where proname like 'procrastinate\\_%' and proname <> 'procrastinate_defer_jobs_v1'
    loop execute one; end loop;
    for one in
        select format('drop type %s', oid::regtype) from pg_type
            where typname like 'procrastinate\\_%' and typtype = 'e'
    loop execute one; end loop;
    delete from django_migrations where app = 'procrastinate';
    delete from django_content_type where app_label = 'procrastinate';
end $body$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_positions_of_a_tree"),
    ]

    operations = [
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.TextField()),
                ("key", models.TextField()),
                ("arguments", models.JSONField()),
                ("due_at", models.DateTimeField()),
                ("leased_until", models.DateTimeField(null=True)),
                ("attempts", models.SmallIntegerField(db_default=0, default=0)),
                ("error", models.TextField(db_default="", default="")),
                ("failed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "core_job",
            },
        ),
        AddConstraint(
            model_name="job",
            constraint=models.UniqueConstraint(
                condition=models.Q(("attempts", 0), ("failed_at", None)),
                fields=("name", "key"),
                name="job_waits_once",
            ),
        ),
        migrations.RunSQL(CARRIED, migrations.RunSQL.noop),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField(model_name="stagedimport", name="attempts")],
        ),
    ]
