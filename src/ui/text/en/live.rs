//! What others change in the list while it stands open; `#` stands for a number or a name.

pub const ONE_NEW: &str = "1 new person: show";
pub const MANY_NEW: &str = "# new people: show";
pub const CHANGED: &str = "# was changed";
pub const GONE: &str = "# was deleted";
pub const BACK: &str = "# was restored";
pub const SEVERAL: &str = "# changes in this list";
pub const STALE: &str = "This list has changed: show";
