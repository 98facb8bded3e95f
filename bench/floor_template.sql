-- The values of one prequalification that was really made: an approval on a report at hand.
select i.credential_id, i.request_digest, i.claimed_by,
       c.scope, c.purpose, c.text_version, c.text_sha256, c.channel, c.given_at,
       c.expires_at as consent_expires_at,
       q.stated::text as stated, q.asked_at, q.first_response,
       d.decision_id, d.report_id, d.as_of, d.decided_at, d.expires_at, d.bundle_digest,
       d.code_build, d.outcome, d.reasons, d.facts::text as facts, d.row::text as row,
       d.matched::text as matched,
       p.claim, p.total_cents, p.standing::text as standing, p.products
  from idempotency i
  join prequalification q on q.consumer_id = i.consumer_id and q.prequalification_id = i.inquiry_id
  join consent c on c.consumer_id = q.consumer_id and c.consent_id = q.prequalification_id
  join decision d on d.consumer_id = q.consumer_id and d.inquiry_id = q.prequalification_id
  join power p on p.consumer_id = q.consumer_id
 where d.outcome = 'approved' and q.prequalification_id <> d.report_id
 order by q.asked_at desc
 limit 1
