//! Rollcall as its operators meet it: real processes, told to stop, overrun, cut off.

mod client;
mod health;
mod lifecycle;
mod load;
mod slow;
