use super::*;

#[test]
fn a_real_file_is_read_and_its_unknown_columns_are_reported() {
    let outcome = read(include_bytes!("../../../data/laureates.csv"));
    assert_eq!((outcome.rows.len(), &outcome.result), (976, &Ok(())));
    assert!(outcome.rows.iter().all(|(_, person)| person.is_ok()));
    assert_eq!(
        outcome.columns(),
        ["name=name", "email=email", "created_at=created_at", "title=-", "organisation=-", "country=-"]
    );
    assert_eq!(outcome.format(), (FileKind::Csv, "utf-8", Some(',')));
    assert_eq!(outcome.problems()[0], "Emil von Behring <emil.behring@laureates.example> 2");
}

#[test]
fn every_format_holds_the_same_people() {
    let people = ["Zoë <zoe@example.org>", "Søren \"K\" <s@example.org>"];
    let csv = |delimiter: &str, end: &str| {
        let rows =
            [["name", "title", "email"], ["Zoë", "", "zoe@example.org"], ["\"Søren \"\"K\"\"\"", "x", "s@example.org"]];
        rows.map(|row| row.join(delimiter) + end).concat()
    };
    let jsonl = r#"{"name":"Zoë","title":null,"email":"zoe@example.org"}
{"email":"s@example.org","n":[{}],"name":"S\u00f8ren \"K\""}"#;
    let array = format!(" [{} ] ", jsonl.replace('\n', "\n\n,\r\n"));
    for (text, kind, delimiter, lines) in [
        (csv(",", "\n"), FileKind::Csv, Some(','), [2, 3]),
        (csv(";", "\r\n"), FileKind::Csv, Some(';'), [2, 3]),
        (csv("\t", "\r"), FileKind::Csv, Some('\t'), [2, 3]),
        (csv("|", "\r\n\r\n"), FileKind::Csv, Some('|'), [3, 5]),
        (format!("\n \n\t{}", csv(",", "\n")), FileKind::Csv, Some(','), [4, 5]),
        (jsonl.to_owned(), FileKind::JsonLines, None, [1, 2]),
        (format!("\r\n\r\n{}\r\n", jsonl.replace('\n', "\r\n \r\n")), FileKind::JsonLines, None, [3, 5]),
        (array, FileKind::Json, None, [1, 4]),
    ] {
        let problems = [0, 1].map(|row| format!("{} {}", people[row], lines[row]));
        for (bytes, encoding) in encodings(&text) {
            for size in [1, 2, 3, usize::MAX] {
                let outcome = Outcome::of(&bytes, size, everything());
                assert_eq!(outcome.problems(), problems, "{encoding} {text}");
                assert_eq!(outcome.format(), (kind, encoding, delimiter));
            }
        }
    }
}

#[test]
fn elements_on_one_line_have_distinct_numbers() {
    let person = |n: u32| format!("{{\"name\":\"A\",\"email\":\"{n}@x.org\"}}");
    let file = format!("[{},{},\n{},\n\n\n{}]", person(1), person(2), person(3), person(4));
    let lines: Vec<_> = read(file).rows.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [1, 2, 3, 5]);
}

/// The text in every encoding, with and without a byte order mark.
fn encodings(text: &str) -> Vec<(Vec<u8>, &'static str)> {
    let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let latin = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    vec![
        (text.into(), "utf-8"),
        ([b"\xef\xbb\xbf", text.as_bytes()].concat(), "utf-8"),
        ([b"\xff\xfe", &*le].concat(), "utf-16le"),
        (le, "utf-16le"),
        ([b"\xfe\xff", &*be].concat(), "utf-16be"),
        (be, "utf-16be"),
        (latin, "windows-1252"),
    ]
}

#[test]
fn files_without_a_list_of_people_are_refused_with_the_reason() {
    let object = "{\"name\":\"A\",\"email\":\"a@x.org\"}";
    for (file, message) in [
        (String::new(), "line 1: the file is empty: a heading with the columns name and email is missing"),
        (" \n\n ".into(), "line 1: the file is empty: a heading with the columns name and email is missing"),
        ("\nname,post\n".into(), "line 2: there is no column email in the heading: name, post"),
        ("hello".into(), "line 1: there is no column name and no column email in the heading: hello"),
        ("name,email,Email\n".into(), "line 1: the column email occurs twice in the heading"),
        ("name,email\nA,a@x.org\n\"A,".into(), "line 3: a quote is opened in this row and never closed"),
        ("name,\"email\nA,a@x.org\n".into(), "line 1: a quote is opened in this row and never closed"),
        ("[".into(), "line 1: the file ends within the array: the closing ] is missing"),
        (format!("[\n{object},"), "line 2: the file ends within the array: the closing ] is missing"),
        (format!("[{object},]"), "line 1: the JSON is invalid: expected an element in the array, found ]"),
        (
            format!("[{object}\n{object}]"),
            "line 2: the JSON is invalid: expected a comma or ] after an element of the array, found {",
        ),
        (format!("[{object}] x"), "line 1: the JSON is invalid: expected nothing after the array, found x"),
        ("{\"name\":\"A\"}\n".into(), "line 2: there is no column email in the objects: name"),
    ] {
        for size in [1, 5, usize::MAX] {
            let outcome = Outcome::of(file.as_bytes(), size, everything());
            assert_eq!(outcome.result.unwrap_err().to_string(), message, "{file}");
        }
    }
    assert_eq!(read("[ ]").problems(), Vec::<String>::new(), "an empty array is a list");
    let mut reader = everything();
    let first = reader.read(b"name,x\n", &mut |_| {}).unwrap_err();
    assert_eq!(reader.read(b"Ada,ada@x.org\n", &mut |_| {}).unwrap_err(), first);
    assert_eq!(reader.finish(&mut |_| {}).unwrap_err(), first);
}
