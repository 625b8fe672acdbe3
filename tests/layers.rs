//! Checks the layers of the source: imports point in one direction. `docs/architecture.md` draws them.

mod source;

use std::collections::{BTreeMap, BTreeSet};

use self::source::{Import, Tree};

/// The layers from the bottom up. A module imports only from its own layer and from those before it.
const LAYERS: [&str; 12] = [
    "domain",
    "user_file",
    "rpc",
    "ui",
    "server::foundation",
    "server::store",
    "server::services",
    "server::http",
    "server::listener",
    "server::exporter",
    "server::config",
    "server::commands",
];

/// The bodies of server functions run on the server only, where this module provides the services and the actor.
const RPC_CONTEXT: &str = "server::http::rpc";

/// Crates with HTTP types.
const HTTP: [&str; 7] = ["axum", "axum_extra", "cookie", "headers", "http", "hyper", "tower_http"];

/// The database driver: SQL is allowed only in modules that import it.
const SQL: [&str; 2] = ["sqlx", "sqlx_core"];

/// All violations in a source tree, one line each.
fn violations(tree: &Tree) -> Vec<String> {
    let mut found: BTreeSet<String> = tree.imports().filter_map(|import| misplaced(&import)).collect();
    found.extend(cycles(tree));
    found.into_iter().collect()
}

/// The rule that an import violates, if any.
fn misplaced(Import { from, to, external }: &Import) -> Option<String> {
    let name = to.join("::");
    let within = |layer: &str| from.join("::").starts_with(layer);
    if *external {
        let root = to[0].as_str();
        if SQL.contains(&root) && !within("server::store") {
            return Some(format!("{} uses {root}: SQL belongs to server::store", from.join("::")));
        }
        if HTTP.contains(&root) && (within("domain") || within("server::services")) {
            return Some(format!("{} uses {root}: HTTP belongs to server::http", from.join("::")));
        }
        return None;
    }
    let (Some(below), Some(above)) = (layer(from), layer(to)) else { return None };
    let is_rpc_context = LAYERS[below] == "rpc" && name.starts_with(RPC_CONTEXT);
    (above > below && !is_rpc_context)
        .then(|| format!("{} imports {name}: {} is below {}", from.join("::"), LAYERS[below], LAYERS[above]))
}

fn layer(module: &[String]) -> Option<usize> {
    let name = module.join("::");
    LAYERS.iter().position(|layer| name == *layer || name.starts_with(&format!("{layer}::")))
}

/// Import cycles among the modules of each folder. A module and its children count as one, since they may name each
/// other.
fn cycles(tree: &Tree) -> Vec<String> {
    let mut folders = BTreeMap::<Vec<String>, BTreeMap<String, BTreeSet<String>>>::new();
    for Import { from, to, external } in tree.imports() {
        let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
        if external || shared == from.len() || shared == to.len() {
            continue;
        }
        let edges = folders.entry(from[..shared].to_vec()).or_default();
        edges.entry(from[shared].clone()).or_default().insert(to[shared].clone());
    }
    // Server functions and their context may name each other.
    if let Some(roots) = folders.get_mut(&Vec::new()) {
        roots.entry("rpc".to_owned()).or_default().remove("server");
    }
    let named = |folder: &[String], cycle: Vec<&str>| format!("cycle in {}: {}", folder.join("::"), cycle.join(" -> "));
    folders.iter().filter_map(|(folder, edges)| Some(named(folder, cycle(edges)?))).collect()
}

/// A cycle of a graph, if there is one: a depth-first search that visits each node once.
fn cycle(edges: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<&str>> {
    fn visit<'a>(
        node: &'a str,
        edges: &'a BTreeMap<String, BTreeSet<String>>,
        path: &mut Vec<&'a str>,
        done: &mut BTreeSet<&'a str>,
    ) -> Option<Vec<&'a str>> {
        if let Some(start) = path.iter().position(|known| *known == node) {
            return Some([&path[start..], &[node]].concat());
        }
        if !done.insert(node) {
            return None;
        }
        path.push(node);
        let found = edges.get(node).into_iter().flatten().find_map(|next| visit(next, edges, path, done));
        path.pop();
        found
    }
    let mut done = BTreeSet::new();
    edges.keys().find_map(|node| visit(node, edges, &mut Vec::new(), &mut done))
}

#[test]
fn imports_point_one_way() {
    let found = violations(&Tree::of_package());
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn the_server_has_at_most_six_top_level_files() {
    let tree = Tree::of_package();
    let flat: Vec<&str> =
        tree.files().filter_map(|file| file.strip_prefix("server/")).filter(|file| !file.contains('/')).collect();
    assert!(flat.len() <= 6, "{flat:?}");
}

#[test]
fn violations_are_detected() {
    for (path, source, expected) in [
        ("domain/user.rs", "use crate::server::store::Store;", "domain is below server::store"),
        ("domain/user.rs", "use axum::http::StatusCode;", "HTTP belongs to server::http"),
        ("server/services/users.rs", "use axum::extract::Request;", "HTTP belongs to server::http"),
        ("server/services/users.rs", "fn f() { sqlx::query!(\"select 1\"); }", "SQL belongs to server::store"),
        ("server/services/users.rs", "use super::super::http::router;", "server::services is below server::http"),
        ("server/store/mod.rs", "use crate::{domain, server::services::users};", "below server::services"),
        ("ui/app.rs", "fn f() { crate::server::http::router::router(); }", "ui is below server::http"),
        ("server/foundation/clock.rs", "pub use crate::server::http::router::router;", "below server::http"),
    ] {
        let mut files = vec![
            ("domain/mod.rs", "pub mod user;"),
            ("server/mod.rs", "pub mod store; pub mod services; pub mod http; pub mod foundation;"),
            ("server/store/mod.rs", "pub trait Store {}"),
            ("server/services/users.rs", ""),
            ("server/http/router.rs", "pub fn router() {}"),
        ];
        files.retain(|(known, _)| *known != path);
        files.push((path, source));
        let found = violations(&Tree::new(files));
        assert!(found.iter().any(|line| line.contains(expected)), "{source}: {found:?}");
    }
}

#[test]
fn cycles_are_detected_also_through_re_exports() {
    let direct = [("domain/a.rs", "use super::b::B;"), ("domain/b.rs", "use super::a::A;")];
    let re_exported = [
        ("domain/mod.rs", "mod a; mod b; pub use self::{a::A, b::B};"),
        ("domain/a.rs", "use super::B; pub struct A;"),
        ("domain/b.rs", "use crate::domain::A; pub struct B;"),
    ];
    for tree in [Tree::new(direct), Tree::new(re_exported)] {
        assert_eq!(violations(&tree), ["cycle in domain: a -> b -> a"]);
    }
    let parent_and_child =
        [("domain/mod.rs", "mod a; pub use self::a::A; pub struct P;"), ("domain/a.rs", "use super::P; pub struct A;")];
    assert!(violations(&Tree::new(parent_and_child)).is_empty());
}
