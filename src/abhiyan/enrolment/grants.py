"""Grant the hot path's role the tables of enrolment, column by column; `models` hands it on."""

GRANTS = {
    "enrolment_claim": {
        "gateway": "select (id, public_id, programme_id, sign, is_placed, phone_id, membership_id, taken, batch),"
        " insert (id, public_id, programme_id, channel, sign, unit_id, is_placed, phone_id, membership_id, taken, day,"
        " field_at, at, batch, by, import_id),"
        " update (membership_id, taken, unit_id, is_placed)"
    },
    "enrolment_waiting": {
        "gateway": "select (id, phone_id, claim_id, unit_id, day, channel, opened_at, completed_at, completed_by,"
        " completed_as),"
        " insert (id, programme_id, phone_id, claim_id, unit_id, day, channel, link_digest, at, completed_at),"
        " update (unit_id, completed_at, completed_by, completed_as, completed_import, called_at)"
    },
    "enrolment_merged_term": {"gateway": "select (id, kept_id, undone_at)"},
    "enrolment_revisit": {"gateway": "select (phone_id), insert (phone_id), update (horizon)"},
    "enrolment_membership": {
        "gateway": "select (id, public_id, roll_id, phone_id, slot, person_id, unit_id, claim_id, term, programme_id,"
        " ended_on, struck_at, merged_into),"
        " insert (id, public_id, roll_id, phone_id, slot, person_id, unit_id, claim_id, term, programme_id, at),"
        " update (term, programme_id, unit_id, ended_on, struck_at)"
    },
    "enrolment_enrolment": {
        "gateway": "select (id, programme_id, unit_id, channel, rung, day, kind, asked_at, ask_over_at, confirmed_at,"
        " confirmed_by),"
        " insert (id, membership_id, claim_id, programme_id, unit_id, kind, term, channel, rung, day, at),"
        " update (rung, signed_at, ended_at, end_reason)"
    },
    "enrolment_refused_count": {
        "gateway": "select (programme_id, unit_id, channel, reason, day, n),"
        " insert (programme_id, unit_id, channel, reason, day, n), update (n)"
    },
    "enrolment_channel_token": {
        "gateway": "select (digest, public_id, programme_id, channel, unit_id, expires_at, ended_at, used_at),"
        " update (used_at)"
    },
    "enrolment_halt": {"gateway": "select (kind, import_id, sender, ended_at)"},
    "enrolment_drive": {
        "gateway": "select (programme_id, roll_id, notice_code, notice_version, indian_mobiles_only, renews,"
        " from_lists)"
    },
    "enrolment_roll": {"gateway": "select (id, people_per_phone, minimum_age, gives_way, stands_beside)"},
}
