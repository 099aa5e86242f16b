from django.db import migrations

import abhiyan.core.policy
from abhiyan.core.constraints import AddConstraint


class Migration(migrations.Migration):
    """Positions are compared with the version of the trees they were read from."""

    dependencies = [
        ("people", "0004_account_words_filled"),
        ("core", "0005_positions_of_a_tree"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="account",
            name="account_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="accountword",
            name="account_word_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="consent",
            name="consent_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="person",
            name="person_in_scope",
        ),
        AddConstraint(
            model_name="account",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="account_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or id = (select nullif(current_setting('abhiyan.account', true), '')::int8) or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or id = (select ps.account_id from people_session ps where ps.key = (select coalesce(current_setting('abhiyan.session', true), ''))) or exists (select 1 from units_placement pl where pl.unit_id = people_account.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
            ),
        ),
        AddConstraint(
            model_name="accountword",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="account_word_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = people_account_word.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
            ),
        ),
        AddConstraint(
            model_name="consent",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="consent_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = people_consent.unit_id and pl.lo <@ (select core_positions('abhiyan.people'))) or exists (select 1 from people_person pp where pp.id = people_consent.person_id)",
            ),
        ),
        AddConstraint(
            model_name="person",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="person_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or exists (select 1 from units_placement pl where pl.unit_id = people_person.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
            ),
        ),
    ]
