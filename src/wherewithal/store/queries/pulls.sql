-- Pulls: a bureau is asked only after consent and intent are on record.

-- lock_consumer --
-- Pulls of one consumer are counted one after the other.
select 1 from consumer where consumer_id = %(consumer_id)s for update

-- add_consent --
-- A consent has the id of the inquiry that it was given with, so an attempt repeated adds none.
insert into consent (
    consumer_id, consent_id, scope, purpose, text_version, text_sha256, channel, credential_id,
    given_at, expires_at
) values (
    %(consumer_id)s, %(consent_id)s, %(scope)s, %(purpose)s, %(text_version)s, %(text_sha256)s,
    %(channel)s, %(credential_id)s, %(given_at)s, %(expires_at)s
) on conflict (consumer_id, consent_id) do nothing

-- count_pulls --
-- Pulls in the 30 days before, without this inquiry's own; and those that somebody waits for now, no
-- longer than any call of a bureau takes.
select count(*), min(asked_at),
    count(*) filter (
        where status = 'asked' and asked_at > %(asked_at)s::timestamptz - interval '30 seconds'
    )
from report
where consumer_id = %(consumer_id)s and inquiry_id <> %(inquiry_id)s
    and asked_at > %(asked_at)s::timestamptz - interval '30 days'

-- add_pull --
-- The intent; its consent is found by key, so that an expired or foreign one fits no row.
insert into report (
    consumer_id, inquiry_id, consent_id, purpose, consent_expires_at, bureau, asked_at, status
)
select %(consumer_id)s, %(inquiry_id)s, c.consent_id, %(purpose)s, c.expires_at, %(bureau)s,
    %(asked_at)s, 'asked'
from consent c
where c.consumer_id = %(consumer_id)s and c.consent_id = %(consent_id)s
on conflict (consumer_id, inquiry_id) do update set asked_at = excluded.asked_at
