-- The ledger: lock, look, write. The look is a statement of its own after the lock was had, for one that
-- waited would otherwise see what was true before the others were done. What is written hangs on the
-- account's row, and is put together by store/ledger_changes.py, those blocks alone that have something
-- to write.

-- lock --
select 1 from consumer where consumer_id = %(consumer_id)s for update

-- look --
-- Columns that the look adds to `read_person`. What is not looked for is not in the statement, instead of
-- being compared with null: so the server's plan is the same for all values, and is made once.
,
       c.ledger_seq, c.event_seq,
       {has_prequalification}, {is_reference_taken},
       (select jsonb_agg(to_jsonb(h))
          from hold h
         where h.consumer_id = c.consumer_id
           and ({is_asked}(h.status = 'held' and h.expires_at <= clock.at)))::text,
       {captured}

-- has_prequalification --
exists (select from prequalification q
         where q.consumer_id = c.consumer_id
           and q.prequalification_id = %(prequalification_id)s)

-- is_reference_taken --
exists (select from hold_reference r
         where r.merchant_id = %(merchant_id)s and r.reference = %(reference)s
           and r.consumer_id <> c.consumer_id)

-- asked_by_id --
h.hold_id = %(hold_id)s or

-- asked_by_reference --
(h.merchant_id = %(merchant_id)s and h.reference = %(reference)s) or

-- captured --
(select to_jsonb(l) from loan l
  where l.consumer_id = c.consumer_id and l.hold_id = %(hold_id)s
    and l.reference = %(capture_reference)s)::text

-- find_hold --
-- Whose a hold is: who captures it need not know.
select consumer_id, merchant_id from hold_reference where hold_id = %(hold_id)s

-- read_hold --
select to_jsonb(h)::text, clock_timestamp()
  from hold_reference r join hold h using (consumer_id, hold_id)
 where r.hold_id = %(hold_id)s

-- read_holds --
select clock.at,
       (select jsonb_agg(to_jsonb(h) order by h.placed_at desc, h.hold_id)
          from ((select *
                   from hold o
                  where o.consumer_id = c.consumer_id and o.status = 'held'
                    and o.expires_at > clock.at)
                 union all
                (select *
                   from hold e
                  where e.consumer_id = c.consumer_id
                    and (e.status <> 'held' or e.expires_at <= clock.at)
                  order by coalesce(e.ended_at, e.expires_at) desc, e.hold_id
                  limit %(ended_max)s)) h)::text
  from (select clock_timestamp() as at offset 0) clock
 cross join consumer c
 where c.consumer_id = %(consumer_id)s

-- lapsed --
-- Consumers with a hold that is past its time and still written down as held.
select distinct consumer_id from (
    select consumer_id from hold where status = 'held' and expires_at <= clock_timestamp()
    order by expires_at limit %(rows_max)s
) h

-- active_at_merchant --
-- Active holds at a merchant, counted up to a bound.
select count(*) from (
    select from hold
     where merchant_id = %(merchant_id)s and status = 'held' and expires_at > clock_timestamp()
     limit %(rows_max)s
) h

-- account --
account as (
    update consumer set
        held_cents = held_cents + %(held_delta_cents)s,
        drawn_cents = drawn_cents + %(drawn_delta_cents)s,
        ledger_seq = ledger_seq + jsonb_array_length(%(entries)s::jsonb),
        event_seq = event_seq + jsonb_array_length(%(events)s::jsonb),
        first_booked_on = least(first_booked_on, %(first_booked_on)s::date),
        on_time_payments = on_time_payments + %(on_time_payments)s,
        has_charge_off = has_charge_off or %(has_charge_off)s,
        own_cap_cents = case when %(sets_own_cap)s then %(own_cap_cents)s::bigint
            else own_cap_cents end
    where consumer_id = %(consumer_id)s
    returning ledger_seq - jsonb_array_length(%(entries)s::jsonb) as ledger_seq,
              event_seq - jsonb_array_length(%(events)s::jsonb) as event_seq
)

-- entries --
written as (
    insert into ledger_entry (
        consumer_id, entry_seq, kind, at, hold_id, loan_id, reference, amount_cents,
        held_delta_cents, drawn_delta_cents, detail
    )
    select %(consumer_id)s, account.ledger_seq + e.n, e.value ->> 'kind', %(at)s,
        (e.value ->> 'hold_id')::uuid, (e.value ->> 'loan_id')::uuid, e.value ->> 'reference',
        (e.value ->> 'amount_cents')::bigint, (e.value ->> 'held_delta_cents')::bigint,
        (e.value ->> 'drawn_delta_cents')::bigint, e.value -> 'detail'
    from account, jsonb_array_elements(%(entries)s::jsonb) with ordinality e (value, n)
)

-- events --
told as (
    insert into event (
        consumer_id, event_seq, event_id, type, merchant_id, payload, created_at
    )
    select %(consumer_id)s, account.event_seq + e.n, (e.value ->> 'event_id')::uuid,
        e.value ->> 'type', e.value ->> 'merchant_id', e.value -> 'payload', %(at)s
    from account, jsonb_array_elements(%(events)s::jsonb) with ordinality e (value, n)
)

-- placed --
placed as (
    insert into hold
    select h.* from account, jsonb_populate_record(null::hold, %(placed)s::jsonb
        || jsonb_build_object('consumer_id', %(consumer_id)s::uuid)) h
    returning merchant_id, reference, consumer_id, hold_id
),
referred as (
    insert into hold_reference (merchant_id, reference, consumer_id, hold_id)
    select merchant_id, reference, consumer_id, hold_id from placed
)

-- moves --
moved as (
    update hold h set
        status = m.status, captured_cents = m.captured_cents, held_cents = m.held_cents,
        payments = m.payments, expires_at = coalesce(m.expires_at, h.expires_at),
        ended_at = m.ended_at
    from account, jsonb_to_recordset(%(moves)s::jsonb) as m (
        hold_id uuid, status text, captured_cents bigint, held_cents bigint, payments jsonb,
        expires_at timestamptz, ended_at timestamptz
    )
    where h.consumer_id = %(consumer_id)s and h.hold_id = m.hold_id
)

-- loans --
booked as (
    insert into loan
    select n.* from account, jsonb_array_elements(%(loans)s::jsonb) l (value),
        jsonb_populate_record(null::loan, l.value
            || jsonb_build_object('consumer_id', %(consumer_id)s::uuid)) n
    returning consumer_id, loan_id, merchant_id
),
scheduled as (
    insert into instalment (
        consumer_id, loan_id, number, due_on, amount_cents, principal_cents, interest_cents
    )
    select booked.consumer_id, booked.loan_id, p.n, (p.value ->> 0)::date,
        (p.value ->> 1)::bigint, (p.value ->> 2)::bigint, (p.value ->> 3)::bigint
    from booked
    join jsonb_array_elements(%(loans)s::jsonb) l (value)
        on (l.value ->> 'loan_id')::uuid = booked.loan_id
    cross join jsonb_array_elements(l.value -> 'payments') with ordinality p (value, n)
),
booked_references as (
    insert into loan_reference (loan_id, consumer_id, merchant_id)
    select loan_id, consumer_id, merchant_id from booked
)

-- result --
select 1 from account

-- promised --
promised as (
    insert into commitment
    select m.* from account, jsonb_populate_record(null::commitment, %(commitment)s::jsonb
        || jsonb_build_object('consumer_id', %(consumer_id)s::uuid)) m
)

-- attempted --
attempted as (
    insert into hold_attempt
    select a.* from account, jsonb_populate_record(null::hold_attempt, %(attempt)s::jsonb
        || jsonb_build_object('consumer_id', %(consumer_id)s::uuid, 'at', %(at)s::timestamptz)) a
)

-- unhonoured --
-- The duty that an unhonoured commitment opened; the same one is opened once while it is not sent.
unhonoured as (
    insert into notice_case (
        consumer_id, notice_id, prequalification_id, kind, regimes, product, reasons, bureau,
        score, score_model, score_factors, opened_at, due_on
    )
    select %(consumer_id)s, %(notice_id)s, m.prequalification_id, n.kind, n.regimes, n.product,
        n.reasons, n.bureau, n.score, n.score_model, n.score_factors, %(at)s, n.due_on
    from account
    join commitment m on m.consumer_id = %(consumer_id)s
        and m.commitment_id = (%(attempt)s::jsonb ->> 'commitment_id')::uuid
    cross join jsonb_to_record(%(notice)s::jsonb) as n (
        kind text, regimes text[], product text, reasons text[], bureau text, score integer,
        score_model text, score_factors text[], due_on date
    )
    where not exists (
        select from notice_case o
         where o.consumer_id = m.consumer_id and o.prequalification_id = m.prequalification_id
           and o.kind = n.kind and o.product = n.product and o.reasons = n.reasons
           and o.sent_at is null
    )
)
