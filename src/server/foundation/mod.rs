//! Building blocks that every layer may use and that are independent of users and routes.

pub mod client_ip;
pub mod clock;
pub mod connections;
pub mod lifecycle;
pub mod limits;
pub mod public_url;
pub mod redis;
pub mod secret;
pub mod telemetry;
