-- The reference of bench `enrol`: one claim and all its rows in one data-modifying statement, prepared, by pgbench.
-- The same rows in the same tables, under the same policies and indexes, as one accepted claim of the API; what the
-- API computes (hashes, sealing, ids) is random or constant here. Variables: programme, roll, first and last booth.
\set u random(:first, :last)
with i as materialized (
  select gen_random_uuid() c, gen_random_uuid() ph, gen_random_uuid() m, gen_random_uuid() e, gen_random_uuid() k,
         gen_random_uuid() pe),
c as (insert into enrolment_claim (id, public_id, programme_id, channel, sign, unit_id, is_placed, phone_id,
        membership_id, taken, day, field_at, at, batch, by)
      select c, gen_random_uuid(), :programme, 3, 0, :u, true, ph, m, 1, current_date, now(), now(), c, c from i
      on conflict do nothing returning id),
ph as (insert into people_phone (id, hash, sealed, last4)
      select ph, uuid_send(ph) || uuid_send(c), '\x0100112233445566778899aabbccddeeff00112233445566778899aabbccddeeff0011223344556677', '1234'
        from i on conflict do nothing),
m as (insert into enrolment_membership (id, public_id, roll_id, phone_id, slot, person_id, unit_id, claim_id, term,
        programme_id, at)
      select m, gen_random_uuid(), :roll, ph, 0, pe, :u, c, 1, :programme, now() from i
      on conflict do nothing returning id),
pe as (insert into people_person (id, public_id, phone_id, name, birth_year, language, unit_id, at)
      select pe, gen_random_uuid(), ph, 'Sunita Devi', 1980, 'hi', :u, now() from i join m on true),
e as (insert into enrolment_enrolment (id, membership_id, claim_id, programme_id, unit_id, kind, term, channel, rung,
        day, at)
      select e, i.m, c, :programme, :u, 1, 1, 3, 15, current_date, now() from i join m on true),
k as (insert into people_consent (id, person_id, unit_id, purpose, notice_version, language, channel, by, device, at)
      select k, pe, :u, 1, 1, 'hi', 3, c, '', now() from i join m on true),
d as (insert into programmes_delta (programme_id, measure, channel, unit_id, day, rung, n, posted_at)
      select :programme, 1, 3, :u, current_date, r, 1, now() from (values (10), (15)) t(r)),
a as (insert into core_audit (at, who, who_kind, act, batch, n, facts)
      select now(), c, 'channel', 'enrolment.enrol', c, 1, jsonb_build_object('programme', :programme::int) from i)
select id from m;
