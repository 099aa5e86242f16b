-- The same rows as bench/enrol.sql, one statement per table in one transaction.
\set u random(:first, :last)
begin;
insert into enrolment_claim (id, public_id, programme_id, channel, sign, unit_id, is_placed, phone_id, membership_id, taken, day, field_at, at, batch, by) values (gen_random_uuid(), gen_random_uuid(), :programme, 3, 0, :u, true, gen_random_uuid(), gen_random_uuid(), 1, current_date, now(), now(), gen_random_uuid(), gen_random_uuid()) on conflict do nothing;
insert into people_phone (id, hash, sealed, last4) values (gen_random_uuid(), uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()), '\x0100112233445566778899aabbccddeeff00112233445566778899aabbccddeeff0011223344556677', '1234') on conflict do nothing;
insert into enrolment_membership (id, public_id, roll_id, phone_id, slot, person_id, unit_id, claim_id, term, programme_id, at) values (gen_random_uuid(), gen_random_uuid(), :roll, gen_random_uuid(), 0, gen_random_uuid(), :u, gen_random_uuid(), 1, :programme, now()) on conflict do nothing;
insert into people_person (id, public_id, phone_id, name, birth_year, language, unit_id, at) values (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'Sunita Devi', 1980, 'hi', :u, now());
insert into enrolment_enrolment (id, membership_id, claim_id, programme_id, unit_id, kind, term, channel, rung, day, at) values (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), :programme, :u, 1, 1, 3, 15, current_date, now());
insert into people_consent (id, person_id, unit_id, purpose, notice_version, language, channel, by, device, at) values (gen_random_uuid(), gen_random_uuid(), :u, 1, 1, 'hi', 3, gen_random_uuid(), '', now());
insert into programmes_delta (programme_id, measure, channel, unit_id, day, rung, n, posted_at) values (:programme, 1, 3, :u, current_date, 10, 1, now()), (:programme, 1, 3, :u, current_date, 15, 1, now());
insert into core_audit (at, who, who_kind, act, batch, n, facts) values (now(), gen_random_uuid(), 'channel', 'enrolment.enrol', gen_random_uuid(), 1, jsonb_build_object('programme', :programme::int));
commit;
