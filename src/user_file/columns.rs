//! Maps the columns of a file to fields.

use std::collections::BTreeMap;

use super::{AllowedFields, FileError, MAX_COLUMNS};
use crate::domain::{ChosenColumns, FileColumn, FileField};

/// The heading of the column with the reason why a row was rejected; it is never imported.
pub const PROBLEM: &str = "problem";

/// Whether the column is the one that `Row::rejected` writes.
pub fn is_problem(column: &FileColumn) -> bool {
    column.heading == PROBLEM
}

/// Alternative headings of a field, as [`normal`] writes them; the first one found is used.
fn synonyms(field: FileField) -> &'static [&'static str] {
    match field {
        FileField::Profile(field) => field.synonyms(),
        FileField::CreatedAt => {
            &["createdat", "created", "created_on", "joined_at", "joined", "joined_on", "date_joined", "joinedat"]
        }
        FileField::UpdatedAt => &["updatedat", "updated", "updated_on"],
        FileField::DeletedAt => &["deletedat", "deleted_on"],
        FileField::Id | FileField::Version => &[],
    }
}

/// The columns of a file: the CSV heading, or the keys of all JSON objects so far.
#[derive(Debug)]
pub struct Columns {
    chosen: ChosenColumns,
    allowed: AllowedFields,
    list: Vec<FileColumn>,
    /// The normalised headings.
    normal: Vec<String>,
    indexes: [Option<usize>; FileField::COUNT],
    /// The column index of each JSON key.
    keys: BTreeMap<String, usize>,
}

impl Columns {
    pub fn new(chosen: ChosenColumns, allowed: AllowedFields) -> Self {
        Self {
            chosen,
            allowed,
            list: Vec::new(),
            normal: Vec::new(),
            indexes: [None; FileField::COUNT],
            keys: BTreeMap::new(),
        }
    }

    pub fn list(&self) -> &[FileColumn] {
        &self.list
    }

    pub fn allowed(&self) -> AllowedFields {
        self.allowed
    }

    pub fn index_of(&self, field: FileField) -> Option<usize> {
        self.indexes[field.index()]
    }

    pub fn index_of_key(&self, key: &str) -> Option<usize> {
        self.keys.get(key).copied()
    }

    /// The heading of a field in the file.
    pub fn heading(&self, field: FileField) -> &str {
        self.index_of(field).map_or(field.as_str(), |index| &self.list[index].heading)
    }

    /// # Errors
    /// If a required or chosen column is missing or ambiguous.
    pub fn read_heading<'a>(&mut self, line: u64, names: impl Iterator<Item = &'a str>) -> Result<(), FileError> {
        let trimmed = names.map(|name| name.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}'));
        self.list = trimmed.map(|name| FileColumn { heading: name.to_owned(), field: None }).collect();
        self.normal = self.list.iter().map(|column| normal(&column.heading)).collect();
        let matched = self.match_all();
        matched.and_then(|()| self.check("heading")).map_err(|message| FileError::new(line, message))
    }

    /// Adds keys that no earlier object had. `keys` must not contain duplicates.
    ///
    /// # Errors
    /// If there are too many keys, or one of them is a second column for a field.
    pub fn add_keys(&mut self, line: u64, keys: Vec<String>) -> Result<(), FileError> {
        let known = self.list.len();
        if known + keys.len() > MAX_COLUMNS {
            return Err(FileError::new(line, format!("the objects have more than {MAX_COLUMNS} different keys")));
        }
        for key in keys {
            self.keys.insert(key.clone(), self.list.len());
            self.normal.push(normal(&key));
            self.list.push(FileColumn { heading: key, field: None });
        }
        let late = |field: &FileField| {
            let taken = self.index_of(*field).is_some_and(|index| index < known) && self.choice(*field).is_none();
            taken && self.normal[known..].iter().any(|heading| heading == field.as_str())
        };
        if let Some(field) = FileField::ALL.iter().find(|field| late(field)) {
            let message = format!("the columns {field} and {} both match {field}: choose one", self.heading(*field));
            return Err(FileError::new(line, message));
        }
        self.match_all().map_err(|message| FileError::new(line, message))
    }

    /// # Errors
    /// If no object had a required or chosen column.
    pub fn check_keys(&self, line: u64) -> Result<(), FileError> {
        if self.list.is_empty() {
            return Err(FileError::new(line, "the file has no JSON object with the keys name and email"));
        }
        self.check("objects").map_err(|message| FileError::new(line, message))
    }

    /// Finds columns for the fields without one. A failure for one field does not stop the search for the others.
    fn match_all(&mut self) -> Result<(), String> {
        let mut result = Ok(());
        let mut fields = self.wanted();
        // Chosen columns come first, so that name matching does not assign them to other fields.
        fields.sort_by_key(|field| self.choice(*field).is_none());
        for field in fields {
            match self.find(field) {
                Ok(Some(index)) => {
                    self.list[index].field = Some(field);
                    self.indexes[field.index()] = Some(index);
                }
                Ok(None) => {}
                Err(message) => result = result.and(Err(message)),
            }
        }
        result
    }

    fn wanted(&self) -> Vec<FileField> {
        let for_all = |field: &FileField| matches!(field, FileField::Profile(_) | FileField::DeletedAt);
        FileField::ALL.into_iter().filter(|field| self.allowed == AllowedFields::Everything || for_all(field)).collect()
    }

    fn find(&self, field: FileField) -> Result<Option<usize>, String> {
        if self.index_of(field).is_some() {
            return Ok(None);
        }
        if self.choice(field) == Some("") {
            return Ok(None);
        }
        if let Some(heading) = self.choice(field) {
            let mut index = self.only(heading, |index| self.list[index].heading == heading.trim())?;
            if index.is_none() {
                let wanted = normal(heading);
                index = self.only(heading, |index| self.normal[index] == wanted)?;
            }
            return match index.and_then(|index| self.list[index].field) {
                Some(other) => Err(format!("the column {heading} is chosen for both {other} and {field}")),
                None => Ok(index),
            };
        }
        for name in [field.as_str()].iter().chain(synonyms(field)) {
            let index = self.only(name, |index| self.list[index].field.is_none() && self.normal[index] == *name)?;
            if index.is_some() {
                return Ok(index);
            }
        }
        Ok(None)
    }

    fn only(&self, name: &str, is: impl Fn(usize) -> bool) -> Result<Option<usize>, String> {
        let mut found = (0..self.list.len()).filter(|index| is(*index));
        let first = found.next();
        match found.next() {
            Some(_) => Err(format!("the column {name} occurs twice in the heading")),
            None => Ok(first),
        }
    }

    /// The heading that the user chose for a field; empty to leave the field without a column.
    fn choice(&self, field: FileField) -> Option<&str> {
        self.chosen.0.iter().rev().find(|(of, _)| *of == field).map(|(_, heading)| heading.as_str())
    }

    fn check(&self, place: &str) -> Result<(), String> {
        let chosen = |field: FileField| self.choice(field).filter(|heading| !heading.is_empty());
        let is_required = |field: &FileField| matches!(field, FileField::Profile(field) if field.is_required());
        let needed = |field: &FileField| chosen(*field).is_some() || is_required(field);
        let missing: Vec<String> = self
            .wanted()
            .into_iter()
            .filter(|field| needed(field) && self.index_of(*field).is_none())
            .map(|field| format!("no column {}", chosen(field).unwrap_or(field.as_str())))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(format!("there is {} in the {place}: {}", missing.join(" and "), self.some_headings()))
    }

    /// The first headings, as many as fit in an error message.
    fn some_headings(&self) -> String {
        const SHOWN: usize = 30;
        let shown = self.list.iter().take(SHOWN).map(|column| column.heading.chars().take(60).collect::<String>());
        let text = shown.collect::<Vec<_>>().join(", ");
        match self.list.len().saturating_sub(SHOWN) {
            0 => text,
            more => format!("{text} and {more} more"),
        }
    }
}

/// Normalises a heading: ignores case and the separators between words.
fn normal(heading: &str) -> String {
    let words =
        heading.split(|c: char| c.is_whitespace() || matches!(c, '_' | '-' | '.')).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("_").to_lowercase()
}
