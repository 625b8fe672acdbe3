use super::*;

#[test]
fn a_real_file_is_read() {
    let mut reader = Reader::new(ChosenColumns::default(), Takes::Everything);
    let mut people = 0;
    let mut each = |row: Row<'_>| people += usize::from(row.person.is_ok());
    reader.read(include_bytes!("../../data/laureates.csv"), &mut each).unwrap();
    reader.finish(&mut each).unwrap();
    assert_eq!(people, 976);
}
