-- Loans: whose one is, what it came to, and what becomes of it. What is read of an account under its
-- lock is a statement of its own, which holds do not pay for.

-- find_loan --
-- Whose a loan is: who pays or refunds it need not know.
select consumer_id, merchant_id from loan_reference where loan_id = %(loan_id)s

-- states --
-- A loan by its id, all that a consumer ever had, or those with something late that is not yet
-- written down; with instalments, and what was refunded of the basket.
select to_jsonb(l)::text,
       (select jsonb_agg(to_jsonb(i) order by i.number) from instalment i
         where i.consumer_id = l.consumer_id and i.loan_id = l.loan_id)::text,
       (select coalesce(sum(e.amount_cents), 0)::bigint from ledger_entry e
         where e.consumer_id = l.consumer_id and e.kind = 'loan_refunded'
           and coalesce(e.loan_id, e.hold_id) = l.loan_id and e.reference is not null)
  from loan l
 where l.consumer_id = %(consumer_id)s
   and (l.loan_id = %(loan_id)s or %(is_all)s or (%(has_late_loans)s and l.status = 'open' and exists (
        select from instalment i
         where i.consumer_id = l.consumer_id and i.loan_id = l.loan_id
           and i.paid_cents < i.amount_cents and i.late_at is null
           and i.due_on < (clock_timestamp() at time zone %(zone)s)::date)))
 order by l.booked_on desc, l.booked_at desc, l.loan_id

-- made --
-- What was done to a loan under a reference.
select kind, reference, amount_cents, at, detail::text from ledger_entry
 where consumer_id = %(consumer_id)s and kind = %(entry_kind)s
   and coalesce(loan_id, hold_id) = %(loan_id)s and reference = %(entry_reference)s

-- late --
-- Consumers with an instalment that is late and not yet written down as late.
select distinct consumer_id from (
    select i.consumer_id from instalment i
      join loan l on l.consumer_id = i.consumer_id and l.loan_id = i.loan_id and l.status = 'open'
     where i.paid_cents < i.amount_cents and i.late_at is null
       and i.due_on < (clock_timestamp() at time zone %(zone)s)::date
     order by i.due_on limit %(rows_max)s
) i

-- at --
select clock_timestamp() from consumer where consumer_id = %(consumer_id)s

-- moved_loans --
moved_loans as (
    update loan l set outstanding_cents = m.outstanding_cents, status = m.status
    from account, jsonb_to_recordset(%(loan_moves)s::jsonb) as m (
        loan_id uuid, outstanding_cents bigint, status text
    )
    where l.consumer_id = %(consumer_id)s and l.loan_id = m.loan_id
),
moved_instalments as (
    update instalment i set
        amount_cents = n.amount_cents, principal_cents = n.principal_cents,
        interest_cents = n.interest_cents, paid_cents = n.paid_cents, paid_on = n.paid_on,
        late_at = n.late_at
    from account, jsonb_array_elements(%(loan_moves)s::jsonb) m (value),
        jsonb_to_recordset(m.value -> 'instalments') as n (
            number smallint, amount_cents bigint, principal_cents bigint, interest_cents bigint,
            paid_cents bigint, paid_on date, late_at timestamptz
        )
    where i.consumer_id = %(consumer_id)s and i.loan_id = (m.value ->> 'loan_id')::uuid
        and i.number = n.number
)
