use leptos::prelude::use_context;

/// The address of the page that is rendered, without its origin.
#[derive(Debug, Clone)]
pub struct Here(pub String);

impl Here {
    #[must_use]
    pub fn get() -> String {
        use_context::<Self>().map_or_else(|| "/".to_owned(), |Self(here)| here)
    }
}
