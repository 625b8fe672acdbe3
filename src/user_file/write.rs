use std::{array, iter};

use csv_core::{Terminator, WriterBuilder};

use super::escape_formula;
use crate::domain::{FileKind, ProfileField, Timestamp, User};

/// Writes users incrementally as one file, appending to a buffer.
#[derive(Debug)]
pub struct Writer {
    kind: FileKind,
    csv: csv_core::Writer,
    /// Whether the beginning of the file has been written.
    has_begun: bool,
}

impl Writer {
    /// The CSV heading.
    fn heading() -> Vec<&'static str> {
        iter::once("id")
            .chain(ProfileField::NAMES)
            .chain(["version", "created_at", "updated_at", "deleted_at"])
            .collect()
    }

    #[must_use]
    pub fn new(kind: FileKind) -> Self {
        Self { kind, csv: WriterBuilder::new().terminator(Terminator::CRLF).build(), has_begun: false }
    }

    pub fn write(&mut self, user: &User, file: &mut Vec<u8>) {
        let is_first = !self.has_begun;
        self.begin(file);
        match self.kind {
            FileKind::Csv => self.row(user, file),
            FileKind::JsonLines => {
                object(user, file);
                file.push(b'\n');
            }
            FileKind::Json => {
                file.extend_from_slice(if is_first { b"\n" } else { b",\n" });
                object(user, file);
            }
        }
    }

    /// Completes the file, which is also valid without any user.
    pub fn end(&mut self, file: &mut Vec<u8>) {
        self.begin(file);
        if self.kind == FileKind::Json {
            file.extend_from_slice(b"\n]\n");
        }
    }

    fn begin(&mut self, file: &mut Vec<u8>) {
        if self.has_begun {
            return;
        }
        self.has_begun = true;
        match self.kind {
            FileKind::Csv => self.record(&Self::heading(), file),
            FileKind::JsonLines => {}
            FileKind::Json => file.push(b'['),
        }
    }

    fn row(&mut self, user: &User, file: &mut Vec<u8>) {
        let mut id = [0; 36];
        let [mut created_at, mut updated_at, mut deleted_at] = [[0; Timestamp::LENGTH]; 3];
        let (id, version) = (user.id.0.hyphenated().encode_lower(&mut id), user.version.to_string());
        let profile: [_; ProfileField::COUNT] =
            array::from_fn(|index| escape_formula(user.profile.get(ProfileField::ALL[index])));
        let mut cells = [""; ProfileField::COUNT + 5];
        let values = iter::once(&*id).chain(profile.iter().map(|text| &**text)).chain([
            version.as_str(),
            user.created_at.rfc3339(&mut created_at),
            user.updated_at.rfc3339(&mut updated_at),
            user.deleted_at.map_or("", |at| at.rfc3339(&mut deleted_at)),
        ]);
        for (cell, value) in cells.iter_mut().zip(values) {
            *cell = value;
        }
        self.record(&cells, file);
    }

    fn record(&mut self, cells: &[&str], file: &mut Vec<u8>) {
        // Worst case: every byte is a quote and doubled, and every cell has quotes and a delimiter.
        let start = file.len();
        let most = cells.iter().map(|cell| 2 * cell.len() + 3).sum::<usize>() + 2;
        file.resize(start + most, 0);
        let mut end = start;
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                end += self.csv.delimiter(&mut file[end..]).1;
            }
            end += self.csv.field(cell.as_bytes(), &mut file[end..]).2;
        }
        end += self.csv.terminator(&mut file[end..]).1;
        file.truncate(end);
    }
}

fn object(user: &User, file: &mut Vec<u8>) {
    // Cannot fail: a user is always valid JSON, and a `Vec` accepts every write.
    let _ = serde_json::to_writer(file, user);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::Profile, user_file::unescape_formula};
    use proptest::prelude::*;

    fn user(name: &str, deleted_at: Option<i64>) -> User {
        User {
            id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
            profile: Profile::new(name, "ada@example.org"),
            version: 3,
            created_at: Timestamp::parse("at", "1903-12-10T12:00:00Z").unwrap(),
            updated_at: Timestamp::parse("at", "2026-01-02T03:04:05.678Z").unwrap(),
            deleted_at: deleted_at.and_then(Timestamp::from_unix_micros),
        }
    }

    fn file(kind: FileKind, users: &[User]) -> String {
        let (mut writer, mut file) = (Writer::new(kind), Vec::new());
        for user in users {
            writer.write(user, &mut file);
        }
        writer.end(&mut file);
        String::from_utf8(file).unwrap()
    }

    #[test]
    fn a_table_has_a_heading_and_a_line_for_each() {
        let users = [user("Ada, \"Countess\"", None), user("=1+1", Some(0))];
        assert_eq!(
            file(FileKind::Csv, &users),
            "id,name,email,version,created_at,updated_at,deleted_at\r\n\
             01890a5d-ac96-774b-bcce-b302099a8057,\"Ada, \"\"Countess\"\"\",ada@example.org,3,\
             1903-12-10T12:00:00Z,2026-01-02T03:04:05.678Z,\r\n\
             01890a5d-ac96-774b-bcce-b302099a8057,'=1+1,ada@example.org,3,\
             1903-12-10T12:00:00Z,2026-01-02T03:04:05.678Z,1970-01-01T00:00:00Z\r\n"
        );
        assert_eq!(file(FileKind::Csv, &[]), "id,name,email,version,created_at,updated_at,deleted_at\r\n");
    }

    #[test]
    fn an_empty_list_is_a_valid_file() {
        assert_eq!(file(FileKind::JsonLines, &[]), "");
        assert_eq!(serde_json::from_str::<Vec<User>>(&file(FileKind::Json, &[])).unwrap(), []);
    }

    proptest! {
        #[test]
        fn each_format_round_trips(names: Vec<String>, deleted_at: Option<u32>) {
            let users: Vec<User> = names.iter().map(|name| user(name, deleted_at.map(i64::from))).collect();
            let json = file(FileKind::Json, &users);
            prop_assert_eq!(&serde_json::from_str::<Vec<User>>(&json).unwrap(), &users);
            let lines = file(FileKind::JsonLines, &users);
            let read = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<User>>();
            prop_assert_eq!(&read, &users);
            let table = file(FileKind::Csv, &users);
            let mut rows = ::csv::Reader::from_reader(table.as_bytes());
            let read: Vec<_> = rows.records().map(|row| unescape_formula(&row.unwrap()[1]).to_owned()).collect();
            prop_assert_eq!(read, names);
        }
    }
}
