"""Offices of the helpline are called by it. Names that the organisation chose itself stay."""

from django.db import migrations

RENAMED = """
    update org_office o set names = o.names || new.names
    from (values
        ('call_centre_agent', '{"en": "Call-centre agent", "hi": "कॉल सेंटर कार्यकर्ता"}'::jsonb,
            '{"en": "Helpline agent", "hi": "हेल्पलाइन कार्यकर्ता"}'::jsonb),
        ('call_centre_supervisor', '{"en": "Call-centre supervisor", "hi": "कॉल सेंटर प्रमुख"}'::jsonb,
            '{"en": "Helpline supervisor", "hi": "हेल्पलाइन प्रमुख"}'::jsonb)
    ) new (code, former, names)
    where o.code = new.code and o.names @> new.former
"""


class Migration(migrations.Migration):
    dependencies = [("org", "0004_call_centres")]
    operations = [migrations.RunSQL(RENAMED, migrations.RunSQL.noop)]
