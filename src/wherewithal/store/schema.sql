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
    -- Numbers of the last ledger entry and of the last event; both are counted per consumer.
    ledger_seq        bigint      not null default 0,
    event_seq         bigint      not null default 0,
    -- The most that the consumer wants to owe; null: no cap of their own.
    own_cap_cents     bigint      check (own_cap_cents >= 0),
    -- Own performance, kept with each entry of the ledger.
    first_booked_on   date,
    on_time_payments  integer     not null default 0,
    has_charge_off    boolean     not null default false,
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
    -- The only merchant that it speaks for; null: for all.
    merchant_id    text,
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
    -- The typed failure that it was decided on; null where the facts were.
    failure         text,
    -- The catalogue of facts as it was (facts_catalogue), which the decision's name depends on.
    facts_digest    text,
    -- SHA-256 of the canonical bytes of all that was decided (qualify/canonical.py).
    row_sha256      bytea       check (octet_length(row_sha256) = 32),
    primary key (consumer_id, seq),
    foreign key (consumer_id) references consumer
);
-- Whoever repeats a decision may know no more than its name.
create index decision_by_id on decision (decision_id, consumer_id);

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
    -- How `facts` and `row` of its people are to be read, and what decided them; null where they
    -- were not kept.
    facts_digest   text,
    row_columns    text[],
    code_build     text,
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
    -- What it was decided on, and the decision row, so that it can be repeated: values in the order
    -- that the generation names, as one line (service/kept_lines.py), a quarter of the same as JSON.
    -- Null where the run did not keep its facts.
    facts          text,
    row            text,
    primary key (consumer_id, generation)
) partition by list (generation);

-- The duty that a communicated decision opened. Sending comes later; nothing here is ever deleted.
create table notice_case (
    consumer_id          uuid        not null,
    notice_id            uuid        not null,
    prequalification_id  uuid        not null,
    -- declined | product_declined | lower_amount | incomplete | no_file | counteroffer | not_honoured
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
