//! `rollcall import`: people from a CSV file (RFC 4180), in one transaction.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    process::ExitCode,
    sync::Arc,
};

use anyhow::Context;
use csv::{Reader, ReaderBuilder, StringRecord};

use super::progress::Progress;
use crate::{
    domain::{FieldErrors, NewUser, Timestamp, UserForm},
    people_file,
    server::{
        SystemClock, UuidV7,
        auth::Actor,
        store::Store,
        users::{Import, Users},
    },
};

#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub skip_invalid: bool,
    pub if_empty: bool,
}

/// Imports a file and prints what became of its rows.
///
/// # Errors
/// When the file or the database cannot be used. Bad rows are no error but a failing exit code.
pub async fn run(store: Arc<dyn Store>, path: &Path, options: Options) -> anyhow::Result<ExitCode> {
    let users = Users::new(store, Arc::new(SystemClock), Arc::new(UuidV7));
    if options.if_empty && !users.is_empty(&Actor::operator()).await? {
        println!("There are people in the directory already: nothing to do.");
        return Ok(ExitCode::SUCCESS);
    }
    let mut file = CsvFile::open(path)?;
    let ignored = file.columns.ignored.join(", ");
    if !ignored.is_empty() {
        println!("Ignored columns: {ignored}");
    }
    let mut counts = Counts::default();
    let mut import = users.begin_import(&Actor::operator()).await?;
    loop {
        let rows = file.read_batch()?;
        if rows.is_empty() {
            break;
        }
        for (line, outcome) in add(&mut import, rows).await? {
            counts.count(&file.name, line, &outcome);
        }
    }
    file.progress.finish();
    let Counts { created, unchanged, invalid } = counts;
    if invalid > 0 && !options.skip_invalid {
        eprintln!("Nothing was imported: {invalid} bad rows. With --skip-invalid the others are imported.");
        return Ok(ExitCode::FAILURE);
    }
    import.commit().await?;
    println!("{created} created, {unchanged} unchanged, {invalid} invalid");
    Ok(ExitCode::SUCCESS)
}

#[derive(Debug, Default)]
struct Counts {
    created: u64,
    unchanged: u64,
    invalid: u64,
}

impl Counts {
    /// So many bad rows are told of; the rest is only counted.
    const REPORTED: u64 = 1_000;

    fn count(&mut self, file: &str, line: u64, outcome: &Result<bool, String>) {
        match outcome {
            Ok(true) => self.created += 1,
            Ok(false) => self.unchanged += 1,
            Err(reason) => {
                self.invalid += 1;
                if self.invalid <= Self::REPORTED {
                    eprintln!("{file}:{line}: {reason}");
                } else if self.invalid == Self::REPORTED + 1 {
                    eprintln!("… and more: only the first {} bad rows are listed", Self::REPORTED);
                }
            }
        }
    }
}

/// The line of a row, and the user on it or what is wrong with it.
type Row = (u64, Result<NewUser, String>);

/// Adds the good rows of a batch. Answers for every row, in the order of their lines, whether it
/// was created, or is there already, or why it is bad.
async fn add(import: &mut Import, rows: Vec<Row>) -> anyhow::Result<Vec<(u64, Result<bool, String>)>> {
    let users: Vec<NewUser> = rows.iter().filter_map(|(_, row)| row.as_ref().ok()).cloned().collect();
    let mut outcomes = import.add(&users).await?.into_iter();
    let outcome = |row: Result<NewUser, String>| match row {
        Ok(_) => outcomes.next().map_or(Ok(false), |outcome| outcome.map_err(|error| error.to_string())),
        Err(reason) => Err(reason),
    };
    let (lines, rows): (Vec<u64>, Vec<_>) = rows.into_iter().unzip();
    Ok(lines.into_iter().zip(rows.into_iter().map(outcome)).collect())
}

/// A file whose heading was read.
struct CsvFile {
    name: String,
    reader: Reader<Box<dyn Read>>,
    columns: Columns,
    progress: Progress,
}

/// Where in a row the fields stand.
struct Columns {
    name: usize,
    email: usize,
    created_at: Option<usize>,
    count: usize,
    ignored: Vec<String>,
}

impl CsvFile {
    fn open(path: &Path) -> anyhow::Result<Self> {
        let name = path.display().to_string();
        let (source, size): (Box<dyn Read>, u64) = if path == Path::new("-") {
            (Box::new(io::stdin()), 0)
        } else {
            let file = File::open(path).with_context(|| format!("cannot open {name}"))?;
            let size = file.metadata().map_or(0, |metadata| metadata.len());
            (Box::new(file), size)
        };
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(source);
        let header = reader.headers().with_context(|| format!("cannot read the heading of {name}"))?;
        let columns = Columns::find(header).with_context(|| name.clone())?;
        Ok(Self { name, reader, columns, progress: Progress::bytes("importing", size) })
    }

    /// The next rows, good and bad; none at the end of the file.
    fn read_batch(&mut self) -> anyhow::Result<Vec<Row>> {
        let mut batch = Vec::with_capacity(Import::BATCH);
        let mut record = StringRecord::new();
        while batch.len() < Import::BATCH {
            let row = match self.reader.read_record(&mut record) {
                Ok(true) => self.columns.parse(&record).map_err(|errors| errors.to_string()),
                Ok(false) => break,
                Err(error) if matches!(error.kind(), csv::ErrorKind::Utf8 { .. }) => Err("is not UTF-8".to_owned()),
                Err(error) => return Err(error).with_context(|| format!("cannot read {}", self.name)),
            };
            let line = record.position().map_or(0, csv::Position::line);
            batch.push((line, row));
        }
        self.progress.at(self.reader.position().byte());
        Ok(batch)
    }
}

impl Columns {
    /// By their names, in any case; each may stand only once.
    fn find(header: &StringRecord) -> anyhow::Result<Self> {
        let names: Vec<String> =
            header.iter().map(|name| name.trim().trim_start_matches('\u{feff}').to_lowercase()).collect();
        let position = |wanted: &str| {
            let mut found = names.iter().enumerate().filter(|(_, name)| *name == wanted).map(|(index, _)| index);
            let first = found.next();
            anyhow::ensure!(found.next().is_none(), "the column {wanted} stands twice in the heading");
            Ok(first)
        };
        let required = |wanted: &str| {
            position(wanted)?
                .with_context(|| format!("there is no column {wanted} in the heading: {}", names.join(", ")))
        };
        Ok(Self {
            name: required("name")?,
            email: required("email")?,
            created_at: position("created_at")?,
            count: names.len(),
            ignored: names
                .iter()
                .filter(|name| !["name", "email", "created_at"].contains(&name.as_str()))
                .cloned()
                .collect(),
        })
    }

    fn parse(&self, record: &StringRecord) -> Result<NewUser, FieldErrors> {
        if record.len() != self.count {
            let message = format!("has {} fields, the heading has {}", record.len(), self.count);
            return Err(FieldErrors::one("row", "ragged", message));
        }
        let field = |index: usize| record.get(index).unwrap_or_default();
        let mut errors = FieldErrors::default();
        let text = |column| people_file::unguard(field(column)).to_owned();
        let form = UserForm { name: text(self.name), email: text(self.email) };
        let user = errors.take(form.parse());
        let created_at = self.created_at.map(field).map(str::trim).filter(|text| !text.is_empty());
        let created_at = errors.take(created_at.map(|text| Timestamp::parse("created_at", text)).transpose()).flatten();
        match user {
            Some(user) if errors.is_empty() => Ok(user.with_created_at(created_at)),
            _ => Err(errors),
        }
    }
}
