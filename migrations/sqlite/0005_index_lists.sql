-- The trash in each order of the list.
create index users_deleted_name on users (name_key, id) where deleted_at is not null;
create index users_deleted_email on users (email_key, id) where deleted_at is not null;
create index users_deleted_created_at on users (created_at, id) where deleted_at is not null;
create index users_deleted_updated_at on users (updated_at, id) where deleted_at is not null;

-- Which users have a needle of three characters or more somewhere in what is searched. The text
-- itself stays in `users` alone.
create virtual table users_search using fts5 (
    search, content = 'users', content_rowid = 'seq', tokenize = 'trigram case_sensitive 1'
);

insert into users_search (rowid, search) select seq, search from users;

create trigger users_search_insert after insert on users begin
    insert into users_search (rowid, search) values (new.seq, new.search);
end;

create trigger users_search_delete after delete on users begin
    insert into users_search (users_search, rowid, search) values ('delete', old.seq, old.search);
end;

create trigger users_search_update after update of search on users when old.search <> new.search begin
    insert into users_search (users_search, rowid, search) values ('delete', old.seq, old.search);
    insert into users_search (rowid, search) values (new.seq, new.search);
end;
