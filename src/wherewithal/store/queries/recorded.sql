-- Decisions as they were recorded, in either tempo, for whoever decides them again.

-- find_now --
select consumer_id, seq, decision_id, as_of, bundle_digest, code_build, outcome, failure,
    failure_cause, reasons, facts_digest, row_sha256, facts::text, row::text, matched::text
from decision
where decision_id = %(decision_id)s
  and (%(consumer_id)s::uuid is null or consumer_id = %(consumer_id)s)
order by decided_at desc, consumer_id, seq desc
limit %(rows_max)s

-- find_offline --
-- Without a consumer all generations are looked through.
select o.consumer_id, o.generation, o.decision_id, o.as_of, g.bundle_digest, g.code_build,
    o.outcome, o.reasons, g.facts_digest, g.row_columns, o.facts, o.row, o.total_cents,
    o.standing::text
from offline_power o join generation g using (generation)
where o.decision_id = %(decision_id)s
  and (%(consumer_id)s::uuid is null or o.consumer_id = %(consumer_id)s)
order by o.generation desc, o.consumer_id
limit %(rows_max)s

-- count_recorded --
select (select count(*) from decision) + (select count(*) from offline_power where facts is not null)

-- sample_bound --
-- The sample is whoever has the smallest hashes under a seed; this is the largest of them.
select h from (
    select hashtextextended(consumer_id::text || ':' || seq, %(seed)s) as h from decision
    union all
    select hashtextextended(consumer_id::text || '/' || generation, %(seed)s)
    from offline_power where facts is not null
) as hashes
order by h offset %(sample)s - 1 limit 1

-- page_now --
select consumer_id, seq, decision_id, as_of, bundle_digest, code_build, outcome, failure,
    failure_cause, reasons, facts_digest, row_sha256, facts::text, row::text, matched::text
from decision
where (consumer_id, seq) > (%(after_consumer)s, %(after_number)s)
  and (%(bound)s::bigint is null
       or hashtextextended(consumer_id::text || ':' || seq, %(seed)s) <= %(bound)s)
order by consumer_id, seq
limit %(rows_max)s

-- page_offline --
select o.consumer_id, o.generation, o.decision_id, o.as_of, g.bundle_digest, g.code_build,
    o.outcome, o.reasons, g.facts_digest, g.row_columns, o.facts, o.row, o.total_cents,
    o.standing::text
from offline_power o join generation g using (generation)
where (o.consumer_id, o.generation) > (%(after_consumer)s, %(after_number)s)
  and o.facts is not null
  and (%(bound)s::bigint is null
       or hashtextextended(o.consumer_id::text || '/' || o.generation, %(seed)s) <= %(bound)s)
order by o.consumer_id, o.generation
limit %(rows_max)s
