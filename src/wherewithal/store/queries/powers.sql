-- Reading what stands for a person: one statement, whichever tempo decided.

-- read_person --
-- The newest decision by (as_of, seq): the one made now, or a row of a generation that is current when
-- this statement begins. Of equal moments the one made now stands. Blocks and what is used are the
-- account's own and read here, so no publication can undo them.
select now(), c.blocks_credit <> '{}', c.drawn_cents, c.held_cents,
       v.merchants_version, v.programs_version,
       d.tempo, d.as_of, d.decision_id, d.bundle_digest, d.claim, d.outcome, d.reasons,
       d.total_cents, d.expires_at, d.standing::text, d.products
  from consumer c
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
 where c.consumer_id = %(consumer_id)s
