//! `rollcall seed`: made-up people with names of many languages, the same for the same seed.

use std::sync::Arc;

use anyhow::Context;
use async_trait::async_trait;
use deunicode::deunicode;
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};
use uuid::Builder;

use super::progress::Progress;
use crate::{
    domain::{
        AppError, ApplyImport, ChosenColumns, Import, ImportId, ImportMode, ImportProgress, ImportState, NewImport,
        Timestamp, UserId,
    },
    server::{
        foundation::clock::{SystemClock, UuidV7},
        services::{
            identity::Actor,
            imports::{Chunk, Imports, Source},
        },
        store::Store,
    },
};

/// Common given and family names: `language,pattern,given,family`, names separated by `|`, each
/// with `=` and its Latin spelling where its script is another.
const NAMES: &str = include_str!("../../../data/names.csv");

/// 2015-01-01 and 2026-01-01, in seconds: when seeded people joined.
const JOINED: std::ops::Range<i64> = 1_420_070_400..1_767_225_600;

/// Adds `count` people, as an import of a file that is made up while it is read. Those who are there
/// from an earlier run with the same seed stay as they are.
///
/// # Errors
/// When the database cannot be used, or holds somebody with one of these addresses who is not the same.
pub async fn run(store: Arc<dyn Store>, count: u32, seed: u64) -> anyhow::Result<()> {
    let imports = Imports::new(store, Arc::new(SystemClock), Arc::new(UuidV7));
    let actor = Actor::operator();
    let people = People::new(count, seed)?;
    let file = format!("made up by seed {seed}");
    let new = NewImport { file, size: count.into(), part_size: Import::MAX_PART, columns: ChosenColumns::default() };
    let import = imports.check_file(&actor, &new, people).await?;
    watch(&imports, import.id, &Progress::people("making up", count.into())).await;
    let counts = imports.get(&actor, import.id).await?.counts.unwrap_or_default();
    let how = ApplyImport { mode: ImportMode::Insert, skip_invalid: false };
    imports.apply(&actor, import.id, how).await?;
    watch(&imports, import.id, &Progress::people("seeding", count.into())).await;
    let applied = imports.get(&actor, import.id).await?;
    anyhow::ensure!(
        applied.state == ImportState::Applied,
        "nobody was seeded: {}",
        applied.problem.unwrap_or_default()
    );
    println!("{} created, {} unchanged", counts.new, counts.unchanged);
    Ok(())
}

async fn watch(imports: &Imports, id: ImportId, progress: &Progress) {
    imports.watch(id, |ImportProgress { done, .. }| progress.at(done)).await;
    progress.finish();
}

/// A CSV file of made-up people.
struct People {
    rng: ChaCha8Rng,
    ids: ChaCha8Rng,
    languages: Vec<Language>,
    seed: u64,
    made: u32,
    count: u32,
}

impl People {
    /// So many are made at once.
    const BATCH: u32 = 1_000;

    fn new(count: u32, seed: u64) -> anyhow::Result<Self> {
        let (rng, ids) = (ChaCha8Rng::seed_from_u64(seed), ChaCha8Rng::seed_from_u64(seed ^ u64::MAX));
        Ok(Self { rng, ids, languages: languages()?, seed, made: 0, count })
    }

    fn person(&mut self) -> String {
        let language = pick(&mut self.rng, &self.languages);
        let (given, family) = (pick(&mut self.rng, &language.given), pick(&mut self.rng, &language.family));
        let letters = |word: &Word| word.latin.chars().filter(char::is_ascii_alphabetic).collect::<String>();
        let name = language.pattern.replace("{given}", given.written).replace("{family}", family.written);
        // The number keeps addresses apart, within a seed and between seeds.
        let email = format!("{}.{}{}@seed{}.example", letters(given), letters(family), self.made, self.seed);
        let joined = moment(joined_second(&mut self.rng));
        // They were all last changed at the end of the time in which they joined.
        format!("{},\"{name}\",{email},{joined},{}\n", id(&mut self.ids), moment(JOINED.end))
    }
}

#[async_trait]
impl Source for People {
    async fn next(&mut self) -> Result<Option<Chunk>, AppError> {
        if self.made == self.count {
            return Ok(None);
        }
        let mut text = if self.made == 0 { "id,name,email,created_at,updated_at\n".to_owned() } else { String::new() };
        let until = self.count.min(self.made + Self::BATCH);
        let people = until - self.made;
        while self.made < until {
            text.push_str(&self.person());
            self.made += 1;
        }
        Ok(Some(Chunk { bytes: text.into_bytes(), progress: people.into() }))
    }
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

/// One of at least one.
fn pick<'a, T>(rng: &mut ChaCha8Rng, items: &'a [T]) -> &'a T {
    &items[rng.next_u32() as usize % items.len()]
}

fn joined_second(rng: &mut ChaCha8Rng) -> i64 {
    let seconds = (JOINED.end - JOINED.start).unsigned_abs();
    JOINED.start + (rng.next_u64() % seconds).cast_signed()
}

fn moment(second: i64) -> String {
    Timestamp::from_unix_micros(second * 1_000_000).map(|moment| moment.to_string()).unwrap_or_default()
}

/// Of version 7, whose time and chance come from the seed.
fn id(rng: &mut ChaCha8Rng) -> UserId {
    let millis = joined_second(rng).unsigned_abs() * 1_000;
    let mut chance = [0; 10];
    rng.fill_bytes(&mut chance);
    UserId(Builder::from_unix_timestamp_millis(millis, &chance).into_uuid())
}
