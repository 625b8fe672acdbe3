//! `/api/v1` over the real router.

mod stack;
mod users;
