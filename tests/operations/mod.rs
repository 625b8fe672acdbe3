//! What operators rely on: real processes over real databases, while things go wrong.

mod backup;
mod directory;
mod disk;
mod fsync;
mod restore;
mod shim;
mod start;
