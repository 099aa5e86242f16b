"""Tries of field cards and friends move to the tries of canvassing. The tries of back-checks stay private."""

from django.db import migrations

_COLUMNS = (
    "id, programme_id, unit_id, way, outcome, by_id, at, stored_at, about, phone_id, is_visit, again_at"
)
_TRY = """a.id, {of}.programme_id, {of}.unit_id, '{way}', case a.outcome when 'reached' then 'talked' else a.outcome end,
 a.account_id, coalesce(a.done_at, a.begun_at), coalesce(a.done_at, a.begun_at), a.about, m.phone_id, a.is_visit,
 a.again_at from contact_attempt a"""
_CARDS = f"""insert into contact_try ({_COLUMNS}) select {_TRY.format(of="e", way="card")}
 join enrolment_enrolment e on e.id = a.about join enrolment_membership m on m.id = e.membership_id
 where a.room = 'enrolment' and a.outcome not in ('', 'lapsed')"""
_FRIENDS = f"""insert into contact_try ({_COLUMNS}) select {_TRY.format(of="m", way="friend")}
 join enrolment_membership m on m.id = a.about where a.room = 'friends' and a.outcome not in ('', 'lapsed')"""


class Migration(migrations.Migration):
    dependencies = [("contact", "0015_canvassing_tries"), ("enrolment", "0012_parts_of_texts")]

    operations = [
        migrations.RunSQL(_CARDS, migrations.RunSQL.noop),
        migrations.RunSQL(_FRIENDS, migrations.RunSQL.noop),
        migrations.RunSQL(
            "delete from contact_attempt where room in ('enrolment', 'friends')", migrations.RunSQL.noop
        ),
    ]
