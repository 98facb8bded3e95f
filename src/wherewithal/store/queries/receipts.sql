-- Receipts of what was shown: written many at a time, and read by nobody but the person and who
-- answers for what we said.

-- staged --
-- Where one COPY puts them; the same receipt written twice is written once.
create temp table staged_receipt (like receipt) on commit drop

-- copy_receipts --
copy staged_receipt (
    consumer_id, receipt_id, shown_at, decision_id, merchant_id, product, amount_cents, answer
) from stdin

-- write_receipts --
insert into receipt (
    consumer_id, receipt_id, shown_at, decision_id, merchant_id, product, amount_cents, answer
)
select s.consumer_id, s.receipt_id, s.shown_at, s.decision_id, s.merchant_id, s.product,
       s.amount_cents, s.answer
  from staged_receipt s
  join consumer c using (consumer_id)
on conflict do nothing

-- read_receipts --
-- One row for a consumer without any, too.
select r.receipt_id, r.shown_at, r.decision_id, r.merchant_id, r.product, r.amount_cents, r.answer
  from consumer c
  left join lateral (
        select * from receipt
         where receipt.consumer_id = c.consumer_id
         order by shown_at desc, receipt_id
         limit %(rows_max)s
       ) r on true
 where c.consumer_id = %(consumer_id)s
 order by r.shown_at desc, r.receipt_id
