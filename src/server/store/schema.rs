//! The version of a database's schema, and the errors of migrations.

use sqlx::migrate::{AppliedMigration, Migrate, MigrateError, Migrator};

/// The table in which sqlx records the applied migrations.
pub const TABLE: &str = "_sqlx_migrations";

/// The version that this binary migrates a database to.
#[must_use]
pub fn newest(migrations: &Migrator) -> i64 {
    migrations.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// The version of a schema: the number of its last migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    pub applied: Option<i64>,
    /// The newest version that this binary knows.
    pub known: i64,
}

impl Schema {
    #[must_use]
    pub fn of(applied: &[AppliedMigration], migrations: &Migrator) -> Self {
        Self { applied: applied.iter().map(|migration| migration.version).max(), known: newest(migrations) }
    }
}

/// The message for the operator when a migration failed.
pub async fn refusal(migrations: &Migrator, connection: &mut impl Migrate, error: MigrateError) -> anyhow::Error {
    match error {
        MigrateError::VersionMissing(_) => {
            let applied = connection.list_applied_migrations(TABLE).await.unwrap_or_default();
            let found = applied.iter().map(|migration| migration.version).max().unwrap_or_default();
            anyhow::anyhow!(
                "its schema has version {found}, but this release of Rollcall supports versions up to {}: use the release \
                 that created it or a newer one, or restore the backup from before the upgrade",
                newest(migrations)
            )
        }
        MigrateError::VersionMismatch(version) => anyhow::anyhow!(
            "migration {version} is not the one that was applied to it: use the release that created it, or restore a \
             backup"
        ),
        MigrateError::Dirty(version) => anyhow::anyhow!(
            "migration {version} was applied to it only partly: restore the backup from before the upgrade"
        ),
        other => other.into(),
    }
}
