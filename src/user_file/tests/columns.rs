use super::*;
use crate::domain::ProfileField;

#[test]
fn columns_are_matched_by_name() {
    for (heading, columns) in [
        ("E-Mail;EMAIL; Name ", "E-Mail=- EMAIL=email Name=name"),
        ("Full Name,E-mail Address,Joined At", "Full Name=name E-mail Address=email Joined At=created_at"),
        ("display_name,mail,Created-At,ID", "display_name=name mail=email Created-At=created_at ID=id"),
        ("name,full name,email,x,x", "name=name full name=- email=email x=- x=-"),
        ("name,email,Deleted.At,problem", "name=name email=email Deleted.At=deleted_at problem=-"),
    ] {
        assert_eq!((read(heading).columns().join(" "), read(heading).result), (columns.to_owned(), Ok(())));
    }
    let limited = Outcome::of(
        b"id,name,email,version,created_at,updated_at,deleted_at\n,Ada,ada@x.org,0,x,,\n,Eve,e@x.org,,,,now\n",
        5,
        Reader::new(ChosenColumns::default(), AllowedFields::Profile),
    );
    assert_eq!(
        limited.columns().join(" "),
        "id=- name=name email=email version=- created_at=- updated_at=- deleted_at=deleted_at"
    );
    assert_eq!(limited.problems(), ["Ada <ada@x.org> 2", "3: deleted_at \"now\" can only be set by an admin"]);
}

#[test]
fn columns_can_be_chosen() {
    const NAME: FileField = FileField::Profile(ProfileField::Name);
    const EMAIL: FileField = FileField::Profile(ProfileField::Email);
    let csv = "name,nick,email,Post\nAda,countess,ada@x.org,a@x.org\n";
    assert_eq!(chosen(csv, &[(NAME, "nick"), (EMAIL, " post")]).problems(), ["countess <a@x.org> 2"]);
    let json = r#"{"name":"Ada","nick":"countess","email":"ada@x.org"}"#;
    assert_eq!(chosen(json, &[(NAME, "nick")]).problems(), ["countess <ada@x.org> 1"]);
    for (file, choice, message) in [
        (csv, vec![(NAME, "nik")], "line 1: there is no column nik in the heading: name, nick, email, Post"),
        (csv, vec![(NAME, "nick"), (EMAIL, "nick")], "line 1: the column nick is chosen for both name and email"),
        ("a,a,email", vec![(NAME, "a")], "line 1: the column a occurs twice in the heading"),
        (
            json,
            vec![(FileField::CreatedAt, "since")],
            "line 1: there is no column since in the objects: name, nick, email",
        ),
    ] {
        let outcome = chosen(file, &choice);
        assert_eq!(outcome.problems().last().unwrap(), message);
        assert!(outcome.reader.columns().len() > 2, "there is something to choose from");
    }
}

#[test]
fn keys_become_columns_when_they_first_appear() {
    let object = "\"name\":\"A\",\"email\":\"a@x.org\"";
    let outcome = read(format!("{{\"mail\":\"m@x.org\",{object}}}\n{{\"z\":1,{object},\"a\":2}}\n"));
    assert_eq!(outcome.columns(), ["mail=-", "name=name", "email=email", "z=-", "a=-"]);
    assert_eq!(outcome.problems(), ["A <a@x.org> 1", "A <a@x.org> 2"]);
    let late = read(format!("{{\"name\":\"A\",\"mail\":\"m@x.org\"}}\n{{{object}}}\n"));
    assert_eq!(late.problems(), ["A <m@x.org> 1", "line 2: the columns email and mail both match email: choose one"]);
    assert_eq!(late.columns(), ["name=name", "mail=email", "email=-"]);
}
