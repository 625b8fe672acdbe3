use super::*;

#[test]
fn all_errors_of_a_row_are_reported_together() {
    let csv = "Mail,version,name,created_at,id,updated_at\n\
        x,0,,yesterday,7,\n\
        a@x.org,2\n\
        \"a@x.org\",,'=Ada,,, \n\
        a@x.org,,\"a\0b\",,,\n";
    let moment = "must be a date and time like 2024-05-31T14:30:00Z (RFC 3339), from year 1 to 9999";
    assert_eq!(
        read(csv).problems(),
        [
            "2: name \"\" must not be empty",
            "2: Mail \"x\" must be an address like ada@example.org: the @ is missing",
            &format!("2: created_at \"yesterday\" {moment}"),
            "2: id \"7\" must be a UUID with hyphens",
            "2: version \"0\" must be a whole number from 1",
            "3:  \"\" has 2 fields, but the heading has 6",
            "=Ada <a@x.org> 4",
            "5: name \"a\\0b\" must not contain control characters, such as U+0000",
        ]
    );
    let long = read(format!("name,email\n{},x\n", "é".repeat(300)));
    assert_eq!(long.rows[0].1.as_ref().unwrap_err()[0].value, "é".repeat(200));
}

#[test]
fn a_json_value_that_is_no_person_is_an_invalid_row() {
    let jsonl = "{\"name\":\"A\",\"email\":\"a@x.org\",\"version\":3}\n\
        {\"name\":1,\"email\":[[]],\"version\":1.5,\"created_at\":true}\n\
        {\"name\":\"A\",\"name\":\"B\",\"email\":{\"a\":1}}\n\
        {\"name\":\"A\"\n\
        [1]\n\
        {\"name\":\"A\",\"email\":\"a@x.org\"} x\n\
        {\"name\":\"'=A\",\"email\":\"a@x.org\",\"version\":null,\"deleted_at\":\"\"}";
    assert_eq!(
        read(jsonl).problems(),
        [
            "A <a@x.org> 1",
            "2: name \"1\" must be a string",
            "2: email \"an array\" must be a string",
            "2: created_at \"true\" must be a string",
            "2: version \"1.5\" must be a whole number from 1",
            "3: name \"\" occurs twice in the object",
            "3: email \"an object\" must be a string",
            "4:  \"{\\\"name\\\":\\\"A\\\"\" must be a JSON object: EOF while parsing an object at byte 11",
            "5:  \"[1]\" must be a JSON object",
            "6:  \"{\\\"name\\\":\\\"A\\\",\\\"email\\\":\\\"a@x.org\\\"} x\" must be a JSON object: trailing characters at byte 32",
            "'=A <a@x.org> 7",
        ]
    );
    let array = read("[1, \"],\", {\"name\":\"A\",\"email\":\"a@x.org\"}, [{}], null,\n{\"name\" 1}]");
    let problems = array.problems();
    let expected = [
        "1:  \"1\" must",
        "2:  \"\\\"],\\\"\" must",
        "A <",
        "4:  \"[{}]\"",
        "5:  \"null\"",
        "6:  \"{\\\"name\\\" 1}\"",
    ];
    assert_eq!(problems.len(), expected.len());
    assert!(problems.iter().zip(expected).all(|(problems, start)| problems.starts_with(start)), "{problems:?}");
}

#[test]
fn invalid_utf_8_is_an_invalid_row() {
    let csv = b"name,email,city\n\xc3\x89ve,eve@x.org,\nAd\xff,ada@x.org,\nBob,bob@x.org,K\xf6ln\nA\xc3,\xa9@x.org,\nEnd,end@x.org,\xe2\x82";
    let outcome = read(csv);
    assert_eq!(
        outcome.problems(),
        [
            "Éve <eve@x.org> 2",
            "3: name \"Ad\u{fffd}\" is not UTF-8",
            "4: city \"K\u{fffd}ln\" is not UTF-8",
            "5: name \"A\u{fffd}\" is not UTF-8",
            "5: email \"\u{fffd}@x.org\" is not UTF-8",
            "6: city \"\u{fffd}\" is not UTF-8",
        ]
    );
    let again = outcome.reread_rejected();
    assert!(again.rows[1].1.is_err() && again.rows[3].1.is_err(), "{:?}", again.problems());
    let json = read(b"{\"name\":\"\xc3\x89\",\"email\":\"a@x.org\"}\n{\"name\":\"\xff\",\"email\":\"a@x.org\"}");
    assert_eq!(
        json.problems(),
        ["É <a@x.org> 1", "2:  \"{\\\"name\\\":\\\"\u{fffd}\\\",\\\"email\\\":\\\"a@x.org\\\"}\" is not UTF-8"]
    );
    assert!(json.reread_rejected().rows[1].1.is_err());
    let utf16: Vec<u8> = "name,email\nA"
        .encode_utf16()
        .chain([0xdc00])
        .chain(",a@x.org\n".encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(read(&utf16).problems(), ["2: name \"A\u{fffd}\" is not UTF-16LE"]);
    assert!(read(&utf16[..utf16.len() - 1]).rows[0].1.is_err(), "cut within a character");
}

#[test]
fn rejected_rows_are_read_back_unchanged() {
    let csv = "problem;name;email\nold;\"Ada; \"\"C\"\"\";ada@x.org\nold;\"a\nb\";\n2;x\n";
    let outcome = read(csv);
    assert_eq!(outcome.reader.rejected_heading().unwrap(), "name;email;problem\r\n");
    assert_eq!(outcome.rejected[0], "\"Ada; \"\"C\"\"\";ada@x.org;\"no, \"\"never\"\"\"\r\n");
    let json = "{\"name\" : \"A\", \"n\":1.50e400}\n{}\nnonsense\n{\"problem\":1,\"name\":\"B\",\"email\":\"b@x.org\"}";
    let array = format!("[{}, {{\"name\":\n\"A\"\r\n}}]", json.replace('\n', ",\n"));
    assert_eq!(read(json).rejected[0], "{\"name\" : \"A\", \"n\":1.50e400,\"problem\":\"no, \\\"never\\\"\"}\n");
    for outcome in [outcome, read(json), read(array)] {
        let mut again = outcome.reread_rejected();
        for _ in 0..2 {
            assert_eq!(people(&again), people(&outcome));
            let twice = again.reread_rejected();
            assert_eq!(twice.rejected, again.rejected);
            again = twice;
        }
    }
}
