from django.db import migrations

import abhiyan.core.policy
from abhiyan.core.constraints import AddConstraint

POSITIONS = """
create function core_positions(setting text) returns int8multirange
language plpgsql stable parallel safe cost 1 as $body$
begin
    -- A scope that names no version is one of the release before, which may serve on while this one migrates.
    if coalesce(nullif(current_setting('abhiyan.trees', true), '')
        = (select coalesce(sum(t.version), 0)::text from public.units_tree t), true) then
        return coalesce(nullif(current_setting(setting, true), ''), '{}')::int8multirange;
    end if;
    return '{}'::int8multirange;
end $body$
"""


class Migration(migrations.Migration):
    """Positions are compared with the version of the trees they were read from."""

    dependencies = [
        ("core", "0004_whole"),
        ("units", "0001_ground"),
    ]

    operations = [
        migrations.RunSQL(POSITIONS, "drop function core_positions(text)"),
        migrations.RemoveConstraint(
            model_name="auditentry",
            name="audit_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="stagedimport",
            name="core_import_in_scope",
        ),
        AddConstraint(
            model_name="auditentry",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="audit_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = core_audit.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
            ),
        ),
        AddConstraint(
            model_name="stagedimport",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="core_import_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = core_import.unit_id and pl.lo <@ (select core_positions('abhiyan.people'))) or (unit_id is null and kind = any ((select coalesce(nullif(current_setting('abhiyan.imports', true), ''), '{}'))::text[]) and not exists (select 1 from units_placement pl where pl.parent_id is null and pl.lo is not null and not pl.lo <@ (select core_positions('abhiyan.counts'))))",
            ),
        ),
    ]
