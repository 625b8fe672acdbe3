use chrono::TimeDelta;
use leptos::{either::Either, prelude::*};

use crate::{
    domain::{AppError, Deletion, Timestamp, User},
    ui::{
        components::{notice::FormAlert, post_form::ActionButton, values::Date},
        context::RenderedAt,
        form::Submitted,
        text,
    },
};

/// The notice on a deleted person's page: when they were deleted, when they will be erased, and a button to restore them.
#[component]
pub fn Deleted(
    at: Timestamp,
    deletion: Deletion,
    /// Whether the user may restore them.
    write: bool,
) -> impl IntoView {
    let Deletion { by, erase_at, holder } = deletion;
    let left = RenderedAt::get().map(|now| time_left(now, erase_at));
    view! {
        <div class="deleted">
            <div>
                <p>
                    {text::person::BEFORE_DELETION_DAY}
                    <Date at/>
                    {by.map(|by| view! { {text::person::BEFORE_DELETER}<bdi>{by.title()}</bdi> })}
                    {text::person::END}
                </p>
                <p class="hint">{text::person::BEFORE_ERASE_DAY}<Date at=erase_at/>{left.map(|left| text::person::after_erase_day(&left))}{text::person::END}</p>
                {holder.filter(|_| !is_refused()).map(|holder| view! { <p class="hint">{belongs_to(&holder)}</p> })}
            </div>
            {write.then(|| view! { <ActionButton action="restore" text=text::person::RESTORE/> })}
        </div>
    }
}

/// The reason that a person could not be restored, with a link to the person who has their e-mail address now.
#[component]
pub fn RestoreAlert(holder: Option<User>) -> impl IntoView {
    match holder.filter(|_| is_refused()) {
        Some(holder) => Either::Left(view! {
            <p class="alert" role="alert" tabindex="-1" autofocus=true>{text::person::NOT_RESTORED}{belongs_to(&holder)}</p>
        }),
        None => Either::Right(view! { <FormAlert form="restore"/> }),
    }
}

fn is_refused() -> bool {
    matches!(Submitted::to("restore").error, Some(AppError::Conflict(_)))
}

fn belongs_to(holder: &User) -> impl IntoView + use<> {
    let href = format!("/users/{}", holder.id);
    view! {
        {text::person::BEFORE_HOLDER}
        <a dir="auto" href=href>{holder.profile.name.clone()}</a>
        {text::person::AFTER_HOLDER}
    }
}

/// The remaining time in days, rounded up.
fn time_left(now: Timestamp, erase_at: Timestamp) -> String {
    let rounded_up = erase_at.since(now) + TimeDelta::days(1) - TimeDelta::microseconds(1);
    text::person::time_left(rounded_up.num_days().max(0).unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remaining_time_is_shown_in_days() {
        let at = |moment| Timestamp::parse("at", moment).unwrap();
        let now = at("2026-02-03T04:05:06Z");
        for (erase_at, text) in [
            ("2026-03-05T04:05:06Z", "in 30 days"),
            ("2026-02-04T04:05:07Z", "in 2 days"),
            ("2026-02-04T04:05:06Z", "within a day"),
            ("2026-02-03T04:05:06Z", "any moment now"),
            ("2025-02-03T04:05:06Z", "any moment now"),
        ] {
            assert_eq!(time_left(now, at(erase_at)), text, "{erase_at}");
        }
    }
}
