//! Parts that every layer may use and that know nothing of users or HTTP routes.

pub mod client_ip;
pub mod clock;
pub mod lifecycle;
pub mod limits;
pub mod public_url;
pub mod redis;
pub mod secret;
pub mod telemetry;
