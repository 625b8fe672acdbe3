//! Plain pieces that pages and islands share.

pub mod avatar;
pub mod date;
pub mod email;
pub mod error_panel;
pub mod site_header;
