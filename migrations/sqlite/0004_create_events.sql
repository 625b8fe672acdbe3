-- The audit trail: written in the transaction of what it tells of.
create table events (
    -- Never used again: a cursor into the trail.
    seq integer primary key autoincrement,
    at integer not null,
    actor_kind text not null check (actor_kind in ('anonymous', 'user', 'token', 'operator')),
    -- Of a user or a token; nothing refers to them, for the trail outlives both.
    actor_id blob,
    address text,
    request_id text,
    action text not null,
    user_id blob,
    -- [[field, from, to], …]; never a secret.
    changes text not null
) strict;

create index events_user on events (user_id, seq);
create index events_actor on events (actor_id, seq);
create index events_action on events (action, seq);
create index events_at on events (at);
