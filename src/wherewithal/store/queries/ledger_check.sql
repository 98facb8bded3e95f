-- The ledger, recomputed: what its entries add up to against what the tables say. Each block yields
-- whose, which part, its id, and the names of what differs; no row is no difference. %(consumer_id)s
-- null is everybody.

-- accounts --
select c.consumer_id, 'account', c.consumer_id::text, d.differs
  from consumer c
  left join (
        select consumer_id, sum(held_delta_cents) as held, sum(drawn_delta_cents) as drawn,
               count(*) as entries, max(entry_seq) as seq,
               sum((detail ->> 'on_time')::bigint) as on_time,
               min((detail ->> 'booked_on')::date) as first_booked_on,
               bool_or(kind = 'loan_charged_off' or (detail ->> 'is_charged_off')::boolean) as is_off
          from ledger_entry
         where %(consumer_id)s::uuid is null or consumer_id = %(consumer_id)s
         group by 1
       ) e using (consumer_id)
 cross join lateral (
        select array_remove(array[
            case when c.held_cents <> coalesce(e.held, 0) then 'held_cents' end,
            case when c.drawn_cents <> coalesce(e.drawn, 0) then 'drawn_cents' end,
            case when c.ledger_seq <> coalesce(e.entries, 0) or c.ledger_seq <> coalesce(e.seq, 0)
                 then 'ledger_seq' end,
            case when c.on_time_payments <> coalesce(e.on_time, 0) then 'on_time_payments' end,
            case when c.first_booked_on is distinct from e.first_booked_on
                 then 'first_booked_on' end,
            case when c.has_charge_off <> coalesce(e.is_off, false) then 'has_charge_off' end
        ], null) as differs
       ) d
 where (%(consumer_id)s::uuid is null or c.consumer_id = %(consumer_id)s) and d.differs <> '{}'
 order by 1 limit %(rows_max)s

-- holds --
select consumer_id, 'hold', hold_id::text, d.differs
  from (
        select consumer_id, hold_id, held_cents, amount_financed_cents from hold
         where %(consumer_id)s::uuid is null or consumer_id = %(consumer_id)s
       ) h
  full join (
        select consumer_id, hold_id, sum(held_delta_cents) as held,
               max(amount_cents) filter (where kind = 'hold_placed') as placed
          from ledger_entry
         where hold_id is not null
           and (%(consumer_id)s::uuid is null or consumer_id = %(consumer_id)s)
         group by 1, 2
       ) e using (consumer_id, hold_id)
 cross join lateral (
        select array_remove(array[
            case when h.held_cents is distinct from e.held then 'held_cents' end,
            case when h.amount_financed_cents is distinct from e.placed
                 then 'amount_financed_cents' end
        ], null) as differs
       ) d
 where d.differs <> '{}'
 order by 1, 3 limit %(rows_max)s

-- loans --
select consumer_id, 'loan', loan_id::text, d.differs
  from (
        select consumer_id, loan_id, principal_cents, outstanding_cents, booked_on, status from loan
         where %(consumer_id)s::uuid is null or consumer_id = %(consumer_id)s
       ) l
  full join (
        select consumer_id, loan_id, sum(drawn_delta_cents) as drawn,
               max(amount_cents) filter (where detail ? 'booked_on') as lent,
               min((detail ->> 'booked_on')::date) as booked_on,
               bool_or(kind = 'loan_charged_off' or (detail ->> 'is_charged_off')::boolean) as is_off
          from ledger_entry
         where loan_id is not null
           and (%(consumer_id)s::uuid is null or consumer_id = %(consumer_id)s)
         group by 1, 2
       ) e using (consumer_id, loan_id)
 cross join lateral (
        select array_remove(array[
            case when l.outstanding_cents is distinct from e.drawn then 'outstanding_cents' end,
            case when l.principal_cents is distinct from e.lent then 'principal_cents' end,
            case when l.booked_on is distinct from e.booked_on then 'booked_on' end,
            case when (l.status = 'charged_off') is distinct from coalesce(e.is_off, false)
                   or (l.status = 'open') is distinct from (e.drawn > 0) then 'status' end
        ], null) as differs
       ) d
 where d.differs <> '{}'
 order by 1, 3 limit %(rows_max)s

-- instalments --
-- As they were booked, less what was lowered, and what was paid.
select consumer_id, 'instalment', loan_id || ' ' || number, d.differs
  from (
        select consumer_id, loan_id, number, due_on, amount_cents, principal_cents, interest_cents,
               paid_cents
          from instalment
         where %(consumer_id)s::uuid is null or consumer_id = %(consumer_id)s
       ) i
  full join (
        select consumer_id, loan_id, number, min(due_on) as due_on, sum(principal) as principal,
               sum(interest) as interest, sum(paid) as paid
          from (
                select e.consumer_id, e.loan_id, p.n::smallint as number,
                       (p.value ->> 0)::date as due_on, (p.value ->> 2)::bigint as principal,
                       (p.value ->> 3)::bigint as interest,
                       coalesce((p.value ->> 4)::bigint, 0) as paid
                  from ledger_entry e
                 cross join jsonb_array_elements(e.detail -> 'payments')
                       with ordinality p (value, n)
                 where e.kind in ('loan_booked', 'loan_imported')
                   and (%(consumer_id)s::uuid is null or e.consumer_id = %(consumer_id)s)
                 union all
                select e.consumer_id, e.loan_id, (p.value ->> 0)::smallint, null, 0, 0,
                       (p.value ->> 1)::bigint
                  from ledger_entry e
                 cross join jsonb_array_elements(e.detail -> 'paid') p (value)
                 where e.kind = 'payment_made'
                   and (%(consumer_id)s::uuid is null or e.consumer_id = %(consumer_id)s)
                 union all
                select e.consumer_id, e.loan_id, (p.value ->> 0)::smallint, null,
                       -(p.value ->> 1)::bigint, -(p.value ->> 2)::bigint, 0
                  from ledger_entry e
                 cross join jsonb_array_elements(e.detail -> 'lowered') p (value)
                 where e.kind in ('payment_made', 'loan_refunded')
                   and (%(consumer_id)s::uuid is null or e.consumer_id = %(consumer_id)s)
               ) t
         group by 1, 2, 3
       ) e using (consumer_id, loan_id, number)
 cross join lateral (
        select array_remove(array[
            case when i.due_on is distinct from e.due_on then 'due_on' end,
            case when i.principal_cents is distinct from e.principal then 'principal_cents' end,
            case when i.interest_cents is distinct from e.interest then 'interest_cents' end,
            case when i.amount_cents is distinct from e.principal + e.interest
                 then 'amount_cents' end,
            case when i.paid_cents is distinct from e.paid then 'paid_cents' end
        ], null) as differs
       ) d
 where d.differs <> '{}'
 order by 1, 3 limit %(rows_max)s

-- consumers --
select count(*) from consumer where %(consumer_id)s::uuid is null or consumer_id = %(consumer_id)s
