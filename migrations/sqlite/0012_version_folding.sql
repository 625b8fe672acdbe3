-- Which version of the folding made name_key, email_key and search. A Rollcall with a newer folding
-- rebuilds those of an earlier one.
alter table users add column folding integer not null default 1;
alter table import_rows add column folding integer not null default 1;

create index users_outdated on users (seq) where folding < 2;

-- A Rollcall from before this migration may still run, and writes no version. Its texts do not begin
-- with two spaces.
create trigger users_unversioned_folding after update of search on users
when new.folding > 1 and substr(new.search, 1, 2) <> '  ' begin
    update users set folding = 1 where seq = new.seq;
end;
