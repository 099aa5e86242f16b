"""Offices lose what no page or act asks for yet. Out of `offered` too: a release that has such an act offers it anew."""

from django.db import migrations

WITHOUT = (
    "update org_office set"
    " capabilities = array(select c from unnest(capabilities) c where c <> all (%(gone)s) order by 1),"
    " offered = array(select c from unnest(offered) c where c <> all (%(gone)s) order by 1)"
    " where capabilities && %(gone)s or offered && %(gone)s"
)
GONE = {"gone": ["people.merge", "messages.send", "calls.make", "checks.make"]}


class Migration(migrations.Migration):
    dependencies = [
        ("org", "0009_who_may_write"),
    ]

    operations = [
        migrations.RunSQL([(WITHOUT, GONE)], migrations.RunSQL.noop),
    ]
