from django.db import migrations

import abhiyan.core.policy
from abhiyan.core.constraints import AddConstraint


class Migration(migrations.Migration):
    """Positions are compared with the version of the trees they were read from."""

    dependencies = [
        ("elections", "0001_ground"),
        ("core", "0005_positions_of_a_tree"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="classrule",
            name="elections_class_rule_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="plan",
            name="elections_plan_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="planpart",
            name="elections_plan_part_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="planseat",
            name="elections_plan_seat_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="unitclass",
            name="elections_unit_class_in_scope",
        ),
        AddConstraint(
            model_name="classrule",
            constraint=abhiyan.core.policy.Policy(
                check="true",
                command="ALL",
                name="elections_class_rule_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = elections_class_rule.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
            ),
        ),
        AddConstraint(
            model_name="plan",
            constraint=abhiyan.core.policy.Policy(
                check="true",
                command="ALL",
                name="elections_plan_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = elections_plan.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
            ),
        ),
        AddConstraint(
            model_name="planpart",
            constraint=abhiyan.core.policy.Policy(
                check="true",
                command="ALL",
                name="elections_plan_part_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = elections_plan_part.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
            ),
        ),
        AddConstraint(
            model_name="planseat",
            constraint=abhiyan.core.policy.Policy(
                check="true",
                command="ALL",
                name="elections_plan_seat_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from elections_plan p where p.id = elections_plan_seat.plan_id) or exists (select 1 from units_placement pl where pl.unit_id = elections_plan_seat.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
            ),
        ),
        AddConstraint(
            model_name="unitclass",
            constraint=abhiyan.core.policy.Policy(
                check="true",
                command="ALL",
                name="elections_unit_class_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = elections_unit_class.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
            ),
        ),
    ]
