"""Compares what clients sent and heard with the tables, past every policy, after whatever was killed meanwhile."""

import time
from typing import LiteralString

import psycopg

from .clients import Sent

SETTLED_S = 120.0


def stored_counts(administrator: str, sender: str, sent: list[Sent], receipts: dict[str, str]) -> str:
    """acknowledged ⊆ stored ⊆ sent, and everything once: from the tables themselves, past every policy."""
    from uuid import UUID

    from abhiyan.enrolment.actions import sender_key
    from abhiyan.enrolment.rules.channels import Channel
    from abhiyan.enrolment.rules.ids import claim_id

    of_key = {one.key: UUID(bytes=claim_id(Channel.API, sender_key(UUID(sender), one.key))) for one in sent}
    with psycopg.connect(administrator) as admin:
        rows = admin.execute("select id, public_id from enrolment_claim").fetchall()
        stored: dict[UUID, UUID] = {row[0]: row[1] for row in rows}
        assert len(stored) == len(rows)

        def one(query: LiteralString) -> int:
            row = admin.execute(query).fetchone()
            assert row is not None
            return int(row[0])

        assert all(stored[of_key[key]].hex == receipt for key, receipt in receipts.items()), (
            "acknowledged, not stored"
        )
        assert set(stored) <= set(of_key.values()), "stored, never sent"
        kept = [claim for claim in sent if of_key[claim.key] in stored]
        people = {(claim.phone, claim.name, claim.birth_year) for claim in kept}
        phones = {claim.phone for claim in kept}
        counts = {
            "claims": (one("select count(*) from enrolment_claim"), len(kept)),
            "members": (one("select count(*) from enrolment_membership"), len(people)),
            "terms": (one("select count(*) from enrolment_enrolment"), len(people)),
            "persons": (one("select count(*) from people_person"), len(people)),
            "phones": (one("select count(*) from people_phone"), len(phones)),
            "persons with consents": (
                one("select count(distinct person_id) from people_consent"),
                len(people),
            ),
            "consents": (one("select count(*) from people_consent"), len(kept)),
            "told in the trail": (
                one("select sum(n) from core_audit where act = 'enrolment.enrol'"),
                len(kept),
            ),
        }
    for name, (is_, should) in counts.items():
        assert is_ == should, f"{name}: {is_}, should be {should}"
    return "stored: " + ", ".join(f"{is_} {name}" for name, (is_, _should) in counts.items())


def settled(administrator: str) -> str:
    """The loops have come back too: every entry of the trail in a block, every delta in its tally."""
    ends = time.monotonic() + SETTLED_S
    query = (
        "select (select count(*) from core_audit), (select coalesce(sum(n), 0) from core_audit_seal),"
        " (select count(*) from programmes_delta)"
    )
    while True:
        with psycopg.connect(administrator) as admin:
            entries, sealed, unfolded = admin.execute(query).fetchone() or (0, 0, 0)
        if entries == sealed and not unfolded:
            return f"{sealed} entries of the trail sealed, every delta folded"
        assert time.monotonic() < ends, f"{entries} entries, {sealed} sealed, {unfolded} deltas not folded"
        time.sleep(0.5)
