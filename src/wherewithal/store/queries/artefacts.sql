-- What decided, by digest. Nothing here is changed or deleted: it is kept five years after the last
-- decision by it (docs/replay.md).

-- keep_bundle --
insert into bundle_artefact (bundle_digest, files) values (%(digest)s, %(kept)s)
on conflict (bundle_digest) do nothing

-- find_bundle --
select files from bundle_artefact where bundle_digest = %(digest)s

-- keep_catalogue --
insert into facts_catalogue (facts_digest, facts) values (%(digest)s, %(kept)s)
on conflict (facts_digest) do nothing

-- find_catalogue --
select facts from facts_catalogue where facts_digest = %(digest)s
