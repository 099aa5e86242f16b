"""A desk no longer sees what its viewer asked themselves."""

from django.db import migrations

from abhiyan.core.policy import Policy


class Migration(migrations.Migration):
    dependencies = [
        ("helpdesk", "0004_texts_that_ask_nothing"),
        ("people", "0001_ground"),
        ("org", "0001_ground"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="ticket",
            name="helpdesk_ticket_in_scope",
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=Policy(
                command="SELECT",
                name="helpdesk_ticket_in_scope",
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or ((select nullif(current_setting('abhiyan.account', true), '')::int8) is null and phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid)) or (((select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = helpdesk_ticket.unit_id and pl.lo <@ (select core_positions('abhiyan.people'))) or (cardinality(helpdesk_ticket.offices) > 0 and exists (select from org_appointment ap\n join org_office o on o.id = ap.office_id\n join units_placement pl on pl.unit_id = ap.unit_id and pl.lo <@ (select core_positions('abhiyan.counts'))\n where ap.account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) and ap.state = 'active' and ap.unit_id = helpdesk_ticket.desk_id\n  and o.code = any (helpdesk_ticket.offices)))) and helpdesk_ticket.phone_id is distinct from (select oa.phone_id from people_account oa where oa.id = (select nullif(current_setting('abhiyan.account', true), '')::int8)))",
            ),
        ),
    ]
