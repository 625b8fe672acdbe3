use serde::{Deserialize, Serialize};

/// A stretch of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// How many items come before this page.
    pub offset: u32,
    /// Whether there is at least one item after this page.
    pub more: bool,
}

impl<T> Page<T> {
    /// From up to one item more than a page holds: the one too many says that there is more.
    #[must_use]
    pub fn from_one_more(mut items: Vec<T>, offset: u32, per_page: u32) -> Self {
        let more = items.len() > per_page as usize;
        items.truncate(per_page as usize);
        Self { items, offset, more }
    }
}
