-- Reading back: every statement begins with the consumer, so that what is not theirs is not found.

-- find_prequalification --
-- The answer as it is now.
select status, response from prequalification
where consumer_id = %(consumer_id)s and prequalification_id = %(prequalification_id)s

-- find_decision --
-- The last of this id: the same facts on the same day give the same id again.
select seq, decision_id, tempo, as_of, decided_at, expires_at, bundle_digest, code_build, outcome,
    failure_cause, reasons, row::text, facts::text, matched::text
from decision
where consumer_id = %(consumer_id)s and decision_id = %(decision_id)s
order by seq desc limit 1

-- list_consents --
-- A row for the consumer even where there is no consent.
select k.consent_id, k.scope, k.purpose, k.text_version, k.channel, k.given_at, k.expires_at,
    k.revoked_at
from consumer c left join consent k using (consumer_id)
where c.consumer_id = %(consumer_id)s
order by k.given_at desc, k.consent_id

-- revoke_consent --
-- The first moment of revoking stays.
update consent set revoked_at = coalesce(revoked_at, %(at)s)
where consumer_id = %(consumer_id)s and consent_id = %(consent_id)s
returning consent_id, scope, purpose, text_version, channel, given_at, expires_at, revoked_at

-- find_reference --
-- The lender's own number leads to the consumer; nothing about the person is read.
select consumer_id from consumer_reference
where portfolio = %(portfolio)s and reference = %(reference)s
