-- Service keys: found by the public part that they carry; the secret is never here, only its hash.

-- find_credential --
-- Expiry is the database's to say; an application's clock decides nothing.
select credential_id, secret_sha256, scopes, merchant_id
  from credential
 where credential_id = %(credential_id)s
   and revoked_at is null
   and (expires_at is null or expires_at > now())

-- add_credential --
insert into credential (credential_id, name, secret_sha256, scopes, expires_at, merchant_id)
values (%(credential_id)s, %(name)s, %(secret_sha256)s, %(scopes)s, %(expires_at)s,
        %(merchant_id)s)

-- revoke_credential --
-- The first moment of revoking stays.
update credential
   set revoked_at = coalesce(revoked_at, now())
 where credential_id = %(credential_id)s
returning credential_id

-- list_credentials --
select credential_id, name, scopes, created_at, expires_at, revoked_at, merchant_id
  from credential
 order by created_at, credential_id
