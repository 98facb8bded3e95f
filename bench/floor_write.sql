-- The rows of a prequalification, in one statement.
with account as (
    update consumer set seq = seq + 1 where consumer_id = %(consumer_id)s returning seq
), keyed as (
    insert into idempotency (
        credential_id, idempotency_key, request_digest, inquiry_id, claim, claimed_by,
        claimed_until, consumer_id
    ) values (
        %(credential_id)s, %(key)s, %(request_digest)s, %(inquiry_id)s, %(inquiry_id)s,
        %(claimed_by)s, now(), %(consumer_id)s
    )
), given as (
    insert into consent (
        consumer_id, consent_id, scope, purpose, text_version, text_sha256, channel,
        credential_id, given_at, expires_at
    ) values (
        %(consumer_id)s, %(inquiry_id)s, %(scope)s, %(purpose)s, %(text_version)s,
        %(text_sha256)s, %(channel)s, %(credential_id)s, %(given_at)s, %(consent_expires_at)s
    )
), asked as (
    insert into prequalification (
        consumer_id, prequalification_id, consent_id, credential_id, purpose, channel, stated,
        asked_at, status, decided_at, decision_seq, first_status, first_response, response
    )
    select %(consumer_id)s, %(inquiry_id)s, %(inquiry_id)s, %(credential_id)s, %(purpose)s,
        %(channel)s, %(stated)s::jsonb, %(asked_at)s, 'decided', %(decided_at)s, seq, 200,
        %(first_response)s, %(first_response)s
    from account
), made as (
    insert into decision (
        consumer_id, seq, decision_id, tempo, purpose, inquiry_id, report_id, as_of, decided_at,
        expires_at, bundle_digest, code_build, outcome, reasons, facts, row, matched
    )
    select %(consumer_id)s, seq, %(decision_id)s, 'now', %(purpose)s, %(inquiry_id)s,
        %(report_id)s, %(as_of)s, %(decided_at)s, %(expires_at)s, %(bundle_digest)s,
        %(code_build)s, %(outcome)s, %(reasons)s, %(facts)s::jsonb, %(row)s::jsonb,
        %(matched)s::jsonb
    from account
), powered as (
    insert into power (
        consumer_id, as_of, seq, decision_id, bundle_digest, claim, outcome, reasons, total_cents,
        expires_at, standing, products
    )
    select %(consumer_id)s, now(), seq, %(decision_id)s, %(bundle_digest)s, %(claim)s,
        %(outcome)s, %(reasons)s, %(total_cents)s, %(expires_at)s, %(standing)s::jsonb,
        %(products)s
    from account
    on conflict (consumer_id) do update set
        as_of = excluded.as_of, seq = excluded.seq, decision_id = excluded.decision_id,
        bundle_digest = excluded.bundle_digest, claim = excluded.claim,
        outcome = excluded.outcome, reasons = excluded.reasons,
        total_cents = excluded.total_cents, expires_at = excluded.expires_at,
        standing = excluded.standing, products = excluded.products
)
select seq from account
