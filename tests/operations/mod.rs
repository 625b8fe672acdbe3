//! What an operator trusts: real processes that are told to stop, overrun and cut off, and whose machines,
//! databases and networks fail.

mod client;
mod health;
mod kill;
mod lifecycle;
mod load;
mod outage;
mod point_in_time;
mod proxy;
mod slow;
mod traffic;
mod writers;
