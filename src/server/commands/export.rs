//! `rollcall export`: writes people to a file, in constant memory.

use std::{
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    pin::pin,
    sync::Arc,
};

use anyhow::{Context, ensure};
use clap::Args;
use futures::TryStreamExt;
use tempfile::{Builder, NamedTempFile};

use super::{
    list_query::ListQuery,
    progress::Progress,
    terminal::{RawOutput, people, print},
};
use crate::{
    domain::{FileKind, ListUsers, Total},
    server::{
        foundation::clock::{SystemClock, UuidV7},
        services::{identity::Actor, users::Users},
        store::Store,
    },
    user_file::Writer,
};

#[derive(Debug, Args)]
pub struct Options {
    /// Format: csv, jsonl (JSON Lines) or json (one array)
    #[arg(long, default_value = "csv")]
    format: FileKind,
    /// File to write; an existing one is replaced [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    people: ListQuery,
}

/// Exports the people that the options select. A closed pipe on standard output is not an error.
///
/// # Errors
/// When the file cannot be written or the database cannot be used; then an existing file is unchanged.
pub async fn run(store: Arc<dyn Store>, options: &Options) -> anyhow::Result<()> {
    let export = Export {
        users: Users::new(store, Arc::new(SystemClock), Arc::new(UuidV7)),
        list: options.people.list()?,
        kind: options.format,
    };
    match options.output.as_deref().filter(|file| *file != Path::new("-")) {
        Some(file) => export.to_file(file).await,
        None => export.write(RawOutput::lock(), None).await.map(|_| ()),
    }
}

struct Export {
    users: Users,
    list: ListUsers,
    kind: FileKind,
}

impl Export {
    async fn to_file(&self, file: &Path) -> anyhow::Result<()> {
        let cannot = || format!("cannot write {}", file.display());
        let mut partial = partial(file).with_context(cannot)?;
        let progress = if io::stderr().is_terminal() { Some(self.progress().await?) } else { None };
        let exported = self.write(partial.as_file_mut(), progress.as_ref()).await.with_context(cannot)?;
        if let Some(progress) = progress {
            progress.finish();
        }
        partial.as_file().sync_all().with_context(cannot)?;
        partial.persist(file).with_context(cannot)?;
        print([format!("Exported {} to {}", people(exported), file.display())])?;
        Ok(())
    }

    async fn progress(&self) -> anyhow::Result<Progress> {
        let counted = ListUsers { count: true, per_page: 1, ..self.list.clone() };
        let total = match self.users.list(&Actor::operator(), &counted).await?.total {
            Some(Total::Exactly(total) | Total::About(total) | Total::AtLeast(total)) => total,
            None => 0,
        };
        Ok(Progress::people("exporting", total))
    }

    /// Returns the number of people written.
    async fn write(&self, mut to: impl Write, progress: Option<&Progress>) -> anyhow::Result<u64> {
        let mut pages = pin!(self.users.export_pages(Actor::operator(), &self.list));
        let (mut writer, mut buffer, mut people) = (Writer::new(self.kind), Vec::new(), 0);
        while let Some(users) = pages.try_next().await? {
            buffer.clear();
            for user in &users {
                writer.write(user, &mut buffer);
            }
            to.write_all(&buffer)?;
            people += users.len() as u64;
            if let Some(progress) = progress {
                progress.at(people);
            }
        }
        buffer.clear();
        writer.end(&mut buffer);
        to.write_all(&buffer)?;
        to.flush()?;
        Ok(people)
    }
}

/// A temporary file next to the target, readable only by its owner and removed when dropped.
fn partial(file: &Path) -> anyhow::Result<NamedTempFile> {
    // A device or a pipe cannot be replaced by a rename.
    ensure!(
        !file.exists() || file.is_file(),
        "it is not a regular file; leave out --output to write to standard output"
    );
    let folder = file.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    Ok(Builder::new().prefix(".rollcall-").suffix(".partial").tempfile_in(folder)?)
}
