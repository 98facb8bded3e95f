-- Endpoints of webhooks, and what is queued for them again. A caller that speaks for one merchant has
-- that merchant's endpoints; one that speaks for none has all.

-- shown --
-- What is shown of an endpoint; counted up to a bound.
select w.endpoint_id, w.url, w.types, w.merchant_id, w.created_at, w.disabled_at, w.disabled_why,
       case when w.before_until > clock_timestamp() then w.before_until end,
       (select count(*) from (
            select from delivery d where d.endpoint_id = w.endpoint_id and d.status = 'waiting'
             limit 10000) n),
       (select count(*) from (
            select from delivery d where d.endpoint_id = w.endpoint_id and d.status = 'dead'
             limit 10000) n)

-- add --
insert into webhook_endpoint (
    endpoint_id, credential_id, merchant_id, url, types, secret, created_at
)
select %(endpoint_id)s, %(credential_id)s, %(merchant_id)s, %(url)s, %(types)s, %(secret)s,
       clock_timestamp()
 where (select count(*) from webhook_endpoint w
         where w.disabled_at is null and w.merchant_id is not distinct from %(merchant_id)s
       ) < %(most)s

-- mine --
-- The caller's.
 where w.endpoint_id = %(endpoint_id)s
   and (%(caller)s::text is null or w.merchant_id = %(caller)s)

-- list --
  from webhook_endpoint w
 where %(caller)s::text is null or w.merchant_id = %(caller)s
 order by w.created_at, w.endpoint_id

-- disable --
update webhook_endpoint w
   set disabled_at = coalesce(disabled_at, clock_timestamp()),
       disabled_why = coalesce(disabled_why, 'asked')

-- enable --
update webhook_endpoint w set disabled_at = null, disabled_why = null

-- rotate --
-- The secret that signed until now is the one before; an older one is gone.
update webhook_endpoint w
   set secret = %(secret)s, secret_before = secret,
       before_until = clock_timestamp() + make_interval(secs => %(both_for_s)s)

-- replay_since --
-- Events that the endpoint may hear, from a moment on, the oldest first; those without a delivery, of
-- a time when it was disabled or not there, get one.
with w as (select * from webhook_endpoint w {mine}),
found as (
    select e.consumer_id, e.event_seq, e.event_id, e.created_at
      from w join event e on (w.merchant_id is null or w.merchant_id = e.merchant_id)
           and (w.types = '{{}}' or e.type = any (w.types))
     where e.created_at >= %(since)s and e.dispatched_at is not null
     order by e.created_at, e.consumer_id, e.event_seq
     limit %(rows_max)s + 1
),
kept as (
    select * from found order by created_at, consumer_id, event_seq limit %(rows_max)s
),
queued as (
    insert into delivery as d (
        consumer_id, event_seq, endpoint_id, event_id, status, queued_at, next_at
    )
    select kept.consumer_id, kept.event_seq, w.endpoint_id, kept.event_id, 'waiting',
        clock_timestamp(), clock_timestamp()
      from kept, w
    on conflict (consumer_id, event_seq, endpoint_id) do update
       set status = 'waiting', attempts = 0, queued_at = excluded.queued_at,
           next_at = excluded.next_at, claim = null, delivered_at = null
)
select (select count(*) from kept),
       case when (select count(*) from found) > %(rows_max)s
            then (select max(created_at) from found) end
  from w

-- replay_some --
-- Deliveries that there are: by their events' ids, or those that were given up.
with w as (select * from webhook_endpoint w {mine}),
found as (
    select d.consumer_id, d.event_seq, d.endpoint_id
      from w join delivery d on d.endpoint_id = w.endpoint_id
     where (%(is_of_dead)s and d.status = 'dead') or d.event_id = any (%(event_ids)s)
     limit %(rows_max)s
),
queued as (
    update delivery d
       set status = 'waiting', attempts = 0, queued_at = clock_timestamp(),
           next_at = clock_timestamp(), claim = null, delivered_at = null
      from found
     where d.consumer_id = found.consumer_id and d.event_seq = found.event_seq
       and d.endpoint_id = found.endpoint_id
    returning 1
)
select (select count(*) from queued), null::timestamptz from w

-- events_of --
-- A merchant's own events are counted by themselves, so that no gap tells of others.
select e.event_id, e.consumer_id, e.type, e.sequence, e.created_at, e.payload::text,
       %(caller)s::text is not null,
       %(caller)s::text is not null and exists (
            select from sharing_consent c
             where c.consumer_id = e.consumer_id and c.revoked_at is null
               and (c.merchant_id is null or c.merchant_id = %(caller)s))
  from (
        select *, case when %(caller)s::text is null then event_seq
                       else row_number() over (order by event_seq) end as sequence
          from event
         where consumer_id = %(consumer_id)s
           and (%(caller)s::text is null or merchant_id = %(caller)s)
       ) e
 where e.sequence > %(after)s
 order by e.sequence
 limit %(rows_max)s
