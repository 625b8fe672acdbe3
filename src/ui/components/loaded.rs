use leptos::prelude::*;

use super::error_page::ErrorPage;
use crate::domain::AppError;

/// A page as soon as its data has come, or why it has not.
pub fn loaded<T, V>(
    data: Resource<Result<T, AppError>>,
    page: impl Fn(T) -> V + Clone + Send + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    view! {
        <Suspense>
            {move || {
                let page = page.clone();
                Suspend::new(async move {
                    match data.await {
                        Ok(data) => page(data).into_any(),
                        Err(error) => view! { <ErrorPage error/> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
}
