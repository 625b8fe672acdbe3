//! The comparison key of addresses. Only the server computes it: the tables of IDNA and of case folding are too large
//! for the browser.

use idna::{AsciiDenyList, domain_to_ascii_cow, domain_to_unicode};
use unicase::UniCase;
use unicode_normalization::UnicodeNormalization;

use super::previous;

/// The comparison and sort key of an address: full case folding of the NFKC form of the local part, and the host name
/// in the ASCII form of IDNA (UTS 46). A host name that IDNA rejects is compared in lower case.
#[must_use]
pub fn email_key(email: &str) -> String {
    let is_plain = |host: &str| email.is_ascii() && !host.contains("xn--");
    let lower = email.to_ascii_lowercase();
    match lower.rsplit_once('@') {
        Some((_, host)) if is_plain(host) => lower,
        Some((local, host)) => format!("{}@{}", folded(local), ascii_host(host)),
        None => folded(email),
    }
}

/// All keys under which a user with this address may be stored. That of the previous folding comes first: users that
/// are not rebuilt have it, and so have users whose current key belongs to another user.
#[must_use]
pub fn email_keys(email: &str) -> Vec<String> {
    let mut keys = vec![previous::email_key(email), email_key(email)];
    keys.extend(in_unicode(email).map(|email| previous::email_key(&email)));
    let mut distinct = Vec::with_capacity(1);
    for key in keys {
        if !distinct.contains(&key) {
            distinct.push(key);
        }
    }
    distinct
}

/// The address as typed, and with its host name in the other IDNA form, so that a search for either form finds it.
pub fn forms(email: &str) -> Vec<String> {
    let mut forms = vec![email.to_owned()];
    if let Some((local, host)) = email.rsplit_once('@')
        && !host.is_ascii()
    {
        forms.push(format!("{local}@{}", ascii_host(host)));
    }
    forms.extend(in_unicode(email));
    forms
}

/// The address with an encoded host name decoded.
fn in_unicode(email: &str) -> Option<String> {
    let (local, host) = email.rsplit_once('@')?;
    if !host.to_ascii_lowercase().contains("xn--") {
        return None;
    }
    let (host, result) = domain_to_unicode(host);
    result.ok().map(|()| format!("{local}@{host}"))
}

fn ascii_host(host: &str) -> String {
    match domain_to_ascii_cow(host.as_bytes(), AsciiDenyList::EMPTY) {
        Ok(ascii) => ascii.into_owned(),
        Err(_) => previous::email_key(host),
    }
}

/// Unicode's definition of a compatibility caseless match (D146), which needs both rounds.
fn folded(text: &str) -> String {
    let once = UniCase::unicode(text.nfd().collect::<String>()).to_folded_case();
    let twice = UniCase::unicode(once.nfkd().collect::<String>()).to_folded_case();
    twice.nfkc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_forms_of_a_host_name_have_the_same_key() {
        for email in ["u1@bücher.example", "U1@BÜCHER.example", "u1@XN--BCHER-KVA.Example", "u1@bu\u{308}cher.example"]
        {
            assert_eq!(email_key(email), "u1@xn--bcher-kva.example", "{email}");
        }
        assert_ne!(email_key("u1@bucher.example"), email_key("u1@bücher.example"));
        assert_ne!(email_key("u1@straße.example"), email_key("u1@strasse.example"), "IDNA 2008 tells them apart");
    }

    #[test]
    fn local_parts_are_compared_by_full_case_folding() {
        for (one, other) in [
            ("ΟΔΥΣΣΕΥΣ@example.org", "οδυσσευς@example.org"),
            ("STRASSE@example.org", "straße@example.org"),
            ("ﬁ@example.org", "FI@example.org"),
            ("ᾳ@example.org", "αι@example.org"),
            ("ǅ@example.org", "ǆ@example.org"),
        ] {
            assert_eq!(email_key(one), email_key(other), "{one} {other}");
        }
        assert_ne!(email_key("ı@example.org"), email_key("i@example.org"), "a dotless i is another letter");
    }

    #[test]
    fn host_names_that_idna_refuses_are_compared_in_lower_case() {
        assert_eq!(email_key("A@xn--.Example"), "a@xn--.example");
        assert_eq!(email_key("A@ab--cd.Example"), "a@ab--cd.example");
    }

    #[test]
    fn a_user_is_looked_up_by_every_key_it_may_have() {
        assert_eq!(email_keys("Ada@example.org"), ["ada@example.org"]);
        assert_eq!(email_keys("U1@bücher.example"), ["u1@bücher.example", "u1@xn--bcher-kva.example"]);
        assert_eq!(email_keys("u1@XN--bcher-kva.example"), ["u1@xn--bcher-kva.example", "u1@bücher.example"]);
    }

    proptest! {
        #[test]
        fn the_key_of_a_key_is_the_key(local in "\\PC{1,12}", host in "[a-zäßΣςåǆ一]{1,8}(\\.[a-zé]{1,3})?") {
            let key = email_key(&format!("{local}@{host}"));
            prop_assert_eq!(email_key(&key), key);
        }

        #[test]
        fn case_does_not_change_the_key(local in "[a-zà-öø-þά-ώа-яա-ֆ]{1,10}", host in "[a-zà-öø-þа-я]{1,8}") {
            let email = format!("{local}@{host}.example");
            prop_assert_eq!(email_key(&email.to_uppercase()), email_key(&email.to_lowercase()));
        }
    }
}
