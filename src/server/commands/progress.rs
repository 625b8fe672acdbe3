//! A progress bar, shown only in a terminal.

use indicatif::{ProgressBar, ProgressStyle};

pub struct Progress(ProgressBar);

impl Progress {
    /// Progress in bytes; a size of zero is unknown.
    pub fn bytes(label: &'static str, size: u64) -> Self {
        Self::new(label, size, "{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta} left")
    }

    /// Progress in people.
    pub fn people(label: &'static str, count: u64) -> Self {
        Self::new(label, count, "{msg} {wide_bar} {human_pos}/{human_len} {per_sec} {eta} left")
    }

    /// Progress in rows of a file.
    pub fn rows(label: &'static str, count: u64) -> Self {
        Self::people(label, count)
    }

    fn new(label: &'static str, length: u64, template: &str) -> Self {
        let bar = if length == 0 { ProgressBar::no_length() } else { ProgressBar::new(length) };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(label);
        Self(bar)
    }

    pub fn at(&self, position: u64) {
        self.0.set_position(position);
    }

    /// Sets the position and the length, which may have become known only now.
    pub fn at_of(&self, position: u64, length: u64) {
        self.0.set_length(length);
        self.at(position);
    }

    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}
