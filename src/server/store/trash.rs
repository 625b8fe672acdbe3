use async_trait::async_trait;

use crate::domain::{AppError, Timestamp, UserId};

/// The deleted users, who can be restored until they are erased.
#[async_trait]
pub trait Trash: Send + Sync {
    /// Up to `limit` of the users who were deleted before a moment, the longest ago first.
    async fn deleted_before(&self, moment: Timestamp, limit: u32) -> Result<Vec<UserId>, AppError>;
}
