use leptos::prelude::*;

use crate::ui::{
    components::{control::Control, layout::Part, post_form::PostForm},
    form::Submitted,
    text,
};

/// The form that erases a person, collapsed until it is opened.
#[component]
pub fn Erase() -> impl IntoView {
    let open = Submitted::to("erase").error.is_some();
    let sure = Control::of("erase", "sure", text::person::THIS_BOX);
    view! {
        <Part title=text::person::ERASE>
            <details open=open>
                <summary>{text::person::ERASE_FOR_GOOD}</summary>
                <p>
                    {text::person::ERASE_MEANS}
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
                            <span>{text::person::ERASE_SURE}</span>
                        </label>
                        {sure.error_line()}
                    </div>
                    <button type="submit" class="danger">{text::person::ERASE_FOR_GOOD}</button>
                </PostForm>
            </details>
        </Part>
    }
}
