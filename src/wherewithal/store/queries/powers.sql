-- Reading what stands for a person: one statement, whichever tempo decided.

-- exposure --
-- What a consumer `c` owes and holds at a moment: joined as `x`, only where there is some.
left join lateral (
        select jsonb_agg(p order by p.at) as positions
          from (
                select h.product, h.plan, h.merchant_id, h.held_cents as principal_cents,
                       true as is_hold, h.payments, h.placed_at as at
                  from hold h
                 where h.consumer_id = c.consumer_id and h.status = 'held' and h.expires_at > {at}
                 union all
                select l.product, l.plan, l.merchant_id, l.outstanding_cents, false, i.payments,
                       l.booked_at
                  from loan l
                 cross join lateral (
                        select coalesce(jsonb_agg(
                                   jsonb_build_array(n.due_on, n.amount_cents - n.paid_cents)
                                   order by n.number), '[]') as payments
                          from instalment n
                         where n.consumer_id = l.consumer_id and n.loan_id = l.loan_id
                           and n.paid_cents < n.amount_cents
                       ) i
                 where l.consumer_id = c.consumer_id and l.status = 'open'
               ) p
       ) x on c.drawn_cents + c.held_cents > 0

-- read_person --
-- The newest decision by (as_of, seq): the one made now, or a row of a generation that is current when
-- this statement begins. Of equal moments the one made now stands. Blocks and what is used are the
-- account's own and read here, so no publication can undo them. What is used is looked for only where
-- there is some; a hold that is past its time is none, whether or not a sweeper has come by.
select clock.at, c.blocks_credit <> '{{}}', x.positions::text, c.own_cap_cents, c.first_booked_on,
       c.on_time_payments, c.has_charge_off, v.merchants_version, v.programs_version,
       d.tempo, d.seq, d.as_of, d.decision_id, d.bundle_digest, d.claim, d.outcome, d.reasons,
       d.total_cents, d.expires_at, d.standing::text, d.products{more}
  from (select clock_timestamp() as at offset 0) clock
 cross join consumer c
 cross join directory_version v
  left join lateral (
        select 'now' as tempo, p.as_of, p.seq, p.decision_id, p.bundle_digest, p.claim, p.outcome,
               p.reasons, p.total_cents, p.expires_at, p.standing, p.products
          from power p
         where p.consumer_id = c.consumer_id
         union all
        select 'offline', o.as_of, 0, o.decision_id, g.bundle_digest, g.claim, o.outcome,
               o.reasons, o.total_cents, o.expires_at, o.standing, null
          from current_generation n
          join generation g using (generation)
         cross join lateral (
                select * from offline_power r
                 where r.generation = n.generation and r.consumer_id = c.consumer_id
                -- Kept apart, so that only the partition of that generation is looked into.
                offset 0
               ) o
         order by as_of desc, seq desc
         limit 1
       ) d on true
{exposure}
 where c.consumer_id = %(consumer_id)s
