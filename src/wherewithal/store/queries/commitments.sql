-- Commitments: every statement begins with the consumer, so that what is not theirs is not found. The
-- first two run under the account's lock, after it was had.

-- promisable --
-- The decision that answers a prequalification, the commitment that stands of it, and what the last
-- inquiry after it came to, whether or not it was decided.
select q.decision_seq, d.facts::text,
       (select to_jsonb(m) from commitment m
         where m.consumer_id = q.consumer_id and m.product = %(product)s
           and m.decision_seq = q.decision_seq and m.prequalification_id = q.prequalification_id
           and m.expires_at > clock_timestamp()
         order by m.issued_at desc limit 1)::text,
       (select nullif(convert_from(n.response, 'UTF8'), '')::jsonb ->> 'outcome'
          from prequalification n
         where n.consumer_id = q.consumer_id and n.status = 'decided'
           and n.decided_at > q.decided_at
         order by n.decided_at desc limit 1)
  from prequalification q
  left join decision d on d.consumer_id = q.consumer_id and d.seq = q.decision_seq
 where q.consumer_id = %(consumer_id)s and q.prequalification_id = %(prequalification_id)s

-- commitment_file --
-- What has come up since: the last decision on facts (a typed failure has none), under the person's own
-- consent; what the last inquiry came to, whether or not it was decided; blocks.
select to_jsonb(m)::text, c.blocks_credit,
       (select jsonb_build_object(
                   'bundle_digest', n.bundle_digest, 'facts', n.facts,
                   'points', n.row -> 'score_points', 'reasons', to_jsonb(n.reasons),
                   'is_report_new', n.report_id is distinct from d.report_id
                       and n.report_id is not null,
                   'bureau', r.bureau, 'score', r.score, 'score_model', r.score_model,
                   'score_factors', coalesce(to_jsonb(r.score_factors), '[]'))
          from decision n
          left join report r on r.consumer_id = n.consumer_id and r.inquiry_id = n.report_id
         where n.consumer_id = m.consumer_id and n.seq > m.decision_seq and n.tempo = 'now'
           and n.outcome in ('approved', 'declined', 'incomplete', 'step_up')
         order by n.seq desc limit 1)::text,
       (select nullif(convert_from(q.response, 'UTF8'), '')::jsonb ->> 'outcome'
          from prequalification q
         where q.consumer_id = m.consumer_id and q.status = 'decided'
           and q.decided_at > m.issued_at
         order by q.decided_at desc limit 1),
       exists (select from sharing_consent s
                where s.consumer_id = m.consumer_id and s.revoked_at is null
                  and (s.merchant_id is null or s.merchant_id = %(merchant_id)s))
  from commitment m
  join consumer c using (consumer_id)
  left join decision d on d.consumer_id = m.consumer_id and d.seq = m.decision_seq
 where m.consumer_id = %(consumer_id)s and m.commitment_id = %(commitment_id)s

-- promised_at --
-- What has to be at hand before the account is locked.
select m.bundle_digest, t.mcc, t.joined_on, coalesce(t.program_ids, '{}'), coalesce(t.is_paused, false)
  from commitment m left join merchant t on t.merchant_id = %(merchant_id)s
 where m.consumer_id = %(consumer_id)s and m.commitment_id = %(commitment_id)s

-- list_commitments --
-- A row for the consumer even where there is no commitment.
select to_jsonb(m)::text, clock_timestamp()
  from consumer c
  left join (select * from commitment m where m.consumer_id = %(consumer_id)s
              order by m.issued_at desc limit %(rows_max)s) m using (consumer_id)
 where c.consumer_id = %(consumer_id)s
 order by m.issued_at desc, m.commitment_id

-- read_commitment --
select to_jsonb(m)::text, clock_timestamp() from commitment m
 where m.consumer_id = %(consumer_id)s and m.commitment_id = %(commitment_id)s

-- list_attempts --
select to_jsonb(a)::text from hold_attempt a
 where a.consumer_id = %(consumer_id)s and a.commitment_id = %(commitment_id)s
 order by a.at desc, a.attempt_id limit %(rows_max)s

-- honour_rate --
-- An attempt that is asked again under its reference is one, counted by its first answer.
select f.product, f.merchant_id,
       date_trunc('week', f.at at time zone %(time_zone)s)::date, f.is_honoured, f.is_same_facts,
       f.cause, count(*)
  from (select distinct on (a.consumer_id, a.commitment_id, a.merchant_id, a.reference) a.*
          from hold_attempt a
         where a.at >= clock_timestamp() - %(weeks)s * interval '7 days'
         order by a.consumer_id, a.commitment_id, a.merchant_id, a.reference, a.at, a.attempt_id
       ) f
 where f.is_within and (%(product)s::text is null or f.product = %(product)s)
   and (%(merchant_id)s::text is null or f.merchant_id = %(merchant_id)s)
 group by 1, 2, 3, 4, 5, 6
 order by 3, 1, 2, 4 desc, 6

-- give_sharing_consent --
-- Nothing is written where there is no such consumer.
insert into sharing_consent (
    consumer_id, consent_id, merchant_id, text_version, text_sha256, given_at
)
select consumer_id, %(consent_id)s, %(merchant_id)s, %(text_version)s, %(text_sha256)s,
    clock_timestamp()
from consumer where consumer_id = %(consumer_id)s
returning consent_id, merchant_id, text_version, given_at, revoked_at

-- list_sharing_consents --
-- A row for the consumer even where there is no consent.
select s.consent_id, s.merchant_id, s.text_version, s.given_at, s.revoked_at
from consumer c left join sharing_consent s using (consumer_id)
where c.consumer_id = %(consumer_id)s
order by s.given_at desc, s.consent_id

-- revoke_sharing_consent --
-- The first moment of revoking stays.
update sharing_consent set revoked_at = coalesce(revoked_at, clock_timestamp())
where consumer_id = %(consumer_id)s and consent_id = %(consent_id)s
returning consent_id, merchant_id, text_version, given_at, revoked_at
