use std::ops::AddAssign;

use crate::{
    domain::{Page, Total, User, UserStatus},
    server::foundation::limits::COUNTED,
};

/// A count that may have stopped at a limit.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counted {
    pub count: i64,
    /// The number of rows read.
    pub rows_read: i64,
}

impl Counted {
    /// The total of a count that did not stop at a limit.
    pub fn exactly(self) -> Total {
        Total::Exactly(self.count.unsigned_abs())
    }

    /// The total: exact if the count did not stop at `COUNTED`, else the database's own statistics, rounded
    /// to two digits.
    pub fn total(self, known: Option<i64>) -> Total {
        let count = self.count.unsigned_abs();
        match known.filter(|known| *known >= COUNTED) {
            _ if self.rows_read < COUNTED => Total::Exactly(count),
            Some(known) => Total::About(two_digits(known.unsigned_abs())),
            None => Total::AtLeast(count.min(COUNTED.unsigned_abs() - 1)),
        }
    }
}

/// Whether the users of a status are deleted: one value for each search that a list needs.
pub fn deleted_flags(status: UserStatus) -> &'static [bool] {
    match status {
        UserStatus::Active => &[false],
        UserStatus::Deleted => &[true],
        UserStatus::All => &[false, true],
    }
}

/// The total of a list if this page is its last and the number of rows before it is known.
pub fn total_by_last_page(page: &Page<User>) -> Option<Total> {
    let before = page.offset?;
    let is_last = page.next.is_none() && (before == 0 || !page.items.is_empty());
    is_last.then(|| Total::Exactly(u64::from(before) + page.items.len() as u64))
}

/// An exact count: every row that was read counts.
impl From<i64> for Counted {
    fn from(count: i64) -> Self {
        Self { count, rows_read: count }
    }
}

impl AddAssign for Counted {
    fn add_assign(&mut self, other: Self) {
        self.count += other.count;
        self.rows_read += other.rows_read;
    }
}

/// Rounds to two significant digits.
fn two_digits(count: u64) -> u64 {
    let step = 10_u64.pow(count.checked_ilog10().unwrap_or(0).saturating_sub(1));
    (count + step / 2) / step * step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finished_count_is_exact_and_any_other_is_rounded() {
        let counted = |count, rows_read| Counted { count, rows_read };
        assert_eq!(counted(10_000, 10_000).total(Some(1_000_000)), Total::Exactly(10_000));
        assert_eq!(counted(10_001, 10_001).total(Some(1_043_219)), Total::About(1_000_000));
        assert_eq!(counted(10_001, 10_001).total(Some(17)), Total::AtLeast(10_000));
        assert_eq!(counted(300, 10_001).total(None), Total::AtLeast(300));
    }
}
