//! The texts of the pages, by topic. Components contain no texts of their own; `tests/texts.rs` checks this.
//!
//! A language is a module of constants and small functions, chosen at compile time: there is no lookup at run time, and
//! the browser downloads one language. To add a language, copy and translate `en/` and select it below with a feature;
//! the compiler names missing texts.
//!
//! A text with a value is a function, so that each language controls word order and plurals. If a sentence contains a
//! link or a name with its own text direction, its parts are named by position (`BEFORE_…`, `AFTER_…`) and include the
//! spaces.
//!
//! Texts that live elsewhere: those shared with the API, in `domain` (errors, titles of actions and actors, permissions
//! of roles, totals, dates); descriptions in the OpenAPI document; the style guide; `public/manifest.webmanifest`.

mod en;

pub use self::en::*;
