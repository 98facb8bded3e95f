-- Merchants and programs: small, read whole into memory by version.

-- hold_version --
-- Writers take turns; readers are not held up.
select merchants_version, programs_version from directory_version for update

-- read_version --
select merchants_version, programs_version from directory_version

-- read_moment --
select merchants_version, programs_version, now() from directory_version

-- read_programs --
select terms::text from program order by program_id

-- read_merchants --
-- By column, 8,192 merchants a row: a message a merchant would keep the event loop busy for seconds.
-- In no order, which would cost a sort on disk; all columns of a row have the same one.
select json_agg(merchant_id)::text,
       json_agg(name)::text,
       json_agg(mcc)::text,
       json_agg(joined_on - date '1970-01-01')::text,
       json_agg(array_to_string(program_ids, ';'))::text,
       json_agg(is_paused)::text
  from (select m.*, row_number() over () / 8192 as block from merchant m) m
 group by block

-- delete_merchants --
-- Not truncated: who is reading them whole keeps what they began with.
delete from merchant

-- delete_programs --
delete from program

-- create_incoming --
create temp table incoming (
    merchant_id  text,
    name         text,
    mcc          text,
    joined_on    date,
    program_ids  text,
    is_paused    boolean
) on commit drop

-- copy_merchants_in --
copy incoming from stdin (format csv, force_not_null (program_ids))

-- add_merchants --
insert into merchant (merchant_id, name, mcc, joined_on, program_ids, is_paused)
select merchant_id, name, mcc, joined_on, string_to_array(program_ids, ';'), is_paused
  from incoming

-- put_programs --
insert into program (program_id, terms)
select p.terms ->> 'program_id', p.terms
  from jsonb_array_elements(%(programs)s::jsonb) as p (terms)
    on conflict (program_id) do update set terms = excluded.terms

-- raise_both --
update directory_version
   set merchants_version = merchants_version + 1, programs_version = programs_version + 1
returning merchants_version, programs_version

-- raise_programs --
update directory_version set programs_version = programs_version + 1
returning merchants_version, programs_version
