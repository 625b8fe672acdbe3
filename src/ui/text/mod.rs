//! The words of the pages: every text that a person reads there or hears, by what it belongs to. Components
//! hold none themselves; `tests/texts.rs` looks for those that do.
//!
//! A language is a folder of constants and small functions, chosen here when Rollcall is built: nothing is
//! looked up at run time, and the browser is sent one language. Another one is a copy of `en/` with the same
//! names, translated, and a feature that decides which of them is used below. What it lacks, the compiler names.
//!
//! A text with a value in it is a function, so that each language puts it where it belongs and counts as it
//! does. Where a link or a name of its own direction stands inside a sentence, its parts say in their names
//! where they stand (`BEFORE_…`, `AFTER_…`) and bring the spaces between them.
//!
//! Not here: what the domain calls its own and the API says, too (errors and what is wrong with a field, titles of
//! actions and actors, what a role may do, how many there are, days); the prose of the API's page, which is
//! its document's; the style guide, for those who change the pages; `public/manifest.webmanifest`.

mod en;

pub use self::en::*;
