-- Consumers: a person is one row here, however they spell themselves.

-- give_up_keys --
-- Keys that point to particulars which the bureau said are nobody's; proven ones are never touched,
-- because the look-up names only accounts that no report ever fitted.
delete from identity_key
where consumer_id = any(%(refuted)s) and index_version = %(index_version)s
    and (kind, blind_index) in (('ssn', %(ssn)s::bytea), ('name_dob_zip', %(name_dob_zip)s::bytea))

-- add_consumer --
-- All or nothing: a key that somebody has already refuses the whole statement.
with added as (
    insert into consumer (consumer_id, data_key) values (%(consumer_id)s, %(data_key)s)
), named as (
    insert into consumer_identity (consumer_id, sealed) values (%(consumer_id)s, %(sealed)s)
), referred as (
    insert into consumer_reference (portfolio, reference, consumer_id)
    select %(portfolio)s::text, %(reference)s::text, %(consumer_id)s
    where %(portfolio)s::text is not null
)
insert into identity_key (kind, index_version, blind_index, consumer_id) values
    ('ssn', %(index_version)s, %(ssn)s, %(consumer_id)s),
    ('name_dob_zip', %(index_version)s, %(name_dob_zip)s, %(consumer_id)s)
