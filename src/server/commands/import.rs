//! `rollcall import`: imports people from a file, all or nothing.

use std::{
    fs::File,
    io::{self, Seek, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Instant,
};

use anyhow::Context;
use clap::Args;

use super::{progress::Progress, terminal};
use crate::{
    domain::{
        ApplyImport, ChosenColumns, FileField, Import, ImportId, ImportMode, ImportProgress, ImportState,
        ListImportRows, NewImport, RowOutcome,
    },
    server::{
        foundation::clock::{SystemClock, UuidV7},
        services::{
            identity::Actor,
            imports::{FileSource, Imports, problem},
            users::Users,
        },
        store::Store,
    },
    ui::text::imports as text,
};

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag on the command line")]
pub struct Options {
    /// File to import: CSV, JSON Lines or a JSON array; - reads standard input
    file: PathBuf,
    /// Show what would happen to each row, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Update existing people, matched by e-mail address, with the values in the file
    #[arg(long)]
    update: bool,
    /// Import the valid rows even if others are skipped
    #[arg(long)]
    skip_invalid: bool,
    /// Write skipped rows to this file, each with its problem, to correct and import again
    #[arg(long, value_name = "FILE")]
    rejected: Option<PathBuf>,
    /// Map a column to a field, for example --column name="Full name"; can be repeated
    #[arg(long = "column", value_name = "FIELD=COLUMN", value_parser = column)]
    columns: Vec<(FileField, String)>,
    /// Do nothing if the directory is not empty
    #[arg(long)]
    if_empty: bool,
}

fn column(text: &str) -> Result<(FileField, String), String> {
    let (field, heading) = text.split_once('=').ok_or("must be FIELD=COLUMN, for example name=\"Full name\"")?;
    Ok((field.parse::<FileField>().map_err(|error| error.to_string())?, heading.to_owned()))
}

/// Imports a file and prints the result of its rows.
///
/// # Errors
/// When the file or the database cannot be used. Invalid rows are not an error, but a failing exit code.
pub async fn run(store: Arc<dyn Store>, options: Options) -> anyhow::Result<ExitCode> {
    let imports = Imports::new(store.clone(), Arc::new(SystemClock), Arc::new(UuidV7));
    if options.if_empty {
        let users = Users::new(store, Arc::new(SystemClock), Arc::new(UuidV7));
        if !users.is_empty(&Actor::operator()).await? {
            terminal::print(["The directory is not empty: nothing to do.".to_owned()])?;
            return Ok(ExitCode::SUCCESS);
        }
    }
    let mode = if options.update { ImportMode::Update } else { ImportMode::Insert };
    let run = Run { imports, name: options.file.display().to_string(), mode, started: Instant::now() };
    let file = open(&options.file)?;
    let checked = run.check(&file, ChosenColumns(options.columns.clone())).await?;
    let outcome = run.finish(&checked, &file, &options).await;
    if !matches!(outcome, Ok(Done::Applied(_))) {
        // The checked rows are of no further use.
        run.imports.cancel(&Actor::operator(), checked.id).await?;
        run.imports.prune().await?;
    }
    match outcome? {
        Done::Applied(printed) => printed.map(|()| ExitCode::SUCCESS).map_err(Into::into),
        Done::Checked(code) => Ok(code),
    }
}

/// Opens the file. Standard input is copied to a temporary file, because rejected rows are read a second time.
fn open(path: &Path) -> anyhow::Result<File> {
    let name = path.display();
    if path != Path::new("-") {
        let file = File::open(path).with_context(|| format!("cannot open {name}"))?;
        anyhow::ensure!(!file.metadata().is_ok_and(|file| file.is_dir()), "{name} is a folder, not a file");
        return Ok(file);
    }
    let mut file = tempfile::tempfile().context("cannot copy standard input to a temporary file")?;
    io::copy(&mut io::stdin(), &mut file).context("cannot read standard input")?;
    file.rewind()?;
    Ok(file)
}

/// The name of the file that is stored with the import: without its folder.
fn display_name(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    name.filter(|name| name != "-").unwrap_or_else(|| "standard input".to_owned())
}

fn ignored_columns(checked: &Import) -> Option<String> {
    let ignored = checked.columns.iter().filter(|column| column.field.is_none());
    let ignored: Vec<_> = ignored.map(|column| column.heading.as_str()).collect();
    (!ignored.is_empty()).then(|| format!("Ignored columns: {}", ignored.join(", ")))
}

/// An import that this command runs.
struct Run {
    imports: Imports,
    /// The name of the file.
    name: String,
    mode: ImportMode,
    started: Instant,
}

enum Done {
    /// Applied, and whether the results could be printed.
    Applied(io::Result<()>),
    Checked(ExitCode),
}

impl Run {
    /// The maximum number of rows that are printed for each outcome; the rest is only counted.
    const MAX_PRINTED: u32 = 1_000;

    async fn check(&self, file: &File, columns: ChosenColumns) -> anyhow::Result<Import> {
        let size = file.metadata().map_or(0, |metadata| metadata.len());
        let new = NewImport { file: display_name(Path::new(&self.name)), size, part_size: Import::MAX_PART, columns };
        let started = self.imports.check_file(&Actor::operator(), &new, FileSource(file.try_clone()?)).await?;
        let progress = Progress::bytes("checking", size);
        self.watch(started.id, &progress).await;
        let checked = self.imports.get(&Actor::operator(), started.id).await?;
        if let Some(problem) = &checked.problem {
            self.imports.cancel(&Actor::operator(), checked.id).await?;
            self.imports.prune().await?;
            anyhow::bail!("{}: {problem}", self.name);
        }
        Ok(checked)
    }

    async fn finish(&self, checked: &Import, file: &File, options: &Options) -> anyhow::Result<Done> {
        // A failure is reported at the end: it must not prevent the import.
        let printed = terminal::print(ignored_columns(checked));
        let refused = checked.rejected(self.mode);
        let counts = checked.counts.unwrap_or_default();
        for outcome in [RowOutcome::Invalid, RowOutcome::Duplicate, RowOutcome::Taken, RowOutcome::Changed] {
            if counts.of(outcome) > 0 && (options.dry_run || self.is_rejected(outcome)) {
                self.print_rows(checked, outcome).await?;
            }
        }
        if let Some(path) = options.rejected.as_ref().filter(|_| refused > 0) {
            self.write_rejected(checked.id, file, path).await?;
        }
        if options.dry_run {
            printed?;
            terminal::print([format!(
                "Dry run: {} new, {} changed, {} unchanged, {} invalid, {} duplicate, {} in conflict. Nothing was imported.",
                counts.new, counts.changed, counts.unchanged, counts.invalid, counts.duplicate, counts.taken
            )])?;
            return Ok(Done::Checked(ExitCode::SUCCESS));
        }
        if refused > 0 && !options.skip_invalid {
            eprintln!("Nothing was imported: {} Use --skip-invalid to import the others.", text::rejected(refused));
            return Ok(Done::Checked(ExitCode::FAILURE));
        }
        self.apply(checked.id).await?;
        let changed = if self.mode == ImportMode::Update { counts.changed } else { 0 };
        let imported = counts.new + changed;
        let summary = format!(
            "Imported {}: {} created, {changed} updated, {} unchanged, {refused} skipped ({:.1} s).",
            terminal::people(imported),
            counts.new,
            counts.unchanged,
            self.started.elapsed().as_secs_f64()
        );
        let undo = (imported > 0).then(|| format!("To undo it, run: rollcall imports undo {}", checked.id));
        Ok(Done::Applied(printed.and_then(|()| terminal::print([Some(summary), undo].into_iter().flatten()))))
    }

    async fn apply(&self, id: ImportId) -> anyhow::Result<()> {
        let how = ApplyImport { mode: self.mode, skip_invalid: true };
        let rows = self.imports.apply(&Actor::operator(), id, how).await?.counts.map_or(0, |counts| counts.rows());
        self.watch(id, &Progress::rows("importing", rows)).await;
        let applied = self.imports.get(&Actor::operator(), id).await?;
        anyhow::ensure!(
            applied.state == ImportState::Applied,
            "nothing was imported: {}",
            applied.problem.unwrap_or_else(|| "it was cancelled".to_owned())
        );
        Ok(())
    }

    async fn watch(&self, id: ImportId, progress: &Progress) {
        self.imports.watch(id, |ImportProgress { done, .. }| progress.at(done)).await;
        progress.finish();
    }

    fn is_rejected(&self, outcome: RowOutcome) -> bool {
        outcome != RowOutcome::Changed || self.mode == ImportMode::Insert
    }

    /// Prints the first rows with an outcome: rejected ones to standard error, others to standard output.
    async fn print_rows(&self, import: &Import, outcome: RowOutcome) -> anyhow::Result<()> {
        let list = ListImportRows { outcome, after: 0, per_page: Self::MAX_PRINTED };
        let rows = self.imports.rows(&Actor::operator(), import.id, list).await?;
        let name = &self.name;
        for row in &rows {
            if self.is_rejected(outcome) {
                eprintln!("{name}:{}: {}", row.line, problem(row));
                continue;
            }
            terminal::print(row.changes.iter().map(|change| {
                let (from, to) = (change.from.as_deref().unwrap_or_default(), change.to.as_deref().unwrap_or_default());
                format!("{name}:{}: {}: {from} → {to}", row.line, change.field)
            }))?;
        }
        let more = import.counts.map_or(0, |counts| counts.of(outcome)) - rows.len() as u64;
        if more > 0 {
            eprintln!("… and {more} more");
        }
        Ok(())
    }

    async fn write_rejected(&self, id: ImportId, file: &File, path: &Path) -> anyhow::Result<()> {
        let mut source = file.try_clone()?;
        source.rewind()?;
        let source = Box::new(FileSource(source));
        let mut rejected = self.imports.rejected(&Actor::operator(), id, self.mode, Some(source)).await?;
        let mut out = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
        while let Some(text) = rejected.next().await? {
            out.write_all(text.as_bytes()).with_context(|| format!("cannot write {}", path.display()))?;
        }
        eprintln!("Wrote the skipped rows to {}.", path.display());
        Ok(())
    }
}
