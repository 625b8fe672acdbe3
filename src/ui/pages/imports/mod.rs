pub mod earlier;

use leptos::{either::Either, prelude::*};
use leptos_meta::{Link, Title};

use self::earlier::Earlier;
use crate::{
    domain::{Access, Import},
    rpc::imports::list_imports,
    ui::{
        components::{
            error_panel::{loaded, refusal},
            layout::Breadcrumb,
            notice::FormAlert,
        },
        context::SiteFiles,
        islands::import_file::ImportFile,
        text,
    },
};

/// `/imports`: takes a file of people, and lists earlier imports.
#[component]
pub fn ImportsPage() -> impl IntoView {
    let access = use_context::<Access>().unwrap_or_default();
    if !access.write {
        return Either::Left(refusal(&access));
    }
    let imports = Resource::new_blocking(|| (), |()| list_imports());
    Either::Right(loaded(imports, page))
}

fn page(imports: Vec<Import>) -> impl IntoView {
    let access = use_context::<Access>().unwrap_or_default();
    let module = use_context::<SiteFiles>().map(|files| files.module);
    view! {
        <Title text=text::imports::IMPORT_PEOPLE/>
        {module.map(|href| view! { <Link rel="modulepreload" href/> })}
        <Breadcrumb href="/" text=text::site::ALL_PEOPLE/>
        <h1>{text::imports::IMPORT_PEOPLE}</h1>
        <p class="lead">{text::imports::LEAD}</p>
        <FormAlert form=""/>
        <div class="import-file" data-administer=access.administer.then_some("")>
            <ImportFile/>
        </div>
        <section class="earlier" aria-labelledby="earlier">
            <h2 id="earlier">{text::imports::EARLIER}</h2>
            <Earlier imports/>
        </section>
    }
}
