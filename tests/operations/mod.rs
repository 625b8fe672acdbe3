//! What an operator trusts: real processes that are told to stop, overrun and cut off, and whose machines,
//! databases, disks and networks fail.

mod backup;
mod client;
mod directory;
mod disk;
mod fsync;
mod health;
mod kill;
mod lifecycle;
mod load;
mod outage;
mod point_in_time;
mod proxy;
mod restore;
mod shim;
mod slow;
mod start;
mod traffic;
mod writers;
