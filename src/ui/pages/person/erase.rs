use leptos::prelude::*;

use crate::ui::{
    components::{control::Control, part::Part, post_form::PostForm},
    form::Submitted,
};

/// The way to erase a person, out of sight until it is wanted.
#[component]
pub fn Erase() -> impl IntoView {
    let open = Submitted::to("erase").error.is_some();
    let sure = Control::of("erase", "sure", "This box");
    view! {
        <Part title="Erase">
            <details open=open>
                <summary>"Erase for good"</summary>
                <p>
                    "Name, address and history of this person are removed. The audit trail keeps that something happened, but no longer to whom. Nobody can undo this."
                </p>
                <PostForm action="erase" fields=&["sure"]>
                    <div class="field">
                        <label class="choice">
                            <input
                                type="checkbox"
                                name="sure"
                                value="yes"
                                required=true
                                autofocus=sure.error.is_some()
                                aria-invalid=sure.invalid()
                                aria-describedby=sure.described_by(&[])
                            />
                            <span>"Erase this person, for good"</span>
                        </label>
                        {sure.error_line()}
                    </div>
                    <button type="submit" class="danger">"Erase for good"</button>
                </PostForm>
            </details>
        </Part>
    }
}
