-- Consumers: a person is one row here, however they spell themselves.

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
