//! Parses users from JSON objects.

use std::{borrow::Cow, fmt};

use serde::de::{self, DeserializeSeed, Deserializer as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{
    FileError, MAX_COLUMNS, OnRow, Row,
    columns::Columns,
    elements::Elements,
    lines::Lines,
    person::{PersonParser, RawValue, Values, cut},
    row::Record,
};
use crate::domain::{FileKind, RowError};

#[derive(Debug)]
pub struct Objects {
    elements: Elements,
    /// Named in errors about malformed rows.
    encoding: &'static str,
    people: PersonParser,
    /// Whether the file had any element.
    any: bool,
}

impl Objects {
    pub fn new(kind: FileKind, encoding: &'static str, lines: Lines) -> Self {
        Self { elements: Elements::new(kind, lines), encoding, people: PersonParser::default(), any: false }
    }

    pub fn read(&mut self, text: &[u8], columns: &mut Columns, on_row: &mut OnRow) -> Result<(), FileError> {
        let Self { elements, encoding, people, any } = self;
        elements.read(text, &mut |line, element| {
            *any = true;
            let text = std::str::from_utf8(element).map_err(|_| String::from_utf8_lossy(element));
            match text {
                Ok(text) => read_object(people, line, text.trim_end(), columns, on_row)?,
                Err(text) => on_row(broken(line, text, &format!("is not {}", encoding.to_uppercase()))),
            }
            Ok(())
        })
    }

    pub fn finish(&mut self, columns: &mut Columns, on_row: &mut OnRow) -> Result<(), FileError> {
        let line = self.elements.line();
        // A line end completes the last line of JSON Lines and is white space elsewhere.
        self.read(b"\n", columns, on_row)?;
        self.elements.finish(line)?;
        if self.any { columns.check_keys(line) } else { Ok(()) }
    }
}

fn read_object(
    people: &mut PersonParser,
    line: u64,
    text: &str,
    columns: &mut Columns,
    on_row: &mut OnRow,
) -> Result<(), FileError> {
    let mut object = parse(text, columns);
    if let Ok(found) = &mut object
        && !found.unknown.is_empty()
    {
        columns.add_keys(line, std::mem::take(&mut found.unknown))?;
        object = parse(text, columns);
    }
    match object {
        Ok(Object { values, problem, .. }) => {
            let person = people.parse(&values, columns, Vec::new());
            on_row(Row { line, person, record: Record::Object { text, problem } });
        }
        Err(message) => on_row(broken(line, text.into(), &message)),
    }
    Ok(())
}

fn broken<'a>(line: u64, text: Cow<'a, str>, message: &str) -> Row<'a> {
    let error = RowError { column: String::new(), value: cut(&text), message: message.to_owned() };
    Row { line, person: Err(vec![error]), record: Record::Other(text) }
}

/// The values of an object that map to columns.
#[derive(Debug, Default)]
struct Object<'a> {
    values: Values<'a>,
    /// Keys without a column.
    unknown: Vec<String>,
    problem: bool,
}

fn parse<'a>(text: &'a str, columns: &Columns) -> Result<Object<'a>, String> {
    if !text.starts_with('{') {
        return Err("must be a JSON object".to_owned());
    }
    let mut json = serde_json::Deserializer::from_str(text);
    let object = json.deserialize_map(ObjectVisitor { columns });
    let object = object.and_then(|object| json.end().map(|()| object));
    object.map_err(|error| {
        let whole = error.to_string();
        let (what, _) = whole.rsplit_once(" at line ").unwrap_or((&whole, ""));
        if error.line() == 1 {
            format!("must be a JSON object: {what} at byte {}", error.column())
        } else {
            format!("must be a JSON object: {what} on its line {}", error.line())
        }
    })
}

struct ObjectVisitor<'c> {
    columns: &'c Columns,
}

impl<'de> Visitor<'de> for ObjectVisitor<'_> {
    type Value = Object<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut object = Object::default();
        while let Some(key) = map.next_key_seed(KeySeed { columns: self.columns })? {
            let field = match key {
                Key::Known(index) => {
                    let column = &self.columns.list()[index];
                    object.problem |= super::columns::is_problem(column);
                    column.field
                }
                Key::Unknown(key) => {
                    // One key more than the limit is enough to refuse the file.
                    if object.unknown.len() <= MAX_COLUMNS && !object.unknown.contains(&key) {
                        object.unknown.push(key);
                    }
                    None
                }
            };
            match field {
                Some(field) => object.values.set(field, map.next_value_seed(ValueSeed)?),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(object)
    }
}

enum Key {
    Known(usize),
    Unknown(String),
}

struct KeySeed<'c> {
    columns: &'c Columns,
}

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = Key;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Key, E> {
        Ok(self.columns.index_of_key(key).map_or_else(|| Key::Unknown(key.to_owned()), Key::Known))
    }
}

struct ValueSeed;

impl<'de> DeserializeSeed<'de> for ValueSeed {
    type Value = RawValue<'de>;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<RawValue<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed {
    type Value = RawValue<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(RawValue::Text(text.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(RawValue::Text(text.to_owned().into()))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(RawValue::Missing)
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(RawValue::Number(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(i64::try_from(number).map_or_else(|_| RawValue::Other(number.to_string()), RawValue::Number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(RawValue::Other(number.to_string()))
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Self::Value, E> {
        Ok(RawValue::Other(truth.to_string()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(RawValue::Other("an array".to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(RawValue::Other("an object".to_owned()))
    }
}
