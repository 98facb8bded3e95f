-- The ledger: holds, loans, commitments, events, and what is kept to decide again.
alter table consumer
    add column ledger_seq bigint not null default 0,
    add column event_seq bigint not null default 0,
    add column own_cap_cents bigint check (own_cap_cents >= 0),
    add column first_booked_on date,
    add column on_time_payments integer not null default 0,
    add column has_charge_off boolean not null default false;
alter table credential add column merchant_id text;
alter table decision
    add column failure text,
    add column facts_digest text,
    add column row_sha256 bytea check (octet_length(row_sha256) = 32);
drop index decision_by_id;
create index decision_by_id on decision (decision_id, consumer_id);
alter table generation
    add column facts_digest text,
    add column row_columns text[],
    add column code_build text;
alter table offline_power
    add column facts text,
    add column row text;

-- What the programs of a bundle were, by digest: enough to decide again after policy has moved on.
create table bundle_artefact (
    bundle_digest  text        not null,
    -- A zip of the bundle's files, names sorted, times zeroed.
    files          bytea       not null,
    kept_at        timestamptz not null default now(),
    primary key (bundle_digest)
);

-- The catalogue of facts of a program, by digest: names, types and ranges, in their order.
create table facts_catalogue (
    facts_digest  text        not null,
    facts         bytea       not null,
    kept_at       timestamptz not null default now(),
    primary key (facts_digest)
);

-- Power reserved at a checkout. Its states and moves stand in service/hold_states.py and in
-- docs/holds.md; a hold that is past `expires_at` by the database's clock is expired, whether or
-- not a sweeper has come by to write it down.
create table hold (
    consumer_id            uuid        not null,
    hold_id                uuid        not null,
    merchant_id            text        not null,
    -- The merchant's own; unique for ever at that merchant (hold_reference).
    reference              text        not null,
    -- Keyed hash of what was asked; the same reference with another request is refused.
    request_digest         bytea       not null check (octet_length(request_digest) = 32),
    credential_id          text        not null,
    prequalification_id    uuid        not null,
    decision_seq           bigint      not null,
    bundle_digest          text        not null,
    commitment_id          uuid,
    product                text        not null,
    plan                   text        not null,
    program_id             text        not null,
    originator             text        not null,
    law_row_id             text        not null,
    -- direct | card: on card rails a clearing above the authorisation is booked all the same.
    rail                   text        not null check (rail in ('direct', 'card')),
    basket_cents           bigint      not null check (basket_cents > 0),
    down_payment_cents     bigint      not null check (down_payment_cents >= 0),
    amount_financed_cents  bigint      not null check (amount_financed_cents > 0),
    note_rate_bps          integer     not null,
    apr_bps                integer     not null,
    apr_cap_bps            integer     not null,
    -- [[due_on, amount, principal, interest], ...] of what is still held.
    payments               jsonb       not null,
    status                 text        not null
                           check (status in ('held', 'captured', 'voided', 'expired')),
    -- Of the basket, and of the amount financed; a hold that is captured in part still holds the rest.
    captured_cents         bigint      not null default 0 check (captured_cents >= 0),
    held_cents             bigint      not null check (held_cents >= 0),
    placed_at              timestamptz not null,
    expires_at             timestamptz not null,
    ended_at               timestamptz,
    -- What the first request was answered with, byte for byte.
    response               bytea       not null,
    primary key (consumer_id, hold_id),
    foreign key (consumer_id, prequalification_id) references prequalification,
    constraint hold_ends_after_it_is_placed check (expires_at > placed_at),
    constraint hold_ended_holds_nothing check ((status = 'held') = (ended_at is null)
        and (status = 'held' or held_cents = 0))
);
create index hold_open on hold (consumer_id) where status = 'held';
create index hold_by_expiry on hold (expires_at) where status = 'held';
create index hold_open_by_merchant on hold (merchant_id, expires_at) where status = 'held';

create table hold_reference (
    merchant_id  text not null,
    reference    text not null check (length(reference) between 1 and 100),
    consumer_id  uuid not null,
    hold_id      uuid not null,
    primary key (merchant_id, reference),
    -- Who captures a hold need not know whose it is.
    unique (hold_id),
    foreign key (consumer_id, hold_id) references hold
);

-- Principal that is owed: booked by a capture, or imported.
create table loan (
    consumer_id        uuid        not null,
    loan_id            uuid        not null,
    hold_id            uuid,
    -- The merchant's for a capture, the lender's own number for an import.
    reference          text        not null,
    merchant_id        text,
    product            text        not null,
    plan               text        not null,
    originator         text        not null,
    note_rate_bps      integer     not null,
    -- What of a basket was bought by it; null for an import.
    basket_cents       bigint,
    principal_cents    bigint      not null check (principal_cents > 0),
    outstanding_cents  bigint      not null check (outstanding_cents between 0 and principal_cents),
    status             text        not null
                       check (status in ('open', 'repaid', 'refunded', 'charged_off')),
    booked_on          date        not null,
    booked_at          timestamptz not null,
    -- Cleared above what was held, or after it had expired: owed, and grants nothing new.
    is_over_limit      boolean     not null default false,
    -- Reported to the bureau: its trade line there is ours and is not counted again.
    is_furnished       boolean     not null default false,
    primary key (consumer_id, loan_id),
    foreign key (consumer_id, hold_id) references hold,
    foreign key (consumer_id) references consumer,
    -- A capture is made once.
    unique (consumer_id, hold_id, reference)
);
create index loan_open on loan (consumer_id) where status = 'open';
-- The lender's own number of an import, once.
create unique index loan_imported_once on loan (consumer_id, reference) where hold_id is null;

-- Who pays or refunds a loan need not know whose it is.
create table loan_reference (
    loan_id      uuid not null,
    consumer_id  uuid not null,
    -- Null: it was lent nowhere that we know.
    merchant_id  text,
    primary key (loan_id),
    foreign key (consumer_id, loan_id) references loan
);

create table instalment (
    consumer_id      uuid     not null,
    loan_id          uuid     not null,
    number           smallint not null,
    due_on           date     not null,
    -- Falls where something is refunded.
    amount_cents     bigint   not null check (amount_cents >= 0),
    principal_cents  bigint   not null check (principal_cents >= 0),
    interest_cents   bigint   not null check (interest_cents >= 0),
    paid_cents       bigint   not null default 0 check (paid_cents between 0 and amount_cents),
    paid_on          date,
    -- When it was written down that it is late, or that nobody waits for it any more; whether it is
    -- late is computed when it is read.
    late_at          timestamptz,
    primary key (consumer_id, loan_id, number),
    foreign key (consumer_id, loan_id) references loan
);
create index instalment_unpaid on instalment (due_on)
    where paid_cents < amount_cents and late_at is null;

-- Everything that ever changed what a consumer owes or has promised; nothing is changed or deleted
-- here. Sums of it are the account's totals, and a recompute finds no difference.
create table ledger_entry (
    consumer_id        uuid        not null,
    entry_seq          bigint      not null,
    -- service/ledger_records.EntryKind.
    kind               text        not null,
    at                 timestamptz not null,
    hold_id            uuid,
    loan_id            uuid,
    -- The caller's own; one effect for each kind, hold or loan, and reference.
    reference          text,
    amount_cents       bigint      not null,
    held_delta_cents   bigint      not null,
    drawn_delta_cents  bigint      not null,
    detail             jsonb       not null default '{}',
    primary key (consumer_id, entry_seq),
    foreign key (consumer_id) references consumer
);
create unique index ledger_entry_once on ledger_entry
    (consumer_id, kind, coalesce(loan_id, hold_id), reference) where reference is not null;

-- A prequalification that is a promise, until it expires: see docs/commitments.md.
create table commitment (
    consumer_id          uuid        not null,
    commitment_id        uuid        not null,
    prequalification_id  uuid        not null,
    decision_seq         bigint      not null,
    bundle_digest        text        not null,
    product              text        not null,
    amount_cents         bigint      not null check (amount_cents > 0),
    issued_at            timestamptz not null,
    expires_at           timestamptz not null,
    -- [{code, check, source, threshold, value_at_issue, ...}]
    preconditions        jsonb       not null,
    -- The columns that power is computed from, as of the decision that was promised.
    standing             jsonb       not null,
    -- Detached JWS over `document`.
    document             bytea       not null,
    signature            text        not null,
    primary key (consumer_id, commitment_id),
    foreign key (consumer_id, prequalification_id) references prequalification,
    constraint commitment_lives_a_week check (expires_at > issued_at
        and expires_at <= issued_at + interval '7 days')
);

-- Every attempt to use a commitment, honoured or not: the honour rate is counted from here.
create table hold_attempt (
    consumer_id     uuid        not null,
    attempt_id      uuid        not null,
    commitment_id   uuid        not null,
    hold_id         uuid,
    merchant_id     text        not null,
    product         text        not null,
    at              timestamptz not null,
    amount_cents    bigint      not null,
    -- Within the commitment's time and amount: the denominator.
    is_within       boolean     not null,
    is_honoured     boolean     not null,
    -- Whether every precondition was looked at again.
    is_same_facts   boolean     not null,
    -- A code of the bundle's commitments.toml, or a word of service/honour_commitment.py; null if honoured.
    cause           text,
    -- [{code, value_then, value_now, state}]
    preconditions   jsonb       not null,
    -- The merchant's own; asked again, it is the same attempt, and the first answer is counted.
    reference       text        not null,
    -- The best that the person could still buy there: {product, plan, basket_cents, ...}.
    still_stands    jsonb,
    primary key (consumer_id, attempt_id),
    foreign key (consumer_id, commitment_id) references commitment
);
create index hold_attempt_by_time on hold_attempt (at);

-- A consumer lets a merchant know amounts; without it a merchant hears yes or no.
create table sharing_consent (
    consumer_id   uuid        not null,
    consent_id    uuid        not null,
    -- Null: every merchant.
    merchant_id   text,
    text_version  text        not null,
    text_sha256   bytea       not null check (octet_length(text_sha256) = 32),
    given_at      timestamptz not null,
    revoked_at    timestamptz,
    primary key (consumer_id, consent_id),
    foreign key (consumer_id) references consumer
);

-- An amount that was shown to somebody, and on what it rested.
create table receipt (
    consumer_id   uuid        not null,
    receipt_id    uuid        not null,
    shown_at      timestamptz not null,
    decision_id   text        not null,
    merchant_id   text,
    product       text,
    amount_cents  bigint,
    answer        bytea       not null,
    primary key (consumer_id, receipt_id),
    foreign key (consumer_id) references consumer
);
create index receipt_by_time on receipt (consumer_id, shown_at desc);

-- The outbox: written with what it tells of, numbered per consumer under the consumer's lock.
create table event (
    consumer_id    uuid        not null,
    event_seq      bigint      not null,
    event_id       uuid        not null,
    type           text        not null,
    -- The merchant that it concerns; null: the lender alone.
    merchant_id    text,
    -- Ids and amounts, no identity.
    payload        jsonb       not null,
    created_at     timestamptz not null,
    -- Null until its deliveries are written.
    dispatched_at  timestamptz,
    primary key (consumer_id, event_seq),
    foreign key (consumer_id) references consumer
);
create index event_waiting on event (created_at) where dispatched_at is null;
create index event_by_time on event (created_at);

create table webhook_endpoint (
    endpoint_id    uuid        not null,
    credential_id  text        not null,
    -- Hears of this merchant alone; null: of all.
    merchant_id    text,
    url            text        not null,
    types          text[]      not null,
    -- Sealed under the service's own key; shown once, when it is made.
    secret         bytea       not null,
    created_at     timestamptz not null,
    disabled_at    timestamptz,
    -- asked | gone: by whoever manages it, or because it answered 410.
    disabled_why   text,
    -- While a secret is being changed, the one before it signs too.
    secret_before  bytea,
    before_until   timestamptz,
    primary key (endpoint_id)
);

-- An event on its way to one endpoint: written when the event is dispatched.
create table delivery (
    consumer_id    uuid        not null,
    event_seq      bigint      not null,
    endpoint_id    uuid        not null,
    event_id       uuid        not null,
    status         text        not null check (status in ('waiting', 'delivered', 'dead')),
    attempts       integer     not null default 0,
    queued_at      timestamptz not null,
    -- When it is due; while it is claimed, when the claim ends.
    next_at        timestamptz not null,
    -- Fencing: only the last claim may write what came of an attempt.
    claim          uuid,
    last_status    integer,
    last_error     text,
    delivered_at   timestamptz,
    primary key (consumer_id, event_seq, endpoint_id),
    foreign key (consumer_id, event_seq) references event
);
create index delivery_due on delivery (endpoint_id, next_at) where status = 'waiting';
create index delivery_dead on delivery (endpoint_id) where status = 'dead';
create index delivery_by_event on delivery (event_id);
