//! Plain pieces that pages and islands share.

pub mod agent;
pub mod alert;
pub mod avatar;
pub mod changes;
pub mod control;
pub mod date;
pub mod email;
pub mod error_page;
pub mod error_panel;
pub mod field;
pub mod live;
pub mod loaded;
pub mod notice;
pub mod palette_dialog;
pub mod part;
pub mod person_form;
pub mod post_form;
pub mod role;
pub mod secret;
pub mod select;
pub mod shortcuts_dialog;
pub mod site_footer;
pub mod site_header;
pub mod theme_switch;
pub mod toast;
pub mod trail;
