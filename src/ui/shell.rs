//! The HTML document around every page.

use leptos::{html, prelude::*};
use leptos_meta::MetaTags;

use super::{
    app::App,
    components::{error_panel::ErrorPanel, layout::SiteHeader},
    context::SiteFiles,
    text,
    theme::Theme,
};
use crate::domain::AppError;

/// A page with its islands hydrated.
pub fn document(files: &SiteFiles) -> impl IntoView + use<> {
    // Only islands hydrate, so only their data is serialized into the page.
    if let Some(context) = Owner::current_shared_context() {
        context.set_is_hydrating(false);
    }
    provide_context(files.clone());
    let theme = Theme::get();
    let SiteFiles { scripts, boot, module, wasm, font, .. } = files.clone();
    view! {
        <!DOCTYPE html>
        <html lang=text::LANG data-theme=theme.as_str()>
            <head>
                {head(files, theme)}
                {open_graph("og:site_name", text::site::BRAND)}
                {open_graph("og:type", "website")}
                {open_graph("og:title", text::site::BRAND)}
                {open_graph("og:description", text::site::DESCRIPTION)}
                <meta name="description" content=text::site::DESCRIPTION/>
                <link rel="preload" href=font r#as="font" r#type="font/woff2" crossorigin=""/>
                {scripts.into_iter().map(|src| view! { <script r#type="module" src=src></script> }).collect_view()}
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

/// The part of `<head>` that all pages share, error pages included.
fn head(files: &SiteFiles, theme: Theme) -> impl IntoView + use<> {
    let SiteFiles { style, icon, touch_icon, manifest, transitions, .. } = files.clone();
    // One for each colour scheme if the system chooses, else one.
    let papers = Theme::PAPER.into_iter().filter(move |(paper, _)| theme == Theme::System || theme == *paper);
    let theme_colors = papers.map(move |(paper, color)| {
        let media = (theme == Theme::System).then(|| format!("(prefers-color-scheme: {})", paper.as_str()));
        html::meta().name("theme-color").content(color).attr("media", media)
    });
    view! {
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content=theme.color_scheme()/>
        {theme_colors.collect_view()}
        <meta name="robots" content="noindex"/>
        <link rel="stylesheet" href=style/>
        <link rel="icon" type="image/svg+xml" href=icon/>
        <link rel="apple-touch-icon" href=touch_icon/>
        <link rel="manifest" href=manifest/>
        {html::script().r#type("module").attr("async", "").attr("blocking", "render").src(transitions)}
    }
}

/// A tag for link previews (https://ogp.me).
fn open_graph(property: &'static str, content: &'static str) -> impl IntoView {
    html::meta().attr("property", property).content(content)
}

/// A page that only shows an error, for when no page could be rendered.
pub fn error_document(files: &SiteFiles, theme: Theme, error: &AppError) -> String {
    let title = text::site::tab(text::site::error_title(error));
    let error = error.clone();
    let owner = Owner::new();
    let page = owner.with(|| {
        view! {
            <html lang=text::LANG data-theme=theme.as_str()>
                <head>
                    {head(files, theme)}
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

/// The port of the live-reload socket of `cargo leptos watch`; `None` without it.
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
