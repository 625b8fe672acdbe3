use leptos::{either::Either, prelude::*};

/// An address that breaks before its @ where it must break.
#[component]
pub fn EmailText(email: String) -> impl IntoView {
    match email.rsplit_once('@') {
        Some((local, host)) => Either::Left(view! { {local.to_owned()}<wbr/>{format!("@{host}")} }),
        None => Either::Right(email),
    }
}
