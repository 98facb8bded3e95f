-- The outbox: events become deliveries, deliveries are claimed, and what came of them is written. What
-- waits is marked row by row; nothing is ever read by "greater than the last one".

-- dispatch --
-- One statement: a process that dies in it has done nothing. What another holds is skipped.
with due as (
    select consumer_id, event_seq from event
     where dispatched_at is null
     order by created_at
     limit %(rows_max)s
       for update skip locked
),
marked as (
    update event e set dispatched_at = clock_timestamp()
      from due
     where e.consumer_id = due.consumer_id and e.event_seq = due.event_seq
    returning e.consumer_id, e.event_seq, e.event_id, e.type, e.merchant_id
),
written as (
    insert into delivery (
        consumer_id, event_seq, endpoint_id, event_id, status, queued_at, next_at
    )
    select m.consumer_id, m.event_seq, w.endpoint_id, m.event_id, 'waiting', clock_timestamp(),
        clock_timestamp()
      from marked m
      join webhook_endpoint w on w.disabled_at is null
           and (w.merchant_id is null or w.merchant_id = m.merchant_id)
           and (w.types = '{}' or m.type = any (w.types))
    on conflict do nothing
)
select count(*) from marked

-- claim --
-- Of each endpoint its oldest, as many as it has slots; then one of each before two of any. The claim
-- and the end of its lease are written here, so that whoever comes later knows that it is taken.
with due as (
    select d.consumer_id, d.event_seq, d.endpoint_id, d.next_at
      from webhook_endpoint w
      left join unnest(%(endpoints)s::uuid[], %(slots)s::int[]) s (endpoint_id, slots)
           on s.endpoint_id = w.endpoint_id
     cross join lateral (
            select * from delivery d
             where d.endpoint_id = w.endpoint_id and d.status = 'waiting'
               and d.next_at <= clock_timestamp()
             order by d.next_at
             limit coalesce(s.slots, %(slots_each)s)
               for update skip locked
           ) d
     where w.disabled_at is null
),
fair as (
    select consumer_id, event_seq, endpoint_id
      from due
     order by row_number() over (partition by endpoint_id order by next_at), next_at
     limit %(rows_max)s
),
claimed as (
    update delivery d
       set claim = gen_random_uuid(),
           next_at = clock_timestamp() + make_interval(secs => %(lease_s)s)
      from fair
     where d.consumer_id = fair.consumer_id and d.event_seq = fair.event_seq
       and d.endpoint_id = fair.endpoint_id
    returning d.*
)
select d.endpoint_id, d.event_seq, d.claim, d.attempts, d.queued_at, clock_timestamp(),
       w.url, w.secret, case when w.before_until > clock_timestamp() then w.secret_before end,
       e.consumer_id, e.event_id, e.type, e.created_at, e.payload::text,
       w.merchant_id is not null,
       case when w.merchant_id is null then e.event_seq
            else (select count(*) from event o
                   where o.consumer_id = e.consumer_id and o.merchant_id = w.merchant_id
                     and o.event_seq <= e.event_seq)
       end,
       w.merchant_id is not null and exists (
            select from sharing_consent c
             where c.consumer_id = e.consumer_id and c.revoked_at is null
               and (c.merchant_id is null or c.merchant_id = w.merchant_id))
  from claimed d
  join event e on e.consumer_id = d.consumer_id and e.event_seq = d.event_seq
  join webhook_endpoint w on w.endpoint_id = d.endpoint_id
 order by d.queued_at

-- settle --
-- Only the last claim says what came of it. An endpoint that is gone is disabled with it.
with settled as (
    update delivery
       set status = %(status)s, attempts = attempts + 1, claim = null,
           next_at = clock_timestamp() + make_interval(secs => %(pause_s)s),
           last_status = %(last_status)s, last_error = %(last_error)s,
           delivered_at = case when %(status)s = 'delivered' then clock_timestamp() end
     where consumer_id = %(consumer_id)s and event_seq = %(event_seq)s
       and endpoint_id = %(endpoint_id)s and claim = %(claim)s
    returning endpoint_id
),
disabled as (
    update webhook_endpoint w
       set disabled_at = clock_timestamp(), disabled_why = 'gone'
      from settled
     where %(is_gone)s and w.endpoint_id = settled.endpoint_id and w.disabled_at is null
)
select 1 from settled
