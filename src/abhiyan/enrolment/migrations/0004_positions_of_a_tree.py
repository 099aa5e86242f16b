from django.db import migrations

import abhiyan.core.policy
from abhiyan.core.constraints import AddConstraint


class Migration(migrations.Migration):
    """Positions are compared with the version of the trees they were read from."""

    dependencies = [
        ("enrolment", "0003_refused_count"),
        ("core", "0005_positions_of_a_tree"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="channeltoken",
            name="channel_token_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="claim",
            name="claim_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="enrolment",
            name="enrolment_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="membership",
            name="membership_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="refusedcount",
            name="refused_count_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="waiting",
            name="waiting_in_scope",
        ),
        AddConstraint(
            model_name="channeltoken",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="channel_token_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = enrolment_channel_token.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
            ),
        ),
        AddConstraint(
            model_name="claim",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="claim_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or exists (select 1 from units_placement pl where pl.unit_id = enrolment_claim.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
            ),
        ),
        AddConstraint(
            model_name="enrolment",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="enrolment_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = enrolment_enrolment.unit_id and pl.lo <@ (select core_positions('abhiyan.people'))) or exists (select 1 from enrolment_membership em where em.id = enrolment_enrolment.membership_id and em.phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid))",
            ),
        ),
        AddConstraint(
            model_name="membership",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="membership_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or exists (select 1 from units_placement pl where pl.unit_id = enrolment_membership.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
            ),
        ),
        AddConstraint(
            model_name="refusedcount",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="refused_count_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = enrolment_refused_count.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
            ),
        ),
        AddConstraint(
            model_name="waiting",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="waiting_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or exists (select 1 from units_placement pl where pl.unit_id = enrolment_waiting.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
            ),
        ),
    ]
