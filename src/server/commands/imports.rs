//! `rollcall imports`: lists and undoes imports.

use std::sync::Arc;

use clap::Subcommand;

use super::{progress::Progress, terminal::print};
use crate::{
    domain::{Import, ImportProgress, ImportState, ListImportRows, RowOutcome},
    server::{
        foundation::clock::{SystemClock, UuidV7},
        services::{identity::Actor, imports::Imports},
        store::Store,
    },
    ui::text::imports as text,
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the latest imports, newest first
    List,
    /// Undo an import; people who have changed since stay as they are
    Undo {
        /// Id of the import, as shown by `rollcall imports list`
        id: String,
    },
}

/// # Errors
/// When the import does not exist or is not applied, or the database cannot be used.
pub async fn run(store: Arc<dyn Store>, command: Command) -> anyhow::Result<()> {
    let imports = Imports::new(store, Arc::new(SystemClock), Arc::new(UuidV7));
    match command {
        Command::List => list(&imports).await,
        Command::Undo { id } => undo(&imports, &id).await,
    }
}

async fn list(imports: &Imports) -> anyhow::Result<()> {
    let line = |import: Import| {
        let rows = text::rows(import.counts.unwrap_or_default().rows());
        format!(
            "{}  {}  {:<9}  {rows}  {}",
            import.id,
            import.created_at.date_time(),
            import.state.as_str(),
            import.file
        )
    };
    print(imports.list(&Actor::operator()).await?.into_iter().map(line))?;
    Ok(())
}

async fn undo(imports: &Imports, id: &str) -> anyhow::Result<()> {
    let actor = Actor::operator();
    let import = imports.undo(&actor, id.parse()?).await?;
    let counts = import.counts.unwrap_or_default();
    let progress = Progress::rows("undoing", counts.new + counts.changed);
    imports.watch(import.id, |ImportProgress { done, .. }| progress.at(done)).await;
    progress.finish();
    let undone = imports.get(&actor, import.id).await?;
    anyhow::ensure!(
        undone.state == ImportState::Undone,
        "nothing was undone: {}",
        undone.problem.unwrap_or_else(|| "it was cancelled".to_owned())
    );
    let kept = undone.kept.unwrap_or_default();
    let list = ListImportRows { outcome: RowOutcome::Kept, after: 0, per_page: ListImportRows::MAX_PER_PAGE };
    let unchanged = imports.rows(&actor, import.id, list).await?.into_iter();
    let unchanged =
        unchanged.map(|row| format!("{} has changed since and stays as it is", row.profile.unwrap_or_default().email));
    print(unchanged.chain([text::undone(kept)]))?;
    Ok(())
}
