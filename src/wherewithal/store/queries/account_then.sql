-- An account as it was at a moment, added up from the entries of the ledger until then.

-- decided_at --
-- When a decision of either tempo was made.
select decided_at from decision
where not %(is_offline)s and consumer_id = %(consumer_id)s and seq = %(number)s
union all
select as_of from offline_power
where %(is_offline)s and consumer_id = %(consumer_id)s and generation = %(number)s

-- account_then --
-- An own cap has no entry, but its event. Payments of a hold are its plan's, and are made by who reads.
with entry as (
    select * from ledger_entry where consumer_id = %(consumer_id)s and at <= %(at)s
)
select (select (v.payload ->> 'own_cap_cents')::bigint from event v
         where v.consumer_id = c.consumer_id and v.type = 'own_cap.set' and v.created_at <= %(at)s
         order by v.event_seq desc limit 1),
       (select min((e.detail ->> 'booked_on')::date) from entry e),
       (select coalesce(sum((e.detail ->> 'on_time')::bigint), 0)::bigint from entry e),
       (select coalesce(bool_or(e.kind = 'loan_charged_off'
                                or (e.detail ->> 'is_charged_off')::boolean), false) from entry e),
       (select jsonb_agg(jsonb_build_array(h.placed_at, to_jsonb(h), t.held_cents, t.since)
                         order by h.placed_at)
          from hold h
          join (select hold_id, sum(held_delta_cents) as held_cents,
                       max(at) filter (where held_delta_cents <> 0) as since
                  from entry
                 where hold_id is not null group by 1) t using (hold_id)
         where h.consumer_id = c.consumer_id and t.held_cents > 0
           and h.expires_at > %(at)s)::text,
       (select jsonb_agg(jsonb_build_array(l.booked_at, l.product, l.plan, l.merchant_id,
                                           t.drawn_cents, i.payments) order by l.booked_at)
          from loan l
          join (select loan_id, sum(drawn_delta_cents) as drawn_cents from entry
                 where loan_id is not null group by 1) t using (loan_id)
         cross join lateral (
                select coalesce(jsonb_agg(jsonb_build_array(d.due_on, d.left_cents)
                                          order by d.number), '[]') as payments
                  from (
                        select number, min(due_on) as due_on, sum(cents) as left_cents
                          from (
                                select p.n as number, (p.value ->> 0)::date as due_on,
                                       (p.value ->> 2)::bigint + (p.value ->> 3)::bigint
                                       - coalesce((p.value ->> 4)::bigint, 0) as cents
                                  from entry e
                                 cross join jsonb_array_elements(e.detail -> 'payments')
                                       with ordinality p (value, n)
                                 where e.loan_id = l.loan_id
                                   and e.kind in ('loan_booked', 'loan_imported')
                                 union all
                                select (p.value ->> 0)::bigint, null, -(p.value ->> 1)::bigint
                                  from entry e
                                 cross join jsonb_array_elements(e.detail -> 'paid') p (value)
                                 where e.loan_id = l.loan_id and e.kind = 'payment_made'
                                 union all
                                select (p.value ->> 0)::bigint, null,
                                       -(p.value ->> 1)::bigint - (p.value ->> 2)::bigint
                                  from entry e
                                 cross join jsonb_array_elements(e.detail -> 'lowered') p (value)
                                 where e.loan_id = l.loan_id
                                   and e.kind in ('payment_made', 'loan_refunded')
                               ) moved
                         group by 1
                       ) d
                 where d.left_cents > 0
               ) i
         where l.consumer_id = c.consumer_id and t.drawn_cents > 0)::text
  from consumer c
 where c.consumer_id = %(consumer_id)s
