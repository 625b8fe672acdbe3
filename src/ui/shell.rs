//! The document around every page.

use leptos::prelude::*;
use leptos_meta::MetaTags;

use super::{
    app::App,
    components::{error_panel::ErrorPanel, site_header::SiteHeader},
};
use crate::domain::AppError;

/// The addresses of the files that every page links to.
#[derive(Debug, Clone)]
pub struct SiteFiles {
    pub style: String,
    pub boot: String,
    pub module: String,
    pub wasm: String,
    pub icon: String,
    pub font: String,
}

/// A page with its islands.
pub fn document(files: &SiteFiles) -> impl IntoView + use<> {
    // Only what stands in an island is hydrated, and only that needs its data in the page.
    if let Some(context) = Owner::current_shared_context() {
        context.set_is_hydrating(false);
    }
    provide_context(files.clone());
    let SiteFiles { style, boot, module, wasm, icon, font } = files.clone();
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="robots" content="noindex"/>
                <link rel="stylesheet" href=style/>
                <link rel="icon" type="image/svg+xml" href=icon/>
                <link rel="preload" href=font r#as="font" r#type="font/woff2" crossorigin=""/>
                <script id="boot" r#type="module" src=boot data-module=module data-wasm=wasm></script>
                {reload()}
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// A page that says nothing but an error, for when no page could be rendered.
pub fn error_document(files: &SiteFiles, error: &AppError) -> String {
    let SiteFiles { style, icon, .. } = files.clone();
    let title = format!("{} · Rollcall", error.title());
    let error = error.clone();
    let owner = Owner::new();
    let page = owner.with(|| {
        view! {
            <html lang="en">
                <head>
                    <meta charset="utf-8"/>
                    <meta name="viewport" content="width=device-width, initial-scale=1"/>
                    <meta name="color-scheme" content="light dark"/>
                    <link rel="stylesheet" href=style/>
                    <link rel="icon" type="image/svg+xml" href=icon/>
                    <title>{title}</title>
                </head>
                <body>
                    <SiteHeader/>
                    <main id="main">
                        <ErrorPanel error/>
                    </main>
                </body>
            </html>
        }
        .to_html()
    });
    format!("<!DOCTYPE html>{page}")
}

/// The port of the socket over which `cargo leptos watch` reloads the page; `None` elsewhere.
#[must_use]
pub fn reload_port() -> Option<u32> {
    watching().map(|options| options.reload_port)
}

fn reload() -> impl IntoView {
    watching().map(|options| view! { <AutoReload options/> })
}

fn watching() -> Option<LeptosOptions> {
    std::env::var_os("LEPTOS_WATCH")?;
    Some(get_configuration(None).ok()?.leptos_options)
}
