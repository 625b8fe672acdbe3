//! Secrets that Rollcall generates: their format, and the hashes that are stored.

use ring::{
    digest::{SHA256, digest},
    rand::{SecureRandom, SystemRandom},
};
use secrecy::{ExposeSecret, SecretString};

use crate::domain::AppError;

/// The SHA-256 hash of a secret, which is stored instead of the secret. A fast hash is enough, because the secrets have
/// at least 128 random bits (compare OWASP ASVS 5.0, 11.4).
pub type Hash = [u8; 32];

/// The secret of a session: 128 random bits.
pub type SessionSecret = [u8; 16];

const PREFIX: &str = "rc_";
const RANDOM_CHARS: usize = 40;
const CHECKSUM_CHARS: usize = 6;
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The hash of a secret.
#[must_use]
pub fn hash(secret: &[u8]) -> Hash {
    let mut hash = Hash::default();
    hash.copy_from_slice(digest(&SHA256, secret).as_ref());
    hash
}

/// A new API token: `rc_`, 40 random characters (238 bits), and a checksum of 6 characters, by which scanners recognise
/// tokens and typos are detected without a database query.
///
/// # Errors
/// `Internal` when the system has no randomness.
pub fn new_api_token() -> Result<SecretString, AppError> {
    let random = random_text(RANDOM_CHARS)?;
    let checksum = checksum(&random);
    Ok(SecretString::from(format!("{PREFIX}{random}{checksum}")))
}

/// Whether a text has the format of an API token.
#[must_use]
pub fn is_api_token(text: &str) -> bool {
    let body = text.strip_prefix(PREFIX).filter(|body| body.len() == RANDOM_CHARS + CHECKSUM_CHARS && body.is_ascii());
    body.is_some_and(|body| {
        let (random, sum) = body.split_at(RANDOM_CHARS);
        random.bytes().all(|byte| byte.is_ascii_alphanumeric()) && checksum(random) == sum
    })
}

/// A new secret for a link: 32 characters, 190 random bits.
///
/// # Errors
/// `Internal` when the system has no randomness.
pub fn new_link_secret() -> Result<SecretString, AppError> {
    Ok(SecretString::from(random_text(32)?))
}

/// A new secret for a session.
///
/// # Errors
/// `Internal` when the system has no randomness.
pub fn new_session_secret() -> Result<SessionSecret, AppError> {
    let mut secret = SessionSecret::default();
    fill(&mut secret)?;
    Ok(secret)
}

/// The hash of a secret that a client sent.
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

/// Random letters and digits, uniformly distributed.
fn random_text(chars: usize) -> Result<String, AppError> {
    let mut text = String::with_capacity(chars);
    while text.len() < chars {
        let mut bytes = [0; 64];
        fill(&mut bytes)?;
        // 248 is the largest multiple of 62 below 256: higher bytes are rejected to avoid modulo bias.
        let unbiased =
            bytes.iter().filter(|byte| **byte < 248).map(|byte| char::from(ALPHABET[usize::from(byte % 62)]));
        text.extend(unbiased.take(chars - text.len()));
    }
    Ok(text)
}

fn fill(bytes: &mut [u8]) -> Result<(), AppError> {
    SystemRandom::new().fill(bytes).map_err(|_| AppError::internal("the system has no randomness"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_recognised_by_format_and_checksum() {
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
    fn secrets_are_unique_and_never_printed() {
        let (one, other) = (new_link_secret().unwrap(), new_link_secret().unwrap());
        assert_ne!(one.expose_secret(), other.expose_secret());
        assert_eq!(one.expose_secret().len(), 32);
        assert!(!format!("{one:?}").contains(one.expose_secret()));
        assert_ne!(new_session_secret().unwrap(), new_session_secret().unwrap());
    }
}
