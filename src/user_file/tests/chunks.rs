use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn chunk_boundaries_of_a_file_do_not_matter(
        start in prop::sample::select(vec!["", "name,email\n", "name;email;x\r\n", "[", "{}\n", "\u{feff}email\tname\n"]),
        parts in prop::collection::vec(prop::sample::select(vec![
            "Ada", "ada@x.org", ",", ";", "\t", "\"", "\"\"", "\n", "\r\n", "\r", " ", "é", "\u{1f600}", "[", "]", "{", "}", ":",
            "{\"name\":\"A\",\"email\":\"a@x.org\"}", "\\", "A,a@x.org\n", "\"x\":1", "\0", "€",
        ]), 0..40),
        flaw in prop::option::of((any::<prop::sample::Index>(), any::<u8>())),
        size in 1_usize..9,
    ) {
        let mut bytes = [start, &parts.concat()].concat().into_bytes();
        if let Some((index, byte)) = flaw && !bytes.is_empty() {
            let index = index.index(bytes.len());
            bytes[index] = byte;
        }
        let (whole, cut) = (read(&bytes), Outcome::of(&bytes, size, everything()));
        prop_assert_eq!(&whole.rows, &cut.rows);
        prop_assert_eq!(&whole.rejected, &cut.rejected);
        prop_assert_eq!(&whole.result, &cut.result);
        prop_assert_eq!(whole.reader.columns(), cut.reader.columns());
        if whole.result.is_ok() && !whole.rows.is_empty() {
            prop_assert_eq!(whole.reader.format(), cut.reader.format());
            let again = whole.reread_rejected();
            prop_assert_eq!(again.rows.len(), whole.rows.len());
            for ((_, before), (_, after)) in whole.rows.iter().zip(&again.rows) {
                if before.is_ok() {
                    prop_assert_eq!(before, after);
                }
            }
        }
    }

    #[test]
    fn values_round_trip_through_csv_and_json(names in prop::collection::vec("[^\\p{C}]{0,20}|[=+@,;\"'é\r\n-]{1,8}", 1..5)) {
        let mut csv = "name,email\r\n".to_owned();
        let mut json = String::new();
        for name in &names {
            let _ = write!(csv, "\"{}\",a@x.org\r\n", escape_formula(name).replace('"', "\"\""));
            let _ = writeln!(json, "{}", serde_json::json!({ "email": "a@x.org", "name": name }));
        }
        let expected: Vec<_> = names.iter().map(|name| crate::domain::Name::parse(name).ok().map(crate::domain::Name::into_string)).collect();
        for outcome in [read(&csv), read(&json), read(format!("[{}]", json.trim().replace('\n', ",")))] {
            let found: Vec<_> = people(&outcome).iter().map(|person| person.map(|person| person.user.profile().name.clone())).collect();
            prop_assert_eq!(&found, &expected);
        }
    }
}
