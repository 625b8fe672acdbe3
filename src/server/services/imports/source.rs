//! Sources of an import's file.

use std::{fs::File, io::Read, sync::Arc};

use async_trait::async_trait;

use crate::{
    domain::AppError,
    server::store::{Piece, Store},
};

/// A file, read in chunks.
#[async_trait]
pub trait Source: Send {
    /// The next bytes; `None` at the end.
    async fn next(&mut self) -> Result<Option<Chunk>, AppError>;
}

/// A chunk of a file, small enough for memory.
#[derive(Debug)]
pub struct Chunk {
    pub bytes: Vec<u8>,
    /// The progress so far, in the unit of the file's total size.
    pub progress: u64,
}

impl From<Vec<u8>> for Chunk {
    fn from(bytes: Vec<u8>) -> Self {
        Self { progress: bytes.len() as u64, bytes }
    }
}

/// An uploaded file.
pub struct Parts {
    store: Arc<dyn Store>,
    import: i64,
    part: i64,
    piece: i64,
}

impl Parts {
    pub fn of(store: &Arc<dyn Store>, import: i64) -> Self {
        Self { store: store.clone(), import, part: 0, piece: 0 }
    }
}

#[async_trait]
impl Source for Parts {
    async fn next(&mut self) -> Result<Option<Chunk>, AppError> {
        let Some(next) = self.store.piece_after(self.import, self.part, self.piece).await? else { return Ok(None) };
        (self.part, self.piece) = (next.part, next.piece);
        Ok(Some(next.bytes.into()))
    }
}

/// A local file.
#[derive(Debug)]
pub struct FileSource(pub File);

#[async_trait]
impl Source for FileSource {
    async fn next(&mut self) -> Result<Option<Chunk>, AppError> {
        let mut bytes = vec![0; Piece::SIZE];
        // Blocking is fine: local files are read by commands only.
        let read = self.0.read(&mut bytes).map_err(AppError::internal)?;
        bytes.truncate(read);
        Ok((read > 0).then(|| bytes.into()))
    }
}
