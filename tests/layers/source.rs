//! The modules of a source tree and the imports of each, parsed with `syn`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use syn::{
    Attribute, File, Item, ItemMod, ItemUse, Macro, UseTree,
    visit_mut::{self, VisitMut},
};

type Module = Vec<String>;

/// An import: a module that names another module or a crate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Import {
    pub from: Module,
    /// The module that defines the named item, or the path into an external crate.
    pub to: Module,
    pub external: bool,
}

/// A source tree: its modules, and the paths that each one names.
pub struct Tree {
    files: Vec<String>,
    paths: BTreeMap<Module, BTreeSet<Vec<String>>>,
    /// Re-exports, by module and name.
    exports: BTreeMap<(Module, String), Vec<String>>,
}

impl Tree {
    /// The source tree of this package.
    pub fn of_package() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = Vec::new();
        collect(&root, &root, &mut files);
        Self::new(files.iter().map(|(path, source)| (path.as_str(), source.as_str())))
    }

    /// A source tree of these files, each with its path relative to `src`.
    pub fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut tree = Self { files: Vec::new(), paths: BTreeMap::new(), exports: BTreeMap::new() };
        for (path, source) in files {
            let mut file: File = syn::parse_file(source).unwrap_or_else(|error| panic!("{path}: {error}"));
            let module = module_of(path);
            let mut names = Names { module: module.clone(), paths: BTreeSet::new(), exports: Vec::new() };
            names.visit_file_mut(&mut file);
            tree.files.push(path.to_owned());
            tree.exports.extend(names.exports.into_iter().map(|(name, path)| ((module.clone(), name), path)));
            tree.paths.entry(module).or_default().append(&mut names.paths);
        }
        tree
    }

    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(String::as_str)
    }

    pub fn imports(&self) -> impl Iterator<Item = Import> {
        self.paths.iter().flat_map(move |(from, paths)| {
            paths.iter().filter_map(move |path| {
                let external = path[0] != "crate";
                let to = if external { path.clone() } else { self.defined_in(&path[1..]) };
                (to != *from).then(|| Import { from: from.clone(), to, external })
            })
        })
    }

    /// The module that defines the item at a path: the deepest module along it, following re-exports.
    fn defined_in(&self, path: &[String]) -> Module {
        let mut module = Module::new();
        for (index, name) in path.iter().enumerate() {
            let child = [&module[..], std::slice::from_ref(name)].concat();
            if self.is_module(&child) {
                module = child;
                continue;
            }
            return match self.exports.get(&(module.clone(), name.clone())) {
                Some(target) if target[0] == "crate" && target[1..] != path[..=index] => {
                    self.defined_in(&[&target[1..], &path[index + 1..]].concat())
                }
                _ => module,
            };
        }
        module
    }

    fn is_module(&self, module: &[String]) -> bool {
        self.paths.keys().any(|known| known.starts_with(module))
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            files.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

/// `server/store/mod.rs` is `server::store`.
fn module_of(path: &str) -> Module {
    let mut module: Module = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if module.last().is_some_and(|last| matches!(last.as_str(), "mod" | "lib" | "main")) {
        module.pop();
    }
    module
}

/// Collects the paths that a file names, as absolute paths. Test modules are exempt.
struct Names {
    module: Module,
    paths: BTreeSet<Vec<String>>,
    exports: Vec<(String, Vec<String>)>,
}

impl Names {
    /// Resolves `self::a`, `super::a` and `crate::a`; returns `None` for a local name.
    fn absolute(&self, path: &[String]) -> Option<Vec<String>> {
        let mut module = self.module.clone();
        let rest = match path.first()?.as_str() {
            "crate" => return Some(path.to_vec()),
            "self" => &path[1..],
            "super" => {
                let up = path.iter().take_while(|name| *name == "super").count();
                module.truncate(module.len().checked_sub(up)?);
                &path[up..]
            }
            _ => return None,
        };
        Some([&["crate".to_owned()], &module[..], rest].concat())
    }

    fn leaves(&mut self, tree: &UseTree, before: &[String], is_export: bool) {
        match tree {
            UseTree::Path(path) => {
                let before = [before, &[path.ident.to_string()]].concat();
                self.leaves(&path.tree, &before, is_export);
            }
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.leaves(tree, before, is_export)),
            UseTree::Name(name) => self.name(before, &name.ident.to_string(), None, is_export),
            UseTree::Rename(rename) => {
                self.name(before, &rename.ident.to_string(), Some(rename.rename.to_string()), is_export);
            }
            UseTree::Glob(_) => self.name(before, "self", None, false),
        }
    }

    fn name(&mut self, before: &[String], name: &str, alias: Option<String>, is_export: bool) {
        let path = if name == "self" { before.to_vec() } else { [before, &[name.to_owned()]].concat() };
        let exported = alias.or_else(|| path.last().cloned());
        let Some(path) = self.absolute(&path).or_else(|| (path.len() > 1).then_some(path)) else { return };
        if let Some(exported) = exported.filter(|_| is_export) {
            self.exports.push((exported, path.clone()));
        }
        self.paths.insert(path);
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    let names_test = |attribute: &Attribute| {
        attribute.path().is_ident("cfg") && attribute.parse_args::<syn::Ident>().is_ok_and(|name| name == "test")
    };
    attributes.iter().any(names_test)
}

impl VisitMut for Names {
    fn visit_item_mut(&mut self, item: &mut Item) {
        match item {
            Item::Mod(ItemMod { attrs, .. }) if is_test(attrs) => {}
            Item::Use(ItemUse { attrs, .. }) if is_test(attrs) => {}
            other => visit_mut::visit_item_mut(self, other),
        }
    }

    fn visit_item_use_mut(&mut self, item: &mut ItemUse) {
        let is_export = !matches!(item.vis, syn::Visibility::Inherited);
        self.leaves(&item.tree.clone(), &[], is_export);
    }

    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let absolute = self.absolute(&names);
        // Of the other paths only crates matter. The list of dependencies tells them from modules later.
        self.paths.extend(absolute.or_else(|| (names.len() > 1).then_some(names)));
        visit_mut::visit_path_mut(self, path);
    }

    /// Macro arguments are not parsed, but paths in them that begin with a keyword are found.
    fn visit_macro_mut(&mut self, call: &mut Macro) {
        self.visit_path_mut(&mut call.path);
        let tokens = call.tokens.to_string().replace(" :: ", "::").replace(":: ", "::");
        for word in tokens.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | ':'))) {
            let names: Vec<String> = word.split("::").map(str::to_owned).filter(|name| !name.is_empty()).collect();
            if names.len() > 1 {
                self.paths.extend(self.absolute(&names));
            }
        }
    }
}
