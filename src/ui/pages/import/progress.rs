use leptos::prelude::*;

use super::decide::CancelForm;
use crate::{
    domain::{Import, ImportProgress, ImportState},
    ui::text,
};

/// The progress of a running step.
#[component]
pub fn Progress(import: Import) -> impl IntoView {
    let state = import.state;
    let sent = ImportProgress { done: import.received, total: import.size, rate: 0 };
    let progress = if state == ImportState::Receiving { sent } else { import.progress.unwrap_or_default() };
    let ImportProgress { done, total, .. } = progress;
    // Without a value the progress bar is indeterminate.
    let value = (total > 0).then(|| done.min(total).to_string());
    let hint = match state {
        ImportState::Receiving => text::imports::RECEIVING_HINT,
        ImportState::Applying => text::imports::APPLYING_HINT,
        ImportState::Undoing => text::imports::UNDOING_HINT,
        _ => text::imports::CHECKING_HINT,
    };
    view! {
        <div class="sheet going">
            <h2 class="import-state">{text::imports::heading(state)}</h2>
            <progress aria-label=text::imports::PROGRESS max=total.max(1).to_string() value=value></progress>
            <p class="going-figures">{figures(progress, state)}</p>
            <p class="hint">{hint}</p>
            {(state != ImportState::Undoing).then(|| view! {
                <button type="submit" form="cancel-import">{text::imports::STOP}</button>
                <CancelForm/>
            })}
        </div>
    }
}

/// `1,200 of 976,000 rows · 80,000 a second · about 12 seconds left`.
fn figures(progress: ImportProgress, state: ImportState) -> String {
    let ImportProgress { done, total, rate } = progress;
    let is_bytes = matches!(state, ImportState::Receiving | ImportState::Checking);
    let number = |number| if is_bytes { text::imports::bytes(number) } else { text::imports::count(number) };
    let whole = if is_bytes { text::imports::bytes(total) } else { text::imports::rows(total) };
    let mut text = text::imports::done_of(&number(done.min(total)), &whole);
    if rate > 0 {
        text += &text::imports::a_second(&number(rate));
        text += &text::imports::seconds_left(total.saturating_sub(done) / rate);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_shown_with_rate_and_remaining_time() {
        let progress = ImportProgress { done: 1_200, total: 976_000, rate: 80_000 };
        assert_eq!(
            figures(progress, ImportState::Applying),
            "1,200 of 976,000 rows · 80,000 a second · about 12 seconds left"
        );
        let progress = ImportProgress { done: 1_200, total: 976_000, rate: 0 };
        assert_eq!(figures(progress, ImportState::Checking), "1.2 kB of 976 kB");
    }
}
