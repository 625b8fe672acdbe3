-- Which version of the folding made name_key, email_key and search. A Rollcall with a newer folding
-- rebuilds those of an earlier one.
alter table public.users add column folding smallint not null default 1;
alter table public.import_rows add column folding smallint not null default 1;

create index users_outdated on public.users (seq) where folding < 2;

-- A Rollcall from before this migration may still run, and writes no version. Its texts do not begin
-- with two spaces.
create function public.mark_unversioned_folding() returns trigger language plpgsql as $$
begin
    new.folding := 1;
    return new;
end
$$;

create trigger users_unversioned_folding before update of search on public.users
for each row when (new.folding > 1 and left(new.search, 2) <> '  ')
execute function public.mark_unversioned_folding();
