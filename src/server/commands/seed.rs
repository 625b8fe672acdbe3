//! `rollcall seed`: made-up people with names of many languages, the same for the same seed.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use deunicode::deunicode;
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};
use uuid::Builder;

use super::progress::Progress;
use crate::{
    domain::{AppError, NewUser, Timestamp, UserForm, UserId},
    server::{
        Clock, Ids,
        auth::Actor,
        store::Store,
        users::{Import, Users},
    },
};

/// Common given and family names: `language,pattern,given,family`, names separated by `|`, each
/// with `=` and its Latin spelling where its script is another.
const NAMES: &str = include_str!("../../../data/names.csv");

/// 2015-01-01 and 2026-01-01, in seconds: when seeded people joined.
const JOINED: std::ops::Range<i64> = 1_420_070_400..1_767_225_600;

/// Adds `count` people. Those who are there from an earlier run with the same seed stay as they are.
///
/// # Errors
/// When the database cannot be used.
pub async fn run(store: Arc<dyn Store>, count: u32, seed: u64) -> anyhow::Result<()> {
    let languages = languages()?;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let ids = SeededIds(Mutex::new(ChaCha8Rng::seed_from_u64(seed ^ u64::MAX)));
    let users = Users::new(store, Arc::new(EndOfSeeding), Arc::new(ids));
    let mut import = users.begin_import(&Actor::operator()).await?;
    let progress = Progress::people("seeding", u64::from(count));
    let (mut created, mut made) = (0_u32, 0_u32);
    while made < count {
        let until = count.min(made + u32::try_from(Import::BATCH)?);
        let batch =
            (made..until).map(|index| person(&mut rng, &languages, seed, index)).collect::<Result<Vec<_>, _>>()?;
        for outcome in import.add(&batch).await? {
            created += u32::from(outcome?);
        }
        made = until;
        progress.at(u64::from(made));
    }
    import.commit().await?;
    progress.finish();
    println!("{created} created, {} unchanged", count - created);
    Ok(())
}

struct Language {
    pattern: &'static str,
    given: Vec<Word>,
    family: Vec<Word>,
}

/// A name as it is written and in the letters of an e-mail address.
struct Word {
    written: &'static str,
    latin: String,
}

fn languages() -> anyhow::Result<Vec<Language>> {
    NAMES
        .lines()
        .skip(1)
        .map(|line| {
            let mut columns = line.splitn(4, ',').skip(1).map(|column| column.trim_matches('"'));
            let mut column = || columns.next().context("data/names.csv has a short line");
            Ok(Language { pattern: column()?, given: words(column()?), family: words(column()?) })
        })
        .collect()
}

fn words(list: &'static str) -> Vec<Word> {
    let word = |entry: &'static str| match entry.split_once('=') {
        Some((written, latin)) => Word { written, latin: latin.to_owned() },
        None => Word { written: entry, latin: deunicode(entry).to_lowercase() },
    };
    list.split('|').map(word).collect()
}

fn person(rng: &mut ChaCha8Rng, languages: &[Language], seed: u64, index: u32) -> anyhow::Result<NewUser> {
    let language = pick(rng, languages);
    let (given, family) = (pick(rng, &language.given), pick(rng, &language.family));
    let letters = |word: &Word| word.latin.chars().filter(char::is_ascii_alphabetic).collect::<String>();
    let form = UserForm {
        name: language.pattern.replace("{given}", given.written).replace("{family}", family.written),
        // The number keeps addresses apart, within a seed and between seeds.
        email: format!("{}.{}{index}@seed{seed}.example", letters(given), letters(family)),
    };
    let joined = Timestamp::from_unix_micros(joined_second(rng) * 1_000_000);
    Ok(form.parse()?.with_created_at(joined))
}

/// One of at least one.
fn pick<'a, T>(rng: &mut ChaCha8Rng, items: &'a [T]) -> &'a T {
    &items[rng.next_u32() as usize % items.len()]
}

fn joined_second(rng: &mut ChaCha8Rng) -> i64 {
    let seconds = (JOINED.end - JOINED.start).unsigned_abs();
    JOINED.start + (rng.next_u64() % seconds).cast_signed()
}

/// Seeded people were all last changed at the end of the time in which they joined.
struct EndOfSeeding;

impl Clock for EndOfSeeding {
    fn now(&self) -> Result<Timestamp, AppError> {
        Timestamp::from_unix_micros(JOINED.end * 1_000_000)
            .ok_or_else(|| AppError::internal("the end of seeding is out of range"))
    }
}

/// Ids of version 7 whose time and chance come from the seed.
struct SeededIds(Mutex<ChaCha8Rng>);

impl Ids for SeededIds {
    fn next(&self) -> UserId {
        let mut rng = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let millis = joined_second(&mut rng).unsigned_abs() * 1_000;
        let mut chance = [0; 10];
        rng.fill_bytes(&mut chance);
        UserId(Builder::from_unix_timestamp_millis(millis, &chance).into_uuid())
    }
}
