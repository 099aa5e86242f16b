"""What the shipped offices were offered by the releases that did not note it: else all of it would be given anew, also
what an organisation has taken away since."""

from typing import Any

from django.db import migrations

LEAD = frozenset(
    [
        "calls.make",
        "channels.manage",
        "checks.make",
        "enrolment.correct",
        "enrolment.enrol",
        "enrolment.place",
        "enrolment.strike_off",
        "imports.paper",
        "imports.pins",
        "imports.units",
        "messages.read",
        "messages.release",
        "messages.send",
        "notices.publish",
        "org.appoint",
        "org.bodies",
        "org.decide",
        "org.factors",
        "org.release",
        "people.export",
        "people.merge",
        "people.read",
        "people.reveal",
        "programmes.make",
        "programmes.run",
        "programmes.targets",
    ]
)
DISTRICT = LEAD.difference(
    [
        "channels.manage",
        "imports.pins",
        "imports.units",
        "messages.release",
        "notices.publish",
        "programmes.make",
    ]
)
MANDAL = DISTRICT.difference(["messages.send", "org.bodies", "people.export", "people.merge"])
CLUSTER = frozenset(
    [
        "calls.make",
        "enrolment.correct",
        "enrolment.enrol",
        "enrolment.place",
        "org.appoint",
        "org.decide",
        "people.read",
        "people.reveal",
        "programmes.targets",
    ]
)
ELECTORAL = frozenset(
    [
        "enrolment.place",
        "messages.read",
        "org.appoint",
        "org.decide",
        "org.release",
        "people.read",
        "programmes.run",
        "programmes.targets",
    ]
)
OFFERED = {
    "national_president": LEAD,
    "national_general_secretary": LEAD,
    "state_president": LEAD,
    "state_general_secretary": LEAD,
    "region_in_charge": DISTRICT,
    "district_president": DISTRICT,
    "district_in_charge": DISTRICT,
    "mandal_president": MANDAL,
    "mandal_in_charge": MANDAL,
    "cluster_in_charge": CLUSTER,
    "booth_president": CLUSTER.difference(["enrolment.place", "org.decide", "programmes.targets"]),
    "booth_worker": frozenset(["enrolment.enrol", "people.read"]),
    "zone_in_charge": ELECTORAL,
    "constituency_in_charge": ELECTORAL,
    "segment_in_charge": ELECTORAL,
    "call_centre_agent": frozenset(["calls.make", "people.read"]),
    "verifier": frozenset(["checks.make"]),
    "it_administrator": frozenset(
        ["channels.manage", "imports.paper", "imports.pins", "imports.units", "messages.read", "org.factors"]
    ),
}


def note(apps: Any, _schema: Any) -> None:
    """Fill `offered` where nothing stands yet."""
    offices = apps.get_model("org", "Office").objects.filter(offered=[], code__in=OFFERED)
    for office in offices:
        office.offered = sorted(OFFERED[office.code])
        office.save(update_fields=["offered"])


class Migration(migrations.Migration):
    dependencies = [
        ("org", "0003_offered"),
    ]

    operations = [
        migrations.RunPython(note, migrations.RunPython.noop),
    ]
