/// The permission that a route requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    Nothing,
    Reading,
    Writing,
    /// Seeing and changing people: no token in this test has both scopes.
    Editing,
    /// Reading data restricted to admins.
    Administering,
    /// Reading data restricted to admins, found by people: no token in this test has both scopes.
    AdministeringByPeople,
    /// Managing roles and access, which no token can do.
    Governing,
    /// A session, whatever the role.
    Session,
    /// Nothing: requests are not authenticated, so that even invalid credentials are accepted.
    Unchecked,
}

use Needs::{Administering, AdministeringByPeople, Editing, Governing, Nothing, Reading, Session, Unchecked, Writing};

#[derive(Debug)]
pub struct Row {
    pub method: &'static str,
    pub path: &'static str,
    /// The request body, valid enough to pass the checks before authorization.
    pub body: &'static str,
    pub needs: Needs,
}

const fn row(method: &'static str, path: &'static str, body: &'static str, needs: Needs) -> Row {
    Row { method, path, body, needs }
}

/// `{id}` stands for a person without sign-in. Signing out comes last, because it ends the session.
pub const TABLE: &[Row] = &[
    row("GET", "/api/v1/users", "", Reading),
    row("GET", "/api/v1/users?status=deleted", "", Editing),
    row("POST", "/api/v1/users", r#"{"name":"Ada","email":"ada@example.org"}"#, Writing),
    row("POST", "/api/v1/users", "nonsense", Writing),
    row("GET", "/api/v1/users/export", "", Reading),
    row("GET", "/api/v1/users/export?status=all", "", Editing),
    row("GET", "/api/v1/users/{id}", "", Reading),
    row("GET", "/api/v1/users/{id}/history", "", Writing),
    row("GET", "/api/v1/audit", "", Administering),
    row("GET", "/rpc/list_users?query=", "", Reading),
    row("GET", "/rpc/get_user?id={id}", "", Reading),
    row("GET", "/rpc/get_person?id={id}", "", Reading),
    row("GET", "/rpc/get_own_account", "", Session),
    row("POST", "/rpc/get_invitation", "token=nonsense", Nothing),
    row("POST", "/rpc/check_setup", "token=nonsense", Nothing),
    row("GET", "/rpc/list_tokens", "", Administering),
    row("GET", "/rpc/list_events?query=", "", Administering),
    row("GET", "/rpc/get_history?id={id}&query=", "", Writing),
    row("GET", "/rpc/list_imports", "", Writing),
    row("GET", "/rpc/get_import?id={id}", "", Writing),
    row("GET", "/rpc/read_import_rows?id={id}&outcome=new&after=0&per_page=10", "", Writing),
    row("GET", "/rpc/list_users?query=status%3Dall", "", Editing),
    row("GET", "/", "", Reading),
    row("GET", "/?status=deleted", "", Editing),
    row("POST", "/", "action=restore&id={id}", Writing),
    row("GET", "/export", "", Reading),
    row("GET", "/export?id={id}", "", Reading),
    row("GET", "/export?status=deleted", "", Editing),
    row("GET", "/export.csv", "", Reading),
    row("GET", "/export.jsonl", "", Reading),
    row("GET", "/export.json", "", Reading),
    row("GET", "/events/users", "", Reading),
    row("GET", "/export.csv?id={id}", "", Reading),
    row("GET", "/export.csv?status=deleted", "", Editing),
    row("POST", "/rpc/change_users", "action=Restore&ids[0]={id}", Writing),
    row("POST", "/rpc/change_page", "action=Restore&query=", Editing),
    row("GET", "/sign-in", "", Nothing),
    row("POST", "/sign-in", "email=nobody%40example.org&password=nonsense", Nothing),
    row("POST", "/theme", "theme=dark&to=%2F", Nothing),
    row("GET", "/setup", "", Nothing),
    row("POST", "/setup", "name=Eve&email=eve%40example.org&password=nonsense", Nothing),
    row("GET", "/invite", "", Nothing),
    row("POST", "/invite", "password=nonsense", Nothing),
    row("GET", "/account", "", Session),
    row("POST", "/account", "action=name&name=Somebody", Session),
    row("POST", "/account", "action=password&current_password=nonsense&password=nonsense", Session),
    row("POST", "/account", "action=end-session&session=01900000-0000-7000-8000-000000000000", Session),
    row("GET", "/users/new", "", Writing),
    row("POST", "/users/new", "name=Ada&email=ada%40example.org", Writing),
    row("GET", "/users/{id}", "", Reading),
    row("GET", "/users/{id}/edit", "", Editing),
    row("POST", "/users/{id}/edit", "name=Ada&email=lovelace%40example.org&version=1", Writing),
    row("GET", "/users/{id}/history", "", Editing),
    row("POST", "/users/{id}", "action=role&role=viewer", Governing),
    row("POST", "/users/{id}", "action=link", Governing),
    row("POST", "/users/{id}", "action=delete", Writing),
    row("POST", "/users/{id}", "action=restore", Writing),
    row("PATCH", "/api/v1/users/{id}", r#"{"name":"Grace"}"#, Writing),
    row("PUT", "/api/v1/users/{id}", r#"{"name":"Ada","email":"lovelace@example.org"}"#, Writing),
    row(
        "POST",
        "/api/v1/users/batch",
        r#"{"operations":[{"op":"create","body":{"name":"Eve","email":"eve@x"}}]}"#,
        Writing,
    ),
    row("DELETE", "/api/v1/users/{id}", "", Writing),
    row("POST", "/api/v1/users/{id}/restore", "", Writing),
    row("GET", "/api/v1/imports", "", Writing),
    row("POST", "/api/v1/imports", r#"{"file":"people.csv","size":10}"#, Writing),
    row("GET", "/api/v1/imports/{id}", "", Writing),
    row("PATCH", "/api/v1/imports/{id}", r#"{"columns":{"name":"Name"}}"#, Writing),
    row("PUT", "/api/v1/imports/{id}/parts/{n}", "name,email", Writing),
    row("GET", "/api/v1/imports/{id}/rows?outcome=new", "", Writing),
    row("GET", "/api/v1/imports/{id}/rejected", "", Writing),
    row("POST", "/api/v1/imports/{id}/apply", r#"{"mode":"insert"}"#, Writing),
    row("POST", "/api/v1/imports/{id}/undo", "", Writing),
    row("DELETE", "/api/v1/imports/{id}", "", Writing),
    row("POST", "/users/{id}", "action=erase&sure=yes", Governing),
    row("GET", "/imports", "", Writing),
    row("POST", "/imports", "file=nonsense", Writing),
    row("GET", "/imports/{id}", "", Writing),
    row("POST", "/imports/{id}", "action=cancel", Writing),
    row("GET", "/tokens", "", Administering),
    row("POST", "/tokens", "action=create&name=Service&scope=users:read", Governing),
    row("POST", "/tokens", "action=revoke&token=01900000-0000-7000-8000-000000000000", Governing),
    row("GET", "/audit", "", Administering),
    row("GET", "/audit?person=person&by=", "", AdministeringByPeople),
    row("GET", "/audit?by=person", "", AdministeringByPeople),
    row("GET", "/api/docs", "", Nothing),
    row("GET", "/api/v1/openapi.json", "", Nothing),
    row("GET", "/_styleguide", "", Nothing),
    row("GET", "/health/live", "", Unchecked),
    row("GET", "/health/ready", "", Unchecked),
    row("POST", "/sign-out", "everywhere=", Nothing),
];
