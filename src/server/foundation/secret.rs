//! Secrets that Rollcall makes itself: what they look like and what is stored of them.

use ring::{
    digest::{SHA256, digest},
    rand::{SecureRandom, SystemRandom},
};
use secrecy::{ExposeSecret, SecretString};

use crate::domain::AppError;

/// SHA-256 of a secret: all that is ever stored. The secrets have more than 128 random bits, so
/// that a fast hash is enough (compare OWASP ASVS 5.0, 11.4).
pub type Hash = [u8; 32];

const PREFIX: &str = "rc_";
const RANDOM_CHARS: usize = 40;
const CHECKSUM_CHARS: usize = 6;
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// What is stored of a secret.
#[must_use]
pub fn hash(secret: &[u8]) -> Hash {
    let mut hash = Hash::default();
    hash.copy_from_slice(digest(&SHA256, secret).as_ref());
    hash
}

/// An API token: `rc_`, 40 random characters (238 bits), 6 of a checksum that lets scanners know
/// one and typos be told without a database.
///
/// # Errors
/// `Internal` when the system has no randomness.
pub fn new_api_token() -> Result<SecretString, AppError> {
    let random = random_text(RANDOM_CHARS)?;
    let checksum = checksum(&random);
    Ok(SecretString::from(format!("{PREFIX}{random}{checksum}")))
}

/// Whether a text is an API token in form.
#[must_use]
pub fn is_api_token(text: &str) -> bool {
    let body = text.strip_prefix(PREFIX).filter(|body| body.len() == RANDOM_CHARS + CHECKSUM_CHARS && body.is_ascii());
    body.is_some_and(|body| {
        let (random, sum) = body.split_at(RANDOM_CHARS);
        random.bytes().all(|byte| byte.is_ascii_alphanumeric()) && checksum(random) == sum
    })
}

/// What a link carries: 32 characters, 190 random bits.
///
/// # Errors
/// `Internal` when the system has no randomness.
pub fn new_link_secret() -> Result<SecretString, AppError> {
    Ok(SecretString::from(random_text(32)?))
}

/// What is stored of a secret that somebody presents.
#[must_use]
pub fn hash_of(secret: &SecretString) -> Hash {
    hash(secret.expose_secret().as_bytes())
}

/// CRC-32 (IEEE 802.3) in base 62.
fn checksum(random: &str) -> String {
    let mut rest = crc32fast::hash(random.as_bytes());
    let mut digits = [0_u8; CHECKSUM_CHARS];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[(rest % 62) as usize];
        rest /= 62;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

/// Letters and digits, each equally likely.
fn random_text(chars: usize) -> Result<String, AppError> {
    let random = SystemRandom::new();
    let mut text = String::with_capacity(chars);
    while text.len() < chars {
        let mut bytes = [0; 64];
        random.fill(&mut bytes).map_err(|_| AppError::internal("the system has no randomness"))?;
        // Of 256 values 248 are four for each character; the rest would favour some.
        let fair = bytes.iter().filter(|byte| **byte < 248).map(|byte| char::from(ALPHABET[usize::from(byte % 62)]));
        text.extend(fair.take(chars - text.len()));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_by_its_form_and_a_typo_is_noticed() {
        let token = new_api_token().unwrap();
        let token = token.expose_secret();
        assert_eq!(token.len(), 49);
        assert!(is_api_token(token));
        for place in 3..token.len() {
            let other = if token.as_bytes()[place] == b'x' { "y" } else { "x" };
            let typo = format!("{}{other}{}", &token[..place], &token[place + 1..]);
            assert!(!is_api_token(&typo), "{typo}");
        }
        for text in ["", "rc_", "rc_short", &token.replace("rc_", "gh_"), &format!("{token}0"), &"é".repeat(25)] {
            assert!(!is_api_token(text), "{text}");
        }
    }

    #[test]
    fn no_two_secrets_are_the_same_and_none_is_printed() {
        let (one, other) = (new_link_secret().unwrap(), new_link_secret().unwrap());
        assert_ne!(one.expose_secret(), other.expose_secret());
        assert_eq!(one.expose_secret().len(), 32);
        assert!(!format!("{one:?}").contains(one.expose_secret()));
    }
}
