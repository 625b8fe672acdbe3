//! Static files, embedded in the release binary: WASM, JavaScript, CSS and `public/`.

use std::collections::HashMap;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
};
use rust_embed::{Embed, EmbeddedFile};

use super::{
    conditional::{encoded_etag, known_tag},
    negotiation::coding_weight,
};
use crate::{server::foundation::secret::hash, ui::context::SiteFiles};

/// The modules in `public/` that every page loads, in this order.
const SCRIPTS: [&str; 5] = ["theme.js", "times.js", "dialogs.js", "keys.js", "select.js"];

/// The output of cargo-leptos or scripts/build-quick. A debug build reads the folder on each access; it is empty if
/// nothing was built.
#[derive(Embed)]
#[folder = "target/site"]
#[exclude = "fonts/*.br"]
#[exclude = "fonts/*.gz"]
#[exclude = "*.d.ts*"]
#[allow_missing = true]
struct Embedded;

/// The static files by their public names.
#[derive(Debug)]
pub struct StaticFiles {
    /// Public names to original names: `boot.0a1b2c3d.js` to `boot.js`. Files in `pkg` refer to each other, so their
    /// folder has the hash: `pkg.0a1b2c3d/rollcall.js` to `pkg/rollcall.js`.
    hashed: HashMap<String, String>,
    /// The files that every page links to.
    pub files: SiteFiles,
}

impl StaticFiles {
    /// Loads the embedded files. A release build adds a content hash to their names, so that browsers can cache them
    /// forever. A debug build keeps the names, because files change while the server runs and live reload needs them.
    pub fn embedded() -> Self {
        let mut hashed = HashMap::new();
        if !cfg!(debug_assertions) {
            let package = package_hash();
            for name in Embedded::iter().filter(|name| !is_compressed(name) && !has_version(name)) {
                if let Some(in_package) = name.strip_prefix("pkg/") {
                    hashed.insert(format!("pkg.{package}/{in_package}"), name.clone().into_owned());
                } else if let Some(file) = Embedded::get(&name) {
                    hashed.insert(with_hash(&name, &file), name.into_owned());
                }
            }
        }
        let url = |name: &str| match hashed.iter().find(|(_, original)| *original == name) {
            Some((public, _)) => format!("/{public}"),
            None => format!("/{name}"),
        };
        let files = SiteFiles {
            style: url("pkg/rollcall.css"),
            module: url("pkg/rollcall.js"),
            wasm: url("pkg/rollcall.wasm"),
            scripts: SCRIPTS.map(url).into(),
            transitions: url("transitions.js"),
            boot: url("boot.js"),
            copy: url("copy.js"),
            live: url("live.js"),
            import: url("import.js"),
            icon: url("favicon.svg"),
            touch_icon: url("icon-180.png"),
            manifest: url("manifest.webmanifest"),
            font: url("fonts/bricolage-grotesque-5.3.0-latin.woff2"),
        };
        Self { hashed, files }
    }

    /// Whether the binary was built without its static files.
    pub fn is_missing() -> bool {
        Embedded::get("pkg/rollcall.wasm").is_none()
    }

    /// Whether there is a file at a path.
    pub fn has(&self, path: &str) -> bool {
        let path = path.trim_start_matches('/');
        self.hashed.contains_key(path) || Embedded::get(path).is_some()
    }

    /// The file at a path, in the best encoding that the client accepts.
    pub fn get(&self, path: &str, request: &HeaderMap) -> Option<Response<Body>> {
        let path = path.trim_start_matches('/');
        let original = self.hashed.get(path);
        let name = original.map_or(path, String::as_str);
        let immutable = original.is_some() || has_version(name);
        if is_compressed(name) {
            return None;
        }
        let plain = Embedded::get(name)?;
        let etag = HeaderValue::try_from(format!("\"{}\"", hex(&plain.metadata.sha256_hash()[..8]))).ok()?;
        let mut response = Response::builder()
            .header(header::CONTENT_TYPE, media_type(name))
            .header(header::VARY, "accept-encoding")
            .header(header::CACHE_CONTROL, if immutable { "public, max-age=31536000, immutable" } else { "no-cache" });
        let (coding, file) = compressed(name, request).map_or((None, plain), |(coding, file)| (Some(coding), file));
        let tag = coding.and_then(|coding| encoded_etag(&etag, coding)).unwrap_or_else(|| etag.clone());
        let known = known_tag(request, &etag);
        if !immutable {
            response = response.header(header::ETAG, known.clone().unwrap_or(tag));
        }
        if known.is_some() {
            return response.status(StatusCode::NOT_MODIFIED).body(Body::empty()).ok();
        }
        if let Some(coding) = coding {
            response = response.header(header::CONTENT_ENCODING, coding);
        }
        response.body(Body::from(file.data)).ok()
    }
}

/// The media type by file extension. Text is declared as UTF-8.
fn media_type(name: &str) -> String {
    let guess = mime_guess::from_path(name).first_or_octet_stream();
    let is_text = guess.type_() == "text" || matches!(guess.subtype().as_str(), "javascript" | "json" | "svg");
    if is_text { format!("{guess}; charset=utf-8") } else { guess.to_string() }
}

/// The variant that the build made of a file in the coding that the client prefers, brotli among equals.
fn compressed(name: &str, request: &HeaderMap) -> Option<(&'static str, EmbeddedFile)> {
    let variant = |(coding, suffix)| {
        let weight = coding_weight(request, coding)?;
        Some((weight, coding, Embedded::get(&format!("{name}.{suffix}"))?))
    };
    // The last of equals is the maximum.
    let best = [("gzip", "gz"), ("br", "br")].into_iter().filter_map(variant).max_by_key(|(weight, ..)| *weight);
    best.map(|(_, coding, file)| (coding, file))
}

fn is_compressed(name: &str) -> bool {
    name.ends_with(".br") || name.ends_with(".gz")
}

/// Fonts have their version in the name, by which style sheets refer to them.
fn has_version(name: &str) -> bool {
    name.starts_with("fonts/")
}

/// A hash of all files in `pkg`, in the order of their names.
fn package_hash() -> String {
    let mut names: Vec<_> = Embedded::iter().filter(|name| name.starts_with("pkg/") && !is_compressed(name)).collect();
    names.sort();
    let hashes = names.iter().filter_map(|name| Some(Embedded::get(name)?.metadata.sha256_hash()));
    hex(&hash(&hashes.collect::<Vec<_>>().concat())[..8])
}

/// `boot.js` becomes `boot.0a1b2c3d4e5f6071.js`.
fn with_hash(name: &str, file: &EmbeddedFile) -> String {
    let hash = hex(&file.metadata.sha256_hash()[..8]);
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    format!("{stem}.{hash}.{extension}")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}
