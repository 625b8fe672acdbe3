//! The colour scheme of the pages: light, dark, or the system setting.

use leptos::prelude::use_context;

use super::text;

/// The colour scheme that the reader chose; `System` follows the operating system.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The cookie that holds the choice; `public/theme.js` also writes it.
    pub const COOKIE: &str = "rollcall_theme";

    /// `--paper` of `style/tokens.css`, for `<meta name="theme-color">`.
    pub const PAPER: [(Self, &str); 2] = [(Self::Light, "#fbfaf5"), (Self::Dark, "#0e1411")];

    /// The theme of the page being rendered.
    #[must_use]
    pub fn get() -> Self {
        use_context().unwrap_or_default()
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == text)
    }

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::System => text::site::SYSTEM_COLOURS,
            Self::Light => text::site::LIGHT_COLOURS,
            Self::Dark => text::site::DARK_COLOURS,
        }
    }

    /// The value of CSS's `color-scheme`.
    #[must_use]
    pub fn color_scheme(self) -> &'static str {
        match self {
            Self::System => "light dark",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}
