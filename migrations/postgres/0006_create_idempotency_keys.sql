-- POSTs that came with an Idempotency-Key, and what they were answered, for a day.
create table public.idempotency_keys (
    -- Whose key it is: nobody meets somebody else's.
    actor text not null,
    -- SHA-256 of the key.
    key_hash bytea not null check (octet_length(key_hash) = 32),
    -- SHA-256 of the method, path and body that came with it.
    request_hash bytea not null check (octet_length(request_hash) = 32),
    created_at timestamptz not null,
    -- Null while the request is in flight, and so are headers and body.
    status bigint,
    -- [[name, value], …]
    headers text,
    body bytea,
    primary key (actor, key_hash)
);

create index idempotency_keys_created_at on public.idempotency_keys (created_at);

-- Who has been in the trash for too long.
create index users_deleted_at on public.users (deleted_at) where deleted_at is not null;
