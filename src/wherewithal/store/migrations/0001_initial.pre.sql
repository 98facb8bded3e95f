-- The whole schema as it is after all migrations; `migrations/` is how a database gets there, and a
-- test shows that both come to the same. Core SQL only: Postgres 15 and newer, sharded ones included.
--
-- Every table that holds a person's data leads its keys with consumer_id, so that hash sharding by
-- consumer changes nothing here. Moments are timestamptz, money is bigint cents. What names a person
-- is sealed (store/sealing.py) and found by blind index only.

-- One account row a consumer: every write of a decision or a hold locks it first.
create table consumer (
    consumer_id       uuid        not null,
    created_at        timestamptz not null default now(),
    -- Number of the consumer's last decision; decisions are counted per consumer.
    seq               bigint      not null default 0,
    -- The consumer's own data key, wrapped under the master key; deleting it shreds what it sealed.
    data_key          bytea,
    -- Sticky; no batch may clear them (fraud, deceased, sanctions, legal_hold | opt_out, under_21, alert).
    blocks_credit     text[]      not null default '{}',
    blocks_marketing  text[]      not null default '{}',
    -- Principal outstanding, and held at checkouts; never below zero, and never checked against a
    -- limit: a limit may fall below what is owed.
    drawn_cents       bigint      not null default 0 check (drawn_cents >= 0),
    held_cents        bigint      not null default 0 check (held_cents >= 0),
    primary key (consumer_id)
);

create table consumer_identity (
    consumer_id  uuid        not null,
    sealed       bytea       not null,
    sealed_at    timestamptz not null default now(),
    primary key (consumer_id),
    foreign key (consumer_id) references consumer
);

-- Finds a consumer by a keyed hash of what they said of themselves; holds nothing readable.
create table identity_key (
    kind           text     not null,
    index_version  smallint not null,
    blind_index    bytea    not null check (octet_length(blind_index) = 32),
    consumer_id    uuid     not null,
    primary key (kind, index_version, blind_index),
    foreign key (consumer_id) references consumer
);

-- Finds a consumer by the lender's own number for them in a portfolio.
create table consumer_reference (
    portfolio    text not null check (portfolio <> ''),
    reference    text not null check (reference <> ''),
    consumer_id  uuid not null,
    primary key (portfolio, reference),
    foreign key (consumer_id) references consumer
);

-- Service keys. The secret is 32 random bytes; only its hash is here.
create table credential (
    credential_id  text        not null,
    name           text        not null,
    secret_sha256  bytea       not null check (octet_length(secret_sha256) = 32),
    scopes         text[]      not null,
    created_at     timestamptz not null default now(),
    expires_at     timestamptz,
    revoked_at     timestamptz,
    primary key (credential_id)
);

-- A consent is given with an inquiry, and carries the inquiry's id.
create table consent (
    consumer_id    uuid        not null,
    consent_id     uuid        not null,
    scope          text        not null check (scope in ('once', 'standing')),
    purpose        text        not null,
    text_version   text        not null,
    text_sha256    bytea       not null check (octet_length(text_sha256) = 32),
    channel        text        not null,
    credential_id  text        not null,
    given_at       timestamptz not null,
    expires_at     timestamptz not null,
    revoked_at     timestamptz,
    primary key (consumer_id, consent_id),
    unique (consumer_id, consent_id, purpose, expires_at),
    foreign key (consumer_id) references consumer,
    constraint consent_ends_after_it_is_given check (expires_at > given_at)
);

-- A pull of a bureau's report and what came of it. It cannot exist without a consent for the same
-- purpose that is neither expired (check) nor revoked nor used up (trigger) when the bureau is asked.
create table report (
    consumer_id         uuid        not null,
    inquiry_id          uuid        not null,
    consent_id          uuid        not null,
    purpose             text        not null,
    consent_expires_at  timestamptz not null,
    bureau              text        not null,
    asked_at            timestamptz not null,
    status              text        not null check (status in ('asked', 'answered')),
    answered_at         timestamptz,
    reported_on         date,
    -- Facts of the file alone, before what the person states; null where it is a failure.
    facts               jsonb,
    failure             text,
    failure_cause       text,
    flags               text[]      not null default '{}',
    score               integer,
    score_model         text,
    score_factors       text[]      not null default '{}',
    -- The bureau's answer as it came.
    sealed              bytea,
    primary key (consumer_id, inquiry_id),
    foreign key (consumer_id, consent_id, purpose, consent_expires_at)
        references consent (consumer_id, consent_id, purpose, expires_at),
    constraint report_consent_has_not_expired check (asked_at < consent_expires_at),
    check ((status = 'answered') = (answered_at is not null))
);
create index report_by_answer on report (consumer_id, purpose, answered_at desc);

create function refuse_pull_without_consent() returns trigger language plpgsql as $$
begin
    perform 1 from consent c
      where c.consumer_id = new.consumer_id and c.consent_id = new.consent_id
        and c.revoked_at is null
        for key share;
    if not found then
        raise exception 'the consent is revoked or absent' using errcode = 'check_violation',
            constraint = 'report_consent_is_live';
    end if;
    perform 1 from consent c join report r using (consumer_id, consent_id)
      where c.consumer_id = new.consumer_id and c.consent_id = new.consent_id and c.scope = 'once'
        and r.inquiry_id <> new.inquiry_id;
    if found then
        raise exception 'the consent was for one pull' using errcode = 'check_violation',
            constraint = 'report_consent_is_unused';
    end if;
    return new;
end $$;
create trigger report_needs_live_consent before insert on report
    for each row execute function refuse_pull_without_consent();

create table prequalification (
    consumer_id             uuid        not null,
    prequalification_id     uuid        not null,
    consent_id              uuid        not null,
    credential_id           text        not null,
    purpose                 text        not null,
    channel                 text        not null,
    requested_amount_cents  bigint      check (requested_amount_cents > 0),
    -- What the person states of income, housing and state; never of who they are.
    stated                  jsonb       not null,
    asked_at                timestamptz not null,
    status                  text        not null check (status in ('pending', 'decided')),
    final_by                timestamptz,
    decided_at              timestamptz,
    -- The decision that answers; null where none was made (identity refused, pending).
    decision_seq            bigint,
    -- What the first request was answered with, byte for byte, and what it is answered with now.
    first_status            smallint    not null,
    first_response          bytea       not null,
    response                bytea       not null,
    primary key (consumer_id, prequalification_id),
    foreign key (consumer_id, consent_id) references consent,
    check ((status = 'decided') = (decided_at is not null))
);
-- How often a person was asked about of late.
create index prequalification_by_time on prequalification (consumer_id, asked_at);

-- A request's key under a credential: who works on it, and where its answer is kept.
create table idempotency (
    credential_id        text        not null,
    idempotency_key      text        not null check (length(idempotency_key) between 1 and 255),
    -- Keyed hash of the body; the body itself holds identity data.
    request_digest       bytea       not null check (octet_length(request_digest) = 32),
    -- Given at the first claim; a retry after a crash goes on with the same inquiry.
    inquiry_id           uuid        not null,
    created_at           timestamptz not null default now(),
    -- Fencing: only the last claim may finish.
    claim                uuid        not null,
    claimed_by           uuid        not null,
    claimed_until        timestamptz not null,
    -- Null until answered; then the answer is prequalification (consumer_id, inquiry_id).
    consumer_id          uuid,
    primary key (credential_id, idempotency_key)
);
create index idempotency_by_age on idempotency (created_at);

create table decision (
    consumer_id     uuid        not null,
    seq             bigint      not null,
    decision_id     text        not null,
    tempo           text        not null check (tempo in ('now', 'offline')),
    purpose         text        not null,
    inquiry_id      uuid        not null,
    -- The pull whose report it rests on; null where none was needed.
    report_id       uuid,
    as_of           date        not null,
    decided_at      timestamptz not null,
    expires_at      timestamptz not null,
    bundle_digest   text        not null,
    code_build      text        not null,
    outcome         text        not null,
    failure_cause   text,
    reasons         text[]      not null,
    -- All facts that it was decided on, and every value of the decision row: enough to repeat it.
    facts           jsonb       not null,
    row             jsonb       not null,
    matched         jsonb       not null,
    primary key (consumer_id, seq),
    foreign key (consumer_id) references consumer
);
create index decision_by_id on decision (consumer_id, decision_id);

-- What a consumer can spend by the last decision made now.
create table power (
    consumer_id    uuid        not null,
    as_of          timestamptz not null,
    seq            bigint      not null,
    decision_id    text        not null,
    bundle_digest  text        not null,
    claim          text        not null,
    outcome        text        not null,
    reasons        text[]      not null,
    total_cents    bigint,
    expires_at     timestamptz not null,
    -- The columns of the decision row that power at a merchant is computed from, with the state.
    standing       jsonb       not null,
    -- The products' part of the answer, as it is sent.
    products       bytea       not null,
    primary key (consumer_id),
    foreign key (consumer_id) references consumer
);

-- Decisions published from offline runs: one partition a generation, one pointer to the current one.
create table generation (
    generation     bigint      generated always as identity,
    -- Names the run by bundle, facts and day; the same run is published once.
    run_digest     text        not null unique,
    portfolio      text        not null,
    bundle_digest  text        not null,
    claim          text        not null,
    rows           bigint      not null,
    loaded_at      timestamptz,
    published_at   timestamptz,
    created_at     timestamptz not null default now(),
    primary key (generation)
);

create table current_generation (
    portfolio      text        not null,
    generation     bigint      not null,
    published_at   timestamptz not null,
    primary key (portfolio),
    foreign key (generation) references generation
);

create table offline_power (
    consumer_id    uuid        not null,
    generation     bigint      not null,
    as_of          timestamptz not null,
    decision_id    text        not null,
    outcome        text        not null,
    reasons        text[]      not null,
    total_cents    bigint,
    expires_at     timestamptz not null,
    standing       jsonb       not null,
    primary key (consumer_id, generation)
) partition by list (generation);

-- The duty that a communicated decision opened. Sending comes later; nothing here is ever deleted.
create table notice_case (
    consumer_id          uuid        not null,
    notice_id            uuid        not null,
    prequalification_id  uuid        not null,
    -- declined | product_declined | lower_amount | incomplete | no_file
    kind                 text        not null,
    -- Sections of law that ask for the notice.
    regimes              text[]      not null,
    product              text,
    reasons              text[]      not null,
    bureau               text,
    score                integer,
    score_model          text,
    score_factors        text[]      not null default '{}',
    opened_at            timestamptz not null,
    due_on               date        not null,
    sent_at              timestamptz,
    primary key (consumer_id, notice_id),
    foreign key (consumer_id, prequalification_id) references prequalification
);

-- Merchants and programs: small, read whole into memory by version.
create table program (
    program_id  text  not null,
    terms       jsonb not null,
    primary key (program_id)
);

create table merchant (
    merchant_id  text    not null,
    name         text    not null,
    mcc          text    not null,
    joined_on    date    not null,
    program_ids  text[]  not null,
    is_paused    boolean not null default false,
    primary key (merchant_id)
);

-- One row. A writer of merchants or programs raises its number in the same transaction.
create table directory_version (
    is_only            boolean not null default true check (is_only),
    merchants_version  bigint  not null default 0,
    programs_version   bigint  not null default 0,
    primary key (is_only)
);
insert into directory_version default values;
