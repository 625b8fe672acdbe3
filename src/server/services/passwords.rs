//! Passwords: the policy for new ones, hashing and verification.

use std::{
    collections::HashSet,
    sync::{Arc, LazyLock},
    thread::available_parallelism,
};

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version, password_hash::phc::PasswordHash};
use secrecy::{ExposeSecret, SecretString};
use tokio::{sync::Semaphore, task::spawn_blocking};
use zxcvbn::{Score, zxcvbn};

use crate::{
    domain::{AppError, FieldErrors},
    server::foundation::{limits::PASSWORD_CHARS, secret::new_link_secret},
};

/// The passwords of 15 characters and more among the million most common, in lower case: zxcvbn's own lists contain
/// shorter ones only. From Ten Million Passwords (Burnett 2015, in the public domain).
static COMMON: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("../../../data/common-passwords.txt").lines().collect());

/// Hashes and verifies passwords. Concurrency is limited: each hash takes 19 MiB and about ten milliseconds.
#[derive(Debug, Clone)]
pub struct Passwords {
    permits: Arc<Semaphore>,
    /// A hash that no password matches, verified for unknown accounts so that they take the same time.
    decoy: Arc<SecretString>,
}

/// The result of verifying a password.
#[derive(Debug)]
pub enum Verdict {
    Wrong,
    Right,
    /// Correct, but hashed with outdated parameters: this is the new hash.
    Outdated(SecretString),
}

impl Passwords {
    /// # Errors
    /// `Internal` when the system has no randomness.
    pub fn new() -> Result<Self, AppError> {
        let permits = available_parallelism().map_or(2, usize::from).max(2);
        let decoy = hash(new_link_secret()?.expose_secret())?;
        Ok(Self { permits: Arc::new(Semaphore::new(permits)), decoy: Arc::new(decoy) })
    }

    /// Hashes a new password if it satisfies the policy. `known` are strings that an attacker would guess first: the
    /// user's name and address.
    ///
    /// # Errors
    /// `Invalid` on `password`, `Internal`.
    pub async fn hash_new(&self, password: SecretString, known: Vec<String>) -> Result<SecretString, AppError> {
        self.run_blocking(move || {
            check(password.expose_secret(), &known)?;
            hash(password.expose_secret())
        })
        .await
    }

    /// Verifies a password. Without a hash it verifies the decoy, which takes the same time and fails.
    ///
    /// # Errors
    /// `Internal` for a malformed hash.
    pub async fn verify(&self, password: SecretString, hashed: Option<SecretString>) -> Result<Verdict, AppError> {
        let decoy = self.decoy.clone();
        self.run_blocking(move || {
            let stored = hashed.as_ref().unwrap_or(&decoy).expose_secret();
            // No stored password is longer, and a longer input must not cost more.
            let typed = password.expose_secret();
            let within = typed.chars().nth(*PASSWORD_CHARS.end()).is_none();
            let checked = if within { typed } else { "" };
            let stored = PasswordHash::new(stored).map_err(|error| AppError::internal(error.to_string()))?;
            let right = argon2()?.verify_password(checked.as_bytes(), &stored).is_ok();
            if !(right && within && hashed.is_some()) {
                return Ok(Verdict::Wrong);
            }
            if is_outdated(&stored)? { Ok(Verdict::Outdated(hash(typed)?)) } else { Ok(Verdict::Right) }
        })
        .await
    }

    async fn run_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        let permit = self.permits.clone().acquire_owned().await.map_err(AppError::internal)?;
        let task = spawn_blocking(move || {
            // Held until the hash is computed, even if the request was cancelled.
            let _permit = permit;
            work()
        });
        task.await.map_err(AppError::internal)?
    }
}

/// Checks length and estimated guesses (zxcvbn, Wheeler 2016). There are no composition rules.
fn check(password: &str, known: &[String]) -> Result<(), FieldErrors> {
    let chars = password.chars().count();
    if !PASSWORD_CHARS.contains(&chars) {
        let (min, max) = PASSWORD_CHARS.into_inner();
        let code = if chars < min { "too_short" } else { "too_long" };
        return Err(FieldErrors::one("password", code, format!("must have {min} to {max} characters; it has {chars}")));
    }
    if COMMON.contains(password.to_lowercase().as_str()) {
        let message = "is a common password, which attackers try first. Use four or more unrelated words.";
        return Err(FieldErrors::one("password", "common", message));
    }
    // Each string as a whole, and its words.
    let words = known.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric())).filter(|word| word.len() > 2);
    let inputs: Vec<&str> = known.iter().map(String::as_str).chain(words).chain(["rollcall", "directory"]).collect();
    let estimate = zxcvbn(password, &inputs);
    if estimate.score() >= Score::Three {
        return Ok(());
    }
    let warning = estimate.feedback().and_then(zxcvbn::feedback::Feedback::warning);
    let warning = warning.map(|warning| format!("{warning} ")).unwrap_or_default();
    let message = format!("is too easy to guess. {warning}Use four or more unrelated words.");
    Err(FieldErrors::one("password", "guessable", message))
}

/// argon2id with 19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet).
fn argon2() -> Result<Argon2<'static>, AppError> {
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params()?))
}

fn params() -> Result<Params, AppError> {
    Params::new(19 * 1024, 2, 1, None).map_err(|error| AppError::internal(error.to_string()))
}

fn hash(password: &str) -> Result<SecretString, AppError> {
    let hash = argon2()?.hash_password(password.as_bytes()).map_err(|error| AppError::internal(error.to_string()))?;
    Ok(SecretString::from(hash.to_string()))
}

fn is_outdated(stored: &PasswordHash) -> Result<bool, AppError> {
    let of_hash = Params::try_from(stored).map_err(|error| AppError::internal(error.to_string()))?;
    let (now, cost) = (params()?, |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost()));
    Ok(stored.algorithm.as_str() != "argon2id" || cost(&of_hash) != cost(&now))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(password: &str) -> String {
        let known = ["Marie Curie".to_owned(), "marie@laureates.example".to_owned()];
        check(password, &known).map_or_else(|errors| errors.0[0].code.to_string(), |()| "fine".to_owned())
    }

    #[test]
    fn only_length_and_guessability_of_a_password_matter() {
        for (password, expected) in [
            ("short", "too_short"),
            ("fourteen chars", "too_short"),
            (&"x9 ".repeat(50), "too_long"),
            ("lanternlanternlantern", "guessable"),
            ("password!password", "guessable"),
            ("qwertyuiopasdfgh", "common"),
            ("mariemariemarie", "guessable"),
            ("rollcallrollcall", "guessable"),
            ("Marie@Laureates.example", "guessable"),
            ("ILoveYouForever", "common"),
            ("1qaz2wsx3edc4rfv", "common"),
            ("mauve otter tax lantern", "fine"),
            ("violette zeppelin über acht", "fine"),
            ("北の空に七つの星が静かに光る", "too_short"),
            ("北の空に七つの星が静かに光るよ", "fine"),
        ] {
            assert_eq!(code(password), expected, "{password}");
        }
    }

    #[tokio::test]
    async fn passwords_are_verified_without_normalization() {
        let passwords = Passwords::new().unwrap();
        let secret = |text: &str| SecretString::from(text.to_owned());
        let hashed = passwords.hash_new(secret(" Mauve otter tax lantern "), Vec::new()).await.unwrap();
        assert!(hashed.expose_secret().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        for (typed, right) in [
            (" Mauve otter tax lantern ", true),
            ("Mauve otter tax lantern", false),
            (" mauve otter tax lantern ", false),
            ("", false),
        ] {
            let verdict = passwords.verify(secret(typed), Some(hashed.clone())).await.unwrap();
            assert_eq!(matches!(verdict, Verdict::Right), right, "{typed:?}");
        }
        assert!(matches!(passwords.verify(secret("anything"), None).await.unwrap(), Verdict::Wrong));
    }

    #[tokio::test]
    async fn an_outdated_hash_is_upgraded() {
        let old = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8 * 1024, 1, 1, None).unwrap());
        let hashed = SecretString::from(old.hash_password(b"mauve otter").unwrap().to_string());
        let passwords = Passwords::new().unwrap();
        let verdict = passwords.verify(SecretString::from("mauve otter"), Some(hashed)).await.unwrap();
        let Verdict::Outdated(renewed) = verdict else { panic!("{verdict:?}") };
        assert!(renewed.expose_secret().contains("m=19456,t=2"));
    }
}
