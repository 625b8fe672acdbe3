use crate::domain::{FileColumn, FileFormat, Profile, RowError};

/// How far it is, in bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progress {
    pub done: u64,
    pub total: u64,
    /// So many were read.
    pub rows: u64,
}

/// What a file holds.
#[derive(Debug, Clone, Default)]
pub struct Found {
    pub file: String,
    pub format: Option<FileFormat>,
    pub columns: Vec<FileColumn>,
    pub good: u64,
    pub bad: u64,
    /// The first of them: line, name and address.
    pub first_good: Vec<(u64, Profile)>,
    pub first_bad: Vec<(u64, Vec<RowError>)>,
    /// Why it could not be read to its end, or not be sent.
    pub problem: Option<String>,
    /// It can be read.
    pub is_whole: bool,
}
