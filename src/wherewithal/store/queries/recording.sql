-- Recording: one statement writes an inquiry's answer and all that it changes, or nothing. Its first
-- block is a fence: it yields a row only to whoever may still finish, and every other block hangs on
-- it. The blocks are put together by store/recordings.py, those alone that have something to write.

-- fence_by_claim --
-- Only the last claim on the key finishes it; a slow one finds no row and writes nothing.
fence as (
    update idempotency set consumer_id = %(consumer_id)s
    where credential_id = %(credential_id)s and idempotency_key = %(idempotency_key)s
        and claim = %(token)s and consumer_id is null
    returning 1
)

-- fence_by_pending --
-- Only a waiting inquiry is finished; of two workers one waits here, and finds no row.
fence as (
    select 1 from prequalification
    where consumer_id = %(consumer_id)s and prequalification_id = %(prequalification_id)s
        and status = 'pending'
    for update
)

-- account --
-- Locks the consumer, counts the decision and what is told of it, adds a block if there is one; blocks are never removed.
account as (
    update consumer set
        seq = seq + %(decisions)s,
        event_seq = event_seq + %(event_count)s,
        blocks_credit = case when %(block)s::text is null or %(block)s = any(blocks_credit)
            then blocks_credit else blocks_credit || %(block)s::text end,
        -- A row of a portfolio gets its data key when somebody first says who it is.
        data_key = coalesce(data_key, %(data_key)s)
    from fence where consumer_id = %(consumer_id)s
    returning seq, event_seq - %(event_count)s as event_seq
)

-- consent --
-- The consent that came with the inquiry.
given as (
    insert into consent (
        consumer_id, consent_id, scope, purpose, text_version, text_sha256, channel,
        credential_id, given_at, expires_at
    )
    select %(consumer_id)s, %(consent_id)s, %(scope)s, %(purpose)s, %(text_version)s,
        %(text_sha256)s, %(channel)s, %(credential_id)s, %(given_at)s, %(consent_expires_at)s
    from fence
    on conflict (consumer_id, consent_id) do nothing
)

-- prequalification --
-- The inquiry with its first answer, which the same key is given again.
asked as (
    insert into prequalification (
        consumer_id, prequalification_id, consent_id, credential_id, purpose, channel,
        requested_amount_cents, stated, asked_at, status, final_by, decided_at, decision_seq,
        first_status, first_response, response
    )
    select %(consumer_id)s, %(prequalification_id)s, %(consent_id)s, %(credential_id)s,
        %(purpose)s, %(channel)s, %(requested_amount_cents)s, %(stated)s::jsonb, %(asked_at)s,
        %(status)s, %(final_by)s, %(decided_at)s,
        case when %(decisions)s = 1 then account.seq else %(standing_seq)s end,
        %(response_status)s, %(response)s, %(response)s
    from account
)

-- finished --
-- What a waiting inquiry is answered with from now on; its first answer stays for its key.
asked as (
    update prequalification set
        status = %(status)s, decided_at = %(decided_at)s, final_by = %(final_by)s,
        response = %(response)s,
        decision_seq = case when %(decisions)s = 1 then account.seq else %(standing_seq)s end
    from account
    where prequalification.consumer_id = %(consumer_id)s
        and prequalification.prequalification_id = %(prequalification_id)s
)

-- report --
-- What the bureau answered, in the row of its intent.
answered as (
    update report set
        status = 'answered', answered_at = %(answered_at)s, reported_on = %(reported_on)s,
        facts = %(report_facts)s::jsonb, failure = %(failure)s,
        failure_cause = %(report_failure_cause)s, flags = %(flags)s, score = %(score)s,
        score_model = %(score_model)s, score_factors = %(score_factors)s, sealed = %(sealed_report)s
    from fence
    where consumer_id = %(consumer_id)s and inquiry_id = %(report_inquiry_id)s
)

-- decision --
-- All that is needed to repeat it.
made as (
    insert into decision (
        consumer_id, seq, decision_id, tempo, purpose, inquiry_id, report_id, as_of, decided_at,
        expires_at, bundle_digest, code_build, outcome, failure_cause, reasons, facts, row, matched,
        failure, facts_digest, row_sha256
    )
    select %(consumer_id)s, account.seq, %(decision_id)s, 'now', %(purpose)s,
        %(prequalification_id)s, %(report_id)s, %(as_of)s, %(decided_at)s, %(expires_at)s,
        %(bundle_digest)s, %(code_build)s, %(outcome)s, %(failure_cause)s, %(reasons)s,
        %(facts)s::jsonb, %(row)s::jsonb, %(matched)s::jsonb,
        %(decision_failure)s, %(facts_digest)s, %(row_sha256)s
    from account
)

-- power --
-- The newer decision wins; an older one that comes late changes nothing.
powered as (
    insert into power (
        consumer_id, as_of, seq, decision_id, bundle_digest, claim, outcome, reasons, total_cents,
        expires_at, standing, products
    )
    select %(consumer_id)s, %(decided_at)s, account.seq, %(decision_id)s, %(bundle_digest)s,
        %(claim)s, %(outcome)s, %(reasons)s, %(total_cents)s, %(expires_at)s, %(standing)s::jsonb,
        %(products)s
    from account
    on conflict (consumer_id) do update set
        as_of = excluded.as_of, seq = excluded.seq, decision_id = excluded.decision_id,
        bundle_digest = excluded.bundle_digest, claim = excluded.claim,
        outcome = excluded.outcome, reasons = excluded.reasons,
        total_cents = excluded.total_cents, expires_at = excluded.expires_at,
        standing = excluded.standing, products = excluded.products
    where (power.as_of, power.seq) < (excluded.as_of, excluded.seq)
)

-- notices --
-- The duties that the answer opened.
opened as (
    insert into notice_case (
        consumer_id, notice_id, prequalification_id, kind, regimes, product, reasons, bureau,
        score, score_model, score_factors, opened_at, due_on
    )
    select %(consumer_id)s, n.notice_id, %(prequalification_id)s, n.kind, n.regimes, n.product,
        n.reasons, n.bureau, n.score, n.score_model, n.score_factors, %(decided_at)s, n.due_on
    from fence, jsonb_to_recordset(%(notices)s::jsonb) as n (
        notice_id uuid, kind text, regimes text[], product text, reasons text[], bureau text,
        score integer, score_model text, score_factors text[], due_on date
    )
)

-- events --
-- The outbox: what others may want to hear of, numbered per consumer.
told as (
    insert into event (
        consumer_id, event_seq, event_id, type, merchant_id, payload, created_at
    )
    select %(consumer_id)s, account.event_seq + e.n, (e.value ->> 'event_id')::uuid,
        e.value ->> 'type', e.value ->> 'merchant_id', e.value -> 'payload', %(decided_at)s
    from account, jsonb_array_elements(%(events)s::jsonb) with ordinality e (value, n)
)

-- identity --
-- A newer spelling or address of a person whom we know.
renamed as (
    insert into consumer_identity (consumer_id, sealed)
    select %(consumer_id)s, %(sealed_identity)s from fence
    on conflict (consumer_id) do update set sealed = excluded.sealed, sealed_at = now()
)

-- identity_keys --
-- A key that another person's row has stays with them; the look-up saw it, and did not guess.
keyed as (
    insert into identity_key (kind, index_version, blind_index, consumer_id)
    select k.kind, %(index_version)s, k.blind_index, %(consumer_id)s
    from fence, (values ('ssn', %(ssn)s::bytea), ('name_dob_zip', %(name_dob_zip)s::bytea))
        as k (kind, blind_index)
    on conflict (kind, index_version, blind_index) do nothing
)

-- reference --
-- The lender's own number for the person.
referred as (
    insert into consumer_reference (portfolio, reference, consumer_id)
    select %(portfolio)s, %(reference)s, %(consumer_id)s from fence
    on conflict (portfolio, reference) do nothing
)

-- result --
-- No row: the fence was closed.
select seq from account
