"""What an account held at an instant: it judges what its phone sends after it was signed out."""

from importlib import import_module

from django.db import migrations

NOW = import_module("abhiyan.org.migrations.0001_ground").HELD
STANDS = """ap.state in ('active', 'disputed')
          and ap.starts_on <= today and (ap.ends_on is null or ap.ends_on >= today)"""
# It was accepted by then, and no earlier act or day had ended it.
STOOD = """ap.accepted_how <> '' and coalesce(ap.accepted_at, ap.made_at) <= moment
          and ap.starts_on <= today and (ap.ended_at is null or ap.ended_at >= moment)
          and (ap.ends_on is null or ap.ends_on >= today or ap.ended_at = moment)"""
assert STANDS in NOW
THEN = NOW.replace(
    "org_held(whose bigint, today date)", "org_held_then(whose bigint, today date, moment timestamptz)"
).replace(STANDS, STOOD)


class Migration(migrations.Migration):
    dependencies = [("org", "0006_bodies_made_at")]
    operations = [migrations.RunSQL(THEN, "drop function org_held_then(bigint, date, timestamptz)")]
