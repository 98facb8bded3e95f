-- Loans that are imported: a batch of consumers at a time, locked in the order of their ids.

-- by_name --
select portfolio, reference, consumer_id from consumer_reference
 where (portfolio, reference) in (select * from unnest(%(portfolios)s::text[], %(references)s::text[]))

-- by_id --
select consumer_id from consumer where consumer_id = any(%(ids)s)

-- known --
select consumer_id, reference, product, plan, originator, note_rate_bps, principal_cents, booked_on
  from loan where consumer_id = any(%(ids)s) and hold_id is null

-- lock_all --
select from consumer where consumer_id = any(%(ids)s) order by consumer_id for update

-- write --
with given as (
    select r.*, l.value -> 'payments' as payments
      from jsonb_array_elements(%(rows)s::jsonb) l (value)
     cross join jsonb_to_record(l.value) as r (
           consumer_id uuid, loan_id uuid, reference text, merchant_id text, product text, plan text,
           originator text, note_rate_bps integer, principal_cents bigint,
           outstanding_cents bigint, status text, booked_on date, is_furnished boolean,
           on_time integer, is_charged_off boolean)
),
booked as (
    insert into loan (consumer_id, loan_id, reference, merchant_id, product, plan, originator,
        note_rate_bps, principal_cents, outstanding_cents, status, booked_on, booked_at, is_furnished)
    select consumer_id, loan_id, reference, merchant_id, product, plan, originator, note_rate_bps,
        principal_cents, outstanding_cents, status, booked_on, clock_timestamp(), is_furnished
    from given
    on conflict (consumer_id, reference) where hold_id is null do nothing
    returning loan_id, booked_at
),
fresh as (
    select given.*, booked_at,
           row_number() over (partition by consumer_id order by given.booked_on, loan_id) as n
    from given join booked using (loan_id)
),
scheduled as (
    insert into instalment (consumer_id, loan_id, number, due_on, amount_cents, principal_cents,
        interest_cents, paid_cents, paid_on)
    select consumer_id, loan_id, p.n, (p.value ->> 0)::date, (p.value ->> 1)::bigint,
        (p.value ->> 2)::bigint, (p.value ->> 3)::bigint, (p.value ->> 4)::bigint,
        (p.value ->> 5)::date
    from fresh cross join jsonb_array_elements(payments) with ordinality p (value, n)
),
found as (
    insert into loan_reference (loan_id, consumer_id, merchant_id)
    select loan_id, consumer_id, merchant_id from fresh
),
written as (
    insert into ledger_entry (consumer_id, entry_seq, kind, at, loan_id, reference, amount_cents,
        held_delta_cents, drawn_delta_cents, detail)
    select f.consumer_id, c.ledger_seq + f.n, 'loan_imported', f.booked_at, f.loan_id, f.reference,
        f.principal_cents, 0, f.outstanding_cents,
        jsonb_build_object('booked_on', f.booked_on, 'payments', f.payments, 'on_time', f.on_time,
            'is_charged_off', f.is_charged_off)
    from fresh f join consumer c using (consumer_id)
),
counted as (
    update consumer c set
        drawn_cents = c.drawn_cents + s.owed,
        ledger_seq = c.ledger_seq + s.loans,
        first_booked_on = least(c.first_booked_on, s.first_booked_on),
        on_time_payments = c.on_time_payments + s.on_time,
        has_charge_off = c.has_charge_off or s.is_charged_off
    from (
        select consumer_id, sum(outstanding_cents) as owed, count(*) as loans,
               min(booked_on) as first_booked_on, sum(on_time) as on_time,
               bool_or(is_charged_off) as is_charged_off
        from fresh group by 1
    ) s
    where c.consumer_id = s.consumer_id
)
select count(*) from fresh
