-- Generations of offline decisions: one partition each, one pointer a portfolio.
-- `{partition}` and `{number}` are a generation's own table and number, put in by store/generations.py.

-- hold_portfolio --
-- One publisher a portfolio. The session holds it, so that whoever is killed lets go of it.
select pg_try_advisory_lock(hashtext('wherewithal.publish'), hashtext(%(portfolio)s))

-- let_portfolio_go --
select pg_advisory_unlock(hashtext('wherewithal.publish'), hashtext(%(portfolio)s))

-- find_generation --
select generation, run_digest, portfolio, bundle_digest, claim, rows, loaded_at, published_at
  from generation
 where run_digest = %(run_digest)s

-- add_generation --
insert into generation (run_digest, portfolio, bundle_digest, claim, rows, facts_digest,
                        row_columns, code_build)
values (%(run_digest)s, %(portfolio)s, %(bundle_digest)s, %(claim)s, %(rows)s, %(facts_digest)s,
        %(row_columns)s, %(code_build)s)
returning generation

-- unfinished_generations --
-- What publishers of this portfolio left when they were killed; none is at work, we hold the portfolio.
select generation from generation where portfolio = %(portfolio)s and loaded_at is null

-- create_partition --
-- Filled while it stands alone: to create it as a partition would lock out every reader meanwhile.
create table {partition} (like offline_power including defaults including constraints)

-- drop_partition --
drop table if exists {partition}

-- create_arrivals --
create temp table arriving (
    reference    text        not null,
    consumer_id  uuid        not null,
    as_of        timestamptz not null,
    decision_id  text        not null,
    outcome      text        not null,
    reasons      text[]      not null,
    total_cents  bigint,
    expires_at   timestamptz not null,
    standing     jsonb       not null,
    facts        text,
    row          text
) on commit drop

-- copy_arrivals --
copy arriving from stdin (format csv)

-- add_consumers --
-- Whom the portfolio does not know yet; the identifier was drawn before it was asked for.
insert into consumer (consumer_id)
select a.consumer_id
  from arriving a
 where not exists (select 1 from consumer_reference r
                    where r.portfolio = %(portfolio)s and r.reference = a.reference)

-- add_references --
-- Somebody may have added the same reference since; theirs stays.
insert into consumer_reference (portfolio, reference, consumer_id)
select %(portfolio)s, a.reference, a.consumer_id
  from arriving a
  join consumer c using (consumer_id)
    on conflict (portfolio, reference) do nothing

-- drop_strays --
-- Consumers that were added above for a reference that somebody else added first.
delete from consumer c
 using arriving a
 where c.consumer_id = a.consumer_id
   and not exists (select 1 from consumer_reference r
                    where r.portfolio = %(portfolio)s and r.reference = a.reference
                      and r.consumer_id = a.consumer_id)

-- fill_partition --
insert into {partition} (consumer_id, generation, as_of, decision_id, outcome, reasons, total_cents,
                         expires_at, standing, facts, row)
select r.consumer_id, {number}, a.as_of, a.decision_id, a.outcome, a.reasons, a.total_cents,
       a.expires_at, a.standing, a.facts, a.row
  from arriving a
  join consumer_reference r on r.portfolio = %(portfolio)s and r.reference = a.reference

-- count_partition --
select count(*) from {partition}

-- key_partition --
-- After the rows, which is faster; it also finds whoever stands twice.
alter table {partition}
    add primary key (consumer_id, generation),
    add check (generation = {number})

-- attach_partition --
-- The check above spares a scan, so the lock, which lets readers by, is held for a moment only.
alter table offline_power attach partition {partition} for values in ({number})

-- note_loaded --
update generation set loaded_at = now() where generation = %(generation)s

-- analyze_partition --
analyze {partition}

-- compare_generation --
select (select count(*) from offline_power
         where generation = %(generation)s and outcome = 'approved'),
       (select count(*) from offline_power
         where generation = %(current)s and outcome = 'approved'),
       (select count(*) from offline_power n join offline_power o using (consumer_id)
         where n.generation = %(generation)s and o.generation = %(current)s and n.as_of < o.as_of),
       (select count(*) from offline_power
         where generation = %(generation)s and outcome = 'approved' and expires_at <= now())

-- find_current --
select g.generation, g.run_digest, g.portfolio, g.bundle_digest, g.claim, g.rows, g.loaded_at,
       g.published_at
  from current_generation c
  join generation g using (generation)
 where c.portfolio = %(portfolio)s

-- find_superseded --
-- Loaded and not current; what was never published comes last.
select g.generation, g.run_digest, g.portfolio, g.bundle_digest, g.claim, g.rows, g.loaded_at,
       g.published_at
  from generation g
 where g.portfolio = %(portfolio)s and g.loaded_at is not null
   and not exists (select 1 from current_generation c where c.generation = g.generation)
 order by g.published_at desc nulls last, g.generation desc

-- move_pointer --
insert into current_generation (portfolio, generation, published_at)
values (%(portfolio)s, %(generation)s, now())
    on conflict (portfolio) do update
   set generation = excluded.generation, published_at = excluded.published_at

-- note_published --
-- A rollback does not come here: what was published before what stays the order of publishing.
update generation set published_at = now() where generation = %(generation)s

-- detach_partition --
-- Waits for those who read it, and lets everybody else by. Not inside a transaction.
alter table offline_power detach partition {partition} concurrently

-- is_attached --
select exists (select 1 from pg_inherits i
                where i.inhparent = 'offline_power'::regclass
                  and i.inhrelid = to_regclass(%(partition)s))

-- forget_generation --
delete from generation where generation = %(generation)s
