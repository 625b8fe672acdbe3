-- API tokens.
create table public.tokens (
    -- UUID version 7.
    id uuid primary key,
    -- SHA-256 of the token.
    hash bytea not null unique check (octet_length(hash) = 32),
    name text not null,
    -- Separated by spaces.
    scopes text not null,
    -- Null: made on the machine itself.
    owner_id uuid references public.users (id) on delete set null,
    created_at timestamptz not null,
    expires_at timestamptz,
    -- Written at most once a minute.
    last_used_at timestamptz,
    revoked_at timestamptz
);

create index tokens_owner on public.tokens (owner_id);
