-- POSTs that came with an Idempotency-Key, and what they were answered, for a day.
create table idempotency_keys (
    -- Whose key it is: nobody meets somebody else's.
    actor text not null,
    -- SHA-256 of the key.
    key_hash blob not null check (length(key_hash) = 32),
    -- SHA-256 of the method, path and body that came with it.
    request_hash blob not null check (length(request_hash) = 32),
    created_at integer not null,
    -- Null while the request is in flight, and so are headers and body.
    status integer,
    -- [[name, value], …]
    headers text,
    body blob,
    primary key (actor, key_hash)
) strict;

create index idempotency_keys_created_at on idempotency_keys (created_at);

-- Who has been in the trash for too long.
create index users_deleted_at on users (deleted_at) where deleted_at is not null;
