"""Requests that were raised from a list know its public scheme.

A request that took in needs from lists of several schemes stays without one.
"""

from django.db import migrations

SCHEMES = """update helpdesk_ticket t set scheme = known.scheme from (
    select tr.request_id, min(l.scheme) as scheme from contact_try tr
    join contact_entry e on e.id = tr.entry_id join contact_list l on l.id = e.list_id
    where tr.request_id is not null group by 1 having min(l.scheme) = max(l.scheme)) known
  where known.request_id = t.id and known.scheme <> '' and t.scheme = ''"""


class Migration(migrations.Migration):
    dependencies = [("contact", "0018_titles"), ("helpdesk", "0008_scheme")]

    operations = [migrations.RunSQL(SCHEMES, migrations.RunSQL.noop)]
