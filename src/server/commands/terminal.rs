//! Terminal output: tables that fit the width, and colours unless they are disabled (`NO_COLOR`, `CLICOLOR`,
//! `CLICOLOR_FORCE`).

use std::{
    fmt,
    io::{self, ErrorKind, Write},
};

use anstyle::{AnsiColor, Style};
use comfy_table::{ColumnConstraint, ContentArrangement, Row, Table, presets};
use serde::Serialize;
use terminal_size::{Width, terminal_size_of};

pub const BOLD: Style = Style::new().bold();
pub const DIM: Style = Style::new().dimmed();
pub const GREEN: Style = AnsiColor::Green.on_default();
pub const YELLOW: Style = AnsiColor::Yellow.on_default();
pub const RED: Style = AnsiColor::Red.on_default().bold();

/// Prints lines to standard output, without colours if they are disabled.
///
/// # Errors
/// When standard output cannot be written; [`ReaderGone`] when its reader closed the pipe.
pub fn print(lines: impl IntoIterator<Item = String>) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    let written = lines.into_iter().try_for_each(|line| writeln!(out, "{line}"));
    written.and_then(|()| out.flush()).map_err(unwritten)
}

/// Prints a text as it is.
///
/// # Errors
/// Those of `print`.
pub fn print_raw(text: &[u8]) -> io::Result<()> {
    let mut out = RawOutput::lock();
    out.write_all(text).and_then(|()| out.flush())
}

/// The reader of standard output closed the pipe, as in `rollcall … | head`: not a failure.
#[derive(Debug)]
pub struct ReaderGone;

impl fmt::Display for ReaderGone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot write to standard output: its reader is gone")
    }
}

impl std::error::Error for ReaderGone {}

/// Names the place of an error, and keeps its kind.
pub fn unwritten(error: io::Error) -> io::Error {
    match error.kind() {
        kind @ ErrorKind::BrokenPipe => io::Error::new(kind, ReaderGone),
        kind => io::Error::new(kind, format!("cannot write to standard output: {error}")),
    }
}

/// Standard output for bytes, with the errors of `print`.
pub struct RawOutput(io::StdoutLock<'static>);

impl RawOutput {
    pub fn lock() -> Self {
        Self(io::stdout().lock())
    }
}

impl Write for RawOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(unwritten)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(unwritten)
    }
}

/// Prints a value as JSON.
///
/// # Errors
/// Those of `print`.
pub fn print_json(value: &impl Serialize) -> io::Result<()> {
    print([serde_json::to_string_pretty(value)?])
}

/// A text in a style.
pub fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// `1 person` or `2 people`.
pub fn people(count: u64) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{count} people") }
}

/// A column of a table.
pub enum Column {
    /// Never truncated, such as an id or a date.
    Whole(&'static str),
    /// Truncated in a narrow terminal.
    Truncated(&'static str),
}

/// The lines of a table, one per row, truncated to the width of the terminal if there is one.
pub fn table(columns: &[Column], rows: impl IntoIterator<Item = (Style, Vec<String>)>) -> Vec<String> {
    let width = terminal_size_of(io::stdout()).map(|(Width(width), _)| width).filter(|width| *width > 0);
    lines(columns, rows.into_iter().collect(), width)
}

fn lines(columns: &[Column], rows: Vec<(Style, Vec<String>)>, width: Option<u16>) -> Vec<String> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_truncation_indicator("…");
    if let Some(width) = width {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    }
    let (styles, rows): (Vec<Style>, Vec<Vec<String>>) = rows.into_iter().unzip();
    table.set_header(columns.iter().map(Column::title));
    for row in rows {
        let mut row = Row::from(row.iter().map(|cell| sanitized(cell)));
        row.max_height(1);
        table.add_row(row);
    }
    for (column, shown) in columns.iter().zip(table.column_iter_mut()) {
        shown.set_padding((0, 2));
        if let Column::Whole(_) = column {
            shown.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    let styles = std::iter::once(BOLD).chain(styles);
    table.lines().zip(styles).map(|(line, style)| styled(style, line.trim_end())).collect()
}

impl Column {
    fn title(&self) -> &'static str {
        match self {
            Self::Whole(title) | Self::Truncated(title) => title,
        }
    }
}

/// Replaces control characters, so that stored text cannot control the terminal.
pub fn sanitized(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(width: Option<u16>) -> Vec<String> {
        let row = |name: &str, email: &str| (Style::new(), vec!["1".to_owned(), name.to_owned(), email.to_owned()]);
        let rows = vec![
            row("Röntgen, Wilhelm Conrad", "wilhelm.conrad.rontgen@laureates.example"),
            row("湯川 秀樹", "yukawa@laureates.example"),
            row("e\u{301}va", "a\u{1b}[31mb"),
        ];
        let columns = [Column::Whole("ID"), Column::Truncated("NAME"), Column::Truncated("E-MAIL")];
        lines(&columns, rows, width).iter().map(|line| anstream::adapter::strip_str(line).to_string()).collect()
    }

    #[test]
    fn columns_are_aligned_by_display_width() {
        let lines = plain(None);
        assert_eq!(lines[0], "ID  NAME                     E-MAIL");
        assert_eq!(lines[1], "1   Röntgen, Wilhelm Conrad  wilhelm.conrad.rontgen@laureates.example");
        assert_eq!(lines[2], "1   湯川 秀樹                yukawa@laureates.example");
        assert_eq!(lines[3], "1   e\u{301}va                      a\u{fffd}[31mb");
    }

    #[test]
    fn a_narrow_terminal_truncates_rows_and_never_wraps_them() {
        let lines = plain(Some(30));
        assert_eq!(lines.len(), 4);
        assert!(lines.iter().all(|line| unicode_columns(line) <= 30), "{lines:#?}");
        assert!(lines[1].starts_with("1   Rönt") && lines[1].contains('…'), "{lines:#?}");
    }

    fn unicode_columns(line: &str) -> usize {
        line.chars().map(|c| if ('\u{3000}'..='\u{9fff}').contains(&c) { 2 } else { usize::from(c != '\u{301}') }).sum()
    }
}
