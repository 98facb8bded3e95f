-- One statement claims a key and looks up everything; one statement writes an answer. Each is put
-- together from the blocks below (store/inquiry_statements.py), which share their parameters' names.

-- claimed --
-- Takes a new key; an old one if it is a day old, or unanswered and let go, or our own.
-- Nothing rests on this statement alone, so its commit need not wait for the disk: whatever follows
-- from it (consent, pull, answer) is committed after it and waits, and with that this is safe too.
claimed as (
    insert into idempotency as i (
        credential_id, idempotency_key, request_digest, inquiry_id, claim, claimed_by, claimed_until
    ) values (
        %(credential_id)s, %(idempotency_key)s, %(request_digest)s, %(new_id)s, %(token)s,
        %(claimed_by)s, now() + %(lease)s
    )
    on conflict (credential_id, idempotency_key) do update set
        claim = excluded.claim,
        claimed_by = excluded.claimed_by,
        claimed_until = excluded.claimed_until,
        request_digest = excluded.request_digest,
        inquiry_id = case when i.created_at <= now() - interval '24 hours'
            then excluded.inquiry_id else i.inquiry_id end,
        created_at = case when i.created_at <= now() - interval '24 hours'
            then excluded.created_at else i.created_at end,
        consumer_id = null
    where i.created_at <= now() - interval '24 hours'
        or (i.consumer_id is null and i.request_digest = excluded.request_digest
            and (i.claimed_until <= now() or i.claimed_by = excluded.claimed_by))
    returning i.inquiry_id, set_config('synchronous_commit', 'off', true)
)

-- found --
-- Whom blind indexes, and the lender's own number, point to.
found as (
    select consumer_id, array_agg(kind) as found_by
    from (
        select consumer_id, kind from identity_key
            where kind = 'ssn' and index_version = %(index_version)s and blind_index = %(ssn)s
        union all
        select consumer_id, kind from identity_key
            where kind = 'name_dob_zip' and index_version = %(index_version)s
                and blind_index = %(name_dob_zip)s
        union all
        select consumer_id, 'reference' from consumer_reference
            where portfolio = %(portfolio)s::text and reference = %(reference)s::text
    ) as pointed
    group by consumer_id
)

-- account --
-- What the free stages ask of a consumer; no report's sealed bytes are among it.
select {head}.inquiry_id, c.consumer_id, f.found_by, c.data_key, i.sealed, c.blocks_credit,
    d.seq, d.decision_id, d.outcome, d.as_of, d.decided_at, d.expires_at, d.bundle_digest,
    d.reasons, d.row, d.facts,
    r.inquiry_id, r.bureau, r.facts, r.score, r.score_model, r.score_factors,
    k.consent_id, k.scope, k.purpose, k.expires_at, k.revoked_at,
    pulls.number, pulls.oldest_at, asked.number, p.total_cents,
    -- Whether all that a bureau ever said of these particulars is that they are nobody's.
    c.blocks_credit = '{{}}' and r.inquiry_id is null and coalesce((
        select bool_and(failure in ('identity_mismatch', 'no_hit')) and bool_and(status = 'answered')
        from report where consumer_id = c.consumer_id
    ), false),
    {exposure_columns}
from {head}
left join found f on true
left join consumer c on c.consumer_id = f.consumer_id
left join consumer_identity i on i.consumer_id = c.consumer_id
left join lateral (
    select seq, decision_id, outcome, as_of, decided_at, expires_at, bundle_digest, reasons,
        row::text as row, facts::text as facts
    from decision
    where consumer_id = c.consumer_id and purpose = %(purpose)s and tempo = 'now'
        and outcome in ('approved', 'declined')
    order by seq desc limit 1
) d on true
left join lateral (
    select report.inquiry_id, bureau, facts::text as facts, score, score_model, score_factors
    from report
    join consent using (consumer_id, consent_id)
    where report.consumer_id = c.consumer_id and report.purpose = %(purpose)s
        and answered_at > %(at)s::timestamptz - interval '30 days'
        and failure is null and facts is not null
        -- A loan that was imported since stands in it as somebody else's, if a bureau has it.
        and not exists (select from loan where loan.consumer_id = c.consumer_id
            and is_furnished and booked_at > answered_at)
        and consent.revoked_at is null and consent.expires_at > %(at)s::timestamptz
    order by answered_at desc limit 1
) r on true
left join consent k on k.consumer_id = c.consumer_id
    and k.consent_id = coalesce(%(consent_id)s, {head}.inquiry_id)
left join lateral (
    select count(*) as number, min(asked_at) as oldest_at from report
    where consumer_id = c.consumer_id and inquiry_id <> {head}.inquiry_id
        and asked_at > %(at)s::timestamptz - interval '30 days'
) pulls on true
left join lateral (
    select count(*) as number from prequalification
    where consumer_id = c.consumer_id and asked_at > %(at)s::timestamptz - interval '24 hours'
        and prequalification_id <> {head}.inquiry_id
) asked on true
left join power p on p.consumer_id = c.consumer_id and p.expires_at > %(at)s::timestamptz
{exposure_join}

-- own_accounts --
-- What a bureau may list of our own: an import under the lender's number, a loan that was booked here
-- under its id, or the first 30 of its digits, which is all that a line of Metro 2 has room for. A line
-- of ours with one of these numbers is that loan, whether or not we know that it is furnished.
select unnest(case when hold_id is null then array[reference]
        else array[loan_id::text, left(replace(loan_id::text, '-', ''), 30)] end)
  from loan where consumer_id = %(consumer_id)s

-- find_answer --
-- The first answer to a key, byte for byte, and whether the key stands for this request.
select i.request_digest = %(request_digest)s, i.consumer_id, i.inquiry_id,
    p.first_status, p.first_response
from idempotency i
left join prequalification p
    on p.consumer_id = i.consumer_id and p.prequalification_id = i.inquiry_id
where i.credential_id = %(credential_id)s and i.idempotency_key = %(idempotency_key)s
    and i.created_at > now() - interval '24 hours'

-- forget_claim --
-- A refused request leaves nothing behind, unless somebody else works on it by now.
delete from idempotency
where credential_id = %(credential_id)s and idempotency_key = %(idempotency_key)s
    and claim = %(token)s and consumer_id is null

-- let_go --
-- The claim ends now instead of at its time.
update idempotency set claimed_until = now()
where credential_id = %(credential_id)s and idempotency_key = %(idempotency_key)s
    and claim = %(token)s and consumer_id is null

-- purge_idempotency --
-- Keys are kept for a day; a bounded number is deleted at a time.
delete from idempotency where (credential_id, idempotency_key) in (
    select credential_id, idempotency_key from idempotency
    where created_at <= now() - interval '24 hours' order by created_at limit %(rows_max)s
    for update skip locked
)

-- pending --
-- An inquiry that waits for its answer.
pending as (
    select q.prequalification_id as inquiry_id, q.consumer_id, q.consent_id, q.credential_id,
        q.purpose, q.channel, q.requested_amount_cents, q.stated::text as stated, q.asked_at,
        q.final_by
    from prequalification q
    where q.consumer_id = %(consumer_id)s and q.prequalification_id = %(prequalification_id)s
        and q.status = 'pending'
)

-- found_pending --
-- The consumer whom a waiting inquiry is about.
found as (select consumer_id, array['ssn'] as found_by from pending)

-- pending_head --
-- What the inquiry said, without who the person is.
select purpose, channel, requested_amount_cents, stated, asked_at, final_by, consent_id,
    credential_id
from pending
