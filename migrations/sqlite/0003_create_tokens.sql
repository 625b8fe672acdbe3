-- API tokens.
create table tokens (
    -- UUID version 7.
    id blob primary key check (length(id) = 16),
    -- SHA-256 of the token.
    hash blob not null unique check (length(hash) = 32),
    name text not null,
    -- Separated by spaces.
    scopes text not null,
    -- Null: made on the machine itself.
    owner_id blob references users (id) on delete set null,
    created_at integer not null,
    expires_at integer,
    -- Written at most once a minute.
    last_used_at integer,
    revoked_at integer
) strict, without rowid;

create index tokens_owner on tokens (owner_id);
