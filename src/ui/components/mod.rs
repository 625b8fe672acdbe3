//! Components that pages and islands share.

pub mod agent;
pub mod avatar;
pub mod changes;
pub mod control;
pub mod copy;
pub mod error_panel;
pub mod field;
pub mod file_facts;
pub mod layout;
pub mod live;
pub mod notice;
pub mod post_form;
pub mod select;
pub mod shortcuts_dialog;
pub mod table;
pub mod toast;
pub mod trail;
pub mod values;
