//! A bar for long work, in a terminal; silence elsewhere.

use indicatif::{ProgressBar, ProgressStyle};

pub struct Progress(ProgressBar);

impl Progress {
    /// Work measured in bytes read; a size of zero is unknown.
    pub fn bytes(what: &'static str, size: u64) -> Self {
        Self::new(what, size, "{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta} left")
    }

    /// Work measured in people.
    pub fn people(what: &'static str, count: u64) -> Self {
        Self::new(what, count, "{msg} {wide_bar} {human_pos}/{human_len} {per_sec} {eta} left")
    }

    /// Work measured in rows of a file.
    pub fn rows(what: &'static str, count: u64) -> Self {
        Self::people(what, count)
    }

    fn new(what: &'static str, length: u64, template: &str) -> Self {
        let bar = if length == 0 { ProgressBar::no_length() } else { ProgressBar::new(length) };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(what);
        Self(bar)
    }

    pub fn at(&self, position: u64) {
        self.0.set_position(position);
    }

    /// The same where how much there is to do shows only now.
    pub fn at_of(&self, position: u64, length: u64) {
        self.0.set_length(length);
        self.at(position);
    }

    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}
