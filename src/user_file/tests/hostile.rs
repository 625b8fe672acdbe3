use std::fmt::Write as _;

use super::*;

#[test]
fn hostile_files_are_refused_early() {
    const GIB: u64 = 1 << 30;
    for (beginning, again, message) in [
        ("", "a", "line 1: the heading has more than 1 MiB"),
        ("", " ", "line 1: the heading has more than 1 MiB"),
        ("\"", "a,", "line 1: the heading has more than 1 MiB: is a quote never closed?"),
        ("name,email\nA,a@x.org\n", "a", "line 3: this row has more than 1 MiB"),
        ("name,email\nA,a@x.org\n", "\"", "line 3: this row has more than 1 MiB"),
        ("name,email\n\n\"", "a\n", "line 3: this row has more than 1 MiB: is a quote never closed?"),
        ("name,email\n", ",", "line 2: this row has more than 1000 columns"),
        ("[", "[", "line 1: this element has more than 1 MiB"),
        ("[", "{\"a\":", "line 1: this element has more than 1 MiB"),
        ("[\n{\"name\":\"", "a", "line 2: this element has more than 1 MiB: is a string never closed?"),
        ("[1,2", "1", "line 1: this element has more than 1 MiB"),
        ("{}\n", "{", "line 2: this line has more than 1 MiB"),
        ("\r\n{}\r\n", " {\"", "line 3: this line has more than 1 MiB"),
    ] {
        let error = endless(beginning, again.as_bytes(), GIB);
        assert!(error.to_string().starts_with(message), "{beginning:?} {again:?}: {error}");
    }
    let columns: String = (0..100_000).fold("name,email".to_owned(), |mut text, column| {
        let _ = write!(text, ",column {column}");
        text
    });
    assert_eq!(read(&columns).problems(), ["line 1: the heading has more than 1 MiB: is a quote never closed?"]);
    assert_eq!(read(&columns[..500_000]).problems(), ["line 1: this row has more than 1000 columns"]);
    let keys: String = (0..1001).fold(String::new(), |mut text, key| {
        let _ = writeln!(text, "{{\"{key}\":1}}");
        text
    });
    assert_eq!(read(keys).problems().last().unwrap(), "line 1001: the objects have more than 1000 different keys");
}

#[test]
fn a_file_of_blanks_is_empty_however_long() {
    assert!(endless("", b"\n", 1 << 24).message.starts_with("the file is empty"));
}

/// Reads a file of a beginning and a repeated pattern in chunks of 64 KiB, without holding it in memory.
fn endless(beginning: &str, again: &[u8], size: u64) -> FileError {
    let piece = again.repeat(65536 / again.len());
    let mut reader = everything();
    let mut read = || {
        reader.read(beginning.as_bytes(), &mut |_| {})?;
        for _ in 0..size / 65536 {
            reader.read(&piece, &mut |_| {})?;
        }
        reader.finish(&mut |_| {})
    };
    read().unwrap_err()
}
