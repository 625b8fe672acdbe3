-- People brought in from files.
create table imports (
    seq integer primary key,
    id blob not null unique check (length(id) = 16),
    file text not null,
    size integer not null,
    part_size integer not null,
    -- Only what lasts: what is being done with it now says `activity`.
    state text not null check (state in ('receiving', 'checked', 'applied', 'undone', 'failed', 'cancelled')),
    -- Somebody works on it until then: checking, applying or undoing.
    activity text,
    active_until integer,
    done integer not null default 0,
    total integer not null default 0,
    -- Everything else that is known of it, as JSON.
    details text not null,
    actor_kind text not null check (actor_kind in ('user', 'token', 'operator')),
    actor_id blob,
    -- Whether it may bring ids, times and versions of its own.
    takes_all integer not null check (takes_all in (0, 1)),
    -- Read by the command line itself: no parts, and nothing to come back to when it has gone.
    is_local integer not null check (is_local in (0, 1)),
    created_at integer not null,
    updated_at integer not null
) strict;

create index imports_created_at on imports (created_at);

-- A part of a file in pieces, so that nobody has to hold much of it.
create table import_pieces (
    import integer not null references imports (seq) on delete cascade,
    part integer not null,
    piece integer not null,
    bytes blob not null,
    primary key (import, part, piece)
) strict;

-- The rows of a file as they were read. What becomes of each is what the directory says just then.
create table import_rows (
    import integer not null references imports (seq) on delete cascade,
    line integer not null,
    -- The id of whoever is created from it.
    id blob check (length(id) = 16),
    -- Whether the file says so.
    has_id integer not null default 0 check (has_id in (0, 1)),
    name text,
    email text,
    name_key text,
    email_key text,
    search text,
    version integer,
    created_at integer,
    updated_at integer,
    deleted_at integer,
    -- [[column, value, message], …]: what is wrong with it.
    errors text,
    -- What became of it, once it was refused.
    outcome text,
    -- The earlier line with the same address or id.
    duplicate_of integer,
    primary key (import, line)
) strict, without rowid;

-- The import that an event was part of.
alter table events add column import_id blob;
create index events_import on events (import_id, seq) where import_id is not null;
