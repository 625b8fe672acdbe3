//! What an operator trusts: real processes whose machines, databases and networks fail.

mod kill;
mod outage;
mod point_in_time;
mod proxy;
mod traffic;
mod writers;
